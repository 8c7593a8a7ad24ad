//! From a decoded document to a feed: our own walk over the mended events, and the strict
//! parser's reading, made one.
//!
//! The walk has the word wherever it found something, because it knows what the strict parser
//! leaves out or gets wrong (Dublin Core, Atom inside RSS, permalinks, inline markup, bases,
//! types unknown to it); the strict parser supplies the rest. Called by the room's door.

use std::borrow::Cow;
use std::ops::Range;

use crate::model::decision::Field as Shown;
use crate::model::item::Draft;
use crate::parse::complete::address::Addresses;
use crate::parse::complete::note::{Fact, Kind, Note, Notes};
use crate::parse::complete::vocabulary::Field;
use crate::parse::complete::when::{Given, When};
use crate::parse::feed::{Failure, Strict, StrictItem};
use crate::parse::instants::Instants;
use crate::parse::mend::events::Events;
use crate::parse::mend::repairs::{Repair, Repairs};
use crate::parse::{Context, Feed, Format, Refusal, feed, mend, rhythm, sniff, text};

mod address;
mod capture;
mod children;
#[cfg(test)]
mod link_tests;
pub mod newest;
pub mod note;
#[cfg(test)]
mod overlong_tests;
pub mod person;
pub mod space;
#[cfg(test)]
mod tests;
pub mod vocabulary;
pub mod walk;
mod when;
#[cfg(test)]
mod when_tests;

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
    let mut events =
        Events::new(document).map_err(|first| sniff::refuse(document, first, context.url))?;
    let start = events.start();
    let walked = walk::walk(&mut events, Instants::new(context.timezone, context.now));
    let end = events.end();
    repairs.absorb(&events.finish());
    let plain = document.get(start..end).unwrap_or(document);
    let instants = Instants::new(context.timezone, context.now);
    let read = |text: &str| feed::read(text, context.url);
    // Without an item there is nothing that it could add; of too many, nobody knows which it would read.
    let strict = if walked.notes.items.is_empty() || walked.items_dropped > 0 {
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
    let inherited = matches!(notes.format, Format::Atom | Format::Json);
    let mut authors = if inherited { authors(&notes.feed) } else { Vec::new() };
    authors.truncate(INHERITED_MAX);
    let dates = &strict.dates;
    let mut chooser = Chooser {
        addresses: Addresses::new(notes, context),
        context,
        instants,
        dates,
        repairs: &mut repairs,
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
    let link = chooser.addresses.of_feed(&notes.feed, || strict.link);
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

/// Chooses among the facts.
struct Chooser<'a> {
    addresses: Addresses<'a>,
    context: &'a Context<'a>,
    instants: &'a Instants,
    /// The strict parser's dates.
    dates: &'a str,
    repairs: &'a mut Repairs,
    /// Authors of a feed whose format hands them down to its items (RFC 4287, 4.2.1; JSON Feed 1.1).
    authors: Vec<String>,
}

impl Chooser<'_> {
    fn draft(&mut self, note: &Note<'_>, mut strict: StrictItem) -> Draft {
        let link = self.addresses.of_item(note, || strict.link());
        if link.is_none() && note.best(Field::Link).is_some() {
            self.repairs.note(Repair::UnusableLink);
        }
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
            guid: self.addresses.guid(note),
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
        languages: vec![Cow::Borrowed("")],
        format: Format::Json,
    }
}
