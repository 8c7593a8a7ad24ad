//! Politeness per host: few requests at once, and a least wait between their starts.
//!
//! Owns who is talking to which host. It knows names of hosts and nothing of requests; the wait
//! runs on tokio's monotonic clock. Those who keep no distance (messages, of which each receiver has one
//! under way) have places of their own: a slow page holds up no message, and a receiver that does not
//! answer holds up neither pages nor its neighbours. `hops` takes a turn before each hop and holds it until the
//! answer is read.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until, timeout};

/// Hosts remembered before idle ones are forgotten: more than the publishers that anybody watches,
/// few enough (about 100 bytes each) not to matter.
const HOSTS_MAX: usize = 1024;

/// The longest wait of those who keep no distance. Whoever has had a place for so long without an answer
/// has lost it to the next one: it hangs, and that is no reason for others to be late. Receivers that are
/// well answer in less.
const UNPACED_WAIT_MAX: Duration = Duration::from_secs(1);

/// Who is talking to which host.
#[derive(Debug)]
pub struct Pace {
    at_once: usize,
    gap: Duration,
    hosts: Mutex<HashMap<String, Arc<Host>>>,
}

#[derive(Debug)]
struct Host {
    /// For those who keep their distance, and for those who do not.
    slots: Arc<Semaphore>,
    unpaced: Arc<Semaphore>,
    next_start: Mutex<Option<Instant>>,
}

/// The right to talk to one host; given back when dropped.
#[derive(Debug)]
pub struct Turn {
    _permit: Option<OwnedSemaphorePermit>,
}

impl Pace {
    /// At most `at_once` (but at least 1) requests to a host at a time, `gap` between two starts.
    pub fn new(at_once: usize, gap: Duration) -> Self {
        Self { at_once: at_once.max(1), gap, hosts: Mutex::default() }
    }

    /// Waits for a turn at `host`; with `gap` also for the least wait since the last start there.
    /// Without, the wait is a second at most: then it is the turn of whoever waits, place or not.
    pub async fn turn(&self, host: &str, gap: bool) -> Turn {
        let host = self.host(host);
        if !gap {
            let place = timeout(UNPACED_WAIT_MAX, Arc::clone(&host.unpaced).acquire_owned()).await;
            return Turn { _permit: place.ok().and_then(Result::ok) };
        }
        // The semaphore is never closed, so an error cannot come; a turn without a permit would
        // only be impolite.
        let permit = Arc::clone(&host.slots).acquire_owned().await.ok();
        if !self.gap.is_zero() {
            sleep_until(host.book(self.gap)).await;
        }
        Turn { _permit: permit }
    }

    /// How many hosts are remembered.
    #[cfg(test)]
    pub fn hosts(&self) -> usize {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn host(&self, name: &str) -> Arc<Host> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(host) = hosts.get(name) {
            return Arc::clone(host);
        }
        if hosts.len() >= HOSTS_MAX {
            let now = Instant::now();
            hosts.retain(|_, host| Arc::strong_count(host) > 1 || host.is_waiting(now));
        }
        let host = Arc::new(Host {
            slots: Arc::new(Semaphore::new(self.at_once)),
            unpaced: Arc::new(Semaphore::new(self.at_once)),
            next_start: Mutex::default(),
        });
        hosts.insert(name.to_owned(), Arc::clone(&host));
        host
    }
}

impl Host {
    /// The instant at which the next request may start; the one after it starts a gap later.
    fn book(&self, gap: Duration) -> Instant {
        let mut next = self.next_start.lock().unwrap_or_else(PoisonError::into_inner);
        let start = next.map_or_else(Instant::now, |at| at.max(Instant::now()));
        *next = Some(start + gap);
        start
    }

    fn is_waiting(&self, now: Instant) -> bool {
        let next = self.next_start.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever has a place holds on to its semaphore.
        let is_held = |places: &Arc<Semaphore>| Arc::strong_count(places) > 1;
        next.is_some_and(|at| at > now) || is_held(&self.slots) || is_held(&self.unpaced)
    }
}
