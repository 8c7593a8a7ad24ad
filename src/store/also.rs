//! One article in several sources: it is told once a receiver, naming them all.
//!
//! Whether another source's item is this article is said by `identity`; looked up inside the transaction
//! that raises the alert, so that two polls at once cannot tell it twice. Called by `polls`.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sqlx::SqliteConnection;

use crate::identity::face::{Face, Mark, Scope, address_mark};
use crate::identity::{Recognition, is_one_item};
use crate::model::item::Draft;
use crate::store::alerts::{self, Telling};
use crate::store::error::Error;
use crate::store::polls::{Evaluated, Poll};
use crate::store::record;

/// Alerts of other sources at one address that are looked at, the youngest first.
const OTHERS_MAX: i64 = 8;

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
    let link = evaluated.draft.link.as_ref().filter(|_| evaluated.link_tells);
    let address = link.and_then(address_mark);
    let told = match evaluated.recognition {
        // What it is told of again, it told itself.
        Recognition::Edited { was_alerted: true, .. } => Vec::new(),
        _ => told_elsewhere(tx, poll, evaluated, address).await?,
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
        address,
        draft: &evaluated.draft,
        language: evaluated.language.as_deref(),
        decision: &evaluated.decision,
        receivers: &receivers,
    };
    let (alert, deliveries) = alerts::raise(tx, &telling, now).await?;
    Ok((Some(alert), deliveries))
}

/// The alerts by which other sources told this item.
async fn told_elsewhere(
    tx: &mut SqliteConnection,
    poll: &Poll<'_>,
    evaluated: &Evaluated,
    address: Option<Mark>,
) -> Result<Vec<i64>, Error> {
    let Some(address) = address else { return Ok(Vec::new()) };
    let others: Vec<(i64, String, String)> = sqlx::query_as(
        "SELECT id, source, draft FROM alert WHERE address = $1 AND source <> $2 \
         ORDER BY id DESC LIMIT $3",
    )
    .bind(address)
    .bind(poll.source)
    .bind(OTHERS_MAX)
    .fetch_all(&mut *tx)
    .await?;
    let face = |source: &str, draft: &Draft| {
        Face::of(draft, Scope { source, zone: chrono_tz::UTC, rule: None })
    };
    let ours = face(poll.source, &evaluated.draft);
    let mut told = Vec::new();
    for (alert, source, draft) in others {
        if is_one_item(&ours, &face(&source, &record::read_draft(&draft)?)) {
            told.push(alert);
        }
    }
    Ok(told)
}
