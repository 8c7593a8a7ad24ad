//! The day within a date, once the time of day and the zone are taken out.
//!
//! Part of `dates::instant`; where two readings are possible there is no day.

use chrono::{DateTime, Datelike, NaiveDate, Utc, Weekday};
use chrono_tz::Tz;

use crate::parse::dates::names::Meanings;
use crate::parse::dates::tokens::{Kind, Tokens};
use crate::parse::dates::{full_year, names, zones};

/// What helps where the order of day and month is open.
pub(super) struct Hint {
    pub(super) zone: Tz,
    pub(super) stated_american: bool,
    pub(super) stated_european: bool,
    pub(super) now: DateTime<Utc>,
}

/// A day that was read.
#[derive(Debug)]
pub(super) struct Day {
    pub(super) date: NaiveDate,
    /// Not just a month or a year, whose first day stands for it.
    pub(super) exact: bool,
}

impl Day {
    fn exact(date: NaiveDate) -> Self {
        Self { date, exact: true }
    }

    fn first_of(year: i32, month: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, 1).map(|date| Self { date, exact: false })
    }

    /// The day that the remaining tokens name, if every one of them is understood.
    pub(super) fn read(tokens: &Tokens, hint: &Hint) -> Option<Self> {
        let parts = Parts::gather(tokens)?;
        if parts.is_week {
            return parts.week();
        }
        if parts.units.iter().any(Option::is_some) {
            return parts.by_units();
        }
        if parts.months.is_empty() { parts.numbers_alone(hint) } else { parts.by_name() }
    }
}

/// A number with its count of digits and the sign before it.
#[derive(Clone, Copy, Debug)]
struct Number {
    value: u64,
    digits: usize,
    sign: Option<char>,
}

#[derive(Debug, Default)]
struct Parts {
    numbers: Vec<Number>,
    months: Meanings,
    weekdays: Meanings,
    /// Year, month and day by their Korean, Japanese and Chinese units.
    units: [Option<Number>; 3],
    is_week: bool,
    /// ISO 8601:1988 lets a hyphen stand for what is left out: `-0312`.
    leading_hyphen: bool,
}

impl Parts {
    /// Sorts the tokens; none when one of them has no place in a date.
    fn gather(tokens: &Tokens) -> Option<Self> {
        let mut parts = Self::default();
        let mut sign = None;
        let mut colon_may_follow = false;
        let mut month_may_be_weekday = false;
        for (at, token) in tokens.all().iter().enumerate() {
            match &token.kind {
                Kind::Taken => sign = None,
                Kind::Sign(given @ ('-' | '/' | '.' | ',' | '\'' | '’' | '‘')) => {
                    parts.leading_hyphen |= at == 0 && *given == '-';
                    sign = Some(*given);
                }
                Kind::Sign(':') if colon_may_follow => {}
                Kind::Sign(_) => return None,
                Kind::Number { value, digits } => {
                    let number = Number { value: *value, digits: *digits, sign };
                    sign = None;
                    match unit(tokens.word_at(at + 1)).filter(|_| !tokens.gap_at(at + 1)) {
                        Some(unit) => {
                            let place = parts.units.get_mut(unit)?;
                            if place.replace(number).is_some() {
                                return None;
                            }
                        }
                        None => parts.numbers.push(number),
                    }
                }
                Kind::Word { folded, .. } => {
                    let after_number = at > 0 && tokens.number_at(at - 1).is_some();
                    if unit(folded).is_some() && after_number && !token.gap {
                        continue;
                    }
                    parts.word(folded, &mut month_may_be_weekday, at == 0, tokens)?;
                    colon_may_follow = true;
                    continue;
                }
            }
            colon_may_follow = false;
        }
        Some(parts)
    }

    fn word(
        &mut self,
        word: &str,
        month_may_be_weekday: &mut bool,
        is_first: bool,
        tokens: &Tokens,
    ) -> Option<()> {
        if word == "w" && self.numbers.len() == 1 {
            self.is_week = true;
            return Some(());
        }
        if self.weekdays.is_empty() {
            self.weekdays = names::weekdays(word);
        }
        let months = names::months(word);
        if !months.is_empty() {
            // French `mar., 01 déc.`: the first may be a Tuesday. One month twice is that month.
            let is_other = !months.places().eq(self.months.places());
            if !self.months.is_empty() && !*month_may_be_weekday && is_other {
                return None;
            }
            self.months = months;
            *month_may_be_weekday = names::is_filler(word);
            return Some(());
        }
        // A day of the week in a language that is not known here.
        let may_be_weekday = is_first && (tokens.is_sign_at(1, ',') || tokens.is_sign_at(1, '.'));
        (names::is_filler(word) || may_be_weekday).then_some(())
    }

