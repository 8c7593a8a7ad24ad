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

/// An item as the strict parser reads it. Its parts are taken out one by one, because most of them
/// are not wanted: our own walk has found them.
#[derive(Debug, Default)]
pub struct StrictItem(Entry);

impl StrictItem {
    /// The headline.
    pub fn title(&mut self) -> Option<String> {
        self.0.title.take().map(content)
    }

    /// The address; links with a target lead to comments.
    pub fn link(&mut self) -> Option<String> {
        let links = std::mem::take(&mut self.0.links);
        links
            .into_iter()
            .filter(|link| link.target.is_none())
            .find(|link| link.rel.as_deref().unwrap_or("alternate") == "alternate")
            .map(|link| link.href)
    }

    /// The lead.
    pub fn summary(&mut self) -> Option<String> {
        self.0.summary.take().map(content)
    }

    /// The full text.
    pub fn content(&mut self) -> Option<String> {
        self.0.content.take().and_then(|content| content.body)
    }

    /// When it was published: where the text is in [`Strict::dates`].
    pub fn published(&self) -> Option<Range<usize>> {
        self.0.published.and_then(Roll::place)
    }

    /// When it was changed, likewise.
    pub fn updated(&self) -> Option<Range<usize>> {
        self.0.updated.and_then(Roll::place)
    }

    /// Names.
    pub fn authors(&mut self) -> impl Iterator<Item = String> + use<> {
        std::mem::take(&mut self.0.authors).into_iter().filter_map(|person| person.name)
    }

    /// Terms.
    pub fn categories(&mut self) -> impl Iterator<Item = String> + use<> {
        std::mem::take(&mut self.0.categories).into_iter().map(|category| category.term)
    }
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
        items: feed.entries.into_iter().map(StrictItem).collect(),
        dates: std::mem::take(&mut *roll.0.lock().unwrap_or_else(PoisonError::into_inner)),
    };
    Ok((format, strict))
}

fn content(text: Text) -> String {
    text.content
}
