//! A wall clock that stepped back: due times and leases are moved back with it.
//!
//! They are rows in wall-clock time, so that they outlive a restart; after a step back of an hour they
//! would all lie an hour too far ahead, and nothing would be polled or delivered meanwhile. A step
//! forward needs no help: things are due early. Called by `work::drift` and `daemon`.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::store::error::Error;
use crate::store::{Store, begin, millis};

impl Store {
    /// Moves every due time and lease back, after the clock was.
    pub async fn step_back(&self, by: Duration) -> Result<(), Error> {
        let by = by.as_millis() as i64;
        let mut writer = self.writer().await;
        let mut tx = begin(&mut writer).await?;
        for statement in [
            "UPDATE source SET due_at = due_at - $1, claimed_until = claimed_until - $1",
            "UPDATE delivery SET due_at = due_at - $1, claimed_until = claimed_until - $1 \
             WHERE state = 'due'",
            "UPDATE receiver_state SET free_at = free_at - $1",
        ] {
            sqlx::query(statement).bind(by).execute(&mut *tx).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Mends what an earlier run left behind whose clock was ahead of ours: a source keeps the wait
    /// that it had after its last poll, a delivery the one after its last attempt. Says how many rows
    /// were moved; an ordinary start moves none.
    pub async fn mend_future(&self, now: DateTime<Utc>) -> Result<u64, Error> {
        let mut writer = self.writer().await;
        let mut tx = begin(&mut writer).await?;
        let mut moved = 0;
        for statement in [
            "UPDATE source SET due_at = $1 + max(0, due_at - last.at) FROM \
             (SELECT source, finished_at AS at, max(id) FROM poll GROUP BY source) AS last \
             WHERE last.source = source.id AND last.at > $1 AND due_at > $1",
            "UPDATE delivery SET due_at = $1 + max(0, due_at - last.at) FROM \
             (SELECT delivery, started_at AS at, max(number) FROM attempt GROUP BY delivery) AS last \
             WHERE last.delivery = delivery.id AND state = 'due' AND last.at > $1 AND due_at > $1",
            "UPDATE delivery SET due_at = $1 \
             WHERE state = 'due' AND attempts = 0 AND created_at > $1 AND due_at > $1",
        ] {
            let done = sqlx::query(statement).bind(millis(now)).execute(&mut *tx).await?;
            moved += done.rows_affected();
        }
        tx.commit().await?;
        Ok(moved)
    }
}
