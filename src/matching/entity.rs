//! Character references (`&amp;`, `&#183;`) as they stand in texts that were escaped once or more.
//!
//! Knows one place of a text at a time. Called by `fold`.

use crate::model::html5::resolve;

/// A name of an entity is no longer than this (the longest of HTML has 31 letters).
const ENTITY_BYTES_MAX: usize = 34;

/// Escaped more often than this is no text but a trap: each round is read again for every question
/// about the character.
const ROUNDS_MAX: usize = 8;

/// What stands at this byte of a text: its length, and the character that it is or stands for;
/// `None` for an entity of several characters and at the end.
pub(super) fn piece(text: &str, at: usize) -> (usize, Option<char>) {
    let Some(first) = text.get(at..).and_then(|rest| rest.chars().next()) else { return (0, None) };
    if first != '&' {
        return (first.len_utf8(), Some(first));
    }
    let mut len = 1;
    let mut value = Some('&');
    // `&amp;amp;middot;` is a dot: as long as an entity gives `&`, what follows may be one too.
    for _ in 0..ROUNDS_MAX {
        if value != Some('&') {
            break;
        }
        let Some((more, next)) = entity(text, at + len) else { break };
        len += more;
        value = next;
    }
    (len, value)
}

/// The characters of the entity of several that stands here.
pub(super) fn several(text: &str, at: usize, len: usize) -> impl Iterator<Item = char> {
    let name = text.get(at..at + len).unwrap_or_default().trim_end_matches(';');
    let name = name.rsplit(['&', ';']).next().unwrap_or_default();
    resolve(name).unwrap_or_default().chars()
}

/// The entity whose name begins at this byte, behind its `&`: its length with the semicolon, and
/// its character if it is one.
fn entity(text: &str, at: usize) -> Option<(usize, Option<char>)> {
    let bytes = text.as_bytes();
    let window = bytes.get(at..(at + ENTITY_BYTES_MAX).min(bytes.len()))?;
    let end = window.iter().position(|b| !b.is_ascii_alphanumeric() && *b != b'#')?;
    if window[end] != b';' || end == 0 {
        return None;
    }
    let name = text.get(at..at + end)?;
    let value = if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        Some(char::from_u32(code)?)
    } else {
        let mut decoded = resolve(name)?.chars();
        decoded.next().filter(|_| decoded.next().is_none())
    };
    Some((end + 1, value))
}
