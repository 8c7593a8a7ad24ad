//! `bongsu check`: every fault of the configuration at once, then the examples of every watch.
//!
//! Changes nothing and reaches no network; every other command refuses what this one refuses.

use std::path::Path;

use crate::cli::load::{Checked, checked};
use crate::cli::{Exit, say};

/// Checks, and says what it found.
pub fn run(config: Option<&Path>) -> anyhow::Result<Exit> {
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
        return Ok(Exit::Misused);
    };
    let settings = &plan.settings;
    let examples: usize = settings
        .watches
        .iter()
        .map(|watch| watch.must_match.len() + watch.must_not_match.len())
        .sum();
    say::out(&format!(
        "ok: {} sources, {} concepts, {} watches ({examples} examples pass), {} receivers",
        settings.sources.iter().filter(|source| source.enabled).count(),
        settings.concepts.len(),
        settings.watches.iter().filter(|watch| watch.enabled).count(),
        settings.receivers.iter().filter(|receiver| receiver.enabled).count(),
    ));
    Ok(Exit::Good)
}
