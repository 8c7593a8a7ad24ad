//! From a decoded document to a feed: our own walk over the mended events, and the strict
//! parser's reading, made one.
//!
//! The walk has the word wherever it found something, because it knows what the strict parser
//! leaves out or gets wrong (Dublin Core, Atom inside RSS, permalinks, inline markup, bases,
//! types unknown to it); the strict parser supplies the rest. Called by the room's door.

use std::borrow::Cow;
use std::ops::Range;

use url::Url;

use crate::model::decision::Field as Shown;
use crate::model::item::Draft;
use crate::parse::complete::note::{Fact, Kind, Note, Notes};
use crate::parse::complete::vocabulary::{BESIDE, Field};
use crate::parse::complete::when::{Given, When};
use crate::parse::feed::{Failure, Strict, StrictItem};
use crate::parse::instants::Instants;
use crate::parse::mend::events::Events;
use crate::parse::mend::repairs::{Repair, Repairs};
use crate::parse::{
    Context, Feed, Format, Refusal, feed, identity, mend, rhythm, sniff, text, url as address,
};

mod capture;
mod children;
#[cfg(test)]
mod link_tests;
pub mod note;
pub mod person;
pub mod space;
#[cfg(test)]
mod tests;
pub mod vocabulary;
pub mod walk;
mod when;
#[cfg(test)]
mod when_tests;

/// Bytes of a base, of which a document may have thousands.
const BASE_BYTES_MAX: usize = 2 * 1024;
/// Bytes of a title: a headline is a hundredth of it.
const TITLE_BYTES_MAX: usize = 16 * 1024;
/// Documents beyond this are not shown to the strict parser: its model beside ours would take more
/// memory than one document may, and adds nothing that our own walk has not found.
pub const STRICT_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Names and terms of one item that are kept.
pub const LIST_MAX: usize = 64;
/// Bytes of a person's name that are read; the longest byline seen has about 200.
const NAME_BYTES_MAX: usize = 512;
/// Names that a feed hands down to its items: each of thousands of items holds them.
pub const INHERITED_MAX: usize = 8;

/// A feed and what was mended in it. `encoding` and `warnings` are the door's to fill.
#[derive(Debug)]
pub struct Read {
    /// The feed.
    pub feed: Feed,
    /// What was mended.
    pub repairs: Repairs,
}

/// Reads a decoded XML document.
pub fn read(document: &str, context: &Context<'_>, mut repairs: Repairs) -> Result<Read, Refusal> {
    let mut events = Events::new(document).map_err(|first| sniff::refuse(document, first))?;
    let start = events.start();
    let walked = walk::walk(&mut events);
    let end = events.end();
    repairs.absorb(&events.finish());
    let plain = document.get(start..end).unwrap_or(document);
    let instants = Instants::new(context.timezone, context.now);
    let read = |text: &str| feed::read(text, context.url);
    // Without an item there is nothing that it could add.
    let strict = if walked.notes.items.is_empty() {
        Strict::default()
    } else {
        strict(plain, document, walked.risky, read, &mut repairs)
    };
    Ok(assemble(&walked.notes, strict, context, &instants, repairs))
}

/// The strict parser's reading: of the document as it stands, else of the mended one.
fn strict(
    plain: &str,
    document: &str,
    risky: bool,
    read: impl Fn(&str) -> Result<(Format, Strict), Failure>,
    repairs: &mut Repairs,
) -> Strict {
    if plain.len() > STRICT_BYTES_MAX {
        return Strict::default();
    }
    if !risky && repairs.is_empty() {
        if let Ok((_, strict)) = read(plain) {
            return strict;
        }
        repairs.note(Repair::NotWellFormed);
    }
    let mended = mend::write::write(document).map(|mended| read(&mended));
    if let Some(Ok((_, strict))) = mended {
        return strict;
    }
    repairs.note(Repair::ParserFailed);
    Strict::default()
}

