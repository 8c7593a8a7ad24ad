//! How long an answer is good for, and how long a refusing host wants to be left alone.
//!
//! Owns the reading of `Cache-Control`, `Expires`, `Age`, `Date` and `Retry-After` (RFC 9111, RFC
//! 9110 section 10.2.3). Pure: `now` is an argument. Whatever makes no sense counts as not said.
//! `fetch` itself is the only caller.

use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

use crate::http::Headers;

/// No publisher's wish is heard beyond this: a typing mistake must not silence a source.
pub(super) const WISH_MAX: Duration = Duration::from_hours(24);

/// How long from now the answer stays fresh; `None` if the publisher does not say, or says that
/// it is stale at once.
pub(super) fn fresh_for(headers: &Headers, now: DateTime<Utc>) -> Option<Duration> {
    let cache_control = CacheControl::read(headers);
    if cache_control.no_store {
        return None;
    }
    let age = headers.text("age").and_then(seconds).unwrap_or_default();
    // max-age wins over Expires (RFC 9111, section 5.3); s-maxage is for shared caches.
    let promised = if let Some(max_age) = cache_control.max_age {
        max_age
    } else {
        let expires = http_date(headers.text("expires")?)?;
        let sent = headers.text("date").and_then(http_date).unwrap_or(now);
        (expires - sent).to_std().ok()?
    };
    let left = promised.saturating_sub(age);
    (!left.is_zero()).then(|| left.min(WISH_MAX))
}

/// The wait that `Retry-After` names, at most 24 h; `None` if it names none that makes sense.
pub(super) fn retry_after(headers: &Headers, now: DateTime<Utc>) -> Option<Duration> {
    let value = headers.text("retry-after")?.trim();
    let wait = if let Some(wait) = seconds(value) {
        wait
    } else {
        // Rounded up: half a second is half a second too early.
        let whole = http_date(value)? - now + TimeDelta::milliseconds(999);
        Duration::from_secs(u64::try_from(whole.num_seconds()).ok()?)
    };
    (!wait.is_zero()).then(|| wait.min(WISH_MAX))
}

/// The three forms of a date in HTTP (RFC 9110, section 5.6.7), all in UTC.
fn http_date(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let forms = ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];
    forms
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
        .map(|time| time.and_utc())
        .or_else(|| DateTime::parse_from_rfc2822(text).ok().map(|time| time.to_utc()))
}

/// Digits and nothing else; more than fits is a very long time (RFC 9111, section 1.2.2).
fn seconds(text: &str) -> Option<Duration> {
    let text = text.trim();
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(Duration::from_secs(text.parse::<u32>().unwrap_or(u32::MAX).into()))
}

#[derive(Default)]
struct CacheControl {
    max_age: Option<Duration>,
    no_store: bool,
}

impl CacheControl {
    fn read(headers: &Headers) -> Self {
        let mut read = Self::default();
        for directive in headers.texts("cache-control").flat_map(|value| value.split(',')) {
            let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
            match name.trim().to_ascii_lowercase().as_str() {
                // no-cache: keep it, but ask each time, which is what a poll does.
                "no-store" | "no-cache" => read.no_store = true,
                "max-age" => {
                    read.max_age = read.max_age.or(seconds(value.trim().trim_matches('"')));
                }
                _ => {}
            }
        }
        read
    }
}
