//! One article in several sources: it is told once a receiver, naming them all.
//!
//! Whether another source's item is this article is said by `identity`; looked up inside the transaction
//! that raises the alert, so that two polls at once cannot tell it twice. Called by `polls`.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sqlx::{FromRow, SqliteConnection};

use crate::identity::face::{Face, KeyKind, Mark, Scope};
use crate::identity::{Recognition, is_one_item};
use crate::model::item::Draft;
use crate::store::alerts::{self, Telling};
use crate::store::error::Error;
use crate::store::polls::{Evaluated, Poll};
use crate::store::record::Said;

/// Items of other sources at one address that are looked at, the youngest first.
const OTHERS_MAX: i64 = 8;

/// An item of another source that stands at the same address and was told.
#[derive(FromRow)]
struct Other {
    alert: i64,
    source: String,
    #[sqlx(flatten)]
    said: Said,
}

/// Raises the alert of a new or edited item for those receivers that have not had the article from another
/// source; the alerts they had are to name this source too. Gives the alert, if any receiver is left,
/// and the number of deliveries.
pub(super) async fn raise(
    tx: &mut SqliteConnection,
    poll: &Poll<'_>,
    item: i64,
    evaluated: &Evaluated,
    now: DateTime<Utc>,
) -> Result<(Option<i64>, usize), Error> {
    let told = match evaluated.recognition {
        // What it is told of again, it told itself.
        Recognition::Edited { was_alerted: true, .. } => Vec::new(),
        _ => told_elsewhere(tx, poll, evaluated).await?,
    };
    let mut receivers = evaluated.receivers.clone();
    let mut had = HashSet::new();
    for alert in &told {
        // A dead delivery told nobody.
        let theirs: Vec<String> = sqlx::query_scalar(
            "SELECT receiver FROM delivery WHERE alert = $1 AND state <> 'dead'",
        )
        .bind(alert)
        .fetch_all(&mut *tx)
        .await?;
        had.extend(theirs);
        sqlx::query(
            "INSERT INTO alert_also (alert, item, publisher) VALUES ($1, $2, $3) \
             ON CONFLICT (alert, item) DO NOTHING",
        )
        .bind(alert)
        .bind(item)
        .bind(poll.publisher)
        .execute(&mut *tx)
        .await?;
    }
    receivers.retain(|receiver| !had.contains(receiver));
    if receivers.is_empty() && !told.is_empty() {
        return Ok((None, 0));
    }
    let telling = Telling {
        source: poll.source,
        publisher: poll.publisher,
        item,
        draft: &evaluated.draft,
        language: evaluated.language.as_deref(),
        decision: &evaluated.decision,
        receivers: &receivers,
    };
    let (alert, deliveries) = alerts::raise(tx, &telling, now).await?;
    Ok((Some(alert), deliveries))
}

/// The alerts by which other sources told this article.
async fn told_elsewhere(
    tx: &mut SqliteConnection,
    poll: &Poll<'_>,
    evaluated: &Evaluated,
) -> Result<Vec<i64>, Error> {
    let link: Option<Mark> = evaluated
        .marks
        .keys
        .iter()
        .find(|key| key.kind == KeyKind::Link && evaluated.link_tells)
        .map(|key| key.mark);
    let Some(link) = link else { return Ok(Vec::new()) };
    let others: Vec<Other> = sqlx::query_as(
        "SELECT (SELECT max(alert.id) FROM alert WHERE alert.item = item.id) AS alert, \
         item.source, item.published, item.guid, item.link, item.title, item.summary, item.body \
         FROM item_key JOIN item ON item.id = item_key.item \
         WHERE item_key.mark = $1 AND item_key.kind = $2 AND item.source <> $3 \
         AND EXISTS (SELECT 1 FROM alert WHERE alert.item = item.id) \
         ORDER BY item.id DESC LIMIT $4",
    )
    .bind(link)
    .bind(KeyKind::Link.number())
    .bind(poll.source)
    .bind(OTHERS_MAX)
    .fetch_all(&mut *tx)
    .await?;
    let face = |source: &str, draft: &Draft| {
        Face::of(draft, Scope { source, zone: chrono_tz::UTC, rule: None })
    };
    let ours = face(poll.source, &evaluated.draft);
    let is_one = |other: Other| {
        let theirs = face(&other.source, &other.said.into_draft());
        is_one_item(&ours, &theirs).then_some(other.alert)
    };
    Ok(others.into_iter().filter_map(is_one).collect())
}
