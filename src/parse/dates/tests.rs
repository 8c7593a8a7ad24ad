//! Dates as publishers write them, and the instants they mean.

use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Tz;
use proptest::prelude::*;

use crate::parse::dates::{by_tokens, instant, regular};

fn now() -> DateTime<Utc> {
    "2026-11-23T00:00:00Z".parse().expect("a fixed instant")
}

fn read(text: &str, zone: Tz) -> String {
    let instant = instant(text, zone, now());
    instant.map_or_else(|| "none".to_owned(), |i| i.to_rfc3339_opts(SecondsFormat::Secs, true))
}

pub(super) fn check(zone: Tz, table: &[(&str, &str)]) {
    for (text, wanted) in table {
        assert_eq!(read(text, zone), *wanted, "{text} in {zone}");
    }
}

#[test]
fn korean_boards_and_feeds_mean_korean_time() {
    check(
        Tz::Asia__Seoul,
        &[
            ("THU, 01 OCT 2026 09:35:14 KST", "2026-10-01T00:35:14Z"),
            ("Thu, 1 Oct 2026 14:00:30 KST", "2026-10-01T05:00:30Z"),
            ("20261001103352", "2026-10-01T01:33:52Z"),
            ("202610011033", "2026-10-01T01:33:00Z"),
            ("20261001", "2026-09-30T15:00:00Z"),
            ("20261001 103352", "2026-10-01T01:33:52Z"),
            ("2026-08-07 00:00:00.0", "2026-08-06T15:00:00Z"),
            ("2026-08-04 00:00:00", "2026-08-03T15:00:00Z"),
            ("2026-10-01", "2026-09-30T15:00:00Z"),
            ("2026.10.01", "2026-09-30T15:00:00Z"),
            ("2026.10.01.", "2026-09-30T15:00:00Z"),
            ("2026. 10. 1", "2026-09-30T15:00:00Z"),
            ("2026. 10. 1. 오후 3:10", "2026-10-01T06:10:00Z"),
            ("26.10.01", "2026-09-30T15:00:00Z"),
            ("26.10.01 14시 30분 20초", "2026-10-01T05:30:20Z"),
            ("'26.10.01.", "2026-09-30T15:00:00Z"),
            ("2026.10.01(목) 14:30", "2026-10-01T05:30:00Z"),
            ("2026년 3월 26일", "2026-03-25T15:00:00Z"),
            ("2026년 3월 26일 오후 2시", "2026-03-26T05:00:00Z"),
            ("2026년 3월 26일 오후 2시 30분", "2026-03-26T05:30:00Z"),
            ("2026년3월26일14시05분", "2026-03-26T05:05:00Z"),
            ("2026년 3월 26일(목) 오전 12:10", "2026-03-25T15:10:00Z"),
            ("2026년 3월 26일 목요일", "2026-03-25T15:00:00Z"),
            ("등록일 : 2026-10-01", "2026-09-30T15:00:00Z"),
            ("07/14/2026 09:00:00", "2026-07-14T00:00:00Z"),
            ("２０２６．１０．０１", "2026-09-30T15:00:00Z"),
            ("2026年3月26日 14時", "2026-03-26T05:00:00Z"),
            ("2026年3月26日下午2:05", "2026-03-26T05:05:00Z"),
            ("2026-05-25 오후 11:23:17", "2026-05-25T14:23:17Z"),
        ],
    );
}

#[test]
fn a_zone_that_is_stated_beats_the_source_s_own() {
    check(
        Tz::Asia__Seoul,
        &[
            ("Thu, 03 Sep 2026 16:40:13 +0200", "2026-09-03T14:40:13Z"),
            ("Thu, 03 Sep 2026 16:40:13 GMT", "2026-09-03T16:40:13Z"),
            ("Fri, 24 Jul 2026 10:30:00 CEST", "2026-07-24T08:30:00Z"),
            ("Fri, 20 Nov 2026 10:30 CET", "2026-11-20T09:30:00Z"),
            ("Fri, 20 Nov 2026 09:30:00 GMT+9", "2026-11-20T00:30:00Z"),
            ("Fri, 20 Nov 2026 09:30:00 GMT+0900", "2026-11-20T00:30:00Z"),
            ("Fri, 20 Nov 2026 09:30:00 GMT-07:00", "2026-11-20T16:30:00Z"),
            ("Fri Nov 20 09:30:00 KST 2026", "2026-11-20T00:30:00Z"),
            ("Fri Nov 20 09:30:00 2026", "2026-11-20T00:30:00Z"),
            ("Fri, 20 Nov 2026 09:30:00 Europe/Brussels", "2026-11-20T08:30:00Z"),
            ("Fri, 20 Nov 2026 09:30:00 +0900 (KST)", "2026-11-20T00:30:00Z"),
            ("2026-11-20 09:30 (CET)", "2026-11-20T08:30:00Z"),
            ("2026-11-20T09:30:00.123+0000", "2026-11-20T09:30:00Z"),
            ("2026-11-20T09:30:00.123+02:00", "2026-11-20T07:30:00Z"),
            ("Mon, 26 Jan 2026 16:31:00 ET", "2026-01-26T21:31:00Z"),
            ("Mon, 27 Jul 2026 16:31:00 ET", "2026-07-27T20:31:00Z"),
            ("Mon, 27 Jul 2026 16:31:00 JST", "2026-07-27T07:31:00Z"),
        ],
    );
}

