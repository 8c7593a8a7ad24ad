//! One reader for every form of date that feeds and boards write.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

/// The instant that `text` names, if it names one beyond doubt.
pub fn instant(text: &str, _zone: Tz, _now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let read = DateTime::parse_from_rfc2822(text).or_else(|_| DateTime::parse_from_rfc3339(text));
    read.ok().map(|instant| instant.to_utc())
}
