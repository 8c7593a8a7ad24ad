//! The dates of one document, each read once.
//!
//! The strict parser asks for a date, and `complete` asks for the same one again; reading a date
//! costs more than reading the element round it. Must never outlive its document. Called by `feed`
//! and `complete`.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::parse::dates;

/// Different dates that are read in one document: two for each item of the largest one. More are
/// an attack on the time that reading takes.
const KNOWN_MAX: usize = 10_000;
/// Bytes of a date; the longest sensible one has 60.
const TEXT_BYTES_MAX: usize = 120;

/// Reads dates and remembers them.
#[derive(Debug)]
pub struct Instants {
    zone: Tz,
    now: DateTime<Utc>,
    known: Mutex<HashMap<String, Option<DateTime<Utc>>>>,
}

impl Instants {
    /// Dates that name no zone are in `zone`; `now` is when the document came.
    pub fn new(zone: Tz, now: DateTime<Utc>) -> Self {
        Self { zone, now, known: Mutex::default() }
    }

    /// The instant that a text names beyond doubt.
    pub fn read(&self, text: &str) -> Option<DateTime<Utc>> {
        let text = text.trim();
        if text.len() > TEXT_BYTES_MAX {
            return None;
        }
        // A panic elsewhere leaves the map whole.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
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
