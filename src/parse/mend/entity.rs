//! Decodes references once: XML's and HTML's, which `lang` knows, and those that the document itself
//! declares.
//!
//! Must never read anything from outside (no external entity exists for it). An entity may name those
//! declared before it, but none becomes longer than a plain one may be: a document cannot grow by
//! it. Called by `complete` and `write`.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;

use memchr::memchr;

use crate::lang::entities::{Ends, Meaning, behind};
use crate::parse::mend::attribute::Attributes;
use crate::parse::mend::repairs::{Repair, Repairs};

/// Entities that a document may declare. Real ones declare a dozen.
const DECLARED_MAX: usize = 64;
/// Bytes of one declared value.
const VALUE_BYTES_MAX: usize = 256;
/// Bytes that all declared entities of a document may add: quadratic blow-up ends here.
const EXPANSION_BYTES_MAX: usize = 64 * 1024;
/// No name that a document declares is longer.
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
        if let Some(value) = (!name.is_empty()).then(|| self.declared(name)).flatten() {
            out.push_str(value);
            return end + 1;
        }
        if let Some((meaning, length)) = behind(text.get(1..).unwrap_or_default(), Ends::Closed) {
            if meaning == Meaning::Nothing {
                self.repairs.borrow_mut().note(Repair::BadReference);
            }
            meaning.push_to(out);
            return 1 + length;
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
