//! Deliveries: claim under a lease, send, record; one in flight per receiver.
//!
//! The sender gives the verdict and one policy makes the next time of it. A receiver that fails
//! holds up no other; a message that is refused holds up no other message. A stream or file that does
//! not take what was written to it gets nothing else until it does. Woken by `work::poll`
//! when alerts were raised; run by `daemon`, drained by `cli`.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::FutureExt;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::invocation;
use crate::model::alert::Delivery;
use crate::model::receiver::{Receiver, Verdict};
use crate::notify::pens::Unfinished;
use crate::notify::retry::{self, Next};
use crate::render::Look;
use crate::store::deliveries::AttemptResult;
use crate::store::error::Error;
use crate::work::Bench;

/// An attempt that is not recorded by then is free again. Longer than any attempt can take.
const LEASE: Duration = Duration::from_mins(2);

/// A receiver that has not answered by then is tried later: a blocked pipe or a locked file has no
/// deadline of its own.
const SENDING_MAX: Duration = Duration::from_mins(1);

/// The longest rest that a receiver may ask for.
const REST_MAX: Duration = Duration::from_hours(24);

/// The loop looks at the store at least this often.
const LOOK_MAX: Duration = Duration::from_secs(30);

/// The longest pace of a receiver: what is due within it is still part of a drain.
const PACE_MAX: Duration = Duration::from_secs(2);

/// After a fault of the store, wait this long before looking again.
const STORE_WAIT: Duration = Duration::from_secs(5);

/// Delivers what is due, as it falls due, until `stop`; then finishes what is in flight. Ends by
/// itself only if the store is damaged.
pub async fn run(bench: Bench, stop: CancellationToken) -> Result<(), Error> {
    run_within(bench, SENDING_MAX, stop).await
}

/// The same, with another patience for an attempt.
pub async fn run_within(
    bench: Bench,
    most: Duration,
    stop: CancellationToken,
) -> Result<(), Error> {
    let wake = Arc::clone(&bench.wakes.deliver);
    let mut flights = Flights::new(most, stop.clone());
    loop {
        bench.pulses.deliver.beat();
        let look_at = flights.launch(&bench).await?;
        tokio::select! {
            () = stop.cancelled() => break,
            () = wake.notified() => {}
            () = tokio::time::sleep_until(look_at) => {}
            Some(landed) = flights.set.join_next_with_id() => flights.landed(landed),
        }
    }
    while flights.set.join_next().await.is_some() {}
    Ok(())
}

/// Delivers until nothing more is due soon; a receiver that wants its pace is waited for. A store that
/// refuses ends it, because whoever asked is waiting.
pub async fn drain(bench: &Bench) -> Result<(), Error> {
    // Whoever asked does not wait for a write to end that was given up.
    let stop = CancellationToken::new();
    stop.cancel();
    let mut flights = Flights::new(SENDING_MAX, stop);
    loop {
        let now = bench.clock.now();
        let due = flights.claim(bench, now).await?;
        if let Some(landed) = flights.set.join_next_with_id().await {
            flights.landed(landed);
            continue;
        }
        match due {
            Some(due) if due <= now + PACE_MAX => {
                let wait = (due - now).to_std().unwrap_or_default();
                tokio::time::sleep(wait.max(Duration::from_millis(1))).await;
            }
            _ => return Ok(()),
        }
    }
}

/// What is in the air, and whose it is.
struct Flights {
    set: JoinSet<Landing>,
    /// How long an attempt may take.
    most: Duration,
    /// Ends the wait for writes that were given up.
    stop: CancellationToken,
    /// A receiver in flight gets nothing else, even if the lease has run out.
    receivers: HashMap<Id, String>,
}

/// How a flight ended.
enum Landing {
    /// The receiver can be given the next message.
    Free,
    /// It is still busy with this one.
    Writing,
}

impl Flights {
    fn new(most: Duration, stop: CancellationToken) -> Self {
        Self { set: JoinSet::new(), most, stop, receivers: HashMap::new() }
    }

