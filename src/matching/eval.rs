//! One item's hits, placed; and the questions that a compiled condition asks of them.
//!
//! Cost follows the length of the text and the number of hits. Called by `decide` and `explain`.

use crate::matching::compile::{Node, Role, Rules};
use crate::matching::fold::Folded;
use crate::matching::query::field;
use crate::matching::text::{Point, points};
use crate::model::decision::Field;

/// Fields in reading order, with their bit.
pub(super) const FIELDS: [(Field, u8); 3] =
    [(Field::Title, field::TITLE), (Field::Summary, field::LEAD), (Field::Body, field::BODY)];

/// A hit of a slot with everything that queries ask of its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) slot: usize,
    /// Index into `FIELDS`.
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
    pub(super) texts: [&'t str; 3],
    /// By slot, then field, then place.
    pub(super) marks: Vec<Mark>,
    /// For every slot, where its hits stand in `marks`.
    ranges: Vec<(u32, u32)>,
    /// What watches said that others name, once asked of the whole item.
    known: Vec<std::cell::Cell<Option<bool>>>,
    /// Slots that the publisher implies.
    pub(super) given: Vec<usize>,
    pub(super) language: Option<String>,
    pub(super) source: Option<&'t str>,
}

/// Where hits are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scope {
    fields: u8,
    /// A field was named: the publisher's side has no place in it.
    named: bool,
    sentence: Option<(usize, usize)>,
}

impl Scope {
    /// The whole item.
    pub(super) const ALL: Self = Self { fields: field::TEXT, named: false, sentence: None };

    fn holds(&self, mark: &Mark) -> bool {
        self.fields & FIELDS[mark.field].1 != 0
            && self.sentence.is_none_or(|s| s == (mark.field, mark.start.sentence))
    }
}

/// A stretch of words that an operand of NEAR covers.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    field: usize,
    bytes: (usize, usize),
    words: (usize, usize),
}

impl<'r, 't> Facts<'r, 't> {
    /// Reads the fields of an item.
    pub(super) fn new(rules: &'r Rules, texts: [&'t str; 3]) -> Self {
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
        let mut ranges = vec![(0, 0); rules.names.len()];
        for (i, mark) in marks.iter().enumerate() {
            let range: &mut (u32, u32) = &mut ranges[mark.slot];
            if range.1 == 0 {
                range.0 = i as u32;
            }
            range.1 = i as u32 + 1;
        }
        let known = vec![std::cell::Cell::new(None); rules.watches.len()];
        let (given, language, source) = (Vec::new(), None, None);
        Self { rules, texts, marks, ranges, known, given, language, source }
    }

    /// The hits of one slot, implied ones excluded.
    fn of(&self, slot: usize) -> &[Mark] {
        let (start, end) = self.ranges[slot];
        &self.marks[start as usize..end as usize]
    }

    /// Whether a slot has a hit anywhere, or is implied.
    pub(super) fn is_present(&self, slot: usize) -> bool {
        self.is_given(slot) || self.hits(slot, Scope::ALL).next().is_some()
    }

    /// The hits that count for a slot, within a scope.
    pub(super) fn hits(&self, slot: usize, scope: Scope) -> impl Iterator<Item = &Mark> {
        let sources = self.rules.sources.get(slot).map_or(&[][..], Vec::as_slice);
        sources.iter().flat_map(|s| self.of(*s)).filter(move |m| scope.holds(m))
    }

    /// Whether the publisher stands for a slot.
    pub(super) fn is_given(&self, slot: usize) -> bool {
        self.rules.sources.get(slot).is_some_and(|all| all.iter().any(|s| self.given.contains(s)))
    }

    /// Whether a condition holds.
    pub(super) fn holds(&self, node: &Node, scope: Scope) -> bool {
        match node {
            Node::And(all) => all.iter().all(|n| self.holds(n, scope)),
            Node::Or(all) => all.iter().any(|n| self.holds(n, scope)),
            Node::Not(inner) => !self.holds(inner, scope),
            Node::Slot(slot) => {
                !scope.named && self.is_given(*slot) || self.hits(*slot, scope).next().is_some()
            }
            Node::Watch(watch) => self.watch(*watch, scope),
            Node::Field(fields, inner) => {
                let fields = fields & scope.fields;
                self.holds(inner, Scope { fields, named: true, ..scope })
            }
            Node::Sentence(inner) => self
                .sentences(scope)
                .into_iter()
                .any(|s| self.holds(inner, Scope { sentence: Some(s), ..scope })),
            Node::Near { .. } => !self.stretches(node, scope).is_empty(),
            Node::Lang(tag) => self.language.as_deref().is_some_and(|own| is_language(own, tag)),
            Node::Source(wanted) => self.source.is_some_and(|own| is_source(own, wanted)),
        }
    }

    /// Whether the condition of a watch that another names holds.
    fn watch(&self, watch: usize, scope: Scope) -> bool {
        let node = &self.rules.nodes[watch];
        if scope != Scope::ALL {
            return self.holds(node, scope);
        }
        let known = &self.known[watch];
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
            .filter(|m| scope.holds(m))
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

/// Finds the terms of one field, masks taken off, places known.
fn read(rules: &Rules, field: usize, text: &str, marks: &mut Vec<Mark>) {
    let folded = Folded::new(text);
    let finds = rules.index.search(&folded);
    if finds.is_empty() {
        return;
    }
    let mut hidden: Vec<(usize, usize, usize)> = Vec::new();
    for find in &finds {
        if let Role::Mask(concept) = rules.terms[find.term].0 {
            hidden.push((concept, find.start, find.end));
        }
    }
    hidden.sort_unstable();
    for i in 1..hidden.len() {
        if hidden[i - 1].0 == hidden[i].0 {
            hidden[i].2 = hidden[i].2.max(hidden[i - 1].2);
        }
    }
    let from = marks.len();
    for find in &finds {
        let Role::Slot(slot) = rules.terms[find.term].0 else { continue };
        if !is_masked(&hidden, slot, find.start, find.end) {
            let bytes = (folded.origin(find.start), folded.origin_end(find.end));
            let (start, end) = (Point::default(), Point::default());
            marks.push(Mark { slot, field, bytes, term: find.term, start, end });
        }
    }
    place(folded.original(), &mut marks[from..]);
}

/// Whether a find lies inside a mask, or begins in the midst of one (`Korea and EU` in `North Korea
/// and EU`). A find that begins with the mask and is longer wins over it. Masks are sorted, each
/// with the farthest end so far.
fn is_masked(masks: &[(usize, usize, usize)], slot: usize, start: usize, end: usize) -> bool {
    let reach = |until: usize| {
        until.checked_sub(1).map(|i| masks[i]).filter(|m| m.0 == slot).map_or(0, |m| m.2)
    };
    reach(masks.partition_point(|m| (m.0, m.1) <= (slot, start))) >= end
        || reach(masks.partition_point(|m| (m.0, m.1) < (slot, start))) > start
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

/// Whether a language tag is of the wanted language: `ko-KR` is `ko`.
fn is_language(own: &str, wanted: &str) -> bool {
    own.eq_ignore_ascii_case(wanted)
        || own.split(['-', '_']).next().is_some_and(|main| main.eq_ignore_ascii_case(wanted))
}

/// Whether a source's id is the wanted one, or begins with it (`msit*`).
fn is_source(own: &str, wanted: &str) -> bool {
    match wanted.strip_suffix('*') {
        Some(head) => own.to_lowercase().starts_with(head),
        None => own.eq_ignore_ascii_case(wanted),
    }
}
