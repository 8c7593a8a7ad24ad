//! The elements right inside a feed or an item, and what is read of each.
//!
//! Knows attributes; what names mean is `vocabulary`'s. Called by `walk`, whose state it fills.

use std::borrow::Cow;

use crate::parse::Format;
use crate::parse::complete::capture::{Capture, Then};
use crate::parse::complete::note::Kind;
use crate::parse::complete::space::Space;
use crate::parse::complete::vocabulary::{Field, Meaning, meaning};
use crate::parse::complete::walk::Walk;
use crate::parse::mend::attribute::local;
use crate::parse::mend::events::Events;

impl<'a> Walk<'a> {
    pub(super) fn child(
        &mut self,
        events: &Events<'a>,
        depth: usize,
        space: Space,
        lower: &str,
        attributes: &'a str,
    ) {
        let atom = self.notes.format == Format::Atom;
        let decode = |name: &str| local(attributes, name, &events.entities);
        match meaning(space, lower, self.item.is_some(), atom) {
            Meaning::Text(field, rank) => self.begin(depth, field, rank, Kind::Html, Then::Done),
            Meaning::Typed(field, rank) => self.typed(events, depth, field, rank, attributes),
            Meaning::AtomLink => self.link(events, depth, attributes, atom),
            Meaning::Link => self.link(events, depth, attributes, true),
            Meaning::Guid => {
                let word = decode("ispermalink").map(|word| word.trim().to_ascii_lowercase());
                let then = match word.as_deref() {
                    Some("false") => Then::Done,
                    Some("true") => Then::Permalink,
                    _ => Then::Address,
                };
                self.begin(depth, Field::Id, 0, Kind::Plain, then);
            }
            Meaning::Person(rank) => {
                self.person = Some((depth, rank));
                self.begin(depth, Field::Author, rank, Kind::Html, Then::Person);
            }
            Meaning::Category => {
                for name in ["term", "label", "text"] {
                    if let Some(term) = decode(name) {
                        self.add(Field::Category, 0, term);
                    }
                }
                self.begin(depth, Field::Category, 0, Kind::Html, Then::Done);
            }
            Meaning::Enclosure => {
                self.skipped = Some(depth);
                if let Some(address) = decode("url") {
                    self.add(Field::Link, 10, address);
                }
            }
            Meaning::Source => {
                self.source = Some(depth);
            }
            Meaning::Transparent => self.transparent.push(depth),
            Meaning::Nothing => self.skipped = Some(depth),
        }
    }

    pub(super) fn begin(&mut self, depth: usize, field: Field, rank: u8, kind: Kind, then: Then) {
        // A person's elements are read one by one; only its bare text is captured.
        let base = self.base();
        let text = Cow::Borrowed("");
        self.capture = Some(Capture {
            depth,
            field,
            rank,
            kind,
            markup: false,
            tagged: false,
            text,
            base,
            then,
            cut: false,
        });
    }

    /// Atom's text constructs: `type` says how the text is to be read.
    pub(super) fn typed(
        &mut self,
        events: &Events<'a>,
        depth: usize,
        field: Field,
        rank: u8,
        attributes: &'a str,
    ) {
        let decode = |name: &str| {
            local(attributes, name, &events.entities).map(|value| value.trim().to_ascii_lowercase())
        };
        let kind = decode("type").unwrap_or_default();
        let mode = decode("mode").unwrap_or_default();
        let is_xml = kind == "xhtml" || kind.ends_with("/xml") || kind.ends_with("+xml");
        self.begin(depth, field, rank, Kind::Html, Then::Done);
        let Some(capture) = &mut self.capture else { return };
        if mode == "base64" {
            capture.then = Then::Base64;
        } else if is_xml && mode != "escaped" {
            capture.markup = true;
            // Only what calls itself XHTML may be HTML by mistake; other XML is what it is.
            capture.tagged = kind != "xhtml";
        } else if matches!(kind.as_str(), "" | "text" | "plain" | "text/plain") && mode != "escaped"
        {
            capture.kind = Kind::Plain;
        } else if kind.contains('/') && !kind.starts_with("text/") {
            // RFC 4287, 4.1.3.3: any other media type is base64.
            capture.then = Then::Base64;
        }
    }

    /// Atom's link has its address in an attribute, RSS's as text; each is met in the other's place.
    fn link(&mut self, events: &Events<'a>, depth: usize, attributes: &'a str, own: bool) {
        let decode = |name: &str| local(attributes, name, &events.entities);
        let Some(href) = decode("href") else {
            return self.begin(
                depth,
                Field::Link,
                if own { 1 } else { 2 },
                Kind::Plain,
                Then::Done,
            );
        };
        self.skipped = Some(depth);
        let relation = decode("rel").map(|rel| rel.trim().to_ascii_lowercase()).unwrap_or_default();
        let relation =
            relation.strip_prefix("http://www.iana.org/assignments/relation/").unwrap_or(&relation);
        let kind = decode("type").map(|kind| kind.trim().to_ascii_lowercase()).unwrap_or_default();
        let is_page = kind.is_empty() || kind.contains("html") || kind == "text/plain";
        let rank = match relation {
            // Written without a prefix in RSS, it was put there to be taken.
            "" | "alternate" if is_page && own => 0,
            "" | "alternate" => 2,
            "canonical" => 4,
            "related" | "via" => 8,
            "self" if self.item.is_some() => 9,
            "self" => return self.add(Field::Address, 0, href),
            "enclosure" if self.item.is_some() => 11,
            _ => return,
        };
        self.add(Field::Link, rank, href);
    }

    pub(super) fn open_in_person(&mut self, depth: usize, lower: &str) {
        let Some((_, rank)) = self.person else { return };
        match lower {
            "name" => self.begin(depth, Field::Author, rank, Kind::Html, Then::Done),
            "email" => self.begin(depth, Field::Author, rank + 100, Kind::Plain, Then::Done),
            _ => self.skipped = Some(depth),
        }
    }
}
