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
    let Some(plan) = faultless(config, options.json) else {
        return Ok(Exit::Misused);
    };
    if options.against_history {
        return volume::run(&plan, &options.period, options.json).await;
    }
    Ok(Exit::Good)
}

/// The plan, if it has no fault; says which, or that there is none.
fn faultless(config: Option<&Path>, remark: bool) -> Option<Plan> {
    let Checked { plan, mut faults } = checked(config);
    if let Some(plan) = &plan {
        faults.extend(plan.matcher.examples());
    }
    for fault in &faults {
        say::err(&fault.to_string());
    }
    let errors = faults.iter().filter(|fault| fault.is_error()).count();
    let Some(plan) = plan.filter(|_| errors == 0) else {
        say::err(&format!("{errors} {} to mend", if errors == 1 { "fault" } else { "faults" }));
        return None;
    };
    let settings = &plan.settings;
    let examples: usize = settings
        .watches
        .iter()
        .map(|watch| watch.must_match.len() + watch.must_not_match.len())
        .sum();
    let told = format!(
        "ok: {} sources, {} concepts, {} watches ({examples} examples pass), {} receivers",
        settings.sources.iter().filter(|source| source.enabled).count(),
        settings.concepts.len(),
        settings.watches.iter().filter(|watch| watch.enabled).count(),
        settings.receivers.iter().filter(|receiver| receiver.enabled).count(),
    );
    // With an answer to come on standard output, this is only a remark.
    let say = if remark { say::err } else { say::out };
    say(&told);
    Some(plan)
}
