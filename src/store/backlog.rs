//! What waits for a receiver that did not take it: due at once, when the receiver is well again.
//!
//! The waits between tries are for a receiver in trouble. Once it takes a message, or the operator says
//! that it is mended, nothing waits out its hours any more. A message that the receiver alone does not
//! like must not be driven through its tries by the success of others: whether it failed while others
//! were taken tells the two apart. Called by `deliveries` and `queue`, inside their transactions.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, SqliteConnection};

use crate::store::error::Error;
use crate::store::millis;

/// A delivery that was tried and waits for its next try.
#[derive(FromRow)]
struct Waiting {
    id: String,
    /// When its last try began, and the one before it.
    last: Option<i64>,
    before: Option<i64>,
}

/// After a success: makes due what waits for this receiver because it was away. Says how many.
pub(super) async fn recovered(
    tx: &mut SqliteConnection,
    receiver: &str,
    delivered: &str,
    now: DateTime<Utc>,
) -> Result<u64, Error> {
    let waiting = waiting(tx, receiver, now).await?;
    let Some(oldest) = waiting.iter().filter_map(|one| one.before).min() else {
        return free(tx, waiting.iter().map(|one| one.id.as_str()), now).await;
    };
    // No index holds this, and none is worth it: it is asked when somebody waits, not at each success.
    let taken: Vec<i64> = sqlx::query_scalar(
        "SELECT finished_at FROM delivery WHERE receiver = $1 AND state = 'delivered' \
         AND finished_at >= $2 AND id <> $3",
    )
    .bind(receiver)
    .bind(oldest)
    .bind(delivered)
    .fetch_all(&mut *tx)
    .await?;
    let was_away = |one: &&Waiting| match (one.before, one.last) {
        (Some(before), Some(last)) => !taken.iter().any(|at| (before..=last).contains(at)),
        // Tried once: who knows.
        _ => true,
    };
    free(tx, waiting.iter().filter(was_away).map(|one| one.id.as_str()), now).await
}

/// On request: makes due whatever waits for its next try. Says how many.
pub(super) async fn resumed(
    tx: &mut SqliteConnection,
    receiver: &str,
    now: DateTime<Utc>,
) -> Result<u64, Error> {
    let waiting = waiting(tx, receiver, now).await?;
    free(tx, waiting.iter().map(|one| one.id.as_str()), now).await
}

async fn waiting(
    tx: &mut SqliteConnection,
    receiver: &str,
    now: DateTime<Utc>,
) -> Result<Vec<Waiting>, Error> {
    // What was never tried waits for something else, and goes on waiting for it.
    Ok(sqlx::query_as(
        "SELECT id, \
         (SELECT started_at FROM attempt WHERE delivery = id ORDER BY number DESC LIMIT 1) AS last, \
         (SELECT started_at FROM attempt WHERE delivery = id ORDER BY number DESC LIMIT 1 OFFSET 1) \
         AS before \
         FROM delivery WHERE receiver = $1 AND state = 'due' AND due_at > $2 AND attempts > 0",
    )
    .bind(receiver)
    .bind(millis(now))
    .fetch_all(tx)
    .await?)
}

/// The try that is brought forward takes none of those that are promised: the last one is forgiven.
async fn free(
    tx: &mut SqliteConnection,
    ids: impl Iterator<Item = &str>,
    now: DateTime<Utc>,
) -> Result<u64, Error> {
    let mut freed = 0;
    for id in ids {
        let done =
            sqlx::query("UPDATE delivery SET due_at = $2, attempts = attempts - 1 WHERE id = $1")
                .bind(id)
                .bind(millis(now))
                .execute(&mut *tx)
                .await?;
        freed += done.rows_affected();
    }
    Ok(freed)
}
