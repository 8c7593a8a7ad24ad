//! Forgetting: old texts, versions and ledger rows, once a day.
//!
//! Identities outlive the texts, so that an item that returns after months is still known. Woken by
//! the calendar; a failure costs a day and is tried again at the next wake.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::store::prune::Retention;
use crate::work::Bench;

/// Prunes once.
pub async fn step(bench: &Bench) {
    let keep = Retention::of(bench.plan.settings.daemon.retention);
    match bench.store.prune(bench.clock.now(), &keep).await {
        Ok(pruned) => tracing::info!("pruned what is older than the retention: {pruned:?}"),
        Err(error) => tracing::error!("cannot prune the store: {error}; next try in a day"),
    }
}

/// Prunes at each wake until `stop`.
pub async fn run(bench: Bench, stop: CancellationToken) {
    let wake = Arc::clone(&bench.wakes.prune);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = wake.notified() => step(&bench).await,
        }
    }
}
