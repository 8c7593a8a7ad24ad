//! From `--config` to a compiled plan, or to every fault at once on standard error.
//!
//! Every command begins here, so that all of them know the same configuration and the same faults.

use std::path::Path;

use crate::cli::say;
use crate::config::settings::Settings;
use crate::matching::Matcher;
use crate::model::fault::Fault;
use crate::model::near::nearest;
use crate::model::watch::Watch;
use crate::work::Plan;

/// What the configuration came to.
pub struct Checked {
    /// Ready to work with; `None` when a fault forbids it.
    pub plan: Option<Plan>,
    /// All faults and warnings, of the files as of the queries.
    pub faults: Vec<Fault>,
}

/// Reads and compiles the configuration.
pub fn checked(path: Option<&Path>) -> Checked {
    let loaded = crate::files::load(path);
    let mut faults = loaded.faults;
    let plan = loaded.settings.and_then(|settings| match compile(settings) {
        Ok(plan) => {
            faults.extend(strange_sources(&plan));
            faults.extend(plan.matcher.remarks().iter().cloned());
            Some(plan)
        }
        Err(more) => {
            faults.extend(more);
            None
        }
    });
    faults.sort_by(|a, b| a.place.cmp(&b.place));
    Checked { plan, faults }
}

/// Sources that a query asks for and that the configuration has not: such a query never holds.
fn strange_sources(plan: &Plan) -> Vec<Fault> {
    let ids: Vec<&str> = plan.settings.sources.iter().map(|s| s.id.as_str()).collect();
    let fault = |(watch, wanted): (&Watch, &str)| {
        let message =
            format!("watch `{}` asks for source:{wanted}, which is no source here", watch.id);
        Fault::warning(watch.query_place().clone(), message).cure(
            match nearest(wanted, ids.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "define the source, or leave the condition out".to_owned(),
            },
        )
    };
    plan.matcher.sources_missing(&ids).into_iter().map(fault).collect()
}

/// The plan, or `None` after every fault was said.
pub fn plan(path: Option<&Path>) -> Option<Plan> {
    let Checked { plan, faults } = checked(path);
    for fault in &faults {
        say::err(&fault.to_string());
    }
    plan
}

fn compile(settings: Settings) -> Result<Plan, Vec<Fault>> {
    let matcher = Matcher::compile(&settings.concepts, &settings.watches)?;
    Ok(Plan { settings, matcher })
}
