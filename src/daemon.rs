//! Builds everything from the plan, owns every task, and stops them in order within a deadline.
//!
//! A core loop that ends, ends the process, loudly: a supervisor restarts it, and nothing is lost
//! because the store is the queue. Knows no policy of its own. Called by `cli`.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::calendar::due::spread;
use crate::clock::Clock;
use crate::http::{Client, Manners};
use crate::lang::count::ago;
use crate::model::source::Source;
use crate::schedule::{Calendar, tick};
use crate::store::Store;
use crate::store::lead::Leader;
use crate::store::{copy, place};
use crate::web::Health;
use crate::work::{Bench, Plan, deliver};

/// Work in flight has this long to finish once the daemon is asked to stop; with the rest of the
/// shutdown it stays under the 10 s that container engines grant by default.
const GRACE: Duration = Duration::from_secs(8);

/// Folding the log into the store has this long.
const CLOSING: Duration = Duration::from_secs(1);

/// Why the daemon could not start or had to end.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] crate::store::error::Error),
    /// The HTTP client could not be built.
    #[error(transparent)]
    Http(#[from] crate::http::Error),
    /// The calendar could not be set up.
    #[error(transparent)]
    Schedule(#[from] crate::schedule::Error),
    /// The address for health is taken or not ours.
    #[error(
        "cannot listen on {address}: {reason}; another bongsu may be running, or set `listen` in \
         [daemon], or BONGSU_LISTEN, to a free address"
    )]
    Listen {
        /// As configured.
        address: std::net::SocketAddr,
        /// The system's reason.
        reason: std::io::Error,
    },
    /// A core loop ended though nobody asked it to.
    #[error(
        "the {name} loop ended unexpectedly ({reason}); the process ends so that it can be restarted"
    )]
    Ended {
        /// Which.
        name: &'static str,
        /// What is known.
        reason: String,
    },
}

/// Lays out the tools of all work: store, client, plan.
pub async fn bench(plan: Arc<Plan>, clock: Clock) -> Result<Bench, Error> {
    let daemon = &plan.settings.daemon;
    let manners = Manners {
        contact: daemon.contact.clone(),
        proxy: daemon.proxy.clone(),
        extra_ca: daemon.extra_ca.clone(),
        ..Manners::default()
    };
    let client = Client::new(manners)?;
    let store = Arc::new(Store::open(&daemon.store, clock.now()).await?);
    Ok(Bench::new(plan, store, client, clock))
}

/// Tells the store which sources there are, and where; those it does not know yet are due one after
/// the other, and one that moved begins with a new baseline.
/// Mends what a clock that ran ahead left behind. A start is also how the operator says that a paused
/// receiver is mended: it is tried again.
pub async fn enrol(bench: &Bench) -> Result<(), Error> {
    let now = bench.clock.now();
    let moved = bench.store.mend_future(now).await?;
    if moved > 0 {
        tracing::warn!(
            "the clock is behind that of the last run; {moved} due times were moved with it"
        );
    }
    tell_restored(bench);
    welcome_receivers(bench).await?;
    let sources: Vec<_> =
        bench.plan.settings.sources.iter().filter(|source| source.enabled).collect();
    let dues: Vec<_> = sources
        .iter()
        .enumerate()
        .map(|(index, source)| (source.id.as_str(), spread(index, sources.len(), now)))
        .collect();
    bench.store.sync_sources(&dues).await?;
    let urls: Vec<_> =
        sources.iter().map(|source| (source.id.as_str(), source.url.as_str())).collect();
    bench.store.settle_urls(&urls).await?;
    rekey(bench, &sources).await
}

/// Sees to it that every known item is known by today's rules before anything is polled.
async fn rekey(bench: &Bench, sources: &[&Source]) -> Result<(), Error> {
    let scopes: Vec<_> = sources.iter().map(|source| crate::work::reading::scope(source)).collect();
    let items = bench.store.rekey(&scopes).await?;
    if items > 0 {
        tracing::info!("{items} known items were made recognisable by the rules of this program");
    }
    Ok(())
}

/// Says once of a store that was restored what age its state has.
fn tell_restored(bench: &Bench) {
    let path = bench.store.path();
    let Some((state, at)) = copy::restored(path) else { return };
    let at = at.format("%Y-%m-%dT%H:%M:%SZ");
    let age = state.map_or("from before any poll".to_owned(), |state| {
        let age = (bench.clock.now() - state).to_std().unwrap_or_default();
        format!("as of {}, {}", state.format("%Y-%m-%dT%H:%M:%SZ"), ago(age))
    });
    tracing::warn!(
        "the store was restored at {at}; its state is {age}; what was told since then may be told again"
    );
    copy::said_restored(path);
}

