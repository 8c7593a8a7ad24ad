//! Deliveries: claim under a lease, send, record; one in flight per receiver.
//!
//! The sender gives the verdict and one policy makes the next time of it. A receiver that fails
//! holds up no other; a message that is refused holds up no other message. Woken by `work::poll`
//! when alerts were raised; run by `daemon`, drained by `cli`.

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::model::alert::Delivery;
use crate::model::receiver::{Receiver, Verdict};
use crate::notify::retry::{self, Next};
use crate::render::Look;
use crate::store::deliveries::AttemptResult;
use crate::work::Bench;

/// An attempt that is not recorded by then is free again. Longer than any attempt can take.
const LEASE: Duration = Duration::from_secs(120);

/// The loop looks at the store at least this often.
const LOOK_MAX: Duration = Duration::from_secs(30);

/// The longest pace of a receiver: what is due within it is still part of a drain.
const PACE_MAX: Duration = Duration::from_secs(2);

/// After a fault of the store, wait this long before looking again.
const STORE_WAIT: Duration = Duration::from_secs(5);

/// Delivers what is due, as it falls due, until `stop`; then finishes what is in flight.
pub async fn run(bench: Bench, stop: CancellationToken) {
    let wake = Arc::clone(&bench.wakes.deliver);
    let mut flights = Flights::default();
    loop {
        bench.pulses.deliver.beat();
        let look_at = flights.launch(&bench).await;
        tokio::select! {
            () = stop.cancelled() => break,
            () = wake.notified() => {}
            () = tokio::time::sleep_until(look_at) => {}
            Some(landed) = flights.set.join_next() => flights.landed(landed.ok()),
        }
    }
    while let Some(landed) = flights.set.join_next().await {
        flights.landed(landed.ok());
    }
}

/// Delivers until nothing more is due soon; a receiver that wants its pace is waited for.
pub async fn drain(bench: &Bench) -> Result<(), crate::store::error::Error> {
    let receivers = enabled(bench);
    let mut flights = Flights::default();
    loop {
        let look_at = flights.launch(bench).await;
        if let Some(landed) = flights.set.join_next().await {
            flights.landed(landed.ok());
            continue;
        }
        let soon = bench.clock.now() + PACE_MAX;
        match bench.store.next_due(&[], &receivers).await? {
            Some(due) if due <= soon => tokio::time::sleep_until(look_at).await,
            _ => return Ok(()),
        }
    }
}

/// What is in the air, and whom to spare.
#[derive(Default)]
struct Flights {
    set: JoinSet<String>,
    busy: HashSet<String>,
}

impl Flights {
    /// Claims and sends what is due for receivers that are free. Says when to look again.
    async fn launch(&mut self, bench: &Bench) -> Instant {
        let now = bench.clock.now();
        let mut free = enabled(bench);
        free.retain(|id| !self.busy.contains(*id));
        let claimed = match bench.store.claim_deliveries(&free, now, LEASE, free.len()).await {
            Ok(claimed) => claimed,
            Err(error) => {
                tracing::error!(
                    "cannot claim deliveries: {error}; next try in {} s",
                    STORE_WAIT.as_secs()
                );
                return Instant::now() + STORE_WAIT;
            }
        };
        for delivery in claimed {
            let receiver = delivery.receiver.clone();
            self.busy.insert(receiver.clone());
            let bench = bench.clone();
            self.set.spawn(async move {
                step(&bench, &delivery).await;
                receiver
            });
        }
        let due = bench.store.next_due(&[], &free).await.ok().flatten();
        let wait =
            due.map_or(LOOK_MAX, |due| (due - now).to_std().unwrap_or_default().min(LOOK_MAX));
        Instant::now() + wait.max(Duration::from_millis(1))
    }

    /// A receiver is free again. A flight that panicked outside its step frees them all: the leases
    /// in the store still keep one receiver from getting two at once.
    fn landed(&mut self, receiver: Option<String>) {
        match receiver {
            Some(receiver) => drop(self.busy.remove(&receiver)),
            None => self.busy.clear(),
        }
    }
}

/// One attempt of one delivery, recorded whatever happens.
pub async fn step(bench: &Bench, delivery: &Delivery) {
    let Some(receiver) = find(bench, &delivery.receiver) else {
        return;
    };
    let (started_at, clock) = (bench.clock.now(), Instant::now());
    let look = Look { now: started_at, timezone: bench.plan.settings.daemon.timezone };
    let sending = crate::notify::send(&bench.client, receiver, delivery, &look);
    let sent = AssertUnwindSafe(sending).catch_unwind().await;
    let (verdict, status) = match sent {
        Ok(sent) => (sent.verdict, sent.status),
        Err(_) => (
            Verdict::Retry { after: None, reason: "sending failed inside bongsu".to_owned() },
            None,
        ),
    };
    let now = bench.clock.now();
    let next = retry::next(delivery.attempts + 1, &verdict, now, fastrand::f64());
    tell(delivery, &verdict, &next);
    let pace = crate::notify::pace(&receiver.kind);
    let result = AttemptResult {
        started_at,
        retry_at: if let Next::At(at) = next { Some(at) } else { None },
        verdict,
        status,
        duration_ms: clock.elapsed().as_millis() as u64,
        free_at: (!pace.is_zero()).then(|| now + pace),
    };
    if let Err(error) = bench.store.finish_attempt(delivery.id, &result, now).await {
        tracing::error!(
            delivery.id = %delivery.id,
            receiver.id = delivery.receiver,
            "cannot record an attempt for receiver {}: {error}; it is repeated with the same id",
            delivery.receiver
        );
    }
}

fn enabled(bench: &Bench) -> Vec<&str> {
    let receivers = bench.plan.settings.receivers.iter().filter(|receiver| receiver.enabled);
    receivers.map(|receiver| receiver.id.as_str()).collect()
}

fn find<'a>(bench: &'a Bench, id: &str) -> Option<&'a Receiver> {
    bench.plan.settings.receivers.iter().find(|receiver| receiver.id == id)
}

/// Logs an attempt: what was delivered, what waits, what is given up.
fn tell(delivery: &Delivery, verdict: &Verdict, next: &Next) {
    let (id, receiver) = (delivery.id, delivery.receiver.as_str());
    let attempt = delivery.attempts + 1;
    match (verdict, next) {
        (Verdict::Delivered, _) => {
            tracing::info!(delivery.id = %id, receiver.id = receiver, attempt, "receiver {receiver} has alert {}", delivery.alert.id);
        }
        (Verdict::Retry { reason, .. }, Next::At(at)) => {
            let at = at.format("%Y-%m-%dT%H:%M:%SZ");
            tracing::warn!(delivery.id = %id, receiver.id = receiver, attempt, "receiver {receiver} did not take an alert: {reason}; next try {at}");
        }
        (Verdict::Closed { reason }, _) => {
            tracing::error!(delivery.id = %id, receiver.id = receiver, "receiver {receiver} takes nothing any more: {reason}; it is paused and its alerts are kept; mend it and restart");
        }
        (Verdict::Retry { reason, .. } | Verdict::Refused { reason }, _) => {
            tracing::error!(delivery.id = %id, receiver.id = receiver, attempt, "receiver {receiver} refused an alert for good: {reason}; it is kept as a dead letter");
        }
    }
}
