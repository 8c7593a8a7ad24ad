//! Decisions in words for people: why a watch flags an item, and what a near miss lacked.
//!
//! Called by `Matcher::decide` and `Matcher::examples`, and for one item that somebody asks about by
//! `Matcher::account`.

use crate::lang::fold::spaced;
use crate::matching::eval::{Facts, Mark, Sum};
use crate::matching::node::Node;
use crate::matching::scope::{Scope, field_of};
use crate::matching::text::sentences;
use crate::matching::{Matcher, Text};
use crate::model::decision::{Account, Evidence, Span};

/// Characters of a sentence shown on either side of a hit: a page without a full stop is one
/// sentence.
const SENTENCE_REACH: usize = 150;

/// The slots that make a condition true, in the order written; of alternatives, the first that
/// holds.
pub(super) fn evidence(facts: &Facts<'_, '_>, node: &Node, scope: Scope, slots: &mut Vec<usize>) {
    match node {
        Node::And(all) => all.iter().for_each(|n| evidence(facts, n, scope, slots)),
        Node::Or(any) => any
            .iter()
            .find(|n| facts.holds(n, scope))
            .into_iter()
            .for_each(|n| evidence(facts, n, scope, slots)),
        Node::Near { left, right, .. } => {
            evidence(facts, left, scope, slots);
            evidence(facts, right, scope, slots);
        }
        Node::Sentence(inner) => evidence(facts, inner, scope, slots),
        Node::Field(fields, inner) => evidence(facts, inner, scope.field(*fields), slots),
        Node::Watch(watch) => evidence(facts, &facts.rules.nodes[*watch], scope, slots),
        Node::Slot(slot) if !slots.contains(slot) && facts.holds(node, scope) => {
            slots.push(*slot);
        }
        Node::Slot(_) | Node::Not(_) | Node::Source(_) | Node::Lang(_) => {}
    }
}

/// What these slots show, piece by piece. What a concept stands for says more to people than a pair.
pub(super) fn pieces(facts: &Facts<'_, '_>, slots: &[usize]) -> Vec<Evidence> {
    let meant = |slot: &usize| match facts.rules.meant[*slot].as_slice() {
        [] => vec![*slot],
        all => all.to_vec(),
    };
    let mut told: Vec<usize> = slots.iter().flat_map(meant).collect();
    let mut seen = std::collections::HashSet::new();
    told.retain(|slot| seen.insert(*slot));
    let mut pieces = facts.told.borrow_mut();
    told.into_iter()
        .map(|slot| pieces.entry(slot).or_insert_with(|| piece(facts, slot)).clone())
        .collect()
}

fn piece(facts: &Facts<'_, '_>, slot: usize) -> Evidence {
    let own_first = |m: &&Mark| (m.slot != slot, m.field, m.bytes);
    let mark = facts.hits(slot, Scope::ANYWHERE).min_by_key(own_first);
    Evidence {
        concept: (slot < facts.rules.concepts).then(|| facts.rules.names[slot].clone()),
        surface: mark.map(|mark| surface(facts, mark)).unwrap_or_default(),
        found: mark.map(|mark| Span {
            field: field_of(mark.field).0,
            start: mark.start.char,
            end: mark.end.char,
        }),
        sentence: mark.map(|m| sentence(facts.texts[m.field], m.bytes)).unwrap_or_default(),
    }
}

/// Why, for people: `eu: "EU" in the title · korea: publisher`.
pub(super) fn reason(evidence: &[Evidence]) -> String {
    let part = |piece: &Evidence| {
        let place = match piece.found {
            Some(span) => format!("\"{}\" in the {}", piece.surface, span.field.name()),
            None => "publisher".to_owned(),
        };
        match &piece.concept {
            Some(concept) => format!("{concept}: {place}"),
            None => place,
        }
    };
    evidence.iter().map(part).collect::<Vec<_>>().join(" · ")
}

/// The words of a hit as they stand in the text.
fn surface(facts: &Facts<'_, '_>, mark: &Mark) -> String {
    spaced(facts.texts[mark.field].get(mark.bytes.0..mark.bytes.1).unwrap_or_default())
}

