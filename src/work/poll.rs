//! Polls: claim due sources, fetch, read, recognise, decide, commit; many sources at once, one
//! source never twice.
//!
//! One poll's items, hits, alerts, deliveries, validators and next due time commit together. A
//! source that fails is told of once when it turns, then hourly, and never stops being tried. Run by
//! `daemon`; one round at a time by `cli`.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::fetch::{self, Answer, Fetched};
use crate::model::source::Source;
use crate::store::{Claim, Poll, PollOutcome, PollRow};
use crate::work::due::{self, Wishes};
use crate::work::judge::{self, Judged};
use crate::work::reading::{self, Body};
use crate::work::Bench;

/// A poll that is not committed by then is free again. Longer than fetching, waiting for a reader
/// and reading may take together.
const LEASE: Duration = Duration::from_secs(180);

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
    },
    /// It was not.
    Failed {
        /// Why, in one line.
        reason: String,
    },
}

/// Polls what is due, as it falls due, until `stop`.
pub async fn run(bench: Bench, stop: CancellationToken) {
    let wake = Arc::clone(&bench.wakes.poll);
    let mut flights: JoinSet<Polled> = JoinSet::new();
    loop {
        bench.pulses.poll.beat();
        let look_at = launch(&bench, &mut flights).await;
        tokio::select! {
            () = stop.cancelled() => break,
            () = wake.notified() => {}
            () = tokio::time::sleep_until(look_at) => {}
            Some(_) = flights.join_next() => {}
        }
    }
    let drained = async { while flights.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, drained).await.is_err() {
        flights.abort_all();
    }
}