/// Makes a feed of notes and the strict parser's reading.
pub fn assemble(
    notes: &Notes<'_>,
    strict: Strict,
    context: &Context<'_>,
    instants: &Instants,
    mut repairs: Repairs,
) -> Read {
    let bases = Bases::new(notes, context);
    let inherited = matches!(notes.format, Format::Atom | Format::Json);
    let mut authors = if inherited { authors(&notes.feed) } else { Vec::new() };
    authors.truncate(INHERITED_MAX);
    let dates = &strict.dates;
    let mut chooser = Chooser {
        bases: &bases,
        context,
        instants,
        dates,
        repairs: &mut repairs,
        format: notes.format,
        near: None,
        authors,
    };
    let mut drafts = Vec::with_capacity(notes.items.len());
    // Where both saw the same items, the strict parser may fill gaps; else nobody knows which is which.
    let same = strict.items.len() == notes.items.len();
    let mut supplements = if same { strict.items } else { Vec::new() }.into_iter();
    let mut wordless = Vec::new();
    for note in &notes.items {
        let draft = chooser.draft(note, supplements.next().unwrap_or_default());
        for (field, text) in [(Field::Summary, &draft.summary), (Field::Content, &draft.body)] {
            if text.is_empty() && note.best(field).is_some() {
                let shown = if field == Field::Summary { Shown::Summary } else { Shown::Body };
                wordless.push((drafts.len(), shown));
            }
        }
        drafts.push(draft);
    }
    let title = headline(&notes.feed)
        .or_else(|| strict.title.map(|title| text::line(&title)))
        .unwrap_or_default();
    let description = words(&notes.feed, Field::Summary)
        .or_else(|| strict.description.map(|html| text::from_html(&html)));
    let link =
        chooser.link(&notes.feed).or_else(|| address::absolute(&strict.link?, bases.root.as_ref()));
    let language = notes
        .feed
        .best(Field::Language)
        .map(|fact| fact.value.trim().to_owned())
        .or(strict.language);
    let feed = Feed {
        format: notes.format,
        encoding: String::new(),
        title,
        link,
        description: description.unwrap_or_default(),
        language,
        drafts,
        wordless,
        warnings: Vec::new(),
        rhythm: rhythm::read(&notes.feed),
    };
    Read { feed, repairs }
}

/// The bases of a document, resolved.
#[derive(Debug)]
struct Bases {
    root: Option<Url>,
    resolved: Vec<Option<Url>>,
}

impl Bases {
    /// Where nobody says where a document came from, it may say so itself; else its page is the base.
    fn new(notes: &Notes<'_>, context: &Context<'_>) -> Self {
        let page = || {
            let facts = [Field::Address, Field::Link].map(|field| notes.feed.all(field));
            facts.into_iter().flatten().find_map(|fact| Url::parse(fact.value.trim()).ok())
        };
        let root = context.url.cloned().or_else(page);
        let mut resolved: Vec<Option<Url>> = vec![root.clone()];
        for (value, parent) in notes.bases.iter().skip(1) {
            let parent = resolved.get(*parent).cloned().flatten();
            let value = value.trim();
            let own = match &parent {
                _ if value.len() > BASE_BYTES_MAX => None,
                Some(parent) => parent.join(value).ok(),
                None => Url::parse(value).ok(),
            };
            // Bases stand on bases: nested, they would grow without end.
            let own = own.filter(|own| own.as_str().len() <= BASE_BYTES_MAX);
            resolved.push(own.or(parent));
        }
        Self { root, resolved }
    }

    fn of(&self, fact: &Fact<'_>) -> Option<&Url> {
        self.resolved.get(fact.base).and_then(Option::as_ref)
    }
}

/// Chooses among the facts.
struct Chooser<'a> {
    bases: &'a Bases,
    context: &'a Context<'a>,
    instants: &'a Instants,
    /// The strict parser's dates.
    dates: &'a str,
    repairs: &'a mut Repairs,
    format: Format,
    /// The link of the item before.
    near: Option<Url>,
    /// Authors of a feed whose format hands them down to its items (RFC 4287, 4.2.1; JSON Feed 1.1).
    authors: Vec<String>,
}

