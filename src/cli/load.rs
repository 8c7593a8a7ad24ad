//! From `--config` to a compiled plan, or to every fault at once on standard error.
//!
//! Every command begins here, so that all of them know the same configuration and the same faults. A
//! secret that is missing stops those who need it: a command says by the door it takes what it needs.

use std::path::Path;

use chrono_tz::Tz;

use crate::cli::{say, whole};
use crate::config::settings::Settings;
use crate::config::{Draft, Loaded};
use crate::matching::Matcher;
use crate::model::fault::{Fault, Need};
use crate::model::near::nearest;
use crate::model::watch::Watch;
use crate::work::Plan;

/// What the configuration came to.
pub struct Checked {
    /// Ready to work with; `None` when a fault forbids it to everybody.
    pub plan: Option<Plan>,
    /// All faults and warnings, of the files as of the queries, in the order of the files.
    pub faults: Vec<Fault>,
    /// Where there is no plan: the watches in which, and in whose concepts, nothing is wrong.
    pub whole: Option<Matcher>,
    /// Ids of the sources that name no timezone.
    pub zoneless: Vec<String>,
}

/// Reads and compiles the configuration.
pub fn checked(path: Option<&Path>) -> Checked {
    let Loaded { settings, mut faults, draft, .. } = crate::files::load(path);
    let compiled = settings.map(compile);
    let (mut plan, mut whole) = (None, None);
    if let Some(Ok(ready)) = compiled {
        faults.extend(ready.matcher.remarks().iter().cloned());
        plan = Some(ready);
    } else if let Some(draft) = &draft {
        let more;
        (more, whole) = whole::queries(draft, &faults);
        faults.extend(more);
    }
    if let Some(draft) = draft.as_ref().filter(|draft| !draft.broken)
        && let Some(matcher) = plan.as_ref().map(|plan| &plan.matcher).or(whole.as_ref())
    {
        faults.extend(strange_sources(matcher, draft));
    }
    let zoneless = draft.map(|draft| draft.zoneless).unwrap_or_default();
    let mut checked = Checked { plan, faults, whole, zoneless };
    checked.sort();
    checked
}

impl Checked {
    /// Adds the examples that fail, of every watch that can be tried.
    #[must_use]
    pub fn with_examples(mut self) -> Self {
        let matcher = self.plan.as_ref().map(|plan| &plan.matcher).or(self.whole.as_ref());
        let failed = matcher.map(Matcher::examples).unwrap_or_default();
        self.faults.extend(failed);
        self.sort();
        self
    }

    fn sort(&mut self) {
        self.faults.sort_by(|a, b| a.order().cmp(&b.order()));
    }

    /// The errors that stop whoever needs what `is_needed` names.
    pub fn errors(&self, is_needed: impl Fn(&Need) -> bool) -> impl Iterator<Item = &Fault> {
        self.faults
            .iter()
            .filter(move |fault| fault.is_error() && fault.need.as_ref().is_none_or(&is_needed))
    }
}

/// Sources that a query asks for and that the configuration has not: such a query never holds.
fn strange_sources(matcher: &Matcher, draft: &Draft) -> Vec<Fault> {
    let ids: Vec<&str> = draft.sources.iter().map(String::as_str).collect();
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
    matcher.sources_missing(&ids).into_iter().map(fault).collect()
}

/// The plan for a command that polls and delivers, or `None` after every fault was said.
pub fn plan(path: Option<&Path>) -> Option<Plan> {
    plan_for(path, |_| true)
}

/// The plan for a command that answers a question and opens no connection: no secret is missed, and
/// warnings are left to those who check, poll or run.
pub fn plan_to_read(path: Option<&Path>) -> Option<Plan> {
    ready(path, |_| false).map(|ready| ready.plan)
}

/// The plan for a command that needs these things alone.
pub fn plan_for(path: Option<&Path>, is_needed: impl Fn(&Need) -> bool) -> Option<Plan> {
    let Ready { plan, warnings, .. } = ready(path, is_needed)?;
    say::faults(&warnings);
    Some(plan)
}

/// A plan that may be worked with, and what is missing for more than was asked.
pub struct Ready {
    /// Without a fault that stops the command.
    pub plan: Plan,
    /// What does not stop the command.
    pub warnings: Vec<Fault>,
    /// What stops those who need more.
    pub unmet: Vec<Fault>,
    /// Ids of the sources that name no timezone.
    pub zoneless: Vec<String>,
}

/// The same with what a command must know that finds out only later what it needs.
pub fn ready(path: Option<&Path>, is_needed: impl Fn(&Need) -> bool) -> Option<Ready> {
    let Checked { plan, faults, zoneless, .. } = checked(path);
    let (met, unmet): (Vec<_>, Vec<_>) =
        faults.into_iter().partition(|fault| fault.need.as_ref().is_none_or(&is_needed));
    if met.iter().any(Fault::is_error) {
        say::faults(&met);
        return None;
    }
    plan.map(|plan| Ready { plan, warnings: met, unmet, zoneless })
}

/// The zone of dates for which nobody names another, or `None` after every fault was said: the
/// daemon's, where a configuration or a variable tells it, else UTC. Programs that call without either
/// know of no daemon.
pub fn timezone(path: Option<&Path>) -> Option<Tz> {
    let is_told = std::env::var_os("BONGSU_TIMEZONE").is_some_and(|zone| !zone.is_empty());
    if path.is_none() && !is_told {
        return Some(Tz::UTC);
    }
    let loaded = crate::files::load(path);
    say::faults(loaded.faults.iter().filter(|fault| fault.stops_all()));
    loaded.settings.map(|settings| settings.daemon.timezone)
}

fn compile(settings: Settings) -> Result<Plan, Vec<Fault>> {
    let matcher = Matcher::compile(&settings.concepts, &settings.watches)?;
    Ok(Plan { settings, matcher })
}