#[test]
fn every_form_of_iso_8601_is_read() {
    check(
        Tz::UTC,
        &[
            ("2026-10-01T10:14:55Z", "2026-10-01T10:14:55Z"),
            ("2026-10-01t10:14:55z", "2026-10-01T10:14:55Z"),
            ("20261001T101455Z", "2026-10-01T10:14:55Z"),
            ("20261001T1014+0200", "2026-10-01T08:14:00Z"),
            ("2026-10-01T10Z", "2026-10-01T10:00:00Z"),
            ("2026-10-01T10:14:55,5Z", "2026-10-01T10:14:55Z"),
            ("2026-10-01T24:00:00Z", "2026-10-02T00:00:00Z"),
            ("2026-06-30T23:59:60Z", "2026-07-01T00:00:00Z"),
            ("2026-10-01+09:00", "2026-09-30T15:00:00Z"),
            ("2026-W40-4", "2026-10-01T00:00:00Z"),
            ("2026W404", "2026-10-01T00:00:00Z"),
            ("2026-W40", "2026-09-28T00:00:00Z"),
            ("2026-W40-4T10:00Z", "2026-10-01T10:00:00Z"),
            ("2026-274", "2026-10-01T00:00:00Z"),
            ("2026274", "2026-10-01T00:00:00Z"),
            ("26274", "2026-10-01T00:00:00Z"),
            ("2026-10", "2026-10-01T00:00:00Z"),
            ("2026", "2026-01-01T00:00:00Z"),
            ("261001", "2026-10-01T00:00:00Z"),
            ("-2610", "2026-10-01T00:00:00Z"),
            ("-26-10", "2026-10-01T00:00:00Z"),
            ("2026-010-01T10:14:55+00:00", "2026-10-01T10:14:55Z"),
            ("1790847232", "2026-10-01T09:33:52Z"),
            ("1790847232000", "2026-10-01T09:33:52Z"),
            ("1790847232.25", "2026-10-01T09:33:52Z"),
        ],
    );
}

#[test]
fn months_are_known_in_many_languages() {
    check(
        Tz::Europe__Brussels,
        &[
            ("ven., 20 nov. 2026 10:30:00 +0100", "2026-11-20T09:30:00Z"),
            ("mar., 01 déc. 2026 10:30", "2026-12-01T09:30:00Z"),
            ("mar., 02 déc. 2025 10:30", "2025-12-02T09:30:00Z"),
            ("1er août 2026", "2026-07-31T22:00:00Z"),
            ("26. März 2026, 14:00 Uhr", "2026-03-26T13:00:00Z"),
            ("26 de marzo de 2026", "2026-03-25T23:00:00Z"),
            ("Παρ, 20 Νοέ 2026 12:00:00 EST", "2026-11-20T17:00:00Z"),
            ("2026-július-13T9:15-05:00", "2026-07-13T14:15:00Z"),
            ("Mar 26, 2024", "2024-03-25T23:00:00Z"),
            ("26 March 2024", "2024-03-25T23:00:00Z"),
            ("26-Mar-24", "2024-03-25T23:00:00Z"),
            ("March 26th, 2024 at 3:09pm", "2024-03-26T14:09:00Z"),
            ("jeudi 26 mars 2026 à 14h30", "2026-03-26T13:30:00Z"),
            ("28 Xyz 2026", "none"),
            ("3 jui 2026", "none"),
        ],
    );
}