impl Chooser<'_> {
    fn draft(&mut self, note: &Note<'_>, mut strict: StrictItem) -> Draft {
        let link = self.page(note);
        if link.is_none() && note.best(Field::Link).is_some() {
            self.repairs.note(Repair::UnusableLink);
        }
        self.near = link.clone().or(self.near.take());
        // The strict parser takes markup for an address.
        let is_plain = !note.all(Field::Link).iter().any(|fact| fact.value.contains('<'));
        let link = link.or_else(|| {
            address::absolute(&strict.link().filter(|_| is_plain)?, self.bases.root.as_ref())
        });
        let noted = |place: Option<Range<usize>>| self.dates.get(place?);
        let given =
            Given { published: noted(strict.published()), updated: noted(strict.updated()) };
        // RSS items without a second date are as new as their first.
        let When { published, updated } =
            when::of_item(note, &given, self.instants, self.context.timezone);
        if published.is_none() && updated.is_none() && note.best(Field::Published).is_some() {
            self.repairs.note(Repair::UnknownDate);
        }
        let mut draft = Draft {
            keys: Vec::new(),
            guid: self.guid(note),
            title: headline(note)
                .or_else(|| strict.title().map(|title| text::line(&title)))
                .unwrap_or_default(),
            link,
            summary: words(note, Field::Summary)
                .or_else(|| strict.summary().map(|html| text::from_html(&html)))
                .unwrap_or_default(),
            body: Self::body(note, &mut strict),
            published,
            updated,
            language: note.best(Field::Language).map(|fact| fact.value.trim().to_owned()),
            authors: authors(note),
            categories: categories(note),
        };
        if draft.authors.is_empty() {
            draft.authors = list(strict.authors());
        }
        if draft.authors.is_empty() {
            draft.authors.clone_from(&self.authors);
        }
        if draft.categories.is_empty() {
            draft.categories = list(strict.categories());
        }
        draft.keys = identity::keys(&draft, self.context.identity, self.context.timezone);
        draft
    }

    /// The full text; where RSS has a summary besides its description, that is the description.
    fn body(note: &Note<'_>, strict: &mut StrictItem) -> String {
        let description = || {
            let summaries = note.all(Field::Summary);
            let both = summaries.first()?.rank == 0 && summaries.get(1)?.rank == 1;
            both.then(|| summaries.get(1).map(plain))?
        };
        let own = words(note, Field::Content).or_else(description);
        own.or_else(|| strict.content().map(|html| text::from_html(&html))).unwrap_or_default()
    }

    /// The publisher's id, verbatim unless it says that it is an address and is a relative one.
    fn guid(&self, note: &Note<'_>) -> Option<String> {
        let own = note.best(Field::Id)?.value.trim();
        let resolved = note.best(Field::Permalink).filter(|_| Url::parse(own).is_err());
        let resolved = resolved.and_then(|fact| address::absolute(own, self.bases.of(fact)));
        Some(resolved.map_or_else(|| own.to_owned(), String::from))
    }

    fn link(&self, note: &Note<'_>) -> Option<Url> {
        note.all(Field::Link).iter().find_map(|fact| self.address(fact))
    }

    /// The item's page: an address that is given as such, else an id that is one, else an address
    /// of something beside the item.
    fn page(&self, note: &Note<'_>) -> Option<Url> {
        let facts = note.all(Field::Link);
        let (own, beside) = facts.split_at(facts.partition_point(|fact| fact.rank < BESIDE));
        let find = |facts: &[Fact<'_>]| facts.iter().find_map(|fact| self.address(fact));
        find(own).or_else(|| self.telling_id(note)).or_else(|| find(beside))
    }

    /// The address that a fact is: markup is none, but may show one.
    fn address(&self, fact: &Fact<'_>) -> Option<Url> {
        let value = fact.value.trim();
        if value.contains('<') {
            let shown = || address::absolute(&text::line(value), None);
            return value.starts_with('<').then(shown).flatten();
        }
        address::absolute_near(value, self.bases.of(fact), self.near.as_ref())
    }

    /// An id that is a web address; a guid of RSS says itself whether it is one.
    fn telling_id(&self, note: &Note<'_>) -> Option<Url> {
        let says_nothing = matches!(self.format, Format::Atom | Format::Json);
        let id = note.best(Field::Id).filter(|fact| fact.rank > 0 || says_nothing)?.value.trim();
        let is_web = id.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("http"))
            && !id.contains(char::is_whitespace);
        is_web.then(|| address::absolute(id, None)).flatten()
    }
}

/// The first title that says something.
fn headline(note: &Note<'_>) -> Option<String> {
    note.all(Field::Title).iter().map(title).find(|title| !title.is_empty())
}

/// The first text of a field that says something.
fn words(note: &Note<'_>, field: Field) -> Option<String> {
    note.all(field).iter().map(plain).find(|text| !text.is_empty())
}

fn title(fact: &Fact<'_>) -> String {
    let value =
        fact.value.get(..fact.value.floor_char_boundary(TITLE_BYTES_MAX)).unwrap_or_default();
    match fact.kind {
        Kind::Html => text::line(value),
        Kind::Markup => text::line_of_markup(value),
        Kind::Plain => text::plain(value),
    }
}

fn plain(fact: &Fact<'_>) -> String {
    match fact.kind {
        Kind::Html => text::from_html(&fact.value),
        Kind::Markup => text::from_markup(&fact.value),
        Kind::Plain => text::plain(&fact.value),
    }
}

/// The names of the most believed kind; addresses only where nobody is named.
fn authors(note: &Note<'_>) -> Vec<String> {
    let facts = note.all(Field::Author);
    let Some(rank) = facts.first().map(|fact| fact.rank) else { return Vec::new() };
    list(
        facts
            .iter()
            .take_while(|fact| fact.rank == rank)
            .map(|fact| fact.value.get(..fact.value.floor_char_boundary(NAME_BYTES_MAX)))
            .map(|value| person::name(text::line(value.unwrap_or_default()))),
    )
}

fn categories(note: &Note<'_>) -> Vec<String> {
    let whole = note.all(Field::Category).iter().map(|fact| text::plain(&fact.value));
    let several = note.all(Field::Keywords);
    list(whole.chain(several.iter().flat_map(|fact| fact.value.split(',').map(text::plain))))
}

/// Without empties and repetitions, and not without end.
fn list(values: impl Iterator<Item = String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for value in values.filter(|value| !value.is_empty()) {
        if kept.len() < LIST_MAX && !kept.contains(&value) {
            kept.push(value);
        }
    }
    kept
}

/// Names the format of a document without a root of its own.
pub fn json_notes<'a>() -> Notes<'a> {
    Notes {
        feed: Note::default(),
        items: Vec::new(),
        bases: vec![(Cow::Borrowed(""), 0)],
        format: Format::Json,
    }
}
