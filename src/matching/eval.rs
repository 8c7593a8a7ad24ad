//! One item's hits, placed; and the questions that a compiled condition asks of them.
//!
//! Cost follows the length of the text and the number of hits. Here is said what counts as evidence: the
//! texts, the publisher, and the labels that it files an item under. Called by `decide` and `explain`.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use crate::lang::script;
use crate::matching::compile::Rules;
use crate::matching::fold::Folded;
use crate::matching::node::Node;
use crate::matching::query::field;
use crate::matching::scope::{CATEGORIES_MAX, FIELDS, Scope, are_few, field_of};
use crate::matching::text::{Point, points};
use crate::model::decision::Evidence;

/// A hit of a slot with everything that queries ask of its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) slot: usize,
    /// The number of its field.
    pub(super) field: usize,
    /// Bytes in the original.
    pub(super) bytes: (usize, usize),
    /// The number of the term.
    pub(super) term: usize,
    pub(super) start: Point,
    pub(super) end: Point,
}

/// What is known of one item.
#[derive(Debug)]
pub(super) struct Facts<'r, 't> {
    pub(super) rules: &'r Rules,
    /// By the number of the field.
    pub(super) texts: Vec<&'t str>,
    /// By slot, then field, then place.
    pub(super) marks: Vec<Mark>,
    /// For every slot, the fields in which hits count for it, as bits; and `GIVEN`.
    present: Vec<u8>,
    /// Whether a label counts where no field is asked for.
    labels_count: bool,
    /// What watches said, once asked of the whole item, and by what bars it.
    known: Vec<[Cell<Option<bool>>; 2]>,
    /// How near watches came, once asked.
    pub(super) sums: Vec<Cell<Option<Sum>>>,
    /// What slots show, once told: many watches show the same few.
    pub(super) told: RefCell<BTreeMap<usize, Evidence>>,
    /// Slots that the publisher implies.
    pub(super) given: Vec<usize>,
    pub(super) language: Option<&'t str>,
    pub(super) source: Option<&'t str>,
}

/// Parts of a condition that were found, that it has in all, and that do not hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) found: usize,
    pub(super) all: usize,
    pub(super) lacking: usize,
}

/// Stands for some sentence where only fields are asked for.
const ANY: (usize, usize) = (usize::MAX, usize::MAX);

/// The bit of a slot that the publisher stands for.
const GIVEN: u8 = 1 << 7;

/// A stretch of words that an operand of NEAR covers.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    field: usize,
    bytes: (usize, usize),
    words: (usize, usize),
}

impl<'r, 't> Facts<'r, 't> {
    /// Reads the fields of an item; `given` are the slots that the publisher implies.
    pub(super) fn new(
        rules: &'r Rules,
        texts: [&'t str; 3],
        categories: &'t [String],
        given: Vec<usize>,
    ) -> Self {
        let categories = categories.iter().take(CATEGORIES_MAX);
        let texts: Vec<&str> = texts.into_iter().chain(categories.map(String::as_str)).collect();
        let mut marks = Vec::new();
        for (i, text) in texts.iter().enumerate() {
            if !text.is_empty() {
                read(rules, i, text, &mut marks);
            }
        }
        marks.sort_by_key(|m| (m.slot, m.field, m.bytes.0, std::cmp::Reverse(m.bytes.1)));
        let mut reach = (usize::MAX, 0, 0);
        marks.retain(|m| {
            let inside = (reach.0, reach.1) == (m.slot, m.field) && m.bytes.1 <= reach.2;
            if !inside {
                reach = (m.slot, m.field, m.bytes.1);
            }
            !inside
        });
        let mut present = vec![0; rules.names.len()];
        let mut count = |slot: usize, bit: u8| {
            present[slot] |= bit;
            rules.meant[slot].iter().for_each(|of| present[*of] |= bit);
        };
        let mut last = None;
        for mark in &marks {
            if last.replace((mark.slot, mark.field)) != Some((mark.slot, mark.field)) {
                count(mark.slot, field_of(mark.field).1);
            }
        }
        for slot in &given {
            count(*slot, GIVEN);
        }
        let known = vec![[Cell::new(None), Cell::new(None)]; rules.watches.len()];
        let labels_count = are_few(texts.get(FIELDS.len()..).unwrap_or_default());
        let sums = vec![Cell::new(None); rules.watches.len()];
        let (told, language, source) = (RefCell::default(), None, None);
        Self {
            rules,
            texts,
            marks,
            present,
            labels_count,
            known,
            sums,
            told,
            given,
            language,
            source,
        }
    }

    /// Where that is looked for which bars an item.
    pub(super) fn barring(&self, scope: Scope) -> Scope {
        // Without labels it is the same, and what is known of it need not be asked again.
        Scope { barring: self.texts.len() > FIELDS.len() && !scope.named, ..scope }
    }

    /// The fields of a scope in which a slot counts. A label counts by name; and like the publisher's side
    /// where no field is asked for, but as it has no neighbours, in no SENTENCE, and it bars nothing.
    fn fields(&self, scope: Scope) -> u8 {
        let counts = self.labels_count && !scope.barring && scope.sentence.is_none();
        if scope.named || counts { scope.fields } else { scope.fields & field::TEXT }
    }

    /// The hits of one slot, implied ones excluded.
    fn of(&self, slot: usize) -> &[Mark] {
        let start = self.marks.partition_point(|m| m.slot < slot);
        let len = self.marks[start..].partition_point(|m| m.slot == slot);
        &self.marks[start..start + len]
    }

    fn present(&self, slot: usize) -> u8 {
        self.present.get(slot).copied().unwrap_or(0)
    }

    /// Whether a slot has a hit anywhere, or is implied.
    pub(super) fn is_present(&self, slot: usize) -> bool {
        self.present(slot) != 0
    }

    /// The hits that count for a slot, within a scope.
    pub(super) fn hits(&self, slot: usize, scope: Scope) -> impl Iterator<Item = &Mark> {
        let scope = Scope { fields: self.fields(scope), ..scope };
        let found = self.present(slot) & scope.fields != 0;
        let sources = self.rules.sources.get(slot).filter(|_| found).map_or(&[][..], Vec::as_slice);
        let within = move |marks: &'_ [Mark]| match scope.sentence {
            None => 0..marks.len(),
            Some(sentence) => {
                let start = marks.partition_point(|m| (m.field, m.start.sentence) < sentence);
                let same = |m: &Mark| (m.field, m.start.sentence) == sentence;
                start..start + marks[start..].partition_point(same)
            }
        };
        let all = sources.iter().map(|s| self.of(*s));
        all.flat_map(move |marks| &marks[within(marks)])
            .filter(move |m| scope.holds(m.field, m.start.sentence))
    }

