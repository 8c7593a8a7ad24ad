//! What an operator sees and does: paused receivers, the queue, dead deliveries, the ledger.
//!
//! Called by `cli` and `web`, beside a running daemon or without one.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::model::alert::DeliveryState;
use crate::store::error::Error;
use crate::store::record::{read_draft, time};
use crate::store::{Store, backlog, begin, deliveries, instant, millis};

/// A receiver that gets nothing for the time being.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paused {
    /// The receiver.
    pub receiver: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Why, in one line without secrets.
    pub reason: String,
}

/// A receiver that did not take what it was sent, and is tried again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failing {
    /// The receiver.
    pub receiver: String,
    /// Deliveries that were tried and wait.
    pub waiting: u64,
    /// When the oldest of them was made.
    pub since: DateTime<Utc>,
    /// When the next of them is due.
    pub next_try: DateTime<Utc>,
}

/// What came of resuming a receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resumed {
    /// Whether it was paused.
    pub was_paused: bool,
    /// Deliveries that waited for their next try and are due now.
    pub due: u64,
}

/// A delivery in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub id: Uuid,
    /// The receiver.
    pub receiver: String,
    /// The alert.
    pub alert: i64,
    /// The item's headline when the alert was raised, or `(unreadable)`.
    pub title: String,
    /// Where it stands.
    pub state: DeliveryState,
    /// Tries so far.
    pub attempts: u32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it is or was due.
    pub due_at: DateTime<Utc>,
    /// When it came to its end.
    pub finished_at: Option<DateTime<Utc>>,
    /// Why the last try failed.
    pub reason: Option<String>,
}

#[derive(FromRow)]
struct Row {
    id: String,
    receiver: String,
    alert: i64,
    // Bytes: dead letters with an unreadable alert are listed with the others.
    draft: Vec<u8>,
    attempts: i64,
    created_at: i64,
    due_at: i64,
    finished_at: Option<i64>,
    reason: Option<String>,
}

impl Store {
    /// Stops sending to a receiver; its deliveries wait.
    pub async fn pause_receiver(
        &self,
        receiver: &str,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let mut writer = self.writer().await;
        let mut tx = begin(&mut writer).await?;
        deliveries::pause(&mut tx, receiver, reason, now).await?;
        Ok(tx.commit().await?)
    }

    /// Sends to a paused receiver again, at once: its whole queue is due, the oldest first.
    pub async fn resume_receiver(
        &self,
        receiver: &str,
        now: DateTime<Utc>,
    ) -> Result<Resumed, Error> {
        let mut writer = self.writer().await;
        let mut tx = begin(&mut writer).await?;
        let done = sqlx::query(
            "UPDATE receiver_state SET paused_at = NULL, reason = NULL \
             WHERE receiver = $1 AND paused_at IS NOT NULL",
        )
        .bind(receiver)
        .execute(&mut *tx)
        .await?;
        let due = backlog::resumed(&mut tx, receiver, now).await?;
        // Whoever says that it is mended knows more than the wait that it asked for.
        sqlx::query("UPDATE receiver_state SET free_at = NULL WHERE receiver = $1")
            .bind(receiver)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(Resumed { was_paused: done.rows_affected() > 0, due })
    }

    /// The paused receivers, by name.
    pub async fn paused_receivers(&self) -> Result<Vec<Paused>, Error> {
        let rows: Vec<(String, i64, Option<String>)> = sqlx::query_as(
            "SELECT receiver, paused_at, reason FROM receiver_state \
             WHERE paused_at IS NOT NULL ORDER BY receiver",
        )
        .fetch_all(&self.readers)
        .await?;
        let paused = |(receiver, since, reason): (String, i64, Option<String>)| Paused {
            receiver,
            since: instant(since),
            reason: reason.unwrap_or_default(),
        };
        Ok(rows.into_iter().map(paused).collect())
    }

    /// The receivers for which deliveries wait that were tried before, by name.
    pub async fn failing_receivers(&self) -> Result<Vec<Failing>, Error> {
        let rows: Vec<(String, i64, i64, i64)> = sqlx::query_as(
            "SELECT receiver, count(*), min(created_at), min(due_at) FROM delivery \
             WHERE state = 'due' AND attempts > 0 GROUP BY receiver ORDER BY receiver",
        )
        .fetch_all(&self.readers)
        .await?;
        let failing = |(receiver, waiting, since, next_try): (String, i64, i64, i64)| Failing {
            receiver,
            waiting: waiting as u64,
            since: instant(since),
            next_try: instant(next_try),
        };
        Ok(rows.into_iter().map(failing).collect())
    }

    /// The receivers for which deliveries wait, with how many.
    pub async fn waiting(&self) -> Result<Vec<(String, u64)>, Error> {
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "SELECT receiver, count(*) FROM delivery WHERE state = $1 \
             GROUP BY receiver ORDER BY receiver",
        )
        .bind(DeliveryState::Due.name())
        .fetch_all(&self.readers)
        .await?;
        Ok(rows.into_iter().map(|(receiver, waiting)| (receiver, waiting as u64)).collect())
    }

    /// Makes a dead delivery due again under its old id; says whether it was dead.
    pub async fn requeue(&self, delivery: Uuid, now: DateTime<Utc>) -> Result<bool, Error> {
        let mut writer = self.writer().await;
        let mut tx = begin(&mut writer).await?;
        let done = sqlx::query(
            "UPDATE delivery SET state = 'due', due_at = $2, claimed_until = NULL, \
             finished_at = NULL WHERE id = $1 AND state = 'dead'",
        )
        .bind(delivery.to_string())
        .bind(millis(now))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    /// Makes all dead deliveries of a receiver due again; says how many.
    pub async fn requeue_dead(&self, receiver: &str, now: DateTime<Utc>) -> Result<u64, Error> {
        let mut writer = self.writer().await;
        let mut tx = begin(&mut writer).await?;
        let done = sqlx::query(
            "UPDATE delivery SET state = 'due', due_at = $2, claimed_until = NULL, \
             finished_at = NULL WHERE receiver = $1 AND state = 'dead'",
        )
        .bind(receiver)
        .bind(millis(now))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(done.rows_affected())
    }

    /// The youngest deliveries in one state, at most `limit`.
    pub async fn deliveries(&self, state: DeliveryState, limit: u32) -> Result<Vec<Listed>, Error> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT delivery.id, receiver, alert, draft, attempts, created_at, due_at, \
             finished_at, reason FROM delivery JOIN alert ON alert.id = delivery.alert \
             WHERE state = $1 ORDER BY delivery.id DESC LIMIT $2",
        )
        .bind(state.name())
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(|row| row.into_listed(state)).collect()
    }
}

impl Row {
    fn into_listed(self, state: DeliveryState) -> Result<Listed, Error> {
        let id = Uuid::parse_str(&self.id)
            .map_err(|e| Error::Record { what: "delivery id", detail: e.to_string() })?;
        Ok(Listed {
            id,
            receiver: self.receiver,
            alert: self.alert,
            title: title(&self.draft),
            state,
            attempts: self.attempts as u32,
            created_at: instant(self.created_at),
            due_at: instant(self.due_at),
            finished_at: time(self.finished_at),
            reason: self.reason,
        })
    }
}

/// The headline of a stored draft.
fn title(draft: &[u8]) -> String {
    let draft = std::str::from_utf8(draft).ok().and_then(|json| read_draft(json).ok());
    draft.map_or_else(|| "(unreadable)".to_owned(), |draft| draft.title)
}
