//! All terms of all concepts and watches in one automaton, and the finds of one text.
//!
//! One pass over a text, whatever the number of terms. Terms have slots (a concept, a mask, a
//! watch's own term), and the index knows only their numbers. Called by `compile` and `decide`.

use std::collections::{HashMap, HashSet};

use aho_corasick::automaton::Automaton;
use aho_corasick::{Anchored, MatchKind, PatternID, nfa::contiguous};

use crate::matching::chars;
use crate::matching::fold::Folded;
use crate::matching::term::{Pattern, Unfit};
use crate::model::watch::Term;

/// Beyond this many finds in one text, a term that was found is not recorded again: no reader and
/// no query needs more, and a hostile text must not fill the memory.
const FINDS_MAX: usize = 100_000;

/// Up to so many terms that end at one place are simply tried; more are a trap or a mistake.
const NESTED_MAX: usize = 8;

/// A term found: its number and its letters' bytes in the folded text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Find {
    /// The number of the term, in the order added.
    pub(super) term: usize,
    /// First byte of its letters.
    pub(super) start: usize,
    /// One past the last byte.
    pub(super) end: usize,
}

/// Terms being gathered.
#[derive(Debug, Default)]
pub(super) struct Gathering {
    patterns: Vec<(usize, Pattern)>,
    terms: usize,
}

impl Gathering {
    /// Adds a term; its number.
    pub(super) fn add(&mut self, term: &Term) -> Result<usize, Unfit> {
        let number = self.terms;
        self.patterns.extend(Pattern::compile(term)?.into_iter().map(|p| (number, p)));
        self.terms += 1;
        Ok(number)
    }

    /// Builds the automaton.
    pub(super) fn build(self) -> Result<Index, aho_corasick::BuildError> {
        let mut numbers: HashMap<String, usize> = HashMap::new();
        let mut words: Vec<String> = Vec::new();
        let mut wearers: Vec<Vec<(usize, Pattern)>> = Vec::new();
        for (term, pattern) in self.patterns {
            let number = *numbers.entry(pattern.letters.clone()).or_insert_with(|| {
                words.push(pattern.letters.clone());
                wearers.push(Vec::new());
                words.len() - 1
            });
            wearers[number].push((term, pattern));
        }
        let nfa = contiguous::Builder::new().match_kind(MatchKind::Standard).build(&words)?;
        let edged: Vec<bool> =
            wearers.iter().map(|all| all.iter().all(|(_, p)| p.needs_edge())).collect();
        let loose = words.iter().map(|word| ends_loose(&nfa, &edged, word)).collect();
        Ok(Index { nfa, wearers, edged, loose, terms: self.terms })
    }
}

/// The automaton.
#[derive(Debug)]
pub(super) struct Index {
    nfa: contiguous::NFA,
    /// Terms by their letters: several may share them.
    wearers: Vec<Vec<(usize, Pattern)>>,
    /// Whether all terms with these letters must begin at an edge.
    edged: Vec<bool>,
    /// Whether a term without that need ends together with these letters.
    loose: Vec<bool>,
    terms: usize,
}

impl Index {
    /// Every find in a text, in reading order; of one term, those inside longer ones included.
    pub(super) fn search(&self, text: &Folded<'_>) -> Vec<Find> {
        let mut search = Search { seen: vec![false; self.terms], ..Search::default() };
        let Ok(mut state) = self.nfa.start_state(Anchored::No) else { return Vec::new() };
        let letters = text.letters();
        for (at, &byte) in letters.as_bytes().iter().enumerate() {
            state = self.nfa.next_state(Anchored::No, state, byte);
            if self.nfa.is_special(state) && self.nfa.is_match(state) {
                self.take(text, state, at + 1, &mut search);
            }
        }
        search.finds.sort_unstable_by_key(|f| (f.start, std::cmp::Reverse(f.end), f.term));
        search.finds
    }

    /// Takes the finds that end here.
    fn take(
        &self,
        text: &Folded<'_>,
        state: aho_corasick::automaton::StateID,
        end: usize,
        search: &mut Search,
    ) {
        let full = search.finds.len() >= FINDS_MAX;
        if full && search.spent.contains(&state.as_usize()) {
            return;
        }
        let many = self.nfa.match_len(state);
        let last_edge = if many > NESTED_MAX { search.last_edge(text, end) } else { 0 };
        let mut all_seen = true;
        for i in 0..many {
            let word: PatternID = self.nfa.match_pattern(state, i);
            let start = end - self.nfa.pattern_len(word);
            // They come longest first: what begins behind the last edge has none to begin at.
            if start > last_edge && many > NESTED_MAX && !self.loose[word.as_usize()] {
                all_seen = false;
                break;
            }
            let edge = !self.edged[word.as_usize()] || is_edge(text, start);
            for (term, pattern) in &self.wearers[word.as_usize()] {
                if full && search.seen[*term] {
                    continue;
                }
                if edge && pattern.fits(text, start, end) {
                    search.finds.push(Find { term: *term, start, end });
                    search.seen[*term] = true;
                } else {
                    all_seen = false;
                }
            }
        }
        if full && all_seen {
            search.spent.insert(state.as_usize());
        }
    }
}

/// What a search has so far.
#[derive(Default)]
struct Search {
    finds: Vec<Find>,
    seen: Vec<bool>,
    /// Where a word may begin, the last such place among the bytes looked at.
    edge: usize,
    looked: usize,
    /// States all of whose terms are found, once the list is full.
    spent: HashSet<usize>,
}

impl Search {
    /// The last place before this byte where a word may begin; looks at no byte twice.
    fn last_edge(&mut self, text: &Folded<'_>, end: usize) -> usize {
        for at in self.looked..end {
            if text.letters().is_char_boundary(at) && is_edge(text, at) {
                self.edge = at;
            }
        }
        self.looked = end;
        self.edge
    }
}

/// Whether a term that needs no edge ends together with a word: the word's own, or one inside it.
fn ends_loose(nfa: &contiguous::NFA, edged: &[bool], word: &str) -> bool {
    let Ok(mut state) = nfa.start_state(Anchored::No) else { return true };
    for &byte in word.as_bytes() {
        state = nfa.next_state(Anchored::No, state, byte);
    }
    (0..nfa.match_len(state)).any(|i| !edged[nfa.match_pattern(state, i).as_usize()])
}

/// Whether a word may begin at this byte: the cheap half of a term's own question, asked first.
fn is_edge(text: &Folded<'_>, start: usize) -> bool {
    if text.gap_before(start) {
        return true;
    }
    match (text.letter_before(start), text.letter_at(start)) {
        (Some(before), Some(here)) => chars::script(before) != chars::script(here),
        _ => true,
    }
}