    /// Whether the publisher stands for a slot.
    pub(super) fn is_given(&self, slot: usize) -> bool {
        self.present(slot) & GIVEN != 0
    }

    /// Whether a condition holds.
    pub(super) fn holds(&self, node: &Node, scope: Scope) -> bool {
        match node {
            // Cheap questions first: most conditions lack something that is nowhere in the item.
            Node::And(all) if all.len() == 1 => self.holds(&all[0], scope),
            Node::And(all) => {
                all.iter().all(|n| self.may_hold(n, scope) != 0)
                    && all.iter().all(|n| self.holds(n, scope))
            }
            Node::Or(all) => all.iter().any(|n| self.holds(n, scope)),
            Node::Not(inner) => !self.holds(inner, self.barring(scope)),
            Node::Slot(slot) => {
                self.may_hold(node, scope) != 0
                    && (scope.sentence.is_none()
                        || !scope.named && self.is_given(*slot)
                        || self.hits(*slot, scope).next().is_some())
            }
            Node::Watch(watch) => self.watch(*watch, scope),
            Node::Field(fields, inner) => self.holds(inner, scope.field(*fields)),
            Node::Sentence(inner) => {
                let fields = self.may_hold(inner, Scope { sentence: Some(ANY), ..scope });
                fields != 0
                    && self
                        .sentences(Scope { fields: fields & scope.fields, ..scope })
                        .into_iter()
                        .any(|s| self.holds(inner, Scope { sentence: Some(s), ..scope }))
            }
            Node::Near { .. } => {
                self.may_hold(node, scope) != 0
                    && !self.stretches(node, scope.measured()).is_empty()
            }
            Node::Lang(tag) => self.language.is_some_and(|own| script::is_language(own, tag)),
            Node::Source(wanted) => self.source.is_some_and(|own| is_source(own, wanted)),
        }
    }

    /// The fields in which a condition may hold, as far as can be told without looking at places;
    /// of one that asks for no place, any field if it may hold, none if it cannot.
    fn may_hold(&self, node: &Node, scope: Scope) -> u8 {
        let any = |may: bool| if may { field::ALL } else { 0 };
        match node {
            Node::And(all) => {
                // What another watch says takes longest to tell.
                let late = |n: &&Node| matches!(n, Node::Watch(_));
                let mut each = all.iter().filter(|n| !late(n)).chain(all.iter().filter(late));
                let together = each.try_fold(field::ALL, |fields, n| {
                    let some = self.may_hold(n, scope);
                    (some != 0).then_some(fields & some)
                });
                match (together, scope.sentence) {
                    (None, _) => 0,
                    // Each part may be found in a field of its own.
                    (Some(_), None) => field::ALL,
                    (Some(fields), Some(_)) => fields,
                }
            }
            Node::Or(all) => all.iter().fold(0, |fields, n| fields | self.may_hold(n, scope)),
            Node::Slot(slot) if !scope.named && self.is_given(*slot) => field::ALL,
            Node::Slot(slot) => self.present(*slot) & self.fields(scope),
            Node::Near { left, right, .. } => {
                // The publisher has no place to be near to.
                let scope = Scope { named: true, ..scope.measured() };
                self.may_hold(left, scope) & self.may_hold(right, scope)
            }
            Node::Field(fields, inner) => self.may_hold(inner, scope.field(*fields)),
            Node::Sentence(inner) => self
                .may_hold(inner, Scope { sentence: Some(scope.sentence.unwrap_or(ANY)), ..scope }),
            // Many watches name the same few: each is told once, exactly.
            Node::Watch(watch) if scope.whole().is_some() => any(self.watch(*watch, scope)),
            Node::Watch(watch) => self.may_hold(&self.rules.nodes[*watch], scope),
            Node::Lang(_) | Node::Source(_) => any(self.holds(node, scope)),
            Node::Not(_) => field::ALL,
        }
    }

