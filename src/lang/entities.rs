//! What character references stand for (`&amp;`, `&middot;`, `&#44032;`, `&nbsp` without its semicolon),
//! and characters that only mean another one: the one decoder of the house.
//!
//! Reads one reference at a time; how often a text was escaped, and what becomes of what is no
//! reference, is known to whoever asks: `parse` for documents and their texts, `matching` for texts
//! as they stand. The names are those of the HTML standard, in a table of our own, because that of
//! quick-xml 0.42 gives wrong characters for 444 of them (`&alpha;`, `&Scaron;`).

use std::collections::HashMap;
use std::sync::LazyLock;

/// Name and code points, a line each: the names of the HTML standard, section 13.5, that end in `;`.
const TABLE: &str = include_str!("html5.txt");

/// The longest name in the table has 31 letters.
const NAME_BYTES_MAX: usize = 32;

/// A number that means anything has seven digits; what is longer has zeros before it, or means nothing.
const DIGITS_MAX: usize = 64;

static NAMES: LazyLock<HashMap<&str, String>> = LazyLock::new(|| {
    let lines = TABLE.lines().filter_map(|line| {
        let (name, codes) = line.split_once(' ')?;
        let text = codes
            .split(' ')
            .filter_map(|code| char::from_u32(u32::from_str_radix(code, 16).ok()?))
            .collect();
        Some((name, text))
    });
    lines.collect()
});

/// What one reference stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// A name of the table: one character, of some names two.
    Text(&'static str),
    /// A number's character.
    Char(char),
    /// A number that no text can hold: zero, half a character, beyond Unicode, most controls.
    Nothing,
}

impl Meaning {
    /// Whether it is a sign of markup.
    pub fn is_markup(self) -> bool {
        matches!(
            self,
            Self::Text("&" | "<" | ">" | "\"" | "'") | Self::Char('&' | '<' | '>' | '"' | '\'')
        )
    }

    /// The character, if it is exactly one.
    pub fn one(self) -> Option<char> {
        match self {
            Self::Char(c) => Some(c),
            Self::Text(text) => {
                let mut chars = text.chars();
                chars.next().filter(|_| chars.next().is_none())
            }
            Self::Nothing => None,
        }
    }

    /// Adds it to a text.
    pub fn push_to(self, out: &mut String) {
        match self {
            Self::Text(text) => out.push_str(text),
            Self::Char(c) => out.push(c),
            Self::Nothing => {}
        }
    }
}

/// Which references count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// Those that end in a semicolon: all that XML knows.
    Closed,
    /// Also numbers, and the names of old HTML, that have none.
    Open,
}

/// The reference whose `&` stands right before `after`: what it stands for, and how many bytes of
/// `after` it takes. Two references that are the halves of one character, as old writers of UTF-16
/// have them, are one.
pub fn behind(after: &str, ends: Ends) -> Option<(Meaning, usize)> {
    if let Some(number) = after.strip_prefix('#') {
        let (code, length, closed) = number_at(number)?;
        let end = 1 + length;
        if closed && let Some((c, second)) = pair(code, after.get(end..)?) {
            return Some((Meaning::Char(c), end + second));
        }
        return (closed || ends == Ends::Open).then(|| (numbered(code), end));
    }
    let length = after.bytes().take(NAME_BYTES_MAX).take_while(u8::is_ascii_alphanumeric).count();
    let name = after.get(..length)?;
    let meaning = || NAMES.get(name).map(|text| Meaning::Text(text));
    match after.as_bytes().get(length) {
        Some(b';') => Some((meaning()?, length + 1)),
        // `?a=1&copy=2` is a query that somebody wrote as text.
        Some(b'=') => None,
        _ if ends == Ends::Open && BARE.binary_search(&name).is_ok() => Some((meaning()?, length)),
        _ => None,
    }
}

/// The characters of the name in a reference (`&nGt;`), of which some have two.
pub fn named(name: &str) -> Option<&'static str> {
    NAMES.get(name).map(String::as_str)
}

/// The character that is meant where `c` stands in a text: nobody writes U+0080 to U+009F, which
/// show nothing; they are the bytes of windows-1252 that somebody took for Latin-1. The five that it
/// leaves out stay as they are.
pub fn meant(c: char) -> char {
    match c {
        '\u{80}'..='\u{9f}' => WINDOWS_1252.get(u32::from(c) as usize - 0x80).copied().unwrap_or(c),
        c => c,
    }
}

