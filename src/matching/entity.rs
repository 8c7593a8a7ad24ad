//! Character references (`&amp;`, `&#183;`) as they stand in texts that were escaped once or more.
//!
//! Knows one place of a text at a time. Called by `fold`.

use crate::lang::entities::{Ends, behind, meant, named};

/// Escaped more often than this is no text but a trap: each round is read again for every question
/// about the character.
const ROUNDS_MAX: usize = 8;

/// What stands at this byte of a text: its length, and the character that it is or stands for;
/// `None` for an entity of several characters or of none, and at the end.
pub(super) fn piece(text: &str, at: usize) -> (usize, Option<char>) {
    let Some(first) = text.get(at..).and_then(|rest| rest.chars().next()) else { return (0, None) };
    if first != '&' {
        return (first.len_utf8(), Some(meant(first)));
    }
    let mut len = 1;
    let mut value = Some('&');
    // `&amp;amp;middot;` is a dot: as long as an entity gives `&`, what follows may be one too.
    for _ in 0..ROUNDS_MAX {
        if value != Some('&') {
            break;
        }
        let after = text.get(at + len..).unwrap_or_default();
        let Some((meaning, more)) = behind(after, Ends::Closed) else { break };
        len += more;
        value = meaning.one();
    }
    (len, value)
}

/// The characters of the entity of several that stands here.
pub(super) fn several(text: &str, at: usize, len: usize) -> impl Iterator<Item = char> {
    let name = text.get(at..at + len).unwrap_or_default().trim_end_matches(';');
    let name = name.rsplit(['&', ';']).next().unwrap_or_default();
    named(name).unwrap_or_default().chars()
}
