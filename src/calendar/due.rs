//! When a source is polled next: the user's interval, the publisher's wishes, backoff, jitter.
//!
//! `work::poll` asks after each poll, `daemon` at the start.

use std::time::Duration;

use chrono::{DateTime, Datelike, Days, NaiveTime, TimeDelta, Timelike, Utc, Weekday};

use crate::model::source::Source;

/// No wish of a publisher delays a poll beyond this.
const WISH_MAX: Duration = Duration::from_hours(24);

/// A source that says it is gone for good is asked once in this long: a word that was a slip is
/// found out, and nobody is pestered.
const GONE_WAIT: Duration = Duration::from_hours(24);

/// No run of failures delays a poll beyond this (or four intervals, if that is less).
const BACKOFF_MAX: Duration = Duration::from_hours(6);

/// The first wait after a failure of a source that was never read.
const FIRST_WAIT: Duration = Duration::from_mins(1);

/// The share of the interval by which a poll may come later, so that sources drift apart.
const JITTER: f64 = 0.1;

/// What a publisher says of when to come back.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// `Cache-Control: max-age` or `Expires`.
    pub fresh_for: Option<Duration>,
    /// RSS `ttl`.
    pub ttl: Option<Duration>,
    /// `Retry-After`.
    pub retry_after: Option<Duration>,
    /// RSS `skipHours`, 0–23 in UTC.
    pub skip_hours: Vec<u8>,
    /// RSS `skipDays`, in UTC.
    pub skip_days: Vec<Weekday>,
}

impl Wishes {
    /// How long the publisher says that its answer may be kept.
    pub fn promised(&self) -> Duration {
        self.fresh_for.into_iter().chain(self.ttl).max().unwrap_or_default()
    }
}

/// The next poll after one that succeeded. `chance` is between 0 and 1.
pub fn after_success(
    source: &Source,
    wishes: &Wishes,
    now: DateTime<Utc>,
    chance: f64,
) -> DateTime<Utc> {
    let asked = wishes.retry_after.unwrap_or_default().min(WISH_MAX);
    let wait = source.every.max(cached_for(source, wishes)).max(asked);
    let at = now + delta(wait + jitter(source.every, chance));
    past_skips(at, wishes, now + delta(WISH_MAX))
}

/// For how long the publisher's wish that its answer be kept is honoured: at most a day, or as long
/// as the source's `cache_max` allows.
pub fn cached_for(source: &Source, wishes: &Wishes) -> Duration {
    let most = source.cache_max.unwrap_or(WISH_MAX).min(WISH_MAX);
    wishes.promised().min(most)
}

/// The next poll after an answer that the source is gone for good (410).
pub fn after_gone(
    source: &Source,
    retry_after: Option<Duration>,
    now: DateTime<Utc>,
    chance: f64,
) -> DateTime<Utc> {
    let asked = retry_after.unwrap_or_default().min(WISH_MAX);
    now + delta(source.every.max(GONE_WAIT).max(asked) + jitter(source.every, chance))
}

/// The next poll after a failure, the `failures`th in a row. A source that was never read (`known` is
/// false) is tried again sooner: at a first start the network may come up a little later.
pub fn after_failure(
    source: &Source,
    failures: u32,
    known: bool,
    retry_after: Option<Duration>,
    now: DateTime<Utc>,
    chance: f64,
) -> DateTime<Utc> {
    let most = (source.every * 4).min(BACKOFF_MAX).max(source.every);
    let first = if known { source.every } else { source.every.min(FIRST_WAIT) };
    let wait = (first * 2_u32.saturating_pow(failures.min(16).saturating_sub(1))).min(most);
    let wait = wait.max(retry_after.unwrap_or_default().min(WISH_MAX));
    now + delta(wait + jitter(first, chance))
}

/// When sources that were never polled are due: one after the other, so that the start is no burst,
/// the first at once.
pub fn spread(index: usize, count: usize, now: DateTime<Utc>) -> DateTime<Utc> {
    /// Between two first polls; a handful of sources answers within a second.
    const STEP_MS: u64 = 50;
    /// All first polls are made within this.
    const WINDOW_MS: u64 = 60_000;
    let step = STEP_MS.min(WINDOW_MS / count.max(1) as u64);
    now + delta(Duration::from_millis(step * index as u64))
}

