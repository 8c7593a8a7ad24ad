//! What is compared of one item: its keys, its headline, its day and its text.
//!
//! A key never depends on its neighbours in a document; whether it tells is judged in `document`. Made by
//! `work` for drafts and by `store` for the known items beside them.

use std::sync::OnceLock;

use chrono::NaiveDate;
use chrono_tz::Tz;
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use url::Url;

use crate::identity::address::{self, Address};
use crate::identity::headline::{self, Headline};
use crate::identity::words::{Relation, Words, settled};
use crate::lang::fold::{folded, spaced, starts_with_ignoring_case};
use crate::model::item::Draft;
use crate::model::source::IdentityRule;

/// The version of the rules that make keys. Raise it whenever one of them changes: the keys of every
/// stored item are then made anew at the next start, so that no known item comes back as news.
const VERSION: u32 = 1;

/// Words of a text that stand for a missing headline: texts are cut at other lengths from poll to poll.
const HEAD_WORDS: usize = 8;

/// Bytes of a text in which these words are looked for.
const HEAD_BYTES_MAX: usize = 1_024;

/// A hash, as stored. That of a key begins with 16 bits of its source, so that the keys of one source lie
/// beside each other on the disk, where they are asked for and written together; among 100,000 items of a
/// source two strangers share the other 48 with a chance of 1 in 50,000.
pub type Mark = i64;

/// The first half of a SHA-256.
pub type Fingerprint = [u8; 16];

/// The rules that make keys, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyKind {
    /// The source's own rule.
    Own,
    /// `guid` or Atom `id`.
    Guid,
    /// The full link.
    Link,
    /// The stripped link.
    Stripped,
    /// Headline and day of publication; where there is no headline, the text.
    HeadlineDay,
}

impl KeyKind {
    /// All of them, strongest first.
    pub const ALL: [Self; 5] =
        [Self::Own, Self::Guid, Self::Link, Self::Stripped, Self::HeadlineDay];

    /// The number used in the store.
    pub fn number(self) -> i64 {
        match self {
            Self::Own => 0,
            Self::Guid => 1,
            Self::Link => 2,
            Self::Stripped => 3,
            Self::HeadlineDay => 4,
        }
    }

    /// The kind of a stored number.
    pub fn numbered(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Guid => "guid",
            Self::Link => "link",
            Self::Stripped => "stripped",
            Self::HeadlineDay => "headline-day",
        }
    }
}

/// By which rules a source's keys are made.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The source's id.
    pub source: &'a str,
    /// The zone in which its days begin.
    pub zone: Tz,
    /// Its own rule.
    pub rule: Option<&'a IdentityRule>,
}

impl Scope<'_> {
    /// The rules in words, kept beside the keys they made.
    pub fn version(&self) -> String {
        let rule = match self.rule {
            Some(IdentityRule::Query(names)) => format!(" query {}", names.join(" ")),
            None => String::new(),
        };
        format!("{VERSION} {}{rule}", self.zone)
    }
}

/// One key of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Which rule made it.
    pub kind: KeyKind,
    /// Its hash.
    pub mark: Mark,
}

/// What is kept of a face beside the item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// Strongest first.
    pub keys: Vec<Key>,
    /// What headlines are compared by.
    pub headline: Mark,
    /// What texts are compared by; `None` where there is no text.
    pub text: Option<Mark>,
    /// Headline and text together: an edit is a change of this. Dates do not count, since some bump them
    /// at every poll, nor links, since hosts come and go.
    pub fingerprint: Fingerprint,
}

/// An item's address, or its id, as far as the rules ask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// It names one item among many.
    pub is_telling: bool,
    /// It bears a digit.
    pub has_digit: bool,
}

/// What is compared of an item.
#[derive(Clone, Debug, Default)]
pub struct Face {
    /// What is kept of it.
    pub marks: Marks,
    /// Its headline.
    pub headline: Headline,
    /// The day of publication in the source's zone.
    pub day: Option<NaiveDate>,
    /// The host of its link.
    pub host: Option<String>,
    /// What its link is but for the numbers in it, if there are any.
    pub board: Option<Mark>,
    /// The shape of its guid.
    pub guid: Shape,
    /// The shape of its link.
    pub link: Shape,
    /// Its texts, while they are at hand.
    texts: Option<[String; 2]>,
    words: OnceLock<Words>,
}

