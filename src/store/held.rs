//! Alerts held back, because their source came with known headlines under new ids: until the operator
//! says whether they are news.
//!
//! A held item has an end too: sent or dropped. Called by `work::release`, and read by `health`.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use crate::identity::face::address_mark;
use crate::model::decision::Decision;
use crate::model::item::Draft;
use crate::store::alerts::{self, Telling};
use crate::store::error::Error;
use crate::store::{Store, begin, record};

/// An item whose alert is held.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// The item.
    pub item: i64,
    /// What it says.
    pub draft: Draft,
    /// Its language.
    pub language: Option<String>,
    /// What the watches said when it came.
    pub decision: Decision,
}

#[derive(FromRow)]
struct Row {
    id: i64,
    decision: Option<String>,
}

impl Store {
    /// How many alerts are held, by source.
    pub async fn held_counts(&self) -> Result<BTreeMap<String, u64>, Error> {
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "SELECT source, count(*) FROM item WHERE held = 'held' GROUP BY source ORDER BY source",
        )
        .fetch_all(&self.readers)
        .await?;
        Ok(rows.into_iter().map(|(source, count)| (source, count as u64)).collect())
    }

    /// The held items of a source, as they came.
    pub async fn held(&self, source: &str) -> Result<Vec<Held>, Error> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, decision FROM item WHERE source = $1 AND held = 'held' ORDER BY id",
        )
        .bind(source)
        .fetch_all(&self.readers)
        .await?;
        let mut held = Vec::with_capacity(rows.len());
        for row in rows {
            let item = self.item(row.id).await?;
            let decision = row.decision.as_deref().map(record::read_decision).transpose()?;
            let (language, decision) = (item.draft.language.clone(), decision.unwrap_or_default());
            held.push(Held { item: row.id, draft: item.draft, language, decision });
        }
        Ok(held)
    }

    /// Raises the alert of each of these held items for its receivers. Says how many deliveries that are.
    pub async fn send_held(
        &self,
        source: &str,
        publisher: &str,
        held: &[(Held, Vec<String>)],
        now: DateTime<Utc>,
    ) -> Result<usize, Error> {
        let mut writer = self.writer().await;
        let mut tx = begin(&mut writer).await?;
        let mut deliveries = 0;
        for (held, receivers) in held {
            let ended =
                sqlx::query("UPDATE item SET held = 'sent' WHERE id = $1 AND held = 'held'")
                    .bind(held.item)
                    .execute(&mut *tx)
                    .await?;
            // Somebody else was faster.
            if ended.rows_affected() == 0 {
                continue;
            }
            let telling = Telling {
                source,
                publisher,
                item: held.item,
                address: held.draft.link.as_ref().and_then(address_mark),
                draft: &held.draft,
                language: held.language.as_deref(),
                decision: &held.decision,
                receivers,
            };
            deliveries += alerts::raise(&mut tx, &telling, now).await?.1;
        }
        tx.commit().await?;
        Ok(deliveries)
    }

    /// Drops what is held of a source; says how many items that were. They stay known.
    pub async fn drop_held(&self, source: &str) -> Result<u64, Error> {
        let mut writer = self.writer().await;
        let mut tx = begin(&mut writer).await?;
        let done =
            sqlx::query("UPDATE item SET held = 'dropped' WHERE source = $1 AND held = 'held'")
                .bind(source)
                .execute(&mut *tx)
                .await?;
        tx.commit().await?;
        Ok(done.rows_affected())
    }
}
