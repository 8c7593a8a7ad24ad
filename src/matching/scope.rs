//! Where hits are looked for: fields, sentences, and what a label counts for.
//!
//! Knows no hits and no conditions. Called by `eval`, and by `explain` for the names of fields.

use crate::matching::query::field;
use crate::model::decision::Field;

/// Fields in reading order, with their bit; categories follow, each a field of its own.
pub(super) const FIELDS: [(Field, u8); 3] =
    [(Field::Title, field::TITLE), (Field::Summary, field::LEAD), (Field::Body, field::BODY)];

/// Of an item's categories no more are read.
pub(super) const CATEGORIES_MAX: usize = 100;

/// Labels that name more than this say where an item is listed, not what it is of (the 27 member states,
/// everybody who joined a programme): only `category:` asks them. An article bears a dozen at most.
const LABELS_MAX: usize = 15;

/// A field by its number in marks, with its bit.
pub(super) fn field_of(number: usize) -> (Field, u8) {
    let category = |index| (Field::Category(index as u16), field::CATEGORY);
    FIELDS.get(number).copied().unwrap_or_else(|| category(number - FIELDS.len()))
}

/// Where hits are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scope {
    pub(super) fields: u8,
    /// A field was named: the publisher's side has no place in it.
    pub(super) named: bool,
    /// What is found here bars an item: a label does not, unless by name.
    pub(super) barring: bool,
    pub(super) sentence: Option<(usize, usize)>,
}

impl Scope {
    /// The whole item.
    pub(super) const ALL: Self =
        Self { fields: field::ALL, named: false, barring: false, sentence: None };

    /// Wherever it is found.
    pub(super) const ANYWHERE: Self = Self { named: true, ..Self::ALL };

    /// The part of it that lies in these fields.
    pub(super) fn field(self, fields: u8) -> Self {
        Self { fields: fields & self.fields, named: true, ..self }
    }

    /// Whether a hit in this sentence of a field lies in it.
    pub(super) fn holds(&self, field: usize, sentence: usize) -> bool {
        self.fields & field_of(field).1 != 0
            && self.sentence.is_none_or(|own| own == (field, sentence))
    }

    /// Where NEAR measures: among labels by name only.
    pub(super) fn measured(self) -> Self {
        let fields = if self.named { self.fields } else { self.fields & field::TEXT };
        Self { fields, ..self }
    }

    /// Whether it is the whole item: for what speaks for it (0), for what bars it (1).
    pub(super) fn whole(self) -> Option<usize> {
        let kind = usize::from(self.barring);
        (Self { barring: false, ..self } == Self::ALL).then_some(kind)
    }
}

/// Whether labels name so few things that each says something of the item.
pub(super) fn are_few(categories: &[&str]) -> bool {
    let names = categories.iter().flat_map(|label| label.split([',', ';', '|']));
    names.filter(|name| !name.trim().is_empty()).take(LABELS_MAX + 1).count() <= LABELS_MAX
}
