//! Polls: claim due sources and visit them; many sources at once, one source never twice.
//!
//! A source that fails is told of once when it turns, then hourly, and never stops being tried. A
//! store that refuses stops nothing but itself: what could not be recorded is polled again. Run by
//! `daemon`; one round at a time by `cli`.

use std::collections::{HashMap, HashSet, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::FutureExt;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::http::PER_HOST_MAX;
use crate::lang::count::{count, counted};
use crate::model::source::Source;
use crate::store::error::Error;
use crate::store::ledger::Entered;
use crate::store::sources::Claim;
use crate::work::{Bench, visit};

/// A poll that is not committed by then may be claimed again by another process. Longer than waiting
/// for a turn at the host (5 min), fetching, waiting for a reader and reading may take together.
pub const LEASE: Duration = Duration::from_mins(10);

/// The loop looks at the store at least this often.
const LOOK_MAX: Duration = Duration::from_secs(30);

/// After a fault of the store, wait this long before looking again.
const STORE_WAIT: Duration = Duration::from_secs(5);

/// Polls in flight have this long to finish when the daemon stops; the rest are made again.
const GRACE: Duration = Duration::from_secs(4);

/// What became of one poll.
#[derive(Clone, Debug, PartialEq)]
pub struct Polled {
    /// The source.
    pub source: String,
    /// What came of it.
    pub outcome: Outcome,
}

/// What a poll found.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The source said so (304).
    Unchanged,
    /// It was read.
    Read {
        /// Items in the document.
        items: u64,
        /// Items not seen before.
        items_new: u64,
        /// Items whose text changed.
        items_edited: u64,
        /// Alerts raised.
        alerts: u64,
        /// Deliveries that wait for their receivers because of it.
        deliveries: u64,
        /// Whether it was the first one, which raises no alert.
        baseline: bool,
        /// Fewer items than expected or than the publisher has, or less of them than is there, in
        /// words.
        short: Option<String>,
    },
    /// It was not.
    Failed {
        /// Why, in one line.
        reason: String,
    },
}

impl Outcome {
    /// For people, in one line.
    pub fn words(&self) -> String {
        match self {
            Self::Unchanged => "unchanged".to_owned(),
            Self::Failed { reason } => format!("failed: {reason}"),
            Self::Read { items, items_new, items_edited, alerts, baseline, short, .. } => {
                let baseline = if *baseline { ", the baseline" } else { "" };
                let short = short.as_ref().map_or_else(String::new, |short| format!(" ({short})"));
                format!(
                    "{}, {} new, {} edited, {}{baseline}{short}",
                    counted(*items, "item", "items"),
                    count(*items_new),
                    count(*items_edited),
                    counted(*alerts, "alert", "alerts"),
                )
            }
        }
    }
}

/// Polls what is due, as it falls due, until `stop`. Ends by itself only if the store is damaged.
pub async fn run(bench: Bench, stop: CancellationToken) -> Result<(), Error> {
    let wake = Arc::clone(&bench.wakes.poll);
    let mut flights = Flights::default();
    loop {
        bench.pulses.poll.beat();
        let look_at = flights.launch(&bench).await?;
        tokio::select! {
            () = stop.cancelled() => break,
            () = wake.notified() => flights.due.clear(),
            () = tokio::time::sleep_until(look_at) => flights.due.clear(),
            Some(landed) = flights.set.join_next_with_id() => flights.landed(landed),
        }
    }
    let drained = async { while flights.set.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, drained).await.is_err() {
        flights.set.abort_all();
    }
    Ok(())
}

/// Polls each of these sources once, if it is due; `told` hears of each as it is done.
pub async fn round(
    bench: &Bench,
    among: &[&str],
    mut told: impl FnMut(&Polled),
) -> Result<Vec<Polled>, Error> {
    let (now, most) = (bench.clock.now(), bench.plan.settings.daemon.polls_max);
    let mut due = bench.store.due_sources(now).await?;
    due.retain(|id| among.contains(&id.as_str()));
    let mut waiting = bench.store.claim_sources(&due, now, LEASE).await?.into_iter();
    let (mut flights, mut done) = (JoinSet::new(), Vec::new());
    loop {
        while flights.len() < most {
            let Some(claim) = waiting.next() else { break };
            // Whoever asked is waiting, and hears of a store that refuses.
            flights.spawn(guarded(bench.clone(), claim, Instant::now()));
        }
        match flights.join_next().await {
            Some(Ok(polled)) => {
                told(&polled);
                done.push(polled);
            }
            Some(Err(_)) => {}
            None => return Ok(done),
        }
    }
}

/// The polls in the air, and the sources that wait for a place.
#[derive(Default)]
struct Flights {
    set: JoinSet<Polled>,
    /// A source in flight is not claimed again, even if its lease has run out: the clock may have
    /// jumped, or its host have many sources that wait for their turns.
    flying: HashMap<Id, Flying>,
    /// What was due when the store was last looked at, longest due first: looked at when it is used
    /// up or a wake says that there is more, not at every landing. Claiming asks the store again.
    due: VecDeque<String>,
}

