//! Dates with the names of months and days of the week, in many languages.

use chrono_tz::Tz;

use crate::parse::dates::tests::check;

#[test]
fn names_are_known_in_every_official_language_of_the_union() {
    check(
        Tz::UTC,
        &[
            ("5. října 2026", "2026-10-05T00:00:00Z"),
            ("Po, 05 říj 2026 10:00:00 +0200", "2026-10-05T08:00:00Z"),
            ("5. októbra 2026", "2026-10-05T00:00:00Z"),
            ("5 października 2026", "2026-10-05T00:00:00Z"),
            ("Pn, 05 paź 2026 10:00:00 +0200", "2026-10-05T08:00:00Z"),
            ("poniedziałek, 5 października 2026, godz. 10:00", "2026-10-05T10:00:00Z"),
            ("5. oktobra 2026 ob 10:00", "2026-10-05T10:00:00Z"),
            ("5. siječnja 2026.", "2026-01-05T00:00:00Z"),
            ("ponedjeljak, 5. siječnja 2026. u 10:00", "2026-01-05T10:00:00Z"),
            ("maanantaina 5. tammikuuta 2026 klo 10:00", "2026-01-05T10:00:00Z"),
            ("5. jaanuar 2026 kell 10:00", "2026-01-05T10:00:00Z"),
            ("2026 m. sausio 5 d.", "2026-01-05T00:00:00Z"),
            ("2026 m. sausio 5 d., pirmadienis, 10:00", "2026-01-05T10:00:00Z"),
            ("2026. gada 5. janvāris", "2026-01-05T00:00:00Z"),
            ("5 ta' Jannar 2026", "2026-01-05T00:00:00Z"),
            ("It-Tnejn, 5 ta’ Jannar 2026", "2026-01-05T00:00:00Z"),
            ("Dé Luain 5 Eanáir 2026", "2026-01-05T00:00:00Z"),
            ("5 Meán Fómhair 2026", "2026-09-05T00:00:00Z"),
            ("2026. október 5., hétfő 10:00", "2026-10-05T10:00:00Z"),
            ("segunda-feira, 5 de janeiro de 2026 10:00", "2026-01-05T10:00:00Z"),
            ("lunedì 5 gennaio 2026, ore 10:00", "2026-01-05T10:00:00Z"),
            ("luni, 5 ianuarie 2026, ora 10:00", "2026-01-05T10:00:00Z"),
            ("понеделник, 5 януари 2026 г. 10:00", "2026-01-05T10:00:00Z"),
            ("mandag d. 5. januar 2026 kl. 10:00", "2026-01-05T10:00:00Z"),
            ("Δευτέρα, 5 Ιανουαρίου 2026 10:00", "2026-01-05T10:00:00Z"),
            ("ΔΕΥΤΕΡΑ 5 ΙΑΝΟΥΆΡΙΟΣ 2026", "2026-01-05T00:00:00Z"),
        ],
    );
}

#[test]
fn names_are_known_in_the_languages_of_neighbours_and_of_east_asia() {
    check(
        Tz::UTC,
        &[
            ("5 січня 2026 р.", "2026-01-05T00:00:00Z"),
            ("Пн, 05 янв 2026 10:00:00 +0300", "2026-01-05T07:00:00Z"),
            ("Pzt, 05 Oca 2026 10:00:00 +0300", "2026-01-05T07:00:00Z"),
            ("5 Şubat 2026", "2026-02-05T00:00:00Z"),
            ("5 KASIM 2026", "2026-11-05T00:00:00Z"),
            ("5 AĞUSTOS 2026", "2026-08-05T00:00:00Z"),
            ("星期一, 05 一月 2026 10:00:00 +0800", "2026-01-05T02:00:00Z"),
            ("星期一, 05 十一月 2026 10:00:00 +0800", "2026-11-05T02:00:00Z"),
            ("月曜日, 05 Jan 2026 10:00:00 +0900", "2026-01-05T01:00:00Z"),
        ],
    );
}

#[test]
fn a_name_that_means_several_months_is_decided_by_another_word_or_not_at_all() {
    check(
        Tz::UTC,
        &[
            // October in Croatian, November in Polish and Czech.
            ("5 listopada 2026", "none"),
            ("czwartek, 5 listopada 2026", "2026-11-05T00:00:00Z"),
            ("ponedjeljak, 5. listopada 2026.", "2026-10-05T00:00:00Z"),
            ("5. listopadu 2026", "2026-11-05T00:00:00Z"),
            ("31. listopada 2026.", "2026-10-31T00:00:00Z"),
            // August in Czech, July in Croatian: the language of the day of the week, then that day itself.
            ("středa, 05 srp 2026 10:00:00 +0200", "2026-08-05T08:00:00Z"),
            ("05 srp 2026", "none"),
            ("Wed, 05 srp 2026", "2026-08-05T00:00:00Z"),
            ("Sun, 05 srp 2026", "2026-07-05T00:00:00Z"),
            ("Mon, 05 srp 2026", "none"),
            ("listopad 2026", "none"),
        ],
    );
}

#[test]
fn the_day_of_the_week_tells_day_and_month_apart_in_every_language() {
    check(
        Tz::UTC,
        &[
            ("vendredi 07/08/2026", "2026-08-07T00:00:00Z"),
            ("Mi, 07/08/2026", "2026-07-08T00:00:00Z"),
            ("금, 07/08/2026 10:00 +0900", "2026-08-07T01:00:00Z"),
            // Sunday in German, Saturday in Czech and Slovak.
            ("So 01/08/2026", "2026-08-01T00:00:00Z"),
            ("So 07/08/2026", "none"),
        ],
    );
}

#[test]
fn a_time_may_be_written_with_dots_where_the_day_is_written_besides() {
    check(
        Tz::UTC,
        &[
            ("5 January 2026 10.30", "2026-01-05T10:30:00Z"),
            ("5 January 2026, 3.30 pm", "2026-01-05T15:30:00Z"),
            ("Mon, 05 Jan 2026 19.48.21 GMT", "2026-01-05T19:48:21Z"),
            ("05-JAN-26 03.04.05.000000 PM", "2026-01-05T15:04:05Z"),
            ("mandag d. 5. januar 2026 kl. 10.00", "2026-01-05T10:00:00Z"),
            ("5.1.2026 klo 10.30", "2026-01-05T10:30:00Z"),
            ("5. 1. 2026 10.30", "2026-01-05T10:30:00Z"),
            ("5. Januar 2026, 10.30 Uhr", "2026-01-05T10:30:00Z"),
            ("5 January 2026 10.75", "none"),
            ("5.10 January 2026", "none"),
            ("January 5.10.2026", "none"),
            ("Apr 20.24 2026", "none"),
            ("1.05.2026", "2026-05-01T00:00:00Z"),
            ("2026.10.05", "2026-10-05T00:00:00Z"),
            ("2026 10.05", "2026-10-05T00:00:00Z"),
        ],
    );
}
