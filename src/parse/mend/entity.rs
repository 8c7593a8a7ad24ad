//! Decodes references once: XML's, HTML's and those that the document itself declares.
//!
//! Must never read anything from outside (no external entity exists for it). An entity may name those
//! declared before it, but none becomes longer than a plain one may be: a document cannot grow by
//! it. Called by `complete` and `write`.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;

use memchr::memchr;

use crate::model::html5;
use crate::parse::mend::attribute::Attributes;
use crate::parse::mend::repairs::{Repair, Repairs};

/// Entities that a document may declare. Real ones declare a dozen.
const DECLARED_MAX: usize = 64;
/// Bytes of one declared value.
const VALUE_BYTES_MAX: usize = 256;
/// Bytes that all declared entities of a document may add: quadratic blow-up ends here.
const EXPANSION_BYTES_MAX: usize = 64 * 1024;
/// The longest entity name of HTML has 31 letters, the longest number 8 digits.
const REFERENCE_BYTES_MAX: usize = 40;

/// The entities that a document may use.
#[derive(Debug, Default)]
pub struct Entities {
    declared: HashMap<String, String>,
    budget: RefCell<usize>,
    repairs: RefCell<Repairs>,
}

impl Entities {
    /// Takes the internal subset's declarations of plain values; external ones are ignored.
    pub fn declare(&mut self, doctype: &str) {
        for declaration in doctype.split("<!ENTITY").skip(1).take(DECLARED_MAX) {
            let declaration = declaration.trim_ascii_start();
            let Some((name, rest)) = declaration.split_once(|c: char| c.is_ascii_whitespace())
            else {
                continue;
            };
            let rest = rest.trim_ascii_start();
            if !rest.starts_with(['"', '\'']) {
                continue;
            }
            // A quoted value reads like an attribute's.
            let value =
                Attributes::new(&format!("v={rest}")).next().map(|(_, value)| value.to_owned());
            let Some(value) = value.filter(|value| value.len() <= VALUE_BYTES_MAX) else {
                continue;
            };
            *self.budget.get_mut() = EXPANSION_BYTES_MAX;
            let value = self.decode(&value).into_owned();
            if value.len() <= VALUE_BYTES_MAX {
                self.declared.entry(name.to_owned()).or_insert(value);
            }
        }
        *self.budget.get_mut() = EXPANSION_BYTES_MAX;
    }

    /// What had to be read leniently so far.
    pub fn take_repairs(&self) -> Repairs {
        self.repairs.take()
    }

    /// The text with its references decoded once; unknown ones stay as they are.
    pub fn decode<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let Some(mut found) = memchr(b'&', text.as_bytes()) else { return Cow::Borrowed(text) };
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        loop {
            let (before, after) = rest.split_at_checked(found).unwrap_or((rest, ""));
            out.push_str(before);
            let consumed = self.reference(after, &mut out);
            rest = after.get(consumed..).unwrap_or_default();
            match memchr(b'&', rest.as_bytes()) {
                Some(next) => found = next,
                None => break,
            }
        }
        out.push_str(rest);
        Cow::Owned(out)
    }

    /// Decodes the reference at the start of `text` into `out`; how many bytes it took.
    fn reference(&self, text: &str, out: &mut String) -> usize {
        if let Some((sign, length)) = predefined(text) {
            out.push(sign);
            return length;
        }
        let head = text.as_bytes().get(..REFERENCE_BYTES_MAX.min(text.len())).unwrap_or_default();
        let end = memchr(b';', head).unwrap_or(0);
        let name = text.get(1..end).unwrap_or_default();
        if let Some(number) = name.strip_prefix('#') {
            let code = code(number);
            if let Some((c, length)) = code.and_then(|high| pair(high, text.get(end + 1..)?)) {
                out.push(c);
                return end + 1 + length;
            }
            match code.map(character) {
                Some(Some(c)) => out.push(c),
                _ => self.repairs.borrow_mut().note(Repair::BadReference),
            }
            return end + 1;
        }
        let named = || self.declared(name).or_else(|| html5::resolve(name));
        if let Some(value) = (!name.is_empty()).then(named).flatten() {
            out.push_str(value);
            return end + 1;
        }
        if !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) || name.is_empty() {
            self.repairs.borrow_mut().note(Repair::BareAmpersand);
        }
        out.push('&');
        1
    }

    fn declared(&self, name: &str) -> Option<&str> {
        let mut budget = self.budget.borrow_mut();
        if *budget == 0 {
            return None;
        }
        let value = self.declared.get(name)?;
        // The first that has no room is the last that is looked for.
        let left = budget.checked_sub(value.len());
        *budget = left.unwrap_or_default();
        left.map(|_| value.as_str())
    }
}

/// XML's own references, of which feeds are full: the sign and the length in bytes of the one at the
/// start of `text`.
fn predefined(text: &str) -> Option<(char, usize)> {
    match text.as_bytes() {
        [_, b'l', b't', b';', ..] => Some(('<', 4)),
        [_, b'g', b't', b';', ..] => Some(('>', 4)),
        [_, b'a', b'm', b'p', b';', ..] => Some(('&', 5)),
        [_, b'q', b'u', b'o', b't', b';', ..] => Some(('"', 6)),
        [_, b'a', b'p', b'o', b's', b';', ..] => Some(('\'', 6)),
        _ => None,
    }
}

fn code(number: &str) -> Option<u32> {
    match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => number.parse().ok(),
    }
}

/// The character that two references stand for, each for a half of it as old writers of UTF-16
/// have them, and the length of the second, with which `rest` begins.
pub fn pair(high: u32, rest: &str) -> Option<(char, usize)> {
    let high = high.checked_sub(0xD800).filter(|high| *high < 0x400)?;
    let head = rest.strip_prefix("&#")?;
    let end = head.bytes().take(REFERENCE_BYTES_MAX).position(|byte| byte == b';')?;
    let low = code(head.get(..end)?)?.checked_sub(0xDC00).filter(|low| *low < 0x400)?;
    Some((char::from_u32(0x1_0000 + (high << 10) + low)?, end + 3))
}

/// The character of a number: windows-1252 for 128 to 159, as browsers do; none that XML forbids.
fn character(code: u32) -> Option<char> {
    const C1: [u32; 32] = [
        0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
        0x2039, 0x0152, 0x8D, 0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013,
        0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E, 0x0178,
    ];
    let code = match code {
        0x80..=0x9F => C1.get((code - 0x80) as usize).copied().unwrap_or(code),
        code => code,
    };
    char::from_u32(code).filter(|&c| {
        matches!(c, '\t' | '\n' | '\r') || (c >= ' ' && !matches!(c, '\u{FFFE}' | '\u{FFFF}'))
    })
}