#[test]
fn the_order_of_day_and_month_is_never_guessed() {
    check(
        Tz::Europe__Brussels,
        &[("07/08/2026", "2026-08-06T22:00:00Z"), ("07.08.26", "2026-08-06T22:00:00Z")],
    );
    check(Tz::America__New_York, &[("07/08/2026", "2026-07-08T04:00:00Z")]);
    check(Tz::America__New_York, &[("07.08.2026", "none"), ("07.14.2026", "2026-07-14T04:00:00Z")]);
    check(Tz::Asia__Seoul, &[("07.08.2026 10:00", "2026-08-07T01:00:00Z")]);
    check(Tz::Asia__Seoul, &[("07/08/2026", "none"), ("07/07/2026", "2026-07-06T15:00:00Z")]);
    check(
        Tz::UTC,
        &[
            ("07/08/2026", "none"),
            ("Fri, 07/08/2026", "2026-08-07T00:00:00Z"),
            ("07/08/2026 4:20 pm PDT", "2026-07-08T23:20:00Z"),
            ("26/03/2024", "2024-03-26T00:00:00Z"),
            ("10/30/23 21:55:58", "2023-10-30T21:55:58Z"),
            ("03-12-31", "2003-12-31T00:00:00Z"),
            ("26.10.01", "none"),
            // With dots and the year last, no country but America writes the month first.
            ("07.08.2026", "2026-08-07T00:00:00Z"),
            ("2.1.2026 15:04:05", "2026-01-02T15:04:05Z"),
            ("07.08.26", "none"),
            // A European zone settles it as a European source does.
            ("07/08/2026 10:00 CEST", "2026-08-07T08:00:00Z"),
            ("07/08/2026 10:00 Europe/Paris", "2026-08-07T08:00:00Z"),
            ("07/08/2026 10:00 GMT", "none"),
        ],
    );
}

#[test]
fn slips_of_mail_programs_are_forgiven() {
    check(
        Tz::UTC,
        &[
            ("01 Oct 26 09:35 GMT", "2026-10-01T09:35:00Z"),
            ("Mon, 01 Oct 2026 09:35:00 GMT", "2026-10-01T09:35:00Z"),
            ("Thursday, 1 October 2026 9:35:00 UT", "2026-10-01T09:35:00Z"),
            ("Oktoober, 01 Oct 2026 09:35:00 Z", "2026-10-01T09:35:00Z"),
            ("Fri(day), 05 Nov(ember) 94 13:15:30 A", "1994-11-05T13:15:30Z"),
            ("Thu, 01 Oct 2026 09:35:00 XYZ", "2026-10-01T09:35:00Z"),
            ("Thu,01 Oct 2026 09:35:00 -0000", "2026-10-01T09:35:00Z"),
            ("  2026-10-01\u{a0}09:35\u{200b} ", "2026-10-01T09:35:00Z"),
        ],
    );
    // A source known to be elsewhere may mean anything by letters that nobody knows.
    check(Tz::Asia__Seoul, &[("Thu, 01 Oct 2026 09:35:00 XYZ", "none")]);
}

#[test]
fn letters_with_several_meanings_need_a_source_in_one_of_the_places() {
    check(Tz::Europe__Dublin, &[("Wed, 10 Jun 2026 09:00:00 IST", "2026-06-10T08:00:00Z")]);
    check(Tz::Asia__Kolkata, &[("Wed, 10 Jun 2026 09:00:00 IST", "2026-06-10T03:30:00Z")]);
    check(Tz::UTC, &[("Wed, 10 Jun 2026 09:00:00 IST", "none")]);
    check(Tz::Asia__Shanghai, &[("Wed, 10 Jun 2026 09:00:00 CST", "2026-06-10T01:00:00Z")]);
    check(Tz::Asia__Seoul, &[("Wed, 10 Jun 2026 09:00:00 CST", "none")]);
    check(Tz::UTC, &[("Wed, 10 Jun 2026 09:00:00 CST", "2026-06-10T15:00:00Z")]);
}

#[test]
fn half_of_the_day_before_the_time_goes_with_the_time_and_not_with_the_day() {
    check(
        Tz::Asia__Seoul,
        &[
            ("2026-10-02 AM 10:20", "2026-10-02T01:20:00Z"),
            ("2026-10-02(금) AM 10:20", "2026-10-02T01:20:00Z"),
            ("2026.10.02 PM 03:20:11", "2026-10-02T06:20:11Z"),
            ("2026-10-02 PM 3시 20분", "2026-10-02T06:20:00Z"),
            ("Oct 2, 2026 3pm", "2026-10-02T06:00:00Z"),
            // The hour of `PM 3`, or the day of `02 PM`?
            ("2026-10-02 PM 3", "none"),
        ],
    );
}

