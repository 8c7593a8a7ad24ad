//! When: the calendar's wakes (tokio-cron-scheduler, named only here) and the monotonic tick.
//!
//! Neither carries data nor does work: both only wake the workers, which look at the store and do
//! what is due. The cron crate freezes zone offsets, dies on some clock steps and drops runs under
//! load, so it is never trusted alone: its few lines are in UTC, and what it misses is found by the
//! monotonic clock, by the tick or by the worker itself. Called by `daemon`.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tokio_cron_scheduler::{Job, JobScheduler};
use tokio_util::sync::CancellationToken;

use crate::work::drift::Drift;
use crate::work::{Bench, Wakes};

/// How often the tick wakes the workers, whatever else does. They know their own next due time;
/// this bounds what a stepped wall clock or a lost wake can cost.
pub const TICK: Duration = Duration::from_secs(10);

/// Daily pruning, in UTC with seconds first: a quiet hour in Brussels and in Seoul's lunch break.
const PRUNE: &str = "0 30 3 * * *";

/// Why the calendar could not be set up.
#[derive(Debug, thiserror::Error)]
#[error("cannot start the calendar of daily work: {0}; restart, and report it if it stays")]
pub struct Error(String);

/// The calendar's wakes; keep it alive as long as they are wanted.
pub struct Calendar {
    scheduler: JobScheduler,
}

impl Calendar {
    /// Sets up the daily wakes.
    pub async fn start(wakes: &Wakes) -> Result<Self, Error> {
        let fault = |error: tokio_cron_scheduler::JobSchedulerError| Error(error.to_string());
        let scheduler = JobScheduler::new().await.map_err(fault)?;
        let prune = Arc::clone(&wakes.prune);
        let daily = Job::new_async(PRUNE, move |_, _| {
            let prune = Arc::clone(&prune);
            Box::pin(async move { prune.notify_one() })
        })
        .map_err(fault)?;
        scheduler.add(daily).await.map_err(fault)?;
        scheduler.start().await.map_err(fault)?;
        Ok(Self { scheduler })
    }

    /// Ends the wakes. Nothing is lost: what was due is found at the next start.
    pub async fn stop(mut self) {
        if let Err(error) = self.scheduler.shutdown().await {
            tracing::debug!("the calendar did not stop cleanly: {error}");
        }
    }
}

/// Wakes every worker each [`TICK`], until `stop`, and sees to a clock that was set back; its pulse
/// shows that it lives.
pub async fn tick(bench: Bench, stop: CancellationToken) {
    let mut drift = Drift::new(bench.clock.now(), Instant::now());
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        bench.pulses.tick.beat();
        if let Err(error) = drift.look(&bench).await {
            bench.notes.store_refuses(&error, bench.clock.now());
        }
        bench.wakes.poll.notify_one();
        bench.wakes.deliver.notify_one();
    }
}
