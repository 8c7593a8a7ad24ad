//! Recognising drafts: new, known, edited, or known text under new ids.
//!
//! Reads what the store knows of a batch in a handful of statements, then applies the rules of
//! `identity`. The answer holds as long as the claim on the source is held, because nobody else
//! writes its items meanwhile.

use std::collections::{HashMap, HashSet};

use sqlx::{QueryBuilder, Sqlite};

use crate::model::item::{Draft, KeyKind};
use crate::store::Store;
use crate::store::error::Error;
use crate::store::identity::{Card, Mark, weak_in};

/// Values in one `IN (…)`; SQLite allows 32,766.
pub(super) const CHUNK: usize = 500;

/// What the store knows of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recognition {
    /// Nothing.
    New,
    /// An item, saying what it said before (now or in an earlier version: a source that flaps
    /// between two texts makes no news).
    Known {
        /// The item.
        item: i64,
    },
    /// An item whose title or text is other than ever before.
    Edited {
        /// The item.
        item: i64,
        /// The version that it becomes.
        version: u32,
        /// Whether any version of it was told already.
        was_alerted: bool,
    },
    /// Under keys never seen, the title of an item of this source. One of these may be a weekly
    /// headline and counts as new; very many at once are a source that changed its ids.
    Republished {
        /// The item of that title.
        item: i64,
        /// Whether summary and body are the same too.
        same_text: bool,
        /// Whether that item was told already.
        was_alerted: bool,
    },
    /// The same item as an earlier draft of the batch.
    Duplicate {
        /// The earlier draft's index.
        of: usize,
    },
}

/// A known item with what is compared.
struct Known {
    card: Card,
    version: u32,
    was_alerted: bool,
}

/// Id, version, title, fingerprint, link, whether it has text, whether it was told.
type ItemRow = (i64, i64, i64, Vec<u8>, Option<String>, i64, i64);

/// Everything the store knows that may concern a batch.
#[derive(Default)]
struct Memory {
    /// Key to item, and whether the key is shared.
    keys: HashMap<Mark, (i64, bool)>,
    /// Title to items, the youngest first.
    titles: HashMap<i64, Vec<i64>>,
    /// The items themselves.
    items: HashMap<i64, Known>,
}

impl Store {
    /// Says of each draft what the store knows of it, in the same order. Drafts of one batch that
    /// are one item are `Duplicate`s of the first.
    pub async fn recognise(
        &self,
        source: &str,
        drafts: &[Draft],
    ) -> Result<Vec<Recognition>, Error> {
        let cards: Vec<Card> = drafts.iter().map(Card::of).collect();
        let memory = self.remember(source, &cards).await?;
        let mut found = sort_out(&cards, &memory);
        self.drop_returns(&cards, &mut found).await?;
        Ok(found)
    }

    /// Gathers the items that share a key or a title with the batch.
    async fn remember(&self, source: &str, cards: &[Card]) -> Result<Memory, Error> {
        let mut memory = Memory::default();
        let marks: Vec<Mark> = cards.iter().flat_map(|c| c.keys.iter().map(|(_, m)| *m)).collect();
        for chunk in marks.chunks(CHUNK) {
            let mut query = QueryBuilder::<Sqlite>::new(
                "SELECT mark, item, shared FROM item_key WHERE source = ",
            );
            query.push_bind(source).push(" AND mark IN (");
            let mut list = query.separated(", ");
            for mark in chunk {
                list.push_bind(mark.as_slice());
            }
            query.push(")");
            let rows: Vec<(Vec<u8>, i64, i64)> =
                query.build_query_as().persistent(false).fetch_all(&self.readers).await?;
            for (mark, item, shared) in rows {
                memory.keys.insert(as_mark(&mark), (item, shared != 0));
            }
        }
        let mut wanted: HashSet<i64> = memory.keys.values().map(|(item, _)| *item).collect();
        let titles: Vec<i64> = cards.iter().map(|card| card.title).collect();
        for chunk in titles.chunks(CHUNK) {
            let mut query =
                QueryBuilder::<Sqlite>::new("SELECT title_mark, max(id) FROM item WHERE source = ");
            query.push_bind(source).push(" AND title_mark IN (");
            let mut list = query.separated(", ");
            for title in chunk {
                list.push_bind(*title);
            }
            query.push(") GROUP BY title_mark");
            let rows: Vec<(i64, i64)> =
                query.build_query_as().persistent(false).fetch_all(&self.readers).await?;
            for (title, item) in rows {
                wanted.insert(item);
                memory.titles.entry(title).or_default().push(item);
            }
        }
        let wanted: Vec<i64> = wanted.into_iter().collect();
        for chunk in wanted.chunks(CHUNK) {
            self.remember_items(chunk, &mut memory).await?;
        }
        Ok(memory)
    }

