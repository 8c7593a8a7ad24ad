//! Deliveries as a queue: claimed under a lease, finished with an attempt, never dropped.
//!
//! At least once: a worker that dies after sending and before finishing leaves a lease that runs
//! out, and the next try carries the same id. Called by `work::deliver`.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::{FromRow, SqliteConnection};
use uuid::Uuid;

use crate::model::alert::{Alert, Delivery};
use crate::model::receiver::Verdict;
use crate::store::error::Error;
use crate::store::{Store, backlog, begin, instant, millis, record};

/// How an attempt went, and what follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptResult {
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// What the receiver's answer means.
    pub verdict: Verdict,
    /// For `Verdict::Retry`: when to try again; `None` gives up, and the delivery is dead.
    pub retry_at: Option<DateTime<Utc>>,
    /// The HTTP status, if an answer came.
    pub status: Option<u16>,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// The receiver gets nothing before this time (its pace, or its `Retry-After`).
    pub free_at: Option<DateTime<Utc>>,
}

/// A delivery with its alert, as joined.
#[derive(FromRow)]
struct Row {
    id: String,
    receiver: String,
    attempts: i64,
    created_at: i64,
    alert: i64,
    item: i64,
    revision: i64,
    source: String,
    publisher: String,
    language: Option<String>,
    raised_at: i64,
    draft: String,
    decision: String,
}

impl Row {
    fn into_delivery(self, also: Vec<String>) -> Result<Delivery, Error> {
        let alert = Alert {
            id: self.alert,
            item: self.item,
            revision: self.revision as u32,
            source: self.source,
            publisher: self.publisher,
            also,
            draft: record::read_draft(&self.draft)?,
            language: self.language,
            decision: record::read_decision(&self.decision)?,
            raised_at: instant(self.raised_at),
        };
        let id = Uuid::parse_str(&self.id)
            .map_err(|e| Error::Record { what: "delivery id", detail: e.to_string() })?;
        let created_at = instant(self.created_at);
        Ok(Delivery {
            id,
            receiver: self.receiver,
            alert,
            attempts: self.attempts as u32,
            created_at,
        })
    }
}

