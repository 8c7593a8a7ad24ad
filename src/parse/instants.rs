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
        self.read_if(text, true)
    }

    /// The same; one that takes long and was not read before only if that `is_due`.
    pub fn read_if(&self, text: &str, is_due: bool) -> Option<Moment> {
        if !text.contains('<') || text.len() > MARKUP_BYTES_MAX {
            return self.read_bare(text, is_due);
        }
        let bare = || self.read_bare(&text::from_html(text), is_due);
        machine_readable(text).and_then(|date| self.read_bare(&date, is_due)).or_else(bare)
    }

    fn read_bare(&self, text: &str, is_due: bool) -> Option<Moment> {
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
        if !is_due || known.len() >= KNOWN_MAX {
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

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;

    use super::*;

    #[test]
    fn each_odd_date_is_read_once_and_no_document_has_more_read_than_its_share() {
        let now = Utc.with_ymd_and_hms(2026, 11, 20, 3, 0, 0).single().expect("a valid date");
        let instants = Instants::new(Tz::UTC, now);
        let read = |n: usize| instants.read(&format!("{n} of never"));
        for _ in 0..3 {
            assert!((0..2 * KNOWN_MAX).all(|n| read(n).is_none()));
            assert_eq!(
                instants.known.borrow().len(),
                KNOWN_MAX,
                "each is read once, the rest never"
            );
        }
        let regular = "2026-11-19 09:00:00";
        assert!(instants.read(regular).is_some(), "a regular date costs next to nothing");
        let odd = "19 November 2026, 9 a.m.";
        assert!(instants.read(odd).is_none(), "nothing is left for an odd one");
        let fresh = Instants::new(Tz::UTC, now);
        assert!(fresh.read_if(odd, false).is_none() && fresh.read_if(regular, false).is_some());
        assert!(fresh.read(odd).is_some());
        assert_eq!(fresh.read_if(odd, false), fresh.read(odd), "what is known costs nothing");
    }
}
