//! Alerts and the deliveries born with them, written inside the transaction of what brings them.
//!
//! An alert holds what the item said when it was raised: what is sent at the tenth try is what was
//! found, whatever became of the item since.

use chrono::{DateTime, Utc};
use sqlx::SqliteConnection;
use uuid::{NoContext, Timestamp, Uuid};

use crate::identity::face::Mark;
use crate::model::alert::DeliveryState;
use crate::model::decision::Decision;
use crate::model::item::Draft;
use crate::store::error::Error;
use crate::store::{millis, record};

/// What is to be told, and to whom.
pub(super) struct Telling<'a> {
    pub(super) source: &'a str,
    pub(super) publisher: &'a str,
    pub(super) item: i64,
    /// The mark of its address, where that tells it from others.
    pub(super) address: Option<Mark>,
    pub(super) draft: &'a Draft,
    pub(super) language: Option<&'a str>,
    pub(super) decision: &'a Decision,
    pub(super) receivers: &'a [String],
}

/// Raises the next alert of an item with one delivery a receiver; gives its number and that of the
/// deliveries.
pub(super) async fn raise(
    tx: &mut SqliteConnection,
    telling: &Telling<'_>,
    now: DateTime<Utc>,
) -> Result<(i64, usize), Error> {
    let alert: i64 = sqlx::query_scalar(
        "INSERT INTO alert (item, revision, source, publisher, language, raised_at, draft, decision, \
         address) VALUES ($1, (SELECT COALESCE(max(revision), 0) + 1 FROM alert WHERE item = $1), \
         $2, $3, $4, $5, $6, $7, $8) RETURNING id",
    )
    .bind(telling.item)
    .bind(telling.source)
    .bind(telling.publisher)
    .bind(telling.language)
    .bind(millis(now))
    .bind(record::write_draft(telling.draft)?)
    .bind(record::write_decision(telling.decision)?)
    .bind(telling.address)
    .fetch_one(&mut *tx)
    .await?;
    let mut deliveries = 0;
    for receiver in telling.receivers {
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
    Ok((alert, deliveries))
}

/// A UUIDv7 of the given time.
fn new_id(now: DateTime<Utc>) -> Uuid {
    let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
    Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, now.timestamp_subsec_nanos()))
}
