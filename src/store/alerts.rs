//! Alerts and the deliveries born with them, written by `polls` inside its transaction.
//!
//! An alert holds what the item said when it was raised: what is sent at the tenth try is what was
//! found, whatever became of the item since.

use chrono::{DateTime, Utc};
use sqlx::SqliteConnection;
use uuid::{NoContext, Timestamp, Uuid};

use crate::model::alert::DeliveryState;
use crate::store::error::Error;
use crate::store::polls::{Evaluated, Poll};
use crate::store::recognise::Recognition;
use crate::store::{millis, record};

/// Raises the next alert of an item with one delivery a receiver; gives its number and that of the
/// deliveries. An item that did not change is told once at most, however often it is asked for.
pub(super) async fn raise(
    tx: &mut SqliteConnection,
    poll: &Poll<'_>,
    item: i64,
    evaluated: &Evaluated,
    now: DateTime<Utc>,
) -> Result<Option<(i64, usize)>, Error> {
    let told: i64 =
        sqlx::query_scalar("SELECT COALESCE(max(revision), 0) FROM alert WHERE item = $1")
            .bind(item)
            .fetch_one(&mut *tx)
            .await?;
    if told > 0 && matches!(evaluated.recognition, Recognition::Known { .. }) {
        return Ok(None);
    }
    let alert: i64 = sqlx::query_scalar(
        "INSERT INTO alert (item, revision, source, publisher, language, raised_at, draft, decision) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
    )
    .bind(item)
    .bind(told + 1)
    .bind(poll.source)
    .bind(poll.publisher)
    .bind(&evaluated.language)
    .bind(millis(now))
    .bind(record::write_draft(&evaluated.draft)?)
    .bind(record::write_decision(&evaluated.decision)?)
    .fetch_one(&mut *tx)
    .await?;
    let mut deliveries = 0;
    for receiver in &evaluated.receivers {
        let done = sqlx::query(
            "INSERT INTO delivery (id, receiver, alert, state, created_at, due_at) \
             VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT (receiver, alert) DO NOTHING",
        )
        .bind(new_id(now).to_string())
        .bind(receiver)
        .bind(alert)
        .bind(DeliveryState::Due.name())
        .bind(millis(now))
        .execute(&mut *tx)
        .await?;
        deliveries += done.rows_affected() as usize;
    }
    Ok(Some((alert, deliveries)))
}

/// A UUIDv7 of the given time.
fn new_id(now: DateTime<Utc>) -> Uuid {
    let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
    Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, now.timestamp_subsec_nanos()))
}
