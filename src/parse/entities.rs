//! Character references of HTML (`&amp;`, `&middot;`, `&#44032;`, `&nbsp` without its semicolon)
//! to the characters they stand for, once or to a fixpoint.
//!
//! Knows nothing of tags. Called by `text` for every piece of text, linear in its length.

use std::borrow::Cow;

use crate::model::html5::resolve;
use crate::parse::mend::entity::pair;

/// Publishers escape twice, some three times; more is a text about escaping.
const ROUNDS_MAX: usize = 3;

/// The longest name in the HTML table has 31 letters, the longest number that means anything eight.
const NAME_BYTES_MAX: usize = 32;

/// Decodes `text` until nothing changes, at most three times.
///
/// Names without a semicolon count in the first round only: later ones would find `&copy` in what
/// was meant as text.
pub fn to_fixpoint(text: &str) -> Cow<'_, str> {
    rounds(text, Round::Later)
}

/// Decodes `text` as often, but what shows markup once: `&amp;lt;` is meant to be `&lt;` in a text
/// whose tags stand unescaped, while `&amp;middot;` was escaped twice there too.
pub fn as_meant(text: &str) -> Cow<'_, str> {
    rounds(text, Round::Slips)
}

fn rounds(text: &str, later: Round) -> Cow<'_, str> {
    let mut decoded = once(text, Round::First);
    for _ in 1..ROUNDS_MAX {
        let Cow::Owned(next) = once(&decoded, later) else {
            break;
        };
        decoded = Cow::Owned(next);
    }
    decoded
}

/// Which references are decoded.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Round {
    /// All.
    First,
    /// Those with a semicolon.
    Later,
    /// Of those, the ones that stand for no sign of markup.
    Slips,
}

/// Decodes `text` once; borrowed when there was nothing to decode.
fn once(text: &str, round: Round) -> Cow<'_, str> {
    let mut decoded = String::new();
    let mut rest = text;
    let mut changed = false;
    while let Some(position) = memchr::memchr(b'&', rest.as_bytes()) {
        let (before, reference) = rest.split_at(position);
        let read = read(reference, round == Round::First)
            .filter(|(meaning, _)| round != Round::Slips || !meaning.is_markup());
        if !changed && read.is_some() {
            decoded.reserve(text.len());
            changed = true;
        }
        decoded.push_str(before);
        // An `&` that begins no reference is itself.
        let (meaning, length) = read.unwrap_or((Meaning::Char('&'), 1));
        meaning.push_to(&mut decoded);
        rest = reference.get(length..).unwrap_or_default();
    }
    if !changed {
        return Cow::Borrowed(text);
    }
    decoded.push_str(rest);
    Cow::Owned(decoded)
}

/// What one reference stands for.
enum Meaning {
    Text(&'static str),
    Char(char),
    Nothing,
}

impl Meaning {
    fn is_markup(&self) -> bool {
        matches!(
            self,
            Self::Text("&" | "<" | ">" | "\"" | "'") | Self::Char('&' | '<' | '>' | '"' | '\'')
        )
    }

    fn push_to(&self, out: &mut String) {
        match self {
            Self::Text(text) => out.push_str(text),
            Self::Char(c) => out.push(*c),
            Self::Nothing => {}
        }
    }
}

/// The reference at the start of `text` (which starts with `&`), with its length in bytes.
fn read(text: &str, bare_names: bool) -> Option<(Meaning, usize)> {
    let after = text.get(1..)?;
    if let Some(number) = after.strip_prefix('#') {
        let (radix, digits, start) = match number.strip_prefix(['x', 'X']) {
            Some(digits) => (16, digits, 3),
            None => (10, number, 2),
        };
        let length = digits.bytes().take_while(|b| char::from(*b).is_digit(radix)).count();
        let closed = digits.as_bytes().get(length) == Some(&b';');
        let number = number_of(digits.get(..length)?, radix)?;
        if closed && let Some((c, second)) = pair(number, digits.get(length + 1..)?) {
            return Some((Meaning::Char(c), start + length + 1 + second));
        }
        let meaning = numbered(number);
        return (closed || bare_names).then_some((meaning, start + length + usize::from(closed)));
    }
    let length = after.bytes().take(NAME_BYTES_MAX).take_while(u8::is_ascii_alphanumeric).count();
    let name = after.get(..length)?;
    match after.as_bytes().get(length) {
        Some(b';') => {
            let meaning = resolve(name)?;
            Some((Meaning::Text(meaning), length + 2))
        }
        // `?a=1&copy=2` is a query that somebody wrote as text.
        Some(b'=') => None,
        _ if bare_names && BARE.binary_search(&name).is_ok() => {
            let meaning = resolve(name)?;
            Some((Meaning::Text(meaning), length + 1))
        }
        _ => None,
    }
}

fn number_of(digits: &str, radix: u32) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    // More than eight digits may be leading zeros or a number out of all bounds.
    let digits = digits.trim_start_matches('0');
    match digits.len() {
        0 => Some(0),
        1..=8 => u32::from_str_radix(digits, radix).ok(),
        _ => Some(u32::MAX),
    }
}