/// A source in the air.
struct Flying {
    source: String,
    host: String,
}

impl Flights {
    /// Claims what is due and free places allow. Says when to look again.
    async fn launch(&mut self, bench: &Bench) -> Result<Instant, Error> {
        if self.free(bench) == 0 {
            return Ok(Instant::now() + LOOK_MAX);
        }
        let now = bench.clock.now();
        let looked = self.claim(bench, now).await;
        let due = match looked {
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

    /// Claims and starts; says when the next source is due.
    async fn claim(
        &mut self,
        bench: &Bench,
        now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, Error> {
        if self.due.is_empty() {
            self.due = bench.store.due_sources(now).await?.into();
        }
        let claims = bench.store.claim_sources(&self.next(bench), now, LEASE).await?;
        if !claims.is_empty() {
            // Claiming is writing.
            bench.notes.store_works();
        }
        for claim in claims {
            let source = claim.source.clone();
            let host = visit::find(bench, &source).map(host).unwrap_or_default().to_owned();
            let flight = self.set.spawn(guarded(bench.clone(), claim, Instant::now() + LEASE));
            self.flying.insert(flight.id(), Flying { source, host });
        }
        if self.free(bench) == 0 {
            return Ok(None);
        }
        bench.store.next_due(&self.with_room(bench), &[]).await
    }

    fn free(&self, bench: &Bench) -> usize {
        bench.plan.settings.daemon.polls_max.saturating_sub(self.set.len())
    }

    /// Takes those that go next from what is due: as many as have places, none of a host that is
    /// asked as often as it may be. Those would wait for their turn in places that other hosts'
    /// sources need; they stay in the queue.
    fn next(&mut self, bench: &Bench) -> Vec<String> {
        let (free, mut hosts) = (self.free(bench), self.hosts());
        let (mut next, mut at) = (Vec::new(), 0);
        while let Some(id) = self.due.get(at).filter(|_| next.len() < free) {
            let source = visit::find(bench, id).filter(|source| source.enabled);
            let is_flying = self.flying.values().any(|flying| flying.source == *id);
            let Some(source) = source.filter(|_| !is_flying) else {
                self.due.remove(at);
                continue;
            };
            let asked = hosts.entry(host(source).to_owned()).or_default();
            if *asked < PER_HOST_MAX {
                *asked += 1;
                next.extend(self.due.remove(at));
            } else {
                at += 1;
            }
        }
        next
    }

    /// How often each host is being asked.
    fn hosts(&self) -> HashMap<String, usize> {
        let mut hosts = HashMap::new();
        for flying in self.flying.values() {
            *hosts.entry(flying.host.clone()).or_default() += 1;
        }
        hosts
    }

    /// The sources that may be claimed: not in flight, and not of a host that is asked as often as it
    /// may be.
    fn with_room<'b>(&self, bench: &'b Bench) -> Vec<&'b str> {
        let hosts = self.hosts();
        let flying: HashSet<_> =
            self.flying.values().map(|flying| flying.source.as_str()).collect();
        let has_room = |source: &&Source| {
            source.enabled
                && !flying.contains(source.id.as_str())
                && hosts.get(host(source)).is_none_or(|asked| *asked < PER_HOST_MAX)
        };
        let sources = bench.plan.settings.sources.iter();
        sources.filter(has_room).map(|source| source.id.as_str()).collect()
    }

    fn landed(&mut self, landed: Result<(Id, Polled), JoinError>) {
        let id = landed.map_or_else(|error| error.id(), |(id, _)| id);
        self.flying.remove(&id);
    }
}

fn host(source: &Source) -> &str {
    source.url.host_str().unwrap_or_default()
}

/// A visit whose panic fails its row instead of the loop.
async fn guarded(bench: Bench, claim: Claim, until: Instant) -> Polled {
    let visiting = AssertUnwindSafe(visit::step(&bench, &claim, until)).catch_unwind();
    match visiting.await {
        Ok(polled) => polled,
        Err(_) => visit::broken(&bench, &claim).await,
    }
}

impl From<Entered> for Polled {
    fn from(row: Entered) -> Self {
        let outcome = match (row.outcome.as_str(), row.trouble) {
            ("failed", reason) => Outcome::Failed { reason: reason.unwrap_or_default() },
            ("unchanged", _) => Outcome::Unchanged,
            (_, short) => Outcome::Read {
                items: row.items_seen,
                items_new: row.items_new,
                items_edited: row.items_edited,
                alerts: row.alerts,
                deliveries: 0,
                baseline: row.baseline,
                short,
            },
        };
        Self { source: row.source, outcome }
    }
}
