//! The dates of one document, each read once.
//!
//! An irregular date costs more than all else of its item, and the same one often stands in several
//! places. Must never outlive its document. Called by `complete`.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::parse::dates::moment::Moment;
use crate::parse::mend::attribute::Attributes;
use crate::parse::{dates, entities, text};

/// Different irregular dates that are read in one document: two for each item of the largest one.
/// More are an attack on the time that reading takes.
const KNOWN_MAX: usize = 10_000;
/// Bytes of a date; the longest sensible one has 60.
pub const TEXT_BYTES_MAX: usize = 120;

/// Bytes of a date with its markup: a `<time>` of two dates, a class and a title is a third of it.
const MARKUP_BYTES_MAX: usize = 1_000;

/// Reads dates and remembers them.
#[derive(Debug)]
pub struct Instants {
    zone: Tz,
    now: DateTime<Utc>,
    known: RefCell<HashMap<String, Option<Moment>>>,
}

impl Instants {
    /// Dates that name no zone are in `zone`; `now` is when the document came.
    pub fn new(zone: Tz, now: DateTime<Utc>) -> Self {
        Self { zone, now, known: RefCell::default() }
    }

    /// The date that a text is beyond doubt. Of markup it is that of the first `datetime`
    /// attribute, which programs are meant to read (HTML, 4.5.14), else that of the bare text.
    pub fn read(&self, text: &str) -> Option<Moment> {
        if !text.contains('<') || text.len() > MARKUP_BYTES_MAX {
            return self.read_bare(text);
        }
        let bare = || self.read_bare(&text::from_html(text));
        machine_readable(text).and_then(|date| self.read_bare(&date)).or_else(bare)
    }

    fn read_bare(&self, text: &str) -> Option<Moment> {
        let text = text.trim();
        if text.len() > TEXT_BYTES_MAX {
            return None;
        }
        // A regular date is read sooner than found.
        if let Some(instant) = dates::regular(text, self.zone, self.now) {
            return Some(instant);
        }
        let mut known = self.known.borrow_mut();
        if let Some(instant) = known.get(text) {
            return *instant;
        }
        if known.len() >= KNOWN_MAX {
            return None;
        }
        let instant = dates::moment(text, self.zone, self.now);
        known.insert(text.to_owned(), instant);
        instant
    }
}

/// What `<time datetime="…">` says.
fn machine_readable(html: &str) -> Option<Cow<'_, str>> {
    let mut tags = html.split('<').filter_map(|tag| tag.strip_prefix("time")?.split('>').next());
    let value = tags.find_map(|tag| {
        let mut attributes = Attributes::new(tag);
        attributes.find(|(name, _)| name.eq_ignore_ascii_case("datetime")).map(|(_, value)| value)
    })?;
    Some(entities::to_fixpoint(value))
}
