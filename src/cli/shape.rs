//! How answers look at a terminal: columns that hold where Hangul stands in them, numbers that can
//! be read, days and weeks, colour for people and none for pipes.
//!
//! Knows nothing of what it shows. Called by the commands that explain and that learn.

use std::io::IsTerminal;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

/// Whether standard output is a person's terminal that wants colour (<https://no-color.org>).
pub fn colour() -> bool {
    std::io::stdout().is_terminal()
        && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Marks of a terminal, or nothing where colour is not wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paint(pub bool);

impl Paint {
    /// What matters most of a line.
    pub fn bold(self, text: &str) -> String {
        self.with("\u{1b}[1m", text)
    }

    /// What may be passed over.
    pub fn dim(self, text: &str) -> String {
        self.with("\u{1b}[2m", text)
    }

    /// A hit.
    pub fn mark(self, text: &str) -> String {
        self.with("\u{1b}[1;33m", text)
    }

    fn with(self, sequence: &str, text: &str) -> String {
        if self.0 { format!("{sequence}{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// Columns that a text takes at a terminal: two for Hangul, kana, ideographs and full-width forms
/// (Unicode UAX #11, classes W and F), none for marks that stand over a letter.
pub fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

fn columns(c: char) -> usize {
    match c {
        _ if unicode_normalization::char::is_combining_mark(c) => 0,
        '\u{1160}'..='\u{11ff}' => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{303e}'
        | '\u{3041}'..='\u{a4cf}'
        | '\u{a960}'..='\u{a97f}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

/// Filled up with spaces behind it.
pub fn left(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// Filled up with spaces before it.
pub fn right(text: &str, columns: usize) -> String {
    format!("{}{text}", " ".repeat(columns.saturating_sub(width(text))))
}

/// At most so many columns, cut with "…".
pub fn cut(text: &str, columns: usize) -> String {
    crate::render::text::fit(text, columns, width)
}

/// The widest of some texts, at most `most`.
pub fn widest<'t>(texts: impl Iterator<Item = &'t str>, most: usize) -> usize {
    texts.map(width).max().unwrap_or(0).min(most)
}

/// So many a week, with as many digits as people read.
pub fn weekly(rate: f64) -> String {
    match rate {
        r if r <= 0.0 => "none a week".to_owned(),
        r if r < 0.1 => "under 0.1 a week".to_owned(),
        r => format!("{r:.1} a week"),
    }
}

/// A share in percent with as many digits as it deserves.
pub fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "0 %".to_owned();
    }
    let share = part as f64 * 100.0 / whole as f64;
    match share {
        _ if part == 0 => "0 %".to_owned(),
        s if s < 0.01 => "under 0.01 %".to_owned(),
        s if s < 1.0 => format!("{s:.2} %"),
        s => format!("{s:.1} %"),
    }
}

/// An instant for people.
pub fn instant(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M %Z").to_string()
}

/// The day of an instant.
pub fn day(at: DateTime<Utc>, zone: Tz) -> NaiveDate {
    at.with_timezone(&zone).date_naive()
}

/// The Monday of a day's week.
pub fn week(day: NaiveDate) -> NaiveDate {
    day - TimeDelta::days(i64::from(day.weekday().num_days_from_monday()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_hold_where_hangul_stands_in_them() {
        assert_eq!(width("반도체 EU"), 9);
        assert_eq!(width("한"), 2, "as one sign");
        assert_eq!(width("\u{1112}\u{1161}\u{11ab}"), 2, "and as three");
        assert_eq!(width("e\u{301}"), 1);
        assert_eq!(left("한국", 6), "한국  ");
        assert_eq!(right("한국", 6), "  한국");
        assert_eq!(cut("반도체 협력", 7), "반도체…");
        assert_eq!(left("too wide", 3), "too wide");
    }

    #[test]
    fn numbers_are_told_as_people_write_them() {
        assert_eq!(percent(0, 0), "0 %");
        assert_eq!(percent(1, 100_000), "under 0.01 %");
        assert_eq!(percent(3, 1_000), "0.30 %");
        assert_eq!(percent(1, 3), "33.3 %");
        assert_eq!(
            [0.0, 0.04, 0.26].map(weekly),
            ["none a week", "under 0.1 a week", "0.3 a week"]
        );
    }

    #[test]
    fn a_week_begins_on_its_monday() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(week(day("2026-11-23")), day("2026-11-23"));
        assert_eq!(week(day("2026-11-29")), day("2026-11-23"));
    }

    #[test]
    fn without_colour_there_is_no_sequence() {
        assert_eq!(Paint(false).mark("x"), "x");
        assert_eq!(Paint(true).mark("x"), "\u{1b}[1;33mx\u{1b}[0m");
    }
}