/// The sentence round these bytes, or as much of it as `SENTENCE_REACH` shows on either side.
fn sentence(text: &str, (start, end): (usize, usize)) -> String {
    let back = |at: &str| at.char_indices().rev().nth(SENTENCE_REACH - 1).map_or(0, |(i, _)| i);
    let from = text.get(..start).map_or(0, back);
    let behind = text.get(end..).unwrap_or_default();
    let to = end + behind.char_indices().nth(SENTENCE_REACH).map_or(behind.len(), |(i, _)| i);
    let window = text.get(from..to).unwrap_or_default();
    let own = sentences(window, start - from, end - from);
    let sign = |cut: bool| if cut { "…" } else { "" };
    let before = sign(from > 0 && own.start == 0);
    let behind = sign(to < text.len() && own.end == window.len());
    format!("{before}{}{behind}", spaced(window.get(own).unwrap_or_default()))
}

impl Matcher {
    /// What every watch says of a text, those that are off included, in the order configured. Costs
    /// more than [`Matcher::decide`], which is for every item; this is for one that somebody asks
    /// about.
    pub fn account(&self, text: &Text<'_>) -> Vec<Account> {
        let facts = self.facts(text);
        let watches = self.rules.watches.iter().zip(&self.rules.nodes);
        watches
            .map(|(watch, node)| {
                let nearness = Nearness::of(&facts, node);
                let mut slots = Vec::new();
                nearness.found.iter().for_each(|part| match part {
                    Found::Part(node) => evidence(&facts, node, Scope::ALL, &mut slots),
                    Found::Slot(slot) => slots.push(*slot),
                });
                let holds = facts.holds(node, Scope::ALL);
                Account {
                    watch: watch.id.clone(),
                    title: watch.title.clone(),
                    enabled: watch.enabled,
                    holds,
                    found: pieces(&facts, &slots),
                    missing: if holds { Vec::new() } else { nearness.missing },
                    barred: if holds { Vec::new() } else { nearness.barred },
                    score: score(&facts, node),
                }
            })
            .collect()
    }
}

/// How near a watch came, part by part.
struct Nearness<'n> {
    found: Vec<Found<'n>>,
    missing: Vec<String>,
    barred: Vec<String>,
}

/// Something that a condition asks for and that is there.
enum Found<'n> {
    Part(&'n Node),
    /// One of several that a part stands for.
    Slot(usize),
}

impl<'n> Nearness<'n> {
    fn of(facts: &Facts<'n, '_>, node: &'n Node) -> Self {
        let mut parts = Vec::new();
        conjuncts(facts, node, &mut parts);
        let (mut found, mut missing, mut barred) = (Vec::new(), Vec::new(), Vec::new());
        for part in parts {
            match (facts.holds(part, Scope::ALL), part) {
                (true, _) => found.extend(holding(facts, part).map(Found::Part)),
                (false, Node::Not(inner)) => {
                    let mut slots = Vec::new();
                    evidence(facts, inner, facts.barring(Scope::ALL), &mut slots);
                    let why = reason(&pieces(facts, &slots));
                    barred.push(if why.is_empty() { label(facts, part) } else { why });
                }
                (false, _) => match pair(facts, part) {
                    Some((there, absent)) if !absent.is_empty() => {
                        found.extend(there.into_iter().map(Found::Slot));
                        missing.extend(absent.iter().map(|slot| facts.rules.names[*slot].clone()));
                    }
                    Some((there, _)) => {
                        let names: Vec<&str> =
                            there.iter().map(|slot| facts.rules.names[*slot].as_str()).collect();
                        missing.push(format!("{} together", names.join(" and ")));
                        found.extend(there.into_iter().map(Found::Slot));
                    }
                    None => missing.push(label(facts, part)),
                },
            }
        }
        Self { found, missing, barred }
    }
}

