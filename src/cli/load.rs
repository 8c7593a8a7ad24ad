//! From `--config` to a compiled plan, or to every fault at once on standard error.
//!
//! Every command begins here, so that all of them know the same configuration and the same faults.

use std::path::Path;

use crate::cli::say;
use crate::config::settings::Settings;
use crate::matching::Matcher;
use crate::model::fault::Fault;
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
    let known = |wanted: &str| match wanted.strip_suffix('*') {
        Some(head) => ids.iter().any(|id| id.to_lowercase().starts_with(&head.to_lowercase())),
        None => ids.iter().any(|id| id.eq_ignore_ascii_case(wanted)),
    };
    let strange = plan.matcher.sources_named().into_iter().filter(|(_, wanted)| !known(wanted));
    strange
        .map(|(watch, wanted)| {
            let place = watch.rule.when.as_ref().map_or(&watch.place, |(_, place)| place);
            let message =
                format!("watch `{}` asks for source:{wanted}, which is no source here", watch.id);
            let near = ids.iter().min_by_key(|id| strsim::damerau_levenshtein(id, wanted));
            let fault = Fault::warning(place.clone(), message);
            match near {
                Some(near) => fault.cure(format!("did you mean `{near}`?")),
                None => fault.cure("define the source, or leave the condition out"),
            }
        })
        .collect()
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
