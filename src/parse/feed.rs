//! The strict parser at the centre: feed-rs, kept from harm.
//!
//! The only file that names feed-rs. Gives it well-formed text and a cheap id (its own would be
//! random at every poll), has it note down dates without reading them, takes its model apart and
//! hands over plain values; a panic in it is an error here. Must never see undecoded bytes. Called
//! by `complete` and `json_feed`.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use feed_rs::model::{Entry, FeedType, Text};
use feed_rs::parser::Builder;
use url::Url;

use crate::parse::Format;
use crate::parse::instants::TEXT_BYTES_MAX;

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
    /// The texts of all dates, one behind the other.
    pub dates: String,
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
    /// When it was published: where the text is in [`Strict::dates`].
    pub published: Option<Range<usize>>,
    /// When it was changed, likewise.
    pub updated: Option<Range<usize>>,
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

/// Dates that the strict parser met. It wants an instant for each, and most are never needed: so it
/// gets the place of the text instead, as seconds and nanoseconds, and carries that about.
#[derive(Debug, Default)]
struct Roll(Mutex<String>);

impl Roll {
    fn note(&self, date: &str) -> Option<DateTime<Utc>> {
        let date = date.trim();
        if date.is_empty() || date.len() > TEXT_BYTES_MAX {
            return None;
        }
        // A panic elsewhere leaves the text whole.
        let mut roll = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = i64::try_from(roll.len()).ok()?;
        roll.push_str(date);
        DateTime::from_timestamp(place, u32::try_from(date.len()).ok()?)
    }

    fn place(noted: DateTime<Utc>) -> Option<Range<usize>> {
        let from = usize::try_from(noted.timestamp()).ok()?;
        Some(from..from + noted.timestamp_subsec_nanos() as usize)
    }
}

/// Reads well-formed XML or JSON.
pub fn read(text: &str, base: Option<&Url>) -> Result<(Format, Strict), Failure> {
    let roll = Arc::new(Roll::default());
    let noted = Arc::clone(&roll);
    let parse = move || {
        Builder::new()
            .base_uri(base.map(Url::as_str))
            .sanitize_content(false)
            .id_generator(|_, _, _| "-".to_owned())
            .timestamp_parser(move |date| noted.note(date))
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
        dates: std::mem::take(&mut *roll.0.lock().unwrap_or_else(PoisonError::into_inner)),
    };
    Ok((format, strict))
}

fn content(text: Text) -> String {
    text.content
}

fn item(entry: Entry) -> StrictItem {
    StrictItem {
        title: entry.title.map(content),
        // Those with a target lead to comments.
        link: entry
            .links
            .into_iter()
            .filter(|link| link.target.is_none())
            .find(|link| link.rel.as_deref().unwrap_or("alternate") == "alternate")
            .map(|link| link.href),
        summary: entry.summary.map(content),
        content: entry.content.and_then(|content| content.body),
        published: entry.published.and_then(Roll::place),
        updated: entry.updated.and_then(Roll::place),
        authors: entry.authors.into_iter().filter_map(|person| person.name).collect(),
        categories: entry.categories.into_iter().map(|category| category.term).collect(),
    }
}
