//! What is held of a source, ended: sent or dropped, as the operator says.
//!
//! Items are held when their source comes with many known headlines under new ids: whether that is news,
//! only a person can say. Called by `cli`, beside a running daemon or without one.

use chrono::{DateTime, Utc};

use crate::store::Store;
use crate::store::error::Error;
use crate::work::{Plan, judge};

/// How held alerts end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// They are raised after all.
    Send,
    /// They are no news; their items stay known.
    Drop,
}

/// What became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Released {
    /// Alerts that were held.
    pub items: u64,
    /// Deliveries that are due now.
    pub deliveries: usize,
}

/// Ends what is held of the source of this id and title, which may have left the configuration. Receivers are those of today's watches that flagged the items when they
/// came; where those watches are gone, nobody is left to be told.
pub async fn step(
    store: &Store,
    plan: &Plan,
    (id, title): (&str, &str),
    end: End,
    now: DateTime<Utc>,
) -> Result<Released, Error> {
    if end == End::Drop {
        return Ok(Released { items: store.drop_held(id).await?, deliveries: 0 });
    }
    let held = store.held(id).await?;
    let items = held.len() as u64;
    let addressed: Vec<_> = held
        .into_iter()
        .map(|held| {
            let watches = judge::flagging(plan, &held.decision);
            let receivers = judge::receivers(plan, &watches);
            (held, receivers)
        })
        .collect();
    let deliveries = store.send_held(id, title, &addressed, now).await?;
    Ok(Released { items, deliveries })
}
