//! In which zone the dates of an item are that name none, one sentence each.

use chrono_tz::Tz;

use crate::parse::feed_tests::{context, rss};
use crate::parse::{Context, feed};

/// When an item with this inside was published and updated, for a source in `zone`.
fn dated(zone: Tz, inside: &str) -> (String, String) {
    let context = Context { timezone: zone, ..context() };
    let items = format!("<item><title>t</title>{inside}</item>");
    let feed = feed(rss(&items).as_bytes(), &context).expect("a feed");
    let draft = &feed.drafts[0];
    let [published, updated] = [draft.published, draft.updated]
        .map(|at| at.map_or_else(|| "-".to_owned(), |at| at.format("%m-%dT%H:%M:%S").to_string()));
    (published, updated)
}

fn both(published: &str, updated: &str) -> (String, String) {
    (published.to_owned(), updated.to_owned())
}

const ZONED: &str = "<pubDate>Fri, 11 Sep 2026 16:01:49 +0900</pubDate>";

#[test]
fn a_date_without_a_zone_borrows_that_of_the_items_other_date() {
    let one = "09-11T07:01:49";
    for zone in [Tz::UTC, Tz::Europe__Brussels, Tz::Asia__Seoul] {
        let bare = "2026-09-11 16:01:49";
        for inside in [
            format!("{ZONED}<dc:date>{bare}</dc:date>"),
            format!("<dc:date>{bare}</dc:date>{ZONED}"),
            format!("{ZONED}<dcterms:modified>{bare}</dcterms:modified>"),
            format!("<pubDate>{bare}</pubDate><updated>2026-09-11T16:01:49+09:00</updated>"),
            format!("<pubDate>Fri, 11 Sep 2026 16:01:49 KST</pubDate><updated>{bare}</updated>"),
            format!("<pubDate>{bare} (Asia/Seoul)</pubDate><updated>{bare}</updated>"),
        ] {
            let (published, updated) = dated(zone, &inside);
            assert_eq!(published, one, "{zone}: {inside}");
            assert!([one, "-"].contains(&updated.as_str()), "{zone}: {inside}: {updated}");
        }
        let (published, updated) =
            dated(zone, &format!("{ZONED}<updated>2026-09-11 18:30</updated>"));
        assert_eq!((published.as_str(), updated.as_str()), (one, "09-11T09:30:00"), "{zone}");
        let (_, updated) = dated(zone, &format!("{ZONED}<updated>2026-09-11 15:30</updated>"));
        assert_eq!(updated, "09-11T06:30:00", "{zone}: written before it was published");
        let (_, updated) = dated(zone, &format!("{ZONED}<updated>2026-09-12</updated>"));
        assert_eq!(updated, "09-11T15:00:00", "{zone}: a day begins where its publisher is");
    }
}

#[test]
fn a_zone_is_borrowed_from_a_date_that_does_not_count_itself() {
    let inside =
        "<pubDate>2026-09-11 16:01:49</pubDate><dc:date>2026-09-11T16:01:49+09:00</dc:date>";
    assert_eq!(dated(Tz::UTC, inside).0, "09-11T07:01:49");
}

#[test]
fn dates_of_which_none_or_each_names_a_zone_are_read_as_ever() {
    let bare = "<pubDate>2026-09-11 16:01:49</pubDate><updated>2026-09-11 17:00</updated>";
    assert_eq!(dated(Tz::Asia__Seoul, bare), both("09-11T07:01:49", "09-11T08:00:00"));
    assert_eq!(dated(Tz::UTC, bare), both("09-11T16:01:49", "09-11T17:00:00"));
    let each = format!("{ZONED}<updated>2026-09-11T10:00:00Z</updated>");
    assert_eq!(dated(Tz::UTC, &each), both("09-11T07:01:49", "09-11T10:00:00"));
    let alone = "<pubDate>2026-09-11 16:01:49</pubDate>";
    assert_eq!(dated(Tz::Asia__Seoul, alone).0, "09-11T07:01:49");
    let counted = "<pubDate>1789110109</pubDate><updated>2026-09-11 16:01:49</updated>";
    assert_eq!(dated(Tz::Asia__Seoul, counted), both("09-11T07:01:49", "09-11T07:01:49"));
    let other = "<pubDate>the other day +0900</pubDate><updated>2026-09-11 16:01</updated>";
    assert_eq!(dated(Tz::UTC, other).1, "09-11T16:01:00", "what is not understood lends nothing");
}

#[test]
fn a_server_that_writes_gmt_for_programs_and_its_own_time_for_people_says_one_moment() {
    let inside =
        "<pubDate>Fri, 11 Sep 2026 07:01:49 GMT</pubDate><updated>2026-09-11 16:01</updated>";
    assert_eq!(dated(Tz::Asia__Seoul, inside), both("09-11T07:01:49", "09-11T07:01:00"));
    assert_eq!(dated(Tz::UTC, inside).1, "09-11T16:01:00");
}

#[test]
fn an_offset_that_is_the_sources_own_keeps_its_summer_time() {
    let inside =
        "<pubDate>Mon, 26 Oct 2026 10:00:00 +0100</pubDate><updated>2026-09-11 10:00</updated>";
    assert_eq!(dated(Tz::Europe__Brussels, inside).1, "09-11T08:00:00");
    assert_eq!(dated(Tz::UTC, inside).1, "09-11T09:00:00");
    let named =
        "<pubDate>2026-10-26 10:00 Europe/Paris</pubDate><updated>2026-09-11 10:00</updated>";
    assert_eq!(dated(Tz::UTC, named).1, "09-11T08:00:00");
}

#[test]
fn each_item_borrows_from_itself_alone_and_in_json_too() {
    let context = Context { timezone: Tz::UTC, ..context() };
    let items = format!("<item>{ZONED}</item><item><pubDate>2026-09-11 16:01:49</pubDate></item>");
    let read = feed(rss(&items).as_bytes(), &context).expect("a feed");
    assert_eq!(
        read.drafts[1].published.map(|at| at.to_rfc3339()).as_deref(),
        Some("2026-09-11T16:01:49+00:00")
    );
    let json = r#"{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1",
        "date_published":"2026-09-11T16:01:49+09:00","date_modified":"2026-09-11 16:01:49"}]}"#;
    let read = feed(json.as_bytes(), &context).expect("a feed");
    assert_eq!(read.drafts[0].updated, read.drafts[0].published);
}
