//! Addresses in texts, which are no words: `https://www.seoul.example/news/semiconductor` says nothing
//! of Seoul, `chips.eu` nothing of the EU.
//!
//! Owns what an address is and where it ends; it knows no terms and no letters. One walk over the text,
//! from dot to dot: every byte is looked at a bounded number of times. Called by `fold` for texts
//! (never for terms), and by `suggest`.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use memchr::memchr3;
use unicode_normalization::UnicodeNormalization as _;

use crate::matching::chars::{self, Script};
use crate::matching::entity::piece;

/// Top-level domains in ASCII: those of IANA's root zone (iana.org/domains/root/db), as the ICANN part of
/// the public suffix list of November 2026 has them. Those of other scripts are known by `xn--`.
const TABLE: &str = include_str!("tlds.txt");

/// Special-use names that texts bear as well (RFC 2606 and 6761, RFC 7686).
const SPECIAL: [&str; 5] = ["example", "invalid", "localhost", "onion", "test"];

pub(super) static DOMAINS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| TABLE.split_whitespace().chain(SPECIAL).collect());

/// A bracket within an address closes within so many bytes, or it is the text's.
const BRACKET_MAX: usize = 60;

/// A letter is written in no more pieces than these.
const PIECES_MAX: usize = 16;

/// The addresses of a text, as bytes, in reading order.
pub(super) struct Addresses<'t> {
    text: &'t str,
    /// What is before is told already.
    at: usize,
}

impl<'t> Addresses<'t> {
    /// Of a text.
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// The address round a sign that may belong to one; and where to look on.
    fn round(&self, sign: usize) -> (Option<Range<usize>>, usize) {
        let bytes = self.text.as_bytes();
        match bytes[sign] {
            b':' if bytes.get(sign + 1..sign + 3) == Some(b"//") => {
                let name = |b: &u8| b.is_ascii_alphabetic();
                let start = back(bytes, self.at, sign, name);
                if start == sign {
                    return (None, sign + 1);
                }
                let end = Tail::behind_scheme(self.text, sign + 3);
                // `https://` alone is none.
                (Some(start..end).filter(|_| end > sign + 3), end.max(sign + 3))
            }
            b'@' => {
                let local = |b: &u8| is_label(*b) || matches!(b, b'.' | b'+' | b'%');
                let start = back(bytes, self.at, sign, local);
                let host = host(bytes, sign + 1);
                let labels = bytes.get(sign + 1..host).unwrap_or_default();
                // `EU@Work.2026` is no mailbox: a domain begins with a letter.
                let domain = labels.rsplit(|b| *b == b'.').next().and_then(|d| d.first());
                let is_host = labels.contains(&b'.') && domain.is_some_and(u8::is_ascii_alphabetic);
                if start == sign || !is_host {
                    return (None, sign + 1);
                }
                let end = Tail::behind_host(self.text, host);
                (Some(start..end), end)
            }
            b'.' if is_joined(bytes, sign) => {
                let start = labels_before(bytes, self.at, sign);
                let end = host(bytes, sign + 1);
                // A mailbox begins with what might be a host.
                if bytes.get(end) == Some(&b'@') {
                    return (None, end);
                }
                let found = self.host(start, end);
                let looked = found.as_ref().map_or(end, |found| found.end);
                (found, looked)
            }
            _ => (None, sign + 1),
        }
    }

    /// The address whose labels these bytes are.
    fn host(&self, start: usize, end: usize) -> Option<Range<usize>> {
        let labels = self.text.get(start..end)?;
        // `EU.www.seoul.example`: a space was lost before it.
        let www = |(at, _): &(usize, &str)| {
            *at == 0 || labels.as_bytes().get(at - 1).is_some_and(|before| *before == b'.')
        };
        let lower = labels.to_ascii_lowercase();
        if let Some((at, _)) = lower.match_indices("www.").find(www) {
            return Some(start + at..Tail::behind_host(self.text, end));
        }
        let plain =
            |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.');
        let domain = labels.rsplit('.').next().unwrap_or_default();
        let named = domain.len() >= 2 && domain.bytes().all(|b| b.is_ascii_lowercase());
        if !labels.bytes().all(plain) || self.is_within_a_word(start) {
            return None;
        }
        let path = |b: &u8| *b == b'/' || *b >= 0x80 || b.is_ascii_alphanumeric();
        let behind = self.text.as_bytes().get(end..).unwrap_or_default();
        let has_path = matches!(behind, [b'/', next, ..] if path(next));
        let known = domain.starts_with("xn--") || DOMAINS.contains(domain);
        // Asked for before the walk: what is no address must not be walked over again and again.
        (known || named && has_path).then(|| start..Tail::behind_host(self.text, end))
    }