/// A number's character by the rules of HTML: the C1 range means windows-1252; zero, surrogates
/// and numbers beyond Unicode mean nothing.
fn numbered(number: u32) -> Meaning {
    let c = match number {
        0x80..=0x9f => WINDOWS_1252.get(number as usize - 0x80).copied(),
        0 => None,
        _ => char::from_u32(number),
    };
    c.map_or(Meaning::Nothing, Meaning::Char)
}

/// What `&#128;` to `&#159;` mean (HTML standard, numeric character reference end state).
#[rustfmt::skip]
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The names that HTML lets stand without a semicolon, sorted by bytes.
#[rustfmt::skip]
const BARE: &[&str] = &[
    "AElig", "AMP", "Aacute", "Acirc", "Agrave", "Aring", "Atilde", "Auml", "COPY", "Ccedil", "ETH",
    "Eacute", "Ecirc", "Egrave", "Euml", "GT", "Iacute", "Icirc", "Igrave", "Iuml", "LT", "Ntilde",
    "Oacute", "Ocirc", "Ograve", "Oslash", "Otilde", "Ouml", "QUOT", "REG", "THORN", "Uacute", "Ucirc",
    "Ugrave", "Uuml", "Yacute", "aacute", "acirc", "acute", "aelig", "agrave", "amp", "aring", "atilde",
    "auml", "brvbar", "ccedil", "cedil", "cent", "copy", "curren", "deg", "divide", "eacute", "ecirc",
    "egrave", "eth", "euml", "frac12", "frac14", "frac34", "gt", "iacute", "icirc", "iexcl", "igrave",
    "iquest", "iuml", "laquo", "lt", "macr", "micro", "middot", "nbsp", "not", "ntilde", "oacute",
    "ocirc", "ograve", "ordf", "ordm", "oslash", "otilde", "ouml", "para", "plusmn", "pound", "quot",
    "raquo", "reg", "sect", "shy", "sup1", "sup2", "sup3", "szlig", "thorn", "times", "uacute", "ucirc",
    "ugrave", "uml", "uuml", "yacute", "yen", "yuml",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_without_semicolon_is_in_the_table_and_in_order() {
        assert!(BARE.is_sorted());
        for name in BARE {
            assert!(resolve(name).is_some(), "{name}");
        }
    }

    #[test]
    fn references_are_read_with_and_without_semicolon() {
        let table = [
            ("R&amp;D", "R&D"),
            ("R&D", "R&D"),
            ("a&nbsp b", "a\u{a0} b"),
            ("한&middot;EU", "한·EU"),
            ("한&middot EU", "한· EU"),
            ("&#44032;&#xAC01;&#Xac02;", "가각갂"),
            ("&#8364 &#128;", "€ €"),
            ("&#0;&#xD800;&#99999999999999999999;", ""),
            ("&#55357;&#56832;&#xD83D;&#xDE00;x", "😀😀x"),
            ("&#55357;x&#56832;&#55357;&#65;", "xA"),
            ("&#;&#x;&;&", "&#;&#x;&;&"),
            ("?a=1&copy=2&region=3", "?a=1&copy=2&region=3"),
            ("&notanentity;", "&notanentity;"),
        ];
        for (text, wanted) in table {
            assert_eq!(once(text, Round::First), wanted, "{text}");
        }
    }

    #[test]
    fn three_layers_of_escapes_come_off_and_a_fourth_stays() {
        assert_eq!(to_fixpoint("한&middot;EU"), "한·EU");
        assert_eq!(to_fixpoint("한&amp;middot;EU"), "한·EU");
        assert_eq!(to_fixpoint("한&amp;amp;middot;EU"), "한·EU");
        assert_eq!(to_fixpoint("한&amp;amp;amp;middot;EU"), "한&middot;EU");
    }

    #[test]
    fn what_shows_markup_is_decoded_once_where_its_level_is_known() {
        assert_eq!(as_meant("&amp;lt;b&amp;gt; &amp;#60; &amp;amp;"), "&lt;b&gt; &#60; &amp;");
        assert_eq!(as_meant("한&amp;middot;EU&amp;#8217;s &lt;b&gt;"), "한·EU’s <b>");
    }

    #[test]
    fn names_without_semicolon_count_in_the_first_round_only() {
        assert_eq!(to_fixpoint("&amp;copy 2026"), "&copy 2026");
    }
}