/// The number at the start of what stands behind `&#`: its value, its length in bytes with the
/// semicolon, and whether there is one.
fn number_at(text: &str) -> Option<(u32, usize, bool)> {
    let (radix, digits, start) = match text.strip_prefix(['x', 'X']) {
        Some(digits) => (16, digits, 1),
        None => (10, text, 0),
    };
    let length =
        digits.bytes().take(DIGITS_MAX).take_while(|b| char::from(*b).is_digit(radix)).count();
    let closed = digits.as_bytes().get(length) == Some(&b';');
    let value = value_of(digits.get(..length)?, radix)?;
    Some((value, start + length + usize::from(closed), closed))
}

fn value_of(digits: &str, radix: u32) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    let significant = digits.trim_start_matches('0');
    match significant.len() {
        0 => Some(0),
        1..=8 => u32::from_str_radix(significant, radix).ok(),
        _ => Some(u32::MAX),
    }
}

/// The character of which `high` is the first half and the reference at the start of `rest` the
/// second, and the length of that.
fn pair(high: u32, rest: &str) -> Option<(char, usize)> {
    let high = high.checked_sub(0xD800).filter(|high| *high < 0x400)?;
    let (low, length, closed) = number_at(rest.strip_prefix("&#")?)?;
    let low = low.checked_sub(0xDC00).filter(|low| *low < 0x400 && closed)?;
    Some((char::from_u32(0x1_0000 + (high << 10) + low)?, length + 2))
}

/// A number's character by the rules of HTML (numeric character reference end state), except that
/// what shows nothing is nothing.
fn numbered(code: u32) -> Meaning {
    match char::from_u32(code) {
        // White space by another name; XML forbids both.
        Some('\u{b}' | '\u{c}') => Meaning::Char(' '),
        Some(c @ ('\t' | '\n' | '\r')) => Meaning::Char(c),
        None | Some('\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}') => Meaning::Nothing,
        Some(c) => Meaning::Char(meant(c)),
    }
}

/// What the bytes 0x80 to 0x9F are in windows-1252 (WHATWG Encoding, index windows-1252).
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
            assert!(named(name).is_some(), "{name}");
        }
    }

    #[test]
    fn a_reference_is_read_with_its_length_and_nothing_else_is_one() {
        use Ends::{Closed, Open};
        let table = [
            ("amp;x", Closed, Some(("&", 4))),
            ("nGt;", Closed, Some(("≫\u{20d2}", 4))),
            ("#44032;", Closed, Some(("가", 7))),
            ("#xAC01;", Closed, Some(("각", 7))),
            ("#0000000000065;", Closed, Some(("A", 15))),
            ("#55357;&#56832;!", Closed, Some(("😀", 15))),
            ("#55357;&#56832", Closed, Some(("", 7))),
            ("#0;", Closed, Some(("", 3))),
            ("#7;", Closed, Some(("", 3))),
            ("#12;", Closed, Some((" ", 4))),
            ("#99999999999999999999;", Closed, Some(("", 22))),
            ("#8364 ", Open, Some(("€", 5))),
            ("#8364 ", Closed, None),
            ("nbsp b", Open, Some(("\u{a0}", 4))),
            ("nbsp b", Closed, None),
            ("copy=2", Open, None),
            ("notanentity;", Open, None),
            ("#;", Open, None),
            ("#x;", Open, None),
            (";", Open, None),
            ("", Open, None),
        ];
        for (text, ends, wanted) in table {
            let read = behind(text, ends).map(|(meaning, length)| {
                let mut out = String::new();
                meaning.push_to(&mut out);
                (out, length)
            });
            let wanted = wanted.map(|(text, length)| (text.to_owned(), length));
            assert_eq!(read, wanted, "{text}");
        }
    }

    #[test]
    fn a_number_and_a_character_below_a0_mean_what_windows_1252_shows() {
        for code in 0x80..=0x9f_u32 {
            let bytes = [code as u8];
            let (shown, ..) = encoding_rs::WINDOWS_1252.decode(&bytes);
            let shown = shown.chars().next().expect("one byte is one character");
            let c = char::from_u32(code).expect("a control character");
            assert_eq!(meant(c), shown, "U+{code:04X}");
            let number = behind(&format!("#{code};"), Ends::Closed);
            assert_eq!(number.and_then(|(meaning, _)| meaning.one()), Some(shown), "&#{code};");
        }
        assert_eq!(['\u{7f}', '\u{a0}', 'é', '한'].map(meant), ['\u{7f}', '\u{a0}', 'é', '한']);
    }
}
