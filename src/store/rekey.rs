//! Keys made anew from the items, when the rules that make them are other than those that did.
//!
//! After an upgrade, or a change of a source's zone or rule, every known item must be recognised by the
//! new rules at the very next poll. Run at the start, before anything is polled.

use std::collections::HashMap;

use sqlx::FromRow;

use crate::identity::face::{Face, Key, KeyKind, Scope};
use crate::store::error::Error;
use crate::store::items::{self, KEYS_MAX};
use crate::store::record::Said;
use crate::store::{Store, begin};

/// Items in one transaction: with their texts some megabytes at most.
const BATCH: i64 = 500;

/// What keys are made of.
#[derive(FromRow)]
struct Row {
    id: i64,
    text_mark: Option<i64>,
    #[sqlx(flatten)]
    said: Said,
}

impl Store {
    /// Makes the keys of these sources' items anew where other rules made them; says of how many items.
    /// A start that finds all in order costs one statement. A stop in between is made up for at the next.
    pub async fn rekey(&self, scopes: &[Scope<'_>]) -> Result<u64, Error> {
        let made: Vec<(String, Option<String>)> =
            sqlx::query_as("SELECT id, key_rule FROM source").fetch_all(&self.readers).await?;
        let made: HashMap<String, Option<String>> = made.into_iter().collect();
        let is_outdated = |scope: &&Scope<'_>| {
            let made = made.get(scope.source).and_then(Option::as_deref);
            made != Some(scope.version().as_str())
        };
        let outdated: Vec<&Scope<'_>> = scopes.iter().filter(is_outdated).collect();
        if outdated.is_empty() {
            return Ok(0);
        }
        let mut done = 0;
        for scope in &outdated {
            done += self.rekey_source(**scope).await?;
        }
        let mut writer = self.writer().await;
        let mut tx = begin(&mut writer).await?;
        for scope in outdated {
            sqlx::query("UPDATE source SET key_rule = $2 WHERE id = $1")
                .bind(scope.source)
                .bind(scope.version())
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(done)
    }

    async fn rekey_source(&self, scope: Scope<'_>) -> Result<u64, Error> {
        let (mut after, mut done) = (0, 0);
        loop {
            let rows: Vec<Row> = sqlx::query_as(
                "SELECT id, published, guid, link, title, summary, body, text_mark FROM item \
                 WHERE source = $1 AND id > $2 ORDER BY id LIMIT $3",
            )
            .bind(scope.source)
            .bind(after)
            .bind(BATCH)
            .fetch_all(&self.readers)
            .await?;
            let Some(last) = rows.last() else { return Ok(done) };
            after = last.id;
            done += rows.len() as u64;
            self.rekey_some(rows, scope).await?;
        }
    }

    async fn rekey_some(&self, rows: Vec<Row>, scope: Scope<'_>) -> Result<(), Error> {
        let mut writer = self.writer().await;
        let mut tx = begin(&mut writer).await?;
        let mut keys: Vec<(i64, Key)> = Vec::new();
        for row in rows {
            let (id, text, draft) = (row.id, row.text_mark, row.said.into_draft());
            let face = Face::of(&draft, scope);
            // Where the texts were forgotten, what is kept of them outlives them.
            let is_bare = face.marks.text.is_none();
            let lacks_words = is_bare && text.is_some() && face.headline.folded.is_empty();
            // Without a headline the last key was made of the text, and cannot be made again.
            let lost = |kind| lacks_words && kind == KeyKind::HeadlineDay;
            // Ids and addresses under which it came earlier stay; what depends on zone and rule goes.
            for kind in [KeyKind::Own, KeyKind::HeadlineDay].into_iter().filter(|kind| !lost(*kind))
            {
                sqlx::query("DELETE FROM item_key WHERE item = $1 AND kind = $2")
                    .bind(id)
                    .bind(kind.number())
                    .execute(&mut *tx)
                    .await?;
            }
            sqlx::query(
                "UPDATE item SET title_mark = $2, text_mark = $3, \
                 fingerprint = CASE WHEN $4 = 1 THEN fingerprint ELSE $5 END WHERE id = $1",
            )
            .bind(id)
            .bind(face.marks.headline)
            .bind(face.marks.text.or(text))
            .bind(i64::from(is_bare))
            .bind(face.marks.fingerprint.as_slice())
            .execute(&mut *tx)
            .await?;
            let made = face.marks.keys.iter().filter(|key| !lost(key.kind));
            keys.extend(made.take(KEYS_MAX).map(|key| (id, *key)));
        }
        items::add_keys(&mut tx, &keys).await?;
        Ok(tx.commit().await?)
    }
}