impl Face {
    /// Of a draft, or of an item with its texts.
    pub fn of(draft: &Draft, scope: Scope<'_>) -> Self {
        let headline = Headline::of(&draft.title);
        let day = draft.published.map(|at| at.with_timezone(&scope.zone).date_naive());
        let link = draft.link.as_ref().map(Address::of);
        let (mut keys, place) = (Vec::with_capacity(5), place(scope.source));
        let mut push = |kind, value: &str| {
            if !value.is_empty() {
                keys.push(Key { kind, mark: mark(place, kind, value) });
            }
        };
        push(KeyKind::Own, &scope.rule.and_then(|rule| own(draft, rule)).unwrap_or_default());
        let given = draft.guid.as_deref().and_then(|given| guid(given, &headline));
        let (guid, guid_shape) = given.unwrap_or_default();
        push(KeyKind::Guid, &guid);
        let shape =
            |link: &Address| Shape { is_telling: link.is_telling, has_digit: link.has_digit };
        if let Some(link) = &link {
            push(KeyKind::Link, &link.full);
            push(KeyKind::Stripped, &link.stripped);
        }
        push(KeyKind::HeadlineDay, &headline_day(draft, &headline, day));
        let text = [settled(&draft.summary), settled(&draft.body)];
        let [summary, body] = &text;
        let has_text = !(summary.is_empty() && body.is_empty());
        let title = headline::settled(&draft.title);
        Self {
            marks: Marks {
                keys,
                headline: number(hash(&["headline", &headline.folded])),
                text: has_text.then(|| number(hash(&["text", summary, body]))),
                fingerprint: hash(&[&title, summary, body]),
            },
            headline,
            day,
            host: draft.link.as_ref().map(address::host),
            board: link.as_ref().filter(|link| link.has_digit).map(board),
            guid: guid_shape,
            link: link.as_ref().map(shape).unwrap_or_default(),
            texts: has_text.then_some(text),
            words: OnceLock::new(),
        }
    }

    /// The marks of one kind.
    pub fn marks_of(&self, kind: KeyKind) -> impl Iterator<Item = Mark> + '_ {
        self.marks.keys.iter().filter(move |key| key.kind == kind).map(|key| key.mark)
    }

    /// Whether both bear a key of this kind: `Some` of whether they share one.
    pub fn shares(&self, other: &Self, kind: KeyKind) -> Option<bool> {
        let mut ours = self.marks_of(kind).peekable();
        let is_theirs = |mark: Mark| other.marks_of(kind).any(|theirs| theirs == mark);
        ours.peek()?;
        other.marks_of(kind).next()?;
        Some(ours.any(is_theirs))
    }

    /// How the texts of both stand to each other.
    pub fn text_beside(&self, other: &Self) -> Relation {
        match (self.marks.text, other.marks.text) {
            (Some(one), Some(two)) if one == two => Relation::Same,
            (Some(_), Some(_)) => self.words().beside(other.words()),
            _ => Relation::Unknown,
        }
    }

    /// The words of its texts; none where they are not at hand.
    pub fn words(&self) -> &Words {
        self.words.get_or_init(|| match &self.texts {
            Some([summary, body]) => Words::of(&[summary, body]),
            None => Words::default(),
        })
    }

    /// Of an item without its texts, by what was kept of it: every key that it ever had, and the marks
    /// of its headline and texts.
    pub fn kept(item: &Draft, marks: Marks, scope: Scope<'_>) -> Self {
        let mut face = Self::of(item, scope);
        let own = std::mem::replace(&mut face.marks, marks);
        for key in own.keys {
            // Without the texts the last key of an item without a headline is not made.
            if !face.marks.keys.contains(&key) && key.kind != KeyKind::HeadlineDay {
                face.marks.keys.push(key);
            }
        }
        face
    }

    /// Brings the texts of a kept item to hand.
    pub fn bring_texts(&mut self, summary: &str, body: &str) {
        self.texts = Some([settled(summary), settled(body)]);
        self.words = OnceLock::new();
    }
}