    /// Claims and sends what is due for receivers that are free. Says when to look again.
    async fn launch(&mut self, bench: &Bench) -> Result<Instant, Error> {
        let now = bench.clock.now();
        let due = match self.claim(bench, now).await {
            Ok(due) => due,
            Err(error @ Error::Corrupt(_)) => return Err(error),
            Err(error) => {
                bench.notes.store_refuses(&error, now);
                return Ok(Instant::now() + STORE_WAIT);
            }
        };
        let wait = due.map_or(LOOK_MAX, |due| (due - now).to_std().unwrap_or_default());
        Ok(Instant::now() + wait.clamp(Duration::from_millis(1), LOOK_MAX))
    }

    /// Claims and sends; says when the next delivery is due.
    async fn claim(
        &mut self,
        bench: &Bench,
        now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, Error> {
        let mut free = enabled(bench);
        free.retain(|id| !self.receivers.values().any(|flying| flying == id));
        let claimed = bench.store.claim_deliveries(&free, now, LEASE, free.len()).await?;
        if !claimed.is_empty() {
            // Claiming is writing.
            bench.notes.store_works();
        }
        for delivery in claimed {
            let (receiver, bench) = (delivery.receiver.clone(), bench.clone());
            let (most, stop) = (self.most, self.stop.clone());
            let flight = self.set.spawn(async move { fly(&bench, &delivery, most, &stop).await });
            self.receivers.insert(flight.id(), receiver);
        }
        bench.store.next_due(&[], &free).await
    }

    fn landed(&mut self, landed: Result<(Id, Landing), JoinError>) {
        let id = match landed {
            Ok((_, Landing::Writing)) => return,
            Ok((id, Landing::Free)) => id,
            Err(error) => error.id(),
        };
        self.receivers.remove(&id);
    }
}

/// One attempt, and where its write goes on after it was given up, the end of that.
async fn fly(
    bench: &Bench,
    delivery: &Delivery,
    most: Duration,
    stop: &CancellationToken,
) -> Landing {
    let (started_at, clock) = (bench.clock.now(), Instant::now());
    let Some(write) = attempt(bench, delivery, most).await else { return Landing::Free };
    let verdict = tokio::select! {
        () = stop.cancelled() => return Landing::Writing,
        verdict = write.ended() => verdict,
    };
    // What failed in the end is tried again by the schedule: as given up it is recorded already.
    if verdict == Verdict::Delivered {
        tell(delivery, &verdict, &Next::Done);
        let duration_ms = clock.elapsed().as_millis() as u64;
        let result = AttemptResult {
            started_at,
            verdict,
            retry_at: None,
            status: None,
            duration_ms,
            free_at: None,
        };
        record(bench, delivery, &result, Instant::now() + LEASE).await;
    }
    Landing::Free
}

/// One attempt of one delivery, recorded whatever happens.
pub async fn step(bench: &Bench, delivery: &Delivery) {
    attempt(bench, delivery, SENDING_MAX).await;
}

/// The same with another patience. Gives the write that goes on though it was recorded as given up.
async fn attempt<'a>(
    bench: &'a Bench,
    delivery: &Delivery,
    most: Duration,
) -> Option<Unfinished<'a>> {
    let receiver = find(bench, &delivery.receiver)?;
    let (started_at, clock) = (bench.clock.now(), Instant::now());
    let look = Look { now: started_at, timezone: bench.plan.settings.daemon.timezone };
    let sending = crate::notify::send(&bench.client, &bench.pens, receiver, delivery, &look);
    let sending = tokio::time::timeout(most, sending);
    let (verdict, status) = match AssertUnwindSafe(sending).catch_unwind().await {
        Ok(Ok(sent)) => (sent.verdict, sent.status),
        Ok(Err(_)) => (retry(format!("it took nothing for {} s", most.as_secs())), None),
        Err(_) => (retry("sending failed inside bongsu".to_owned()), None),
    };
    let unfinished = bench.pens.unfinished(delivery.id);
    let now = bench.clock.now();
    let next = retry::next(delivery.attempts + 1, &verdict, now, fastrand::f64());
    match &unfinished {
        Some(_) => tell_unfinished(delivery, &verdict),
        None => tell(delivery, &verdict, &next),
    }
    // A receiver that names a wait means all that waits for it, not this message alone.
    let asked = if let Verdict::Retry { after, .. } = &verdict { *after } else { None };
    let rest = crate::notify::pace(&receiver.kind).max(asked.unwrap_or_default().min(REST_MAX));
    let result = AttemptResult {
        started_at,
        retry_at: if let Next::At(at) = next { Some(at) } else { None },
        verdict: ended(verdict, next),
        status,
        duration_ms: clock.elapsed().as_millis() as u64,
        free_at: (!rest.is_zero()).then(|| now + rest),
    };
    record(bench, delivery, &result, clock + LEASE).await;
    unfinished
}

