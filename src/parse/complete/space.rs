//! Namespaces: which vocabulary an element's name belongs to, whatever prefix it wears.
//!
//! Must never know what a name means in its vocabulary. Called by `complete::walk`.

use crate::parse::mend::attribute::Attributes;
use crate::parse::mend::entity::Entities;
use crate::parse::mend::names::split;

/// Declarations in force at once beyond this are not read: real feeds declare about 20.
const BINDINGS_MAX: usize = 128;

/// The vocabularies that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Space {
    /// The document's own: RSS of every version, or Atom in an Atom document.
    Own,
    /// Atom (RFC 4287, and 0.3).
    Atom,
    /// Dublin Core, elements and terms.
    Dublin,
    /// `content:encoded` of RSS 1.0.
    Content,
    /// Media RSS.
    Media,
    /// Podcasts at Apple.
    Itunes,
    /// `sy:` of RSS 1.0.
    Syndication,
    /// XHTML.
    Xhtml,
    /// RDF itself.
    Rdf,
    /// `FeedBurner`.
    Feedburner,
    /// Anything else.
    Other,
}

/// The vocabulary of a namespace name. Versions, `http` or `https`, and letter case are told
/// apart by nobody who writes feeds by hand.
fn by_address(address: &str, is_default: bool) -> Space {
    let address = address.trim().to_ascii_lowercase();
    let has = |part: &str| address.contains(part);
    if has("w3.org/2005/atom") || has("purl.org/atom/") || has("purl.org/net/rss1.1") && has("atom")
    {
        Space::Atom
    } else if has("purl.org/dc/") {
        Space::Dublin
    } else if has("modules/content") {
        Space::Content
    } else if has("search.yahoo.com/mrss") || has("video.search.yahoo.com") {
        Space::Media
    } else if has("itunes.com/dtds/podcast")
        || has("itunes.com/DTDs")
        || has("example.com/dtds/podcast")
    {
        Space::Itunes
    } else if has("modules/syndication") {
        Space::Syndication
    } else if has("w3.org/1999/xhtml") {
        Space::Xhtml
    } else if has("w3.org/1999/02/22-rdf") {
        Space::Rdf
    } else if has("feedburner") {
        Space::Feedburner
    } else if is_default
        || address.is_empty()
        || has("purl.org/rss/1.0")
        || has("purl.org/net/rss")
        || has("my.netscape.com")
        || has("channel.netscape.com")
        || has("backend.userland.com")
        || has("blogs.law.harvard.edu")
        || has("cyber.law.harvard.edu")
        || has("cyber.harvard.edu/rss")
        || has("rssboard.org/rss")
    {
        Space::Own
    } else {
        Space::Other
    }
}

/// The vocabulary that a prefix customarily stands for, when it is not declared.
fn by_custom(prefix: &str) -> Space {
    match prefix {
        "atom" | "a10" | "atom10" | "atom03" => Space::Atom,
        "dc" | "dcterms" | "dct" | "dcterm" => Space::Dublin,
        "content" => Space::Content,
        "media" => Space::Media,
        "itunes" => Space::Itunes,
        "sy" => Space::Syndication,
        "xhtml" | "html" | "body" => Space::Xhtml,
        "rdf" => Space::Rdf,
        "feedburner" => Space::Feedburner,
        "rss" | "rss1" | "rss2" => Space::Own,
        _ => Space::Other,
    }
}

/// The declarations in force.
#[derive(Debug, Default)]
pub struct Scope<'a> {
    bindings: Vec<(usize, &'a str, Space)>,
}

impl<'a> Scope<'a> {
    /// Takes the declarations of an element at `depth`.
    pub fn enter(&mut self, depth: usize, attributes: &'a str, entities: &Entities) {
        for (name, value) in Attributes::new(attributes) {
            let Some(prefix) = name.strip_prefix("xmlns") else { continue };
            let prefix = prefix.strip_prefix(':').unwrap_or(prefix);
            if self.bindings.len() < BINDINGS_MAX {
                let is_default = prefix.is_empty() && depth <= 1;
                self.bindings.push((
                    depth,
                    prefix,
                    by_address(&entities.decode(value), is_default),
                ));
            }
        }
    }

    /// Forgets the declarations of elements deeper than `depth`.
    pub fn leave(&mut self, depth: usize) {
        while self.bindings.last().is_some_and(|(at, ..)| *at > depth) {
            self.bindings.pop();
        }
    }

    /// The vocabulary and local part of a qualified name.
    pub fn resolve<'n>(&self, name: &'n str) -> (Space, &'n str) {
        let (prefix, local) = split(name);
        let bound = self
            .bindings
            .iter()
            .rev()
            .find(|(_, bound, _)| *bound == prefix)
            .map(|(.., space)| *space);
        match bound {
            Some(space) => (space, local),
            None if prefix.is_empty() => (Space::Own, local),
            None => (by_custom(&prefix.to_ascii_lowercase()), local),
        }
    }
}
