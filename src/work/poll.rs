//! Polls: claim due sources, fetch, read, recognise, decide, commit; many sources at once, one
//! source never twice.
//!
//! One poll's items, hits, alerts, deliveries, validators and next due time commit together. A
//! source that fails is told of once when it turns, then hourly, and never stops being tried. Run by
//! `daemon`; one round at a time by `cli`.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::FutureExt;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::calendar::due::{self, Wishes};
use crate::fetch::{self, Answer, Fetched};
use crate::model::source::Source;
use crate::parse::rhythm::Rhythm;
use crate::store::ledger::Entered;
use crate::store::polls::{Outcome as Kept, Poll, Read};
use crate::store::sources::Claim;
use crate::work::Bench;
use crate::work::judge::{self, Judged};
use crate::work::reading::{self, Body};

/// A poll that is not committed by then is free again. Longer than waiting for a turn at the host
/// (5 min), fetching, waiting for a reader and reading may take together.
const LEASE: Duration = Duration::from_secs(600);

/// The loop looks at the store at least this often.
const LOOK_MAX: Duration = Duration::from_secs(30);

/// After a fault of the store, wait this long before looking again.
const STORE_WAIT: Duration = Duration::from_secs(5);

/// Polls in flight have this long to finish when the daemon stops; the rest are made again.
const GRACE: Duration = Duration::from_secs(4);

/// A source that keeps failing is told of again after so many failures: hourly at a backoff of a
/// quarter of an hour.
const HOURLY: u32 = 4;

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
        /// Fewer items than expected, in words.
        short: Option<String>,
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
) -> Result<Vec<Polled>, crate::store::error::Error> {
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
            tracing::error!(
                "cannot claim sources: {error}; next try in {} s",
                STORE_WAIT.as_secs()
            );
            return Instant::now() + STORE_WAIT;
        }
    };
    for claim in claims {
        flights.spawn(guarded(bench.clone(), claim));
    }
    let due = bench.store.next_due(&among, &[]).await.ok().flatten();
    let wait = due.map_or(LOOK_MAX, |due| (due - now).to_std().unwrap_or_default().min(LOOK_MAX));
    Instant::now() + wait.max(Duration::from_millis(1))
}

/// A step whose panic fails its row instead of the loop.
async fn guarded(bench: Bench, claim: Claim) -> Polled {
    let started_at = bench.clock.now();
    let stepping = AssertUnwindSafe(step(&bench, &claim)).catch_unwind();
    let Ok(polled) = stepping.await else {
        let reason = "polling failed inside bongsu; please report the source".to_owned();
        let trouble = Trouble { reason, retry_after: None, status: None };
        return failed(&bench, &claim, None, started_at, trouble).await;
    };
    polled
}

/// One poll of one claimed source, committed whatever happens.
pub async fn step(bench: &Bench, claim: &Claim) -> Polled {
    let (settings, started_at) = (&bench.plan.settings, bench.clock.now());
    let Some(source) = settings.sources.iter().find(|source| source.id == claim.source) else {
        let reason = "the source is no longer configured".to_owned();
        return Polled { source: claim.source.clone(), outcome: Outcome::Failed { reason } };
    };
    let limits = fetch::Limits {
        body_bytes_max: settings.daemon.body_bytes_max,
        timeout: settings.daemon.fetch_timeout,
        ..fetch::Limits::default()
    };
    let fetched = fetch::get(&bench.client, source, &claim.state, &limits, started_at).await;
    let read = match &fetched.answer {
        Answer::NotModified => Ok(unchanged(bench, claim, source, &fetched, started_at).await),
        Answer::Trouble { reason } => Err(reason.clone()),
        Answer::Body { .. } => read(bench, claim, source, &fetched, started_at).await,
    };
    match read {
        Ok(polled) => polled,
        Err(reason) => {
            let trouble =
                Trouble { reason, retry_after: fetched.retry_after, status: fetched.status };
            failed(bench, claim, Some(source), started_at, trouble).await
        }
    }
}

struct Trouble {
    reason: String,
    retry_after: Option<Duration>,
    status: Option<u16>,
}

async fn unchanged(
    bench: &Bench,
    claim: &Claim,
    source: &Source,
    fetched: &Fetched,
    started_at: DateTime<Utc>,
) -> Polled {
    let now = bench.clock.now();
    let poll = Poll {
        source: &claim.source,
        publisher: &source.title,
        number: claim.number,
        rule_set: bench.plan.matcher.rule_set(),
        started_at,
        next_due: due::after_success(source, &wishes(fetched, None), now, fastrand::f64()),
        status: fetched.status,
        bytes: 0,
        outcome: Kept::Unchanged,
    };
    let committed = bench.store.commit_poll(&poll, now).await;
    let outcome = committed.map_or_else(unrecorded, |_| Outcome::Unchanged);
    tell(claim, poll.next_due, outcome)
}

