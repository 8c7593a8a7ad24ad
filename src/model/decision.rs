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
}

impl Field {
    /// The name used in queries, in JSON and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Summary => "summary",
            Self::Body => "body",
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

/// A stretch of a field, in characters (not bytes) of the original text.
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
    /// For an item that no watch flags: the watch that came nearest and what was lacking.
    pub near_miss: Option<NearMiss>,
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
