//! Upkeep: forgetting old texts, versions and ledger rows once a day, and reading the whole store for
//! damage once after the start.
//!
//! Identities outlive the texts, so that an item that returns after months is still known. Woken by
//! the calendar, and by its own clock should the calendar fail or the process never live to its hour;
//! a failure costs a day and is tried again at the next wake.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::lang::count::counted;
use crate::store::error::Error;
use crate::store::prune::{Pruned, Retention};
use crate::work::Bench;

/// The first upkeep comes so long after the start: behind the first polls, before a restart loop of
/// hours could put it off for ever.
const FIRST: Duration = Duration::from_mins(5);

/// Without a wake of the calendar, upkeep comes after this: a day, and an hour for the calendar to be
/// first.
const EVERY: Duration = Duration::from_hours(25);

/// Prunes once.
pub async fn step(bench: &Bench) {
    let keep = Retention::of(bench.plan.settings.daemon.retention);
    match bench.store.prune(bench.clock.now(), &keep).await {
        Ok(pruned) => tracing::info!("{}", words(&pruned)),
        Err(error) => tracing::error!("cannot prune the store: {error}; next try in a day"),
    }
}

fn words(pruned: &Pruned) -> String {
    let all = [
        (pruned.items, "item", "items"),
        (pruned.texts, "text", "texts"),
        (pruned.versions, "earlier version", "earlier versions"),
        (pruned.alerts, "alert", "alerts"),
        (pruned.polls, "poll", "polls"),
    ];
    let some: Vec<String> = all
        .into_iter()
        .filter(|(number, ..)| *number > 0)
        .map(|(number, one, many)| counted(number, one, many))
        .collect();
    if some.is_empty() {
        return "nothing is older than the retention".to_owned();
    }
    format!("forgot what is older than the retention: {}", some.join(", "))
}

/// Prunes at each wake until `stop`. Ends by itself only if the store is damaged.
pub async fn run(bench: Bench, stop: CancellationToken) -> Result<(), Error> {
    let wake = Arc::clone(&bench.wakes.prune);
    let (mut next, mut checked) = (Instant::now() + FIRST, false);
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = wake.notified() => {}
            () = tokio::time::sleep_until(next) => {}
        }
        next = Instant::now() + EVERY;
        if !checked {
            checked = check(&bench).await?;
        }
        step(&bench).await;
    }
}

/// Reads the store for damage. Only damage is an error; what kept it from being read is not.
async fn check(bench: &Bench) -> Result<bool, Error> {
    match bench.store.quick_check().await {
        Ok(()) => Ok(true),
        Err(error @ Error::Corrupt(_)) => Err(error),
        Err(error) => {
            tracing::warn!("the store could not be read for damage: {error}; next try in a day");
            Ok(false)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_forgotten_is_told_in_words_and_what_was_not_is_left_out() {
        assert_eq!(words(&Pruned::default()), "nothing is older than the retention");
        let pruned = Pruned { items: 1, polls: 1_200, ..Pruned::default() };
        assert_eq!(words(&pruned), "forgot what is older than the retention: 1 item, 1,200 polls");
    }
}
