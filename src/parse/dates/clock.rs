//! The time of day within a date: `14:30:15.2`, `3:09pm`, `오후 2시 30분`, `14h30`, `T1430`.
//!
//! Part of `dates::instant`; a time that no clock shows is no time.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use crate::parse::dates::names;
use crate::parse::dates::tokens::Tokens;

/// A time of day that was found.
#[derive(Debug)]
pub(super) struct Clock {
    hour: u64,
    minute: u64,
    second: u64,
    /// The first token behind it.
    pub(super) end: usize,
}

/// Half of the day.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    Morning,
    Afternoon,
}

impl Clock {
    /// Takes the time of day out of `tokens`: `Some(None)` when there is none, `None` when there is
    /// one that cannot be.
    #[expect(clippy::option_option, reason = "nothing there and nonsense there are two answers")]
    pub(super) fn take(tokens: &mut Tokens) -> Option<Option<Self>> {
        let Some((start, mut clock)) = find(tokens)? else {
            return Some(None);
        };
        let mut from = start;
        let mut half = None;
        if from > 0 {
            half = half_of_day(tokens.word_at(from - 1));
            // The T of ISO 8601, the h and um of others, go with the time.
            if half.is_some() || tokens.word_at(from - 1) == "t" {
                from -= 1;
            }
        }
        if let Some(after) = half_of_day(tokens.word_at(clock.end)) {
            if half.is_some_and(|half| half != after) {
                return None;
            }
            half = Some(after);
            clock.end += 1;
        }
        if matches!(tokens.word_at(clock.end), "uhr" | "hrs" | "h" | "ora" | "시") {
            clock.end += 1;
        }
        tokens.take(from, clock.end);
        clock.halve(half)?;
        let ends_a_day = clock.hour == 24 && clock.minute == 0 && clock.second == 0;
        let can_be = (clock.hour < 24 || ends_a_day) && clock.minute < 60 && clock.second <= 60;
        can_be.then_some(Some(clock))
    }

    fn halve(&mut self, half: Option<Half>) -> Option<()> {
        match half {
            Some(Half::Morning) if self.hour == 12 => self.hour = 0,
            Some(Half::Morning) if self.hour > 12 => return None,
            Some(Half::Afternoon) if self.hour < 12 => self.hour += 12,
            _ => {}
        }
        Some(())
    }

    /// This time on `date`; 24:00 is the next midnight, a leap second the second after.
    pub(super) fn on(&self, date: NaiveDate) -> Option<NaiveDateTime> {
        let seconds = (self.hour * 60 + self.minute) * 60 + self.second;
        date.and_hms_opt(0, 0, 0)?.checked_add_signed(TimeDelta::seconds(seconds.cast_signed()))
    }
}

/// Where the time of day starts, and the time: the outer `None` is nonsense. The surest form is
/// looked for first, through the whole date: in `02 PM 03:20` the `02` is no hour.
#[expect(clippy::option_option, reason = "nothing there and nonsense there are two answers")]
fn find(tokens: &Tokens) -> Option<Option<(usize, Clock)>> {
    let count = tokens.all().len();
    let colon = (0..count).find(|at| colon_follows(tokens, *at));
    let (mut end, mut is_offset_sure) = (count, true);
    if let Some(at) = colon {
        // `2010-05-28+09:00` and `GMT-07:00` hold no time.
        let minus = at > 0 && tokens.is_sign_at(at - 1, '-');
        let signed = !tokens.gap_at(at) && (minus || at > 0 && tokens.is_sign_at(at - 1, '+'));
        if !signed {
            return with_colons(tokens, at).map(|clock| Some((at, clock)));
        }
        // `2003-12-31-10:14`: a time or an offset, who knows.
        is_offset_sure = !(minus && at > 1 && tokens.number_at(at - 2).is_some());
        end = at;
    }
    for form in [with_units, with_dots, compact, hour_alone] {
        let found = (0..end).find_map(|at| form(tokens, at).map(|clock| (at, clock)));
        if found.is_some() {
            return Some(found);
        }
    }
    is_offset_sure.then_some(None)
}

fn short_number(tokens: &Tokens, at: usize) -> Option<u64> {
    tokens.number_at(at).filter(|(_, digits)| *digits <= 2).map(|(value, _)| value)
}

/// Whether a number continues a row like `2026-10-02`.
fn is_in_a_row(tokens: &Tokens, at: usize) -> bool {
    let sign = |sign| at > 0 && tokens.is_sign_at(at - 1, sign);
    !tokens.gap_at(at) && (sign('-') || sign('/') || sign('.'))
}

fn colon_follows(tokens: &Tokens, at: usize) -> bool {
    short_number(tokens, at).is_some()
        && tokens.is_sign_at(at + 1, ':')
        && short_number(tokens, at + 2).is_some()
}

fn with_colons(tokens: &Tokens, at: usize) -> Option<Clock> {
    let mut clock = Clock {
        hour: short_number(tokens, at)?,
        minute: short_number(tokens, at + 2)?,
        second: 0,
        end: at + 3,
    };
    if tokens.is_sign_at(clock.end, ':') {
        clock.second = short_number(tokens, clock.end + 1)?;
        clock.end += 2;
    }
    skip_fraction(tokens, &mut clock);
    (!tokens.is_sign_at(clock.end, ':')).then_some(clock)
}

