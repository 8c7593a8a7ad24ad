//! Health over HTTP: `/healthz` (alive) and `/readyz` (alive, able to write, not stuck; and, without
//! being red for it, which receivers are paused, off or in trouble, which sources unhealthy or off, and
//! who is on).
//!
//! Reads the store, changes nothing, shows no foreign text and no secret. That the store can be written
//! is proved by writing one row, at most every few seconds, however many ask. Listens on loopback
//! unless the configuration says otherwise. Started by `daemon`.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::config::standing;
use crate::invocation;
use crate::lang::count::counted;
use crate::model::source::SourceState;
use crate::store::Store;
use crate::store::error::Error;
use crate::store::queue::Paused;
use crate::work::{Bench, Plan, Pulses};

/// A loop that has not turned for this long is stuck: six ticks.
const PULSE_MAX: Duration = Duration::from_mins(1);

/// A delivery that has waited longer than this, though its time has come, is a fault of ours or of a
/// receiver; either way somebody must look.
const OLDEST_DUE_MAX: Duration = Duration::from_mins(15);

/// A question to the store that is not answered by then counts as a fault: `bongsu health` and
/// container engines wait five seconds and more.
const STORE_MAX: Duration = Duration::from_secs(4);

/// A proof that the store can be written, or cannot, holds for so long: whoever asks costs no write in
/// the meantime, and a probe that asks twice a minute has its own.
const PROOF_MAX: TimeDelta = TimeDelta::seconds(10);

/// Sources named as unhealthy, at most; the log names them all.
const NAMED_MAX: usize = 50;

/// What health is read from.
#[derive(Clone)]
pub struct Health {
    /// The store.
    pub store: Arc<Store>,
    /// The time.
    pub clock: Clock,
    /// Sources that are polled.
    pub sources: Arc<[String]>,
    /// Receivers whose deliveries should not wait.
    pub receivers: Arc<[String]>,
    /// What is on and off.
    pub plan: Arc<Plan>,
    /// The loops' signs of life.
    pub pulses: Arc<Pulses>,
    proof: Arc<Mutex<Option<Proof>>>,
}

/// When the store was last written to prove that it can be, and what kept it from that.
struct Proof {
    at: DateTime<Utc>,
    fault: Option<String>,
}

impl Health {
    /// The health of what is switched on.
    pub fn of(bench: &Bench) -> Self {
        let settings = &bench.plan.settings;
        let sources = settings.sources.iter().filter(|source| source.enabled);
        let receivers = settings.receivers.iter().filter(|receiver| receiver.enabled);
        Self {
            store: Arc::clone(&bench.store),
            clock: bench.clock.clone(),
            sources: sources.map(|source| source.id.clone()).collect(),
            receivers: receivers.map(|receiver| receiver.id.clone()).collect(),
            plan: Arc::clone(&bench.plan),
            pulses: Arc::clone(&bench.pulses),
            proof: Arc::default(),
        }
    }

    /// What keeps the store from being written. Whoever asks while it is being found out waits for
    /// the same answer.
    async fn unwritable(&self, now: DateTime<Utc>) -> Option<String> {
        let mut proof = self.proof.lock().await;
        if let Some(Proof { at, fault }) = &*proof
            && (TimeDelta::zero()..PROOF_MAX).contains(&(now - *at))
        {
            return fault.clone();
        }
        let fault = self.store.writable(now).await.err().map(|error| error.to_string());
        *proof = Some(Proof { at: now, fault: fault.clone() });
        fault
    }
}

/// Serves until `stop`.
pub async fn serve(
    listener: TcpListener,
    health: Health,
    stop: CancellationToken,
) -> std::io::Result<()> {
    let router = Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .with_state(health);
    axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await
}

async fn healthz(State(health): State<Health>) -> (StatusCode, String) {
    answer(stuck(&health), Vec::new())
}

async fn readyz(State(health): State<Health>) -> (StatusCode, String) {
    let mut troubles = stuck(&health);
    let asked = tokio::time::timeout(STORE_MAX, asked(&health, &mut troubles)).await;
    let remarks = asked.unwrap_or_else(|_| {
        troubles.push(format!("the store has not answered for {} s", STORE_MAX.as_secs()));
        Vec::new()
    });
    answer(troubles, remarks)
}

