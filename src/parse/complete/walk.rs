//! Walks the balanced events of a feed and notes down what they say.
//!
//! Knows structure only: which element is the feed, which an item, whose text is being read. What
//! names mean is `vocabulary`'s, what becomes of the facts is `complete`'s, its only caller.

use std::borrow::Cow;

use crate::lang::fold::{lower_case, starts_with_ignoring_case};
use crate::parse::Format;
use crate::parse::complete::capture::{Capture, Then, is_person_part};
use crate::parse::complete::newest::Newest;
use crate::parse::complete::note::{Fact, Kind, Note, Notes};
use crate::parse::complete::space::{Scope, Space};
use crate::parse::complete::vocabulary::Field;
use crate::parse::instants::Instants;
use crate::parse::mend::attribute::{exact, local, may_be_of_xml};
use crate::parse::mend::events::{Event, Events};
use crate::parse::mend::repairs::Repair;
use crate::parse::mend::write::VALUE_BYTES_MAX;

/// Elements in one document beyond which a strict parser would hold too much at once.
pub const ELEMENTS_MAX: usize = 150_000;
/// Different bases in one document.
const BASES_MAX: usize = 4_096;

/// The walker's state.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    pub(super) notes: Notes<'a>,
    pub(super) scope: Scope<'a>,
    /// Depths at which a base and a language begin to hold.
    pub(super) bases: Vec<(usize, usize)>,
    pub(super) languages: Vec<(usize, Cow<'a, str>)>,
    /// Depths of open elements whose children are read: root, channel, groups.
    pub(super) feed_depth: usize,
    pub(super) transparent: Vec<usize>,
    pub(super) item: Option<(usize, Note<'a>)>,
    pub(super) person: Option<(usize, u8)>,
    pub(super) source: Option<usize>,
    /// Depth of an element none of which is read.
    pub(super) skipped: Option<usize>,
    pub(super) capture: Option<Capture<'a>>,
    /// Depth of an empty link whose end was the last event.
    pub(super) behind_link: Option<usize>,
    newest: Newest<Note<'a>>,
    pub(super) item_cut: bool,
    pub(super) elements: usize,
    pub(super) texts_cut: usize,
    pub(super) wide: bool,
    /// A value at which the strict parser has panicked, or a root that it does not know.
    pub(super) odd: bool,
}

/// What the walk says of the document itself.
#[derive(Debug)]
pub struct Walked<'a> {
    /// The facts.
    pub notes: Notes<'a>,
    /// Items beyond the limit.
    pub items_dropped: usize,
    /// The document is too large or too odd to be shown to a strict parser as it stands.
    pub risky: bool,
}

/// Walks a document to its end; `instants` reads the dates that tell which of too many items are new.
pub fn walk<'a>(events: &mut Events<'a>, instants: Instants) -> Walked<'a> {
    let mut walk = Walk {
        notes: Notes {
            feed: Note::default(),
            items: Vec::new(),
            bases: vec![(Cow::Borrowed(""), 0)],
            languages: vec![Cow::Borrowed("")],
            format: Format::Rss,
        },
        scope: Scope::default(),
        bases: vec![(0, 0)],
        languages: Vec::new(),
        feed_depth: 1,
        transparent: Vec::new(),
        item: None,
        person: None,
        source: None,
        skipped: None,
        capture: None,
        behind_link: None,
        newest: Newest::new(Note::date, instants),
        item_cut: false,
        elements: 0,
        texts_cut: 0,
        wide: false,
        odd: false,
    };
    while let Some(event) = events.next() {
        match event {
            Event::Open { name, attributes } => walk.open(events, name, attributes),
            Event::Close(name) => walk.close(events, name),
            Event::Text(text) => walk.text(events, text),
            Event::CData(text) => walk.cdata(text),
        }
    }
    walk.notes.feed.settle();
    let (items, items_dropped) = walk.newest.finish();
    walk.notes.items = items;
    let dropped: usize =
        walk.notes.items.iter().map(|note| note.dropped).sum::<usize>() + walk.notes.feed.dropped;
    events.repairs.note_times(Repair::ManyElements, dropped);
    events.repairs.note_times(Repair::ManyItems, items_dropped);
    events.repairs.note_times(Repair::LongText, walk.texts_cut);
    if walk.item_cut {
        events.repairs.note(Repair::CutItem);
    }
    if walk.wide {
        events.repairs.note(Repair::ManyAttributes);
    }
    let risky = walk.elements > ELEMENTS_MAX || dropped > 0 || walk.wide || walk.odd;
    Walked { notes: walk.notes, items_dropped, risky }
}

impl<'a> Walk<'a> {
    pub(super) fn base(&self) -> usize {
        self.bases.last().map_or(0, |(_, base)| *base)
    }

