//! One field of an item, folded: the stream of bare letters that terms are looked for in, and the
//! way back from every letter to the original text.
//!
//! Entities are decoded, compatibility forms opened, case and Latin marks dropped, Hangul composed,
//! hanja of headlines read as Hangul; everything that is no letter and no digit leaves the stream
//! and becomes a gap before the next letter. What kind of gap it was is read from the original
//! when a term asks. Knows nothing of terms. Called by `index`, for texts and for terms alike.

use quick_xml::escape::resolve_html5_entity;
use unicode_normalization::char::compose;

use crate::matching::chars;

/// The bit of an origin that says: a gap stands before this letter.
const GAP: u32 = 1 << 31;

/// A name of an entity is no longer than this (the longest of HTML has 31 letters).
const ENTITY_BYTES_MAX: usize = 34;

/// Text beyond this (bytes) is not read: offsets keep one bit for themselves.
const TEXT_BYTES_MAX: usize = (GAP - 1) as usize;

/// A folded text.
pub(super) struct Folded<'a> {
    original: &'a str,
    text: String,
    origin: Vec<u32>,
    gap: bool,
}

impl<'a> Folded<'a> {
    /// Folds a text.
    pub(super) fn new(original: &'a str) -> Self {
        let mut folded = Self {
            original,
            text: String::with_capacity(original.len()),
            origin: Vec::with_capacity(original.len()),
            gap: false,
        };
        let end = original.floor_char_boundary(TEXT_BYTES_MAX);
        let mut at = 0;
        while at < end {
            at = folded.fast(at, end);
            if at < end {
                at = folded.slow(at);
            }
        }
        folded
    }

    /// The letters, without anything between them.
    pub(super) fn letters(&self) -> &str {
        &self.text
    }

