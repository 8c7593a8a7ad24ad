//! Words by their beginnings: from a place in a text, one step a letter, for as long as any word
//! goes on like this.
//!
//! Nodes stand in the order of the words, so that where only one letter can follow, its node is the
//! next one. Where several can, all edges stand in one hash table: a step is one look-up whatever
//! the number of words, and a Hangul syllable is one step. Knows letters and numbers of words, no
//! terms and no texts. Called by `index` and `search`.

use crate::matching::chars::gap;

/// Where every walk begins.
pub(super) const ROOT: u32 = 0;

/// A slot of the table that holds no edge.
const EMPTY: u32 = u32::MAX;

/// Golden ratio: spreads neighbouring keys over the table.
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

/// An edge of a node that has several: what node a letter leads to.
#[derive(Clone, Copy, Debug)]
struct Edge {
    from: u32,
    letter: char,
    to: u32,
}

/// What can follow a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Follows {
    #[default]
    Nothing,
    /// The letter of the next node.
    One,
    Several,
}

/// A node: the words below it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Node {
    letter: char,
    /// The first word below it; if a word ends here, that one.
    pub(super) first: u32,
    /// One past the last.
    pub(super) end: u32,
    /// Kinds of gap that words have before the letter that leads here, as bits of `chars::gap`.
    pub(super) gaps: u8,
    /// Whether a word has no gap there.
    pub(super) solid: bool,
    /// Whether a word ends here.
    pub(super) ends: bool,
    follows: Follows,
}

/// The words.
#[derive(Debug)]
pub(super) struct Trie {
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    /// By how much a hash is cut to make a slot of the table.
    shift: u32,
    /// A bit for the last byte of every letter that a word begins with.
    firsts: [u64; 4],
}

impl Trie {
    /// Of words sorted and all different, each with the gaps of those terms that are spelt so.
    pub(super) fn new<'w, G: Iterator<Item = Option<u8>>>(
        words: impl ExactSizeIterator<Item = (&'w [char], Vec<G>)>,
    ) -> Self {
        let mut nodes = vec![Node { follows: Follows::Several, ..Node::default() }];
        let mut edges: Vec<Edge> = Vec::new();
        let (mut before, mut path): (&[char], Vec<usize>) = (&[], vec![0]);
        for (number, (word, spellings)) in words.enumerate() {
            let shared = before.iter().zip(word).take_while(|(a, b)| a == b).count();
            path.truncate(shared + 1);
            for &letter in &word[shared..] {
                let (from, to) = (path[path.len() - 1], nodes.len());
                edges.push(Edge { from: from as u32, letter, to: to as u32 });
                nodes[from].follows = match nodes[from].follows {
                    Follows::Nothing => Follows::One,
                    Follows::One | Follows::Several => Follows::Several,
                };
                nodes.push(Node { letter, first: number as u32, ..Node::default() });
                path.push(to);
            }
            path[1..].iter().for_each(|node| nodes[*node].end = number as u32 + 1);
            nodes[path[path.len() - 1]].ends = true;
            for gaps in spellings {
                for (&node, gap) in path[1..].iter().zip(gaps) {
                    nodes[node].solid |= gap.is_none();
                    nodes[node].gaps |= gap.map_or(0, |kinds| kinds | gap::INSIDE);
                }
            }
            before = word;
        }
        edges.retain(|edge| nodes[edge.from as usize].follows == Follows::Several);
        nodes.shrink_to_fit();
        Self::table(nodes, &edges)
    }

    /// The table at most half full, so that a letter that leads nowhere is known at once.
    fn table(nodes: Vec<Node>, all: &[Edge]) -> Self {
        let bits = (all.len() * 2 + 1).next_power_of_two().trailing_zeros();
        let empty = Edge { from: EMPTY, letter: '\0', to: EMPTY };
        let edges = vec![empty; 1 << bits];
        let mut trie = Self { nodes, edges, shift: 64 - bits, firsts: [0; 4] };
        for edge in all {
            if edge.from == ROOT {
                trie.firsts[edge.letter as usize >> 6 & 3] |= 1 << (edge.letter as u32 & 63);
            }
            let mut slot = trie.slot(edge.from, edge.letter);
            while trie.edges[slot].from != EMPTY {
                slot = (slot + 1) & (trie.edges.len() - 1);
            }
            trie.edges[slot] = *edge;
        }
        trie
    }

    fn slot(&self, from: u32, letter: char) -> usize {
        let key = u64::from(from) << 21 | u64::from(letter);
        (key.wrapping_mul(SPREAD) >> self.shift) as usize
    }

    /// Whether a word may begin with this letter: a cheap question, for most letters begin none.
    pub(super) fn may_begin(&self, letter: char) -> bool {
        self.firsts[letter as usize >> 6 & 3] >> (letter as u32 & 63) & 1 != 0
    }

    /// The node that a letter leads to.
    pub(super) fn step(&self, from: u32, letter: char) -> Option<(u32, &Node)> {
        match self.nodes.get(from as usize)?.follows {
            Follows::Nothing => None,
            Follows::One => {
                let node = self.nodes.get(from as usize + 1)?;
                (node.letter == letter).then_some((from + 1, node))
            }
            Follows::Several => {
                let mut slot = self.slot(from, letter);
                loop {
                    let edge = self.edges.get(slot)?;
                    if edge.from == from && edge.letter == letter {
                        return Some((edge.to, self.nodes.get(edge.to as usize)?));
                    }
                    if edge.from == EMPTY {
                        return None;
                    }
                    slot = (slot + 1) & (self.edges.len() - 1);
                }
            }
        }
    }
}
