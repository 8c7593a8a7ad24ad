//! Watches and the concepts that they combine: what the user wants to hear of.
//!
//! `config` fills these from TOML; `matching` compiles them and reports faults in queries and
//! terms by the places kept here.

use crate::model::fault::Place;

/// One idea with its terms in several languages.
#[derive(Clone, Debug, PartialEq)]
pub struct Concept {
    /// Unique, `[a-z0-9-]+`; a query names it `@id`.
    pub id: String,
    /// The terms of all languages.
    pub terms: Vec<Term>,
    /// Phrases inside which a hit of this concept does not count.
    pub unless: Vec<Term>,
    /// Concepts that a hit of this one counts for as well (a joint undertaking names both parties).
    pub implies: Vec<String>,
    /// Where it is configured.
    pub place: Place,
}

/// One watch term as written by the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The text; a trailing `*` allows any ending. `+` and `#` behind the last letter, `.`, `+` and `#`
    /// before the first are part of it (`C++`, `.NET`); other signs at its edges are not.
    pub text: String,
    /// `en`, `ko`, …; `None` for any.
    pub language: Option<String>,
    /// No particles, plurals, compounds or folded spaces: this very word.
    pub exact: bool,
    /// Upper and lower case must be as written.
    pub case: bool,
    /// Where it is configured.
    pub place: Place,
}

/// What the user wants to hear of.
#[derive(Clone, Debug, PartialEq)]
pub struct Watch {
    /// Unique, `[a-z0-9-]+`.
    pub id: String,
    /// For people.
    pub title: String,
    /// The condition.
    pub rule: Rule,
    /// Receivers by id; empty for every receiver.
    pub notify: Vec<String>,
    /// Whether an edit of an item already alerted is worth another alert.
    pub updates: bool,
    /// Headlines that it must flag; `bongsu check` runs them.
    pub must_match: Vec<Example>,
    /// Headlines that it must not flag.
    pub must_not_match: Vec<Example>,
    /// Off watches are compiled and checked, but flag nothing.
    pub enabled: bool,
    /// Where it is configured.
    pub place: Place,
}

impl Watch {
    /// Where its query stands, or else the watch itself.
    pub fn query_place(&self) -> &Place {
        self.rule.when.as_ref().map_or(&self.place, |query| &query.place)
    }
}

/// The condition of a watch: a query, or plain lists of watch terms; all parts must hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rule {
    /// A query (`@eu AND @korea AND NOT "North Korea"`).
    pub when: Option<Query>,
    /// At least one of these terms, when there are any.
    pub any: Vec<Term>,
    /// Every one of these terms.
    pub all: Vec<Term>,
    /// None of these terms.
    pub none: Vec<Term>,
}

/// A query as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// What it says.
    pub text: String,
    /// Where it begins.
    pub place: Place,
    /// Line and column of each of its characters and of its end, where it stands in a file.
    pub spots: Vec<(usize, usize)>,
}

impl Query {
    /// A query that stands in no file, or where nobody minds.
    pub fn new(text: impl Into<String>, place: Place) -> Self {
        Self { text: text.into(), place, spots: Vec::new() }
    }

    /// Where a character of it stands.
    pub fn at(&self, char: usize) -> Place {
        let spot = self.spots.get(char).or(self.spots.last());
        match spot {
            Some(&(line, column)) => Place { line, column, ..self.place.clone() },
            None => self.place.clone(),
        }
    }
}

/// A headline that shows what a watch is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The headline.
    pub title: String,
    /// Where it is configured.
    pub place: Place,
}
