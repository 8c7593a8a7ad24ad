//! Walks the balanced events of a feed and notes down what they say.
//!
//! Knows structure only: which element is the feed, which an item, whose text is being read. What
//! names mean is `vocabulary`'s, what becomes of the facts is `complete`'s, its only caller.

use std::borrow::Cow;

use crate::parse::Format;
use crate::parse::complete::note::{Fact, Kind, Note, Notes};
use crate::parse::complete::space::{Scope, Space};
use crate::parse::complete::vocabulary::{Field, Meaning, meaning};
use crate::parse::mend::attribute::{Attributes, exact, local};
use crate::parse::mend::events::{Event, Events};
use crate::parse::mend::repairs::Repair;

/// Items of one document that are read; feeds list the newest first, and the longest archives
/// seen hold about 3,000.
pub const ITEMS_MAX: usize = 5_000;
/// Elements in one document beyond which a strict parser would hold too much at once.
pub const ELEMENTS_MAX: usize = 150_000;
/// Bytes of one text that are read: the longest sensible report in a feed is a tenth of it.
const TEXT_BYTES_MAX: usize = 1024 * 1024;
/// Different bases in one document.
const BASES_MAX: usize = 4_096;

/// A text that is being read.
#[derive(Debug)]
struct Capture<'a> {
    depth: usize,
    field: Field,
    rank: u8,
    kind: Kind,
    /// The text is XHTML: its references stay encoded, because its tags are kept.
    markup: bool,
    text: Cow<'a, str>,
    base: usize,
    /// What becomes of it besides.
    then: Then,
    cut: bool,
}

/// What becomes of a text that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    /// Nothing more.
    Done,
    /// It is base64 (Atom 0.3).
    Base64,
    /// It is also the item's address.
    Address,
    /// It names a person (a name in `name`, an address in `email`).
    Person,
}

/// The walker's state.
#[derive(Debug)]
struct Walk<'a> {
    notes: Notes<'a>,
    scope: Scope<'a>,
    /// Depths at which a base and a language begin to hold.
    bases: Vec<(usize, usize)>,
    languages: Vec<(usize, Cow<'a, str>)>,
    /// Depths of open elements whose children are read: root, channel, groups.
    feed_depth: usize,
    transparent: Vec<usize>,
    item: Option<(usize, Note<'a>)>,
    person: Option<(usize, u8)>,
    source: Option<usize>,
    /// Depth of an element none of which is read.
    skipped: Option<usize>,
    capture: Option<Capture<'a>>,
    items_dropped: usize,
    item_cut: bool,
    elements: usize,
    texts_cut: usize,
    wide: bool,
}

/// What the walk says of the document itself.
#[derive(Debug)]
pub struct Walked<'a> {
    /// The facts.
    pub notes: Notes<'a>,
    /// The document is too large or too odd to be shown to a strict parser as it stands.
    pub risky: bool,
}

/// Walks a document to its end.
pub fn walk<'a>(events: &mut Events<'a>) -> Walked<'a> {
    let mut walk = Walk {
        notes: Notes {
            feed: Note::default(),
            items: Vec::new(),
            bases: vec![(Cow::Borrowed(""), 0)],
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
        items_dropped: 0,
        item_cut: false,
        elements: 0,
        texts_cut: 0,
        wide: false,
    };
    while let Some(event) = events.next() {
        match event {
            Event::Open { name, attributes } => walk.open(events, name, attributes),
            Event::Close(name) => walk.close(events, name),
            Event::Text(text) => walk.text(events, text),
            Event::CData(text) => walk.cdata(text),
        }
    }
    let dropped: usize =
        walk.notes.items.iter().map(|note| note.dropped).sum::<usize>() + walk.notes.feed.dropped;
    events.repairs.note_times(Repair::ManyElements, dropped);
    events.repairs.note_times(Repair::ManyItems, walk.items_dropped);
    events.repairs.note_times(Repair::LongText, walk.texts_cut);
    if walk.item_cut {
        events.repairs.note(Repair::CutItem);
    }
    if walk.wide {
        events.repairs.note(Repair::ManyAttributes);
    }
    let risky = walk.elements > ELEMENTS_MAX || walk.items_dropped > 0 || dropped > 0 || walk.wide;
    Walked { notes: walk.notes, risky }
}