    /// Whether what stands before a host makes its first label one of another script: `한국eu.kr`,
    /// `개최.eu.int`.
    fn is_within_a_word(&self, start: usize) -> bool {
        let before = self.text.get(..start).unwrap_or_default().chars().rev();
        // Letters may come in pieces.
        let mut before = before.take(PIECES_MAX).filter(|c| !chars::continues(*c));
        let joined = match before.next() {
            Some('.') => before.next(),
            other => other,
        };
        joined.is_some_and(char::is_alphanumeric)
    }
}

impl Iterator for Addresses<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let bytes = self.text.as_bytes();
        let mut from = self.at;
        loop {
            let sign = from + memchr3(b'.', b':', b'@', bytes.get(from..)?)?;
            let (found, looked) = self.round(sign);
            from = looked.max(sign + 1);
            if found.is_some() {
                self.at = from;
                return found;
            }
        }
    }
}

/// Whether a text is, or holds, an address.
pub(super) fn has_address(text: &str) -> bool {
    Addresses::new(text).next().is_some()
}

fn is_label(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')
}

/// Whether a dot stands between two labels.
fn is_joined(bytes: &[u8], dot: usize) -> bool {
    let is = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(|b| is_label(*b));
    is(dot.checked_sub(1)) && is(dot.checked_add(1))
}

/// Where such bytes before `end` begin.
fn back(bytes: &[u8], from: usize, end: usize, is: impl Fn(&u8) -> bool) -> usize {
    let run = bytes.get(from..end).unwrap_or_default();
    end - run.iter().rev().take_while(|b| is(b)).count()
}

/// Where the labels that a dot joins begin.
fn labels_before(bytes: &[u8], from: usize, dot: usize) -> usize {
    let mut start = back(bytes, from, dot, |b| is_label(*b));
    while start > from && bytes[start - 1] == b'.' && is_joined(bytes, start - 1) {
        let next = back(bytes, from, start - 1, |b| is_label(*b));
        if next == start - 1 {
            break;
        }
        start = next;
    }
    start
}

/// Where the labels that begin here end.
fn host(bytes: &[u8], start: usize) -> usize {
    let label = |from: usize| {
        let run = bytes.get(from..).unwrap_or_default();
        from + run.iter().take_while(|b| is_label(**b)).count()
    };
    let mut end = label(start);
    while bytes.get(end) == Some(&b'.') && end > start && is_joined(bytes, end) {
        end = label(end + 1);
    }
    end
}

/// What stands before a character of an address.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// A letter or digit of a spaced script: Hangul behind it is a particle (`https://seoul.example에서`).
    Word,
    /// A sign that divides an address: Hangul behind it is its own (`/wiki/반도체`).
    Sign,
    /// A full stop or another sign that ends sentences as well.
    Stop,
    /// Hangul, Han or kana that belongs to it.
    Unspaced,
}

/// The rest of an address, walked.
struct Tail<'t> {
    text: &'t str,
    at: usize,
    before: Before,
    is_query: bool,
    bracket: bool,
}

impl<'t> Tail<'t> {
    /// Where an address ends whose scheme ends here.
    fn behind_scheme(text: &'t str, at: usize) -> usize {
        let mut tail = Tail { text, at, before: Before::Sign, is_query: false, bracket: false };
        tail.host();
        tail.rest()
    }

