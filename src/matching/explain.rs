//! Decisions in words for people: why a watch flags an item, and what a near miss lacked.
//!
//! Called by `Matcher::decide` and `Matcher::examples`.

use crate::matching::compile::Node;
use crate::matching::eval::{FIELDS, Facts, Mark, Nearness, Scope};

/// The slots that make a condition true, in the order written; of alternatives, the first that
/// holds.
pub(super) fn evidence(facts: &Facts<'_, '_>, node: &Node, slots: &mut Vec<usize>) {
    match node {
        Node::And(all) => all.iter().for_each(|n| evidence(facts, n, slots)),
        Node::Or(any) => any
            .iter()
            .find(|n| facts.holds(n, Scope::ALL))
            .into_iter()
            .for_each(|n| evidence(facts, n, slots)),
        Node::Near { left, right, .. } => {
            evidence(facts, left, slots);
            evidence(facts, right, slots);
        }
        Node::Sentence(inner) | Node::Field(_, inner) => evidence(facts, inner, slots),
        Node::Watch(watch) => evidence(facts, &facts.rules.nodes[*watch], slots),
        Node::Slot(slot) if !slots.contains(slot) && facts.holds(node, Scope::ALL) => {
            slots.push(*slot);
        }
        Node::Slot(_) | Node::Not(_) | Node::Source(_) | Node::Lang(_) => {}
    }
}

/// Why, for people: `eu: "EU" in the title · korea: publisher`.
pub(super) fn reason(facts: &Facts<'_, '_>, slots: &[usize]) -> String {
    let mut parts: Vec<String> = Vec::new();
    // What a concept stands for says more to people than a pair.
    let meant = |slot: &usize| match facts.rules.meant[*slot].as_slice() {
        [] => vec![*slot],
        all => all.to_vec(),
    };
    let mut told: Vec<usize> = slots.iter().flat_map(meant).collect();
    let mut seen = std::collections::HashSet::new();
    told.retain(|slot| seen.insert(*slot));
    for slot in told {
        let name = &facts.rules.names[slot];
        let own_first = |m: &&Mark| (m.slot != slot, m.field, m.bytes);
        let part = match facts.hits(slot, Scope::ALL).min_by_key(own_first) {
            Some(mark) => {
                let place = if mark.field == 0 { "title" } else { FIELDS[mark.field].0.name() };
                format!("\"{}\" in the {place}", surface(facts, mark))
            }
            None => "publisher".to_owned(),
        };
        let concept = slot < facts.rules.concepts;
        parts.push(if concept { format!("{name}: {part}") } else { part });
    }
    parts.join(" · ")
}

/// The words of a hit as they stand in the text.
fn surface(facts: &Facts<'_, '_>, mark: &Mark) -> String {
    let text = facts.texts[mark.field].get(mark.bytes.0..mark.bytes.1).unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How near a watch came, in words.
pub(super) fn nearness(facts: &Facts<'_, '_>, node: &Node) -> String {
    let mut parts = Vec::new();
    conjuncts(facts, node, &mut parts);
    let (mut found, mut missing, mut barred) = (Vec::new(), Vec::new(), Vec::new());
    for part in &parts {
        let name = label(facts, part);
        match (facts.holds(part, Scope::ALL), part) {
            (true, _) => found.extend(holding(facts, part).map(|n| label(facts, n))),
            (false, Node::Not(inner)) => {
                let mut slots = Vec::new();
                evidence(facts, inner, &mut slots);
                barred.push(if slots.is_empty() { name } else { reason(facts, &slots) });
            }
            (false, _) => match pair(facts, part) {
                Some((there, absent)) if !absent.is_empty() => {
                    found.extend(there.into_iter().map(str::to_owned));
                    missing.extend(absent.into_iter().map(str::to_owned));
                }
                Some((there, _)) => missing.push(format!("{} together", there.join(" and "))),
                None => missing.push(name),
            },
        }
    }
    let mut seen = std::collections::HashSet::new();
    found.retain(|name| seen.insert(name.clone()));
    let mut said = Vec::new();
    if !found.is_empty() {
        said.push(format!("{} found", found.join(", ")));
    }
    if !missing.is_empty() {
        said.push(format!("{} missing", missing.join(", ")));
    }
    if !barred.is_empty() {
        said.push(format!("excluded by {}", barred.join(", ")));
    }
    said.join("; ")
}

/// The same in numbers only, which is asked of every watch for every item: parts found, parts in
/// all.
pub(super) fn score(facts: &Facts<'_, '_>, node: &Node) -> (usize, usize) {
    let Nearness { found, all, .. } = measure(facts, node);
    (found, all)
}

/// Counts the parts that `conjuncts` lists, those of another watch once an item.
fn measure(facts: &Facts<'_, '_>, node: &Node) -> Nearness {
    match node {
        Node::And(all) => all.iter().fold(Nearness::default(), |sum, n| {
            let more = measure(facts, n);
            let (found, all) = (sum.found + more.found, sum.all + more.all);
            Nearness { found, all, lacking: sum.lacking + more.lacking }
        }),
        Node::Watch(watch) => {
            let known = &facts.nearness[*watch];
            let near =
                known.get().unwrap_or_else(|| measure(facts, &facts.rules.nodes[*watch]));
            known.set(Some(near));
            near
        }
        Node::Or(any) if any.iter().any(|n| matches!(n, Node::And(_) | Node::Watch(_))) => {
            any.iter().map(|n| measure(facts, n)).min_by_key(|near| near.lacking).unwrap_or_default()
        }
        _ if facts.holds(node, Scope::ALL) => {
            let some = usize::from(holding(facts, node).is_some());
            Nearness { found: some, all: some, lacking: 0 }
        }
        _ => {
            let (found, all) = pair(facts, node)
                .map_or((0, 1), |(there, absent)| (there.len(), there.len() + absent.len()));
            Nearness { found, all, lacking: 1 }
        }
    }
}

/// Of a concept that stands for others, which of them are there and which are absent.
fn pair<'n>(facts: &Facts<'n, '_>, node: &Node) -> Option<(Vec<&'n str>, Vec<&'n str>)> {
    let slot = match node {
        Node::Slot(slot) => *slot,
        Node::Field(_, inner) => return pair(facts, inner),
        _ => return None,
    };
    let meant = &facts.rules.meant[slot];
    let named = |slot: &usize| facts.rules.names[*slot].as_str();
    let (there, absent): (Vec<usize>, Vec<usize>) =
        meant.iter().partition(|slot| facts.is_present(**slot));
    (!meant.is_empty())
        .then(|| (there.iter().map(named).collect(), absent.iter().map(named).collect()))
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
