//! Forgetting: old texts, versions and ledger rows, once a day.
//!
//! Identities outlive the texts, so that an item that returns after months is still known. Woken by
//! the calendar; a failure costs a day and is tried again at the next wake.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::work::Bench;

/// Prunes once.
pub async fn step(bench: &Bench) {
    let keep = bench.plan.settings.daemon.retention;
    let now = bench.clock.now();
    match bench.store.prune(now, keep).await {
        Ok(pruned) => tracing::info!(rows = pruned, "pruned what is older than the retention"),
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