    pub(super) fn note(&mut self) -> &mut Note<'a> {
        match &mut self.item {
            Some((_, note)) => note,
            None => &mut self.notes.feed,
        }
    }

    pub(super) fn add(&mut self, field: Field, rank: u8, value: Cow<'a, str>) {
        let base = self.base();
        self.note().add(Fact { field, rank, value, kind: Kind::Html, base, language: 0 });
    }

    fn open(&mut self, events: &Events<'a>, name: &'a str, attributes: &'a str) {
        let depth = events.depth();
        self.elements += 1;
        self.behind_link = None;
        // Only a long tag can hold too many attributes (`a=""` and a space is five bytes).
        if attributes.len() > 256 && memchr::memchr_iter(b'=', attributes.as_bytes()).count() > 64 {
            self.wide = true;
        }
        match &mut self.capture {
            // A person with elements of its own: they are read instead of the text around them.
            Some(capture) if capture.then == Then::Person && is_person_part(name) => {
                self.capture = None;
            }
            Some(capture) => return capture.tag(name, Some(attributes)),
            None => {}
        }
        if self.skipped.is_some() {
            return;
        }
        if may_be_of_xml(attributes) {
            let is_frame = self.is_frame(depth, name);
            self.scope.enter(depth, is_frame, attributes, &events.entities);
            self.inherit(events, depth, attributes);
        }
        let (space, local_part) = self.scope.resolve(name);
        let lower = lower_case(local_part);
        // Its times make the strict parser panic when they are no numbers.
        self.odd |= space == Space::Media && lower == "text";
        if depth == 1 {
            self.root(events, &lower, attributes);
        }
        if self.person.is_some() {
            self.open_in_person(depth, &lower);
        } else if depth == 1 && lower != "entry" || lower == "channel" && self.item.is_none() {
            self.feed_depth = depth;
            self.about(events, depth, attributes);
        } else if self.item.is_none()
            && matches!(&*lower, "item" | "entry")
            && matches!(space, Space::Own | Space::Atom)
        {
            self.open_item(events, depth, attributes);
        } else if lower == "items" && space == Space::Own {
            // RSS 1.1 keeps its items in it; in RSS 1.0 it only lists them.
            self.transparent.push(depth);
        } else if self.source.is_some_and(|at| at + 1 == depth) {
            // An item that comes from another feed has that feed's authors, for want of its own.
            match &*lower {
                "author" => {
                    self.person = Some((depth, 8));
                    self.begin(depth, Field::Author, 8, Kind::Html, Then::Person);
                }
                _ => self.skipped = Some(depth),
            }
        } else if self.is_read(depth) {
            self.child(events, depth, space, &lower, attributes);
        } else {
            self.skipped = Some(depth);
        }
    }

    /// Whether an element without a prefix is the root, or RSS's channel or item: whatever namespace
    /// it claims, it is what its name says.
    fn is_frame(&self, depth: usize, name: &str) -> bool {
        let is = |own: &str| name.eq_ignore_ascii_case(own);
        let in_rss = self.notes.format == Format::Rss && self.item.is_none();
        depth == 1 && !name.contains(':') || in_rss && (is("channel") || is("item"))
    }

    /// Whether the parent of an element at `depth` is one whose children are read.
    fn is_read(&self, depth: usize) -> bool {
        let container = self.item.as_ref().map_or(self.feed_depth, |(depth, _)| *depth);
        depth == container + 1
            || self.transparent.last().is_some_and(|at| *at + 1 == depth && *at > container)
    }

    fn root(&mut self, events: &Events<'a>, lower: &str, attributes: &'a str) {
        let version = exact(attributes, "version", &events.entities).unwrap_or_default();
        self.odd |= match lower {
            "rss" => !matches!(version.as_ref(), "2.0" | "0.91" | "0.92"),
            other => other == "channel",
        };
        self.notes.format = match lower {
            "feed" | "entry" => Format::Atom,
            "rdf" => Format::Rdf,
            _ => Format::Rss,
        };
    }

    /// `rdf:about` names an item of RSS 1.0.
    fn about(&mut self, events: &Events<'a>, depth: usize, attributes: &'a str) {
        // CDF: a channel that is the root.
        if self.feed_depth == 1 && self.notes.format == Format::Rss {
            self.in_attributes(events, depth, attributes);
        }
        if let Some(about) = local(attributes, "about", &events.entities) {
            self.add(Field::Id, 1, about.clone());
            self.add(Field::Link, 6, about);
        }
    }

    fn open_item(&mut self, events: &Events<'a>, depth: usize, attributes: &'a str) {
        self.item = Some((depth, Note::of_item()));
        self.about(events, depth, attributes);
        if let Some((_, language)) = self.languages.last().filter(|(at, _)| *at == depth) {
            let language = language.clone();
            self.add(Field::Language, 2, language);
        }
    }

    /// `xml:base` and `xml:lang` hold for an element and all in it.
    fn inherit(&mut self, events: &Events<'a>, depth: usize, attributes: &'a str) {
        if memchr::memmem::find(attributes.as_bytes(), b"xml:").is_none() {
            return;
        }
        self.odd |= attributes.len() > VALUE_BYTES_MAX;
        if let Some(base) = exact(attributes, "xml:base", &events.entities) {
            self.stand_on(depth, base);
        }
        if let Some(language) = exact(attributes, "xml:lang", &events.entities) {
            if depth <= 2 && self.item.is_none() {
                self.add(Field::Language, 2, language.clone());
            }
            self.languages.push((depth, language));
        }
    }

    /// A base that holds for an element and all in it.
    pub(super) fn stand_on(&mut self, depth: usize, base: Cow<'a, str>) {
        if self.notes.bases.len() < BASES_MAX {
            self.notes.bases.push((base, self.base()));
            self.bases.push((depth, self.notes.bases.len() - 1));
        }
    }

    fn text(&mut self, events: &Events<'a>, text: &'a str) {
        if let Some(capture) = &mut self.capture {
            if capture.markup {
                capture.push(Cow::Borrowed(text));
            } else {
                capture.push(events.entities.decode(text));
            }
        } else if self.behind_link.is_some() {
            self.address_behind_link(events.entities.decode(text));
        }
    }

    /// HTML's link has no content: a serializer of HTML writes RSS's as `<link/>https://…`.
    fn address_behind_link(&mut self, text: Cow<'a, str>) {
        self.behind_link = self.behind_link.filter(|_| text.trim().is_empty());
        if is_web(&text) && !text.trim().contains(char::is_whitespace) {
            self.add(Field::Link, 2, text);
        }
    }

    fn cdata(&mut self, text: &'a str) {
        if let Some(capture) = &mut self.capture {
            if capture.markup {
                capture.push(Cow::Owned(text.replace('&', "&amp;").replace('<', "&lt;")));
            } else {
                capture.push(Cow::Borrowed(text));
            }
        } else if self.behind_link.is_some() {
            self.address_behind_link(Cow::Borrowed(text));
        }
    }

    fn close(&mut self, events: &Events<'a>, name: &'a str) {
        let depth = events.depth() + 1;
        self.behind_link = None;
        if let Some(capture) = &mut self.capture {
            if capture.depth < depth {
                capture.tag(name, None);
                return;
            }
            self.captured(events, depth);
        }
        if self.skipped.is_some_and(|at| at >= depth) {
            self.skipped = None;
        }
        if self.person.is_some_and(|(at, _)| at >= depth) {
            self.person = None;
        }
        if self.source.is_some_and(|at| at >= depth) {
            self.source = None;
        }
        self.transparent.retain(|at| *at < depth);
        self.bases.retain(|(at, _)| *at < depth || *at == 0);
        self.languages.retain(|(at, _)| *at < depth);
        self.scope.leave(depth - 1);
        if self.item.as_ref().is_some_and(|(at, _)| *at >= depth) {
            self.close_item(events);
        }
    }

    fn close_item(&mut self, events: &Events<'a>) {
        let Some((_, mut note)) = self.item.take() else { return };
        if events.is_cut() {
            // Later, when it comes whole, it would be taken for an edit of its own stump.
            self.item_cut = true;
        } else {
            note.settle();
            self.newest.offer(note);
        }
    }

    fn captured(&mut self, events: &Events<'a>, depth: usize) {
        let Some(mut capture) = self.capture.take() else { return };
        if capture.depth > depth {
            return;
        }
        self.texts_cut += usize::from(capture.cut);
        if capture.then == Then::Base64 {
            capture.decode_base64();
        }
        if capture.markup && !capture.tagged {
            // XHTML without an element is HTML under a wrong name.
            capture.text = Cow::Owned(events.entities.decode(&capture.text).into_owned());
        }
        self.odd |= match capture.field {
            // So do an overlong duration, and an address beside a letter that is not ASCII.
            Field::Duration => capture.text.len() > 12 || !capture.text.is_ascii(),
            Field::Author => capture.text.contains('@') && !capture.text.is_ascii(),
            _ => false,
        };
        let Capture { field, rank, kind, text, base, then, .. } = capture;
        let is_web = is_web(&text);
        if then == Then::Permalink || then == Then::Address && is_web {
            let rank = if is_web { 4 } else { 7 };
            let (field, value) = (Field::Link, text.clone());
            self.note().add(Fact { field, rank, value, kind, base, language: 0 });
        }
        if then == Then::Permalink {
            let (field, value) = (Field::Permalink, text.clone());
            self.note().add(Fact { field, rank, value, kind, base, language: 0 });
        }
        let is_empty_link = field == Field::Link && text.trim_ascii().is_empty();
        self.behind_link = is_empty_link.then_some(depth);
        self.note().add(Fact { field, rank, value: text, kind, base, language: 0 });
    }
}

/// Whether a text begins as an absolute web address does.
fn is_web(text: &str) -> bool {
    let text = text.trim_start();
    ["http://", "https://"].into_iter().any(|start| starts_with_ignoring_case(text, start))
}
