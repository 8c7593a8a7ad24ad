//! Which known item is this draft? Rules over candidates, pure and told one by one.
//!
//! Losing an alert is worse than repeating one, but a repeat costs trust too. `work` makes the faces of
//! a document's drafts, `store` fetches the known items that may be meant, and here is said which of
//! them each draft is, or that it is news. Knows nothing of SQL, of watches, or of what becomes of an
//! item.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::identity::document::Document;
use crate::identity::face::{Face, KeyKind, Mark};
use crate::identity::rules::{Pair, Rule, Verdict};

pub mod address;
pub mod face;
pub mod headline;
pub mod words;

mod document;
mod rules;

#[cfg(test)]
#[macro_use]
mod testing;

#[cfg(test)]
mod address_tests;
#[cfg(test)]
mod rule_tests;
#[cfg(test)]
mod story_tests;
#[cfg(test)]
mod text_tests;
#[cfg(test)]
mod twice_tests;

/// So many drafts that repeat known headlines and texts under new ids are a source that makes up its
/// ids, not news.
const REPEATS_MIN: usize = 3;

/// A known item that may be meant.
#[derive(Clone, Debug)]
pub struct Known {
    /// The store's number for it.
    pub id: i64,
    /// What is compared of it, with every key under which it was ever known.
    pub face: Face,
    /// Its version.
    pub version: u32,
    /// Whether it was told.
    pub was_alerted: bool,
}

/// What is known of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recognition {
    /// Nothing: it is news.
    New {
        /// The item whose address it took over, if there is one.
        instead_of: Option<i64>,
    },
    /// New by its ids, under a telling headline that one item bears. One of these may be a weekly
    /// headline and counts as new; very many at once are a source that changed.
    Familiar {
        /// The item of that headline.
        item: i64,
    },
    /// An item, saying what it said before (now or in an earlier version: a source that flaps
    /// between two texts makes no news).
    Known {
        /// The item.
        item: i64,
    },
    /// An item whose headline or text is other than ever before.
    Edited {
        /// The item.
        item: i64,
        /// The version that it becomes.
        version: u32,
        /// Whether any version of it was told already.
        was_alerted: bool,
    },
    /// The same item as an earlier draft of the document.
    Duplicate {
        /// The earlier draft's index.
        of: usize,
    },
}

/// What came of a whole document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recognised {
    /// Of each draft, in their order.
    pub drafts: Vec<Recognition>,
    /// For each draft, whether its link tells it from others: one that may be looked for in other sources.
    pub link_tells: Vec<bool>,
    /// Known items came back under new ids, as those of a source that makes them up.
    pub ids_move: bool,
    /// The source's own rule gives one id to several items.
    pub own_rule_fails: bool,
}

/// The items among `known` whose words will be asked for: they say what no draft says.
pub fn in_question(drafts: &[Face], known: &[Known]) -> Vec<i64> {
    let said: BTreeSet<Mark> = drafts.iter().filter_map(|face| face.marks.text).collect();
    let other = |item: &&Known| item.face.marks.text.is_some_and(|text| !said.contains(&text));
    known.iter().filter(other).map(|item| item.id).collect()
}

/// Says of each draft of a document what it is. `headlines`: how many items of the source bear a
/// headline, where more than those in `known` may.
///
/// For each pair of a draft and a known item the first rule that applies speaks. Before them all: who was
/// known under the same headline, day and ids, each of them, and does not say other words, is that item,
/// whether or not they tell.
///
/// - **a** *The source's own rule*: equal is the same item, unequal are two, as long as it tells.
/// - **b** *Drafts of one document* are two, unless they say the same under the same ids, or word
///   for word; not so two numbers of a board over a stock sentence.
/// - **c** *Moved*: a telling headline with the same text or on the same day, under whatever ids, while
///   no other draft is the known item.
/// - **d** *Guids*, **e** *links* that tell: equal is the same item or another story, unequal are two. Ids that
///   pass from item to item are places in the list and tell nothing, and an edit at an address that tells
///   may change the guid.
/// - **f** *Other hosts* are two.
/// - **g** *Headline and day* equal, and texts that do not differ: the same. Else new.
///
/// One known item answers for one draft: the earlier rule wins, then the pair with more in common. Where
/// three drafts or more come back word for word under new ids, the source makes them up.
pub fn recognise(drafts: &[Face], known: &[Known], headlines: &BTreeMap<Mark, u64>) -> Recognised {
    let document = Document::new(drafts, known, headlines);
    let mut answers = Answers { document: &document, taken: HashMap::new(), over: HashMap::new() };
    answers.assign();
    let ids_move = answers.take_repeats();
    let said = drafts.iter().enumerate().map(|(at, face)| answers.of(at, face)).collect();
    let link_tells = drafts.iter().map(|face| link_tells(&document, face)).collect();
    let own_rule_fails = document.own_rule_fails();
    Recognised { drafts: said, link_tells, ids_move, own_rule_fails }
}

