//! Items as rows: written by `polls` inside its transaction, read back whole.
//!
//! Called inside the transaction of a poll, by `polls`, and by whoever shows an item.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, QueryBuilder, Sqlite, SqliteConnection};

use crate::identity::face::Key;
use crate::model::item::{Draft, Item};
use crate::store::candidates::{CHUNK, push_values};
use crate::store::error::Error;
use crate::store::polls::Evaluated;
use crate::store::record::{self, time};
use crate::store::{Store, instant, millis};

/// An item is marked as seen once in this time; to write every item at every poll would cost more
/// than all news together. Retention, which reads the mark, counts in hundreds of days.
const SEEN_GRAIN_MS: i64 = 24 * 60 * 60 * 1_000;

/// New items in one statement: enough that the way to the store's thread is nothing beside them, few
/// enough that their bodies are not copied by the dozen of megabytes.
const ROWS_MAX: usize = 32;

/// A source that makes up a new id at every poll gets no more keys than this for one item.
pub const KEYS_MAX: usize = 16;

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
}

/// The number of the next new item. Holds while the transaction does, since nobody else writes.
pub(super) async fn next_id(tx: &mut SqliteConnection) -> Result<i64, Error> {
    let last = "SELECT COALESCE(max(seq), 0) FROM sqlite_sequence WHERE name = 'item'";
    Ok(sqlx::query_scalar::<_, i64>(last).fetch_one(tx).await? + 1)
}

/// Writes new items with their keys, many in one statement: a document brings dozens, and what each
/// statement costs is the way to the store's thread and back.
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
             language, guid, link, title, title_mark, text_mark, fingerprint, rule_set, decision, \
             held, authors, categories, summary, body) ",
        );
        query.push_values(written, |mut row, (new, decision, (authors, categories))| {
            let (draft, marks) = (&new.item.draft, &new.item.marks);
            row.push_bind(new.id).push_bind(source).push("1");
            row.push_bind(millis(now)).push_bind(millis(now));
            row.push_bind(draft.published.map(millis)).push_bind(draft.updated.map(millis));
            row.push_bind(new.item.language.as_deref()).push_bind(draft.guid.as_deref());
            row.push_bind(draft.link.as_ref().map(url::Url::as_str)).push_bind(&draft.title);
            row.push_bind(marks.headline).push_bind(marks.text);
            row.push_bind(marks.fingerprint.as_slice()).push_bind(rule_set);
            row.push_bind(decision).push_bind(new.item.is_held.then_some("held"));
            row.push_bind(authors).push_bind(categories);
            row.push_bind(&draft.summary).push_bind(&draft.body);
        });
        query.build().persistent(false).execute(&mut *tx).await?;
    }
    Ok(())
}

/// Gives items these keys; those that they have already change nothing.
pub(super) async fn add_keys(tx: &mut SqliteConnection, keys: &[(i64, Key)]) -> Result<(), Error> {
    for chunk in keys.chunks(CHUNK) {
        let mut query = QueryBuilder::<Sqlite>::new("INSERT INTO item_key (mark, item, kind) ");
        query.push_values(chunk, |mut row, (item, key)| {
            row.push_bind(key.mark).push_bind(*item).push_bind(key.kind.number());
        });
        query.push(" ON CONFLICT (mark, item) DO NOTHING");
        query.build().persistent(false).execute(&mut *tx).await?;
    }
    Ok(())
}

/// Takes an address from an item that another story took the place of: it tells that one from now on.
pub(super) async fn take_keys(
    tx: &mut SqliteConnection,
    item: i64,
    keys: &[Key],
) -> Result<(), Error> {
    for key in keys {
        sqlx::query("DELETE FROM item_key WHERE mark = $1 AND item = $2")
            .bind(key.mark)
            .bind(item)
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

/// Replaces what an item says and keeps what it said.
pub(super) async fn edit(
    tx: &mut SqliteConnection,
    id: i64,
    rule_set: &str,
    item: &Evaluated,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let (draft, marks) = (&item.draft, &item.marks);
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
         text_mark = $10, fingerprint = $11, rule_set = $12, decision = $13, authors = $14, \
         categories = $15, summary = $16, body = $17 WHERE id = $1",
    )
    .bind(id)
    .bind(millis(now))
    .bind(draft.published.map(millis))
    .bind(draft.updated.map(millis))
    .bind(&item.language)
    .bind(&draft.guid)
    .bind(draft.link.as_ref().map(url::Url::as_str))
    .bind(&draft.title)
    .bind(marks.headline)
    .bind(marks.text)
    .bind(marks.fingerprint.as_slice())
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
        push_values(&mut query, chunk);
        query.build().persistent(false).execute(&mut *tx).await?;
    }
    Ok(())
}
