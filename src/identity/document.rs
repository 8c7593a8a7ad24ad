//! One document beside what is known: which of its drafts are one item, and which keys tell.
//!
//! A key tells as long as one draft of the document bears it and one known item at most holds it. That
//! is judged anew at each poll, because a source may begin to give every item one id, or to count its
//! places. Used by `rules`, and asks them in turn whether what bears an id now is what bore it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;

use crate::identity::Known;
use crate::identity::face::{Face, KeyKind, Mark};
use crate::identity::rules::{Pair, TEXT_WORDS_MIN};

/// Earlier drafts under one headline that a draft is compared with: a board that titles all alike would
/// cost the square of its length. Word for word the same is found beyond it.
const TWINS_MAX: usize = 16;

/// Known items under one key that a draft is compared with, for the same reason.
const CANDIDATES_MAX: usize = 64;

/// A document's drafts and the known items that may be meant.
pub(super) struct Document<'a> {
    pub(super) drafts: &'a [Face],
    pub(super) known: &'a [Known],
    /// For each draft the first one that is the same item, itself if none is.
    pub(super) first: Vec<usize>,
    /// It holds one item.
    pub(super) is_lone: bool,
    /// Which drafts bear a key, those that are one item once.
    bearers: HashMap<Mark, Vec<usize>>,
    /// Which known items hold a key.
    holders: HashMap<Mark, Vec<usize>>,
    /// Which known items say the same, word for word.
    sayers: HashMap<(Mark, Mark), Vec<usize>>,
    /// How many drafts say a text.
    texts: HashMap<Mark, usize>,
    /// How many drafts bear a headline.
    headlines: HashMap<Mark, usize>,
    /// How many known items do, and which of them is at hand.
    headlines_known: HashMap<Mark, (u64, usize)>,
    /// The source's own ids that stand under two headlines here.
    own_under_two: HashSet<Mark>,
    /// The kinds of ids that are places in a list here.
    places: Vec<KeyKind>,
}

impl<'a> Document<'a> {
    pub(super) fn new(
        drafts: &'a [Face],
        known: &'a [Known],
        headlines: &BTreeMap<Mark, u64>,
    ) -> Self {
        let own_under_two = own_under_two(drafts);
        let first = firsts(drafts, &own_under_two);
        let items = || drafts.iter().enumerate().filter(|(at, _)| first.get(*at) == Some(at));
        let mut document = Self {
            drafts,
            known,
            is_lone: items().count() == 1,
            bearers: HashMap::new(),
            holders: HashMap::new(),
            sayers: HashMap::new(),
            texts: HashMap::new(),
            headlines: HashMap::new(),
            headlines_known: HashMap::new(),
            own_under_two,
            places: Vec::new(),
            first: Vec::new(),
        };
        for (at, face) in items() {
            for key in &face.marks.keys {
                document.bearers.entry(key.mark).or_default().push(at);
            }
            *document.headlines.entry(face.marks.headline).or_default() += 1;
            if let Some(text) = face.marks.text {
                *document.texts.entry(text).or_default() += 1;
            }
        }
        for (at, item) in known.iter().enumerate() {
            for key in &item.face.marks.keys {
                document.holders.entry(key.mark).or_default().push(at);
            }
            let headline = item.face.marks.headline;
            if let Some(text) = item.face.marks.text {
                document.sayers.entry((headline, text)).or_default().push(at);
            }
            let (count, _) = document.headlines_known.entry(headline).or_insert((0, at));
            *count += 1;
        }
        for (headline, (count, _)) in &mut document.headlines_known {
            *count = (*count).max(headlines.get(headline).copied().unwrap_or_default());
        }
        document.first = first;
        let kinds = [KeyKind::Guid, KeyKind::Link];
        document.places = kinds.into_iter().filter(|kind| document.numbers_places(*kind)).collect();
        document
    }

    /// Whether ids of this kind say where in the list an item stands, and nothing of the item.
    pub(super) fn are_places(&self, kind: KeyKind) -> bool {
        self.places.contains(&kind)
    }

    /// Whether a known item stands here under another id, while its own has passed to what says other
    /// things: one such item shows that the source counts places.
    fn numbers_places(&self, kind: KeyKind) -> bool {
        self.items().filter_map(|at| self.drafts.get(at)).any(|draft| {
            let Some(twin) = self.twin(draft).and_then(|twin| self.known.get(twin)) else {
                return false;
            };
            let passed_on = |mark: Mark| {
                let bearers = self.bearers(mark).iter().filter_map(|at| self.drafts.get(*at));
                self.tells(mark)
                    && bearers
                        .into_iter()
                        .any(|face| Pair::new(self, face, &twin.face).says_other())
            };
            draft.shares(&twin.face, kind) == Some(false) && twin.face.marks_of(kind).any(passed_on)
        })
    }