/// Reads, recognises, decides and commits a body. An error is the source's trouble.
async fn read(
    bench: &Bench,
    claim: &Claim,
    source: &Source,
    fetched: &Fetched,
    started_at: DateTime<Utc>,
) -> Result<Polled, String> {
    let Answer::Body { bytes, content_type, url, truncated, validators } = &fetched.answer else {
        return Err("the answer had no body".to_owned());
    };
    let body = Body {
        bytes: bytes.clone(),
        content_type: content_type.clone(),
        url: url.clone(),
        truncated: *truncated,
    };
    let feed = reading::feed(bench, source, body).await?;
    let (items, least) = (feed.drafts.len(), source.expect.items_min);
    if items == 0 {
        return Err("no items in the document; what was known of the source is kept".to_owned());
    }
    let short = (items < least as usize)
        .then(|| format!("{items} items where at least {least} were expected"));
    let recognitions =
        bench.store.recognise(&source.id, &feed.drafts).await.map_err(|error| error.to_string())?;
    let (drafts, decisions) = reading::decide(bench, source, feed.drafts).await?;
    let now = bench.clock.now();
    let judged =
        judge::judge(&bench.plan, source, &claim.state, drafts, recognitions, decisions, now);
    notice(source, &judged);
    let trouble = short.clone().or_else(|| held(judged.held));
    let poll = Poll {
        source: &claim.source,
        publisher: &source.title,
        number: claim.number,
        rule_set: bench.plan.matcher.rule_set(),
        started_at,
        next_due: due::after_success(
            source,
            &wishes(fetched, Some(&feed.rhythm)),
            now,
            fastrand::f64(),
        ),
        status: fetched.status,
        bytes: fetched.bytes,
        outcome: Kept::Read(Read {
            validators: Some(validators),
            items: &judged.items,
            baseline: claim.state.baseline_at.is_none(),
            gap: judged.gap,
            trouble: trouble.as_deref(),
        }),
    };
    let outcome = match bench.store.commit_poll(&poll, now).await {
        Ok(receipt) => {
            if receipt.deliveries > 0 {
                bench.wakes.deliver.notify_one();
            }
            Outcome::Read {
                items: items as u64,
                items_new: receipt.items_new as u64,
                items_edited: receipt.items_edited as u64,
                alerts: receipt.alerts.len() as u64,
                deliveries: receipt.deliveries as u64,
                baseline: claim.state.baseline_at.is_none(),
                short: short.clone(),
            }
        }
        Err(error) => unrecorded(error),
    };
    Ok(tell(claim, poll.next_due, outcome))
}

/// Records that a poll came to nothing, and why.
async fn failed(
    bench: &Bench,
    claim: &Claim,
    source: Option<&Source>,
    started_at: DateTime<Utc>,
    trouble: Trouble,
) -> Polled {
    let now = bench.clock.now();
    let failures = claim.state.failures + 1;
    let due_at = source.map_or(now + LEASE, |source| {
        due::after_failure(source, failures, trouble.retry_after, now, fastrand::f64())
    });
    let outcome = Kept::Failed { reason: &trouble.reason };
    let poll = Poll {
        source: &claim.source,
        publisher: source.map_or("", |source| source.title.as_str()),
        number: claim.number,
        started_at,
        next_due: due_at,
        status: trouble.status,
        bytes: 0,
        rule_set: bench.plan.matcher.rule_set(),
        outcome,
    };
    let committed = bench.store.commit_poll(&poll, now).await;
    let outcome = match committed {
        Ok(_) => Outcome::Failed { reason: trouble.reason },
        Err(error) => unrecorded(error),
    };
    tell(claim, due_at, outcome)
}

/// A result that the store did not take: the lease runs out and the poll is made again.
fn unrecorded(error: crate::store::error::Error) -> Outcome {
    Outcome::Failed { reason: format!("{error}; polled again within {} s", LEASE.as_secs()) }
}

fn wishes(fetched: &Fetched, rhythm: Option<&Rhythm>) -> Wishes {
    let rhythm = rhythm.cloned().unwrap_or_default();
    Wishes {
        fresh_for: fetched.fresh_for,
        ttl: rhythm.ttl,
        retry_after: fetched.retry_after,
        skip_hours: rhythm.skip_hours,
        skip_days: rhythm.skip_days,
    }
}

/// What the operator must hear of a document that was read well.
fn notice(source: &Source, judged: &Judged) {
    if judged.gap {
        tracing::warn!(
            source.id = source.id,
            "source {}: nothing in it was known, so items may have passed unseen since the last poll; \
             a shorter `every` closes the gap",
            source.id
        );
    }
    if let Some(held) = held(judged.held) {
        tracing::warn!(
            source.id = source.id,
            items.held = judged.held,
            "source {}: {held}",
            source.id
        );
    }
}

/// Items held back, in words.
fn held(items: usize) -> Option<String> {
    (items > 0).then(|| {
        format!("{items} known items came back under new ids; no alert was raised for them")
    })
}

/// Logs a poll: each turn of a source's health once, then hourly; the rest for whoever debugs.
fn tell(claim: &Claim, due_at: DateTime<Utc>, outcome: Outcome) -> Polled {
    let (id, state) = (claim.source.as_str(), &claim.state);
    let next = due_at.format("%Y-%m-%dT%H:%M:%SZ");
    match &outcome {
        Outcome::Failed { reason } => {
            let since = state.unhealthy_since.map_or_else(String::new, |at| {
                format!(", failing since {}", at.format("%Y-%m-%dT%H:%M:%SZ"))
            });
            if state.failures == 0 || state.failures.is_multiple_of(HOURLY) {
                tracing::warn!(
                    source.id = id,
                    "source {id} failed: {reason}{since}; next try {next}"
                );
            } else {
                tracing::debug!(
                    source.id = id,
                    "source {id} failed again: {reason}; next try {next}"
                );
            }
        }
        Outcome::Read { short: Some(short), .. } if state.trouble.is_none() => {
            tracing::warn!(
                source.id = id,
                "source {id}: {short}; what there is was read, next poll {next}"
            );
        }
        _ if state.failures > 0 => {
            tracing::info!(source.id = id, "source {id} is well again; next poll {next}")
        }
        Outcome::Read { items_new, alerts, baseline: false, .. } if *alerts > 0 => {
            tracing::info!(source.id = id, "source {id}: {items_new} new items, {alerts} alerts");
        }
        _ => tracing::debug!(source.id = id, "source {id} polled: {outcome:?}; next poll {next}"),
    }
    Polled { source: claim.source.clone(), outcome }
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
