//! What the tick, the health page and the commands ask: can it be written, what is next, how much.
//!
//! Read by `web` and the workers' clocks; writes one row to prove that writing works.

use std::collections::HashSet;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;

use crate::store::error::Error;
use crate::store::{Store, begin, instant, millis};

/// How much there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Sources that have a row.
    pub sources: u64,
    /// Of these, unhealthy ones.
    pub sources_unhealthy: u64,
    /// Items.
    pub items: u64,
    /// Alerts.
    pub alerts: u64,
    /// Deliveries that wait, those of paused receivers included.
    pub deliveries_due: u64,
    /// Deliveries given up.
    pub deliveries_dead: u64,
    /// Receivers that are paused.
    pub receivers_paused: u64,
}

impl Store {
    /// Proves that the store can be written, by writing: one row, down to the disk. Not for every
    /// question: it waits for the writer's turn.
    pub async fn writable(&self, now: DateTime<Utc>) -> Result<(), Error> {
        let mut writer = self.writer().await;
        let mut tx = begin(&mut writer).await?;
        sqlx::query(
            "INSERT INTO heartbeat (id, at) VALUES (1, $1) \
             ON CONFLICT (id) DO UPDATE SET at = excluded.at",
        )
        .bind(millis(now))
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// When one of these sources, or a delivery for one of these receivers, is due next; may lie in
    /// the past. What is being worked on counts from the end of its lease, what is paused not at all.
    pub async fn next_due(
        &self,
        sources: &[&str],
        receivers: &[&str],
    ) -> Result<Option<DateTime<Utc>>, Error> {
        let sources: HashSet<&str> = sources.iter().copied().collect();
        let mut next = self.source_due(&sources).await?;
        for receiver in receivers {
            let at = self.receiver_due(receiver).await?;
            next = [next, at].into_iter().flatten().min();
        }
        Ok(next.map(instant))
    }

    /// When the soonest of these sources is due. Reads in order and stops at the first, because
    /// this is asked at every tick.
    async fn source_due(&self, among: &HashSet<&str>) -> Result<Option<i64>, Error> {
        let claimed: Vec<(String, i64)> = sqlx::query_as(
            "SELECT id, CASE WHEN claimed_until > due_at THEN claimed_until ELSE due_at END \
             FROM source WHERE claimed_until IS NOT NULL",
        )
        .fetch_all(&self.readers)
        .await?;
        let mut next =
            claimed.iter().filter(|(id, _)| among.contains(id.as_str())).map(|(_, at)| *at).min();
        let mut free = sqlx::query_as::<_, (String, i64)>(
            "SELECT id, due_at FROM source WHERE claimed_until IS NULL ORDER BY due_at",
        )
        .fetch(&self.readers);
        while let Some((id, at)) = free.try_next().await? {
            if among.contains(id.as_str()) {
                next = [next, Some(at)].into_iter().flatten().min();
                break;
            }
        }
        Ok(next)
    }

    /// When a receiver's next delivery is due, if it has one and is not paused.
    async fn receiver_due(&self, receiver: &str) -> Result<Option<i64>, Error> {
        let row: Option<(i64, Option<i64>, Option<i64>)> = sqlx::query_as(
            "SELECT due_at, (SELECT max(claimed_until) FROM delivery AS flying \
                 WHERE flying.receiver = $1 AND flying.state = 'due'), \
             (SELECT free_at FROM receiver_state WHERE receiver_state.receiver = $1) \
             FROM delivery WHERE receiver = $1 AND state = 'due' \
             AND NOT EXISTS (SELECT 1 FROM receiver_state \
                 WHERE receiver_state.receiver = $1 AND paused_at IS NOT NULL) \
             ORDER BY due_at LIMIT 1",
        )
        .bind(receiver)
        .fetch_optional(&self.readers)
        .await?;
        Ok(row.and_then(|(due, lease, free)| [Some(due), lease, free].into_iter().flatten().max()))
    }

    /// For how long the oldest delivery that could be sent has been due, among these receivers;
    /// paused ones are not counted, because their operator was told.
    pub async fn oldest_due_delivery(
        &self,
        receivers: &[&str],
        now: DateTime<Utc>,
    ) -> Result<Option<Duration>, Error> {
        let mut oldest: Option<i64> = None;
        for receiver in receivers {
            let at: Option<i64> = sqlx::query_scalar(
                "SELECT due_at FROM delivery WHERE receiver = $1 AND state = 'due' AND due_at <= $2 \
                 AND NOT EXISTS (SELECT 1 FROM receiver_state \
                     WHERE receiver_state.receiver = $1 AND paused_at IS NOT NULL) \
                 ORDER BY due_at LIMIT 1",
            )
            .bind(receiver)
            .bind(millis(now))
            .fetch_optional(&self.readers)
            .await?;
            oldest = [oldest, at].into_iter().flatten().min();
        }
        Ok(oldest.map(|at| Duration::from_millis((millis(now) - at).max(0) as u64)))
    }

    /// How much there is of everything. Reads an index of items whole: not for every tick.
    pub async fn counts(&self) -> Result<Counts, Error> {
        let row: (i64, i64, i64, i64, i64, i64, i64) = sqlx::query_as(
            "SELECT (SELECT count(*) FROM source), \
             (SELECT count(*) FROM source WHERE unhealthy_since IS NOT NULL), \
             (SELECT count(*) FROM item), (SELECT count(*) FROM alert), \
             (SELECT count(*) FROM delivery WHERE state = 'due'), \
             (SELECT count(*) FROM delivery WHERE state = 'dead'), \
             (SELECT count(*) FROM receiver_state WHERE paused_at IS NOT NULL)",
        )
        .fetch_one(&self.readers)
        .await?;
        Ok(Counts {
            sources: row.0 as u64,
            sources_unhealthy: row.1 as u64,
            items: row.2 as u64,
            alerts: row.3 as u64,
            deliveries_due: row.4 as u64,
            deliveries_dead: row.5 as u64,
            receivers_paused: row.6 as u64,
        })
    }
}
