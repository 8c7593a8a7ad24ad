//! The finds of one text: one walk from every place where a word may begin.
//!
//! Of a slot, at one place, only the longest find counts: what lies inside it says nothing more, and
//! what masks it masks those inside it as well. A slot that has said all it can say is spent, and
//! words of spent slots are not walked any more: so time follows the length of the text, whatever
//! the text and the terms, and memory has a limit. Called by `index`.

use crate::matching::fold::Folded;
use crate::matching::index::{Index, Lexicon, Role, Wearer, order};
use crate::matching::term::{self, Place};
use crate::matching::trie::ROOT;

/// Beyond finds of this weight in one text, only a slot that has none yet is still looked for: no
/// reader and no query needs more, and a hostile text must not fill the memory. A find weighs its
/// letters, for each was walked over, and `FIND_WEIGHT` for what is kept of it: so these are some
/// 80,000 finds of ordinary length.
const WEIGHT_MAX: usize = 1_000_000;
const FIND_WEIGHT: usize = 8;

/// So many finds of a slot are kept if no query asks for the place of each: as many as a decision
/// lists.
const SLOT_FINDS_MAX: u32 = crate::matching::HITS_MAX as u32;

/// A term found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Find {
    pub(super) slot: usize,
    /// The number of the term, in the order added.
    pub(super) term: usize,
    /// Its bytes in the original, with the signs that belong to it.
    pub(super) bytes: (usize, usize),
}

/// What is known of a slot, up to the place where the search stands.
#[derive(Clone, Copy, Debug, Default)]
struct Seat {
    slot: usize,
    finds: u32,
    /// One past the place where it was last found, masked or not.
    found: usize,
    /// One past the last letter of its finds.
    reach: usize,
    /// One past the place where a mask of it was last found.
    mask: usize,
    /// One past the last letter of its masks.
    masked: usize,
    spent: bool,
}

/// A search under way.
pub(super) struct Search<'i, 't> {
    index: &'i Index,
    text: &'t Folded<'t>,
    /// By slot, one more than the number of its seat; 0 for a slot that was not met yet.
    places: Vec<u32>,
    seats: Vec<Seat>,
    finds: Vec<Find>,
    weight: usize,
    /// Spellings met on the walks from one letter, each with its place.
    met: Vec<(Place, &'i Wearer)>,
    /// By lexicon, once a slot is spent.
    living: [Option<Living>; 2],
    /// No word is living.
    is_over: bool,
}

impl<'i, 't> Search<'i, 't> {
    /// Every find in a text that counts, in reading order.
    pub(super) fn finds(index: &'i Index, text: &'t Folded<'t>) -> Vec<Find> {
        let mut search = Self {
            index,
            text,
            places: vec![0; index.slots()],
            seats: Vec::new(),
            finds: Vec::new(),
            weight: 0,
            met: Vec::new(),
            living: [None, None],
            is_over: false,
        };
        for run in 0..text.runs() {
            let (start, end) = (text.run_start(run), text.run_start(run + 1));
            if text.is_edge(run) {
                search.walk(0, start, run);
            }
            search.walk(1, start, run);
            search.settle(start);
            for inside in start + 1..end {
                search.walk(1, inside, run);
                search.settle(inside);
            }
            if search.is_over {
                break;
            }
        }
        search.finds
    }

    /// Meets the words of a lexicon that begin at this letter.
    fn walk(&mut self, lexicon: usize, start: usize, mut run: usize) {
        let words = &self.index.lexicons[lexicon];
        let Some(rest) = self.text.letters().get(start..) else { return };
        if !rest.first().is_some_and(|first| words.trie.may_begin(*first)) {
            return;
        }
        let mut boundary = self.text.run_start(run + 1);
        let mut node = ROOT;
        for (at, &letter) in (start..).zip(rest) {
            let Some((next, known)) = words.trie.step(node, letter) else { return };
            node = next;
            let mut ends = known.ends;
            if at == boundary {
                run += 1;
                boundary = self.text.run_start(run + 1);
                let (goes_on, may_end) = term::may_go_on(self.text, start, run, known);
                if !goes_on {
                    return;
                }
                ends &= may_end;
            }
            if let Some(living) = &mut self.living[lexicon]
                && living.next(known.first).is_none_or(|word| word >= known.end)
            {
                return;
            }
            if ends {
                let place = Place { start, end: at + 1, run };
                self.met.extend(words.wearers(known.first).iter().map(|wearer| (place, wearer)));
            }
        }
    }