/// How near a watch came, in words.
pub(super) fn nearness(facts: &Facts<'_, '_>, node: &Node) -> String {
    let Nearness { found, missing, barred } = Nearness::of(facts, node);
    let name = |found: &Found<'_>| match found {
        Found::Part(node) => label(facts, node),
        Found::Slot(slot) => facts.rules.names[*slot].clone(),
    };
    let mut found: Vec<String> = found.iter().map(name).collect();
    let mut seen = std::collections::HashSet::new();
    found.retain(|name| seen.insert(name.clone()));
    let said = [(found, "", " found"), (missing, "", " missing"), (barred, "excluded by ", "")];
    let said = said.into_iter().filter(|(names, ..)| !names.is_empty());
    let said = said.map(|(names, before, behind)| format!("{before}{}{behind}", names.join(", ")));
    said.collect::<Vec<_>>().join("; ")
}

/// The same in numbers only, which is asked of every watch for every item: parts found, parts in
/// all.
pub(super) fn score(facts: &Facts<'_, '_>, node: &Node) -> (usize, usize) {
    let Sum { found, all, .. } = measure(facts, node);
    (found, all)
}

/// Counts the parts that `conjuncts` lists, those of another watch once an item.
fn measure(facts: &Facts<'_, '_>, node: &Node) -> Sum {
    match node {
        Node::And(all) => all.iter().fold(Sum::default(), |sum, n| {
            let more = measure(facts, n);
            let (found, all) = (sum.found + more.found, sum.all + more.all);
            Sum { found, all, lacking: sum.lacking + more.lacking }
        }),
        Node::Watch(watch) => {
            let known = &facts.sums[*watch];
            let near = known.get().unwrap_or_else(|| measure(facts, &facts.rules.nodes[*watch]));
            known.set(Some(near));
            near
        }
        Node::Or(any) if any.iter().any(|n| matches!(n, Node::And(_) | Node::Watch(_))) => any
            .iter()
            .map(|n| measure(facts, n))
            .min_by_key(|near| near.lacking)
            .unwrap_or_default(),
        _ if facts.holds(node, Scope::ALL) => {
            let some = usize::from(holding(facts, node).is_some());
            Sum { found: some, all: some, lacking: 0 }
        }
        _ => {
            let (found, all) = pair(facts, node)
                .map_or((0, 1), |(there, absent)| (there.len(), there.len() + absent.len()));
            Sum { found, all, lacking: 1 }
        }
    }
}

/// Of a concept that stands for others, which of them are there and which are absent.
fn pair(facts: &Facts<'_, '_>, node: &Node) -> Option<(Vec<usize>, Vec<usize>)> {
    let slot = match node {
        Node::Slot(slot) => *slot,
        Node::Field(_, inner) => return pair(facts, inner),
        _ => return None,
    };
    let meant = &facts.rules.meant[slot];
    (!meant.is_empty()).then(|| meant.iter().partition(|slot| facts.is_present(**slot)))
}

/// What of a part that holds was found; nothing if it holds by an absence or by the language.
fn holding<'n>(facts: &Facts<'n, '_>, node: &'n Node) -> Option<&'n Node> {
    match node {
        Node::Or(any) => {
            let first = any.iter().find(|n| facts.holds(n, Scope::ALL))?;
            holding(facts, first)
        }
        Node::Not(_) | Node::Lang(_) | Node::Source(_) => None,
        _ => Some(node),
    }
}

/// The parts that must all hold; of alternatives, the one that comes nearest.
fn conjuncts<'n>(facts: &Facts<'n, '_>, node: &'n Node, parts: &mut Vec<&'n Node>) {
    match node {
        Node::And(all) => all.iter().for_each(|n| conjuncts(facts, n, parts)),
        Node::Watch(watch) => conjuncts(facts, &facts.rules.nodes[*watch], parts),
        Node::Or(any) if any.iter().any(|n| matches!(n, Node::And(_) | Node::Watch(_))) => {
            let mut best: Option<(usize, Vec<&'n Node>)> = None;
            for option in any {
                let mut own = Vec::new();
                conjuncts(facts, option, &mut own);
                let lacking = own.iter().filter(|n| !facts.holds(n, Scope::ALL)).count();
                if best.as_ref().is_none_or(|(least, _)| lacking < *least) {
                    best = Some((lacking, own));
                }
            }
            parts.extend(best.map(|(_, own)| own).unwrap_or_default());
        }
        _ => parts.push(node),
    }
}