/// Resumes the paused ones, and names those that are gone while alerts wait for them.
async fn welcome_receivers(bench: &Bench) -> Result<(), Error> {
    for paused in bench.store.paused_receivers().await? {
        let (receiver, since) = (&paused.receiver, paused.since.format("%Y-%m-%dT%H:%M:%SZ"));
        bench.store.resume_receiver(receiver, bench.clock.now()).await?;
        tracing::warn!(
            receiver.id = receiver,
            "receiver {receiver}, paused since {since} ({}), is tried again",
            paused.reason
        );
    }
    let enabled = deliver::enabled(bench);
    for (receiver, waiting) in bench.store.waiting().await? {
        if !enabled.contains(&receiver.as_str()) {
            tracing::warn!(
                receiver.id = receiver,
                "alerts wait for receiver {receiver}, which is no longer configured or is switched \
                 off: {waiting}; they are sent when it is there again"
            );
        }
    }
    Ok(())
}

/// A daemon that holds its store and its address, ready to run.
pub struct Daemon {
    bench: Bench,
    leader: Leader,
    listener: TcpListener,
}

impl Daemon {
    /// Takes the lead of the store, enrols the sources, binds the address. Nothing runs yet.
    pub async fn prepare(bench: Bench) -> Result<Self, Error> {
        let leader = bench.store.lead(bench.clock.now()).await?;
        let address = bench.plan.settings.daemon.listen;
        let listener =
            TcpListener::bind(address).await.map_err(|reason| Error::Listen { address, reason })?;
        enrol(&bench).await?;
        if place::is_on_own_layer(bench.store.path()) {
            tracing::warn!(
                "the store {} lies on a container's own layer and goes with the container; mount a volume \
                 there, or set `store` in [daemon], or BONGSU_STORE, to a file on one",
                bench.store.path().display()
            );
        }
        Ok(Self { bench, leader, listener })
    }

    /// Where health is served.
    pub fn address(&self) -> Option<std::net::SocketAddr> {
        self.listener.local_addr().ok()
    }

    /// Runs until `stop` resolves or a core loop ends.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Result<(), Error> {
        let Self { bench, leader, listener } = self;
        let calendar = Calendar::start(&bench.wakes).await?;
        let token = CancellationToken::new();
        let mut tasks = start(&bench, listener, &token);
        tracing::info!(
            sources = bench.plan.settings.sources.iter().filter(|source| source.enabled).count(),
            watches = bench.plan.settings.watches.iter().filter(|watch| watch.enabled).count(),
            "running"
        );
        let outcome = tokio::select! {
            () = stop => Ok(()),
            ended = tasks.join_next() => Err(ended_early(ended)),
        };
        token.cancel();
        let drained =
            tokio::time::timeout(GRACE, async { while tasks.join_next().await.is_some() {} }).await;
        calendar.stop().await;
        if drained.is_ok() {
            tracing::info!("stopped; work in flight was finished");
        } else {
            tracing::warn!(
                "stopped at the deadline; what was in flight is done again at the next start"
            );
        }
        // One file is left that holds all, for whoever copies it now. What cannot be folded in keeps
        // its log beside it, and is whole as well.
        let closing = async {
            tasks.shutdown().await;
            bench.store.close().await
        };
        match tokio::time::timeout(CLOSING, closing).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!("the log of the store stays beside it: {error}"),
            Err(_) => tracing::warn!("the log of the store stays beside it: the disk is slow"),
        }
        drop(leader);
        outcome
    }
}

/// A core loop that ended, and how.
type Ended = (&'static str, Result<(), Error>);

/// Starts every task; the set owns them all.
fn start(bench: &Bench, listener: TcpListener, token: &CancellationToken) -> JoinSet<Ended> {
    let mut tasks = JoinSet::new();
    let (own, stop) = (bench.clone(), token.clone());
    tasks.spawn(async move {
        tick(own, stop).await;
        ("tick", Ok(()))
    });
    let (own, stop) = (bench.clone(), token.clone());
    tasks.spawn(async move {
        let ended = crate::work::poll::run(own, stop).await;
        ("poll", ended.map_err(Error::from))
    });
    let (own, stop) = (bench.clone(), token.clone());
    tasks.spawn(async move {
        let ended = deliver::run(own, stop).await;
        ("delivery", ended.map_err(Error::from))
    });
    let (own, stop) = (bench.clone(), token.clone());
    tasks.spawn(async move {
        let ended = crate::work::prune::run(own, stop).await;
        ("prune", ended.map_err(Error::from))
    });
    let (health, stop) = (Health::of(bench), token.clone());
    tasks.spawn(async move {
        let ended = crate::web::serve(listener, health, stop).await;
        let reason =
            |error: std::io::Error| Error::Ended { name: "health", reason: error.to_string() };
        ("health", ended.map_err(reason))
    });
    tasks
}

fn ended_early(ended: Option<Result<Ended, tokio::task::JoinError>>) -> Error {
    let unasked = |name, reason: &str| Error::Ended { name, reason: reason.to_owned() };
    match ended {
        Some(Ok((_, Err(error)))) => error,
        Some(Ok((name, Ok(())))) => unasked(name, "nobody asked it to"),
        Some(Err(error)) => unasked("core", &error.to_string()),
        None => unasked("core", "no task is left"),
    }
}