fn jitter(every: Duration, chance: f64) -> Duration {
    every.mul_f64(JITTER * chance.clamp(0.0, 1.0))
}

fn delta(wait: Duration) -> TimeDelta {
    TimeDelta::from_std(wait).unwrap_or(TimeDelta::MAX)
}

/// The first instant from `from` on that the publisher does not ask to skip, `latest` at the latest:
/// a feed that skips every hour of every day is polled all the same.
fn past_skips(from: DateTime<Utc>, wishes: &Wishes, latest: DateTime<Utc>) -> DateTime<Utc> {
    let mut at = from;
    while at < latest {
        if wishes.skip_days.contains(&at.weekday()) {
            at = (at.date_naive() + Days::new(1)).and_time(NaiveTime::MIN).and_utc();
        } else if wishes.skip_hours.contains(&(at.hour() as u8)) {
            at = at.with_minute(0).and_then(|at| at.with_second(0)).unwrap_or(at)
                + TimeDelta::hours(1);
        } else {
            return at;
        }
    }
    latest.max(from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fault::Place;
    use crate::model::source::{Egress, Expect, SourceKind};

    fn source(every: Duration) -> Source {
        Source {
            id: "s".into(),
            title: "S".into(),
            kind: SourceKind::Feed,
            url: "https://s.example/feed".parse().unwrap(),
            every,
            own_host: false,
            timezone: chrono_tz::UTC,
            language: None,
            implies: Vec::new(),
            expect: Expect { items_min: 1, silence_max: None },
            backfill: None,
            cache_max: None,
            headers: Vec::new(),
            encoding: None,
            identity: None,
            egress: Egress::default(),
            enabled: true,
            place: Place::file("t"),
        }
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    const QUARTER: Duration = Duration::from_mins(15);

    #[test]
    fn the_publishers_longest_wish_wins_over_the_interval_but_not_over_a_day() {
        let now = at("2026-11-23T10:00:00Z");
        let wishes =
            |seconds| Wishes { fresh_for: Some(Duration::from_secs(seconds)), ..Wishes::default() };
        let next = |wishes: &Wishes| after_success(&source(QUARTER), wishes, now, 0.0);
        assert_eq!(next(&wishes(60)), at("2026-11-23T10:15:00Z"));
        assert_eq!(next(&wishes(7_200)), at("2026-11-23T12:00:00Z"));
        assert_eq!(next(&wishes(10_000_000)), at("2026-11-24T10:00:00Z"));
        let both = Wishes { ttl: Some(Duration::from_hours(1)), ..wishes(60) };
        assert_eq!(next(&both), at("2026-11-23T11:00:00Z"));
    }

    #[test]
    fn what_may_be_kept_for_a_year_is_polled_daily_and_cache_max_lifts_it() {
        let now = at("2026-11-23T10:00:00Z");
        let year = Some(Duration::from_hours(365 * 24));
        let hour = Duration::from_hours(1);
        let next = |cache_max, wishes: &Wishes| {
            let source = Source { cache_max, ..source(QUARTER) };
            (after_success(&source, wishes, now, 0.0) - now).num_minutes()
        };
        for wishes in [
            Wishes { fresh_for: year, ..Wishes::default() },
            Wishes { ttl: year, ..Wishes::default() },
        ] {
            assert_eq!(next(None, &wishes), 24 * 60);
            assert_eq!(next(Some(hour), &wishes), 60);
            assert_eq!(next(Some(hour * 48), &wishes), 24 * 60, "a day is the most");
            assert_eq!(next(Some(Duration::ZERO), &wishes), 15, "never sooner than every");
        }
        let short = Wishes { fresh_for: Some(QUARTER * 2), ..Wishes::default() };
        assert_eq!(next(Some(hour), &short), 30);
        // A host that asks to be left alone is no cache, and skipped hours are no promise.
        let asked = Wishes { retry_after: Some(hour * 3), ..Wishes::default() };
        assert_eq!(next(Some(hour), &asked), 180);
        let skips = Wishes { skip_hours: vec![10, 11], ..Wishes::default() };
        assert_eq!(next(Some(hour), &skips), 120);
    }

    #[test]
    fn what_is_gone_for_good_is_asked_once_a_day() {
        let now = at("2026-11-23T10:00:00Z");
        let hours = |every, asked| (after_gone(&source(every), asked, now, 0.0) - now).num_hours();
        assert_eq!(hours(QUARTER, None), 24);
        assert_eq!(hours(Duration::from_hours(72), None), 72, "never sooner than its interval");
        assert_eq!(hours(QUARTER, Some(Duration::from_hours(900))), 24);
        let late = after_gone(&source(QUARTER), None, now, 1.0) - now;
        assert_eq!(late.num_minutes(), 24 * 60 + 1);
    }

    #[test]
    fn skipped_hours_and_days_are_passed_over() {
        let now = at("2026-11-20T23:50:00Z");
        let hours = Wishes { skip_hours: vec![0, 1], ..Wishes::default() };
        assert_eq!(after_success(&source(QUARTER), &hours, now, 0.0), at("2026-11-21T02:00:00Z"));
        let days = Wishes { skip_days: vec![Weekday::Sat], ..Wishes::default() };
        assert_eq!(after_success(&source(QUARTER), &days, now, 0.0), at("2026-11-21T23:50:00Z"));
    }

    #[test]
    fn a_feed_that_skips_every_hour_is_polled_within_a_day() {
        let now = at("2026-11-20T23:50:00Z");
        let never = Wishes { skip_hours: (0..24).collect(), ..Wishes::default() };
        assert!(after_success(&source(QUARTER), &never, now, 0.0) <= now + TimeDelta::hours(24));
    }

    #[test]
    fn failures_back_off_to_four_intervals_or_six_hours_whichever_is_less() {
        let now = at("2026-11-23T10:00:00Z");
        let wait = |every, failures| {
            (after_failure(&source(every), failures, true, None, now, 0.0) - now).num_minutes()
        };
        assert_eq!([1, 2, 3, 4, 40].map(|n| wait(QUARTER, n)), [15, 30, 60, 60, 60]);
        assert_eq!(wait(Duration::from_hours(3), 9), 360);
        assert_eq!(wait(Duration::from_hours(12), 9), 720, "never sooner than its interval");
    }

    #[test]
    fn a_source_that_was_never_read_is_tried_again_within_a_minute_or_two() {
        let now = at("2026-11-23T10:00:00Z");
        let wait = |failures| {
            (after_failure(&source(QUARTER), failures, false, None, now, 0.0) - now).num_minutes()
        };
        assert_eq!([1, 2, 3, 4, 5, 6, 7].map(wait), [1, 2, 4, 8, 16, 32, 60]);
    }

    #[test]
    fn a_retry_after_is_honoured_in_full_up_to_a_day() {
        let now = at("2026-11-23T10:00:00Z");
        let wait = |seconds| {
            let asked = Some(Duration::from_secs(seconds));
            (after_failure(&source(QUARTER), 1, true, asked, now, 0.0) - now).num_seconds()
        };
        assert_eq!(wait(7_200), 7_200);
        assert_eq!(wait(9_000_000), 86_400);
    }

    #[test]
    fn jitter_only_ever_delays() {
        let now = at("2026-11-23T10:00:00Z");
        let next = |chance| after_success(&source(QUARTER), &Wishes::default(), now, chance);
        assert_eq!(next(0.0), at("2026-11-23T10:15:00Z"));
        assert_eq!(next(1.0), at("2026-11-23T10:16:30Z"));
    }

    #[test]
    fn a_thousand_first_polls_are_spread_over_a_minute_and_thirteen_over_less_than_one_second() {
        let now = at("2026-11-23T10:00:00Z");
        assert_eq!(spread(0, 1_000, now), now);
        assert_eq!((spread(999, 1_000, now) - now).num_seconds(), 49);
        assert!((spread(12, 13, now) - now).num_milliseconds() < 1_000);
        assert!((spread(9_999, 10_000, now) - now).num_seconds() <= 60);
    }
}
