//! Tables for what publishers say of their own freshness, sense and nonsense.

use std::time::Duration;

use chrono::{DateTime, TimeZone, Utc};

use crate::fetch::freshness::fresh_for;
use crate::http::Headers;

/// Sunday, 6 November 1994, 08:49:37 UTC.
fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(1994, 11, 6, 8, 49, 37).unwrap()
}

const DAY: u64 = 24 * 60 * 60;

/// Headers, and for how many seconds they promise freshness.
type Promise = (&'static [(&'static str, &'static str)], Option<u64>);

const FRESH: &[Promise] = &[
    (&[], None),
    (&[("cache-control", "max-age=600")], Some(600)),
    (&[("cache-control", "Max-Age=600")], Some(600)),
    (&[("cache-control", "max-age=\"600\"")], Some(600)),
    (&[("cache-control", " max-age = 600 ")], Some(600)),
    (&[("cache-control", "public, max-age=600, must-revalidate")], Some(600)),
    (&[("cache-control", "public"), ("cache-control", "max-age=600")], Some(600)),
    (&[("cache-control", "max-age=600, max-age=30")], Some(600)),
    (&[("cache-control", "max-age=0")], None),
    (&[("cache-control", "max-age=-1")], None),
    (&[("cache-control", "max-age=1.5")], None),
    (&[("cache-control", "max-age=ten")], None),
    (&[("cache-control", "max-age")], None),
    (&[("cache-control", "max-age=")], None),
    (&[("cache-control", "max-age=31536000")], Some(31_536_000)),
    (&[("cache-control", "max-age=99999999999999999999999")], Some(u32::MAX as u64)),
    (&[("cache-control", "no-store, max-age=600")], None),
    (&[("cache-control", "max-age=600, NO-STORE")], None),
    (&[("cache-control", "no-cache, max-age=600")], None),
    (&[("cache-control", "s-maxage=600")], None),
    (&[("cache-control", "s-maxage=60, max-age=600")], Some(600)),
    (&[("cache-control", "stale-if-error=600, stale-while-revalidate=60")], None),
    (&[("cache-control", "x-max-age=600")], None),
    (&[("cache-control", ",,;;=,max-age=600")], Some(600)),
    (&[("cache-control", "max-age=600"), ("age", "100")], Some(500)),
    (&[("cache-control", "max-age=600"), ("age", "600")], None),
    (&[("cache-control", "max-age=600"), ("age", "9999")], None),
    (&[("cache-control", "max-age=600"), ("age", "-5")], Some(600)),
    (&[("cache-control", "max-age=600"), ("age", "old")], Some(600)),
    (&[("expires", "Sun, 06 Nov 1994 08:59:37 GMT")], Some(600)),
    (&[("expires", "Sunday, 06-Nov-94 08:59:37 GMT")], Some(600)),
    (&[("expires", "Sun Nov  6 08:59:37 1994")], Some(600)),
    (&[("expires", "Sun, 06 Nov 1994 10:59:37 +0200")], Some(600)),
    (&[("expires", "0")], None),
    (&[("expires", "-1")], None),
    (&[("expires", "")], None),
    (&[("expires", "Thu, 01 Jan 1970 00:00:00 GMT")], None),
    (&[("expires", "Sun, 06 Nov 2094 08:49:37 GMT")], None), // A Saturday: no such date.
    (&[("expires", "Sat, 06 Nov 2094 08:49:37 GMT")], Some(36_525 * DAY)),
    (&[("expires", "Sun, 31 Feb 1994 08:59:37 GMT")], None),
    // What counts is the publisher's own clock.
    (
        &[("expires", "Sun, 06 Nov 1994 03:10:00 GMT"), ("date", "Sun, 06 Nov 1994 03:00:00 GMT")],
        Some(600),
    ),
    (&[("expires", "Sun, 06 Nov 1994 08:59:37 GMT"), ("date", "today")], Some(600)),
    (&[("expires", "Sun, 06 Nov 1994 08:59:37 GMT"), ("age", "100")], Some(500)),
    (&[("expires", "Sun, 06 Nov 1994 08:59:37 GMT"), ("cache-control", "max-age=60")], Some(60)),
    (&[("expires", "Sun, 06 Nov 1994 08:59:37 GMT"), ("cache-control", "max-age=0")], None),
    (&[("expires", "Sun, 06 Nov 1994 08:59:37 GMT"), ("cache-control", "private")], Some(600)),
    (&[("expires", "Sun, 06 Nov 1994 08:59:37 GMT"), ("cache-control", "no-store")], None),
];

#[test]
fn freshness_is_what_the_publisher_promises_and_no_more() {
    for (headers, seconds) in FRESH {
        let read = fresh_for(&Headers::of(headers), now());
        assert_eq!(read, seconds.map(Duration::from_secs), "{headers:?}");
    }
}
