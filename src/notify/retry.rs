//! When a delivery is tried again, for all kinds of receiver.
//!
//! The waits are those of Standard Webhooks ("Deliverability and reliability") with one more near
//! the start: a delivery outlives a weekend.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::model::receiver::Verdict;

/// The wait before each attempt, in seconds; the first is made at once. 75 h 35 min in all.
const WAITS: [u64; 11] =
    [0, 5, 30, 5 * 60, 30 * 60, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];

const HOUR: u64 = 3600;

/// A receiver may ask for a wait up to this; more is taken for a mistake.
const AFTER_MAX: Duration = Duration::from_secs(24 * HOUR);

/// Waits grow by up to this share, so that receivers that failed together do not return together.
/// They never shrink: the sum promised is a least.
const JITTER: f64 = 0.2;

/// What happens to a delivery after an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// It is tried again then.
    At(DateTime<Utc>),
    /// It is given up: a dead letter, which can be replayed.
    Dead {
        /// Why.
        reason: String,
    },
    /// The receiver has it.
    Done,
    /// It waits until the operator opens its receiver again; this attempt does not count.
    Paused {
        /// Why.
        reason: String,
    },
}

/// The next step after `attempts` tries, the one just made included (so at least 1).
///
/// `random` is from 0 to 1. A wait that the receiver named is kept in full up to 24 h, and one
/// that is shorter than the schedule's gives way to the schedule.
pub fn next(attempts: u32, verdict: &Verdict, now: DateTime<Utc>, random: f64) -> Next {
    match verdict {
        Verdict::Delivered => Next::Done,
        Verdict::Refused { reason } => Next::Dead { reason: reason.clone() },
        Verdict::Closed { reason } => Next::Paused { reason: reason.clone() },
        Verdict::Retry { after, reason } => {
            let made = usize::try_from(attempts.max(1)).unwrap_or(usize::MAX);
            match WAITS.get(made) {
                Some(seconds) => {
                    let random = if random.is_finite() { random.clamp(0.0, 1.0) } else { 0.0 };
                    let planned = Duration::from_secs(*seconds).mul_f64(1.0 + JITTER * random);
                    let wait = planned.max(after.unwrap_or_default().min(AFTER_MAX));
                    Next::At(now + wait)
                }
                None => Next::Dead { reason: format!("gave up after {made} attempts: {reason}") },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retry(after: Option<u64>) -> Verdict {
        Verdict::Retry { after: after.map(Duration::from_secs), reason: "busy".to_owned() }
    }

    fn wait(attempts: u32, verdict: &Verdict, random: f64) -> i64 {
        match next(attempts, verdict, DateTime::UNIX_EPOCH, random) {
            Next::At(at) => at.timestamp(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_schedule_lasts_seventy_five_hours_whatever_the_jitter() {
        for random in [0.0, 0.5, 1.0, -3.0, 7.0, f64::NAN] {
            let waits: Vec<i64> = (1..=10).map(|made| wait(made, &retry(None), random)).collect();
            assert!(waits.iter().sum::<i64>() >= 75 * 3600, "{random}: {waits:?}");
            for (made, (wait, planned)) in waits.iter().zip(&WAITS[1..]).enumerate() {
                let planned = *planned as f64;
                assert!((*wait as f64) <= planned * 1.2 && (*wait as f64) >= planned, "{made}");
            }
        }
        let plain: Vec<i64> = (1..=10).map(|made| wait(made, &retry(None), 0.0)).collect();
        assert_eq!(plain, [5, 30, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]);
    }

    #[test]
    fn a_wait_that_the_receiver_names_is_kept_in_full_up_to_a_day() {
        let cases =
            [(1, 64, 64), (1, 3, 5), (1, 86_400, 86_400), (1, 999_999, 86_400), (5, 60, 7200)];
        for (made, named, wanted) in cases {
            assert_eq!(wait(made, &retry(Some(named)), 0.0), wanted, "{named} s");
        }
    }

    #[test]
    fn every_end_has_its_reason() {
        let now = DateTime::UNIX_EPOCH;
        let reason = || "why".to_owned();
        assert_eq!(next(1, &Verdict::Delivered, now, 0.5), Next::Done);
        assert_eq!(
            next(1, &Verdict::Refused { reason: reason() }, now, 0.5),
            Next::Dead { reason: reason() }
        );
        assert_eq!(
            next(40, &Verdict::Closed { reason: reason() }, now, 0.5),
            Next::Paused { reason: reason() }
        );
        assert_eq!(
            next(11, &retry(Some(1)), now, 0.5),
            Next::Dead { reason: "gave up after 11 attempts: busy".to_owned() }
        );
        assert_eq!(wait(0, &retry(None), 0.0), 5);
    }
}
