//! A compiled condition, and what can be told of it without a text.
//!
//! Knows slots and watches by their numbers only. Made by `compile`, asked by `eval` and `explain`.

/// A condition, ready to be asked. Slots are numbers of concepts, then of watches' own terms.
#[derive(Clone, Debug)]
pub(super) enum Node {
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    Near { words: usize, ordered: bool, left: Box<Node>, right: Box<Node> },
    Sentence(Box<Node>),
    Field(u8, Box<Node>),
    Source(String),
    Lang(String),
    Slot(usize),
    Watch(usize),
}

/// Marks the slots of which NEAR or SENTENCE asks the place of every hit. Watches name each other in
/// no circle by now.
pub(super) fn mark_placed(
    node: &Node,
    inside: bool,
    of: (&[Node], &[Vec<usize>]),
    placed: &mut [bool],
) {
    match node {
        Node::And(all) | Node::Or(all) => {
            for node in all {
                mark_placed(node, inside, of, placed);
            }
        }
        Node::Not(inner) | Node::Field(_, inner) => mark_placed(inner, inside, of, placed),
        Node::Sentence(inner) => mark_placed(inner, true, of, placed),
        Node::Near { left, right, .. } => {
            for node in [left, right] {
                mark_placed(node, true, of, placed);
            }
        }
        Node::Watch(watch) if inside => mark_placed(&of.0[*watch], true, of, placed),
        Node::Slot(slot) if inside => of.1[*slot].iter().for_each(|s| placed[*s] = true),
        Node::Watch(_) | Node::Slot(_) | Node::Source(_) | Node::Lang(_) => {}
    }
}

/// Whether it is another watch's condition.
pub(super) fn has_watch(node: &Node) -> bool {
    matches!(node, Node::Watch(_))
}

/// The watches that a condition names.
pub(super) fn named(node: &Node, watches: &mut Vec<usize>) {
    match node {
        Node::And(all) | Node::Or(all) => all.iter().for_each(|n| named(n, watches)),
        Node::Not(inner) | Node::Sentence(inner) | Node::Field(_, inner) => named(inner, watches),
        Node::Near { left, right, .. } => [left, right].into_iter().for_each(|n| named(n, watches)),
        Node::Watch(i) => watches.push(*i),
        Node::Source(_) | Node::Lang(_) | Node::Slot(_) => {}
    }
}

/// The sources that a condition names itself.
pub(super) fn sources(node: &Node) -> Vec<&str> {
    match node {
        Node::And(all) | Node::Or(all) => all.iter().flat_map(sources).collect(),
        Node::Not(inner) | Node::Sentence(inner) | Node::Field(_, inner) => sources(inner),
        Node::Source(id) => vec![id],
        // What stands beside NEAR has a place; another watch answers for itself.
        Node::Near { .. } | Node::Watch(_) | Node::Lang(_) | Node::Slot(_) => Vec::new(),
    }
}
