//! Items as rows: written by `polls` inside its transaction, read back whole.
//!
//! Called inside the transaction of a poll, by `polls`, and by whoever shows an item.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, QueryBuilder, Sqlite, SqliteConnection};

use crate::model::item::{Draft, Item};
use crate::store::error::Error;
use crate::store::identity::{Card, Mark};
use crate::store::polls::Evaluated;
use crate::store::recognise::{CHUNK, push_ids};
use crate::store::record::{self, time};
use crate::store::{Store, instant, millis};

/// An item is marked as seen once in this time; to write every item at every poll would cost more
/// than all news together. Retention, which reads the mark, counts in hundreds of days.
const SEEN_GRAIN_MS: i64 = 24 * 60 * 60 * 1_000;

/// New items in one statement: enough that the way to the store's thread is nothing beside them, few
/// enough that their bodies are not copied by the dozen of megabytes.
const ROWS_MAX: usize = 32;

/// A source that makes up a new id at every poll gets no more keys than this for one item.
const KEYS_MAX: i64 = 16;

impl Store {
    /// One item as it is now, its keys left out.
    pub async fn item(&self, id: i64) -> Result<Item, Error> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT source, version, seen_at, published, updated, language, guid, link, title, \
             authors, categories, summary, body FROM item WHERE id = $1",
        )
        .bind(id)
        .fetch_optional(&self.readers)
        .await?;
        row.ok_or_else(|| Error::Unknown { what: "item", id: id.to_string() })?.into_item(id)
    }
}

/// A row of `item`, as far as it is shown.
#[derive(FromRow)]
pub(super) struct Row {
    source: String,
    version: i64,
    seen_at: i64,
    published: Option<i64>,
    updated: Option<i64>,
    language: Option<String>,
    guid: Option<String>,
    link: Option<String>,
    title: String,
    authors: String,
    categories: String,
    summary: String,
    body: String,
}

impl Row {
    pub(super) fn into_item(self, id: i64) -> Result<Item, Error> {
        let draft = Draft {
            keys: Vec::new(),
            guid: self.guid,
            title: self.title,
            link: self.link.and_then(|link| url::Url::parse(&link).ok()),
            summary: self.summary,
            body: self.body,
            published: time(self.published),
            updated: time(self.updated),
            language: self.language,
            authors: record::read_list(&self.authors)?,
            categories: record::read_list(&self.categories)?,
        };
        let (source, seen_at) = (self.source, instant(self.seen_at));
        Ok(Item { id, source, seen_at, version: self.version as u32, draft })
    }
}

/// A new item with the number that it is to have.
pub(super) struct NewItem<'a> {
    pub(super) id: i64,
    pub(super) item: &'a Evaluated,
    pub(super) card: &'a Card,
}

/// The number of the next new item. Holds while the transaction does, since nobody else writes.
pub(super) async fn next_id(tx: &mut SqliteConnection) -> Result<i64, Error> {
    let last = "SELECT COALESCE(max(seq), 0) FROM sqlite_sequence WHERE name = 'item'";
    Ok(sqlx::query_scalar::<_, i64>(last).fetch_one(tx).await? + 1)
}

/// Writes new items with their keys, many in one statement: a document brings dozens, and what each
/// statement costs is the way to the store's thread and back. A key that another item holds is
/// marked as shared instead.
pub(super) async fn insert(
    tx: &mut SqliteConnection,
    source: &str,
    rule_set: &str,
    new: &[NewItem<'_>],
    now: DateTime<Utc>,
) -> Result<(), Error> {
    for chunk in new.chunks(ROWS_MAX) {
        // What may fail comes before the row is begun.
        let written = chunk.iter().map(|new| {
            let draft = &new.item.draft;
            let lists =
                (record::write_list(&draft.authors)?, record::write_list(&draft.categories)?);
            Ok((new, decision(new.item)?, lists))
        });
        let written = written.collect::<Result<Vec<_>, Error>>()?;
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT INTO item (id, source, version, seen_at, last_seen_at, published, updated, \
             language, guid, link, title, title_mark, fingerprint, rule_set, decision, authors, \
             categories, summary, body) ",
        );
        query.push_values(written, |mut row, (new, decision, (authors, categories))| {
            let (draft, card) = (&new.item.draft, new.card);
            row.push_bind(new.id).push_bind(source).push("1");
            row.push_bind(millis(now)).push_bind(millis(now));
            row.push_bind(draft.published.map(millis)).push_bind(draft.updated.map(millis));
            row.push_bind(new.item.language.as_deref()).push_bind(draft.guid.as_deref());
            row.push_bind(draft.link.as_ref().map(url::Url::as_str)).push_bind(&draft.title);
            row.push_bind(card.title).push_bind(card.fingerprint.as_slice()).push_bind(rule_set);
            row.push_bind(decision).push_bind(authors).push_bind(categories);
            row.push_bind(&draft.summary).push_bind(&draft.body);
        });
        query.build().persistent(false).execute(&mut *tx).await?;
    }
    let keys: Vec<_> = new
        .iter()
        .flat_map(|new| new.card.keys.iter().map(|(kind, mark)| (*kind, mark, new.id)))
        .collect();
    for chunk in keys.chunks(CHUNK) {
        let mut query =
            QueryBuilder::<Sqlite>::new("INSERT INTO item_key (source, mark, kind, item) ");
        query.push_values(chunk, |mut row, (kind, mark, item)| {
            row.push_bind(source)
                .push_bind(mark.as_slice())
                .push_bind(kind.name())
                .push_bind(*item);
        });
        query.push(
            " ON CONFLICT (source, mark) DO UPDATE SET shared = 1 \
             WHERE item_key.item <> excluded.item AND item_key.shared = 0",
        );
        query.build().persistent(false).execute(&mut *tx).await?;
    }
    Ok(())
}

