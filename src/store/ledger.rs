//! The ledger read back: one row a poll, for the commands and the health page.
//!
//! Written by `polls`, in the transaction of the poll itself; never changed afterwards.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use crate::store::error::Error;
use crate::store::{Store, instant};

/// One poll that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entered {
    /// Grows from poll to poll.
    pub id: i64,
    /// The source.
    pub source: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it was kept.
    pub finished_at: DateTime<Utc>,
    /// `unchanged`, `read` or `failed`.
    pub outcome: String,
    /// The HTTP status, if an answer came.
    pub status: Option<u16>,
    /// Items in the answer.
    pub items_seen: u64,
    /// Of these, new ones.
    pub items_new: u64,
    /// Of these, edited ones.
    pub items_edited: u64,
    /// Alerts raised.
    pub alerts: u64,
    /// Whether it was the source's first.
    pub baseline: bool,
    /// Whether items may have come and gone since the poll before.
    pub gap: bool,
    /// Why it failed, why items were held, or what of the document was not read.
    pub trouble: Option<String>,
}

#[derive(FromRow)]
struct Row {
    id: i64,
    source: String,
    started_at: i64,
    finished_at: i64,
    outcome: String,
    status: Option<i64>,
    items_seen: i64,
    items_new: i64,
    items_edited: i64,
    alerts: i64,
    baseline: i64,
    gap: i64,
    trouble: Option<String>,
}

impl Row {
    fn into_entered(self) -> Entered {
        Entered {
            id: self.id,
            source: self.source,
            started_at: instant(self.started_at),
            finished_at: instant(self.finished_at),
            outcome: self.outcome,
            status: self.status.and_then(|status| u16::try_from(status).ok()),
            items_seen: self.items_seen as u64,
            items_new: self.items_new as u64,
            items_edited: self.items_edited as u64,
            alerts: self.alerts as u64,
            baseline: self.baseline != 0,
            gap: self.gap != 0,
            trouble: self.trouble,
        }
    }
}

impl Store {
    /// The number of the youngest poll, 0 where there is none: what came later is `polls_since` it.
    pub async fn last_poll(&self) -> Result<i64, Error> {
        Ok(sqlx::query_scalar("SELECT COALESCE(max(id), 0) FROM poll")
            .fetch_one(&self.readers)
            .await?)
    }

    /// The polls kept after the one of this number, oldest first, at most `limit`.
    pub async fn polls_since(&self, after: i64, limit: u32) -> Result<Vec<Entered>, Error> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, source, started_at, finished_at, outcome, status, items_seen, items_new, \
             items_edited, alerts, baseline, gap, trouble FROM poll WHERE id > $1 \
             ORDER BY id LIMIT $2",
        )
        .bind(after)
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        Ok(rows.into_iter().map(Row::into_entered).collect())
    }
}
