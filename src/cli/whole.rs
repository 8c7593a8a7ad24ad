//! What is whole of a configuration with faults: its queries are compiled and its examples tried all
//! the same, so that one run tells everything.
//!
//! Owns the question which faults are echoes of others and which watches can still be judged. Works on
//! values alone; called by `load`.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Draft;
use crate::matching::Matcher;
use crate::model::fault::{Fault, Place};
use crate::model::watch::{Concept, Term, Watch};

/// The faults of the queries and terms of `draft` that `told` does not explain, and the watches that
/// nothing is wrong with, ready to be tried.
pub(super) fn queries(draft: &Draft, told: &[Fault]) -> (Vec<Fault>, Option<Matcher>) {
    let mut faulty: BTreeSet<String> = draft.faulty.iter().map(|id| shown(id)).collect();
    let (mut concepts, watches) = (draft.settings.concepts.clone(), conditional(draft));
    let known: BTreeSet<String> =
        concepts.iter().map(|c| &c.id).chain(watches.iter().map(|w| &w.id)).cloned().collect();
    // A watch without a condition is told, and what a broken file held is not known: others may name
    // them all the same.
    let mut absent: BTreeSet<&str> = draft.settings.watches.iter().map(|w| w.id.as_str()).collect();
    if draft.broken {
        absent.extend(watches.iter().flat_map(names));
    }
    for id in absent.into_iter().filter(|id| !known.contains(*id)) {
        faulty.insert(id.to_owned());
        concepts.push(stand_in(id));
    }
    let found = match Matcher::compile(&concepts, &watches) {
        Ok(matcher) => matcher.remarks().to_vec(),
        Err(found) => found,
    };
    let mut owned = true;
    for fault in found.iter().filter(|fault| fault.is_error()) {
        let owners = owners(&fault.place, &concepts, &watches);
        owned &= !owners.is_empty();
        faulty.extend(owners);
    }
    let is_echo = |fault: &Fault| told.iter().any(|t| t.is_error() && t.place == fault.place);
    let new = found.into_iter().filter(|fault| !is_echo(fault)).collect();
    // A fault that belongs to nothing may touch anything.
    (new, if owned { sound(concepts, watches, faulty) } else { None })
}

/// The watches that have a condition at all.
fn conditional(draft: &Draft) -> Vec<Watch> {
    let has_any = |watch: &&Watch| {
        let rule = &watch.rule;
        rule.when.is_some() || !rule.any.is_empty() || !rule.all.is_empty()
    };
    let named = |watch: &Watch| Watch { id: shown(&watch.id), ..watch.clone() };
    draft.settings.watches.iter().filter(has_any).map(named).collect()
}

/// What a thing is called in messages: `config` makes up a name, which no id can be, for one without.
fn shown(id: &str) -> String {
    if id.starts_with('?') { "(no id)".to_owned() } else { id.to_owned() }
}

/// A concept of which only the name is known.
fn stand_in(id: &str) -> Concept {
    let (terms, unless, implies) = (Vec::new(), Vec::new(), Vec::new());
    Concept { id: id.to_owned(), terms, unless, implies, place: Place::file("") }
}

/// What a fault of this place concerns.
fn owners(place: &Place, concepts: &[Concept], watches: &[Watch]) -> Vec<String> {
    let at = |terms: &[Term]| terms.iter().any(|term| term.place == *place);
    let of_concept = |c: &&Concept| c.place == *place || at(&c.terms) || at(&c.unless);
    let of_watch = |w: &&Watch| {
        let in_query = w.rule.when.as_ref().is_some_and(|query| {
            let spot = (place.line, place.column);
            query.place == *place || query.place.file == place.file && query.spots.contains(&spot)
        });
        let rule = &w.rule;
        w.place == *place || in_query || at(&rule.any) || at(&rule.all) || at(&rule.none)
    };
    let concepts = concepts.iter().filter(of_concept).map(|c| c.id.clone());
    concepts.chain(watches.iter().filter(of_watch).map(|w| w.id.clone())).collect()
}

/// The watches that no faulty thing reaches: neither by name, nor by what a concept implies.
fn sound(
    mut concepts: Vec<Concept>,
    mut watches: Vec<Watch>,
    mut faulty: BTreeSet<String>,
) -> Option<Matcher> {
    let mut touches: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for watch in &watches {
        touches.entry(&watch.id).or_default().extend(names(watch));
    }
    for concept in &concepts {
        for implied in &concept.implies {
            touches.entry(implied).or_default().push(&concept.id);
        }
    }
    loop {
        let more: Vec<String> = touches
            .iter()
            .filter(|(id, _)| !faulty.contains(**id))
            .filter(|(_, by)| by.iter().any(|name| faulty.contains(*name)))
            .map(|(id, _)| (*id).to_owned())
            .collect();
        if more.is_empty() {
            break;
        }
        faulty.extend(more);
    }
    concepts.retain(|concept| !faulty.contains(&concept.id));
    for concept in &mut concepts {
        concept.implies.retain(|id| !faulty.contains(id));
    }
    watches.retain(|watch| !faulty.contains(&watch.id));
    Matcher::compile(&concepts, &watches).ok()
}

/// What a watch's query names with `@`. A name within quotes is one too many, which does no harm.
fn names(watch: &Watch) -> Vec<&str> {
    let query = watch.rule.when.as_ref().map_or("", |query| query.text.as_str());
    let name = |rest: &'_ str| {
        rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_')
            .unwrap_or(rest.len())
    };
    query.split('@').skip(1).filter_map(|rest| rest.get(..name(rest))).collect()
}
