//! Concepts and watches, compiled once; text to hits to a decision with its reasons.
//!
//! Owns what a word is: folding, edges, particles, inflection, masks, addresses (which are none), the
//! query language; and what a publisher's labels count for. It must
//! never know where an item came from or where an alert goes, and reads no file and no clock.
//! `fold` turns a text into bare letters, `search` finds the terms in them, `eval` asks the
//! conditions, `explain` says why, `suggest` finds words that concepts lack. Called by `work` and `cli`.

mod address;
mod chars;
mod compile;
mod entity;
mod eval;
mod explain;
mod fold;
mod grammar;
mod index;
mod lint;
mod masked;
mod node;
mod query;
mod rule_set;
mod scope;
mod search;
mod sign;
pub mod suggest;
mod term;
mod text;
mod token;
mod trie;

#[cfg(test)]
mod address_tests;
#[cfg(test)]
mod category_tests;
#[cfg(test)]
mod matcher_tests;
#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod query_tests;
#[cfg(test)]
mod reference_tests;
#[cfg(test)]
mod term_tests;

use crate::lang::script;
use crate::matching::compile::Rules;
use crate::matching::eval::Facts;
use crate::matching::scope::{Scope, field_of};
use crate::model::decision::{Decision, Flag, Hit, NearMiss, Span};
use crate::model::fault::Fault;
use crate::model::watch::{Concept, Example, Watch};

/// A decision lists no more hits than this; a text with more is listed up to here.
const HITS_MAX: usize = 1_000;

/// What is to be decided on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Text<'a> {
    /// The headline.
    pub title: &'a str,
    /// The lead.
    pub summary: &'a str,
    /// The full text.
    pub body: &'a str,
    /// What the publisher files it under.
    pub categories: &'a [String],
    /// BCP 47, as `lang::script` tells it; told by the letters when absent.
    pub language: Option<&'a str>,
    /// Id of the source.
    pub source: Option<&'a str>,
    /// Concepts that the publisher itself stands for.
    pub implies: &'a [String],
}

/// All concepts and watches, compiled.
#[derive(Debug)]
pub struct Matcher {
    rules: Rules,
    rule_set: String,
}

impl Matcher {
    /// Compiles concepts and watches; all faults of all of them at once, with their places, and what is
    /// only worth knowing among them.
    pub fn compile(concepts: &[Concept], watches: &[Watch]) -> Result<Self, Vec<Fault>> {
        let rules = compile::compile(concepts, watches)?;
        Ok(Self { rules, rule_set: rule_set::rule_set(concepts, watches) })
    }

    /// What the user should know of the concepts and watches, with places: terms that find nothing, or
    /// not what they seem to be meant for. None of it forbids the work.
    pub fn remarks(&self) -> &[Fault] {
        &self.rules.remarks
    }

    /// Says which watches flag a text, and why. Never fails; linear in the length of the text.
    pub fn decide(&self, text: &Text<'_>) -> Decision {
        let facts = self.facts(text);
        let (hits, order) = self.hits(&facts);
        let mut flags = Vec::new();
        for (i, (watch, node)) in self.rules.watches.iter().zip(&self.rules.nodes).enumerate() {
            if watch.enabled && facts.watch(i, Scope::ALL) {
                let mut slots = Vec::new();
                explain::evidence(&facts, node, Scope::ALL, &mut slots);
                let sources = &self.rules.sources;
                let own = |slot: usize| {
                    slots.iter().any(|s| sources[*s].contains(&slot) || sources[slot].contains(s))
                };
                let evidence = explain::pieces(&facts, &slots);
                flags.push(Flag {
                    watch: watch.id.clone(),
                    title: watch.title.clone(),
                    reason: explain::reason(&evidence),
                    evidence,
                    hits: (0..hits.len()).filter(|i| own(order[*i])).collect(),
                });
            }
        }
        Decision { flags, concepts: self.concepts(&facts), hits }
    }

    /// The hash of all concepts and watches: an item is recorded as evaluated under it.
    pub fn rule_set(&self) -> &str {
        &self.rule_set
    }

    /// What a watch asks for by `source:` and none of these ids is, with the watch: such a condition
    /// never holds.
    pub fn sources_missing(&self, ids: &[&str]) -> Vec<(&Watch, &str)> {
        let each = self.rules.watches.iter().zip(&self.rules.nodes);
        each.flat_map(|(watch, node)| node::sources(node).into_iter().map(move |id| (watch, id)))
            .filter(|(_, wanted)| !ids.iter().any(|id| eval::is_source(id, wanted)))
            .collect()
    }