#[test]
fn a_date_in_the_writing_of_one_country_is_in_its_time_where_nobody_gave_a_zone() {
    let table = [
        ("2026-10-02 10시 20분", "2026-10-02T01:20:00Z"),
        ("2026-10-02 10시", "2026-10-02T01:00:00Z"),
        ("2026년 10월 2일 10:20", "2026-10-02T01:20:00Z"),
        ("2026.10.02(금) 10:20", "2026-10-02T01:20:00Z"),
        ("2026年10月2日 15時05分", "2026-10-02T06:05:00Z"),
        ("2026年10月2日(金) 午後3:05", "2026-10-02T06:05:00Z"),
        ("2026年10月2日 下午3時05分", "2026-10-02T07:05:00Z"),
        // China, Japan or Taiwan.
        ("2026年10月2日 10:20", "2026-10-02T10:20:00Z"),
        ("2026-10-02 10시 20분 UTC", "2026-10-02T10:20:00Z"),
    ];
    check(Tz::UTC, &table);
    check(Tz::Europe__Brussels, &[("2026-10-02 10시 20분", "2026-10-02T08:20:00Z")]);
}

#[test]
fn months_with_a_korean_unit_stand_wherever_names_of_months_do() {
    check(
        Tz::UTC,
        &[
            ("Fri, 02 10월 2026 10:00:00 +0900", "2026-10-02T01:00:00Z"),
            ("금, 02 10월 2026 10:00:00 +0900", "2026-10-02T01:00:00Z"),
            ("금 10월 02 10:00:00 KST 2026", "2026-10-02T01:00:00Z"),
            ("周五, 02 10月 2026 10:00:00 +0800", "2026-10-02T02:00:00Z"),
            ("2026-10월-02", "2026-10-01T15:00:00Z"),
            ("10월 2, 2026", "2026-10-01T15:00:00Z"),
            ("10월 2일, 2026", "2026-10-01T15:00:00Z"),
            ("10월 2일", "none"),
            ("10월 2026", "2026-09-30T15:00:00Z"),
            ("2026년 10월 2", "none"),
            // RFC 822 with the number of the month for its name; the day of the week decides.
            ("금, 2 10 2026 10:00:00 +0900", "2026-10-02T01:00:00Z"),
            ("金, 02 10 2026 10:00:00 +0900", "2026-10-02T01:00:00Z"),
            ("월, 2 10 2026 10:00:00 +0900", "none"),
        ],
    );
}

#[test]
fn clock_changes_leave_no_hour_unread() {
    check(
        Tz::Europe__Brussels,
        &[
            // 02:30 was skipped on 29 March, and came twice on 25 October.
            ("2026-03-29 02:30", "2026-03-29T01:30:00Z"),
            ("2026-03-29 03:30", "2026-03-29T01:30:00Z"),
            ("2026-10-25 02:30", "2026-10-25T00:30:00Z"),
        ],
    );
}

