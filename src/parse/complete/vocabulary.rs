//! What each element of each vocabulary says of a feed or an item, and how much it is believed.
//!
//! One table for all formats: documents mix them. Must never see a document. Called by
//! `complete::walk`.

use crate::parse::complete::space::Space;

/// What a piece of text is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// The headline.
    Title,
    /// The publisher's id.
    Id,
    /// The publisher's id where it says that this is an address.
    Permalink,
    /// An address.
    Link,
    /// The lead; of a feed, its description.
    Summary,
    /// The full text.
    Content,
    /// When it was published.
    Published,
    /// When it was changed.
    Updated,
    /// Who wrote it.
    Author,
    /// What it is about.
    Category,
    /// The same, several in a text with commas.
    Keywords,
    /// Its language.
    Language,
    /// Minutes between two polls.
    Ttl,
    /// An hour without news, in UTC.
    SkipHour,
    /// A day without news.
    SkipDay,
    /// Where the document itself is (`atom:link` with `rel="self"`).
    Address,
    /// How long a recording lasts; read only to spare the strict parser odd ones.
    Duration,
    /// Unit of the update frequency.
    Period,
    /// Updates within one unit.
    Frequency,
}

/// The rank from which on an address is of something beside the item: of what it is about, of
/// itself as an Atom document, of a file.
pub const BESIDE: u8 = 8;

/// How an element is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Its text is the field; lower ranks are believed first.
    Text(Field, u8),
    /// Its text is the field, of the kind that its `type` attribute names (Atom).
    Typed(Field, u8),
    /// Atom's link: the address is an attribute.
    AtomLink,
    /// RSS's link, which some write in Atom's way.
    Link,
    /// RSS's id, which is also an address unless it says otherwise.
    Guid,
    /// A person with elements for name and address, or plain text.
    Person(u8),
    /// A category with its term in an attribute or as text.
    Category,
    /// A file that goes with the item: its address for want of another.
    Enclosure,
    /// The feed that an item was taken from.
    Source,
    /// Its children are read as if they stood in its place.
    Transparent,
    /// Nothing of it is read.
    Nothing,
}

use Field::{Author, Content, Id, Keywords, Language, Link, Published, Summary, Title, Updated};
use Meaning::{Category, Guid, Nothing, Person, Text, Transparent, Typed};

/// The meaning of an element right inside an item, or inside a feed when `item` is false.
/// `local` is in lower case. `atom`: the document itself is Atom.
#[expect(clippy::match_same_arms, reason = "a table, one line for each vocabulary")]
pub fn meaning(space: Space, local: &str, item: bool, atom: bool) -> Meaning {
    match space {
        Space::Own if atom => in_atom(local, 0),
        Space::Own => in_rss(local, item),
        Space::Atom => in_atom(local, u8::from(!atom)),
        Space::Dublin => in_dublin(local),
        Space::Content if local == "encoded" => Text(Content, 0),
        Space::Content => Nothing,
        Space::Media => in_media(local),
        Space::Itunes => in_itunes(local),
        Space::Syndication => in_syndication(local),
        Space::Xhtml if matches!(local, "body" | "div") => Text(Content, 2),
        Space::Feedburner if local == "origlink" => Text(Link, 0),
        Space::Xhtml | Space::Rdf | Space::Feedburner | Space::Other => Nothing,
    }
}

#[expect(clippy::match_same_arms, reason = "a table, one line for each name")]
fn in_rss(local: &str, item: bool) -> Meaning {
    match local {
        "title" => Text(Title, 0),
        "link" => Meaning::Link,
        "guid" => Guid,
        "description" => Text(Summary, 1),
        "pubdate" => Text(Published, 0),
        "lastbuilddate" => Text(Updated, 2),
        "author" => Person(0),
        "managingeditor" => Text(Author, 4),
        "webmaster" => Text(Author, 5),
        "category" => Category,
        "enclosure" if item => Meaning::Enclosure,
        "keywords" => Text(Keywords, 0),
        "language" => Text(Language, 0),
        "ttl" => Text(Field::Ttl, 0),
        "skiphours" | "skipdays" => Transparent,
        "hour" => Text(Field::SkipHour, 0),
        "day" => Text(Field::SkipDay, 0),
        "encoded" => Text(Content, 1),
        "fullitem" => Text(Content, 3),
        "body" => Text(Content, 3),
        // CDF.
        "abstract" => Text(Summary, 3),
        "tagline" | "subtitle" if !item => Text(Summary, 3),
        // Names of other vocabularies without their prefix: nothing else is meant by them.
        "creator" => Text(Author, 2),
        "date" => Text(Published, 5),
        "issued" | "published" | "created" => Text(Published, 4),
        "updated" | "modified" => Text(Updated, 1),
        "id" => Text(Id, 2),
        "content" => Typed(Content, 4),
        "summary" => Typed(Summary, 0),
        "subject" => Category,
        _ => Nothing,
    }
}

fn in_atom(local: &str, rank: u8) -> Meaning {
    match local {
        "title" => Typed(Title, rank),
        "link" => Meaning::AtomLink,
        "id" => Text(Id, rank),
        "summary" | "subtitle" | "tagline" => Typed(Summary, rank),
        "content" => Typed(Content, rank),
        "published" | "issued" => Text(Published, rank),
        "created" => Text(Published, rank + 6),
        "updated" | "modified" => Text(Updated, rank),
        "author" => Person(rank),
        "source" => Meaning::Source,
        "category" => Category,
        "encoded" => Text(Content, 5),
        "guid" => Guid,
        "description" => Text(Summary, 6),
        "pubdate" => Text(Published, 6),
        "language" => Text(Language, 3),
        "info" => Typed(Summary, 7),
        _ => Nothing,
    }
}

fn in_dublin(local: &str) -> Meaning {
    match local {
        "title" => Text(Title, 2),
        "creator" | "author" => Text(Author, 2),
        "publisher" => Text(Author, 7),
        "description" | "abstract" => Text(Summary, 2),
        "subject" => Category,
        "date" => Text(Published, 3),
        "issued" | "created" | "available" => Text(Published, 2),
        "modified" | "updated" => Text(Updated, 2),
        "identifier" => Text(Id, 3),
        "language" => Text(Language, 1),
        _ => Nothing,
    }
}

fn in_media(local: &str) -> Meaning {
    match local {
        "group" | "content" => Transparent,
        "title" => Text(Title, 5),
        "description" => Text(Summary, 5),
        "credit" => Text(Author, 6),
        "category" => Category,
        "keywords" => Text(Keywords, 0),
        _ => Nothing,
    }
}

fn in_itunes(local: &str) -> Meaning {
    match local {
        "title" => Text(Title, 4),
        "summary" => Text(Summary, 3),
        "duration" => Text(Field::Duration, 0),
        "subtitle" => Text(Summary, 4),
        "author" => Text(Author, 3),
        "category" => Category,
        "keywords" => Text(Keywords, 0),
        _ => Nothing,
    }
}

fn in_syndication(local: &str) -> Meaning {
    match local {
        "updateperiod" => Text(Field::Period, 0),
        "updatefrequency" => Text(Field::Frequency, 0),
        _ => Nothing,
    }
}
