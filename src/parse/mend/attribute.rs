//! Reads the attributes of a start tag, quoted or not; cannot fail.
//!
//! Must never know what an attribute means. Called by `complete` and `write`.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter};

use crate::parse::mend::entity::Entities;
use crate::parse::mend::names::is_local;

/// Attributes of one element beyond this are not read: the richest element of the formats we read
/// has 14, and a strict parser compares each with each.
pub const ATTRIBUTES_MAX: usize = 64;

/// The attributes of a start tag, in order, values still encoded.
#[derive(Clone, Debug)]
pub struct Attributes<'a> {
    rest: &'a str,
    left: usize,
}

impl<'a> Attributes<'a> {
    /// Attributes in what stands between a tag's name and its end.
    pub fn new(inside: &'a str) -> Self {
        Self { rest: inside, left: ATTRIBUTES_MAX }
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<(&'a str, &'a str)> {
        self.left = self.left.checked_sub(1)?;
        let dirt =
            |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'"' | b'\'' | b'=');
        let start = self.rest.bytes().position(|byte| !dirt(&byte))?;
        let rest = self.rest.get(start..)?;
        let name_length = rest
            .bytes()
            .position(|byte| byte == b'=' || byte.is_ascii_whitespace())
            .unwrap_or(rest.len());
        let (name, rest) = rest.split_at_checked(name_length)?;
        let Some(value) = rest.trim_ascii_start().strip_prefix('=').map(str::trim_ascii_start)
        else {
            self.rest = rest;
            return Some((name, ""));
        };
        let quote = value.bytes().next().filter(|byte| matches!(byte, b'"' | b'\''));
        let (value, rest) = if let Some(quote) = quote {
            let inside = value.get(1..).unwrap_or_default();
            let end = memchr(quote, inside.as_bytes()).unwrap_or(inside.len());
            let (value, rest) = inside.split_at_checked(end)?;
            (value, rest.get(1..).unwrap_or_default())
        } else {
            let end = value.bytes().position(|byte| byte.is_ascii_whitespace());
            value.split_at_checked(end.unwrap_or(value.len()))?
        };
        self.rest = rest;
        Some((name, value))
    }
}

/// The values, still encoded, of the attributes of these local names, whatever their prefixes and
/// cases; of several the first.
pub fn locals<'a, const N: usize>(inside: &'a str, wanted: [&str; N]) -> [Option<&'a str>; N] {
    let mut values = [None; N];
    for (name, value) in Attributes::new(inside) {
        for (wanted, found) in wanted.iter().zip(&mut values) {
            if found.is_none() && is_local(name, wanted) && !name.starts_with("xmlns:") {
                *found = Some(value);
            }
        }
    }
    values
}

/// The decoded value of the attribute of this local name, whatever its prefix and case.
pub fn local<'a>(inside: &'a str, wanted: &str, entities: &Entities) -> Option<Cow<'a, str>> {
    let [value] = locals(inside, [wanted]);
    value.map(|value| entities.decode(value))
}

/// Whether there may be an attribute to which XML itself gives a meaning (`xmlns`, `xml:base`):
/// hardly any tag has one, and its first letter is rare.
pub fn may_be_of_xml(inside: &str) -> bool {
    let bytes = inside.as_bytes();
    !bytes.is_empty() && memchr_iter(b'x', bytes).any(|at| bytes.get(at..at + 3) == Some(b"xml"))
}

/// The decoded value of the attribute of exactly this name, in any case.
pub fn exact<'a>(inside: &'a str, wanted: &str, entities: &Entities) -> Option<Cow<'a, str>> {
    Attributes::new(inside)
        .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
        .map(|(_, value)| entities.decode(value))
}
