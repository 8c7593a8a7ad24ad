//! Cuts any text into XML tokens; cannot fail, and looks at each byte a bounded number of times.
//!
//! Must never know nesting, namespaces or feeds. Called by `events`. Where a strict tokenizer
//! would give up (a `<` that begins no tag, a comment or a quote that never ends), it reads on in
//! the way that loses least, and says so in `repairs`.

use memchr::{memchr, memchr3, memmem};

use crate::parse::mend::repairs::{Repair, Repairs};

/// One token; all texts are slices of the document, references not yet decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token<'a> {
    /// Text between tags.
    Text(&'a str),
    /// The inside of a CDATA section.
    CData(&'a str),
    /// A start tag.
    Open {
        /// Qualified name.
        name: &'a str,
        /// What stands between the name and the end of the tag.
        attributes: &'a str,
        /// It closes itself (`<x/>`).
        empty: bool,
    },
    /// An end tag.
    Close(&'a str),
    /// A document type declaration, with its internal subset.
    Doctype(&'a str),
    /// A processing instruction, the XML declaration included.
    Instruction(&'a str),
    /// A comment or another declaration.
    Comment,
}

/// The tokens of a text.
#[derive(Clone, Debug)]
pub struct Tokens<'a> {
    text: &'a str,
    at: usize,
    /// Searches that already ran to the end in vain are not begun again: that would be quadratic.
    no_comment_end: bool,
    no_cdata_end: bool,
    no_instruction_end: bool,
    no_quote: [bool; 2],
    /// A search for what ends a tag that began at the first byte has found the second: one that
    /// begins between them need not run again.
    stop: (usize, usize),
    /// What had to be read leniently.
    pub repairs: Repairs,
}

impl<'a> Tokens<'a> {
    /// Tokens of `text` from its start.
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            no_comment_end: false,
            no_cdata_end: false,
            no_instruction_end: false,
            no_quote: [false; 2],
            stop: (0, 0),
            repairs: Repairs::default(),
        }
    }

    /// The byte at which the next token begins.
    pub fn position(&self) -> usize {
        self.at
    }

    fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    fn cut(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to).unwrap_or_default()
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes().get(self.at..).unwrap_or_default()
    }

    /// Whether a `<` at `at` begins markup: feeds use ASCII names only, and a title such as
    /// `<보도자료>` is text.
    fn is_markup(&self, at: usize) -> bool {
        let next = |ahead: usize| self.bytes().get(at + ahead).copied().unwrap_or_default();
        match next(1) {
            b'!' | b'?' => true,
            b'/' => next(2).is_ascii_alphabetic() || matches!(next(2), b'_' | b'>'),
            byte => byte.is_ascii_alphabetic() || byte == b'_',
        }
    }

    fn text_token(&mut self) -> Token<'a> {
        let start = self.at;
        let mut from = start;
        loop {
            let Some(found) = memchr(b'<', self.bytes().get(from..).unwrap_or_default()) else {
                self.at = self.bytes().len();
                break;
            };
            let angle = from + found;
            if self.is_markup(angle) {
                self.at = angle;
                break;
            }
            self.repairs.note(Repair::BareAngle);
            from = angle + 1;
        }
        Token::Text(self.cut(start, self.at))
    }

    /// Ends at `end` or, where the document has none any more, at the next `>`.
    fn until(&mut self, skip: usize, end: &str, spent: bool) -> (&'a str, bool) {
        let start = self.at + skip;
        let rest = self.bytes().get(start..).unwrap_or_default();
        if !spent && let Some(found) = memmem::find(rest, end.as_bytes()) {
            self.at = start + found + end.len();
            return (self.cut(start, start + found), true);
        }
        let found = memchr(b'>', rest);
        self.at = found.map_or(self.bytes().len(), |found| start + found + 1);
        self.repairs.note(Repair::Unclosed);
        (self.cut(start, found.map_or(self.at, |found| start + found)), false)
    }

    fn declaration(&mut self) -> Token<'a> {
        let rest = self.rest();
        if rest.starts_with(b"<!--") {
            let (_, closed) = self.until(4, "-->", self.no_comment_end);
            self.no_comment_end |= !closed;
            return Token::Comment;
        }
        if rest.starts_with(b"<![CDATA[") {
            let start = self.at + 9;
            let found = if self.no_cdata_end {
                None
            } else {
                memmem::find(self.bytes().get(start..).unwrap_or_default(), b"]]>")
            };
            let Some(found) = found else {
                // Nothing after it can be told from its content: it lasts to the end.
                self.no_cdata_end = true;
                self.repairs.note(Repair::Unclosed);
                self.at = self.bytes().len();
                return Token::CData(self.cut(start, self.at));
            };
            self.at = start + found + 3;
            return Token::CData(self.cut(start, start + found));
        }
        if rest.get(..9).is_some_and(|head| head.eq_ignore_ascii_case(b"<!doctype")) {
            return self.doctype();
        }
        self.until(2, ">", false);
        Token::Comment
    }

    fn doctype(&mut self) -> Token<'a> {
        let start = self.at + 9;
        let mut at = start;
        let mut subset = false;
        while let Some(&byte) = self.bytes().get(at) {
            match byte {
                b'[' => subset = true,
                b']' => subset = false,
                b'>' if !subset => break,
                b'"' | b'\'' if subset => {
                    // Inside the subset a quoted value may hold any of the above.
                    let rest = self.bytes().get(at + 1..).unwrap_or_default();
                    let slot = usize::from(byte == b'\'');
                    match (self.no_quote[slot], memchr(byte, rest)) {
                        (false, Some(found)) => at += found + 1,
                        _ => self.no_quote[slot] = true,
                    }
                }
                _ => {}
            }
            at += 1;
        }
        self.at = (at + 1).min(self.bytes().len());
        Token::Doctype(self.cut(start, at.min(self.bytes().len())))
    }

    fn close(&mut self) -> Token<'a> {
        let start = self.at + 2;
        let rest = self.bytes().get(start..).unwrap_or_default();
        let end = start + memchr::memchr2(b'>', b'<', rest).unwrap_or(rest.len());
        self.at = if self.bytes().get(end) == Some(&b'>') { end + 1 } else { end };
        Token::Close(self.cut(start, end).trim_ascii())
    }

    fn open(&mut self) -> Token<'a> {
        let start = self.at + 1;
        let rest = self.bytes().get(start..).unwrap_or_default();
        let name_length = rest
            .iter()
            .position(|byte| {
                byte.is_ascii_whitespace()
                    || matches!(byte, b'>' | b'/' | b'<' | b'=' | b'"' | b'\'')
            })
            .unwrap_or(rest.len());
        let name = self.cut(start, start + name_length);
        let end = self.tag_end(start + name_length);
        let mut inside = self.cut(start + name_length, end);
        self.at = if self.bytes().get(end) == Some(&b'>') { end + 1 } else { end };
        let empty = inside.trim_ascii_end().strip_suffix('/');
        inside = empty.unwrap_or(inside);
        let empty = empty.is_some();
        Token::Open { name, attributes: inside, empty }
    }

    /// The next `>` or quote, or the end of the text.
    fn next_stop(&mut self, from: usize) -> usize {
        let (began, found) = self.stop;
        if from < began || from > found || began == found {
            let rest = self.bytes().get(from..).unwrap_or_default();
            let length = memchr3(b'>', b'"', b'\'', rest).unwrap_or(rest.len());
            self.stop = (from, from + length);
        }
        self.stop.1
    }

    /// Where the start tag ends: at its `>`, or before a `<` that shows that the `>` is missing.
    fn tag_end(&mut self, from: usize) -> usize {
        let bytes = self.bytes();
        if bytes.get(from) == Some(&b'>') {
            return from;
        }
        let next_angle = |from: usize| {
            let rest = bytes.get(from..).unwrap_or_default();
            from + memchr(b'<', rest).unwrap_or(rest.len())
        };
        let (mut at, mut angle) = (from, next_angle(from));
        loop {
            let stop = self.next_stop(at);
            if angle < at {
                angle = next_angle(at);
            }
            if angle < stop {
                self.repairs.note(Repair::Unclosed);
                return angle;
            }
            if stop == bytes.len() {
                self.repairs.note(Repair::Unclosed);
                return stop;
            }
            let quote = bytes.get(stop).copied().unwrap_or_default();
            if quote == b'>' {
                return stop;
            }
            at = stop + 1;
            // Only a quote after `=` opens a value; elsewhere it is dirt.
            let before = bytes.get(from..stop).unwrap_or_default().trim_ascii_end();
            if before.last() != Some(&b'=') {
                continue;
            }
            let slot = usize::from(quote == b'\'');
            let value = bytes.get(at..).unwrap_or_default();
            let length = if self.no_quote[slot] { None } else { memchr(quote, value) };
            self.no_quote[slot] = length.is_none();
            // A value that runs over a `>` into the next tag lacks its quote.
            let whole = length.filter(|length| {
                let holds_tag = |before| memchr(b'>', before).is_some();
                angle >= at + length || !bytes.get(at..angle).is_some_and(holds_tag)
            });
            match whole {
                Some(length) => at += length + 1,
                None => self.repairs.note(Repair::Unclosed),
            }
        }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    #[inline]
    fn next(&mut self) -> Option<Token<'a>> {
        let first = *self.bytes().get(self.at)?;
        if first != b'<' || !self.is_markup(self.at) {
            return Some(self.text_token());
        }
        Some(match self.bytes().get(self.at + 1) {
            Some(b'!') => self.declaration(),
            Some(b'?') => {
                let (inside, closed) = self.until(2, "?>", self.no_instruction_end);
                self.no_instruction_end |= !closed;
                Token::Instruction(inside)
            }
            Some(b'/') => self.close(),
            _ => self.open(),
        })
    }
}
