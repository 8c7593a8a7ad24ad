//! Which drafts are which items: the rules, without any SQL.
//!
//! Identity is ours, never the publisher's promise. Every candidate key of an item is kept; a draft
//! is the known item that shares its strongest key, unless other keys contradict. Where keys leave
//! it open, the draft counts as new: an alert told twice is a nuisance, one never told is a loss.
//! `recognise` gathers the cards from the database and asks here.

use std::collections::{HashMap, HashSet};

use sha2::{Digest, Sha256};

use crate::model::item::{Draft, KeyKind};

/// A hash of a key's kind and value, as stored.
pub(super) type Mark = [u8; 16];

/// From this many different titles under one key in one batch, the key tells nothing apart.
/// Two would be too few: an Atom feed may list two states of one item.
const TITLES_MAX: usize = 3;

/// A publisher that gave one item this many ids makes a new one at each poll.
const GUIDS_MAX: usize = 3;

/// What is compared of a draft or a known item.
#[derive(Clone, Debug)]
pub(super) struct Card {
    /// Keys, strongest first.
    pub(super) keys: Vec<(KeyKind, Mark)>,
    /// What titles are compared by.
    pub(super) title: i64,
    /// Path and query of the link, which survive a change of host or scheme.
    pub(super) path: Option<String>,
    /// Title and text together.
    pub(super) fingerprint: Mark,
    /// Whether there is any text beside the title.
    pub(super) has_text: bool,
}

impl Card {
    /// The card of a draft.
    pub(super) fn of(draft: &Draft) -> Self {
        let mut keys: Vec<(KeyKind, Mark)> =
            draft.keys.iter().map(|key| (key.kind, key_mark(key.kind, &key.value))).collect();
        keys.sort_by_key(|(kind, _)| *kind);
        keys.dedup();
        Self {
            keys,
            title: title_mark(&draft.title),
            path: draft.link.as_ref().and_then(telling_path),
            fingerprint: fingerprint(draft),
            has_text: !(draft.summary.is_empty() && draft.body.is_empty()),
        }
    }

    /// The marks of one kind.
    fn marks(&self, kind: KeyKind) -> impl Iterator<Item = Mark> + '_ {
        self.keys.iter().filter(move |(k, _)| *k == kind).map(|(_, mark)| *mark)
    }

    /// Whether both have keys of this kind and none in common.
    fn contradicts(&self, other: &Self, kind: KeyKind) -> bool {
        let mut ours = self.marks(kind).peekable();
        let mut theirs = other.marks(kind).peekable();
        ours.peek().is_some()
            && theirs.peek().is_some()
            && !ours.any(|mark| other.keys.contains(&(kind, mark)))
    }

    /// Whether the links differ in more than host and scheme.
    fn is_elsewhere(&self, other: &Self) -> bool {
        self.contradicts(other, KeyKind::Link) && (self.path.is_none() || self.path != other.path)
    }

    /// Whether a key of this kind, found on both, makes them one item.
    pub(super) fn is(&self, known: &Self, by: KeyKind) -> bool {
        if by != KeyKind::Own && self.contradicts(known, KeyKind::Own) {
            return false;
        }
        let same_title = self.title == known.title;
        match by {
            KeyKind::Own => true,
            // The publisher gave an old id to another story.
            KeyKind::Guid => same_title || !self.contradicts(known, KeyKind::Link),
            // Two ids and two titles at one address: a board that links every item to itself.
            // Unless that publisher makes up ids as it goes.
            KeyKind::Link => {
                same_title
                    || !self.contradicts(known, KeyKind::Guid)
                    || known.marks(KeyKind::Guid).count() >= GUIDS_MAX
            }
            // Two pages of one day with one headline are two items.
            KeyKind::TitleDay => !self.is_elsewhere(known),
        }
    }

    /// Whether the source's own rule tells them apart.
    pub(super) fn is_other_by_own_rule(&self, known: &Self) -> bool {
        self.contradicts(known, KeyKind::Own)
    }

    /// Whether the title alone, with the page's path, makes them one item: a publisher known under
    /// two host names, whose items have no date.
    pub(super) fn is_same_page(&self, known: &Self) -> bool {
        self.title == known.title
            && self.path.is_some()
            && self.path == known.path
            && !self.contradicts(known, KeyKind::Own)
    }
}

/// The keys that tell nothing apart within one batch.
pub(super) fn weak_in(batch: &[Card]) -> HashSet<Mark> {
    let mut titles: HashMap<(KeyKind, Mark), HashSet<i64>> = HashMap::new();
    let mut links: HashMap<(KeyKind, Mark), HashSet<Mark>> = HashMap::new();
    let mut without_guid: HashSet<Mark> = HashSet::new();
    for card in batch {
        for &(kind, mark) in &card.keys {
            titles.entry((kind, mark)).or_default().insert(card.title);
            links.entry((kind, mark)).or_default().extend(card.marks(KeyKind::Link));
            if kind == KeyKind::Link && card.marks(KeyKind::Guid).next().is_none() {
                without_guid.insert(mark);
            }
        }
    }
    let weak = titles.iter().filter(|&(&(kind, mark), titles)| {
        let links = links.get(&(kind, mark)).map_or(0, HashSet::len);
        match kind {
            KeyKind::Own => titles.len() >= TITLES_MAX && links >= TITLES_MAX,
            KeyKind::Guid => titles.len() >= TITLES_MAX || (titles.len() >= 2 && links >= 2),
            KeyKind::Link => {
                titles.len() >= TITLES_MAX || (titles.len() >= 2 && without_guid.contains(&mark))
            }
            KeyKind::TitleDay => false,
        }
    });
    weak.map(|((_, mark), _)| *mark).collect()
}

/// The hash of a key.
pub(super) fn key_mark(kind: KeyKind, value: &str) -> Mark {
    hash(&[kind.name(), value])
}

/// What an item says: an edit is a change of this. Spacing does not count, nor do dates (some
/// publishers bump them at every poll) nor the link (hosts come and go).
pub(super) fn fingerprint(draft: &Draft) -> Mark {
    hash(&[&spaced(&draft.title), &spaced(&draft.summary), &spaced(&draft.body)])
}

/// What titles are compared by: without case and spacing.
pub(super) fn title_mark(title: &str) -> i64 {
    let mark = hash(&[&spaced(title).to_lowercase()]);
    mark.iter().take(8).fold(0, |number, byte| number << 8 | i64::from(*byte))
}

/// The first half of the SHA-256 of the parts.
fn hash(parts: &[&str]) -> Mark {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    let mut mark = Mark::default();
    for (to, from) in mark.iter_mut().zip(hasher.finalize()) {
        *to = from;
    }
    mark
}

/// Every run of white space as one space, none at the ends.
fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Path and query, if they name more than the front page.
fn telling_path(link: &url::Url) -> Option<String> {
    let path = link.path().trim_end_matches('/');
    match link.query() {
        Some(query) => Some(format!("{path}?{query}")),
        None if path.is_empty() => None,
        None => Some(path.to_owned()),
    }
}
