//! The ledger of polls, read back: what each poll came to.
//!
//! Written by `polls` in the transaction of the poll itself; read by `cli` and whoever shows the
//! health of sources.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use crate::store::error::Error;
use crate::store::{Store, millis};

/// One poll as the ledger has it.
#[derive(Clone, Debug, FromRow, PartialEq, Eq)]
pub struct PollRow {
    /// The source.
    pub source: String,
    /// `unchanged`, `read` or `failed`.
    pub outcome: String,
    /// Items in the document.
    pub items_seen: i64,
    /// Items never seen before.
    pub items_new: i64,
    /// Items whose text changed.
    pub items_edited: i64,
    /// Alerts raised.
    pub alerts: i64,
    /// Whether it was the first good poll.
    pub baseline: bool,
    /// What was wrong, if anything was.
    pub trouble: Option<String>,
}

impl Store {
    /// The polls that began at `since` or later, in the order in which they ended.
    pub async fn polls_since(&self, since: DateTime<Utc>) -> Result<Vec<PollRow>, Error> {
        Ok(sqlx::query_as(
            "SELECT source, outcome, items_seen, items_new, items_edited, alerts, baseline, trouble \
             FROM poll WHERE finished_at >= $1 AND started_at >= $1 ORDER BY id",
        )
        .bind(millis(since))
        .fetch_all(&self.readers)
        .await?)
    }
}
