//! Forgetting: old texts go first, identities last, what is undelivered never.
//!
//! Works in small transactions, so that a poll's result never waits long. What a feed still shows
//! is never forgotten, however old: its items would come back as news.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::store::error::Error;
use crate::store::{Store, begin, millis};

/// Rows in one transaction: some milliseconds of work.
const BATCH: i64 = 500;

/// An item's last-seen mark may lag the last full answer by its grain of a day, and a bit.
const SEEN_LAG_MS: i64 = 2 * 24 * 60 * 60 * 1_000;

/// Pages of 4 KiB given back to the file system at the end of each pruning.
const VACUUM_PAGES: &str = "PRAGMA incremental_vacuum(2000)";

/// How long things are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Items with their keys, since they were last seen; and finished alerts.
    pub identities: Duration,
    /// Texts of unflagged items, and earlier versions.
    pub texts: Duration,
    /// Ledger rows.
    pub polls: Duration,
    /// Ledger rows of polls that found nothing changed: nearly all of them.
    pub polls_unchanged: Duration,
}

impl Retention {
    /// The usual proportions: identities as told, texts at most 90 days, the ledger at most 30,
    /// its unchanged rows at most 3 (a thousand sources write 96,000 rows a day).
    pub fn of(identities: Duration) -> Self {
        let days = |n: u64| Duration::from_hours(24 * n).min(identities);
        Self { identities, texts: days(90), polls: days(30), polls_unchanged: days(3) }
    }
}

/// What was forgotten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Items with all their keys.
    pub items: u64,
    /// Items that lost their texts and kept their keys.
    pub texts: u64,
    /// Earlier versions of items.
    pub versions: u64,
    /// Alerts with their deliveries and attempts.
    pub alerts: u64,
    /// Ledger rows.
    pub polls: u64,
}

impl Store {
    /// Forgets what is older than the retention.
    pub async fn prune(&self, now: DateTime<Utc>, retention: &Retention) -> Result<Pruned, Error> {
        let before = |age: Duration| millis(now).saturating_sub(age.as_millis() as i64);
        let polls = self
            .repeat(
                "DELETE FROM poll WHERE id IN (SELECT id FROM poll WHERE finished_at < $1 LIMIT $2)",
                before(retention.polls),
            )
            .await?;
        let unchanged = self
            .repeat(
                "DELETE FROM poll WHERE id IN (SELECT id FROM poll \
                 WHERE finished_at < $1 AND outcome = 'unchanged' LIMIT $2)",
                before(retention.polls_unchanged),
            )
            .await?;
        let versions = self
            .repeat(
                "DELETE FROM item_version WHERE (item, version) IN \
                 (SELECT item, version FROM item_version WHERE replaced_at < $1 LIMIT $2)",
                before(retention.texts),
            )
            .await?;
        let texts = self
            .repeat(
                "UPDATE item SET summary = '', body = '' WHERE id IN (SELECT id FROM item \
                 WHERE last_seen_at < $1 AND decision IS NULL \
                 AND (summary <> '' OR body <> '') LIMIT $2)",
                before(retention.texts),
            )
            .await?;
        let alerts = self
            .repeat(
                "DELETE FROM alert WHERE id IN (SELECT id FROM alert WHERE raised_at < $1 \
                 AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.alert = alert.id AND state = 'due') \
                 AND EXISTS (SELECT 1 FROM item WHERE item.id = alert.item \
                     AND last_seen_at < $1) LIMIT $2)",
                before(retention.identities),
            )
            .await?;
        let items = self.prune_items(before(retention.identities)).await?;
        sqlx::query(VACUUM_PAGES).execute(self.writer().await.connection().await?).await?;
        Ok(Pruned { items, texts, versions, alerts, polls: polls + unchanged })
    }

    /// Forgets items with their keys, unless their source showed them in its last full answer: a
    /// source that says "unchanged" for years, or is down, still knows its old items.
    async fn prune_items(&self, before: i64) -> Result<u64, Error> {
        let mut items = 0;
        loop {
            let mut writer = self.writer().await;
            let mut tx = begin(&mut writer).await?;
            let done = sqlx::query(
                "DELETE FROM item WHERE id IN (SELECT item.id FROM item \
                 JOIN source ON source.id = item.source \
                 WHERE item.last_seen_at < $1 AND item.last_seen_at < source.full_at - $3 \
                 AND NOT EXISTS (SELECT 1 FROM alert WHERE alert.item = item.id) LIMIT $2)",
            )
            .bind(before)
            .bind(BATCH)
            .bind(SEEN_LAG_MS)
            .execute(&mut *tx)
            .await?
            .rows_affected();
            tx.commit().await?;
            items += done;
            if done == 0 {
                return Ok(items);
            }
        }
    }

    /// Runs a statement of a time and a limit until it finds nothing more.
    async fn repeat(&self, statement: &'static str, before: i64) -> Result<u64, Error> {
        let mut total = 0;
        loop {
            let mut writer = self.writer().await;
            let mut tx = begin(&mut writer).await?;
            let done = sqlx::query(statement)
                .bind(before)
                .bind(BATCH)
                .execute(&mut *tx)
                .await?
                .rows_affected();
            tx.commit().await?;
            total += done;
            if done == 0 {
                return Ok(total);
            }
        }
    }
}