    /// Loads what is compared of these items.
    async fn remember_items(&self, ids: &[i64], memory: &mut Memory) -> Result<(), Error> {
        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT id, version, title_mark, fingerprint, link, \
             CASE WHEN summary = '' AND body = '' THEN 0 ELSE 1 END, \
             CASE WHEN EXISTS (SELECT 1 FROM alert WHERE alert.item = item.id) THEN 1 ELSE 0 END \
             FROM item WHERE id IN (",
        );
        push_ids(&mut query, ids);
        let rows: Vec<ItemRow> =
            query.build_query_as().persistent(false).fetch_all(&self.readers).await?;
        for (id, version, title, fingerprint, link, has_text, was_alerted) in rows {
            let link = link.and_then(|link| url::Url::parse(&link).ok());
            let mut card = Card::of(&Draft { link, ..Draft::default() });
            card.title = title;
            card.fingerprint = as_mark(&fingerprint);
            card.has_text = has_text != 0;
            let known = Known { card, version: version as u32, was_alerted: was_alerted != 0 };
            memory.items.insert(id, known);
        }
        let mut query =
            QueryBuilder::<Sqlite>::new("SELECT item, kind, mark FROM item_key WHERE item IN (");
        push_ids(&mut query, ids);
        let rows: Vec<(i64, String, Vec<u8>)> =
            query.build_query_as().persistent(false).fetch_all(&self.readers).await?;
        for (item, kind, mark) in rows {
            if let (Some(known), Some(kind)) = (memory.items.get_mut(&item), kind_named(&kind)) {
                known.card.keys.push((kind, as_mark(&mark)));
            }
        }
        Ok(())
    }

    /// Turns edits back to a text that the item once had into `Known`.
    async fn drop_returns(&self, cards: &[Card], found: &mut [Recognition]) -> Result<(), Error> {
        for (card, recognition) in cards.iter().zip(found) {
            let Recognition::Edited { item, .. } = *recognition else { continue };
            let once: Option<i64> = sqlx::query_scalar(
                "SELECT version FROM item_version WHERE item = $1 AND fingerprint = $2 LIMIT 1",
            )
            .bind(item)
            .bind(card.fingerprint.as_slice())
            .fetch_optional(&self.readers)
            .await?;
            if once.is_some() {
                *recognition = Recognition::Known { item };
            }
        }
        Ok(())
    }
}

/// Applies the rules to a whole batch.
fn sort_out(cards: &[Card], memory: &Memory) -> Vec<Recognition> {
    let weak = weak_in(cards);
    let is_weak = |mark: &Mark| {
        weak.contains(mark) || memory.keys.get(mark).is_some_and(|(_, shared)| *shared)
    };
    let mut found: Vec<Recognition> = Vec::with_capacity(cards.len());
    let mut holders: HashMap<Mark, usize> = HashMap::new();
    let mut taken: HashMap<i64, usize> = HashMap::new();
    for (index, card) in cards.iter().enumerate() {
        let strong = card.keys.iter().filter(|(_, mark)| !is_weak(mark));
        let mut matched = None;
        for &(kind, mark) in strong.clone() {
            if let Some(&earlier) = holders.get(&mark)
                && cards.get(earlier).is_some_and(|other| card.is(other, kind))
            {
                matched = Some(Recognition::Duplicate { of: earlier });
                break;
            }
            if let Some((item, known)) = memory.holder(mark)
                && card.is(&known.card, kind)
            {
                matched = Some(known.seen(item, card));
                break;
            }
        }
        if matched.is_none() {
            matched = memory.by_title(card, strong.count() == 0);
        }
        let matched = single(matched.unwrap_or(Recognition::New), index, &mut taken);
        let first = if let Recognition::Duplicate { of } = matched { of } else { index };
        for (_, mark) in &card.keys {
            holders.entry(*mark).or_insert(first);
        }
        found.push(matched);
    }
    resolve_leftovers(cards, memory, &mut found, &mut taken);
    found
}

