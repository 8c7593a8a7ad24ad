//! Which of a poll's items raise an alert, and for whom: baseline, edits, floods, gaps.
//!
//! Pure policy over what the store recognised and what the watches decided; `work::poll` alone calls
//! it.

use chrono::{DateTime, TimeDelta, Utc};

use crate::model::decision::Decision;
use crate::model::item::Draft;
use crate::model::source::{Source, SourceState};
use crate::store::polls::Evaluated;
use crate::store::recognise::Recognition;
use crate::work::Plan;

/// So many items that come back under new identities in one poll are a source that changed its ids,
/// not news: they are held with one notice. Fewer are taken for new items that share a headline.
const REPUBLISHED_MIN: usize = 10;

/// What is to be written of a poll's items.
pub struct Judged {
    /// The items, each with what the store and the watches say of it.
    pub items: Vec<Evaluated>,
    /// Nothing in the document was known: items may have passed between two polls unseen.
    pub gap: bool,
    /// Items held back because the source seems to have changed its ids.
    pub held: usize,
}

/// Judges a poll's drafts; the three lists are in one order.
pub fn judge(
    plan: &Plan,
    source: &Source,
    state: &SourceState,
    drafts: Vec<Draft>,
    recognitions: Vec<Recognition>,
    decisions: Vec<Decision>,
    now: DateTime<Utc>,
) -> Judged {
    let baseline = state.baseline_at.is_none();
    let is_republished =
        |recognition: &Recognition| matches!(recognition, Recognition::Republished { .. });
    let republished = recognitions.iter().filter(|recognition| is_republished(recognition)).count();
    let flood = republished >= REPUBLISHED_MIN && republished * 2 > drafts.len();
    let fresh = |recognition: &Recognition| matches!(recognition, Recognition::New);
    let gap = !baseline && drafts.len() > 1 && recognitions.iter().all(fresh);
    let mut held = 0;
    let items = drafts
        .into_iter()
        .zip(recognitions)
        .zip(decisions)
        .map(|((draft, recognition), decision)| {
            let wanted = decision.is_flagged()
                && match &recognition {
                    Recognition::New => !baseline || backfilled(source, &draft, now),
                    Recognition::Republished { .. } if flood => {
                        held += 1;
                        false
                    }
                    Recognition::Republished { .. } => !baseline,
                    Recognition::Edited { was_alerted, .. } => {
                        !baseline && edit_is_wanted(plan, &decision, *was_alerted)
                    }
                    Recognition::Known { .. } | Recognition::Duplicate { .. } => false,
                };
            let receivers = if wanted { receivers(plan, &decision) } else { Vec::new() };
            let language = language(source, &draft);
            Evaluated { draft, recognition, decision, receivers, alert: wanted, language }
        })
        .collect();
    Judged { items, gap, held }
}

/// Whether the first poll of a source is to alert of this item all the same.
fn backfilled(source: &Source, draft: &Draft, now: DateTime<Utc>) -> bool {
    let Some(span) = source.backfill else { return false };
    let since = now - TimeDelta::from_std(span).unwrap_or(TimeDelta::MAX);
    draft.published.or(draft.updated).is_some_and(|at| at >= since)
}

/// An edit is told where a watch asks for updates, or where it makes the item match at last.
fn edit_is_wanted(plan: &Plan, decision: &Decision, was_alerted: bool) -> bool {
    !was_alerted
        || plan
            .settings
            .watches
            .iter()
            .any(|watch| watch.updates && decision.flags.iter().any(|flag| flag.watch == watch.id))
}

/// The receivers of the watches that flag the item; a watch that names none has them all.
fn receivers(plan: &Plan, decision: &Decision) -> Vec<String> {
    let settings = &plan.settings;
    let flagging = |id: &str| decision.flags.iter().any(|flag| flag.watch == id);
    let watches: Vec<_> = settings.watches.iter().filter(|watch| flagging(&watch.id)).collect();
    let asked = |id: &String| {
        watches.iter().any(|watch| watch.notify.is_empty() || watch.notify.contains(id))
    };
    let enabled = settings.receivers.iter().filter(|receiver| receiver.enabled);
    enabled.map(|receiver| receiver.id.clone()).filter(asked).collect()
}

/// The item's own language, else its source's, else what its script tells.
fn language(source: &Source, draft: &Draft) -> Option<String> {
    let hangul = |text: &str| text.chars().any(|c| ('\u{AC00}'..='\u{D7A3}').contains(&c));
    draft
        .language
        .clone()
        .or_else(|| source.language.clone())
        .or_else(|| hangul(&draft.title).then(|| "ko".to_owned()))
}