/// Polls each of these sources once, if it is due; `told` hears of each as it is done.
pub async fn round(
    bench: &Bench,
    among: &[&str],
    mut told: impl FnMut(&Polled),
) -> Result<Vec<Polled>, crate::store::Error> {
    let (now, most) = (bench.clock.now(), bench.plan.settings.daemon.polls_max);
    let mut waiting = bench.store.claim_sources(among, now, LEASE, among.len()).await?.into_iter();
    let (mut flights, mut done) = (JoinSet::new(), Vec::new());
    loop {
        while flights.len() < most {
            let Some(claim) = waiting.next() else { break };
            flights.spawn(guarded(bench.clone(), claim));
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

/// Claims what is due and free places allow. Says when to look again.
async fn launch(bench: &Bench, flights: &mut JoinSet<Polled>) -> Instant {
    let settings = &bench.plan.settings;
    let free = settings.daemon.polls_max.saturating_sub(flights.len());
    if free == 0 {
        return Instant::now() + LOOK_MAX;
    }
    let sources = settings.sources.iter().filter(|source| source.enabled);
    let among: Vec<_> = sources.map(|source| source.id.as_str()).collect();
    let now = bench.clock.now();
    let claims = match bench.store.claim_sources(&among, now, LEASE, free).await {
        Ok(claims) => claims,
        Err(error) => {
            tracing::error!("cannot claim sources: {error}; next try in {} s", STORE_WAIT.as_secs());
            return Instant::now() + STORE_WAIT;
        }
    };
    for claim in claims {
        flights.spawn(guarded(bench.clone(), claim));
    }
    let due = bench.store.next_source_due(&among).await.ok().flatten();
    let wait = due.map_or(LOOK_MAX, |due| (due - now).to_std().unwrap_or_default().min(LOOK_MAX));
    Instant::now() + wait.max(Duration::from_millis(1))
}

/// A step whose panic fails its row instead of the loop.
async fn guarded(bench: Bench, claim: Claim) -> Polled {
    let stepping = AssertUnwindSafe(step(&bench, &claim)).catch_unwind();
    let Ok(polled) = stepping.await else {
        let reason = "polling failed inside bongsu; please report the source".to_owned();
        return failed(&bench, &claim, None, Trouble { reason, retry_after: None, status: None }).await;
    };
    polled
}

/// One poll of one claimed source, committed whatever happens.
pub async fn step(bench: &Bench, claim: &Claim) -> Polled {
    let settings = &bench.plan.settings;
    let Some(source) = settings.sources.iter().find(|source| source.id == claim.source) else {
        let reason = "the source is no longer configured".to_owned();
        return Polled { source: claim.source.clone(), outcome: Outcome::Failed { reason } };
    };
    let limits = fetch::Limits {
        body_bytes_max: settings.daemon.body_bytes_max,
        timeout: settings.daemon.fetch_timeout,
    };
    let fetched = fetch::get(&bench.client, source, &claim.state, &limits, bench.clock.now()).await;
    let trouble = |reason, fetched: &Fetched| Trouble {
        reason,
        retry_after: fetched.retry_after,
        status: fetched.status,
    };
    match &fetched.answer {
        Answer::NotModified => unchanged(bench, claim, source, &fetched).await,
        Answer::Trouble { reason } => {
            failed(bench, claim, Some(source), trouble(reason.clone(), &fetched)).await
        }
        Answer::Body { bytes, content_type, url, truncated, .. } => {
            let body = Body {
                bytes: bytes.clone(),
                content_type: content_type.clone(),
                url: url.clone(),
                truncated: *truncated,
            };
            match read(bench, claim, source, &fetched, body).await {
                Ok(polled) => polled,
                Err(reason) => failed(bench, claim, Some(source), trouble(reason, &fetched)).await,
            }
        }
    }
}

struct Trouble {
    reason: String,
    retry_after: Option<Duration>,
    status: Option<u16>,
}

async fn unchanged(bench: &Bench, claim: &Claim, source: &Source, fetched: &Fetched) -> Polled {
    let now = bench.clock.now();
    let wishes = wishes(fetched, None);
    let poll = Poll {
        claim,
        due_at: due::after_success(source, &wishes, now, fastrand::f64()),
        status: fetched.status,
        bytes: 0,
        outcome: PollOutcome::Unchanged,
    };
    commit(bench, &poll, Outcome::Unchanged).await
}

/// Reads, recognises, decides and commits a body. An error is the source's trouble.
async fn read(
    bench: &Bench,
    claim: &Claim,
    source: &Source,
    fetched: &Fetched,
    body: Body,
) -> Result<Polled, String> {
    let feed = reading::feed(bench, source, body).await?;
    let items = feed.drafts.len() as u64;
    if items == 0 {
        return Err(format!("no items where at least {} were expected; its state is kept", source.expect.items_min));
    }
    let short = (items < u64::from(source.expect.items_min)).then(|| {
        format!("{items} items where at least {} were expected", source.expect.items_min)
    });
    let recognitions = bench.store.recognise(&source.id, &feed.drafts).await.map_err(|error| error.to_string())?;
    let (drafts, decisions) = reading::decide(bench, source, feed.drafts).await?;
    let now = bench.clock.now();
    let Judged { items: evaluated, gap, held } = judge::judge(
        &bench.plan,
        source,
        &claim.state,
        &drafts,
        recognitions,
        decisions.into_iter().map(Some).collect(),
        now,
    );
    let wishes = wishes(fetched, Some(&feed.rhythm));
    let Answer::Body { validators, .. } = &fetched.answer else {
        return Err("the answer had no body".to_owned());
    };
    let poll = Poll {
        claim,
        due_at: due::after_success(source, &wishes, now, fastrand::f64()),
        status: fetched.status,
        bytes: fetched.bytes as u64,
        outcome: PollOutcome::Read {
            validators,
            items: &evaluated,
            rule_set: bench.plan.matcher.rule_set(),
            gap,
            held,
            trouble: short.as_deref(),
            warnings: feed.warnings.len() as u64,
        },
    };
    Ok(commit(bench, &poll, Outcome::Unchanged).await)
}
