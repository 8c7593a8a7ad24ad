//! All terms of all concepts and watches, by their letters; what counts for which slot.
//!
//! A term has a role (a hit or a mask of a slot) and one or more spellings. Those that begin at the
//! edge of a word are kept apart from those that begin anywhere, which cost a look at every letter.
//! Called by `compile`; the search itself is in `search`.

use std::cmp::Reverse;

use crate::matching::fold::Folded;
use crate::matching::search::{Find, Search};
use crate::matching::term::{Pattern, Place, Unfit};
use crate::matching::trie::Trie;
use crate::model::watch::Term;

/// What a term of the index counts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A hit of this slot.
    Slot(usize),
    /// A mask over hits of this concept.
    Mask(usize),
}

impl Role {
    /// The slot that it is about.
    pub(super) fn slot(self) -> usize {
        match self {
            Self::Slot(slot) | Self::Mask(slot) => slot,
        }
    }
}

/// A spelling of a term.
#[derive(Debug)]
pub(super) struct Wearer {
    pub(super) role: Role,
    /// The number of the term, in the order added.
    pub(super) term: usize,
    pub(super) pattern: Pattern,
}

/// Words and who wears them.
#[derive(Debug)]
pub(super) struct Lexicon {
    pub(super) trie: Trie,
    /// Sorted by their letters.
    wearers: Vec<Wearer>,
    /// For every word, where its wearers begin; and where the last's end.
    words: Vec<u32>,
    /// Slots and the words that concern them, sorted.
    slots: Vec<(u32, u32)>,
}

impl Lexicon {
    fn new(mut wearers: Vec<Wearer>) -> Self {
        wearers.sort_by(|a, b| (&a.pattern.letters, a.term).cmp(&(&b.pattern.letters, b.term)));
        let mut words: Vec<u32> = (0..wearers.len())
            .filter(|&i| i == 0 || wearers[i].pattern.letters != wearers[i - 1].pattern.letters)
            .map(|i| i as u32)
            .collect();
        words.push(wearers.len() as u32);
        let of = |word: usize| &wearers[words[word] as usize..words[word + 1] as usize];
        let spelt = |word: usize| -> (&[char], Vec<_>) {
            (&of(word)[0].pattern.letters, of(word).iter().map(|w| w.pattern.spelling()).collect())
        };
        let trie = Trie::new((0..words.len() - 1).map(spelt));
        let mut slots: Vec<(u32, u32)> = (0..words.len() - 1)
            .flat_map(|word| of(word).iter().map(move |w| (w.role.slot() as u32, word as u32)))
            .collect();
        slots.sort_unstable();
        slots.dedup();
        Self { trie, wearers, words, slots }
    }

    /// The terms with the letters of this word.
    pub(super) fn wearers(&self, word: u32) -> &[Wearer] {
        let word = word as usize;
        &self.wearers[self.words[word] as usize..self.words[word + 1] as usize]
    }

    /// How many words there are.
    pub(super) fn words(&self) -> u32 {
        self.words.len() as u32 - 1
    }

    /// The words that concern a slot.
    pub(super) fn words_of(&self, slot: usize) -> impl Iterator<Item = u32> {
        let slot = slot as u32;
        let from = self.slots.partition_point(|(s, _)| *s < slot);
        self.slots[from..].iter().take_while(move |(s, _)| *s == slot).map(|(_, word)| *word)
    }
}

/// Terms being gathered.
#[derive(Debug, Default)]
pub(super) struct Gathering {
    edged: Vec<Wearer>,
    open: Vec<Wearer>,
    terms: usize,
}

impl Gathering {
    /// Adds a term.
    pub(super) fn add(&mut self, term: &Term, role: Role) -> Result<(), Unfit> {
        for pattern in Pattern::compile(term)? {
            let kind = if pattern.needs_edge() { &mut self.edged } else { &mut self.open };
            kind.push(Wearer { role, term: self.terms, pattern });
        }
        self.terms += 1;
        Ok(())
    }

    /// Builds the index. `placed` are the slots of which queries ask the place of every hit.
    pub(super) fn build(self, placed: Vec<bool>) -> Index {
        Index { lexicons: [Lexicon::new(self.edged), Lexicon::new(self.open)], placed }
    }
}

/// All terms.
#[derive(Debug)]
pub(super) struct Index {
    /// Of the terms that begin at the edge of a word; of those that begin anywhere.
    pub(super) lexicons: [Lexicon; 2],
    placed: Vec<bool>,
}

impl Index {
    /// The finds of a text, in reading order; of one slot, none that lies inside another.
    pub(super) fn search(&self, text: &Folded<'_>) -> Vec<Find> {
        Search::finds(self, text)
    }

    /// How many slots there are.
    pub(super) fn slots(&self) -> usize {
        self.placed.len()
    }

    /// Whether a query asks the place of every hit of this slot.
    pub(super) fn is_placed(&self, slot: usize) -> bool {
        self.placed.get(slot).copied().unwrap_or(false)
    }
}

/// The order in which spellings that begin at one letter are asked: the longest first, masks before
/// hits, the most signs first (`C++` before `C`), in the order added.
pub(super) fn order(
    (place, wearer): &(Place, &Wearer),
) -> (Reverse<usize>, bool, Reverse<usize>, usize) {
    let signs = Reverse(wearer.pattern.signs.len());
    (Reverse(place.end), matches!(wearer.role, Role::Slot(_)), signs, wearer.term)
}
