//! The result of a poll, kept in one transaction or not at all.
//!
//! Items, versions, keys, decisions, alerts, deliveries, validators, the next due time and the
//! ledger row commit together. Dead before it, the body is fetched again; dead after it, nothing
//! can be lost. Called by `work::poll` and nobody else.

use chrono::{DateTime, Utc};
use sqlx::SqliteConnection;

use crate::identity::Recognition;
use crate::identity::face::{Key, KeyKind, Marks};
use crate::model::decision::Decision;
use crate::model::item::Draft;
use crate::model::source::{Validator, Validators};
use crate::store::error::Error;
use crate::store::items::NewItem;
use crate::store::{Store, also, begin, items, millis};

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
    /// Every item of it, in order, as they were recognised.
    pub items: &'a [Evaluated],
    /// In which order they are told: the numbers of `items`, the oldest first.
    pub order: &'a [usize],
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
    /// What is kept to recognise it again.
    pub marks: Marks,
    /// The keys that the store lacks: all of a new item's, those under which a known one came first.
    pub keys: Vec<Key>,
    /// Its link tells it from others, in other sources too.
    pub link_tells: bool,
    /// What it is.
    pub recognition: Recognition,
    /// What the watches say.
    pub decision: Decision,
    /// Whether it is to be told. An item that did not change is told once at most.
    pub alert: bool,
    /// To whom.
    pub receivers: Vec<String>,
    /// It is told only if the operator says so: its source seems to have changed its ids.
    pub is_held: bool,
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
        let mut writer = self.writer().await;
        let mut tx = begin(&mut writer).await?;
        settle_source(&mut tx, poll, now).await?;
        let receipt = match &poll.outcome {
            Outcome::Read(read) => keep_items(&mut tx, poll, read, now).await?,
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
            let (etag, last_modified) = read
                .validators
                .map_or((None, None), |v| (v.etag.as_ref(), v.last_modified.as_ref()));
            let lied = |known: Option<&Validator>| i64::from(known.is_some_and(|k| k.has_lied));
            sqlx::query(
                "UPDATE source SET failures = 0, unhealthy_since = NULL, trouble = $5, etag = $2, \
                 last_modified = $3, full_at = $4, etag_lied = $7, last_modified_lied = $8, \
                 baseline_at = COALESCE(baseline_at, CASE WHEN $6 = 1 THEN $4 END) WHERE id = $1",
            )
            .bind(poll.source)
            .bind(etag.map(|known| known.value.as_slice()))
            .bind(last_modified.map(|known| known.value.as_slice()))
            .bind(millis(now))
            .bind(read.trouble)
            .bind(i64::from(read.settles))
            .bind(lied(etag))
            .bind(lied(last_modified))
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
    read: &Read<'_>,
    now: DateTime<Utc>,
) -> Result<Receipt, Error> {
    let mut receipt = Receipt::default();
    let (mut known, mut keys): (Vec<i64>, Vec<(i64, Key)>) = (Vec::new(), Vec::new());
    let mut new: Vec<NewItem<'_>> = Vec::new();
    let mut ids: Vec<Option<i64>> = Vec::with_capacity(read.items.len());
    let mut next_id = items::next_id(tx).await?;
    for item in read.items {
        let id = match item.recognition {
            Recognition::New { .. } | Recognition::Familiar { .. } => {
                let id = next_id;
                next_id += 1;
                new.push(NewItem { id, item });
                Some(id)
            }
            Recognition::Edited { item: id, .. } => {
                items::edit(tx, id, poll.rule_set, item, now).await?;
                receipt.items_edited += 1;
                known.push(id);
                Some(id)
            }
            Recognition::Known { item: id } => {
                known.push(id);
                Some(id)
            }
            Recognition::Duplicate { of } => ids.get(of).copied().flatten(),
        };
        keys.extend(id.into_iter().flat_map(|id| item.keys.iter().map(move |key| (id, *key))));
        ids.push(id);
    }
    items::insert(tx, poll.source, poll.rule_set, &new, now).await?;
    for new in &new {
        if let Recognition::New { instead_of: Some(before) } = new.item.recognition {
            let names = |key: &&Key| key.kind != KeyKind::HeadlineDay;
            let taken: Vec<Key> = new.item.keys.iter().filter(names).copied().collect();
            items::take_keys(tx, before, &taken).await?;
        }
    }
    items::add_keys(tx, &keys).await?;
    receipt.items_new = new.len();
    for at in read.order {
        if let (Some(item), Some(Some(id))) = (read.items.get(*at), ids.get(*at))
            && item.alert
            && !matches!(item.recognition, Recognition::Duplicate { .. })
        {
            let (alert, deliveries) = also::raise(tx, poll, *id, item, now).await?;
            receipt.alerts.extend(alert);
            receipt.deliveries += deliveries;
        }
    }
    items::touch(tx, &known, now).await?;
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
