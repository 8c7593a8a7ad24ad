//! Which of a poll's items raise an alert, and for whom: baseline, edits, floods, gaps.
//!
//! Pure policy over what the store recognised and what the watches decided; `work::poll` alone calls
//! it.

use chrono::{DateTime, TimeDelta, Utc};

use crate::identity::Recognition;
use crate::identity::face::{Key, Marks};
use crate::model::decision::Decision;
use crate::model::item::Draft;
use crate::model::source::{Source, SourceState};
use crate::model::watch::Watch;
use crate::store::polls::Evaluated;
use crate::work::{Plan, reading};

/// So many known headlines that come back as new items in one poll are a source that changed, not news:
/// their alerts are held with one notice. Fewer are taken for new items that share a headline.
const FAMILIAR_MIN: usize = 10;

/// After a first answer without items, so many at once are news.
const FIRST_NEWS_MAX: usize = 10;

/// More of them, most of them older than this, are what the first answer should have shown.
const FIRST_AGE: TimeDelta = TimeDelta::days(7);

/// One item of a poll, as the store and the watches see it.
pub struct Seen {
    /// What the source says.
    pub draft: Draft,
    /// What is kept to recognise it again.
    pub marks: Marks,
    /// The keys that the store lacks.
    pub keys: Vec<Key>,
    /// Its link tells it from others.
    pub link_tells: bool,
    /// What it is.
    pub recognition: Recognition,
    /// What the watches say, if it may be news.
    pub decision: Decision,
    /// For an edit: what the same watches say of the text before it.
    pub earlier: Option<Decision>,
}

/// What is to be written of a poll's items.
#[derive(Default)]
pub struct Judged {
    /// The items, each with what the store and the watches say of it.
    pub items: Vec<Evaluated>,
    /// The numbers of the items in the order in which they are told: the oldest first.
    pub order: Vec<usize>,
    /// What is known of the source begins here: its items are no news.
    pub baseline: bool,
    /// Items whose headlines are known came as new ones, in such numbers that their alerts are held.
    pub familiar: usize,
    /// Alerts that are held.
    pub held: usize,
    /// What else the operator should know.
    pub remarks: Vec<Remark>,
}

/// What the operator should know of a document that was read well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remark {
    /// Nothing in it was known: items may have passed between two polls unseen.
    Gap,
    /// The source had shown nothing before; these are its stock and no news.
    Stock,
    /// Known items came back under new ids, as from a source that makes them up.
    IdsMove,
    /// The source's own rule gives one id to several items.
    OwnRuleFails,
}

impl Judged {
    /// What its health says of a source that was read well.
    pub fn trouble(&self) -> Option<String> {
        self.flood().or_else(|| {
            let fails = "`identity` finds one id on several items, so it was not heeded for these; \
                         name a parameter that tells them apart";
            let moves =
                "its ids and addresses are new at each poll; items are known by headline and text";
            let remarks = [(Remark::OwnRuleFails, fails), (Remark::IdsMove, moves)];
            let made = remarks.into_iter().find(|(remark, _)| self.remarks.contains(remark));
            made.map(|(_, words)| words.to_owned())
        })
    }