    /// The one known item that bears a draft's headline or, where that tells nothing, says its text.
    fn twin(&self, draft: &Face) -> Option<usize> {
        let sayer = || {
            let text = draft.marks.text.filter(|text| !self.is_stock_text(*text))?;
            let sayers = self.sayers.get(&(draft.marks.headline, text))?;
            sayers.first().copied().filter(|_| sayers.len() == 1)
        };
        self.headlined(draft).or_else(sayer)
    }

    /// The drafts that stand for an item of their own.
    pub(super) fn items(&self) -> impl Iterator<Item = usize> + '_ {
        self.first.iter().enumerate().filter(|(at, first)| at == *first).map(|(at, _)| at)
    }

    /// The known items that a draft may be: those that say the same, bear its telling headline or share a
    /// key with it; of a key that many hold, the youngest.
    pub(super) fn candidates(&self, draft: &Face) -> BTreeSet<usize> {
        let youngest = |all: &[usize]| -> Vec<usize> {
            all.iter().rev().take(CANDIDATES_MAX).copied().collect()
        };
        let keys = draft.marks.keys.iter().flat_map(|key| youngest(self.holders(key.mark)));
        let said = draft.marks.text.map(|text| (draft.marks.headline, text));
        let sayers = said.and_then(|said| self.sayers.get(&said));
        keys.chain(sayers.into_iter().flat_map(|all| youngest(all)))
            .chain(self.headlined(draft))
            .collect()
    }

    /// The known items that hold a key.
    pub(super) fn holders(&self, mark: Mark) -> &[usize] {
        self.holders.get(&mark).map_or(&[], Vec::as_slice)
    }

    /// The drafts that bear a key.
    pub(super) fn bearers(&self, mark: Mark) -> &[usize] {
        self.bearers.get(&mark).map_or(&[], Vec::as_slice)
    }

    /// Whether a key tells one item from others.
    pub(super) fn tells(&self, mark: Mark) -> bool {
        self.bearers(mark).len() <= 1 && self.holders(mark).len() <= 1
    }

    /// Whether a draft says this text.
    pub(super) fn is_said(&self, text: Mark) -> bool {
        self.texts.contains_key(&text)
    }

    /// Whether several drafts say this text, so that it speaks of none of them.
    pub(super) fn is_stock_text(&self, text: Mark) -> bool {
        self.texts.get(&text).is_some_and(|said| *said > 1)
    }

    /// The known item at a draft's address, if that tells.
    pub(super) fn addressed(&self, face: &Face) -> Option<usize> {
        let link = face.marks_of(KeyKind::Link).find(|mark| self.tells(*mark))?;
        let held = self.holders(link).first().copied();
        held.filter(|_| face.link.is_telling)
    }

    /// Whether an id by the source's own rule does.
    pub(super) fn own_tells(&self, mark: Mark) -> bool {
        !self.own_under_two.contains(&mark) && self.holders(mark).len() <= 1
    }

    /// Whether the source's own rule fails it: one id under two headlines, or held by two items.
    pub(super) fn own_rule_fails(&self) -> bool {
        let mut marks = self.drafts.iter().flat_map(|face| face.marks_of(KeyKind::Own));
        marks.any(|mark| !self.own_tells(mark))
    }

    /// Whether a headline is borne by one draft and at most one known item, and names a text.
    pub(super) fn headline_tells(&self, face: &Face) -> bool {
        let known = self.headlines_known.get(&face.marks.headline).map_or(0, |(count, _)| *count);
        !face.headline.is_generic
            && self.headlines.get(&face.marks.headline).is_some_and(|borne| *borne <= 1)
            && known <= 1
    }

    /// The known item of a draft's headline, if that tells.
    pub(super) fn headlined(&self, face: &Face) -> Option<usize> {
        let (_, at) = self.headlines_known.get(&face.marks.headline)?;
        self.headline_tells(face).then_some(*at)
    }
}

/// The source's own ids of a document that stand under two headlines in it.
fn own_under_two(drafts: &[Face]) -> HashSet<Mark> {
    let mut headlines: HashMap<Mark, Mark> = HashMap::new();
    let mut under_two = HashSet::new();
    for face in drafts {
        for mark in face.marks_of(KeyKind::Own) {
            if *headlines.entry(mark).or_insert(face.marks.headline) != face.marks.headline {
                under_two.insert(mark);
            }
        }
    }
    under_two
}