/// The mark of a link, as the items of a source bear it.
pub fn link_mark(source: &str, link: &Url) -> Mark {
    mark(place(source), KeyKind::Link, &Address::of(link).full)
}

/// The mark of an address that names one item among many, the same for all sources.
pub fn address_mark(link: &Url) -> Option<Mark> {
    let address = Address::of(link);
    address.is_telling.then(|| number(hash(&["address", &address.full])))
}

/// The source's own rule, applied to the link and, where that lacks a part, to the guid. A rule that
/// finds only some of its parameters says nothing: half an identity would join strangers.
fn own(draft: &Draft, rule: &IdentityRule) -> Option<String> {
    let IdentityRule::Query(names) = rule;
    let guid = draft.guid.as_deref().and_then(as_address);
    draft.link.iter().chain(&guid).find_map(|url| {
        let value = |name: &String| {
            let mut pairs = url.query_pairs();
            let (_, value) = pairs.find(|(given, value)| given == name && !value.is_empty())?;
            Some(format!("{name}={value}"))
        };
        let parts: Option<Vec<String>> = names.iter().map(value).collect();
        parts.filter(|parts| !parts.is_empty()).map(|parts| parts.join("&"))
    })
}

/// A guid as it is compared: one that is an address changes its scheme, slash and session like one,
/// and one that repeats the headline says no more than that.
fn guid(given: &str, headline: &Headline) -> Option<(String, Shape)> {
    if let Some(url) = as_address(given) {
        let address = Address::of(&url);
        let shape = Shape { is_telling: address.is_telling, has_digit: address.has_digit };
        return Some((address.full, shape));
    }
    let plain: String = spaced(given).nfc().collect();
    if !headline.folded.is_empty() && folded(headline::plain(&plain)) == headline.folded {
        return None;
    }
    let has_digit = address::has_digit(&plain);
    let shape = Shape { is_telling: address::is_telling(&plain), has_digit };
    (!plain.is_empty()).then_some((plain, shape))
}

fn as_address(given: &str) -> Option<Url> {
    let given = given.trim();
    let is_web = ["http://", "https://"].iter().any(|s| starts_with_ignoring_case(given, s));
    is_web.then(|| Url::parse(given).ok()).flatten().filter(Url::has_host)
}

/// Headline and day; without a headline the beginning of the text and the day.
fn headline_day(draft: &Draft, headline: &Headline, day: Option<NaiveDate>) -> String {
    let day = day.map(|day| day.to_string()).unwrap_or_default();
    if !headline.folded.is_empty() {
        return format!("{}|{day}", headline.loose);
    }
    let texts = [&draft.title, &draft.summary, &draft.body];
    let begins = |text: &str| {
        let head = text.get(..text.floor_char_boundary(HEAD_BYTES_MAX)).unwrap_or(text);
        folded(head).split(' ').take(HEAD_WORDS).collect::<Vec<_>>().join(" ")
    };
    let text = texts.into_iter().map(|text| begins(text)).find(|text| !text.is_empty());
    // An item that says nothing at all is known by that.
    format!("\n{}|{day}", text.unwrap_or_default())
}

fn board(link: &Address) -> Mark {
    let words = link.full.split(|c: char| c.is_ascii_digit()).filter(|word| !word.is_empty());
    let words: Vec<&str> = words.collect();
    number(hash(&words))
}

/// The 16 bits with which the keys of a source begin.
fn place(source: &str) -> Mark {
    number(hash(&["source", source])) & !OWN_BITS
}

/// The other 48.
const OWN_BITS: Mark = 0xffff_ffff_ffff;

fn mark(place: Mark, kind: KeyKind, value: &str) -> Mark {
    place | number(hash(&[kind.name(), value])) & OWN_BITS
}

fn number(hash: Fingerprint) -> Mark {
    hash.iter().take(8).fold(0, |number, byte| number << 8 | i64::from(*byte))
}

/// The first half of the SHA-256 of the parts.
fn hash(parts: &[&str]) -> Fingerprint {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    let mut half = Fingerprint::default();
    for (to, from) in half.iter_mut().zip(hasher.finalize()) {
        *to = from;
    }
    half
}