impl<'a> Walk<'a> {
    fn base(&self) -> usize {
        self.bases.last().map_or(0, |(_, base)| *base)
    }

    fn note(&mut self) -> &mut Note<'a> {
        match &mut self.item {
            Some((_, note)) => note,
            None => &mut self.notes.feed,
        }
    }

    fn add(&mut self, field: Field, rank: u8, value: Cow<'a, str>) {
        let base = self.base();
        self.note().add(Fact { field, rank, value, kind: Kind::Html, base });
    }

    fn open(&mut self, events: &Events<'a>, name: &'a str, attributes: &'a str) {
        let depth = events.depth();
        self.elements += 1;
        // Only a long tag can hold too many attributes (`a=""` and a space is five bytes).
        if attributes.len() > 256 && memchr::memchr_iter(b'=', attributes.as_bytes()).count() > 64 {
            self.wide = true;
        }
        match &mut self.capture {
            // A person with elements of its own: they are read instead of the text around them.
            Some(capture) if capture.then == Then::Person && is_person_part(name) => {
                self.capture = None
            }
            Some(capture) => return capture.tag(name, Some(attributes)),
            None => {}
        }
        if self.skipped.is_some() {
            return;
        }
        self.scope.enter(depth, attributes, &events.entities);
        self.inherit(events, depth, attributes);
        let (space, local_part) = self.scope.resolve(name);
        let lower = local_part.to_ascii_lowercase();
        if depth == 1 {
            self.root(&lower);
        }
        if self.person.is_some() {
            self.open_in_person(depth, &lower);
        } else if depth == 1 && lower != "entry"
            || matches!(lower.as_str(), "channel") && self.item.is_none()
        {
            self.feed_depth = depth;
            self.about(events, attributes);
        } else if self.item.is_none()
            && matches!(lower.as_str(), "item" | "entry")
            && matches!(space, Space::Own | Space::Atom)
        {
            self.open_item(events, depth, attributes);
        } else if matches!(lower.as_str(), "items") && space == Space::Own {
            // RSS 1.1 keeps its items in it; in RSS 1.0 it only lists them.
            self.transparent.push(depth);
        } else if self.source.is_some_and(|at| at + 1 == depth) {
            // An item that comes from another feed has that feed's authors, for want of its own.
            match lower.as_str() {
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

    /// Whether the parent of an element at `depth` is one whose children are read.
    fn is_read(&self, depth: usize) -> bool {
        let container = self.item.as_ref().map_or(self.feed_depth, |(depth, _)| *depth);
        depth == container + 1
            || self.transparent.last().is_some_and(|at| *at + 1 == depth && *at > container)
    }

    fn root(&mut self, lower: &str) {
        self.notes.format = match lower {
            "feed" | "entry" => Format::Atom,
            "rdf" => Format::Rdf,
            _ => Format::Rss,
        };
    }

    /// `rdf:about` names an item of RSS 1.0.
    fn about(&mut self, events: &Events<'a>, attributes: &'a str) {
        if let Some(about) = local(attributes, "about", &events.entities) {
            self.add(Field::Id, 1, about.clone());
            self.add(Field::Link, 5, about);
        }
    }

    fn open_item(&mut self, events: &Events<'a>, depth: usize, attributes: &'a str) {
        self.item = Some((depth, Note::default()));
        self.about(events, attributes);
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
        if let Some(base) = exact(attributes, "xml:base", &events.entities)
            && self.notes.bases.len() < BASES_MAX
        {
            self.notes.bases.push((base, self.base()));
            self.bases.push((depth, self.notes.bases.len() - 1));
        }
        if let Some(language) = exact(attributes, "xml:lang", &events.entities) {
            if depth <= self.feed_depth && self.item.is_none() {
                self.add(Field::Language, 2, language.clone());
            }
            self.languages.push((depth, language));
        }
    }

    fn child(
        &mut self,
        events: &Events<'a>,
        depth: usize,
        space: Space,
        lower: &str,
        attributes: &'a str,
    ) {
        let atom = self.notes.format == Format::Atom;
        let decode = |name: &str| local(attributes, name, &events.entities);
        match meaning(space, lower, self.item.is_some(), atom) {
            Meaning::Text(field, rank) => self.begin(depth, field, rank, Kind::Html, Then::Done),
            Meaning::Typed(field, rank) => self.typed(events, depth, field, rank, attributes),
            Meaning::AtomLink => self.atom_link(events, depth, attributes, atom),
            Meaning::Link => {
                if decode("href").is_some() {
                    return self.atom_link(events, depth, attributes, true);
                }
                self.begin(depth, Field::Link, 1, Kind::Plain, Then::Done);
            }
            Meaning::Guid => {
                let denied = decode("ispermalink")
                    .is_some_and(|value| value.trim().eq_ignore_ascii_case("false"));
                let then = if denied { Then::Done } else { Then::Address };
                self.begin(depth, Field::Id, 0, Kind::Plain, then);
            }
            Meaning::Person(rank) => {
                self.person = Some((depth, rank));
                self.begin(depth, Field::Author, rank, Kind::Html, Then::Person);
            }
            Meaning::Category => {
                for name in ["term", "label", "text"] {
                    if let Some(term) = decode(name) {
                        self.add(Field::Category, 0, term);
                    }
                }
                self.begin(depth, Field::Category, 0, Kind::Html, Then::Done);
            }
            Meaning::Enclosure => {
                self.skipped = Some(depth);
                if let Some(address) = decode("url") {
                    self.add(Field::Link, 10, address);
                }
            }
            Meaning::Source => {
                self.source = Some(depth);
            }
            Meaning::Transparent => self.transparent.push(depth),
            Meaning::Nothing => self.skipped = Some(depth),
        }
    }

    fn begin(&mut self, depth: usize, field: Field, rank: u8, kind: Kind, then: Then) {
        // A person's elements are read one by one; only its bare text is captured.
        let base = self.base();
        let text = Cow::Borrowed("");
        self.capture =
            Some(Capture { depth, field, rank, kind, markup: false, text, base, then, cut: false });
    }

    /// Atom's text constructs: `type` says how the text is to be read.
    fn typed(
        &mut self,
        events: &Events<'a>,
        depth: usize,
        field: Field,
        rank: u8,
        attributes: &'a str,
    ) {
        let decode = |name: &str| {
            local(attributes, name, &events.entities).map(|value| value.trim().to_ascii_lowercase())
        };
        let kind = decode("type").unwrap_or_default();
        let mode = decode("mode").unwrap_or_default();
        let is_xml = kind == "xhtml" || kind.ends_with("/xml") || kind.ends_with("+xml");
        self.begin(depth, field, rank, Kind::Html, Then::Done);
        let Some(capture) = &mut self.capture else { return };
        if mode == "base64" {
            capture.then = Then::Base64;
        } else if is_xml && mode != "escaped" {
            capture.markup = true;
        } else if matches!(kind.as_str(), "" | "text" | "plain" | "text/plain") && mode != "escaped"
        {
            capture.kind = Kind::Plain;
        } else if kind.contains('/') && !kind.starts_with("text/") {
            // RFC 4287, 4.1.3.3: any other media type is base64.
            capture.then = Then::Base64;
        }
    }

    fn atom_link(&mut self, events: &Events<'a>, depth: usize, attributes: &'a str, own: bool) {
        let decode = |name: &str| local(attributes, name, &events.entities);
        self.skipped = Some(depth);
        let Some(href) = decode("href") else { return };
        let relation = decode("rel").map(|rel| rel.trim().to_ascii_lowercase()).unwrap_or_default();
        let relation =
            relation.strip_prefix("http://www.iana.org/assignments/relation/").unwrap_or(&relation);
        let kind = decode("type").map(|kind| kind.trim().to_ascii_lowercase()).unwrap_or_default();
        let is_page = kind.is_empty() || kind.contains("html") || kind == "text/plain";
        let rank = match relation {
            // Written without a prefix in RSS, it was put there to be taken.
            "" | "alternate" if is_page && own => 0,
            "" | "alternate" => 2,
            "canonical" => 4,
            "related" | "via" => 8,
            "self" if self.item.is_some() => 9,
            "self" => return self.add(Field::Address, 0, href),
            "enclosure" if self.item.is_some() => 11,
            _ => return,
        };
        self.add(Field::Link, rank, href);
    }

    fn open_in_person(&mut self, depth: usize, lower: &str) {
        let Some((_, rank)) = self.person else { return };
        match lower {
            "name" => self.begin(depth, Field::Author, rank, Kind::Html, Then::Done),
            "email" => self.begin(depth, Field::Author, rank + 100, Kind::Plain, Then::Done),
            _ => self.skipped = Some(depth),
        }
    }

    fn text(&mut self, events: &Events<'a>, text: &'a str) {
        if let Some(capture) = &mut self.capture {
            if capture.markup {
                capture.push(Cow::Borrowed(text));
            } else {
                capture.push(events.entities.decode(text));
            }
        }
    }

    fn cdata(&mut self, text: &'a str) {
        if let Some(capture) = &mut self.capture {
            if capture.markup {
                capture.push(Cow::Owned(text.replace('&', "&amp;").replace('<', "&lt;")));
            } else {
                capture.push(Cow::Borrowed(text));
            }
        }
    }

    fn close(&mut self, events: &Events<'a>, name: &'a str) {
        let depth = events.depth() + 1;
        if let Some(capture) = &mut self.capture {
            if capture.depth < depth {
                capture.tag(name, None);
                return;
            }
            self.captured(depth);
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
        let Some((_, note)) = self.item.take() else { return };
        if events.is_cut() {
            // Later, when it comes whole, it would be taken for an edit of its own stump.
            self.item_cut = true;
        } else if self.notes.items.len() < ITEMS_MAX {
            self.notes.items.push(note);
        } else {
            self.items_dropped += 1;
        }
    }

    fn captured(&mut self, depth: usize) {
        let Some(mut capture) = self.capture.take() else { return };
        if capture.depth > depth {
            return;
        }
        self.texts_cut += usize::from(capture.cut);
        if capture.then == Then::Base64 {
            capture.decode_base64();
        }
        let Capture { field, rank, kind, text, base, then, .. } = capture;
        if then == Then::Address {
            let rank = if text.trim_start().starts_with("http") { 3 } else { 7 };
            self.note().add(Fact { field: Field::Link, rank, value: text.clone(), kind, base });
        }
        self.note().add(Fact { field, rank, value: text, kind, base });
    }
}

impl<'a> Capture<'a> {
    fn push(&mut self, more: Cow<'a, str>) {
        if self.text.len() + more.len() > TEXT_BYTES_MAX {
            self.cut = true;
            let room = TEXT_BYTES_MAX.saturating_sub(self.text.len());
            let end = more.floor_char_boundary(room);
            self.text.to_mut().push_str(more.get(..end).unwrap_or_default());
        } else if self.text.is_empty() || self.text.trim().is_empty() && self.kind == Kind::Plain {
            self.text = more;
        } else {
            self.text.to_mut().push_str(&more);
        }
    }

    /// A tag inside a text is markup that was not escaped: it is kept as HTML.
    fn tag(&mut self, name: &str, attributes: Option<&str>) {
        if !self.markup && self.kind == Kind::Plain {
            self.kind = Kind::Html;
        }
        let local = name.rsplit_once(':').map_or(name, |(_, local)| local);
        let tag = match attributes {
            Some(attributes) => format!("<{local}{}>", kept(attributes)),
            None => format!("</{local}>"),
        };
        self.push(Cow::Owned(tag));
    }

    fn decode_base64(&mut self) {
        use base64::Engine as _;
        let packed: String = self.text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        let unpacked = base64::engine::general_purpose::STANDARD.decode(packed).ok();
        // What is no base64, or no text when unpacked, is read as it stands.
        if let Some(text) = unpacked.and_then(|bytes| String::from_utf8(bytes).ok()) {
            self.text = Cow::Owned(text);
        }
    }
}

/// Elements of a person in Atom and in RSS 1.1.
fn is_person_part(name: &str) -> bool {
    let local = name.rsplit_once(':').map_or(name, |(_, local)| local);
    ["name", "email", "uri", "url"].iter().any(|part| local.eq_ignore_ascii_case(part))
}

/// The attributes of inline markup that a reader of HTML can use; declarations would be noise.
fn kept(attributes: &str) -> String {
    let mut out = String::new();
    for (name, value) in
        Attributes::new(attributes).filter(|(name, _)| !name.contains(':') && *name != "xmlns")
    {
        out.push_str(&format!(" {name}=\"{}\"", value.replace('"', "&quot;")));
    }
    out
}
