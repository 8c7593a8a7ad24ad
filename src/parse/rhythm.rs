//! The publisher's wishes on how often to come: `ttl`, `skipHours`, `skipDays`, `sy:`.
//!
//! Must never know a clock; what is done with the wishes is the poller's business. Called by
//! `complete`.

use std::time::Duration;

use chrono::Weekday;

use crate::parse::complete::note::Note;
use crate::parse::complete::vocabulary::Field;

/// Longer wishes are mistakes: a feed that says "yearly" still has news today.
const WISH_MAX: Duration = Duration::from_hours(7 * 24);

/// How often a publisher wishes to be asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rhythm {
    /// The least wait between two polls, at most a week.
    pub ttl: Option<Duration>,
    /// Hours without news, 0 to 23 in UTC (RSS 2.0 says GMT), sorted.
    pub skip_hours: Vec<u8>,
    /// Days without news, Monday first.
    pub skip_days: Vec<Weekday>,
}

/// Reads the wishes out of what a feed says of itself.
pub fn read(feed: &Note<'_>) -> Rhythm {
    let minutes = feed
        .best(Field::Ttl)
        .and_then(|fact| fact.value.trim().parse::<u64>().ok())
        .filter(|&minutes| minutes > 0);
    let ttl = minutes.map(|minutes| Duration::from_secs(minutes.saturating_mul(60)));
    // RSS 0.92 counted hours from 1 to 24, and 24 is midnight in both ways of counting.
    let hours =
        feed.all(Field::SkipHour).iter().filter_map(|fact| fact.value.trim().parse::<u8>().ok());
    let mut skip_hours: Vec<u8> = hours.filter(|&hour| hour <= 24).map(|hour| hour % 24).collect();
    skip_hours.sort_unstable();
    skip_hours.dedup();
    let days = feed
        .all(Field::SkipDay)
        .iter()
        .filter_map(|fact| fact.value.trim().parse::<Weekday>().ok());
    let mut skip_days: Vec<Weekday> = days.collect();
    skip_days.sort_by_key(Weekday::num_days_from_monday);
    skip_days.dedup();
    Rhythm {
        ttl: ttl.into_iter().chain(period(feed)).max().map(|wish| wish.min(WISH_MAX)),
        skip_hours,
        skip_days,
    }
}

/// `sy:updatePeriod` divided by `sy:updateFrequency`.
fn period(feed: &Note<'_>) -> Option<Duration> {
    let hours = match feed.best(Field::Period)?.value.trim().to_ascii_lowercase().as_str() {
        "hourly" => 1,
        "daily" => 24,
        "weekly" => 7 * 24,
        "monthly" => 30 * 24,
        "yearly" => 365 * 24,
        _ => return None,
    };
    let times = feed
        .best(Field::Frequency)
        .and_then(|fact| fact.value.trim().parse::<u32>().ok())
        .unwrap_or(1)
        .max(1);
    Some(Duration::from_hours(hours) / times)
}
