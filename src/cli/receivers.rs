//! `bongsu receivers test`: a sample alert now, so that nobody wonders for a week whether it works.
//!
//! Goes by the same road as a true alert, save the store: nothing of it is recorded.

use std::path::Path;

use anyhow::bail;
use chrono::Utc;
use clap::Subcommand;
use uuid::Uuid;

use crate::cli::{Exit, load, say};
use crate::clock::Clock;
use crate::http::{Client, Manners};
use crate::model::receiver::Verdict;
use crate::render::{Look, sample};

/// What can be done with receivers.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Send a sample alert to one receiver, or to all
    Test {
        /// The receiver's id; none: every receiver that is switched on
        #[arg(value_name = "RECEIVER")]
        receiver: Option<String>,
    },
}

/// Does it.
pub async fn run(config: Option<&Path>, command: Command) -> anyhow::Result<Exit> {
    let Command::Test { receiver: asked } = command;
    let Some(plan) = load::plan(config) else {
        return Ok(Exit::Misused);
    };
    let daemon = &plan.settings.daemon;
    let manners = Manners {
        contact: daemon.contact.clone(),
        proxy: daemon.proxy.clone(),
        extra_ca: daemon.extra_ca.clone(),
        ..Manners::default()
    };
    let client = Client::new(manners)?;
    let now: chrono::DateTime<Utc> = Clock::System.now();
    let look = Look { now, timezone: daemon.timezone };
    let receivers: Vec<_> = plan
        .settings
        .receivers
        .iter()
        .filter(|receiver| asked.as_ref().map_or(receiver.enabled, |id| *id == receiver.id))
        .collect();
    if receivers.is_empty() {
        match asked {
            Some(id) => bail!("there is no receiver `{id}` in the configuration"),
            None => bail!(
                "no receiver is switched on; add one as [[receiver]], or set SLACK_WEBHOOK_URL"
            ),
        }
    }
    let mut exit = Exit::Good;
    for receiver in receivers {
        let delivery = sample::delivery(Uuid::now_v7(), &receiver.id, now);
        match crate::notify::send(&client, receiver, &delivery, &look).await.verdict {
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
