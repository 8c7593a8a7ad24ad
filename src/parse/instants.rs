//! The dates of one document, each read once.
//!
//! An irregular date costs more than all else of its item, and the same one often stands in several
//! places. Must never outlive its document. Called by `complete`.

use std::cell::RefCell;
use std::collections::HashMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::parse::dates;

/// Different irregular dates that are read in one document: two for each item of the largest one.
/// More are an attack on the time that reading takes.
const KNOWN_MAX: usize = 10_000;
/// Bytes of a date; the longest sensible one has 60.
pub const TEXT_BYTES_MAX: usize = 120;

/// Reads dates and remembers them.
#[derive(Debug)]
pub struct Instants {
    zone: Tz,
    now: DateTime<Utc>,
    known: RefCell<HashMap<String, Option<DateTime<Utc>>>>,
}

impl Instants {
    /// Dates that name no zone are in `zone`; `now` is when the document came.
    pub fn new(zone: Tz, now: DateTime<Utc>) -> Self {
        Self { zone, now, known: RefCell::default() }
    }

    /// The instant that a text names beyond doubt.
    pub fn read(&self, text: &str) -> Option<DateTime<Utc>> {
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
        let instant = dates::instant(text, self.zone, self.now);
        known.insert(text.to_owned(), instant);
        instant
    }
}
