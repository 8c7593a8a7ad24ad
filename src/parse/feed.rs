//! The strict parser at the centre: feed-rs, kept from harm.
//!
//! The only file that names feed-rs. Gives it well-formed text, our own date reading and a cheap
//! id (its own would be random at every poll), takes its model apart and hands over plain values;
//! a panic in it is an error here. Must never see undecoded bytes. Called by the room's door.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use feed_rs::model::{Entry, FeedType, Text};
use feed_rs::parser::Builder;
use url::Url;

use crate::parse::Format;
use crate::parse::instants::Instants;

/// A document as the strict parser reads it; texts may be HTML.
#[derive(Debug, Default)]
pub struct Strict {
    /// Title of the feed.
    pub title: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// Its address.
    pub link: Option<String>,
    /// Its language.
    pub language: Option<String>,
    /// Its items, in document order.
    pub items: Vec<StrictItem>,
}

/// An item as the strict parser reads it.
#[derive(Debug, Default)]
pub struct StrictItem {
    /// The headline.
    pub title: Option<String>,
    /// The address.
    pub link: Option<String>,
    /// The lead.
    pub summary: Option<String>,
    /// The full text.
    pub content: Option<String>,
    /// When it was published.
    pub published: Option<DateTime<Utc>>,
    /// When it was changed.
    pub updated: Option<DateTime<Utc>>,
    /// Names.
    pub authors: Vec<String>,
    /// Terms.
    pub categories: Vec<String>,
}

/// Why the strict parser gave nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It refused the document.
    Refused,
    /// It panicked.
    Panicked,
}

/// Reads well-formed XML or JSON.
pub fn read(
    text: &str,
    base: Option<&Url>,
    instants: &Arc<Instants>,
) -> Result<(Format, Strict), Failure> {
    let instants = Arc::clone(instants);
    let parse = move || {
        Builder::new()
            .base_uri(base.map(Url::as_str))
            .sanitize_content(false)
            .id_generator(|_, _, _| "-".to_owned())
            .timestamp_parser(move |text| instants.read(text))
            .build()
            .parse(text.as_bytes())
    };
    let feed = catch_unwind(AssertUnwindSafe(parse))
        .map_err(|_| Failure::Panicked)?
        .map_err(|_| Failure::Refused)?;
    let format = match feed.feed_type {
        FeedType::Atom => Format::Atom,
        FeedType::JSON => Format::Json,
        FeedType::RSS1 => Format::Rdf,
        FeedType::RSS0 | FeedType::RSS2 => Format::Rss,
    };
    let strict = Strict {
        title: feed.title.map(content),
        description: feed.description.map(content),
        link: feed
            .links
            .into_iter()
            .find(|link| link.rel.as_deref().unwrap_or("alternate") == "alternate")
            .map(|link| link.href),
        language: feed.language,
        items: feed.entries.into_iter().map(item).collect(),
    };
    Ok((format, strict))
}

fn content(text: Text) -> String {
    text.content
}

fn item(entry: Entry) -> StrictItem {
    StrictItem {
        title: entry.title.map(content),
        link: entry
            .links
            .into_iter()
            .find(|link| link.rel.as_deref().unwrap_or("alternate") == "alternate")
            .map(|link| link.href),
        summary: entry.summary.map(content),
        content: entry.content.and_then(|content| content.body),
        published: entry.published,
        updated: entry.updated,
        authors: entry.authors.into_iter().filter_map(|person| person.name).collect(),
        categories: entry.categories.into_iter().map(|category| category.term).collect(),
    }
}
