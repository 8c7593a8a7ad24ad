//! Counting what a watch would have caught: by week, by source, with the youngest as samples.
//!
//! Memory grows with weeks and sources, not with items. Knows no store and no file; called by
//! `backtest` and `volume`.

use std::collections::{BTreeMap, VecDeque};

use chrono::{NaiveDate, TimeDelta};
use chrono_tz::Tz;

use crate::cli::past::Moment;
use crate::cli::shape::{day, week};

/// Weeks without a hit are shown as well, up to so many weeks in all: a year and a bit.
const WEEKS_MAX: i64 = 60;

/// Hits over weeks and sources.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Hits in all.
    pub hits: u64,
    /// Hits by the Monday of their week (none: no date), then by source.
    pub weeks: BTreeMap<Option<NaiveDate>, BTreeMap<String, u64>>,
}

impl Tally {
    /// Counts a hit.
    pub fn add(&mut self, moment: &Moment, zone: Tz) {
        self.hits += 1;
        let monday = moment.at.map(|at| week(day(at, zone)));
        let source = moment.source.clone().unwrap_or_else(|| "no source".to_owned());
        *self.weeks.entry(monday).or_default().entry(source).or_default() += 1;
    }

    /// Hits by source, the most first.
    pub fn sources(&self) -> Vec<(String, u64)> {
        let mut sources: BTreeMap<&str, u64> = BTreeMap::new();
        for (source, hits) in self.weeks.values().flatten() {
            *sources.entry(source).or_default() += hits;
        }
        let mut sources: Vec<_> = sources.into_iter().map(|(s, n)| (s.to_owned(), n)).collect();
        sources.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        sources
    }

    /// Every week between two days with its hits, those without any too, unless there are too many.
    pub fn filled(
        &self,
        first: Option<NaiveDate>,
        last: Option<NaiveDate>,
    ) -> BTreeMap<Option<NaiveDate>, BTreeMap<String, u64>> {
        let mut filled = self.weeks.clone();
        if let Some((first, last)) = first.zip(last).map(|(a, b)| (week(a), week(b)))
            && (last - first).num_weeks() < WEEKS_MAX
        {
            let mut monday = first;
            while monday <= last {
                filled.entry(Some(monday)).or_default();
                monday += TimeDelta::weeks(1);
            }
        }
        filled
    }
}

/// How many there were of something, and the last few of them.
#[derive(Clone, Debug)]
pub struct Latest<T> {
    /// How many there were.
    pub count: u64,
    kept: VecDeque<T>,
    most: usize,
}

impl<T> Latest<T> {
    /// Nothing yet; will keep `most`.
    pub fn new(most: usize) -> Self {
        Self { count: 0, kept: VecDeque::new(), most }
    }

    /// One more, made only if any is kept.
    pub fn add(&mut self, make: impl FnOnce() -> T) {
        self.count += 1;
        if self.most == 0 {
            return;
        }
        if self.kept.len() == self.most {
            self.kept.pop_front();
        }
        self.kept.push_back(make());
    }

    /// The last few, the last first.
    pub fn kept(&self) -> impl Iterator<Item = &T> {
        self.kept.iter().rev()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(at: &str, source: &str) -> Moment {
        let at = at.parse().ok();
        Moment { at, source: Some(source.to_owned()), ..Moment::of_words("T", "") }
    }

    #[test]
    fn hits_are_counted_by_week_and_source_and_weeks_without_any_are_shown() {
        let mut tally = Tally::default();
        for (at, source) in [
            ("2026-10-05T00:00:00Z", "a"),
            // Monday already in Seoul.
            ("2026-10-11T16:00:00Z", "a"),
            ("2026-10-25T00:00:00Z", "b"),
            ("never", "b"),
        ] {
            tally.add(&moment(at, source), Tz::Asia__Seoul);
        }
        assert_eq!(tally.sources(), [("a".to_owned(), 2), ("b".to_owned(), 2)]);
        let date = |text: &str| Some(text.parse::<NaiveDate>().unwrap());
        let weeks = tally.filled(date("2026-10-07"), date("2026-10-27"));
        let told: Vec<_> = weeks.iter().map(|(w, all)| (*w, all.values().sum::<u64>())).collect();
        assert_eq!(
            told,
            [
                (None, 1),
                (date("2026-10-05"), 1),
                (date("2026-10-12"), 1),
                (date("2026-10-19"), 1),
                (date("2026-10-26"), 0)
            ]
        );
        let ages = tally.filled(date("1990-01-01"), date("2026-10-27"));
        assert_eq!(ages.len(), 4, "thirty years of empty weeks are shown by nobody");
    }

    #[test]
    fn of_many_the_last_few_are_kept() {
        let mut latest = Latest::new(2);
        (0..5).for_each(|n| latest.add(|| n));
        assert_eq!((latest.count, latest.kept().copied().collect::<Vec<_>>()), (5, vec![4, 3]));
        let mut none = Latest::<u8>::new(0);
        none.add(|| unreachable!("nothing is made that is not kept"));
        assert_eq!(none.count, 1);
    }
}