/// Replaces what an item says and keeps what it said.
pub(super) async fn edit(
    tx: &mut SqliteConnection,
    id: i64,
    rule_set: &str,
    item: &Evaluated,
    card: &Card,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let draft = &item.draft;
    sqlx::query(
        "INSERT INTO item_version (item, version, replaced_at, fingerprint, title, summary, body) \
         SELECT id, version, $2, fingerprint, title, summary, body FROM item WHERE id = $1",
    )
    .bind(id)
    .bind(millis(now))
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "UPDATE item SET version = version + 1, last_seen_at = $2, \
         published = COALESCE($3, published), updated = $4, language = $5, \
         guid = COALESCE($6, guid), link = COALESCE($7, link), title = $8, title_mark = $9, \
         fingerprint = $10, rule_set = $11, decision = $12, authors = $13, categories = $14, \
         summary = $15, body = $16 WHERE id = $1",
    )
    .bind(id)
    .bind(millis(now))
    .bind(draft.published.map(millis))
    .bind(draft.updated.map(millis))
    .bind(&item.language)
    .bind(&draft.guid)
    .bind(draft.link.as_ref().map(url::Url::as_str))
    .bind(&draft.title)
    .bind(card.title)
    .bind(card.fingerprint.as_slice())
    .bind(rule_set)
    .bind(decision(item)?)
    .bind(record::write_list(&draft.authors)?)
    .bind(record::write_list(&draft.categories)?)
    .bind(&draft.summary)
    .bind(&draft.body)
    .execute(tx)
    .await?;
    Ok(())
}

/// The decision's JSON, where a watch flags the item.
fn decision(item: &Evaluated) -> Result<Option<String>, Error> {
    item.decision.is_flagged().then(|| record::write_decision(&item.decision)).transpose()
}

/// Gives known items the keys under which they came this time, if the store lacks them.
pub(super) async fn complete_keys(
    tx: &mut SqliteConnection,
    source: &str,
    known: &[(i64, &Card)],
) -> Result<(), Error> {
    let marks: Vec<Mark> = known.iter().flat_map(|(_, c)| c.keys.iter().map(|(_, m)| *m)).collect();
    let mut held = std::collections::HashSet::with_capacity(marks.len());
    for chunk in marks.chunks(CHUNK) {
        let mut query = QueryBuilder::<Sqlite>::new("SELECT mark FROM item_key WHERE source = ");
        query.push_bind(source).push(" AND mark IN (");
        let mut list = query.separated(", ");
        for mark in chunk {
            list.push_bind(mark.as_slice());
        }
        query.push(")");
        let rows: Vec<Vec<u8>> =
            query.build_query_scalar().persistent(false).fetch_all(&mut *tx).await?;
        held.extend(rows);
    }
    for (id, card) in known {
        for (kind, mark) in card.keys.iter().filter(|(_, mark)| !held.contains(mark.as_slice())) {
            sqlx::query(
                "INSERT INTO item_key (source, mark, kind, item) SELECT $1, $2, $3, $4 \
                 WHERE (SELECT count(*) FROM item_key WHERE item = $4) < $5 \
                 ON CONFLICT (source, mark) DO NOTHING",
            )
            .bind(source)
            .bind(mark.as_slice())
            .bind(kind.name())
            .bind(*id)
            .bind(KEYS_MAX)
            .execute(&mut *tx)
            .await?;
        }
    }
    Ok(())
}

/// Marks items as seen, once a day.
pub(super) async fn touch(
    tx: &mut SqliteConnection,
    ids: &[i64],
    now: DateTime<Utc>,
) -> Result<(), Error> {
    for chunk in ids.chunks(CHUNK) {
        let mut query = QueryBuilder::<Sqlite>::new("UPDATE item SET last_seen_at = ");
        query.push_bind(millis(now)).push(" WHERE last_seen_at < ");
        query.push_bind(millis(now) - SEEN_GRAIN_MS).push(" AND id IN (");
        push_ids(&mut query, chunk);
        query.build().persistent(false).execute(&mut *tx).await?;
    }
    Ok(())
}
