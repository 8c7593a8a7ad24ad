//! Sources as a queue: who is due, who may poll it, and what is remembered between polls.
//!
//! A claim is a lease with a number that grows; a worker that comes back late finds the number
//! moved on, and its result is refused.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use crate::model::source::{SourceState, Validator, Validators};
use crate::store::error::Error;
use crate::store::record::time;
use crate::store::{Store, begin, instant, millis};

/// The right to poll one source once.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// The source.
    pub source: String,
    /// What the store remembers of it.
    pub state: SourceState,
    /// Proves at commit that the claim is still held.
    pub number: i64,
}

/// A row of `source` without the lease.
#[derive(FromRow)]
struct Row {
    id: String,
    claim: i64,
    due_at: i64,
    etag: Option<Vec<u8>>,
    etag_lied: i64,
    last_modified: Option<Vec<u8>>,
    last_modified_lied: i64,
    baseline_at: Option<i64>,
    full_at: Option<i64>,
    news_at: Option<i64>,
    failures: i64,
    unhealthy_since: Option<i64>,
    trouble: Option<String>,
    has_items: i64,
}

impl Row {
    fn into_state(self) -> SourceState {
        SourceState {
            validators: Validators {
                etag: validator(self.etag, self.etag_lied),
                last_modified: validator(self.last_modified, self.last_modified_lied),
            },
            baseline_at: time(self.baseline_at),
            failures: self.failures as u32,
            unhealthy_since: time(self.unhealthy_since),
            trouble: self.trouble,
            full_at: time(self.full_at),
            news_at: time(self.news_at),
            due_at: Some(instant(self.due_at)),
            has_items: self.has_items != 0,
        }
    }
}

fn validator(value: Option<Vec<u8>>, lied: i64) -> Option<Validator> {
    value.map(|value| Validator { value, has_lied: lied != 0 })
}

impl Store {
    /// Makes sure that each source has a row; the time is its first due time if it has none yet.
    /// Rows of sources that are configured no more stay, so that their items stay known.
    pub async fn sync_sources(&self, sources: &[(&str, DateTime<Utc>)]) -> Result<(), Error> {
        let mut writer = self.writer().await;
        let mut tx = begin(&mut writer).await?;
        for (id, due_at) in sources {
            sqlx::query(
                "INSERT INTO source (id, due_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING",
            )
            .bind(*id)
            .bind(millis(*due_at))
            .execute(&mut *tx)
            .await?;
        }
        Ok(tx.commit().await?)
    }

    /// Remembers where each source is read from; to be called after `sync_sources`, since a source
    /// without a row is passed over. One that moved forgets what held for its old address only: its
    /// next poll is whole and a baseline again, a poll still under way is fenced off, and its items
    /// stay known. The first address forgets nothing.
    pub async fn settle_urls(&self, urls: &[(&str, &str)]) -> Result<(), Error> {
        let mut writer = self.writer().await;
        let mut tx = begin(&mut writer).await?;
        for (id, url) in urls {
            sqlx::query(
                "UPDATE source SET etag = NULL, last_modified = NULL, full_at = NULL, \
                 baseline_at = NULL, claimed_until = NULL, claim = claim + 1 \
                 WHERE id = $1 AND url IS NOT NULL AND url <> $2",
            )
            .bind(*id)
            .bind(*url)
            .execute(&mut *tx)
            .await?;
            sqlx::query("UPDATE source SET url = $2 WHERE id = $1 AND (url IS NULL OR url <> $2)")
                .bind(*id)
                .bind(*url)
                .execute(&mut *tx)
                .await?;
        }
        Ok(tx.commit().await?)
    }

    /// Makes sources due now; says how many of them there are. One being polled at this moment
    /// gets its next time from that poll.
    pub async fn mark_due(&self, ids: &[&str], now: DateTime<Utc>) -> Result<u64, Error> {
        let mut writer = self.writer().await;
        let mut tx = begin(&mut writer).await?;
        let mut marked = 0;
        for id in ids {
            // Already due sources keep their place in the queue.
            let done = sqlx::query(
                "UPDATE source SET due_at = CASE WHEN due_at > $2 THEN $2 ELSE due_at END WHERE id = $1",
            )
            .bind(*id)
            .bind(millis(now))
            .execute(&mut *tx)
            .await?;
            marked += done.rows_affected();
        }
        tx.commit().await?;
        Ok(marked)
    }

    /// The sources that are due and free, longest due first; those no longer configured included.
    pub async fn due_sources(&self, now: DateTime<Utc>) -> Result<Vec<String>, Error> {
        Ok(sqlx::query_scalar(
            "SELECT id FROM source WHERE due_at <= $1 \
             AND (claimed_until IS NULL OR claimed_until <= $1) ORDER BY due_at, id",
        )
        .bind(millis(now))
        .fetch_all(&self.readers)
        .await?)
    }

    /// Claims those of these sources that are due and free, in the order given. Nobody else gets them
    /// until they are committed or `lease` is over.
    pub async fn claim_sources<S: AsRef<str>>(
        &self,
        ids: &[S],
        now: DateTime<Utc>,
        lease: Duration,
    ) -> Result<Vec<Claim>, Error> {
        // Most ticks find nothing: they must not cost a write.
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut writer = self.writer().await;
        let mut tx = begin(&mut writer).await?;
        let mut claims = Vec::with_capacity(ids.len());
        for id in ids {
            let row: Option<Row> = sqlx::query_as(
                "UPDATE source SET claimed_until = $3, claim = claim + 1 WHERE id = $1 \
                 AND due_at <= $2 AND (claimed_until IS NULL OR claimed_until <= $2) \
                 RETURNING id, claim, due_at, etag, etag_lied, last_modified, last_modified_lied, baseline_at, full_at, news_at, \
                 failures, unhealthy_since, trouble, \
                 EXISTS (SELECT 1 FROM item WHERE item.source = source.id) AS has_items",
            )
            .bind(id.as_ref())
            .bind(millis(now))
            .bind(millis(now + lease))
            .fetch_optional(&mut *tx)
            .await?;
            if let Some(row) = row {
                let (source, number) = (row.id.clone(), row.claim);
                claims.push(Claim { source, number, state: row.into_state() });
            }
        }
        tx.commit().await?;
        Ok(claims)
    }

    /// Gives a claim back unused: the source is due as before (a stop that came between).
    pub async fn release_source(&self, claim: &Claim) -> Result<(), Error> {
        let mut writer = self.writer().await;
        let mut tx = begin(&mut writer).await?;
        sqlx::query("UPDATE source SET claimed_until = NULL WHERE id = $1 AND claim = $2")
            .bind(&claim.source)
            .bind(claim.number)
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// What is remembered of every source, by id; those no longer configured included.
    pub async fn source_states(&self) -> Result<Vec<(String, SourceState)>, Error> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, claim, due_at, etag, etag_lied, last_modified, last_modified_lied, baseline_at, full_at, news_at, failures, \
             unhealthy_since, trouble, \
             EXISTS (SELECT 1 FROM item WHERE item.source = source.id) AS has_items \
             FROM source ORDER BY id",
        )
        .fetch_all(&self.readers)
        .await?;
        Ok(rows.into_iter().map(|row| (row.id.clone(), row.into_state())).collect())
    }
}
