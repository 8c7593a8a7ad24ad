//! `bongsu sources`: what is held back of sources that came with many known headlines under new ids, and
//! how that ends.
//!
//! Reads and writes rows, beside a running daemon or without one; sends nothing itself.

use std::path::Path;

use clap::{ArgGroup, Subcommand};

use crate::cli::{Exit, load, near, say};
use crate::clock::Clock;
use crate::invocation;
use crate::lang::count::counted;
use crate::render::text;
use crate::store::Store;
use crate::store::history::History;
use crate::work::Plan;
use crate::work::release::{self, End};

/// What can be done with sources.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the alerts that are held: source, headline, link
    Held,
    /// End what is held of a source: send the alerts, or drop them
    #[command(group = ArgGroup::new("end").required(true).args(["send", "drop"]))]
    Release {
        /// The source's id
        #[arg(value_name = "SOURCE")]
        source: String,
        /// They are news: raise the alerts
        #[arg(long)]
        send: bool,
        /// They are none: raise nothing; the items stay known
        #[arg(long)]
        drop: bool,
    },
}

/// Does it.
pub async fn run(config: Option<&Path>, command: Command) -> anyhow::Result<Exit> {
    let Some(plan) = load::plan_to_read(config) else {
        return Ok(Exit::Misused);
    };
    match command {
        Command::Held => held(&plan).await,
        Command::Release { source, send, .. } => {
            release(&plan, &source, if send { End::Send } else { End::Drop }).await
        }
    }
}

async fn held(plan: &Plan) -> anyhow::Result<Exit> {
    let store = store(plan).await?;
    let counts = store.held_counts().await?;
    for source in counts.keys() {
        for held in store.held(source).await? {
            let link = held.draft.link.as_ref().map(|link| format!("  {link}")).unwrap_or_default();
            say::out(&format!("{source}  {}{link}", text::clean(&held.draft.title)));
        }
    }
    let held = counts.values().sum::<u64>();
    say::err(&if held == 0 {
        "nothing is held".to_owned()
    } else {
        format!(
            "{} held; `{}` or `--drop` ends that",
            counted(held, "alert is", "alerts are"),
            invocation::command("sources release SOURCE --send")
        )
    });
    Ok(Exit::Good)
}

async fn release(plan: &Plan, id: &str, end: End) -> anyhow::Result<Exit> {
    let source = near::source(plan, id);
    let store = match store(plan).await {
        Ok(store) => store,
        Err(error) => return Err(source.err().unwrap_or(error)),
    };
    let title = match source {
        Ok(source) => &source.title,
        // What was held of a source that has left the configuration ends here as well.
        Err(_) if store.held_counts().await?.contains_key(id) => id,
        Err(unknown) => return Err(unknown),
    };
    let released = release::step(&store, plan, (id, title), end, Clock::System.now()).await?;
    let items = counted(released.items, "alert", "alerts");
    say::err(&match (released.items, end) {
        (0, _) => format!("{id}: nothing is held"),
        (_, End::Drop) => format!("{id}: {items} dropped; the items stay known"),
        (_, End::Send) if released.deliveries == 0 => {
            format!("{id}: {items} released, but no watch of today tells a receiver of them")
        }
        (_, End::Send) => format!("{id}: {items} released; the daemon or the next poll sends them"),
    });
    Ok(Exit::Good)
}

/// The store, if there is one: in the wrong folder nothing is held, and saying so would hide what is.
async fn store(plan: &Plan) -> anyhow::Result<Store> {
    History::open(&plan.settings.daemon.store).await?;
    Ok(Store::open(&plan.settings.daemon.store, Clock::System.now()).await?)
}