/// Records an attempt; again and again while the store refuses, because what is not recorded is sent
/// again. The receiver gets nothing meanwhile. After `until` others may send it.
async fn record(bench: &Bench, delivery: &Delivery, result: &AttemptResult, until: Instant) {
    let receiver = delivery.receiver.as_str();
    loop {
        let now = bench.clock.now();
        let error = match bench.store.finish_attempt(delivery.id, result, now).await {
            Ok(()) => {
                bench.notes.store_works();
                return;
            }
            Err(error) => error,
        };
        if !error.passes() || Instant::now() + STORE_WAIT >= until {
            tracing::error!(
                delivery.id = %delivery.id,
                receiver.id = receiver,
                "cannot record an attempt for receiver {receiver}: {error}; it is repeated with the same id"
            );
            return;
        }
        bench.notes.store_refuses(&error, now);
        tokio::time::sleep(STORE_WAIT).await;
    }
}

fn retry(reason: String) -> Verdict {
    Verdict::Retry { after: None, reason }
}

/// The verdict with the reason of the end, where trying has one.
fn ended(verdict: Verdict, next: Next) -> Verdict {
    match (verdict, next) {
        (Verdict::Retry { after, .. }, Next::Dead { reason }) => Verdict::Retry { after, reason },
        (verdict, _) => verdict,
    }
}

/// The receivers that are switched on.
pub fn enabled(bench: &Bench) -> Vec<&str> {
    let receivers = bench.plan.settings.receivers.iter().filter(|receiver| receiver.enabled);
    receivers.map(|receiver| receiver.id.as_str()).collect()
}

fn find<'a>(bench: &'a Bench, id: &str) -> Option<&'a Receiver> {
    bench.plan.settings.receivers.iter().find(|receiver| receiver.id == id)
}

/// Logs that a stream or file has stopped taking what was written to it.
fn tell_unfinished(delivery: &Delivery, verdict: &Verdict) {
    let (id, receiver, alert) = (delivery.id, delivery.receiver.as_str(), delivery.alert.id);
    let Verdict::Retry { reason, .. } = verdict else { return };
    tracing::warn!(delivery.id = %id, receiver.id = receiver, "receiver {receiver} is stuck with alert {alert}: {reason}; its other alerts wait until it goes on");
}

/// Logs an attempt: what was delivered, what waits, what is given up.
fn tell(delivery: &Delivery, verdict: &Verdict, next: &Next) {
    let (id, receiver) = (delivery.id, delivery.receiver.as_str());
    let (attempt, alert) = (delivery.attempts + 1, delivery.alert.id);
    let since = delivery.created_at.format("%Y-%m-%dT%H:%M:%SZ");
    match (verdict, next) {
        (Verdict::Delivered, _) => {
            tracing::info!(delivery.id = %id, receiver.id = receiver, attempt, "receiver {receiver} has alert {alert}");
        }
        (Verdict::Retry { reason, .. }, Next::At(at)) => {
            let at = at.format("%Y-%m-%dT%H:%M:%SZ");
            tracing::warn!(delivery.id = %id, receiver.id = receiver, attempt, "receiver {receiver} did not take alert {alert}, which waits since {since}: {reason}; next try {at}");
        }
        (Verdict::Retry { .. }, Next::Dead { reason }) => {
            tracing::error!(delivery.id = %id, receiver.id = receiver, attempt, "alert {alert} for receiver {receiver}, which waited since {since}, is kept as a dead letter: {reason}");
        }
        (Verdict::Closed { reason }, _) => {
            let resume = invocation::command(&format!("receivers resume {receiver}"));
            tracing::error!(delivery.id = %id, receiver.id = receiver, "receiver {receiver} takes nothing any more: {reason}; it is paused and its alerts are kept; mend it, then `{resume}`");
        }
        (Verdict::Retry { reason, .. } | Verdict::Refused { reason }, _) => {
            tracing::error!(delivery.id = %id, receiver.id = receiver, attempt, "receiver {receiver} refused alert {alert} for good: {reason}; it is kept as a dead letter, and the next ones go on");
        }
    }
}
