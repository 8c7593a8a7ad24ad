//! `bongsu poll`: one round now. With a daemon on the same store, asks it; else does the round.
//!
//! Progress goes to standard error, one line a source as it is done; alerts go where every alert
//! goes; the last word is a summary, as one JSON object with `--json`.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::bail;
use chrono::{DateTime, Utc};
use clap::Args;
use serde::Serialize;

use crate::cli::shape::{left, widest};
use crate::cli::{Exit, load, near, say};
use crate::clock::Clock;
use crate::daemon;
use crate::invocation;
use crate::lang::count::{count, counted};
use crate::model::alert::DeliveryState;
use crate::model::receiver::{ReceiverKind, Stream};
use crate::store::queue::Listed;
use crate::work::poll::{Outcome, Polled};
use crate::work::{Bench, Plan, deliver, poll};

/// How long a running daemon may take for a round that it was asked for.
const DAEMON_MAX: Duration = Duration::from_mins(2);

/// How long it may then take to try each delivery once.
const DELIVERY_MAX: Duration = Duration::from_secs(20);

/// Rows of its ledger read at one look.
const ROWS: u32 = 500;

/// Columns of a source's id, at most.
const COLUMN_MAX: usize = 32;

/// How often its ledger is looked at.
const LOOK: Duration = Duration::from_millis(200);

/// What to poll, and how to say it.
#[derive(Debug, Args)]
pub struct Options {
    /// Source ids; none: every source that is switched on
    #[arg(value_name = "SOURCE")]
    sources: Vec<String>,
    /// Print one JSON object: sources, changed, unchanged, failed, `items_new`, `items_edited`,
    /// alerts, deliveries, waiting, dead, seconds
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Default, Serialize)]
struct Summary {
    sources: usize,
    changed: usize,
    unchanged: usize,
    failed: usize,
    items_new: u64,
    items_edited: u64,
    alerts: u64,
    /// Made by this round.
    deliveries: u64,
    /// Of these, not taken yet by their receiver.
    waiting: u64,
    /// Of these, refused for good.
    dead: u64,
    seconds: f64,
}

/// Polls, delivers, reports: to people line by line, to a collector of the log (`collected`) as
/// events of the log.
pub async fn run(config: Option<&Path>, options: Options, collected: bool) -> anyhow::Result<Exit> {
    let Some(mut plan) = load::plan(config) else {
        return Ok(Exit::Misused);
    };
    if options.json {
        keep_stdout_for_the_answer(&mut plan);
    }
    let started = Instant::now();
    let among = chosen(&plan, &options.sources)?;
    let bench = daemon::bench(Arc::new(plan), Clock::System).await?;
    let since = bench.clock.now();
    let column = widest(among.iter().map(String::as_str), COLUMN_MAX);
    let progress = |polled: &Polled| {
        if collected {
            log(polled);
        } else {
            say::err(&line(polled, column));
        }
    };
    let (polled, patience) = match bench.store.lead(bench.clock.now()).await {
        Ok(leader) => {
            let polled = own_round(&bench, &among, progress).await?;
            drop(leader);
            (polled, Duration::ZERO)
        }
        Err(crate::store::error::Error::Held { .. }) => {
            (asked_round(&bench, &among, progress).await?, DELIVERY_MAX)
        }
        Err(error) => return Err(error.into()),
    };
    let mut summary = Summary { sources: polled.len(), ..Summary::default() };
    for polled in &polled {
        add(&mut summary, &polled.outcome);
    }
    settle(&bench, since, patience, &mut summary).await?;
    bench.store.close().await?;
    summary.seconds = (started.elapsed().as_secs_f64() * 1_000.0).round() / 1_000.0;
    if options.json {
        say::out(&serde_json::to_string(&summary)?);
    } else if collected {
        tracing::info!("{}", sentence(&summary));
    } else {
        say::err(&sentence(&summary));
    }
    let all_failed = summary.failed > 0 && summary.failed == summary.sources;
    let untold = summary.waiting + summary.dead > 0;
    Ok(if all_failed || untold { Exit::Failed } else { Exit::Good })
}

/// Alerts for the terminal go to standard error, so that standard output is one JSON object.
fn keep_stdout_for_the_answer(plan: &mut Plan) {
    for receiver in &mut plan.settings.receivers {
        if matches!(receiver.kind, ReceiverKind::Terminal { .. }) {
            receiver.kind = ReceiverKind::Terminal { stream: Stream::Err };
        }
    }
}

/// The ids asked for, checked, or all that are switched on.
fn chosen(plan: &Plan, asked: &[String]) -> anyhow::Result<Vec<String>> {
    let sources = &plan.settings.sources;
    let mut ids = Vec::new();
    for id in asked {
        if !near::source(plan, id)?.enabled {
            bail!(
                "source `{id}` is switched off; set `enabled = true` for it, in its [[source]] or by a [[patch]]"
            );
        }
        if !ids.contains(id) {
            ids.push(id.clone());
        }
    }
    if asked.is_empty() {
        return Ok(sources
            .iter()
            .filter(|source| source.enabled)
            .map(|source| source.id.clone())
            .collect());
    }
    Ok(ids)
}

