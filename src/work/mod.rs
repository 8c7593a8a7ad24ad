//! What comes next: one file a worker, each a loop round one step, the only rooms that combine
//! others.
//!
//! A wake carries no data. Tick, calendar, restart, retry and `bongsu poll` all take the same path:
//! look at the store, do what is due. A step works on one [`Plan`] from start to end. No transaction
//! is open while anything is sent or fetched. Called by `daemon` and `cli`; knows nothing of time
//! but the [`crate::clock::Clock`] it is given.

pub mod deliver;
pub mod doubt;
pub mod drift;
pub mod judge;
pub mod keep;
pub mod notes;
pub mod poll;
pub mod prune;
pub mod reading;
pub mod release;
pub mod telling;
pub mod visit;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore};
use tokio::time::Instant;

use crate::clock::Clock;
use crate::config::settings::Settings;
use crate::http::Client;
use crate::matching::Matcher;
use crate::notify::pens::Pens;
use crate::store::Store;
use crate::work::notes::Notes;

/// Readings (decoding, parsing, matching) that run at the same time, at most: they use a core each,
/// and a hostile document must not occupy every thread.
const READINGS_MAX: usize = 4;

/// What the user asked for, compiled: replaced as a whole, never changed.
pub struct Plan {
    /// The checked configuration.
    pub settings: Settings,
    /// Its watches, compiled.
    pub matcher: Matcher,
}

/// What every step works with; cheap to clone.
#[derive(Clone)]
pub struct Bench {
    /// The configuration.
    pub plan: Arc<Plan>,
    /// The store.
    pub store: Arc<Store>,
    /// The one way out.
    pub client: Client,
    /// Who writes to streams and files.
    pub pens: Arc<Pens>,
    /// The time.
    pub clock: Clock,
    /// How workers call each other.
    pub wakes: Wakes,
    /// Bounds the readings that run at once.
    pub readings: Arc<Semaphore>,
    /// How the loops show that they turn.
    pub pulses: Arc<Pulses>,
    /// What this process remembers beside the store.
    pub notes: Arc<Notes>,
}

impl Bench {
    /// Lays out the tools.
    pub fn new(plan: Arc<Plan>, store: Arc<Store>, client: Client, clock: Clock) -> Self {
        let readings = Arc::new(Semaphore::new(READINGS_MAX));
        let (wakes, pulses, notes) = (Wakes::default(), Arc::default(), Arc::default());
        let pens = Arc::default();
        Self { plan, store, client, pens, clock, wakes, readings, pulses, notes }
    }
}

/// Signals without payload: "look at the store".
#[derive(Clone, Debug, Default)]
pub struct Wakes {
    /// For the poll worker.
    pub poll: Arc<Notify>,
    /// For the delivery worker.
    pub deliver: Arc<Notify>,
    /// For the pruning worker.
    pub prune: Arc<Notify>,
}

/// Shows that a loop still turns, on the monotonic clock.
#[derive(Debug)]
pub struct Pulse {
    born: Instant,
    beat_ms: AtomicU64,
}

impl Default for Pulse {
    fn default() -> Self {
        Self { born: Instant::now(), beat_ms: AtomicU64::new(0) }
    }
}

impl Pulse {
    /// Says "alive".
    pub fn beat(&self) {
        self.beat_ms.store(self.born.elapsed().as_millis() as u64, Ordering::Relaxed);
    }

    /// How long ago it last said so.
    pub fn age(&self) -> Duration {
        self.born
            .elapsed()
            .saturating_sub(Duration::from_millis(self.beat_ms.load(Ordering::Relaxed)))
    }
}

/// The signs of life of the core loops.
#[derive(Debug, Default)]
pub struct Pulses {
    /// The tick.
    pub tick: Pulse,
    /// The poll worker.
    pub poll: Pulse,
    /// The delivery worker.
    pub deliver: Pulse,
}

impl Pulses {
    /// Each loop's name and how long ago it turned.
    pub fn ages(&self) -> [(&'static str, Duration); 3] {
        [("tick", self.tick.age()), ("poll", self.poll.age()), ("delivery", self.deliver.age())]
    }
}
