//! Which of a poll's items raise an alert, and for whom: baseline, edits, floods, gaps.
//!
//! Pure policy over what the store recognised and what the watches decided; `work::poll` alone calls
//! it.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};

use crate::model::decision::Decision;
use crate::model::item::Draft;
use crate::model::source::{Source, SourceState};
use crate::model::watch::Watch;
use crate::store::polls::Evaluated;
use crate::store::recognise::Recognition;
use crate::work::{Plan, reading};

/// So many items that come back under new identities in one poll are a source that changed its ids,
/// not news: they are held with one notice. Fewer are taken for new items that share a headline.
const REPUBLISHED_MIN: usize = 10;

/// Two versions of one story share at least this part of their words; two stories hardly ever do.
const SHARED_MIN: f64 = 0.25;

/// One item of a poll, as the store and the watches see it.
pub struct Seen {
    /// What the source says.
    pub draft: Draft,
    /// What the store knows of it.
    pub recognition: Recognition,
    /// What the watches say.
    pub decision: Decision,
    /// For an edit: what the same watches say of the text before it.
    pub earlier: Option<Decision>,
}

/// What is to be written of a poll's items.
pub struct Judged {
    /// The items, each with what the store and the watches say of it.
    pub items: Vec<Evaluated>,
    /// Nothing in the document was known: items may have passed between two polls unseen.
    pub gap: bool,
    /// Items held back because the source seems to have changed its ids.
    pub held: usize,
}

impl Judged {
    /// Items held back, in words.
    pub fn held(&self) -> Option<String> {
        let held = self.held;
        (held > 0).then(|| {
            format!("{held} known items came back under new ids; no alert was raised for them")
        })
    }
}

/// Judges a poll's items, in their order.
pub fn judge(
    plan: &Plan,
    source: &Source,
    state: &SourceState,
    seen: Vec<Seen>,
    now: DateTime<Utc>,
) -> Judged {
    let baseline = state.baseline_at.is_none();
    let count =
        |test: fn(&Recognition) -> bool| seen.iter().filter(|s| test(&s.recognition)).count();
    let republished = count(|r| matches!(r, Recognition::Republished { .. }));
    let flood = republished >= REPUBLISHED_MIN && republished * 2 > seen.len();
    let familiar =
        count(|r| matches!(r, Recognition::Known { .. } | Recognition::Edited { .. })) > 0;
    let gap = !baseline && !familiar && !flood && seen.len() > 1;
    let items = seen
        .into_iter()
        .map(|seen| {
            let watches = match &seen.recognition {
                Recognition::New if baseline && !backfilled(source, &seen.draft, now) => Vec::new(),
                Recognition::Republished { .. } if baseline || flood => Vec::new(),
                Recognition::New | Recognition::Republished { .. } => {
                    flagging(plan, &seen.decision)
                }
                Recognition::Edited { .. } if baseline => Vec::new(),
                Recognition::Edited { .. } => newly_flagging(plan, &seen),
                Recognition::Known { .. } | Recognition::Duplicate { .. } => Vec::new(),
            };
            Evaluated {
                alert: !watches.is_empty(),
                receivers: receivers(plan, &watches),
                language: reading::language(source, &seen.draft).map(str::to_owned),
                draft: seen.draft,
                recognition: seen.recognition,
                decision: seen.decision,
            }
        })
        .collect();
    Judged { items, gap, held: if flood { republished } else { 0 } }
}

/// Whether the first poll of a source is to alert of this item all the same.
fn backfilled(source: &Source, draft: &Draft, now: DateTime<Utc>) -> bool {
    let Some(span) = source.backfill else { return false };
    let since = now - TimeDelta::from_std(span).unwrap_or(TimeDelta::MAX);
    draft.published.or(draft.updated).is_some_and(|at| at >= since)
}

/// Whether a text is no edit of the other but a new one in its place: headline and lead share few
/// words.
pub fn is_another_story(before: &Draft, after: &Draft) -> bool {
    let text = |draft: &Draft| format!("{} {}", draft.summary, draft.body);
    let few = |shared: Option<f64>| shared.is_none_or(|shared| shared < SHARED_MIN);
    shared_words(&before.title, &after.title).is_some_and(|shared| shared < SHARED_MIN)
        && few(shared_words(&text(before), &text(after)))
}

/// Of the words of both texts, the share that both have; `None` where either has none.
fn shared_words(one: &str, other: &str) -> Option<f64> {
    let (one, other): (HashSet<_>, HashSet<_>) =
        (one.split_whitespace().collect(), other.split_whitespace().collect());
    if one.is_empty() || other.is_empty() {
        return None;
    }
    Some(one.intersection(&other).count() as f64 / one.union(&other).count() as f64)
}

/// The watches that flag an item.
fn flagging<'a>(plan: &'a Plan, decision: &Decision) -> Vec<&'a Watch> {
    let flagged = |watch: &&Watch| decision.flags.iter().any(|flag| flag.watch == watch.id);
    plan.settings.watches.iter().filter(flagged).collect()
}

/// The watches to which an edit is news: those that ask for updates, and those that the text before
/// it did not match.
fn newly_flagging<'a>(plan: &'a Plan, seen: &Seen) -> Vec<&'a Watch> {
    let mut watches = flagging(plan, &seen.decision);
    let flagged_before = |watch: &Watch| {
        let earlier = seen.earlier.as_ref();
        earlier.is_some_and(|earlier| earlier.flags.iter().any(|flag| flag.watch == watch.id))
    };
    watches.retain(|watch| watch.updates || !flagged_before(watch));
    watches
}

/// The receivers of these watches; a watch that names none has them all.
fn receivers(plan: &Plan, watches: &[&Watch]) -> Vec<String> {
    let asked = |id: &String| {
        watches.iter().any(|watch| watch.notify.is_empty() || watch.notify.contains(id))
    };
    let enabled = plan.settings.receivers.iter().filter(|receiver| receiver.enabled);
    enabled.map(|receiver| receiver.id.clone()).filter(asked).collect()
}