/// Makes a second draft of one known item a duplicate of the first.
fn single(matched: Recognition, index: usize, taken: &mut HashMap<i64, usize>) -> Recognition {
    let (Recognition::Known { item } | Recognition::Edited { item, .. }) = matched else {
        return matched;
    };
    if let Some(&of) = taken.get(&item) {
        return Recognition::Duplicate { of };
    }
    taken.insert(item, index);
    matched
}

/// Drafts that are new by their keys but have a known title: the item itself, when its text is the
/// same, its day is the same and the batch holds it under no other key (a source that makes up both
/// id and link at every poll); else a republished one.
fn resolve_leftovers(
    cards: &[Card],
    memory: &Memory,
    found: &mut [Recognition],
    taken: &mut HashMap<i64, usize>,
) {
    for (index, (card, recognition)) in cards.iter().zip(found).enumerate() {
        if *recognition != Recognition::New {
            continue;
        }
        let same_day = card.keys.iter().filter(|(kind, _)| *kind == KeyKind::TitleDay);
        let twin = same_day.filter_map(|(_, mark)| memory.holder(*mark)).find(|(item, known)| {
            !taken.contains_key(item)
                && card.has_text
                && card.fingerprint == known.card.fingerprint
                && !card.is_other_by_own_rule(&known.card)
        });
        if let Some((item, _)) = twin {
            taken.insert(item, index);
            *recognition = Recognition::Known { item };
        } else if let Some((item, known)) = memory.titled(card.title) {
            *recognition = Recognition::Republished {
                item,
                same_text: card.fingerprint == known.card.fingerprint,
                was_alerted: known.was_alerted,
            };
        }
    }
}

impl Memory {
    /// The item that holds a key.
    fn holder(&self, mark: Mark) -> Option<(i64, &Known)> {
        let (item, _) = self.keys.get(&mark)?;
        Some((*item, self.items.get(item)?))
    }

    /// The youngest item of a title.
    fn titled(&self, title: i64) -> Option<(i64, &Known)> {
        let item = self.titles.get(&title)?.first()?;
        Some((*item, self.items.get(item)?))
    }

    /// The known item of a draft by its title alone: where no key tells anything, or where the
    /// page is the same under another host name.
    fn by_title(&self, card: &Card, keyless: bool) -> Option<Recognition> {
        let (item, known) = self.titled(card.title)?;
        (keyless || card.is_same_page(&known.card)).then(|| known.seen(item, card))
    }
}

impl Known {
    /// Known or edited, by the text.
    fn seen(&self, item: i64, card: &Card) -> Recognition {
        if card.fingerprint == self.card.fingerprint {
            Recognition::Known { item }
        } else {
            let was_alerted = self.was_alerted;
            Recognition::Edited { item, version: self.version + 1, was_alerted }
        }
    }
}

/// Appends a list of ids and the closing bracket.
pub(super) fn push_ids(query: &mut QueryBuilder<Sqlite>, ids: &[i64]) {
    let mut list = query.separated(", ");
    for id in ids {
        list.push_bind(*id);
    }
    query.push(")");
}

/// A stored hash; one of a wrong length matches nothing.
fn as_mark(bytes: &[u8]) -> Mark {
    Mark::try_from(bytes).unwrap_or_default()
}

/// The kind of a stored key.
fn kind_named(name: &str) -> Option<KeyKind> {
    [KeyKind::Own, KeyKind::Guid, KeyKind::Link, KeyKind::TitleDay]
        .into_iter()
        .find(|kind| kind.name() == name)
}
