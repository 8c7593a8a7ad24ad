//! How long an answer is good for.
//!
//! Owns the reading of `Cache-Control`, `Expires`, `Age` and `Date` (RFC 9111). Pure: `now` is an
//! argument. Whatever makes no sense counts as not said; how much of a promise is honoured is
//! `calendar`'s to say. `fetch` itself is the only caller.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::http::Headers;
use crate::http::wait::{date, seconds};

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
        let expires = date(headers.text("expires")?)?;
        let sent = headers.text("date").and_then(date).unwrap_or(now);
        (expires - sent).to_std().ok()?
    };
    let left = promised.saturating_sub(age);
    (!left.is_zero()).then_some(left)
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
