//! `bongsu check`: every fault of the configuration at once, then the examples of every watch.
//!
//! Changes nothing and reaches no network; every other command refuses what this one refuses. Asked
//! to, it reads the store as well and names watches that match too much or never.

use std::path::Path;

use clap::Args;

use crate::cli::load::{Checked, checked};
use crate::cli::near::Misuse;
use crate::cli::past::Period;
use crate::cli::{Exit, say, volume};
use crate::config::standing;
use crate::invocation;
use crate::lang::count::counted;
use crate::work::Plan;

/// What to check besides the configuration itself.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
pub struct Options {
    /// Try every watch on what the store remembers, and name those that match too much (more than 25
    /// alerts a week, or 5 % of all items) or never
    #[arg(long)]
    against_history: bool,
    #[command(flatten)]
    period: Period,
    /// With --against-history: print one JSON object: `covered` (what was read), `watches` (each with
    /// `hits`, `hits_a_week`, `share`, `finding`: too much, never or fine, `reason`, `lacking`)
    #[arg(long, requires = "against_history")]
    json: bool,
}

const AFTER: &str = "Exit codes: 0 no fault (what --against-history finds is advice); 1 there is no store to \
    read;\n2 faults in the configuration";

/// Checks, and says what it found.
pub async fn run(config: Option<&Path>, options: Options) -> anyhow::Result<Exit> {
    if options.period.is_given() && !options.against_history {
        return Err(Misuse("--since and --file go with --against-history".to_owned()).into());
    }
    let checked = checked(config).with_examples();
    say::faults(&checked.faults);
    let errors = checked.errors(|_| true).count();
    if errors > 0 {
        say::err(&format!("{} to mend", counted(errors as u64, "fault", "faults")));
    }
    let Some(plan) = checked.plan.as_ref().filter(|_| checked.errors(|_| false).next().is_none())
    else {
        return Ok(Exit::Misused);
    };
    if errors == 0 {
        // With an answer to come on standard output, this is only a remark.
        let say = if options.json { say::err } else { say::out };
        say(&summary(plan));
        for line in standing::on(&plan.settings, &[]) {
            say(&line);
        }
        for line in remarks(&checked, plan) {
            say::err(&line);
        }
    }
    if options.against_history {
        volume::run(plan, &options.period, options.json).await?;
    }
    Ok(if errors == 0 { Exit::Good } else { Exit::Misused })
}

fn summary(plan: &Plan) -> String {
    let settings = &plan.settings;
    let examples: usize = settings
        .watches
        .iter()
        .map(|watch| watch.must_match.len() + watch.must_not_match.len())
        .sum();
    let counted = |number: usize, one, many| counted(number as u64, one, many);
    format!(
        "ok: {}, {}, {} ({}), {}",
        counted(settings.sources.iter().filter(|it| it.enabled).count(), "source", "sources"),
        counted(settings.concepts.len(), "concept", "concepts"),
        counted(settings.watches.iter().filter(|it| it.enabled).count(), "watch", "watches"),
        counted(examples, "example passes", "examples pass"),
        counted(settings.receivers.iter().filter(|it| it.enabled).count(), "receiver", "receivers"),
    )
}

/// What is as it was asked for, and yet may surprise.
fn remarks(checked: &Checked, plan: &Plan) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    lines.extend(standing::off(&plan.settings).iter().map(|line| format!("note: {line}")));
    if !checked.zoneless.is_empty() {
        lines.push(format!(
            "note: {} no timezone, so dates without one are read in {}, the daemon's: {}; whether \
             their dates name one is told by `{}`",
            counted(checked.zoneless.len() as u64, "source names", "sources name"),
            plan.settings.daemon.timezone,
            checked.zoneless.join(", "),
            invocation::command("try URL")
        ));
    }
    lines
}