#[test]
fn what_cannot_be_is_none() {
    let table = [
        "",
        " ",
        "today",
        "3 hours ago",
        "14:30",
        "Fri, 32 Nov 2026 09:30:00 +0900",
        "2026-02-29",
        "2026-13-01",
        "2026-10-01T25:14:55Z",
        "2026-10-01T10:61:55Z",
        "2026-10-01T10:14:61Z",
        "2026-10-01T10:14:55+99:99",
        "2026-10-01T10:14:55+00:zz",
        "Sun, 16 Dec 2012 1:2:3:4 GMT",
        "Sun, Dec x 2012 11:47:32 GMT",
        "9999-12-31",
        "2099-12-31T23:59:59Z",
        "1970-01-01T00:00:00Z",
        "1969-07-20",
        "0",
        "123",
        "0000-00-00 00:00:00",
        "2026-10-01 ~ 2026-10-31",
        "10.01",
        "Nov 20",
        "오전 14:30",
        "2026-10-01 오전 14:30",
        "2026-W54-1",
        "2026-367",
        "99999999999999999999999",
        "2003-12-31-10:14",
        "Nov 2026 10:30",
    ];
    for text in table {
        assert_eq!(read(text, Tz::Asia__Seoul), "none", "{text}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        instant(&text, Tz::Asia__Seoul, now());
    }

    #[test]
    fn any_soup_of_date_parts_is_read_or_refused(parts in prop::collection::vec(
        prop::sample::select(vec![
            "2026", "10", "1", "99", "999999999999999999999", "-", "/", ".", ":", " ", "+", "T", "W", "Z", "KST",
            "GMT", "오후", "년", "월", "일", "시", "분", "Mar", "pm", ",", "(", ")", "'", "0", "24", "Asia/Seoul",
        ]), 0..16)) {
        let text = parts.concat();
        for zone in [Tz::UTC, Tz::Asia__Seoul, Tz::America__New_York] {
            if let Some(instant) = instant(&text, zone, now()) {
                prop_assert!(instant > DateTime::<Utc>::UNIX_EPOCH);
                prop_assert!(instant < now() + chrono::TimeDelta::days(3 * 366));
            }
        }
    }

    #[test]
    fn every_second_survives_its_standard_forms(seconds in 1_000_000_000_i64..1_800_000_000) {
        let wanted = DateTime::from_timestamp(seconds, 0).expect("in range");
        let local = wanted.with_timezone(&Tz::Asia__Seoul);
        for form in ["%a, %d %b %Y %T %z", "%a, %d %b %Y %T KST", "%FT%T%:z", "%Y%m%d%H%M%S", "%Y. %-m. %-d. %T"] {
            let text = local.format(form).to_string();
            prop_assert_eq!(instant(&text, Tz::Asia__Seoul, now()), Some(wanted), "{}", text);
        }
    }
}

#[test]
fn one_moment_is_one_instant_whichever_way_its_parts_of_a_second_are_written() {
    let whole = instant("2023-11-15T18:16:37Z", Tz::UTC, now());
    assert!(whole.is_some());
    for text in ["1700072197", "1700072197047", "1700072197047999", "2023-11-15T18:16:37.047Z"] {
        assert_eq!(instant(text, Tz::UTC, now()), whole, "{text}");
    }
}

#[test]
fn the_regular_forms_go_the_short_way() {
    let regular_forms = [
        "2026-10-01T14:30:15Z",
        "2026-10-01T14:30:15.250+09:00",
        "2026-10-01T14:30:15+0900",
        "Thu, 01 Oct 2026 14:30:15 +0900",
        "1 Oct 2026 14:30 GMT",
        " 2026-10-01 14:30:15 ",
        "2026-10-01",
        "2026.10.01 14:30",
    ];
    for text in regular_forms {
        assert!(regular(text, Tz::Asia__Seoul, now()).is_some(), "{text}");
    }
    for text in ["2026-10-01 오후 2:30", "Thu, 01 Oct 2026 14:30:15 KST", "2026-02-30", ""] {
        assert!(regular(text, Tz::Asia__Seoul, now()).is_none(), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn the_short_way_never_leads_elsewhere_than_the_long_one(
        text in prop_oneof!["((Mon|Sun|Abc), )?[0-3]?[0-9] (Jan|Mar|Dec|Foo) (19|20)[0-9][0-9] [0-2][0-9]:[0-6][0-9](:[0-6][0-9])?(\\.[0-9]{0,3})? ?(Z|GMT|UTC|KST|PM|[+-][0-2][0-9]:?[0-9]0|)",
            "(19|20)[0-9][0-9][-./][01][0-9][-./][0-3][0-9](([T ]|T | -)[0-2][0-9]:[0-6][0-9](:[0-6][0-9])?(\\.[0-9]{0,3})? ?(Z|GMT|UTC|KST|PM|[+-][0-2][0-9]:?[0-9]0|))?"],
        zone in prop::sample::select(vec![Tz::UTC, Tz::Asia__Seoul, Tz::Europe__London, Tz::America__New_York]),
    ) {
        if let Some(instant) = regular(&text, zone, now()) {
            prop_assert_eq!(Some(instant), by_tokens(&text, zone, now()), "{}", text);
        }
    }
}

#[test]
fn an_offset_of_many_digits_is_none_and_no_overflow() {
    for minutes in ["60", "99100188210288210261", "18446744073709551615"] {
        let text = format!("2026-10-01T10:00:00+9:{minutes}");
        assert_eq!(read(&text, Tz::UTC), "none", "{text}");
    }
}