/// Whether the items of two sources at one address, which tells in both, are one: unless the
/// address told another story in its time.
pub fn is_one_item(one: &Face, other: &Face) -> bool {
    let same_headline = one.marks.headline == other.marks.headline;
    let numbers_differ = one.headline.numbers.differ(&other.headline.numbers);
    let days = (one.day, other.day);
    !rules::is_another_story(same_headline, numbers_differ, days, one.text_beside(other))
}

fn link_tells(document: &Document<'_>, face: &Face) -> bool {
    let mut marks = face.marks_of(KeyKind::Link);
    face.link.is_telling && marks.any(|mark| document.tells(mark))
}

/// A draft that may be a known item; the better reason comes first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Match {
    rule: Rule,
    score: Reverse<usize>,
    at: usize,
    youngest: Reverse<i64>,
    candidate: usize,
}

/// Who is who, as far as it is settled.
struct Answers<'a> {
    document: &'a Document<'a>,
    /// The known item of a draft.
    taken: HashMap<usize, usize>,
    /// The known item whose address a draft took over.
    over: HashMap<usize, usize>,
}

impl Answers<'_> {
    /// Gives each draft the known item that the rules say it is, each item once.
    fn assign(&mut self) {
        let document = self.document;
        let mut same: Vec<Match> = Vec::new();
        for at in document.items() {
            let Some(draft) = document.drafts.get(at) else { continue };
            for candidate in document.candidates(draft) {
                let Some(known) = document.known.get(candidate) else { continue };
                let pair = Pair::new(document, draft, &known.face);
                match pair.verdict(in_document(document, candidate, at)) {
                    Verdict::Same(rule) => {
                        let (score, youngest) = (Reverse(pair.score()), Reverse(known.id));
                        same.push(Match { rule, score, at, youngest, candidate });
                    }
                    Verdict::Another => drop(self.over.insert(at, candidate)),
                    Verdict::Two => {}
                }
            }
        }
        same.sort_unstable();
        let mut answered = BTreeSet::new();
        for Match { at, candidate, .. } in same {
            if !self.taken.contains_key(&at) && answered.insert(candidate) {
                self.taken.insert(at, candidate);
            }
        }
    }

    /// Takes drafts that repeat a known headline and text for the items themselves, where they are many.
    fn take_repeats(&mut self) -> bool {
        let document = self.document;
        let answered: BTreeSet<usize> = self.taken.values().copied().collect();
        let repeats = document.items().filter_map(|at| {
            let draft = document.drafts.get(at)?;
            // A headline that recurs tells at an address of its own.
            let headlined = document.headlined(draft).or_else(|| document.addressed(draft))?;
            let is_open = !self.taken.contains_key(&at)
                && !self.over.contains_key(&at)
                && !answered.contains(&headlined)
                && !in_document(document, headlined, at);
            let known = document.known.get(headlined)?;
            (is_open && Pair::new(document, draft, &known.face).repeats())
                .then_some((at, headlined))
        });
        let repeats: Vec<_> = repeats.collect();
        let are_many = repeats.len() >= REPEATS_MIN;
        if are_many {
            self.taken.extend(repeats);
        }
        are_many
    }

    fn of(&self, at: usize, face: &Face) -> Recognition {
        let document = self.document;
        if let Some(of) = document.first.get(at).filter(|first| **first != at) {
            return Recognition::Duplicate { of: *of };
        }
        let known = |at: usize| document.known.get(at);
        if let Some(item) = self.taken.get(&at).and_then(|taken| known(*taken)) {
            let Known { id, version, was_alerted, .. } = *item;
            return if face.marks.fingerprint == item.face.marks.fingerprint {
                Recognition::Known { item: id }
            } else {
                Recognition::Edited { item: id, version: version + 1, was_alerted }
            };
        }
        if let Some(item) = self.over.get(&at).and_then(|over| known(*over)) {
            return Recognition::New { instead_of: Some(item.id) };
        }
        match document.headlined(face).and_then(known) {
            Some(item) => Recognition::Familiar { item: item.id },
            None => Recognition::New { instead_of: None },
        }
    }
}

/// Whether another draft than `at` is the known item, by an id or address that tells.
fn in_document(document: &Document<'_>, known: usize, at: usize) -> bool {
    let Some(item) = document.known.get(known) else { return false };
    let ids = item.face.marks.keys.iter().filter(|key| {
        matches!(key.kind, KeyKind::Own | KeyKind::Guid | KeyKind::Link) && document.tells(key.mark)
    });
    ids.flat_map(|key| document.bearers(key.mark)).any(|bearer| {
        *bearer != at
            && document
                .drafts
                .get(*bearer)
                .is_some_and(|draft| Pair::new(document, draft, &item.face).is_itself())
    })
}