    /// `2026-W40-4`, `2026W404`, `2026-W40`.
    fn week(&self) -> Option<Day> {
        let (year, week, day) = match self.numbers.as_slice() {
            [year, week] if week.digits == 3 => (year, week.value / 10, week.value % 10),
            [year, week] if week.digits == 2 => (year, week.value, 1),
            [year, week, day] if week.digits == 2 && day.digits == 1 => {
                (year, week.value, day.value)
            }
            _ => return None,
        };
        let day = Weekday::try_from(u8::try_from(day.checked_sub(1)?).ok()?).ok()?;
        let year = Some(year).filter(|year| year.digits == 4)?.value as i32;
        let exact = !matches!(self.numbers.as_slice(), [_, week] if week.digits == 2);
        NaiveDate::from_isoywd_opt(year, week as u32, day).map(|date| Day { date, exact })
    }

    /// `2026년 10월 1일`, `2026年10月`; `10월 1일, 2026`; `01 10월 2026`, where Java and PHP have put
    /// a month with its unit for a name.
    fn by_units(&self) -> Option<Day> {
        let [year, Some(month), day] = self.units else { return None };
        let month = small(month)?;
        let year = match (year, day, self.numbers.as_slice()) {
            _ if !self.months.is_empty() => return None,
            (None, None, _) => return self.with_month(month),
            (Some(year), _, []) => year,
            (None, Some(_), [year]) if year.digits == 4 => *year,
            _ => return None,
        };
        match day {
            Some(day) => {
                NaiveDate::from_ymd_opt(year_of(year)?, month, small(day)?).map(Day::exact)
            }
            None => Day::first_of(year_of(year)?, month),
        }
    }

    /// The day by the name of its month. A name that means several months is decided by the
    /// language of the day of the week, or by the day itself.
    fn by_name(&self) -> Option<Day> {
        let months = self.months.beside(self.weekdays);
        let is_open = months.places().nth(1).is_some();
        let days = months.places().filter_map(|place| self.with_month(place as u32 + 1));
        let mut days = days.filter(|day| !is_open || self.is_weekday_of(day.date));
        let day = days.next();
        day.filter(|_| days.next().is_none())
    }

    /// `26 March 2024`, `Mar 26, 24`, `2024-Mar-26`, `Nov. 2020`.
    fn with_month(&self, month: u32) -> Option<Day> {
        let (year, day) = match self.numbers.as_slice() {
            [year] if year.digits == 4 => return Day::first_of(year_of(*year)?, month),
            [year, day] if year.digits == 4 || year.value > 31 => (year, day),
            [day, year] => (year, day),
            _ => return None,
        };
        NaiveDate::from_ymd_opt(year_of(*year)?, month, small(*day)?).map(Day::exact)
    }

    fn numbers_alone(&self, hint: &Hint) -> Option<Day> {
        match self.numbers.as_slice() {
            [one] => self.one_number(*one),
            [first, second] => self.two_numbers(*first, *second),
            [first, second, third] if !self.leading_hyphen => {
                self.three_numbers([*first, *second, *third], hint).map(Day::exact)
            }
            _ => None,
        }
    }

    /// `20261001`, `261001`, `2026274`, `26274`, `2026`, `-2610`.
    fn one_number(&self, Number { value, digits, .. }: Number) -> Option<Day> {
        let parts = |unit: u64| (value / unit / 100, value / unit % 100, value % unit);
        match (digits, self.leading_hyphen) {
            (4, true) => Day::first_of(full_year(value / 100), (value % 100) as u32),
            (4, false) => Day::first_of(value as i32, 1),
            (5, false) => ordinal(full_year(value / 1000), value % 1000),
            (6, false) => {
                let (year, month, day) = parts(100);
                ymd(full_year(year), month, day).map(Day::exact)
            }
            (7, false) => ordinal((value / 1000) as i32, value % 1000),
            (8, false) => {
                let (year, month, day) = parts(100);
                ymd(year as i32, month, day).map(Day::exact)
            }
            _ => None,
        }
    }

    /// `2026-10`, `10/2026`, `2026-274`, `26-274`, `-26-10`.
    fn two_numbers(&self, first: Number, second: Number) -> Option<Day> {
        second.sign.filter(|sign| matches!(sign, '-' | '/' | '.'))?;
        match (first.digits, second.digits) {
            (2, 2) if self.leading_hyphen => Day::first_of(full_year(first.value), small(second)?),
            _ if self.leading_hyphen => None,
            (4, 1 | 2) => Day::first_of(first.value as i32, small(second)?),
            (1 | 2, 4) => Day::first_of(second.value as i32, small(first)?),
            (4, 3) => ordinal(first.value as i32, second.value),
            (2, 3) => ordinal(full_year(first.value), second.value),
            _ => None,
        }
    }

