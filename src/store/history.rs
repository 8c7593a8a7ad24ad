//! The past, read back: items page by page, what was decided of them, and what came of it.
//!
//! A door of its own that can only read: it makes no file, changes no table, takes no lease, and
//! holds no reading open longer than a page, so that a daemon beside it works on undisturbed.
//! Called by the commands that explain and that learn.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use sqlx::sqlite::SqlitePool;
use sqlx::{FromRow, QueryBuilder, Sqlite};
use url::Url;
use uuid::Uuid;

use crate::identity::face::{KeyKind, Mark, link_mark};
use crate::model::decision::Decision;
use crate::model::item::Item;
use crate::store::candidates::{CHUNK, push_values};
use crate::store::error::Error;
use crate::store::items::Row;
use crate::store::{instant, millis, record, sqlite};

/// Items read at once: with texts of usual length some hundred kilobytes.
const PAGE: u32 = 128;

/// Addresses of one host that are offered as what may have been meant, the youngest.
const LINKS_MAX: u32 = 2_000;

/// A store opened to be read.
#[derive(Debug)]
pub struct History {
    path: PathBuf,
    reader: SqlitePool,
}

/// An item, and what was decided when it came or was last edited.
#[derive(Clone, Debug)]
pub struct Remembered {
    /// The item as it is now; without its texts if they were forgotten.
    pub item: Item,
    /// The rule set that judged it.
    pub rule_set: String,
    /// What the watches said, if one flagged it.
    pub decision: Option<Decision>,
}

impl Remembered {
    /// When it happened: when it was published, or else when it was first seen; a date that was
    /// still to come when it was seen is no date of publication.
    pub fn at(&self) -> DateTime<Utc> {
        let seen = self.item.seen_at;
        self.item.draft.published.map_or(seen, |published| published.min(seen))
    }
}

/// What a store remembers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Items.
    pub items: u64,
    /// The lowest item number.
    pub first: i64,
    /// The highest.
    pub last: i64,
    /// When the first of them was seen: nothing is known of the time before.
    pub since: DateTime<Utc>,
}

/// An alert that was raised of an item.
#[derive(Clone, Debug)]
pub struct Told {
    /// Its number.
    pub alert: i64,
    /// 1, then one more for each retelling.
    pub revision: u32,
    /// When it was raised.
    pub raised_at: DateTime<Utc>,
    /// Why.
    pub decision: Decision,
    /// What became of it, by receiver.
    pub deliveries: Vec<Delivered>,
}

/// What became of one delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// Its id.
    pub id: String,
    /// Who was to get it.
    pub receiver: String,
    /// `due`, `delivered` or `dead`.
    pub state: String,
    /// Tries so far.
    pub attempts: u32,
    /// When it was finished, or is due.
    pub at: DateTime<Utc>,
    /// What the receiver said, if it said no.
    pub reason: Option<String>,
}

#[derive(FromRow)]
struct RememberedRow {
    id: i64,
    #[sqlx(flatten)]
    item: Row,
    rule_set: String,
    decision: Option<String>,
}

impl RememberedRow {
    fn into_remembered(self) -> Result<Remembered, Error> {
        let decision = self.decision.as_deref().map(record::read_decision).transpose()?;
        Ok(Remembered { item: self.item.into_item(self.id)?, rule_set: self.rule_set, decision })
    }
}

impl History {
    /// Opens a store to read it. One that is not there is an error and is not made; one of another
    /// version is an error and is left as it is.
    pub async fn open(path: &Path) -> Result<Self, Error> {
        let reader = sqlite::open_to_read(path).await?;
        Ok(Self { path: path.to_owned(), reader })
    }

    /// The database file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The connection, for tests that try to write by it.
    #[cfg(test)]
    pub(super) fn reader(&self) -> &SqlitePool {
        &self.reader
    }

    /// What is remembered; `None` if nothing is.
    pub async fn extent(&self) -> Result<Option<Extent>, Error> {
        let row: Option<(i64, i64, i64, i64)> = sqlx::query_as(
            "SELECT (SELECT count(*) FROM item), (SELECT min(id) FROM item), \
             (SELECT max(id) FROM item), seen_at FROM item ORDER BY id LIMIT 1",
        )
        .fetch_optional(&self.reader)
        .await?;
        Ok(row.map(|(items, first, last, since)| Extent {
            items: items as u64,
            first,
            last,
            since: instant(since),
        }))
    }