/// What the store says of troubles; and what the operator should know though the daemon is well.
async fn asked(health: &Health, troubles: &mut Vec<String>) -> Vec<String> {
    let now = health.clock.now();
    if let Some(error) = health.unwritable(now).await {
        troubles.push(format!("the store cannot be written: {error}"));
    }
    let receivers: Vec<_> = health.receivers.iter().map(String::as_str).collect();
    match health.store.oldest_due_delivery(&receivers, now).await {
        Ok(Some(age)) if age >= OLDEST_DUE_MAX => {
            troubles.push(format!("the oldest due delivery has waited {} min", age.as_secs() / 60));
        }
        Ok(_) => {}
        Err(error) => troubles.push(format!("the store cannot be read: {error}")),
    }
    remarks(health).await.unwrap_or_else(|error| {
        troubles.push(format!("the store cannot be read: {error}"));
        Vec::new()
    })
}

/// Paused receivers and unhealthy sources. Others' trouble does not make this process unready: to
/// restart it would mend neither. Why they fail is in the log, not here: it may quote others.
async fn remarks(health: &Health) -> Result<Vec<String>, Error> {
    let paused = health.store.paused_receivers().await?;
    let mut remarks = receivers_in_trouble(health, &paused).await?;
    for (source, held) in health.store.held_counts().await? {
        if health.sources.contains(&source) {
            let send = invocation::command(&format!("sources release {source} --send"));
            let held = counted(held, "alert is held", "alerts are held");
            remarks.push(format!("source {source}: {held}; `{send}` or `--drop` ends that"));
        }
    }
    let states = health.store.source_states().await?;
    let ours = states.into_iter().filter(|(id, _)| health.sources.contains(id));
    let unwell: Vec<_> = ours.filter_map(|(id, state)| unwell(&id, &state)).collect();
    let more = unwell.len().saturating_sub(NAMED_MAX);
    remarks.extend(unwell.into_iter().take(NAMED_MAX));
    if more > 0 {
        let more = counted(more as u64, "more source is", "more sources are");
        remarks.push(format!("{more} unhealthy"));
    }
    let paused: Vec<&str> = paused.iter().map(|paused| paused.receiver.as_str()).collect();
    remarks.extend(standing::off(&health.plan.settings));
    remarks.extend(standing::on(&health.plan.settings, &paused));
    Ok(remarks)
}

/// Receivers that are paused, and those that did not take what they were sent last.
async fn receivers_in_trouble(health: &Health, paused: &[Paused]) -> Result<Vec<String>, Error> {
    let mut remarks = Vec::new();
    let is_ours = |receiver: &String| health.receivers.contains(receiver);
    for paused in paused.iter().filter(|paused| is_ours(&paused.receiver)) {
        let (receiver, since) = (&paused.receiver, paused.since.format("%Y-%m-%dT%H:%M:%SZ"));
        let resume = invocation::command(&format!("receivers resume {receiver}"));
        remarks.push(format!(
            "receiver {receiver} takes nothing since {since}: paused, its alerts wait; mend it, then `{resume}`"
        ));
    }
    for failing in health.store.failing_receivers().await? {
        let receiver = &failing.receiver;
        let is_told = paused.iter().any(|paused| paused.receiver == *receiver);
        if is_ours(receiver) && !is_told {
            let alerts = counted(failing.waiting, "alert waits", "alerts wait");
            let since = failing.since.format("%Y-%m-%dT%H:%M:%SZ");
            let next = failing.next_try.format("%Y-%m-%dT%H:%M:%SZ");
            remarks.push(format!(
                "receiver {receiver} did not take what it was sent: {alerts} since {since}; next try {next}"
            ));
        }
    }
    Ok(remarks)
}

/// What is to be said of a source that is not as it should be.
fn unwell(id: &str, state: &SourceState) -> Option<String> {
    let Some(since) = state.unhealthy_since else {
        // It was read, and this is our own remark on it.
        return state.trouble.as_ref().map(|trouble| format!("source {id}: {trouble}"));
    };
    let since = since.format("%Y-%m-%dT%H:%M:%SZ");
    let failures = counted(u64::from(state.failures), "failed poll", "failed polls in a row");
    Some(format!("source {id} is unhealthy since {since}: {failures}"))
}

fn stuck(health: &Health) -> Vec<String> {
    let stuck = |(name, pulse): (&str, Duration)| {
        (pulse >= PULSE_MAX)
            .then(|| format!("the {name} loop has not turned for {} s", pulse.as_secs()))
    };
    health.pulses.ages().into_iter().filter_map(stuck).collect()
}

/// Troubles make it red, remarks do not.
fn answer(troubles: Vec<String>, remarks: Vec<String>) -> (StatusCode, String) {
    let (status, mut lines) = if troubles.is_empty() {
        (StatusCode::OK, vec!["ok".to_owned()])
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, troubles)
    };
    lines.extend(remarks);
    (status, lines.join("\n") + "\n")
}
