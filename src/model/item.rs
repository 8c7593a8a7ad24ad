//! An item: one normalized news entry of a source; and the draft it was before the store knew it.
//! `parse` makes drafts; only `store` makes an item of one, because only it knows what was there.

use chrono::{DateTime, Utc};
use url::Url;

/// What a parser hands over: clean, absolute, dated where it was certain, not yet known or new.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// The publisher's own id, verbatim (`guid`, Atom `id`), for show and for scoring only.
    pub guid: Option<String>,
    /// Plain text, one line.
    pub title: String,
    /// Absolute, http or https.
    pub link: Option<Url>,
    /// The lead, as plain text.
    pub summary: String,
    /// The full text, as plain text; empty when the source gives none.
    pub body: String,
    /// When it was published, if the source said so beyond doubt.
    pub published: Option<DateTime<Utc>>,
    /// When it was last changed, likewise.
    pub updated: Option<DateTime<Utc>>,
    /// BCP 47, if the source said so.
    pub language: Option<String>,
    /// Names, without e-mail addresses where a name is given.
    pub authors: Vec<String>,
    /// Categories and tags.
    pub categories: Vec<String>,
}

/// An item as the store knows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The store's number for it.
    pub id: i64,
    /// The source it came from.
    pub source: String,
    /// When it was first seen.
    pub seen_at: DateTime<Utc>,
    /// 1 for the first version, one more for each edit.
    pub version: u32,
    /// What it says now.
    pub draft: Draft,
}