impl Store {
    /// Claims up to `limit` due deliveries, at most one a receiver: of what is due for it the alert
    /// that was raised first. A receiver that is paused, is not free yet, or has one in flight gets none. One whose alert cannot be
    /// read back is dead, with the reason, and its receiver's next one is due at the next claim.
    pub async fn claim_deliveries(
        &self,
        receivers: &[&str],
        now: DateTime<Utc>,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<Delivery>, Error> {
        let mut due = Vec::new();
        for receiver in receivers {
            if let Some((due_at, id)) = self.next_delivery(receiver, now).await? {
                due.push((due_at, id));
            }
        }
        due.sort();
        due.truncate(limit);
        if due.is_empty() {
            return Ok(Vec::new());
        }
        let mut writer = self.writer().await;
        let mut tx = begin(&mut writer).await?;
        let mut claimed = Vec::with_capacity(due.len());
        for (_, id) in due {
            if !claim(&mut tx, &id, now, lease).await? {
                continue;
            }
            match read(&mut tx, &id).await {
                Ok(delivery) => claimed.push(delivery),
                // It would be as unreadable next time, and stop the others each time.
                Err(error @ Error::Record { .. }) => {
                    bury(&mut tx, &id, &error.to_string(), now).await?;
                }
                Err(error) => return Err(error),
            }
        }
        tx.commit().await?;
        Ok(claimed)
    }

    /// The delivery that a receiver would get now.
    async fn next_delivery(
        &self,
        receiver: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<(i64, String)>, Error> {
        Ok(sqlx::query_as(
            "SELECT due_at, id FROM delivery WHERE receiver = $1 AND state = 'due' AND due_at <= $2 \
             AND NOT EXISTS (SELECT 1 FROM delivery AS flying WHERE flying.receiver = $1 \
                 AND flying.state = 'due' AND flying.claimed_until > $2) \
             AND NOT EXISTS (SELECT 1 FROM receiver_state WHERE receiver_state.receiver = $1 \
                 AND (paused_at IS NOT NULL OR free_at > $2)) \
             ORDER BY alert LIMIT 1",
        )
        .bind(receiver)
        .bind(millis(now))
        .fetch_optional(&self.readers)
        .await?)
    }

    /// Records an attempt and what follows from it, whatever it was. A success makes due what waits
    /// for the same receiver because it was away.
    pub async fn finish_attempt(
        &self,
        delivery: Uuid,
        result: &AttemptResult,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let id = delivery.to_string();
        let mut writer = self.writer().await;
        let mut tx = begin(&mut writer).await?;
        // A closed receiver says nothing about the delivery: its tries are not used up by it.
        let counted = !matches!(result.verdict, Verdict::Closed { .. });
        let receiver: Option<String> = sqlx::query_scalar(
            "UPDATE delivery SET attempts = attempts + $2, claimed_until = NULL WHERE id = $1 \
             RETURNING receiver",
        )
        .bind(&id)
        .bind(i64::from(counted))
        .fetch_optional(&mut *tx)
        .await?;
        let Some(receiver) = receiver else {
            return Err(Error::Unknown { what: "delivery", id });
        };
        write_attempt(&mut tx, &id, result).await?;
        settle(&mut tx, &id, result, now).await?;
        match &result.verdict {
            Verdict::Delivered => drop(backlog::recovered(&mut tx, &receiver, &id, now).await?),
            Verdict::Closed { reason } => pause(&mut tx, &receiver, reason, now).await?,
            Verdict::Retry { .. } | Verdict::Refused { .. } => {}
        }
        if let Some(free_at) = result.free_at {
            sqlx::query(
                "INSERT INTO receiver_state (receiver, free_at) VALUES ($1, $2) \
                 ON CONFLICT (receiver) DO UPDATE SET free_at = excluded.free_at",
            )
            .bind(&receiver)
            .bind(millis(free_at))
            .execute(&mut *tx)
            .await?;
        }
        Ok(tx.commit().await?)
    }
}

/// Takes the lease of a delivery; `false` if it is no longer free.
async fn claim(
    tx: &mut SqliteConnection,
    id: &str,
    now: DateTime<Utc>,
    lease: Duration,
) -> Result<bool, Error> {
    // Asked again under the write lock: another process may have claimed for this receiver since.
    let done = sqlx::query(
        "UPDATE delivery SET claimed_until = $3 WHERE id = $1 AND state = 'due' AND NOT EXISTS \
         (SELECT 1 FROM delivery AS flying WHERE flying.receiver = delivery.receiver \
          AND flying.state = 'due' AND flying.claimed_until > $2)",
    )
    .bind(id)
    .bind(millis(now))
    .bind(millis(now + lease))
    .execute(tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Reads a delivery with its alert; `Error::Record` if what is stored makes no sense.
async fn read(tx: &mut SqliteConnection, id: &str) -> Result<Delivery, Error> {
    let row: Result<Row, sqlx::Error> = sqlx::query_as(
        "SELECT delivery.id, receiver, attempts, created_at, alert.id AS alert, item, revision, \
         source, publisher, language, raised_at, draft, decision \
         FROM delivery JOIN alert ON alert.id = delivery.alert WHERE delivery.id = $1",
    )
    .bind(id)
    .fetch_one(&mut *tx)
    .await;
    let row = row.map_err(|error| match error {
        sqlx::Error::ColumnDecode { index, source } => {
            Error::Record { what: "alert", detail: format!("{index}: {source}") }
        }
        other => other.into(),
    })?;
    let also: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT publisher FROM alert_also WHERE alert = $1 AND publisher <> $2 ORDER BY item",
    )
    .bind(row.alert)
    .bind(&row.publisher)
    .fetch_all(tx)
    .await?;
    row.into_delivery(also)
}

/// Makes a delivery dead that was never sent.
async fn bury(
    tx: &mut SqliteConnection,
    id: &str,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query(
        "UPDATE delivery SET state = 'dead', reason = $2, claimed_until = NULL, finished_at = $3 \
         WHERE id = $1",
    )
    .bind(id)
    .bind(reason)
    .bind(millis(now))
    .execute(tx)
    .await?;
    Ok(())
}

/// Writes the row of an attempt, numbered on from the last; those that do not count have one too.
async fn write_attempt(
    tx: &mut SqliteConnection,
    id: &str,
    result: &AttemptResult,
) -> Result<(), Error> {
    let (verdict, reason) = match &result.verdict {
        Verdict::Delivered => ("delivered", None),
        Verdict::Retry { reason, .. } => ("retry", Some(reason)),
        Verdict::Refused { reason } => ("refused", Some(reason)),
        Verdict::Closed { reason } => ("closed", Some(reason)),
    };
    sqlx::query(
        "INSERT INTO attempt (delivery, number, started_at, duration_ms, verdict, status, reason) \
         VALUES ($1, (SELECT COALESCE(MAX(number), 0) + 1 FROM attempt WHERE delivery = $1), \
         $2, $3, $4, $5, $6)",
    )
    .bind(id)
    .bind(millis(result.started_at))
    .bind(result.duration_ms as i64)
    .bind(verdict)
    .bind(result.status.map(i64::from))
    .bind(reason)
    .execute(tx)
    .await?;
    Ok(())
}

/// Moves the delivery on. What is delivered stays delivered, even if a second worker, after a lease
/// that ran out, comes back with less.
async fn settle(
    tx: &mut SqliteConnection,
    id: &str,
    result: &AttemptResult,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let (state, due_at, reason) = match &result.verdict {
        Verdict::Delivered => ("delivered", None, None),
        Verdict::Retry { reason, .. } => match result.retry_at {
            Some(at) => ("due", Some(at), Some(reason)),
            None => ("dead", None, Some(reason)),
        },
        Verdict::Refused { reason } => ("dead", None, Some(reason)),
        Verdict::Closed { reason } => ("due", None, Some(reason)),
    };
    sqlx::query(
        "UPDATE delivery SET state = $2, due_at = COALESCE($3, due_at), reason = $4, \
         finished_at = CASE WHEN $2 = 'due' THEN NULL ELSE $5 END \
         WHERE id = $1 AND (state = 'due' OR $2 = 'delivered')",
    )
    .bind(id)
    .bind(state)
    .bind(due_at.map(millis))
    .bind(reason)
    .bind(millis(now))
    .execute(tx)
    .await?;
    Ok(())
}

/// Stops sending to a receiver; the first reason stands until it is resumed.
pub(super) async fn pause(
    tx: &mut SqliteConnection,
    receiver: &str,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO receiver_state (receiver, paused_at, reason) VALUES ($1, $2, $3) \
         ON CONFLICT (receiver) DO UPDATE SET paused_at = excluded.paused_at, \
         reason = excluded.reason WHERE receiver_state.paused_at IS NULL",
    )
    .bind(receiver)
    .bind(millis(now))
    .bind(reason)
    .execute(tx)
    .await?;
    Ok(())
}
