//! How long a host wants to be left alone, and the dates of HTTP.
//!
//! Owns the one reading of `Retry-After` (RFC 9110, section 10.2.3), which publishers and receivers
//! send alike, and of HTTP's dates. Pure: `now` is an argument. What makes no sense counts as not
//! said; how long a wait is honoured is for whoever waits to say. `fetch` and `notify` call it.

use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

use crate::http::Headers;

/// The wait that `Retry-After` names, zero for "at once" or a time gone by; `None` if it names none
/// that makes sense. Never early: fractions, which RFC 9110 does not know and some hosts send, are
/// rounded up.
pub fn retry_after(headers: &Headers, now: DateTime<Utc>) -> Option<Duration> {
    let value = headers.text("retry-after")?.trim();
    if let Some((whole, fraction)) = value.split_once('.') {
        let up = u64::from(seconds(fraction)? > Duration::ZERO);
        return Some(seconds(whole)? + Duration::from_secs(up));
    }
    if let Some(wait) = seconds(value) {
        return Some(wait);
    }
    let whole = date(value)? - now + TimeDelta::milliseconds(999);
    Some(Duration::from_secs(u64::try_from(whole.num_seconds()).unwrap_or_default()))
}

/// The three forms of a date in HTTP (RFC 9110, section 5.6.7), all in UTC, and the one of mail.
pub fn date(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let forms = ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];
    forms
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
        .map(|time| time.and_utc())
        .or_else(|| DateTime::parse_from_rfc2822(text).ok().map(|time| time.to_utc()))
}

/// Digits and nothing else; more than fits is a very long time (RFC 9111, section 1.2.2).
pub fn seconds(text: &str) -> Option<Duration> {
    let text = text.trim();
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(Duration::from_secs(text.parse::<u32>().unwrap_or(u32::MAX).into()))
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    /// Sunday, 6 November 1994, 08:49:37 UTC.
    fn now() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(1994, 11, 6, 8, 49, 37).unwrap()
    }

    /// `Retry-After`, and the wait in seconds.
    const RETRY: &[(&str, Option<u64>)] = &[
        ("120", Some(120)),
        (" 120 ", Some(120)),
        ("1", Some(1)),
        ("0", Some(0)),
        ("-1", None),
        ("+5", None),
        ("1e9", None),
        ("1e400", None),
        ("inf", None),
        ("NaN", None),
        ("1.5", Some(2)),
        ("1.0", Some(1)),
        ("64.57", Some(65)),
        ("1.", None),
        (".5", None),
        ("1.5.5", None),
        ("soon", None),
        ("", None),
        ("120 s", None),
        ("1000000000", Some(1_000_000_000)),
        ("99999999999999999999999999", Some(u32::MAX as u64)),
        ("2592000", Some(2_592_000)),
        ("Sun, 06 Nov 1994 08:51:37 GMT", Some(120)),
        ("Sunday, 06-Nov-94 08:51:37 GMT", Some(120)),
        ("Sun Nov  6 08:51:37 1994", Some(120)),
        ("Sun, 06 Nov 1994 10:51:37 +0200", Some(120)),
        ("Sun, 06 Nov 1994 08:49:37 GMT", Some(0)),
        ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
        ("Tue, 06 Dec 1994 08:49:37 GMT", Some(30 * 24 * 60 * 60)),
        ("Sun, 06 Nov 1994 25:49:37 GMT", None),
    ];

    #[test]
    fn the_wait_that_a_host_names_is_read_or_it_names_none() {
        for (value, seconds) in RETRY {
            let read = retry_after(&Headers::of(&[("retry-after", value)]), now());
            assert_eq!(read, seconds.map(Duration::from_secs), "{value:?}");
        }
        assert_eq!(retry_after(&Headers::default(), now()), None);
    }

    #[test]
    fn a_wait_until_a_date_never_ends_early() {
        let between = now() + TimeDelta::milliseconds(400);
        let headers = Headers::of(&[("retry-after", "Sun, 06 Nov 1994 08:49:40 GMT")]);
        assert_eq!(retry_after(&headers, between), Some(Duration::from_secs(3)));
    }
}
