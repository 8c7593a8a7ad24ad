//! Health over HTTP: `/healthz` (alive) and `/readyz` (alive, able to write, not stuck).
//!
//! Reads the store, changes nothing, shows no foreign text and no secret. Listens on loopback unless
//! the configuration says otherwise. Started by `daemon`.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::store::Store;
use crate::work::Pulses;

/// A loop that has not turned for this long is stuck: six ticks.
const PULSE_MAX: Duration = Duration::from_secs(60);

/// A delivery that has waited longer than this, though its time has come, is a fault of ours or of a
/// receiver; either way somebody must look.
const OLDEST_DUE_MAX: Duration = Duration::from_secs(15 * 60);

/// What health is read from.
#[derive(Clone)]
pub struct Health {
    /// The store.
    pub store: Arc<Store>,
    /// The time.
    pub clock: Clock,
    /// Receivers whose deliveries should not wait.
    pub receivers: Arc<[String]>,
    /// The loops' signs of life.
    pub pulses: Arc<Pulses>,
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
    answer(stuck(&health))
}

async fn readyz(State(health): State<Health>) -> (StatusCode, String) {
    let now = health.clock.now();
    let mut troubles = stuck(&health);
    if let Err(error) = health.store.writable(now).await {
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
    answer(troubles)
}

fn stuck(health: &Health) -> Vec<String> {
    let stuck = |(name, pulse): (&str, Duration)| {
        (pulse >= PULSE_MAX)
            .then(|| format!("the {name} loop has not turned for {} s", pulse.as_secs()))
    };
    health.pulses.ages().into_iter().filter_map(stuck).collect()
}

fn answer(troubles: Vec<String>) -> (StatusCode, String) {
    if troubles.is_empty() {
        (StatusCode::OK, "ok\n".to_owned())
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, troubles.join("\n") + "\n")
    }
}
