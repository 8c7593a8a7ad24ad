//! The result of a poll, kept in one transaction or not at all.
//!
//! Items, versions, keys, decisions, alerts, deliveries, validators, the next due time and the
//! ledger row commit together. Dead before it, the body is fetched again; dead after it, nothing
//! can be lost. Called by `work::poll` and nobody else.

use chrono::{DateTime, Utc};
use sqlx::SqliteConnection;

use crate::model::decision::Decision;
use crate::model::item::Draft;
use crate::model::source::Validators;
use crate::store::error::Error;
use crate::store::identity::Card;
use crate::store::items::NewItem;
use crate::store::recognise::Recognition;
use crate::store::{Store, alerts, begin, items, millis};

/// One poll of a claimed source, ready to be kept.
#[derive(Clone, Debug)]
pub struct Poll<'a> {
    /// The source.
    pub source: &'a str,
    /// The source's title, which alerts carry as the publisher's name.
    pub publisher: &'a str,
    /// The number of the claim.
    pub number: i64,
    /// When the poll began.
    pub started_at: DateTime<Utc>,
    /// When the source is due again.
    pub next_due: DateTime<Utc>,
    /// The HTTP status, if an answer came.
    pub status: Option<u16>,
    /// Bytes of the body after decompression.
    pub bytes: usize,
    /// The rule set that the items were evaluated under.
    pub rule_set: &'a str,
    /// What came of it.
    pub outcome: Outcome<'a>,
}

/// What came of a poll.
#[derive(Clone, Debug)]
pub enum Outcome<'a> {
    /// The publisher said that nothing changed (304).
    Unchanged,
    /// A body was read.
    Read(Read<'a>),
    /// Nothing could be read: the source is unhealthy and keeps its validators and items.
    Failed {
        /// Why, in one line without secrets.
        reason: &'a str,
    },
}

/// A body that was read.
#[derive(Clone, Debug)]
pub struct Read<'a> {
    /// What the publisher said of the body's freshness; `None` keeps none (a body cut in transit
    /// must not be answered with 304 next time).
    pub validators: Option<&'a Validators>,
    /// Every item of it, in order, as `Store::recognise` saw them.
    pub items: &'a [Evaluated],
    /// The first good poll of the source.
    pub baseline: bool,
    /// Whether it is whole enough to be the baseline, from which what comes later is news.
    pub settles: bool,
    /// No overlap with the poll before: items may have come and gone between.
    pub gap: bool,
    /// What the operator should know all the same: items held back, fewer than expected, a loss.
    pub trouble: Option<&'a str>,
}

/// A draft with what the store and the watches said of it.
#[derive(Clone, Debug)]
pub struct Evaluated {
    /// The draft.
    pub draft: Draft,
    /// What the store knew.
    pub recognition: Recognition,
    /// What the watches say.
    pub decision: Decision,
    /// Whether it is to be told. An item that did not change is told once at most.
    pub alert: bool,
    /// To whom.
    pub receivers: Vec<String>,
    /// Its language: its own, its source's, or a guess.
    pub language: Option<String>,
}

/// What a poll brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// Items never seen before.
    pub items_new: usize,
    /// Items whose text changed.
    pub items_edited: usize,
    /// The alerts raised.
    pub alerts: Vec<i64>,
    /// Deliveries made due by them.
    pub deliveries: usize,
}

impl Store {
    /// Keeps the result of a poll. `Error::Lost` if the claim is no longer held, and then nothing
    /// is kept; likewise with every other error.
    pub async fn commit_poll(&self, poll: &Poll<'_>, now: DateTime<Utc>) -> Result<Receipt, Error> {
        // Hashing is done before the lock is taken.
        let cards: Vec<Card> = match &poll.outcome {
            Outcome::Read(read) => read.items.iter().map(|item| Card::of(&item.draft)).collect(),
            Outcome::Unchanged | Outcome::Failed { .. } => Vec::new(),
        };
        let mut writer = self.writer().await;
        let mut tx = begin(&mut writer).await?;
        settle_source(&mut tx, poll, now).await?;
        let receipt = match &poll.outcome {
            Outcome::Read(read) => keep_items(&mut tx, poll, read.items, &cards, now).await?,
            Outcome::Unchanged | Outcome::Failed { .. } => Receipt::default(),
        };
        if receipt.items_new > 0 {
            sqlx::query("UPDATE source SET news_at = $2 WHERE id = $1")
                .bind(poll.source)
                .bind(millis(now))
                .execute(&mut *tx)
                .await?;
        }
        write_ledger(&mut tx, poll, &receipt, now).await?;
        tx.commit().await?;
        Ok(receipt)
    }
}