    fn three_numbers(&self, numbers: [Number; 3], hint: &Hint) -> Option<NaiveDate> {
        let [a, b, c] = numbers;
        if a.digits == 4 {
            // One service writes a zero too many: `2003-012-31`.
            let month = if b.digits == 3 && b.value <= 12 { Number { digits: 2, ..b } } else { b };
            return ymd(a.value as i32, small(month)?.into(), small(c)?.into());
        }
        let (a, b) = (small(a)?, small(b)?);
        if !matches!(c.digits, 1 | 2 | 4) {
            return None;
        }
        // `'26.10.01`: the apostrophe marks the year.
        let year_marked = matches!(numbers[0].sign, Some('\'' | '’' | '‘'));
        let year_last = year_of(c);
        let day_first = year_last.and_then(|year| NaiveDate::from_ymd_opt(year, b, a));
        let month_first = year_last.and_then(|year| NaiveDate::from_ymd_opt(year, a, b));
        let year_first = small(c)
            .filter(|_| c.digits <= 2 && numbers[0].digits == 2)
            .and_then(|day| NaiveDate::from_ymd_opt(full_year(a.into()), b, day));
        if year_marked {
            return year_first;
        }
        let mut readings =
            [(Order::Day, day_first), (Order::Month, month_first), (Order::Year, year_first)];
        for (_, date) in &mut readings {
            *date = date.filter(|date| self.fits(*date, hint));
        }
        let style = match (numbers[1].sign, c.sign) {
            (Some('.'), Some('.')) if c.digits == 4 => Style::Dotted,
            (_, Some('-')) => Style::Hyphens,
            _ => Style::Other,
        };
        choose(&readings, style, hint)
    }

    /// Whether a reading lies in the time of feeds and on the day of the week that is given.
    fn fits(&self, date: NaiveDate, hint: &Hint) -> bool {
        (1990..=hint.now.year() + 2).contains(&date.year()) && self.is_weekday_of(date)
    }

    /// Whether the word for a day of the week, if there is one, may mean that of `date`.
    fn is_weekday_of(&self, date: NaiveDate) -> bool {
        let weekdays = self.weekdays.beside(self.months);
        let given = date.weekday().num_days_from_monday() as usize;
        weekdays.is_empty() || weekdays.places().any(|weekday| weekday == given)
    }
}

/// The three orders in which people write a day.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Day,
    Month,
    Year,
}

/// How three numbers are parted, where that tells of their order.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// `07.08.2026`: with the year last, day first wherever people write so.
    Dotted,
    Hyphens,
    Other,
}

/// The only reading, or the one that is usual where the source is.
fn choose(readings: &[(Order, Option<NaiveDate>)], style: Style, hint: &Hint) -> Option<NaiveDate> {
    let dates: Vec<NaiveDate> = readings.iter().filter_map(|(_, date)| *date).collect();
    if let Some(first) = dates.first()
        && dates.iter().all(|date| date == first)
    {
        return Some(*first);
    }
    let place = hint.zone.name();
    let american = hint.stated_american || zones::is_american(hint.zone);
    let european = hint.stated_european || place.starts_with("Europe/");
    let usual = match style {
        // Americans write dots seldom, and then in either order.
        Style::Dotted => Some(Order::Day).filter(|_| !american),
        _ if american => Some(Order::Month),
        Style::Hyphens if european => None,
        _ if european => Some(Order::Day),
        _ => ["Asia/Seoul", "Asia/Tokyo", "Asia/Shanghai", "Asia/Taipei"]
            .contains(&place)
            .then_some(Order::Year),
    }?;
    readings.iter().find(|(order, _)| *order == usual).and_then(|(_, date)| *date)
}

fn year_of(number: Number) -> Option<i32> {
    match number.digits {
        4 => Some(number.value as i32),
        2 => Some(full_year(number.value)),
        _ => None,
    }
}

/// A number of one or two digits.
fn small(number: Number) -> Option<u32> {
    (number.digits <= 2).then_some(number.value as u32)
}

fn ymd(year: i32, month: u64, day: u64) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month as u32, day as u32)
}

fn ordinal(year: i32, day: u64) -> Option<Day> {
    NaiveDate::from_yo_opt(year, day as u32).map(Day::exact)
}

fn unit(word: &str) -> Option<usize> {
    match word {
        "년" | "年" => Some(0),
        "월" | "月" => Some(1),
        "일" | "日" | "号" | "號" => Some(2),
        _ => None,
    }
}