    /// That many known headlines came as new items, in words. How many alerts are held for it, whoever
    /// wants to know reads in the store: it ends when the operator says so.
    pub fn flood(&self) -> Option<String> {
        let familiar = self.familiar;
        (familiar > 0)
            .then(|| format!("{familiar} items came under new ids with headlines that are known"))
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
    let is_first = state.baseline_at.is_none();
    let late_baseline = !is_first && !state.has_items && is_stock(&seen, now);
    let baseline = is_first || late_baseline;
    let count =
        |test: fn(&Recognition) -> bool| seen.iter().filter(|s| test(&s.recognition)).count();
    let familiar = count(|r| matches!(r, Recognition::Familiar { .. }));
    let flood = familiar >= FAMILIAR_MIN && !baseline;
    let is_known =
        |r: &Recognition| matches!(r, Recognition::Known { .. } | Recognition::Edited { .. });
    let gap = !baseline && state.has_items && count(is_known) == 0 && !flood && seen.len() > 1;
    let order = oldest_first(&seen);
    let mut held = 0;
    let items = seen
        .into_iter()
        .map(|seen| {
            let is_held = flood
                && matches!(seen.recognition, Recognition::Familiar { .. })
                && seen.decision.is_flagged();
            held += usize::from(is_held);
            let watches = match &seen.recognition {
                _ if is_held => Vec::new(),
                Recognition::New { .. } if baseline && !backfilled(source, &seen.draft, now) => {
                    Vec::new()
                }
                Recognition::Familiar { .. } | Recognition::Edited { .. } if baseline => Vec::new(),
                Recognition::New { .. } | Recognition::Familiar { .. } => {
                    flagging(plan, &seen.decision)
                }
                Recognition::Edited { .. } => newly_flagging(plan, &seen),
                Recognition::Known { .. } | Recognition::Duplicate { .. } => Vec::new(),
            };
            Evaluated {
                alert: !watches.is_empty(),
                receivers: receivers(plan, &watches),
                language: reading::language(source, &seen.draft).map(str::to_owned),
                draft: seen.draft,
                marks: seen.marks,
                keys: seen.keys,
                link_tells: seen.link_tells,
                recognition: seen.recognition,
                decision: seen.decision,
                is_held,
            }
        })
        .collect();
    let familiar = if flood { familiar } else { 0 };
    let remarks = [(gap, Remark::Gap), (late_baseline, Remark::Stock)];
    let remarks = remarks.into_iter().filter(|(holds, _)| *holds).map(|(_, remark)| remark);
    Judged { items, order, baseline, familiar, held, remarks: remarks.collect() }
}

/// Whether the first items of a source that had shown none are its stock and not its news.
fn is_stock(seen: &[Seen], now: DateTime<Utc>) -> bool {
    let at = |seen: &&Seen| seen.draft.published.or(seen.draft.updated);
    let old = seen.iter().filter(|s| at(s).is_some_and(|at| now - at > FIRST_AGE)).count();
    seen.len() > FIRST_NEWS_MAX && old * 2 > seen.len()
}

/// The numbers of a document's items, the oldest first. Nearly all documents begin with the newest; one
/// whose dates say otherwise is taken at its word, and what has no date stays by its neighbours.
fn oldest_first(seen: &[Seen]) -> Vec<usize> {
    let dates: Vec<_> = seen.iter().map(|seen| seen.draft.published).collect();
    let given: Vec<_> = dates.iter().flatten().collect();
    let rises = given.windows(2).filter(|two| two.first() < two.last()).count();
    let falls = given.windows(2).filter(|two| two.first() > two.last()).count();
    let mut order: Vec<usize> = (0..seen.len()).collect();
    if rises <= falls {
        order.reverse();
    }
    let mut last = None;
    let mut timed: Vec<_> = order
        .into_iter()
        .map(|at| {
            last = dates.get(at).copied().flatten().or(last);
            (last, at)
        })
        .collect();
    // The sort is stable: what shares an instant stays in the order of the document.
    timed.sort_by_key(|(time, _)| *time);
    timed.into_iter().map(|(_, at)| at).collect()
}

/// Whether the first poll of a source is to alert of this item all the same.
fn backfilled(source: &Source, draft: &Draft, now: DateTime<Utc>) -> bool {
    let Some(span) = source.backfill else { return false };
    let since = now - TimeDelta::from_std(span).unwrap_or(TimeDelta::MAX);
    draft.published.or(draft.updated).is_some_and(|at| at >= since)
}

/// The watches that flag an item.
pub fn flagging<'a>(plan: &'a Plan, decision: &Decision) -> Vec<&'a Watch> {
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
pub fn receivers(plan: &Plan, watches: &[&Watch]) -> Vec<String> {
    let asked = |id: &String| {
        watches.iter().any(|watch| watch.notify.is_empty() || watch.notify.contains(id))
    };
    let enabled = plan.settings.receivers.iter().filter(|receiver| receiver.enabled);
    enabled.map(|receiver| receiver.id.clone()).filter(asked).collect()
}