    /// The examples that fail: `must_match` not flagged, with what was lacking; `must_not_match`
    /// flagged, with the reason. Switched-off watches are tried as well.
    pub fn examples(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (watch, node) in self.rules.watches.iter().zip(&self.rules.nodes) {
            for example in &watch.must_match {
                let facts = self.facts(&example_text(example));
                if !facts.holds(node, Scope::ALL) {
                    let lacking = explain::nearness(&facts, node);
                    let lacking =
                        if lacking.is_empty() { "nothing found".to_owned() } else { lacking };
                    faults.push(Fault::error(
                        example.place.clone(),
                        format!(
                            "watch `{}` does not match \"{}\": {lacking}",
                            watch.id, example.title
                        ),
                    ));
                }
            }
            for example in &watch.must_not_match {
                let facts = self.facts(&example_text(example));
                if facts.holds(node, Scope::ALL) {
                    let mut slots = Vec::new();
                    explain::evidence(&facts, node, Scope::ALL, &mut slots);
                    let why = explain::reason(&explain::pieces(&facts, &slots));
                    faults.push(Fault::error(
                        example.place.clone(),
                        format!("watch `{}` matches \"{}\": {why}", watch.id, example.title),
                    ));
                }
            }
        }
        faults
    }

    fn facts<'t>(&self, text: &Text<'t>) -> Facts<'_, 't> {
        let concepts = self.rules.names.iter().take(self.rules.concepts);
        let slot = |id: &String| concepts.clone().position(|name| name == id);
        let given = text.implies.iter().filter_map(slot).collect();
        let texts = [text.title, text.summary, text.body];
        let mut facts = Facts::new(&self.rules, texts, text.categories, given);
        facts.language = text.language.or_else(|| script::language(None, None, &texts));
        facts.source = text.source;
        facts
    }

    /// The hits in reading order, those implied last, and the slot of each.
    fn hits(&self, facts: &Facts<'_, '_>) -> (Vec<Hit>, Vec<usize>) {
        let concept =
            |slot: usize| (slot < self.rules.concepts).then(|| self.rules.names[slot].clone());
        let mut marks: Vec<_> = facts.marks.iter().collect();
        marks.sort_by_key(|m| (m.field, m.bytes.0, std::cmp::Reverse(m.bytes.1), m.slot));
        marks.truncate(HITS_MAX);
        let mut hits = Vec::with_capacity(marks.len() + facts.given.len());
        let mut slots = Vec::with_capacity(hits.capacity());
        for mark in marks {
            let (start, end) = (mark.start.char, mark.end.char);
            let found = Some(Span { field: field_of(mark.field).0, start, end });
            let term = self.rules.terms[mark.term].1.clone();
            hits.push(Hit { concept: concept(mark.slot), term, found });
            slots.push(mark.slot);
        }
        for &slot in &facts.given {
            hits.push(Hit { concept: concept(slot), term: "publisher".to_owned(), found: None });
            slots.push(slot);
        }
        (hits, slots)
    }

    fn concepts(&self, facts: &Facts<'_, '_>) -> Vec<String> {
        let present = (0..self.rules.concepts).filter(|slot| facts.is_present(*slot));
        let mut all: Vec<String> = present.map(|slot| self.rules.names[slot].clone()).collect();
        all.sort_unstable();
        all
    }

    /// The watch that came nearest to flagging a text that none flags, and what was lacking. For an
    /// item that a person looks at: it costs more than [`Matcher::decide`].
    pub fn near_miss(&self, text: &Text<'_>) -> Option<NearMiss> {
        let facts = &self.facts(text);
        if facts.marks.is_empty() {
            return None;
        }
        let mut best = (0, 1, None);
        for (i, watch) in self.rules.watches.iter().enumerate().filter(|(_, w)| w.enabled) {
            let (found, all) = explain::score(facts, &self.rules.nodes[i]);
            if found * best.1 > best.0 * all {
                best = (found, all, Some((watch, i)));
            }
        }
        let (watch, i) = best.2?;
        let lacking = explain::nearness(facts, &self.rules.nodes[i]);
        Some(NearMiss { watch: watch.id.clone(), lacking })
    }
}

fn example_text(example: &Example) -> Text<'_> {
    Text { title: &example.title, ..Text::default() }
}
