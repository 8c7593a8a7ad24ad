//! A text that is being read: pieces of text, CDATA and inline markup become one value.
//!
//! Must never know which element it belongs to. Called by `walk`.

use std::borrow::Cow;

use crate::parse::complete::note::Kind;
use crate::parse::complete::vocabulary::Field;
use crate::parse::mend::attribute::Attributes;
use crate::parse::mend::write::TEXT_BYTES_MAX;

/// A text that is being read.
#[derive(Debug)]
pub(super) struct Capture<'a> {
    pub(super) depth: usize,
    pub(super) field: Field,
    pub(super) rank: u8,
    pub(super) kind: Kind,
    /// The text is XHTML: its references stay encoded, because its tags are kept.
    pub(super) markup: bool,
    /// There was a tag in it.
    pub(super) tagged: bool,
    pub(super) text: Cow<'a, str>,
    pub(super) base: usize,
    /// What becomes of it besides.
    pub(super) then: Then,
    pub(super) cut: bool,
}

/// What becomes of a text that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// Nothing more.
    Done,
    /// It is base64 (Atom 0.3).
    Base64,
    /// It may also be the item's address.
    Address,
    /// It says that it is the item's address.
    Permalink,
    /// It names a person (a name in `name`, an address in `email`).
    Person,
}

impl<'a> Capture<'a> {
    pub(super) fn push(&mut self, more: Cow<'a, str>) {
        if self.text.len() + more.len() > TEXT_BYTES_MAX {
            self.cut = true;
            let room = TEXT_BYTES_MAX.saturating_sub(self.text.len());
            let end = more.floor_char_boundary(room);
            self.text.to_mut().push_str(more.get(..end).unwrap_or_default());
        } else if self.text.is_empty() || self.text.trim().is_empty() && self.kind == Kind::Plain {
            self.text = more;
        } else {
            self.text.to_mut().push_str(&more);
        }
    }

    /// A tag inside a text is markup that was not escaped: it is kept as HTML.
    pub(super) fn tag(&mut self, name: &str, attributes: Option<&str>) {
        if self.field == Field::Link {
            // An address holds no markup.
            return;
        }
        if !self.markup && self.kind == Kind::Plain {
            self.kind = Kind::Html;
        }
        let local = name.rsplit_once(':').map_or(name, |(_, local)| local);
        self.tagged = true;
        let tag = match attributes {
            Some(attributes) => format!("<{local}{}>", kept(attributes)),
            None => format!("</{local}>"),
        };
        self.push(Cow::Owned(tag));
    }

    pub(super) fn decode_base64(&mut self) {
        use base64::Engine as _;
        let packed: String = self.text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        let unpacked = base64::engine::general_purpose::STANDARD.decode(packed).ok();
        // What is no base64, or no text when unpacked, is read as it stands.
        if let Some(text) = unpacked.and_then(|bytes| String::from_utf8(bytes).ok()) {
            // Nobody says what is inside; a tag does.
            self.kind = if text.contains("</") { Kind::Html } else { Kind::Plain };
            self.text = Cow::Owned(text);
        }
    }
}

/// Elements of a person in Atom and in RSS 1.1.
pub(super) fn is_person_part(name: &str) -> bool {
    let local = name.rsplit_once(':').map_or(name, |(_, local)| local);
    ["name", "email", "uri", "url"].iter().any(|part| local.eq_ignore_ascii_case(part))
}

/// The attributes of inline markup that a reader of HTML can use; declarations would be noise.
fn kept(attributes: &str) -> String {
    let mut out = String::new();
    for (name, value) in
        Attributes::new(attributes).filter(|(name, _)| !name.contains(':') && *name != "xmlns")
    {
        out.extend([" ", name, "=\"", &value.replace('"', "&quot;"), "\""]);
    }
    out
}
