//! What the log says of polls: each turn of a source's health once, then hourly.
//!
//! Owns the wording and the rhythm of these lines and decides nothing. It keeps no memory: whether a
//! line is due follows from when the trouble began and when the next poll is. Called by
//! `work::visit`.

use chrono::{DateTime, TimeDelta, Utc};

use crate::invocation;
use crate::lang::count::counted;
use crate::model::source::{Source, SourceState};
use crate::telemetry::POLLS;
use crate::work::judge::{Judged, Remark};
use crate::work::poll::Outcome;

/// A source that stays unhealthy is told of again after this.
const AGAIN: TimeDelta = TimeDelta::hours(1);

/// One poll that is done, and what is known around it.
pub struct Told<'a> {
    /// The source's id.
    pub source: &'a str,
    /// What was known before the poll.
    pub state: &'a SourceState,
    /// When it ended.
    pub now: DateTime<Utc>,
    /// When the next one is due.
    pub next: DateTime<Utc>,
}

impl Told<'_> {
    /// Tells of a poll: troubles when they begin and hourly, news when there is any, the rest to
    /// whoever debugs.
    pub fn poll(&self, outcome: &Outcome) {
        let (id, next) = (self.source, self.next.format("%Y-%m-%dT%H:%M:%SZ"));
        let was_unwell = self.state.failures > 0 || self.state.trouble.is_some();
        match outcome {
            Outcome::Failed { reason } => self.failure(reason),
            Outcome::Read { short: Some(short), .. }
                if !self.is_told(short) || self.is_due_again() =>
            {
                tracing::warn!(
                    target: POLLS,
                    { source.id = id },
                    "source {id}: {short}; what there is was read; next poll {next}"
                );
            }
            // What was remarked on a document holds while it is unchanged.
            Outcome::Unchanged if self.state.failures == 0 => self.quiet(outcome),
            Outcome::Read { short: None, .. } | Outcome::Unchanged if was_unwell => {
                tracing::info!(
                    target: POLLS,
                    { source.id = id },
                    "source {id} is well again; next poll {next}"
                );
            }
            Outcome::Read { items_new, alerts, baseline: false, .. } if *alerts > 0 => {
                tracing::info!(
                    target: POLLS,
                    { source.id = id },
                    "source {id}: {}, {}",
                    counted(*items_new, "new item", "new items"),
                    counted(*alerts, "alert", "alerts")
                );
            }
            _ => self.quiet(outcome),
        }
    }

    fn quiet(&self, outcome: &Outcome) {
        let (id, next) = (self.source, self.next.format("%Y-%m-%dT%H:%M:%SZ"));
        tracing::debug!(
            target: POLLS,
            { source.id = id },
            "source {id} polled: {}; next poll {next}",
            outcome.words()
        );
    }

    /// Whether this very remark was made at the poll before, perhaps with others: its numbers may change
    /// from poll to poll.
    fn is_told(&self, remark: &str) -> bool {
        let words = |text: &str| text.replace(|c: char| c.is_ascii_digit(), "");
        self.state.trouble.as_deref().is_some_and(|told| words(told).contains(&words(remark)))
    }

    fn failure(&self, reason: &str) {
        let (id, next) = (self.source, self.next.format("%Y-%m-%dT%H:%M:%SZ"));
        if self.state.failures == 0 {
            tracing::warn!(
                target: POLLS,
                { source.id = id },
                "source {id} failed: {reason}; next try {next}"
            );
            return;
        }
        let times = self.state.failures + 1;
        let since = self.state.unhealthy_since.unwrap_or(self.now).format("%Y-%m-%dT%H:%M:%SZ");
        if self.is_due_again() {
            tracing::warn!(
                target: POLLS,
                { source.id = id },
                "source {id} still fails, {times} times since {since}: {reason}; next try {next}"
            );
        } else {
            tracing::debug!(
                target: POLLS,
                { source.id = id },
                "source {id} failed again: {reason}; next try {next}"
            );
        }
    }

    /// Whether a whole number of hours since the trouble began passes between this poll and the next.
    fn is_due_again(&self) -> bool {
        // A remark on what was read is made once.
        let Some(since) = self.state.unhealthy_since else { return false };
        let hours = |at: DateTime<Utc>| (at - since).num_seconds().div_euclid(AGAIN.num_seconds());
        hours(self.next) > hours(self.now)
    }
}

/// What the operator must hear of a document that was read well.
pub fn notice(source: &Source, judged: &Judged) {
    let id = &source.id;
    if judged.remarks.contains(&Remark::Gap) {
        tracing::warn!(
            source.id = id,
            "source {id}: nothing in it was known, so items may have passed unseen since the last \
             poll; a shorter `every` closes the gap"
        );
    }
    if let Some(flood) = judged.flood() {
        let send = invocation::command(&format!("sources release {id} --send"));
        let held = match judged.held {
            0 => "no watch flags one of them".to_owned(),
            held => format!(
                "{} held until `{send}` or `--drop`",
                counted(held as u64, "alert is", "alerts are")
            ),
        };
        tracing::warn!(source.id = id, alerts.held = judged.held, "source {id}: {flood}; {held}");
    }
    if judged.remarks.contains(&Remark::Stock) {
        let items = judged.items.len();
        tracing::warn!(
            source.id = id,
            "source {id} was empty until now; its {items} items, most of them older than a week, are \
             taken for its stock, and what comes after them for news"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trouble_is_told_again_once_an_hour_however_often_the_source_is_asked() {
        let start = DateTime::UNIX_EPOCH;
        for minutes in [1, 7, 15, 59, 60, 61, 240] {
            let polls = 24 * 60 / minutes;
            let state =
                SourceState { unhealthy_since: Some(start), failures: 1, ..SourceState::default() };
            let told = (0..polls)
                .map(|n| start + TimeDelta::minutes(n * minutes))
                .map(|now| Told {
                    source: "s",
                    state: &state,
                    now,
                    next: now + TimeDelta::minutes(minutes),
                })
                .filter(Told::is_due_again)
                .count() as i64;
            let wanted = polls.min(24);
            assert!((told - wanted).abs() <= 1, "every {minutes} min: {told} lines, not {wanted}");
        }
    }
}