    /// The items behind this number that happened since then ([`Remembered::at`]), in the order in
    /// which they were seen: one page, empty at the end.
    pub async fn page(&self, after: i64, since: DateTime<Utc>) -> Result<Vec<Remembered>, Error> {
        let rows: Vec<RememberedRow> = sqlx::query_as(
            "SELECT id, rule_set, decision, source, version, seen_at, published, updated, \
             language, guid, link, title, authors, categories, summary, body FROM item \
             WHERE id > $1 AND COALESCE(min(published, seen_at), seen_at) >= $2 \
             ORDER BY id LIMIT $3",
        )
        .bind(after)
        .bind(millis(since))
        .bind(PAGE)
        .fetch_all(&self.reader)
        .await?;
        rows.into_iter().map(RememberedRow::into_remembered).collect()
    }

    /// One item.
    pub async fn item(&self, id: i64) -> Result<Option<Remembered>, Error> {
        let row: Option<RememberedRow> = sqlx::query_as(
            "SELECT id, rule_set, decision, source, version, seen_at, published, updated, \
             language, guid, link, title, authors, categories, summary, body FROM item \
             WHERE id = $1",
        )
        .bind(id)
        .fetch_optional(&self.reader)
        .await?;
        row.map(RememberedRow::into_remembered).transpose()
    }

    /// The items that were ever known by this link, the youngest first.
    pub async fn by_link(&self, link: &Url) -> Result<Vec<i64>, Error> {
        let sources: Vec<String> =
            sqlx::query_scalar("SELECT id FROM source").fetch_all(&self.reader).await?;
        let marks: Vec<Mark> = sources.iter().map(|source| link_mark(source, link)).collect();
        let mut items = BTreeSet::new();
        for chunk in marks.chunks(CHUNK) {
            let mut query = QueryBuilder::<Sqlite>::new("SELECT item FROM item_key WHERE kind = ");
            query.push_bind(KeyKind::Link.number()).push(" AND mark IN (");
            push_values(&mut query, chunk);
            let found: Vec<i64> =
                query.build_query_scalar().persistent(false).fetch_all(&self.reader).await?;
            items.extend(found);
        }
        Ok(items.into_iter().rev().collect())
    }

    /// Addresses of items on a host, the youngest first, for whoever mistyped one.
    pub async fn links_of(&self, host: &str) -> Result<Vec<String>, Error> {
        Ok(sqlx::query_scalar(
            "SELECT link FROM item WHERE instr(link, $1) > 0 ORDER BY id DESC LIMIT $2",
        )
        .bind(host)
        .bind(LINKS_MAX)
        .fetch_all(&self.reader)
        .await?)
    }

    /// The item of an alert.
    pub async fn of_alert(&self, alert: i64) -> Result<Option<i64>, Error> {
        Ok(sqlx::query_scalar("SELECT item FROM alert WHERE id = $1")
            .bind(alert)
            .fetch_optional(&self.reader)
            .await?)
    }

    /// The item of a delivery.
    pub async fn of_delivery(&self, id: Uuid) -> Result<Option<i64>, Error> {
        Ok(sqlx::query_scalar(
            "SELECT alert.item FROM delivery JOIN alert ON alert.id = delivery.alert \
             WHERE delivery.id = $1",
        )
        .bind(id.to_string())
        .fetch_optional(&self.reader)
        .await?)
    }

    /// What was told of an item, the oldest first; by the alert of another source as well, which names
    /// this one too.
    pub async fn told(&self, item: i64) -> Result<Vec<Told>, Error> {
        let alerts: Vec<(i64, i64, i64, String)> = sqlx::query_as(
            "SELECT id, revision, raised_at, decision FROM alert WHERE item = $1 \
             OR id IN (SELECT alert FROM alert_also WHERE alert_also.item = $1) ORDER BY id",
        )
        .bind(item)
        .fetch_all(&self.reader)
        .await?;
        let mut told = Vec::with_capacity(alerts.len());
        for (alert, revision, raised_at, decision) in alerts {
            told.push(Told {
                alert,
                revision: revision as u32,
                raised_at: instant(raised_at),
                decision: record::read_decision(&decision)?,
                deliveries: self.delivered(alert).await?,
            });
        }
        Ok(told)
    }

    async fn delivered(&self, alert: i64) -> Result<Vec<Delivered>, Error> {
        let rows: Vec<(String, String, String, i64, i64, Option<String>)> = sqlx::query_as(
            "SELECT id, receiver, state, attempts, COALESCE(finished_at, due_at), reason \
             FROM delivery WHERE alert = $1 ORDER BY receiver",
        )
        .bind(alert)
        .fetch_all(&self.reader)
        .await?;
        let delivered = |(id, receiver, state, attempts, at, reason)| {
            let (attempts, at): (i64, i64) = (attempts, at);
            Delivered { id, receiver, state, attempts: attempts as u32, at: instant(at), reason }
        };
        Ok(rows.into_iter().map(delivered).collect())
    }
}
