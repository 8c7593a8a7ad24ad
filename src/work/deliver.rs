//! Deliveries: claim under a lease, send, record; one in flight per receiver.
//!
//! The sender gives the verdict and one policy makes the next time of it. A receiver that fails
//! holds up no other; a message that is refused holds up no other message. Woken by `work::poll`
//! when alerts were raised; run by `daemon`, drained by `cli`.

use std::collections::{HashMap, HashSet};
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
use crate::store::AttemptResult;
use crate::work::Bench;

/// An attempt that is not recorded by then is free again. Longer than any attempt can take.
const LEASE: Duration = Duration::from_secs(120);

/// The loop looks at the store at least this often.
const LOOK_MAX: Duration = Duration::from_secs(30);

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
            Some(landed) = flights.set.join_next() => flights.landed(&bench, landed.ok()),
        }
    }
    while let Some(landed) = flights.set.join_next().await {
        flights.landed(&bench, landed.ok());
    }
}

/// Delivers until nothing more is due now.
pub async fn drain(bench: &Bench) -> Result<u64, crate::store::Error> {
    let mut attempts = 0;
    let mut flights = Flights::default();
    loop {
        let look_at = flights.launch(bench).await;
        if let Some(landed) = flights.set.join_next().await {
            attempts += 1;
            flights.landed(bench, landed.ok());
        } else if flights.paced() {
            tokio::time::sleep_until(look_at).await;
        } else {
            return Ok(attempts);
        }
    }
}

/// What is in the air, and whom to spare.
#[derive(Default)]
struct Flights {
    set: JoinSet<String>,
    busy: HashSet<String>,
    rest_until: HashMap<String, Instant>,
}

impl Flights {
    /// Claims and sends what is due for receivers that are free. Says when to look again.
    async fn launch(&mut self, bench: &Bench) -> Instant {
        let now = bench.clock.now();
        self.rest_until.retain(|_, until| *until > Instant::now());
        let free: Vec<_> = bench
            .plan
            .settings
            .receivers
            .iter()
            .filter(|receiver| receiver.enabled && !self.busy.contains(&receiver.id))
            .filter(|receiver| !self.rest_until.contains_key(&receiver.id))
            .map(|receiver| receiver.id.as_str())
            .collect();
        let claimed = match bench.store.claim_deliveries(&free, now, LEASE, free.len()).await {
            Ok(claimed) => claimed,
            Err(error) => {
                tracing::error!("cannot claim deliveries: {error}; next try in {} s", STORE_WAIT.as_secs());
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
        let due = bench.store.next_delivery_due(&free).await.ok().flatten();
        let wait = due.map_or(LOOK_MAX, |due| (due - now).to_std().unwrap_or_default().min(LOOK_MAX));
        let rested = self.rest_until.values().min().copied();
        let look_at = Instant::now() + wait.max(Duration::from_millis(1));
        rested.map_or(look_at, |rested| rested.min(look_at))
    }

    fn landed(&mut self, bench: &Bench, receiver: Option<String>) {
        let Some(id) = receiver else {
            // A flight that panicked outside its step: its lease will free the row.
            self.busy.clear();
            return;
        };
        self.busy.remove(&id);
        if let Some(receiver) = find(bench, &id) {
            let pace = crate::notify::pace(&receiver.kind);
            if !pace.is_zero() {
                self.rest_until.insert(id, Instant::now() + pace);
            }
        }
    }

    fn paced(&self) -> bool {
        !self.rest_until.is_empty()
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
        Err(_) => (Verdict::Retry { after: None, reason: "sending failed inside bongsu".to_owned() }, None),
    };
    let now = bench.clock.now();
    let next = retry::next(delivery.attempts + 1, &verdict, now, fastrand::f64());
    tell(delivery, &verdict, &next);
    let result = AttemptResult {
        verdict: &verdict,
        next: &next,
        status,
        started_at,
        duration_ms: clock.elapsed().as_millis() as u64,
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

fn find<'a>(bench: &'a Bench, id: &str) -> Option<&'a Receiver> {
    bench.plan.settings.receivers.iter().find(|receiver| receiver.id == id)
}