    /// Decides on what was met at this letter.
    fn settle(&mut self, start: usize) {
        if self.met.is_empty() {
            return;
        }
        // Walks meet the shorter first.
        self.met.reverse();
        if !self.met.is_sorted_by_key(order) {
            self.met.sort_unstable_by_key(order);
        }
        let met = std::mem::take(&mut self.met);
        for &(place, wearer) in &met {
            let end = place.end;
            let seat = self.seat(wearer.role.slot());
            let known = match wearer.role {
                Role::Mask(_) => seat.mask,
                Role::Slot(_) => seat.found,
            };
            if known == start + 1 || seat.spent || !wearer.pattern.fits(self.text, place) {
                continue;
            }
            let seat = self.seat(wearer.role.slot());
            match wearer.role {
                Role::Mask(_) => {
                    seat.mask = start + 1;
                    seat.masked = seat.masked.max(end);
                }
                Role::Slot(slot) => {
                    seat.found = start + 1;
                    if seat.masked <= start && seat.reach < end {
                        seat.reach = end;
                        seat.finds += 1;
                        let finds = seat.finds;
                        let signs = &wearer.pattern.signs;
                        let bytes = signs.round(self.text, place).unwrap_or_default();
                        self.finds.push(Find { slot, term: wearer.term, bytes });
                        self.spend(slot, finds, end - start);
                    }
                }
            }
        }
        self.met = met;
        self.met.clear();
    }

    /// What is known of a slot.
    fn seat(&mut self, slot: usize) -> &mut Seat {
        if self.places[slot] == 0 {
            self.seats.push(Seat { slot, ..Seat::default() });
            self.places[slot] = self.seats.len() as u32;
        }
        &mut self.seats[self.places[slot] as usize - 1]
    }

    /// Lays a slot to rest when it has said all it can, and all slots when the text has.
    fn spend(&mut self, slot: usize, finds: u32, letters: usize) {
        let was_light = self.weight < WEIGHT_MAX;
        self.weight += letters + FIND_WEIGHT;
        if self.weight >= WEIGHT_MAX {
            if was_light {
                let found = self.seats.iter().filter(|seat| seat.finds > 0 && !seat.spent);
                let all: Vec<usize> = found.map(|seat| seat.slot).collect();
                for slot in all {
                    self.bury(slot);
                }
            } else {
                self.bury(slot);
            }
        } else if finds == SLOT_FINDS_MAX && !self.index.is_placed(slot) {
            self.bury(slot);
        }
    }

    /// Words that concern only spent slots are not walked any more.
    fn bury(&mut self, slot: usize) {
        self.seat(slot).spent = true;
        for (words, living) in self.index.lexicons.iter().zip(&mut self.living) {
            let living = living.get_or_insert_with(|| Living::all(words));
            let spent = |wearer: &Wearer| match self.places[wearer.role.slot()] {
                0 => false,
                seat => self.seats[seat as usize - 1].spent,
            };
            let dead = words.words_of(slot).filter(|word| words.wearers(*word).iter().all(spent));
            dead.for_each(|word| living.remove(word));
        }
        self.is_over = self.living.iter_mut().flatten().all(|living| living.next(0).is_none());
    }
}

/// The words of a lexicon that can still say something.
struct Living(Vec<u32>);

impl Living {
    fn all(words: &Lexicon) -> Self {
        Self((0..=words.words()).collect())
    }

    fn remove(&mut self, word: u32) {
        self.0[word as usize] = word + 1;
    }

    /// The first living word from this one on. Ways once gone are shortened, so that the next is
    /// found at once.
    fn next(&mut self, word: u32) -> Option<u32> {
        let mut at = word as usize;
        while self.0[at] as usize != at {
            let next = self.0[at] as usize;
            self.0[at] = self.0[next];
            at = next;
        }
        (at + 1 < self.0.len()).then_some(at as u32)
    }
}
