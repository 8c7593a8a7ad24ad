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

/// The vocabularies of most feeds, by the names that their specifications give them.
fn by_exact_address(address: &str) -> Option<Space> {
    Some(match address {
        "http://www.w3.org/2005/Atom" => Space::Atom,
        "http://purl.org/dc/elements/1.1/" => Space::Dublin,
        "http://purl.org/rss/1.0/modules/content/" => Space::Content,
        "http://search.yahoo.com/mrss/" => Space::Media,
        "http://www.itunes.com/dtds/podcast-1.0.dtd" => Space::Itunes,
        "http://purl.org/rss/1.0/modules/syndication/" => Space::Syndication,
        "http://www.w3.org/1999/xhtml" => Space::Xhtml,
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#" => Space::Rdf,
        "http://purl.org/rss/1.0/" => Space::Own,
        _ => return None,
    })
}

/// The vocabulary of any other namespace name. Versions, `http` or `https`, and letter case are told
/// apart by nobody who writes feeds by hand.
fn by_address(address: &str) -> Space {
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
    } else if address.is_empty()
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
    /// Takes the declarations of an element at `depth`. What `is_frame` (the feed itself, an item
    /// of RSS) and names a default namespace gives it to RSS: publishers copy it from elsewhere.
    /// Atom's alone is believed.
    pub fn enter(
        &mut self,
        depth: usize,
        is_frame: bool,
        attributes: &'a str,
        entities: &Entities,
    ) {
        for (name, value) in Attributes::new(attributes) {
            let Some(prefix) = name.strip_prefix("xmlns") else { continue };
            let prefix = prefix.strip_prefix(':').unwrap_or(prefix);
            if self.bindings.len() < BINDINGS_MAX {
                let address = entities.decode(value);
                let space = by_exact_address(&address);
                let space = space.unwrap_or_else(|| by_address(&address));
                let is_own = prefix.is_empty()
                    && (is_frame && space != Space::Atom || depth <= 1 && space == Space::Other);
                let space = if is_own { Space::Own } else { space };
                self.bindings.push((depth, prefix, space));
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