    /// Where an address ends whose host ends here: behind port, path, query and fragment.
    fn behind_host(text: &'t str, at: usize) -> usize {
        let bytes = text.as_bytes();
        let port = |at: usize| {
            let digits = bytes.get(at + 1..).unwrap_or_default();
            at + 1 + digits.iter().take_while(|b| b.is_ascii_digit()).count()
        };
        let mut end = at;
        if bytes.get(end) == Some(&b':') && port(end) > end + 1 {
            end = port(end);
        }
        if !matches!(bytes.get(end), Some(b'/' | b'?' | b'#')) {
            return end;
        }
        Tail { text, at: end, before: Before::Word, is_query: false, bracket: false }.rest()
    }

    /// Labels of any script: one of Hangul is the host's only where another label follows, or where it is
    /// a domain of its own.
    fn host(&mut self) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        if let Some(len) = rest
            .iter()
            .take(BRACKET_MAX)
            .position(|b| *b == b']')
            .filter(|_| rest.starts_with(b"["))
        {
            self.at += len + 1;
            self.before = Before::Word;
            return;
        }
        let mut is_foreign = false;
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let foreign = |c: char| {
                chars::continues(c) || c.is_alphanumeric() && chars::script(c) != Script::Spaced
            };
            let len = rest.find(|c| !foreign(c)).unwrap_or(rest.len());
            let (label, behind) = rest.split_at(len);
            let goes_on =
                behind.strip_prefix('.').is_some_and(|b| b.starts_with(char::is_alphanumeric));
            if len > 0
                && (goes_on
                    || behind.starts_with(['/', ':'])
                    || is_foreign && label.nfc().take(3).eq("한국".chars()))
            {
                is_foreign = true;
                self.at += len;
                self.before = Before::Unspaced;
            }
            let rest = self.text.get(self.at..).unwrap_or_default();
            let label = |c: char| {
                is_host_sign(c) || c.is_alphanumeric() && chars::script(c) == Script::Spaced
            };
            let len = rest.find(|c| !label(c)).unwrap_or(rest.len());
            if len == 0 {
                return;
            }
            let ascii = rest.get(..len).unwrap_or_default();
            self.before = if ascii.ends_with('.') { Before::Stop } else { Before::Word };
            self.at += len;
            if self.before == Before::Word {
                return;
            }
        }
    }

    /// Walks to the end.
    fn rest(mut self) -> usize {
        loop {
            let (len, Some(c)) = piece(self.text, self.at) else { return self.at };
            let next = self.at + len;
            let Some(before) = self.take(c, next) else { return self.at };
            self.before = before;
            self.at = next;
        }
    }

    /// What a character is to the address; `None` if it is not of it. `next` is where the one behind
    /// begins.
    fn take(&mut self, c: char, next: usize) -> Option<Before> {
        let follows = |is: fn(char) -> bool| piece(self.text, next).1.is_some_and(is);
        Some(match c {
            c if c.is_ascii_alphanumeric() => Before::Word,
            '?' => {
                self.is_query = true;
                Before::Sign
            }
            '-' | '_' | '~' | '/' | '=' | '#' | '&' | '%' | '+' | '@' | '$' => Before::Sign,
            '.' | ':' | '!' | '*' => Before::Stop,
            ',' | ';' if follows(|c| c.is_ascii_lowercase() || c.is_ascii_digit()) => Before::Stop,
            '[' | ']' if self.is_query => Before::Sign,
            '(' if self.before == Before::Sign && !self.bracket && self.closes(next) => {
                self.bracket = true;
                Before::Sign
            }
            ')' if self.bracket => {
                self.bracket = false;
                Before::Word
            }
            c if chars::is_nothing(c) || chars::continues(c) => self.before,
            c if !c.is_alphanumeric() => return None,
            c if chars::script(c) == Script::Spaced => Before::Word,
            _ if matches!(self.before, Before::Sign | Before::Unspaced) => Before::Unspaced,
            _ => return None,
        })
    }

    /// Whether a bracket that opens before this byte closes again within the address.
    fn closes(&self, from: usize) -> bool {
        let inside = self.text.as_bytes().get(from..).unwrap_or_default();
        let inside = inside.iter().take(BRACKET_MAX).take_while(|b| !b.is_ascii_whitespace());
        inside.take_while(|b| **b != b'(').any(|b| *b == b')')
    }
}

fn is_host_sign(c: char) -> bool {
    matches!(c, '-' | '_' | '.' | ':' | '@')
}