/// A part of a condition in few words.
fn label(facts: &Facts<'_, '_>, node: &Node) -> String {
    let quoted = |name: &str, slot: usize| {
        if slot < facts.rules.concepts { name.to_owned() } else { format!("\"{name}\"") }
    };
    match node {
        Node::Slot(slot) => quoted(&facts.rules.names[*slot], *slot),
        Node::Or(any) => {
            let mut names: Vec<String> = any.iter().take(3).map(|n| label(facts, n)).collect();
            if any.len() > names.len() {
                names.push("…".to_owned());
            }
            names.join(" or ")
        }
        Node::And(all) => all.iter().map(|n| label(facts, n)).collect::<Vec<_>>().join(" with "),
        Node::Not(inner) => format!("no {}", label(facts, inner)),
        Node::Near { words, left, right, .. } => {
            format!("{} within {words} words of {}", label(facts, left), label(facts, right))
        }
        Node::Sentence(inner) => format!("{} in one sentence", label(facts, inner)),
        Node::Field(_, inner) => label(facts, inner),
        Node::Source(id) => format!("source {id}"),
        Node::Lang(tag) => format!("language {tag}"),
        Node::Watch(watch) => format!("watch {}", facts.rules.watches[*watch].id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::matcher_tests::{compiled, decide, titled};
    use crate::model::decision::Field;

    fn account(query: &str, text: &Text<'_>) -> Account {
        compiled(query).unwrap_or_else(|faults| panic!("{faults:?}")).account(text).remove(0)
    }

    #[test]
    fn evidence_names_concept_surface_field_and_sentence() {
        let text = Text {
            title: "A calm day",
            summary: "S. Korea agreed. 유럽연합의 집행위도\n동의했다. The end.",
            ..Text::default()
        };
        let decision = decide("@eu AND @korea", &text);
        let pieces: Vec<_> = decision.flags[0]
            .evidence
            .iter()
            .map(|p| (p.concept.as_deref(), p.surface.as_str(), p.sentence.as_str()))
            .collect();
        assert_eq!(
            pieces,
            [
                (Some("eu"), "유럽연합", "유럽연합의 집행위도"),
                (Some("korea"), "Korea", "S. Korea agreed.")
            ]
        );
        let places = decision.flags[0].evidence.iter().map(|p| p.found.map(|span| span.field));
        assert!(places.into_iter().all(|field| field == Some(Field::Summary)));
    }

    #[test]
    fn a_sentence_without_an_end_is_cut_on_both_sides_at_characters() {
        let long = format!("{}EU{}", "가 ".repeat(300), " 나".repeat(300));
        let decision = decide("@eu", &titled(&long));
        let sentence = &decision.flags[0].evidence[0].sentence;
        assert!(sentence.starts_with('…') && sentence.ends_with('…'), "{sentence}");
        assert!(sentence.chars().count() <= 2 * SENTENCE_REACH + 4, "{sentence}");
        assert!(sentence.contains(" EU "), "{sentence}");
    }

    #[test]
    fn a_watch_that_does_not_hold_says_what_was_found_and_what_is_missing() {
        let told = account("@eu AND @quantum", &titled("양자기술 로드맵"));
        assert!(!told.holds);
        assert_eq!((told.found[0].surface.as_str(), told.score), ("양자", (1, 2)));
        assert_eq!(told.missing, ["eu"]);
        let told = account("@pair", &titled("EU news"));
        assert_eq!(told.found[0].surface, "EU", "of what a concept stands for, each is told");
        assert_eq!(told.missing, ["korea"]);
    }

    #[test]
    fn what_a_watch_rules_out_is_told_in_the_words_of_the_text() {
        let told = account("@eu AND NOT steel", &titled("EU steel quotas"));
        assert_eq!(told.barred, ["\"steel\" in the title"]);
        assert!(told.missing.is_empty());
    }

    #[test]
    fn a_watch_that_holds_lacks_nothing() {
        let told = account("@pair", &titled("한-EU 정상회담"));
        assert!(told.holds && told.missing.is_empty() && told.barred.is_empty());
        let concepts: Vec<_> = told.found.iter().filter_map(|p| p.concept.as_deref()).collect();
        assert_eq!(concepts, ["eu", "korea"]);
    }
}
