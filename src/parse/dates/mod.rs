//! One reader for every form of date that feeds, boards and programming interfaces write.
//!
//! A few regular forms are read as they stand (`regular`). Any other date is split into tokens, from which the time of day, the zone and then the day are taken;
//! what is left over and not understood makes the whole unreadable. Where two readings are
//! possible there is none: a wrong instant is worse than no instant. Knows the source's zone and
//! the present instant as arguments; called by the parsers for every date of a document.

mod cldr;
mod clock;
mod day;
mod letters;
pub mod moment;
#[cfg(test)]
mod name_tests;
mod names;
mod regular;
#[cfg(test)]
mod tests;
mod tokens;
mod zones;

use chrono::{DateTime, Datelike, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::parse::dates::clock::Clock;
use crate::parse::dates::day::Day;
use crate::parse::dates::moment::{Moment, Stated};
use crate::parse::dates::tokens::{Token, Tokens};
use crate::parse::dates::zones::Zone;

/// No form of date is longer; a paragraph is not a date.
const DATE_BYTES_MAX: usize = 128;

/// Announcements and embargoes reach this far ahead; beyond it is a slip of the year.
const FUTURE_YEARS_MAX: i32 = 2;

/// The instant that `text` names, if it names one beyond doubt.
///
/// `zone` is the source's own: it holds for dates without a zone, decides whether `07/08/2026` is
/// in July or in August (Europe: day first; United States: month first; elsewhere: none; with dots
/// day first, in the United States none), and a date alone is midnight there. A wall time that a clock change repeats is the earlier one, one
/// that it skips is read by the clock before the change. Years before 1970 and more than two after
/// `now`, and the zero of the Unix clock, are none.
pub fn instant(text: &str, zone: Tz, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    moment(text, zone, now).map(|moment| moment.instant)
}

/// The same with what else the text says.
pub fn moment(text: &str, zone: Tz, now: DateTime<Utc>) -> Option<Moment> {
    if text.len() > DATE_BYTES_MAX {
        return None;
    }
    regular(text, zone, now).or_else(|| by_tokens(text, zone, now))
}

/// A date in one of the regular forms; any other may still be a date for [`moment()`], which takes a
/// hundred times as long.
pub fn regular(text: &str, zone: Tz, now: DateTime<Utc>) -> Option<Moment> {
    let regular::Regular { local, offset } = regular::read(text.trim_ascii())?;
    let (instant, stated) = match offset {
        Some(minutes) => {
            (local.checked_sub_signed(TimeDelta::minutes(minutes))?.and_utc(), Stated::Offset)
        }
        None => (zones::at(zone, local)?, Stated::Nothing),
    };
    plausible(instant, local, now).then_some(Moment { instant, local, stated })
}

fn by_tokens(text: &str, zone: Tz, now: DateTime<Utc>) -> Option<Moment> {
    let mut tokens = Tokens::read(text);
    if let Some(instant) = epoch(&tokens, now) {
        let local = instant.naive_utc();
        return Some(Moment { instant, local, stated: Stated::Absolute });
    }
    // A Korean date on a source that nobody gave a zone is Korean time.
    let country = if zone == Tz::UTC { tokens.country_of_writing() } else { None };
    let zone = country.unwrap_or(zone);
    tokens.split_compact();
    let clock = Clock::take(&mut tokens)?;
    let named = Zone::take(&mut tokens, clock.as_ref().map(|clock| clock.end))?;
    let hint = day::Hint {
        zone,
        stated_american: named.as_ref().is_some_and(Zone::is_american),
        stated_european: named.as_ref().is_some_and(Zone::is_european),
        now,
    };
    let day = Day::read(&tokens, &hint)?;
    if clock.is_some() && !day.exact {
        return None;
    }
    let local = match clock {
        Some(clock) => clock.on(day.date)?,
        None => day.date.and_hms_opt(0, 0, 0)?,
    };
    let instant = match &named {
        Some(named) => named.instant(local, zone)?,
        None => zones::at(zone, local)?,
    };
    let stated = match (named, country) {
        (Some(Zone::Named(zone)), _) | (None, Some(zone)) => Stated::Named(zone),
        (Some(Zone::Offset(_) | Zone::Letters(_)), _) => Stated::Offset,
        (None, None) => Stated::Nothing,
    };
    plausible(instant, local, now).then_some(Moment { instant, local, stated })
}

/// Seconds, milliseconds or microseconds of the Unix clock, when they name a time since 2001; parts
/// of a second are not kept, as in all other forms.
fn epoch(tokens: &Tokens, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let (value, digits) = match tokens.all() {
        [number] => number.number()?,
        [number, point, fraction] if point.is_sign('.') && !fraction.gap => {
            fraction.number()?;
            number.number()?
        }
        _ => return None,
    };
    let seconds = match digits {
        10 => value,
        13 => value / 1_000,
        16 => value / 1_000_000,
        _ => return None,
    };
    let instant = DateTime::from_timestamp(seconds.cast_signed(), 0)?;
    is_near(instant.naive_utc(), now).then_some(instant)
}

fn plausible(instant: DateTime<Utc>, local: NaiveDateTime, now: DateTime<Utc>) -> bool {
    let zero = DateTime::<Utc>::UNIX_EPOCH;
    instant > zero && local != zero.naive_utc() && is_near(local, now)
}

fn is_near(local: NaiveDateTime, now: DateTime<Utc>) -> bool {
    local.year() >= 1970
        && local - now.naive_utc() <= TimeDelta::days(i64::from(FUTURE_YEARS_MAX) * 366)
}

/// The year that two digits mean (RFC 2822, 4.3).
fn full_year(two_digits: u64) -> i32 {
    two_digits as i32 + if two_digits < 50 { 2000 } else { 1900 }
}

impl Token {
    /// The value and the count of its digits, if it is a number.
    fn number(&self) -> Option<(u64, usize)> {
        match self.kind {
            tokens::Kind::Number { value, digits } => Some((value, digits)),
            _ => None,
        }
    }

    fn is_sign(&self, sign: char) -> bool {
        matches!(self.kind, tokens::Kind::Sign(given) if given == sign)
    }

    /// The word, folded; empty for numbers and signs.
    fn word(&self) -> &str {
        match &self.kind {
            tokens::Kind::Word { folded, .. } => folded,
            _ => "",
        }
    }
}
