//! Which of the addresses that stand in a feed or an item is its own.
//!
//! Knows ranks, bases and languages; what an address means is `url`'s. Must never see markup as more
//! than a reason to doubt. Called by `complete` for the feed and for each item.

use std::borrow::Cow;

use url::Url;

use crate::parse::complete::note::{Fact, Note, Notes};
use crate::parse::complete::vocabulary::{BESIDE, Field};
use crate::parse::{Context, Format, link, text, url as address};

/// Bytes of a base, of which a document may have thousands.
const BASE_BYTES_MAX: usize = 2 * 1024;

/// Chooses among addresses.
pub(super) struct Addresses<'a> {
    bases: Bases,
    format: Format,
    /// Languages of links, by the numbers that facts have.
    languages: &'a [Cow<'a, str>],
    /// Those that are wanted, after the item's own.
    wanted: Vec<&'a str>,
    /// The link of the item before.
    near: Option<Url>,
}

/// Whether markup stands in a text; a bare `<` is a sign of an address that nobody escaped.
fn has_tag(value: &str) -> bool {
    let opens =
        |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c));
    value.split('<').skip(1).any(|rest| opens(rest) && rest.contains('>'))
}

impl<'a> Addresses<'a> {
    /// For the items of a document.
    pub(super) fn new(notes: &'a Notes<'_>, context: &Context<'a>) -> Self {
        let of_feed = notes.feed.best(Field::Language).map(|fact| fact.value.trim());
        Self {
            bases: Bases::new(notes, context),
            format: notes.format,
            languages: &notes.languages,
            wanted: context.language.into_iter().chain(of_feed).collect(),
            near: None,
        }
    }

    /// The publisher's page. The strict parser is heard where our own walk found no address at all:
    /// it resolves whatever stands there.
    pub(super) fn of_feed(
        &self,
        note: &Note<'_>,
        strict: impl FnOnce() -> Option<String>,
    ) -> Option<Url> {
        let facts = note.all(Field::Link);
        self.first(facts, note).or_else(|| self.of_strict(note, strict))
    }

    /// The item's page, likewise.
    pub(super) fn of_item(
        &mut self,
        note: &Note<'_>,
        strict: impl FnOnce() -> Option<String>,
    ) -> Option<Url> {
        let own = self.page(note);
        self.near = own.clone().or(self.near.take());
        own.or_else(|| self.of_strict(note, strict))
    }

    fn of_strict(&self, note: &Note<'_>, strict: impl FnOnce() -> Option<String>) -> Option<Url> {
        if note.best(Field::Link).is_some() {
            return None;
        }
        address::absolute(&strict()?, self.bases.root.as_ref())
    }

    /// The publisher's id, verbatim unless it says that it is an address and is a relative one.
    pub(super) fn guid(&self, note: &Note<'_>) -> Option<String> {
        let own = note.best(Field::Id)?.value.trim();
        let resolved = note.best(Field::Permalink).filter(|_| Url::parse(own).is_err());
        let resolved = resolved.and_then(|fact| address::absolute(own, self.bases.of(fact)));
        Some(resolved.map_or_else(|| own.to_owned(), String::from))
    }

    /// The item's page: an address that is given as such, else an id that is one, else an address
    /// of something beside the item.
    fn page(&self, note: &Note<'_>) -> Option<Url> {
        let facts = note.all(Field::Link);
        let (own, beside) = facts.split_at(facts.partition_point(|fact| fact.rank < BESIDE));
        self.first(own, note)
            .or_else(|| self.telling_id(note))
            .or_else(|| beside.iter().find_map(|fact| self.address(fact)))
    }

    /// The most believed address among facts of a note; of equally believed ones the one in the most
    /// wanted language: the item's own, the source's, the feed's, none, any.
    fn first(&self, facts: &[Fact<'_>], note: &Note<'_>) -> Option<Url> {
        if facts.iter().all(|fact| fact.language == 0) {
            return facts.iter().find_map(|fact| self.address(fact));
        }
        let own = note.best(Field::Language).map(|fact| fact.value.trim());
        let wanted: Vec<&str> = own.into_iter().chain(self.wanted.iter().copied()).collect();
        let tag = |fact: &Fact<'_>| self.languages.get(usize::from(fact.language));
        // What the walk did not keep is no language that is wanted.
        let preference =
            |fact: &Fact<'_>| tag(fact).map_or(usize::MAX, |tag| link::preference(tag, &wanted));
        let mut sorted: Vec<&Fact<'_>> = facts.iter().collect();
        sorted.sort_by_cached_key(|fact| (fact.rank, preference(fact)));
        sorted.into_iter().find_map(|fact| self.address(fact))
    }

    /// The address that a fact is: markup is none, but may show one.
    fn address(&self, fact: &Fact<'_>) -> Option<Url> {
        let value = fact.value.trim();
        if has_tag(value) {
            let shown = || address::absolute(&text::line(value), None);
            return value.starts_with('<').then(shown).flatten();
        }
        address::absolute_near(value, self.bases.of(fact), self.near.as_ref())
    }

    /// An id that is a web address; a guid of RSS says itself whether it is one.
    fn telling_id(&self, note: &Note<'_>) -> Option<Url> {
        let says_nothing = matches!(self.format, Format::Atom | Format::Json);
        let id = note.best(Field::Id).filter(|fact| fact.rank > 0 || says_nothing)?.value.trim();
        let is_web = id.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("http"))
            && !id.contains(char::is_whitespace);
        is_web.then(|| address::absolute(id, None)).flatten()
    }
}

/// The bases of a document, resolved.
#[derive(Debug)]
struct Bases {
    root: Option<Url>,
    resolved: Vec<Option<Url>>,
}

impl Bases {
    /// Where nobody says where a document came from, it may say so itself; else its page is the base.
    fn new(notes: &Notes<'_>, context: &Context<'_>) -> Self {
        let page = || {
            let facts = [Field::Address, Field::Link].map(|field| notes.feed.all(field));
            facts
                .into_iter()
                .flatten()
                .find_map(|fact| Url::parse(&link::meant(fact.value.trim())?).ok())
        };
        let root = context.url.cloned().or_else(page);
        let mut resolved: Vec<Option<Url>> = vec![root.clone()];
        for (value, parent) in notes.bases.iter().skip(1) {
            let parent = resolved.get(*parent).cloned().flatten();
            let value = value.trim();
            let own = match &parent {
                _ if value.len() > BASE_BYTES_MAX => None,
                Some(parent) => parent.join(value).ok(),
                None => Url::parse(value).ok(),
            };
            // Bases stand on bases: nested, they would grow without end.
            let own = own.filter(|own| own.as_str().len() <= BASE_BYTES_MAX);
            resolved.push(own.or(parent));
        }
        Self { root, resolved }
    }

    fn of(&self, fact: &Fact<'_>) -> Option<&Url> {
        self.resolved.get(fact.base).and_then(Option::as_ref)
    }
}