    /// Whether the condition of a watch holds.
    pub(super) fn watch(&self, watch: usize, scope: Scope) -> bool {
        let node = &self.rules.nodes[watch];
        let Some(kind) = scope.whole() else { return self.holds(node, scope) };
        let known = &self.known[watch][kind];
        let answer = known.get().unwrap_or_else(|| self.holds(node, scope));
        known.set(Some(answer));
        answer
    }

    /// The sentences in which anything was found.
    fn sentences(&self, scope: Scope) -> Vec<(usize, usize)> {
        if let Some(only) = scope.sentence {
            return vec![only];
        }
        let mut all: Vec<_> = self
            .marks
            .iter()
            .filter(|m| scope.holds(m.field, m.start.sentence))
            .map(|m| (m.field, m.start.sentence))
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// What an operand of NEAR covers, in reading order.
    fn stretches(&self, node: &Node, scope: Scope) -> Vec<Stretch> {
        let mut all: Vec<Stretch> = match node {
            Node::Slot(slot) => self
                .hits(*slot, scope)
                .map(|m| Stretch {
                    field: m.field,
                    bytes: m.bytes,
                    words: (m.start.word, m.end.word),
                })
                .collect(),
            Node::Or(any) => any.iter().flat_map(|n| self.stretches(n, scope)).collect(),
            Node::Near { words, ordered, left, right } => {
                let right = self.stretches(right, scope);
                let left = self.stretches(left, scope);
                near(&left, &right, *words, *ordered)
            }
            _ => Vec::new(),
        };
        all.sort_by_key(|s| (s.field, s.bytes.0, s.bytes.1));
        all
    }
}

/// Pairs within so many words, as the stretches that cover them: at most one for each left side.
fn near(left: &[Stretch], right: &[Stretch], words: usize, ordered: bool) -> Vec<Stretch> {
    // For every right side, which one up to here in its field reaches farthest.
    let mut farthest: Vec<usize> = Vec::with_capacity(right.len());
    for (i, r) in right.iter().enumerate() {
        let best = farthest.last().copied().filter(|b| right[*b].field == r.field);
        farthest.push(best.filter(|b| right[*b].words.1 >= r.words.1).unwrap_or(i));
    }
    let mut pairs = Vec::new();
    for l in left {
        let reach = (l.field, l.words.1.saturating_add(words));
        let until = right.partition_point(|r| (r.field, r.words.0) <= reach);
        let partner = if ordered {
            let behind = right.partition_point(|r| (r.field, r.bytes.0) < (l.field, l.bytes.1));
            (behind < until).then(|| right[behind])
        } else {
            let best = until.checked_sub(1).map(|last| right[farthest[last]]);
            best.filter(|r| r.field == l.field && r.words.1.saturating_add(words) >= l.words.0)
        };
        pairs.extend(partner.map(|r| Stretch {
            field: l.field,
            bytes: (l.bytes.0.min(r.bytes.0), l.bytes.1.max(r.bytes.1)),
            words: (l.words.0.min(r.words.0), l.words.1.max(r.words.1)),
        }));
    }
    pairs
}

/// Finds the terms of one field, places known.
fn read(rules: &Rules, field: usize, text: &str, marks: &mut Vec<Mark>) {
    let folded = Folded::new(text);
    let from = marks.len();
    marks.extend(rules.index.search(&folded).into_iter().map(|find| {
        let (start, end) = (Point::default(), Point::default());
        Mark { slot: find.slot, field, bytes: find.bytes, term: find.term, start, end }
    }));
    if marks.len() > from {
        place(folded.original(), &mut marks[from..]);
    }
}

/// Gives every mark its characters, words and sentence: one walk over the text.
fn place(text: &str, marks: &mut [Mark]) {
    let mut wanted: Vec<usize> = marks.iter().flat_map(|m| [m.bytes.0, m.bytes.1]).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let found = points(text, &wanted);
    let point = |byte: usize| {
        wanted.binary_search(&byte).ok().and_then(|i| found.get(i)).copied().unwrap_or_default()
    };
    for mark in marks {
        (mark.start, mark.end) = (point(mark.bytes.0), point(mark.bytes.1));
    }
}

/// Whether a source's id is the wanted one, or begins with it (`msit*`).
pub(super) fn is_source(own: &str, wanted: &str) -> bool {
    match wanted.strip_suffix('*') {
        Some(head) => own.get(..head.len()).is_some_and(|own| own.eq_ignore_ascii_case(head)),
        None => own.eq_ignore_ascii_case(wanted),
    }
}