/// Ends the claim and writes what is remembered of the source.
async fn settle_source(
    tx: &mut SqliteConnection,
    poll: &Poll<'_>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let held = sqlx::query(
        "UPDATE source SET claimed_until = NULL, due_at = $3 \
         WHERE id = $1 AND claim = $2 AND claimed_until IS NOT NULL",
    )
    .bind(poll.source)
    .bind(poll.number)
    .bind(millis(poll.next_due))
    .execute(&mut *tx)
    .await?;
    if held.rows_affected() == 0 {
        return Err(Error::Lost { source_id: poll.source.to_owned() });
    }
    match &poll.outcome {
        Outcome::Unchanged => {
            sqlx::query(
                // What was remarked on a document that was read holds as long as it is unchanged.
                "UPDATE source SET failures = 0, trouble = CASE WHEN unhealthy_since IS NULL \
                 THEN trouble END, unhealthy_since = NULL WHERE id = $1",
            )
            .bind(poll.source)
            .execute(tx)
            .await?;
        }
        Outcome::Read(read) => {
            sqlx::query(
                "UPDATE source SET failures = 0, unhealthy_since = NULL, trouble = $5, etag = $2, \
                 last_modified = $3, full_at = $4, baseline_at = COALESCE(baseline_at, CASE WHEN $6 = 1 THEN $4 END) \
                 WHERE id = $1",
            )
            .bind(poll.source)
            .bind(read.validators.and_then(|v| v.etag.as_deref()))
            .bind(read.validators.and_then(|v| v.last_modified.as_deref()))
            .bind(millis(now))
            .bind(read.trouble)
            .bind(i64::from(read.settles))
            .execute(tx)
            .await?;
        }
        Outcome::Failed { reason } => {
            sqlx::query(
                "UPDATE source SET failures = failures + 1, trouble = $2, \
                 unhealthy_since = COALESCE(unhealthy_since, $3) WHERE id = $1",
            )
            .bind(poll.source)
            .bind(*reason)
            .bind(millis(now))
            .execute(tx)
            .await?;
        }
    }
    Ok(())
}

/// Writes items, versions, keys, alerts and deliveries.
async fn keep_items(
    tx: &mut SqliteConnection,
    poll: &Poll<'_>,
    evaluated: &[Evaluated],
    cards: &[Card],
    now: DateTime<Utc>,
) -> Result<Receipt, Error> {
    let mut receipt = Receipt::default();
    let mut known: Vec<(i64, &Card)> = Vec::new();
    let mut new: Vec<NewItem<'_>> = Vec::new();
    let mut ids: Vec<Option<i64>> = Vec::with_capacity(evaluated.len());
    let mut next_id = items::next_id(tx).await?;
    for (item, card) in evaluated.iter().zip(cards) {
        let id = match item.recognition {
            Recognition::New | Recognition::Republished { .. } => {
                let id = next_id;
                next_id += 1;
                new.push(NewItem { id, item, card });
                Some(id)
            }
            Recognition::Edited { item: id, .. } => {
                items::edit(tx, id, poll.rule_set, item, card, now).await?;
                known.push((id, card));
                receipt.items_edited += 1;
                Some(id)
            }
            Recognition::Known { item: id } => {
                known.push((id, card));
                Some(id)
            }
            Recognition::Duplicate { of } => {
                let id = ids.get(of).copied().flatten();
                known.extend(id.map(|id| (id, card)));
                id
            }
        };
        ids.push(id);
    }
    items::insert(tx, poll.source, poll.rule_set, &new, now).await?;
    receipt.items_new = new.len();
    for (item, id) in evaluated.iter().zip(ids) {
        let is_first = !matches!(item.recognition, Recognition::Duplicate { .. });
        if let Some(id) = id.filter(|_| item.alert && is_first)
            && let Some((alert, deliveries)) = alerts::raise(tx, poll, id, item, now).await?
        {
            receipt.alerts.push(alert);
            receipt.deliveries += deliveries;
        }
    }
    items::complete_keys(tx, poll.source, &known).await?;
    let seen: Vec<i64> = known.iter().map(|(id, _)| *id).collect();
    items::touch(tx, &seen, now).await?;
    Ok(receipt)
}

/// Writes the ledger row.
async fn write_ledger(
    tx: &mut SqliteConnection,
    poll: &Poll<'_>,
    receipt: &Receipt,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let (name, seen, baseline, gap, trouble) = match &poll.outcome {
        Outcome::Unchanged => ("unchanged", 0, false, false, None),
        Outcome::Read(read) => ("read", read.items.len(), read.baseline, read.gap, read.trouble),
        Outcome::Failed { reason } => ("failed", 0, false, false, Some(*reason)),
    };
    sqlx::query(
        "INSERT INTO poll (source, started_at, finished_at, outcome, status, bytes, items_seen, \
         items_new, items_edited, alerts, baseline, gap, trouble) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(poll.source)
    .bind(millis(poll.started_at))
    .bind(millis(now))
    .bind(name)
    .bind(poll.status.map(i64::from))
    .bind(poll.bytes as i64)
    .bind(seen as i64)
    .bind(receipt.items_new as i64)
    .bind(receipt.items_edited as i64)
    .bind(receipt.alerts.len() as i64)
    .bind(i64::from(baseline))
    .bind(i64::from(gap))
    .bind(trouble)
    .execute(tx)
    .await?;
    Ok(())
}