    /// The text as it was given.
    pub(super) fn original(&self) -> &'a str {
        self.original
    }

    /// Whether something other than letters stands before the letter at this byte.
    pub(super) fn gap_before(&self, at: usize) -> bool {
        self.origin.get(at).is_none_or(|o| o & GAP != 0)
    }

    /// Where the letter at this byte begins in the original, in bytes.
    pub(super) fn origin(&self, at: usize) -> usize {
        self.origin.get(at).map_or(self.original.len(), |o| (o & !GAP) as usize)
    }

    /// Where the letter that ends before this byte ends in the original, in bytes.
    pub(super) fn origin_end(&self, end: usize) -> usize {
        let Some(last) = end.checked_sub(1) else { return 0 };
        let mut at = self.origin(last);
        at += piece(self.original, at).0;
        let next = self.origin(end);
        while at < next {
            let (len, c) = piece(self.original, at);
            if !c.is_some_and(|c| chars::continues(chars::opened(c))) {
                break;
            }
            at += len;
        }
        at
    }

    /// The letter at this byte, a character boundary.
    pub(super) fn letter_at(&self, at: usize) -> Option<char> {
        self.text.get(at..).and_then(|rest| rest.chars().next())
    }

    /// The letter that ends at this byte, a character boundary.
    pub(super) fn letter_before(&self, at: usize) -> Option<char> {
        self.text.get(..at).and_then(|head| head.chars().next_back())
    }

    /// The character of the original that the letter at this byte came from.
    pub(super) fn source_at(&self, at: usize) -> Option<char> {
        piece(self.original, self.origin(at)).1
    }

    /// What the gap before the letter at this byte is made of, as bits of `chars::gap`.
    pub(super) fn gap_kinds(&self, at: usize) -> u8 {
        let (mut from, to) = (self.origin_end(at), self.origin(at));
        let mut kinds = 0;
        while from < to {
            let (len, c) = piece(self.original, from);
            kinds |= c.map_or(0, chars::gap_kind);
            from += len.max(1);
        }
        kinds
    }

    /// Plain ASCII and composed Hangul, which are most of every text, up to the first byte that
    /// needs a closer look.
    fn fast(&mut self, mut at: usize, end: usize) -> usize {
        let bytes = self.original.as_bytes();
        while at < end {
            let byte = bytes[at];
            if byte.is_ascii_alphanumeric() {
                let mark = self.mark(at);
                self.text.push(byte.to_ascii_lowercase() as char);
                self.origin.push(mark);
                at += 1;
            } else if byte == b'&' {
                break;
            } else if byte.is_ascii() {
                self.gap |= byte > b' ' && byte != 0x7F || byte.is_ascii_whitespace();
                at += 1;
            } else if let Some(syllable) = hangul(bytes, at) {
                self.text.push(syllable);
                let mark = self.mark(at);
                let rest = mark & !GAP;
                self.origin.extend([mark, rest, rest]);
                at += 3;
            } else {
                break;
            }
        }
        at
    }

    /// One character or entity of the other kind; where the next begins.
    fn slow(&mut self, at: usize) -> usize {
        let (len, c) = piece(self.original, at);
        let Some(c) = c else {
            self.decoded(at, len);
            return at + len.max(1);
        };
        if chars::is_han(c) && len == c.len_utf8() {
            return self.han(at);
        }
        self.put(c, at);
        at + len.max(1)
    }

    /// A run of Han: read as Hangul when it is a Korean headline's shorthand.
    fn han(&mut self, from: usize) -> usize {
        let rest = self.original.get(from..).unwrap_or_default();
        let run = rest.find(|c| !chars::is_han(c) && !is_dropped(c)).unwrap_or(rest.len());
        let (run, after) = rest.split_at(run);
        let before =
            self.original.get(..from).and_then(|head| head.chars().rfind(|c| !is_dropped(*c)));
        let kana = |c: Option<char>| c.is_some_and(chars::is_kana);
        let han = || run.char_indices().filter(|(_, c)| !is_dropped(*c));
        let korean = !kana(before)
            && !kana(after.chars().next())
            && han().all(|(_, c)| chars::hanja(unify(c)).is_some());
        for (i, c) in han() {
            let c = unify(c);
            self.push(if korean { chars::hanja(c).unwrap_or(c) } else { c }, from + i);
        }
        from + run.len()
    }

    /// An entity of several characters.
    fn decoded(&mut self, at: usize, len: usize) {
        let name = self.original.get(at + 1..at + len).unwrap_or_default().trim_end_matches(';');
        for c in resolve_html5_entity(name).unwrap_or_default().chars() {
            self.put(c, at);
        }
    }

    /// One decoded character.
    fn put(&mut self, c: char, at: usize) {
        if is_dropped(c) || chars::is_latin_mark(c) {
            return;
        }
        if chars::gap_kind(c) != 0 {
            self.gap = true;
        } else if let Some(hangul) = chars::hanja(unify(c)) {
            self.push(hangul, at);
        } else {
            chars::letters(c, &mut |letter| {
                if chars::gap_kind(letter) == 0 {
                    self.push(letter, at);
                } else {
                    self.gap = true;
                }
            });
        }
    }

    /// One folded letter; what continues the letter before it joins it.
    fn push(&mut self, letter: char, at: usize) {
        if chars::continues(letter) {
            if self.gap || self.text.is_empty() {
                return;
            }
            let whole = self.text.chars().next_back().and_then(|last| compose(last, letter));
            if let Some(whole) = whole {
                let last = self.text.pop().map_or(0, char::len_utf8);
                let origin = self.origin[self.origin.len() - last];
                self.origin.truncate(self.origin.len() - last);
                self.text.push(whole);
                self.origin.push(origin);
                self.origin.extend(std::iter::repeat_n(origin & !GAP, whole.len_utf8() - 1));
                return;
            }
        }
        let mark = self.mark(at);
        self.text.push(letter);
        self.origin.push(mark);
        self.origin.extend(std::iter::repeat_n(mark & !GAP, letter.len_utf8() - 1));
    }

    /// The origin of a letter at this byte, which takes up the gap before it.
    fn mark(&mut self, at: usize) -> u32 {
        at as u32 | if std::mem::take(&mut self.gap) { GAP } else { 0 }
    }
}

/// The text as matching sees it: folded letters, one space for every gap between them.
#[cfg(test)]
pub(super) fn plain(text: &str) -> String {
    let folded = Folded::new(text);
    let mut plain = String::new();
    for (at, letter) in folded.letters().char_indices() {
        if at > 0 && folded.gap_before(at) {
            plain.push(' ');
        }
        plain.push(letter);
    }
    plain
}

/// A composed Hangul syllable at this byte, unless a final consonant follows in pieces.
fn hangul(bytes: &[u8], at: usize) -> Option<char> {
    let [lead @ 0xEA..=0xED, middle, last] = *bytes.get(at..at + 3)? else { return None };
    if bytes.get(at + 3) == Some(&0xE1) {
        return None;
    }
    let code =
        u32::from(lead & 0x0F) << 12 | u32::from(middle & 0x3F) << 6 | u32::from(last & 0x3F);
    char::from_u32(code).filter(|c| matches!(c, '\u{AC00}'..='\u{D7A3}'))
}

/// Whether a character is as if it were not there.
fn is_dropped(c: char) -> bool {
    chars::is_nothing(c) || c.is_control() && !c.is_whitespace()
}

/// The ordinary form of a Han compatibility character.
fn unify(c: char) -> char {
    let mut unified = c;
    if chars::is_han(c) {
        unicode_normalization::char::decompose_canonical(c, |d| unified = d);
    }
    unified
}

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
    while value == Some('&') {
        let Some((more, next)) = entity(text, at + len) else { break };
        len += more;
        value = next;
    }
    (len, value)
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
        let mut decoded = resolve_html5_entity(name)?.chars();
        decoded.next().filter(|_| decoded.next().is_none())
    };
    Some((end + 1, value))
}