async fn own_round(
    bench: &Bench,
    among: &[String],
    progress: impl FnMut(&Polled),
) -> anyhow::Result<Vec<Polled>> {
    daemon::enrol(bench).await?;
    let ids: Vec<_> = among.iter().map(String::as_str).collect();
    bench.store.mark_due(&ids, bench.clock.now()).await?;
    let polled = poll::round(bench, &ids, progress).await?;
    deliver::drain(bench).await?;
    // As the daemon does after its start: whoever only ever polls must hear of damage too.
    bench.store.quick_check().await?;
    Ok(polled)
}

/// Asks the daemon that holds the store, and reads its ledger until every source has been polled.
async fn asked_round(
    bench: &Bench,
    among: &[String],
    mut progress: impl FnMut(&Polled),
) -> anyhow::Result<Vec<Polled>> {
    say::err("a daemon runs on this store; it was asked to poll, and begins within 10 s");
    let ids: Vec<_> = among.iter().map(String::as_str).collect();
    let mut last = bench.store.last_poll().await?;
    bench.store.mark_due(&ids, bench.clock.now()).await?;
    let (started, mut done) = (Instant::now(), Vec::<Polled>::new());
    while done.len() < ids.len() {
        if started.elapsed() > DAEMON_MAX {
            bail!(
                "{} of {} polled within {} s; see the daemon's log",
                done.len(),
                counted(ids.len() as u64, "source was", "sources were"),
                DAEMON_MAX.as_secs()
            );
        }
        tokio::time::sleep(LOOK).await;
        for row in bench.store.polls_since(last, ROWS).await? {
            last = row.id;
            if ids.contains(&row.source.as_str())
                && !done.iter().any(|polled| polled.source == row.source)
            {
                let polled = Polled::from(row);
                progress(&polled);
                done.push(polled);
            }
        }
    }
    Ok(done)
}

/// Counts what became of the deliveries of this round, once each was tried or patience is at an end.
/// Of a round that the daemon made the ledger knows the alerts alone: then its deliveries are counted here too.
async fn settle(
    bench: &Bench,
    since: DateTime<Utc>,
    patience: Duration,
    summary: &mut Summary,
) -> anyhow::Result<()> {
    if summary.alerts == 0 {
        return Ok(());
    }
    let most = summary.alerts.saturating_mul(bench.plan.settings.receivers.len() as u64);
    let limit = u32::try_from(most).unwrap_or(u32::MAX);
    let of_round = async |state| -> anyhow::Result<Vec<Listed>> {
        let mut listed = bench.store.deliveries(state, limit).await?;
        // The store keeps whole milliseconds.
        listed.retain(|one| one.created_at.timestamp_millis() >= since.timestamp_millis());
        Ok(listed)
    };
    let started = Instant::now();
    let mut due = of_round(DeliveryState::Due).await?;
    while due.iter().any(|listed| listed.attempts == 0) && started.elapsed() < patience {
        tokio::time::sleep(LOOK).await;
        due = of_round(DeliveryState::Due).await?;
    }
    let number = |listed: Vec<Listed>| listed.len() as u64;
    summary.waiting = number(due);
    summary.dead = number(of_round(DeliveryState::Dead).await?);
    let delivered = number(of_round(DeliveryState::Delivered).await?);
    summary.deliveries = summary.deliveries.max(summary.waiting + summary.dead + delivered);
    Ok(())
}

fn add(summary: &mut Summary, outcome: &Outcome) {
    match outcome {
        Outcome::Unchanged => summary.unchanged += 1,
        Outcome::Failed { .. } => summary.failed += 1,
        Outcome::Read { items_new, items_edited, alerts, deliveries, .. } => {
            if items_new + items_edited > 0 {
                summary.changed += 1;
            } else {
                summary.unchanged += 1;
            }
            summary.items_new += items_new;
            summary.items_edited += items_edited;
            summary.alerts += alerts;
            summary.deliveries += deliveries;
        }
    }
}

fn log(polled: &Polled) {
    let (id, words) = (&polled.source, polled.outcome.words());
    if matches!(polled.outcome, Outcome::Failed { .. }) {
        tracing::warn!(source.id = id, "source {id} {words}");
    } else {
        tracing::info!(source.id = id, "source {id}: {words}");
    }
}

fn line(polled: &Polled, column: usize) -> String {
    format!("{}  {}", left(&polled.source, column), polled.outcome.words())
}

fn sentence(summary: &Summary) -> String {
    let dead = match summary.dead {
        0 => String::new(),
        dead => {
            let see = invocation::command("receivers dead");
            format!(", {} refused for good (see `{see}`)", count(dead))
        }
    };
    format!(
        "{} polled in {:.1} s: {} changed, {} unchanged, {} failed; {}, {} edited, {}, {}, {} still waiting{dead}",
        counted(summary.sources as u64, "source", "sources"),
        summary.seconds,
        summary.changed,
        summary.unchanged,
        summary.failed,
        counted(summary.items_new, "new item", "new items"),
        count(summary.items_edited),
        counted(summary.alerts, "alert", "alerts"),
        counted(summary.deliveries, "delivery", "deliveries"),
        count(summary.waiting),
    )
}
