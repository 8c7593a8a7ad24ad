//! `bongsu receivers`: a sample alert now, so that nobody wonders for a week whether it works; and
//! what became of alerts that were given up, and of receivers that were paused.
//!
//! The sample goes by the same road as a true alert, save the store: nothing of it is recorded. The
//! other commands read and write the store, beside a running daemon or without one; they send nothing.

use std::path::Path;

use anyhow::bail;
use chrono::Utc;
use clap::Subcommand;
use uuid::Uuid;

use crate::cli::{Exit, load, near, say};
use crate::clock::Clock;
use crate::http::{Client, Manners};
use crate::invocation;
use crate::lang::count::counted;
use crate::model::alert::DeliveryState;
use crate::model::fault::Need;
use crate::model::receiver::{Receiver, Verdict};
use crate::notify::pens::Pens;
use crate::render::{Look, sample, text};
use crate::store::Store;
use crate::store::history::History;
use crate::work::Plan;

/// Dead letters listed at most.
const ROWS: u32 = 500;

/// What can be done with receivers.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Send a sample alert to one receiver, or to all
    Test {
        /// The receiver's id; none: every receiver that is switched on
        #[arg(value_name = "RECEIVER")]
        receiver: Option<String>,
    },
    /// List the dead letters: receiver, when it was given up, headline, why
    Dead,
    /// Make the dead letters of one receiver, or of all, due again
    Requeue {
        /// The receiver's id; none: every receiver of the configuration
        #[arg(value_name = "RECEIVER")]
        receiver: Option<String>,
    },
    /// Send to a receiver that is paused, or waits for its next try, again at once
    Resume {
        /// The receiver's id
        #[arg(value_name = "RECEIVER")]
        receiver: String,
    },
}

/// Does it.
pub async fn run(config: Option<&Path>, command: Command) -> anyhow::Result<Exit> {
    let plan = match &command {
        Command::Test { receiver } => {
            load::plan_for(config, |need| is_needed(need, receiver.as_deref()))
        }
        _ => load::plan_to_read(config),
    };
    let Some(plan) = plan else {
        return Ok(Exit::Misused);
    };
    match command {
        Command::Test { receiver } => test(&plan, receiver).await,
        Command::Dead => dead(&plan).await,
        Command::Requeue { receiver } => requeue(&plan, receiver).await,
        Command::Resume { receiver } => resume(&plan, &receiver).await,
    }
}

/// Whether a sample to this receiver, or to all, misses it.
fn is_needed(need: &Need, receiver: Option<&str>) -> bool {
    match need {
        Need::Network => true,
        Need::Source(_) => false,
        Need::Receiver(id) => receiver.is_none_or(|asked| *asked == **id),
    }
}

/// One line a dead letter, the youngest first.
async fn dead(plan: &Plan) -> anyhow::Result<Exit> {
    let listed = store(plan).await?.deliveries(DeliveryState::Dead, ROWS).await?;
    for letter in &listed {
        let at = letter.finished_at.unwrap_or(letter.due_at).format("%Y-%m-%dT%H:%M:%SZ");
        let reason = text::clean(letter.reason.as_deref().unwrap_or("no reason is known"));
        say::out(&format!("{}  {at}  {}: {reason}", letter.receiver, text::clean(&letter.title)));
    }
    say::err(&match listed.len() {
        0 => "there are no dead letters".to_owned(),
        count => format!(
            "{}; `{}` sends them again",
            counted(count as u64, "dead letter", "dead letters"),
            invocation::command("receivers requeue")
        ),
    });
    Ok(Exit::Good)
}

async fn requeue(plan: &Plan, asked: Option<String>) -> anyhow::Result<Exit> {
    let ids = match asked {
        Some(id) => vec![known(plan, &id)?.id.clone()],
        None => plan.settings.receivers.iter().map(|receiver| receiver.id.clone()).collect(),
    };
    let (store, mut count) = (store(plan).await?, 0);
    for id in &ids {
        count += store.requeue_dead(id, Clock::System.now()).await?;
    }
    say::err(&match count {
        0 => "there are no dead letters".to_owned(),
        count => {
            let letters = counted(count, "dead letter is", "dead letters are");
            format!("{letters} due again; the daemon or the next poll sends them")
        }
    });
    Ok(Exit::Good)
}

async fn resume(plan: &Plan, id: &str) -> anyhow::Result<Exit> {
    known(plan, id)?;
    let resumed = store(plan).await?.resume_receiver(id, Clock::System.now()).await?;
    let waited = counted(resumed.due, "alert that waited is", "alerts that waited are");
    say::err(&match (resumed.was_paused, resumed.due) {
        (true, _) => format!("{id}: gets alerts again, those that waited first"),
        (false, 0) => format!("{id}: was not paused"),
        (false, _) => format!("{id}: was not paused; {waited} due now"),
    });
    Ok(Exit::Good)
}

/// The store, if there is one: a question makes none.
async fn store(plan: &Plan) -> anyhow::Result<Store> {
    History::open(&plan.settings.daemon.store).await?;
    Ok(Store::open(&plan.settings.daemon.store, Clock::System.now()).await?)
}

fn known<'a>(plan: &'a Plan, id: &str) -> anyhow::Result<&'a Receiver> {
    let receivers = &plan.settings.receivers;
    receivers.iter().find(|receiver| receiver.id == id).ok_or_else(|| {
        let ids: Vec<&str> = receivers.iter().map(|receiver| receiver.id.as_str()).collect();
        near::unknown("receiver", id, &ids)
    })
}

async fn test(plan: &Plan, asked: Option<String>) -> anyhow::Result<Exit> {
    if let Some(id) = &asked {
        if let Some(lacking) = &known(plan, id)?.lacking {
            bail!("receiver `{id}` is off: {lacking}");
        }
    } else {
        for receiver in &plan.settings.receivers {
            if let Some(why) = &receiver.off {
                say::err(&format!("{}: is off and gets no sample: {why}", receiver.id));
            }
        }
    }
    let daemon = &plan.settings.daemon;
    let manners = Manners {
        contact: daemon.contact.clone(),
        proxy: daemon.proxy.clone(),
        extra_ca: daemon.extra_ca.clone(),
        ..Manners::default()
    };
    let (client, pens) = (Client::new(manners)?, Pens::default());
    let now: chrono::DateTime<Utc> = Clock::System.now();
    let look = Look { now, timezone: daemon.timezone };
    let receivers: Vec<_> = plan
        .settings
        .receivers
        .iter()
        .filter(|receiver| asked.as_ref().map_or(receiver.enabled, |id| *id == receiver.id))
        .collect();
    if receivers.is_empty() {
        bail!("no receiver is switched on; add one as [[receiver]], or set SLACK_WEBHOOK_URL");
    }
    let mut exit = Exit::Good;
    for receiver in receivers {
        let delivery = sample::delivery(Uuid::now_v7(), &receiver.id, now);
        match crate::notify::send(&client, &pens, receiver, &delivery, &look).await.verdict {
            Verdict::Delivered => say::err(&format!("{}: took the sample alert", receiver.id)),
            Verdict::Retry { reason, .. }
            | Verdict::Refused { reason }
            | Verdict::Closed { reason } => {
                say::err(&format!("{}: {reason}", receiver.id));
                exit = Exit::Failed;
            }
        }
    }
    Ok(exit)
}
