//! A decision: what the watches say of an item, with the reasons that travel with it.
//! `matching` makes it, `store` keeps it, `render` explains by it.

/// A piece of an item's text in which terms are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// The headline.
    Title,
    /// The lead.
    Summary,
    /// The full text.
    Body,
    /// One of its categories, by its number from 0.
    Category(u16),
}

impl Field {
    /// The name used in queries, in JSON and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Summary => "summary",
            Self::Body => "body",
            Self::Category(_) => "category",
        }
    }

    /// Which of several it is, from 0; `None` where there is only one.
    pub fn index(self) -> Option<usize> {
        match self {
            Self::Category(index) => Some(usize::from(index)),
            Self::Title | Self::Summary | Self::Body => None,
        }
    }
}

/// A term found in an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The concept whose term it is; `None` for a watch's own term.
    pub concept: Option<String>,
    /// The term as configured.
    pub term: String,
    /// Where it was found; `None` when the publisher implies the concept.
    pub found: Option<Span>,
}

/// A stretch of a field, in characters (not bytes) of the original text; of a category, of that
/// category's own text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The field.
    pub field: Field,
    /// First character.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
}

/// A watch that flags the item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// The watch.
    pub watch: String,
    /// Its title.
    pub title: String,
    /// Why, for people: `eu: "EU" in the title · korea: publisher · quantum: "양자기술" in the title`.
    pub reason: String,
    /// Indexes into the decision's hits.
    pub hits: Vec<usize>,
    /// The same as the reason, piece by piece.
    pub evidence: Vec<Evidence>,
}

/// One piece of a reason: what was found, in the words of the text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The concept that it shows; `None` for a watch's own term.
    pub concept: Option<String>,
    /// The words as they stand in the text; of a publisher, nothing.
    pub surface: String,
    /// Where they stand; `None` when the publisher implies the concept.
    pub found: Option<Span>,
    /// The sentence round them, cut to a few hundred characters.
    pub sentence: String,
}

/// What one watch says of one item: for people who ask why, and why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The watch.
    pub watch: String,
    /// Its title.
    pub title: String,
    /// A watch that is off is asked as well, but flags nothing.
    pub enabled: bool,
    /// Whether its condition holds.
    pub holds: bool,
    /// What was found of what it asks for.
    pub found: Vec<Evidence>,
    /// What it asks for and was not found, in words; empty when it holds.
    pub missing: Vec<String>,
    /// What was found that it rules out, in words; empty when it holds.
    pub barred: Vec<String>,
    /// Parts of its condition that hold by what was found, and parts in all: how near it came.
    pub score: (usize, usize),
}

/// What all watches say of one item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// The watches that flag it, in the order configured.
    pub flags: Vec<Flag>,
    /// Concepts present, sorted, those implied included.
    pub concepts: Vec<String>,
    /// Every hit, in reading order.
    pub hits: Vec<Hit>,
}

/// How near an item came to being flagged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearMiss {
    /// The watch.
    pub watch: String,
    /// What was found and what was not: `semiconductors found; eu missing`.
    pub lacking: String,
}

impl Decision {
    /// Whether any watch flags the item.
    pub fn is_flagged(&self) -> bool {
        !self.flags.is_empty()
    }
}
