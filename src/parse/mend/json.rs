//! Mends JSON that a strict reader refuses: raw line breaks in strings, lone surrogates, commas
//! too many, a cut tail.
//!
//! One pass; must never know feeds beyond this: elements of a list within the outermost object are
//! worth keeping when the rest is cut. Called by `json_feed`, after the strict reader has refused.

use crate::parse::mend::repairs::{Repair, Repairs};

/// Brackets that may be open at once; the strict reader has the same limit.
const DEPTH_MAX: usize = 128;

/// The text in a form that a strict reader takes, if there is one.
pub fn mend(text: &str, repairs: &mut Repairs) -> String {
    let mut mender =
        Mender { out: String::with_capacity(text.len()), open: Vec::new(), whole: None };
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        match c {
            '"' => {
                let Some(end) = mender.string(text, at) else { break };
                while rest.next_if(|(next, _)| *next < end).is_some() {}
            }
            '{' | '[' if mender.open.len() < DEPTH_MAX => {
                mender.open.push(if c == '{' { '}' } else { ']' });
                mender.out.push(c);
            }
            '}' | ']' => {
                mender.drop_comma();
                if mender.open.pop() != Some(c) {
                    break;
                }
                mender.out.push(c);
                if mender.open.is_empty() {
                    return mender.out;
                }
                // After an element of a list in the outermost object, all so far is whole.
                if mender.open == ['}', ']'] {
                    mender.whole = Some(mender.out.len());
                }
            }
            c => mender.out.push(c),
        }
    }
    repairs.note(Repair::CutTail);
    if let Some(whole) = mender.whole {
        mender.out.truncate(whole);
        mender.out.push_str("]}");
    }
    mender.out
}

struct Mender {
    out: String,
    /// The brackets that are still to come.
    open: Vec<char>,
    /// How much of `out` ends with a whole element.
    whole: Option<usize>,
}

impl Mender {
    /// Copies the string that begins at `start`; where it ends, or `None` when it never does.
    fn string(&mut self, text: &str, start: usize) -> Option<usize> {
        self.out.push('"');
        let mut from = start + 1;
        loop {
            let rest = text.get(from..)?;
            let stop = rest.bytes().position(|byte| byte < b' ' || matches!(byte, b'"' | b'\\'))?;
            self.out.push_str(rest.get(..stop)?);
            from += stop;
            match rest.as_bytes().get(stop)? {
                b'"' => {
                    self.out.push('"');
                    return Some(from + 1);
                }
                b'\\' => from += self.escape(text.get(from..)?)?,
                b'\n' => {
                    self.out.push_str("\\n");
                    from += 1;
                }
                _ => {
                    self.out.push(' ');
                    from += 1;
                }
            }
        }
    }

    /// Copies an escape, unless it is one half of a character; how long it was.
    fn escape(&mut self, text: &str) -> Option<usize> {
        let unit = |text: &str| u32::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok();
        let kind = text.as_bytes().get(1)?;
        match (kind, unit(text)) {
            (b'u', Some(0xD800..=0xDBFF)) => {
                let low = text
                    .get(6..)
                    .and_then(unit)
                    .is_some_and(|low| (0xDC00..=0xDFFF).contains(&low));
                if low {
                    self.out.push_str(text.get(..12)?);
                    return Some(12);
                }
                Some(6)
            }
            (b'u', Some(0xDC00..=0xDFFF)) => Some(6),
            (b'u', Some(_)) => {
                self.out.push_str(text.get(..6)?);
                Some(6)
            }
            (b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', _) => {
                self.out.push_str(text.get(..2)?);
                Some(2)
            }
            // No escape at all: the backslash was meant as itself.
            _ => {
                self.out.push_str("\\\\");
                Some(1)
            }
        }
    }

    fn drop_comma(&mut self) {
        let kept = self.out.trim_ascii_end();
        if let Some(kept) = kept.strip_suffix(',') {
            let length = kept.len();
            self.out.truncate(length);
        }
    }
}