/// For each draft the first one that is the same item.
///
/// A text begins two others that differ, an undated draft is like two dated ones: so a draft joins those
/// that are one item only if it is one with each of them. And they are joined in an order that comes from
/// what they say, so that a document in another order holds the same items.
fn firsts(drafts: &[Face], own_under_two: &HashSet<Mark>) -> Vec<usize> {
    let mut joined = Joined::default();
    let mut order: Vec<(usize, &Face)> = drafts.iter().enumerate().collect();
    order.sort_by(|(_, one), (_, other)| said(one).cmp(&said(other)));
    for (at, face) in order {
        joined.join(at, face, drafts, own_under_two);
    }
    let mut first: Vec<usize> = (0..drafts.len()).collect();
    for members in &joined.items {
        let earliest = members.iter().min().copied();
        for (at, earliest) in members.iter().zip(earliest.into_iter().cycle()) {
            if let Some(first) = first.get_mut(*at) {
                *first = earliest;
            }
        }
    }
    first
}

/// Two numbers of one board, each with its own, over a sentence that stands under many ("붙임 참조"). One
/// article under two sections differs in more than in numbers, and a long text is not written twice.
fn are_two_postings(one: &Face, other: &Face) -> bool {
    let is_one_board = one.board.is_some() && one.board == other.board;
    is_one_board
        && one.shares(other, KeyKind::Link) == Some(false)
        && one.shares(other, KeyKind::Guid) != Some(true)
        && one.words().len() < TEXT_WORDS_MIN
}

/// All that tells a draft from others.
fn said(face: &Face) -> impl Ord + '_ {
    let marks = &face.marks;
    (marks.headline, marks.text, face.day, &marks.keys, marks.fingerprint)
}

/// Drafts that are one item, so far.
#[derive(Default)]
struct Joined {
    /// The drafts of each item.
    items: Vec<Vec<usize>>,
    /// The items under a headline.
    headed: HashMap<Mark, Vec<usize>>,
    /// The items under one of the source's own ids.
    owned: HashMap<Mark, Vec<usize>>,
    /// The items that say the same on one day, word for word.
    exact: HashMap<(Mark, Option<NaiveDate>, Mark), usize>,
}

impl Joined {
    fn join(&mut self, at: usize, face: &Face, drafts: &[Face], own_under_two: &HashSet<Mark>) {
        let whole = face.marks.text.map(|text| (face.marks.headline, face.day, text));
        let own = face.marks_of(KeyKind::Own).next();
        let own_tells = own.is_some_and(|own| !own_under_two.contains(&own));
        let near = |among: Option<&Vec<usize>>| -> Vec<usize> {
            among.map(|all| all.iter().rev().take(TWINS_MAX).copied().collect()).unwrap_or_default()
        };
        let mut earlier = near(self.headed.get(&face.marks.headline));
        earlier.extend(near(own.and_then(|own| self.owned.get(&own))));
        earlier.extend(whole.and_then(|whole| self.exact.get(&whole)));
        let is_one = |item: &usize| {
            let members = self.items.get(*item).map_or(&[][..], Vec::as_slice);
            let mut members = members.iter().rev().take(TWINS_MAX);
            members.all(|other| {
                drafts.get(*other).is_some_and(|other| are_one(face, other, own_tells))
            })
        };
        let item = earlier.into_iter().find(is_one).unwrap_or(self.items.len());
        match self.items.get_mut(item) {
            Some(members) => members.push(at),
            None => self.items.push(vec![at]),
        }
        let listed = |list: &mut Vec<usize>| {
            if list.last() != Some(&item) {
                list.push(item);
            }
        };
        listed(self.headed.entry(face.marks.headline).or_default());
        if let Some(own) = own {
            listed(self.owned.entry(own).or_default());
        }
        if let Some(whole) = whole {
            self.exact.entry(whole).or_insert(item);
        }
    }
}

/// Rules a and b: whether two drafts of one document are one item.
fn are_one(one: &Face, other: &Face, own_tells: bool) -> bool {
    let same_headline = one.marks.headline == other.marks.headline;
    match one.shares(other, KeyKind::Own) {
        Some(true) if own_tells && same_headline => return true,
        Some(false) => return false,
        _ => {}
    }
    if !same_headline {
        return false;
    }
    if one.day == other.day && one.marks.text.is_some() && one.marks.text == other.marks.text {
        return !are_two_postings(one, other);
    }
    let bears = |face: &Face, kind| face.marks_of(kind).next().is_some();
    let equal = |kind| match one.shares(other, kind) {
        Some(shared) => shared,
        None => bears(one, kind) == bears(other, kind),
    };
    let same_ids = equal(KeyKind::Guid) && equal(KeyKind::Link);
    if same_ids && one.day == other.day && one.marks.text == other.marks.text {
        return true;
    }
    let is_named = bears(one, KeyKind::Guid) || bears(one, KeyKind::Link);
    let contradict = one.day.is_some() && other.day.is_some() && one.day != other.day;
    same_ids && is_named && !contradict && !one.text_beside(other).differs()
}
