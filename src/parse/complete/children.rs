//! The elements right inside a feed or an item, and what is read of each.
//!
//! Knows attributes; what names mean is `vocabulary`'s. Called by `walk`, whose state it fills.

use std::borrow::Cow;

use crate::lang::fold::lower_case;
use crate::parse::Format;
use crate::parse::complete::capture::{Capture, Then};
use crate::parse::complete::note::{Fact, Kind};
use crate::parse::complete::space::Space;
use crate::parse::complete::vocabulary::{BESIDE, Field, Meaning, meaning};
use crate::parse::complete::walk::Walk;
use crate::parse::mend::attribute::{exact, local, locals};
use crate::parse::mend::events::Events;

/// What may stand before a registered relation (RFC 4287, 4.2.7.2).
const IANA: &str = "http://www.iana.org/assignments/relation/";

/// Different languages of links in one document: the Union publishes in 24.
const LANGUAGES_MAX: usize = 64;

/// Bytes of a language's name (RFC 5646, 4.4.1).
const TAG_BYTES_MAX: usize = 35;

/// The rank of a link to the item or feed itself as an Atom document.
const ITSELF: u8 = 9;

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
                let word = decode("ispermalink").unwrap_or_default();
                let then = match &*lower_case(word.trim()) {
                    "false" => Then::Done,
                    "true" => Then::Permalink,
                    _ => Then::Address,
                };
                self.begin(depth, Field::Id, 0, Kind::Plain, then);
            }
            Meaning::Person(rank) => {
                self.person = Some((depth, rank));
                self.begin(depth, Field::Author, rank, Kind::Html, Then::Person);
            }
            Meaning::Category => {
                let terms = locals(attributes, ["term", "label", "text"]);
                for term in terms.into_iter().flatten() {
                    self.add(Field::Category, 0, events.entities.decode(term));
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
        let [kind, mode] = locals(attributes, ["type", "mode"])
            .map(|value| events.entities.decode(value.unwrap_or_default()));
        let [kind, mode] = [lower_case(kind.trim()), lower_case(mode.trim())];
        let is_xml = kind == "xhtml" || kind.ends_with("/xml") || kind.ends_with("+xml");
        self.begin(depth, field, rank, Kind::Html, Then::Done);
        let Some(capture) = &mut self.capture else { return };
        if mode == "base64" {
            capture.then = Then::Base64;
        } else if is_xml && mode != "escaped" {
            capture.markup = true;
            capture.kind = Kind::Markup;
            // Only what calls itself XHTML may be HTML by mistake; other XML is what it is.
            capture.tagged = kind != "xhtml";
        } else if matches!(&*kind, "" | "text" | "plain" | "text/plain") && mode != "escaped" {
            capture.kind = Kind::Plain;
        } else if matches!(&*kind, "html" | "text/html") {
            capture.kind = Kind::Markup;
        } else if kind.contains('/') && !kind.starts_with("text/") {
            // RFC 4287, 4.1.3.3: any other media type is base64.
            capture.then = Then::Base64;
        }
    }

    /// Atom's link has its address in an attribute, RSS's as text; each is met in the other's place.
    fn link(&mut self, events: &Events<'a>, depth: usize, attributes: &'a str, own: bool) {
        let [href, relation, kind, language] =
            locals(attributes, ["href", "rel", "type", "hreflang"]);
        let Some(href) = href.map(|href| events.entities.decode(href)) else {
            return self.begin(
                depth,
                Field::Link,
                if own { 2 } else { 3 },
                Kind::Plain,
                Then::Done,
            );
        };
        self.skipped = Some(depth);
        let [relation, kind] =
            [relation, kind].map(|value| events.entities.decode(value.unwrap_or_default()));
        let [relation, kind] = [lower_case(relation.trim()), lower_case(kind.trim())];
        let is_page = matches!(&*kind, "" | "text/html" | "text/plain") || kind.contains("html");
        let rank = |relation: &str| match relation.strip_prefix(IANA).unwrap_or(relation) {
            // Written without a prefix in RSS, it was put there to be taken.
            "" | "alternate" if is_page && own => Some(1),
            "" | "alternate" => Some(3),
            "canonical" => Some(5),
            "related" | "via" => Some(BESIDE),
            "self" => Some(ITSELF),
            "enclosure" if self.item.is_some() => Some(11),
            _ => None,
        };
        // HTML lets one link have several relations, and so do those who know it better than Atom.
        let words = relation.split_ascii_whitespace();
        match if relation.is_empty() { rank("") } else { words.filter_map(rank).min() } {
            Some(ITSELF) if self.item.is_none() => self.add(Field::Address, 0, href),
            Some(rank) => {
                self.add_link(rank, href, events.entities.decode(language.unwrap_or_default()));
            }
            None => {}
        }
    }

    /// Adds an address that leads to a page in the language of its `hreflang`.
    fn add_link(&mut self, rank: u8, value: Cow<'a, str>, hreflang: Cow<'a, str>) {
        let (base, language) = (self.base(), self.tongue(hreflang));
        let field = Field::Link;
        self.note().add(Fact { field, rank, value, kind: Kind::Html, base, language });
    }

    /// The index of a language among those met so far; one that nobody knows where there are too many.
    fn tongue(&mut self, tag: Cow<'a, str>) -> u16 {
        let languages = &mut self.notes.languages;
        let known = languages.iter().position(|known| *known == tag);
        let index = known.or_else(|| {
            let has_room = languages.len() < LANGUAGES_MAX && tag.len() <= TAG_BYTES_MAX;
            has_room.then(|| {
                languages.push(tag);
                languages.len() - 1
            })
        });
        index.and_then(|index| u16::try_from(index).ok()).unwrap_or(u16::MAX)
    }

    /// The facts that CDF has in attributes.
    pub(super) fn in_attributes(&mut self, events: &Events<'a>, depth: usize, attributes: &'a str) {
        if let Some(base) = exact(attributes, "base", &events.entities) {
            self.stand_on(depth, base);
        }
        let values = locals(attributes, ["href", "lastmod"]);
        for (value, field) in values.into_iter().zip([Field::Link, Field::Updated]) {
            if let Some(value) = value {
                self.add(field, 2, events.entities.decode(value));
            }
        }
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
