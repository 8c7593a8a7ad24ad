//! What the walk found: facts about the feed and about each item, still as the document has them.
//!
//! Values and the choice among them; must never see markup. Made by `walk`, read by `complete`.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use crate::parse::complete::vocabulary::Field;

/// Facts kept of one item: the richest seen has about 60; a hostile one must not fill the memory.
pub const FACTS_MAX: usize = 256;

/// Facts of an ordinary item.
const FACTS_USUAL: usize = 12;

/// How a text is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text that is what it says.
    Plain,
    /// HTML, or text that may be HTML.
    Html,
    /// HTML by declaration.
    Markup,
}

/// One thing that the document says.
#[derive(Clone, Debug)]
pub struct Fact<'a> {
    /// What it is about.
    pub field: Field,
    /// Lower is believed first.
    pub rank: u8,
    /// What it says, references decoded once.
    pub value: Cow<'a, str>,
    /// How to read it.
    pub kind: Kind,
    /// Index of the base against which its addresses are relative.
    pub base: usize,
    /// Index of the language of what its address leads to; 0: none is named.
    pub language: u16,
}

impl Fact<'_> {
    fn place(&self) -> (Field, u8) {
        (self.field, self.rank)
    }
}

/// Everything said of one feed or item, in document order.
#[derive(Clone, Debug, Default)]
pub struct Note<'a> {
    /// The facts.
    pub facts: Vec<Fact<'a>>,
    /// Facts beyond the limit.
    pub dropped: usize,
}

impl<'a> Note<'a> {
    /// Of an item, with room for what most say.
    pub fn of_item() -> Self {
        Self { facts: Vec::with_capacity(FACTS_USUAL), dropped: 0 }
    }

    /// Adds a fact, unless it is empty or one too many.
    pub fn add(&mut self, fact: Fact<'a>) {
        if fact.value.chars().all(char::is_whitespace) {
            return;
        }
        if self.facts.len() < FACTS_MAX {
            self.facts.push(fact);
        } else {
            self.dropped += 1;
        }
    }

    /// When a settled item is from, as far as `read` reads it.
    pub(super) fn date(
        &self,
        read: &dyn Fn(&str) -> Option<DateTime<Utc>>,
    ) -> Option<DateTime<Utc>> {
        let first = |field| self.all(field).iter().find_map(|fact| read(&fact.value));
        first(Field::Published).or_else(|| first(Field::Updated))
    }

    /// Sorts what is said, once nothing more is added: by field, the most believed first.
    pub fn settle(&mut self) {
        self.facts.sort_by_key(Fact::place);
    }

    /// All that is said of a field in a settled note, the most believed first.
    pub fn all(&self, field: Field) -> &[Fact<'a>] {
        debug_assert!(self.facts.is_sorted_by_key(Fact::place), "the note is not settled");
        let from = self.facts.partition_point(|fact| fact.field < field);
        let rest = self.facts.get(from..).unwrap_or_default();
        let count = rest.partition_point(|fact| fact.field == field);
        rest.get(..count).unwrap_or_default()
    }

    /// The most believed of what is said of a field in a settled note.
    pub fn best(&self, field: Field) -> Option<&Fact<'a>> {
        self.all(field).first()
    }
}

/// What the walk found in a document.
#[derive(Debug)]
pub struct Notes<'a> {
    /// Of the feed.
    pub feed: Note<'a>,
    /// Of each item, in document order.
    pub items: Vec<Note<'a>>,
    /// `xml:base` values with the index of the base that each stands on; the first is the document's.
    pub bases: Vec<(Cow<'a, str>, usize)>,
    /// `hreflang` values; the first stands for none.
    pub languages: Vec<Cow<'a, str>>,
    /// Which format the root element names.
    pub format: crate::parse::Format,
}
