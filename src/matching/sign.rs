//! Signs at the edges of a term that belong to its name: `C++`, `C#`, `.NET`, `#EU`, `Erasmus+`.
//!
//! Folding drops every sign; these the text must have as well, right at the word. All other
//! punctuation at an edge (`Yahoo!`, `Inc.`) says nothing. Called by `term`.

use crate::matching::chars;
use crate::matching::entity::piece;
use crate::matching::fold::Folded;
use crate::matching::term::Place;

/// Signs that begin a name, and that end one: a full stop behind a word is the sentence's.
const BEFORE: &[char] = &['.', '#', '+'];
const BEHIND: &[char] = &['#', '+'];

/// The signs of one term, from the word outwards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Signs {
    before: Vec<char>,
    behind: Vec<char>,
}

impl Signs {
    /// Of a term.
    pub(super) fn of(term: &Folded<'_>) -> Self {
        let text = term.original();
        let head = text.get(..term.origin(0)).unwrap_or_default().chars().rev();
        let tail = text.get(term.origin_end(term.letters().len())..).unwrap_or_default().chars();
        let signs = |side: &mut dyn Iterator<Item = char>, known: &[char]| {
            side.map(chars::opened).take_while(|c| known.contains(c)).collect()
        };
        Self { before: signs(&mut { head }, BEFORE), behind: signs(&mut { tail }, BEHIND) }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.before.len() + self.behind.len()
    }

    /// The bytes of a find of the term's letters with the signs round it; `None` if one is lacking, or
    /// if there are more of them: `C+` is not in `C++`, and `.net` not in `example.net`.
    pub(super) fn round(&self, text: &Folded<'_>, place: Place) -> Option<(usize, usize)> {
        let mut from = text.origin_near(place.start, place.run);
        let mut to = text.origin_end_near(place.end, place.run);
        if let Some(last) = self.before.last() {
            let mut head = text.original().get(..from)?.char_indices().rev();
            for sign in &self.before {
                from = head.next().filter(|(_, c)| chars::opened(*c) == *sign)?.0;
            }
            let more = |c: char| c == *last || c.is_ascii_alphanumeric();
            if head.next().is_some_and(|(_, c)| more(chars::opened(c))) {
                return None;
            }
        }
        if let Some(last) = self.behind.last() {
            let sign_at = |at: usize| {
                let (len, c) = piece(text.original(), at);
                (at + len, c.map(chars::opened))
            };
            for sign in &self.behind {
                let (next, c) = sign_at(to);
                c.filter(|c| c == sign)?;
                to = next;
            }
            if sign_at(to).1 == Some(*last) {
                return None;
            }
        }
        Some((from, to))
    }
}
