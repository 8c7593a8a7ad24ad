//! Wall clock against monotonic clock: a step back must not stop polls and deliveries.
//!
//! Due times are kept in wall-clock time. Whoever sets the clock back by an hour (a virtual machine
//! that resumes, a wrong time corrected) would silence the program for that hour; so the waits are
//! kept instead, by moving the rows. Asked by the tick of `schedule`.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::Instant;

use crate::store::error::Error;
use crate::work::Bench;

/// A smaller difference is left alone: clocks are slewed, and a poll half a minute late is no loss.
const STEP_MIN: TimeDelta = TimeDelta::seconds(30);

/// Where both clocks stood when they last agreed.
#[derive(Clone, Copy, Debug)]
pub struct Drift {
    wall: DateTime<Utc>,
    monotonic: Instant,
}

/// How the wall clock moved beside the monotonic one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// As it should.
    None,
    /// It went ahead by so much; or the machine slept.
    Ahead(Duration),
    /// It was set back by so much.
    Back(Duration),
}

impl Drift {
    /// Both clocks as they stand now.
    pub fn new(wall: DateTime<Utc>, monotonic: Instant) -> Self {
        Self { wall, monotonic }
    }

    /// How the wall clock has moved since they agreed.
    pub fn step(&self, wall: DateTime<Utc>, monotonic: Instant) -> Step {
        let passed = TimeDelta::from_std(monotonic.saturating_duration_since(self.monotonic));
        let ahead = (wall - self.wall) - passed.unwrap_or(TimeDelta::MAX);
        if ahead >= STEP_MIN {
            Step::Ahead(ahead.to_std().unwrap_or_default())
        } else if ahead <= -STEP_MIN {
            Step::Back((-ahead).to_std().unwrap_or_default())
        } else {
            Step::None
        }
    }

    /// Looks at both clocks and mends the store if the wall clock was set back. If the store
    /// refuses, the next look finds the same step again.
    pub async fn look(&mut self, bench: &Bench) -> Result<Step, Error> {
        let (wall, monotonic) = (bench.clock.now(), Instant::now());
        let step = self.step(wall, monotonic);
        match step {
            Step::None => return Ok(step),
            Step::Ahead(by) => {
                tracing::info!(
                    "the clock went ahead by {} s, or the machine slept; what fell due is done now",
                    by.as_secs()
                );
            }
            Step::Back(by) => {
                bench.store.step_back(by).await?;
                tracing::warn!(
                    "the clock was set back by {} s; all due times were moved with it",
                    by.as_secs()
                );
            }
        }
        *self = Self::new(wall, monotonic);
        Ok(step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_step_of_half_a_minute_and_more_counts_and_its_direction_is_told() {
        let (wall, monotonic) = (DateTime::UNIX_EPOCH, Instant::now());
        let drift = Drift::new(wall, monotonic);
        let later = monotonic + Duration::from_secs(100);
        let cases = [
            (100, Step::None),
            (71, Step::None),
            (129, Step::None),
            (70, Step::Back(Duration::from_secs(30))),
            (-3_500, Step::Back(Duration::from_hours(1))),
            (3_700, Step::Ahead(Duration::from_hours(1))),
        ];
        for (seconds, wanted) in cases {
            assert_eq!(drift.step(wall + TimeDelta::seconds(seconds), later), wanted, "{seconds}");
        }
    }
}