/// Parts of a second are not kept.
fn skip_fraction(tokens: &Tokens, clock: &mut Clock) {
    let point = tokens.is_sign_at(clock.end, '.') || tokens.is_sign_at(clock.end, ',');
    let adjacent = !tokens.gap_at(clock.end) && !tokens.gap_at(clock.end + 1);
    if point && adjacent && tokens.number_at(clock.end + 1).is_some() {
        clock.end += 2;
    }
}

/// `14시`, `2시 30분 10초`, `14時05分`, `14h30`, `14 Uhr`.
fn with_units(tokens: &Tokens, at: usize) -> Option<Clock> {
    let hour = short_number(tokens, at)?;
    let unit = tokens.word_at(at + 1);
    if !matches!(unit, "시" | "時" | "时" | "点" | "點" | "h" | "uhr") {
        return None;
    }
    let mut clock = Clock { hour, minute: 0, second: 0, end: at + 2 };
    if matches!(unit, "h" | "uhr") {
        // `10.30 Uhr`
        if is_in_a_row(tokens, at) {
            return None;
        }
        if let Some(minute) = short_number(tokens, clock.end).filter(|_| !tokens.gap_at(clock.end))
        {
            clock.minute = minute;
            clock.end += 1;
        }
        return Some(clock);
    }
    if let Some(minute) = short_number(tokens, clock.end)
        && matches!(tokens.word_at(clock.end + 1), "분" | "分")
    {
        clock.minute = minute;
        clock.end += 2;
        if let Some(second) = short_number(tokens, clock.end)
            && matches!(tokens.word_at(clock.end + 1), "초" | "秒")
        {
            clock.second = second;
            clock.end += 2;
        }
    }
    Some(clock)
}

/// `10.30`, `19.48.21`: dots part days too, so there must be words or numbers enough for a day
/// besides.
fn with_dots(tokens: &Tokens, at: usize) -> Option<Clock> {
    let two_digits = |at: usize| {
        let adjacent = !tokens.gap_at(at) && !tokens.gap_at(at + 1) && tokens.is_sign_at(at, '.');
        tokens.number_at(at + 1).filter(|(_, digits)| adjacent && *digits == 2)
    };
    let hour = short_number(tokens, at).filter(|_| tokens.gap_at(at))?;
    let (minute, _) = two_digits(at + 1)?;
    let mut clock = Clock { hour, minute, second: 0, end: at + 3 };
    if let Some((second, _)) = two_digits(clock.end) {
        clock.second = second;
        clock.end += 2;
        skip_fraction(tokens, &mut clock);
    }
    let row_ends = !tokens.is_sign_at(clock.end, '.') || tokens.number_at(clock.end + 1).is_none();
    let besides = (0..tokens.all().len()).filter(|other| !(at..clock.end).contains(other));
    let numbers = besides.clone().filter(|other| tokens.number_at(*other).is_some()).count();
    let has_month = || besides.clone().any(|other| names::is_month(tokens.word_at(other)));
    let is_day_besides = numbers >= 3 || numbers == 2 && has_month();
    (row_ends && is_day_besides).then_some(clock)
}

/// `3pm`, `3 PM`; but `2026-10-02 PM` ends with a day.
fn hour_alone(tokens: &Tokens, at: usize) -> Option<Clock> {
    let hour = short_number(tokens, at).filter(|hour| (1..=12).contains(hour))?;
    if is_in_a_row(tokens, at) {
        return None;
    }
    matches!(tokens.word_at(at + 1), "am" | "pm").then_some(Clock {
        hour,
        minute: 0,
        second: 0,
        end: at + 1,
    })
}

/// `T14`, `T1430`, `T143015`; and `20261001 143015`.
fn compact(tokens: &Tokens, at: usize) -> Option<Clock> {
    let before = at.checked_sub(1)?;
    let after_t = tokens.word_at(before) == "t"
        && !tokens.gap_at(before)
        && before.checked_sub(1).is_some_and(|day| tokens.number_at(day).is_some());
    let (value, digits) = tokens.number_at(at)?;
    let after_day =
        tokens.number_at(before).is_some_and(|(_, digits)| digits == 8) && matches!(digits, 4 | 6);
    if !(after_t || after_day) {
        return None;
    }
    let (hour, minute, second) = match digits {
        1 | 2 => (value, 0, 0),
        4 => (value / 100, value % 100, 0),
        6 => (value / 10_000, value / 100 % 100, value % 100),
        _ => return None,
    };
    let mut clock = Clock { hour, minute, second, end: at + 1 };
    if digits == 6 {
        skip_fraction(tokens, &mut clock);
    }
    Some(clock)
}

fn half_of_day(word: &str) -> Option<Half> {
    match word {
        "am" | "오전" | "上午" | "午前" => Some(Half::Morning),
        "pm" | "오후" | "下午" | "午後" | "午后" => Some(Half::Afternoon),
        _ => None,
    }
}
