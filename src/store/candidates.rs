//! The known items that the drafts of a document may be, fetched in a handful of statements.
//!
//! Decides nothing: `identity` does. What is read holds as long as the claim on the source is held,
//! because nobody else writes its items meanwhile. Called by `work::visit`.

use std::collections::{BTreeMap, HashMap, HashSet};

use sqlx::{FromRow, QueryBuilder, Sqlite};

use crate::identity::face::{Face, Fingerprint, Key, KeyKind, Mark, Marks, Scope};
use crate::identity::{Known, Recognition, in_question};
use crate::model::item::Draft;
use crate::store::Store;
use crate::store::error::Error;
use crate::store::items::KEYS_MAX;
use crate::store::record::time;

/// Values in one `IN (…)`; SQLite allows 32,766.
pub(super) const CHUNK: usize = 500;

/// Holders of one key that are looked at beyond those that the document itself may name, the youngest
/// first: a key with so many tells nothing, and the board that shows more of them at once is not known.
const HOLDERS_SPARE: usize = 64;

/// What may be meant.
#[derive(Clone, Debug, Default)]
pub struct Candidates {
    /// The items, with what is compared of them.
    pub known: Vec<Known>,
    /// How many items of the source bear a headline of the document.
    pub headlines: BTreeMap<Mark, u64>,
}

impl Candidates {
    /// The keys of each draft that the store lacks: of a known item only new ones, as long as it has few.
    pub fn lacking(&self, faces: &[Face], found: &[Recognition]) -> Vec<Vec<Key>> {
        let known: HashMap<i64, &[Key]> =
            self.known.iter().map(|known| (known.id, known.face.marks.keys.as_slice())).collect();
        let lacks = |(face, recognition): (&Face, &Recognition)| {
            let (Recognition::Known { item } | Recognition::Edited { item, .. }) = recognition
            else {
                return face.marks.keys.clone();
            };
            let held = known.get(item).copied().unwrap_or_default();
            let room = KEYS_MAX.saturating_sub(held.len());
            let new = face.marks.keys.iter().filter(|key| !held.contains(key)).take(room);
            new.copied().collect()
        };
        faces.iter().zip(found).map(lacks).collect()
    }
}

/// What is compared of an item.
#[derive(FromRow)]
struct Row {
    id: i64,
    version: i64,
    published: Option<i64>,
    guid: Option<String>,
    link: Option<String>,
    title: String,
    title_mark: i64,
    text_mark: Option<i64>,
    fingerprint: Vec<u8>,
    was_alerted: i64,
}

impl Row {
    fn into_known(self, keys: Vec<Key>, scope: Scope<'_>) -> Known {
        let item = Draft {
            guid: self.guid,
            link: self.link.and_then(|link| url::Url::parse(&link).ok()),
            title: self.title,
            published: time(self.published),
            ..Draft::default()
        };
        let marks = Marks {
            keys,
            headline: self.title_mark,
            text: self.text_mark,
            fingerprint: as_fingerprint(&self.fingerprint),
        };
        let face = Face::kept(&item, marks, scope);
        let (version, was_alerted) = (self.version as u32, self.was_alerted != 0);
        Known { id: self.id, face, version, was_alerted }
    }
}

impl Store {
    /// The items of a source that share a key or a headline with these drafts.
    pub async fn candidates(&self, scope: Scope<'_>, faces: &[Face]) -> Result<Candidates, Error> {
        let mut wanted = self.holders(scope.source, faces).await?;
        let (headlines, bearers) = self.headlined(scope.source, faces).await?;
        wanted.extend(bearers);
        let mut ids: Vec<i64> = wanted.into_iter().collect();
        ids.sort_unstable();
        let mut known = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(CHUNK) {
            self.known(chunk, scope, &mut known).await?;
        }
        self.bring_texts(faces, &mut known).await?;
        Ok(Candidates { known, headlines })
    }

    /// The items that hold a key of these drafts.
    async fn holders(&self, source: &str, faces: &[Face]) -> Result<HashSet<i64>, Error> {
        let mut counts: HashMap<Mark, usize> = HashMap::new();
        for key in faces.iter().flat_map(|face| &face.marks.keys) {
            *counts.entry(key.mark).or_default() += 1;
        }
        let most = counts.values().max().copied().unwrap_or_default() * 2 + HOLDERS_SPARE;
        let mut marks: Vec<Mark> = counts.into_keys().collect();
        marks.sort_unstable();
        let mut found = HashSet::new();
        for chunk in marks.chunks(CHUNK) {
            // The plus keeps the planner from reading all items of the source to find these few.
            let mut query = QueryBuilder::<Sqlite>::new(
                "SELECT item FROM (SELECT item_key.item, row_number() OVER \
                 (PARTITION BY item_key.mark ORDER BY item_key.item DESC) AS place \
                 FROM item_key JOIN item ON item.id = item_key.item WHERE +item.source = ",
            );
            query.push_bind(source).push(" AND item_key.mark IN (");
            push_values(&mut query, chunk);
            query.push(") WHERE place <= ").push_bind(most as i64);
            let rows: Vec<i64> =
                query.build_query_scalar().persistent(false).fetch_all(&self.readers).await?;
            found.extend(rows);
        }
        Ok(found)
    }

    /// How many items bear each headline that may tell, and the item where it is one.
    async fn headlined(
        &self,
        source: &str,
        faces: &[Face],
    ) -> Result<(BTreeMap<Mark, u64>, Vec<i64>), Error> {
        let telling = faces.iter().filter(|face| !face.headline.is_generic);
        let marks: HashSet<Mark> = telling.map(|face| face.marks.headline).collect();
        let mut marks: Vec<Mark> = marks.into_iter().collect();
        marks.sort_unstable();
        let (mut counts, mut items) = (BTreeMap::new(), Vec::new());
        for chunk in marks.chunks(CHUNK) {
            let mut query = QueryBuilder::<Sqlite>::new(
                "SELECT title_mark, count(*), max(id) FROM item WHERE source = ",
            );
            query.push_bind(source).push(" AND title_mark IN (");
            push_values(&mut query, chunk);
            query.push(" GROUP BY title_mark");
            let rows: Vec<(i64, i64, i64)> =
                query.build_query_as().persistent(false).fetch_all(&self.readers).await?;
            for (headline, count, item) in rows {
                counts.insert(headline, count as u64);
                items.extend((count == 1).then_some(item));
            }
        }
        Ok((counts, items))
    }

    /// Loads what is compared of these items.
    async fn known(
        &self,
        ids: &[i64],
        scope: Scope<'_>,
        known: &mut Vec<Known>,
    ) -> Result<(), Error> {
        let mut query =
            QueryBuilder::<Sqlite>::new("SELECT item, kind, mark FROM item_key WHERE item IN (");
        push_values(&mut query, ids);
        let rows: Vec<(i64, i64, i64)> =
            query.build_query_as().persistent(false).fetch_all(&self.readers).await?;
        let mut keys: HashMap<i64, Vec<Key>> = HashMap::new();
        for (item, kind, mark) in rows {
            if let Some(kind) = KeyKind::numbered(kind) {
                keys.entry(item).or_default().push(Key { kind, mark });
            }
        }
        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT id, version, published, guid, link, title, title_mark, text_mark, fingerprint, \
             CASE WHEN EXISTS (SELECT 1 FROM alert WHERE alert.item = item.id) THEN 1 ELSE 0 END \
             AS was_alerted FROM item WHERE id IN (",
        );
        push_values(&mut query, ids);
        let rows: Vec<Row> =
            query.build_query_as().persistent(false).fetch_all(&self.readers).await?;
        known.extend(rows.into_iter().map(|row| {
            let keys = keys.remove(&row.id).unwrap_or_default();
            row.into_known(keys, scope)
        }));
        Ok(())
    }

    /// Brings to hand the texts that no draft says and that may be asked for.
    async fn bring_texts(&self, faces: &[Face], known: &mut [Known]) -> Result<(), Error> {
        let ids = in_question(faces, known);
        let mut texts: HashMap<i64, (String, String)> = HashMap::new();
        for chunk in ids.chunks(CHUNK) {
            let mut query =
                QueryBuilder::<Sqlite>::new("SELECT id, summary, body FROM item WHERE id IN (");
            push_values(&mut query, chunk);
            let rows: Vec<(i64, String, String)> =
                query.build_query_as().persistent(false).fetch_all(&self.readers).await?;
            texts.extend(rows.into_iter().map(|(id, summary, body)| (id, (summary, body))));
        }
        for item in known {
            if let Some((summary, body)) = texts.get(&item.id) {
                item.face.bring_texts(summary, body);
            }
        }
        Ok(())
    }

    /// Turns edits back to a text that the item once had into `Known`.
    pub async fn know_returns(
        &self,
        faces: &[Face],
        found: &mut [Recognition],
    ) -> Result<(), Error> {
        let edited = |recognition: &Recognition| match recognition {
            Recognition::Edited { item, .. } => Some(*item),
            _ => None,
        };
        let ids: Vec<i64> = found.iter().filter_map(edited).collect();
        let mut once: HashSet<(i64, Fingerprint)> = HashSet::new();
        for chunk in ids.chunks(CHUNK) {
            let mut query = QueryBuilder::<Sqlite>::new(
                "SELECT item, fingerprint FROM item_version WHERE item IN (",
            );
            push_values(&mut query, chunk);
            let rows: Vec<(i64, Vec<u8>)> =
                query.build_query_as().persistent(false).fetch_all(&self.readers).await?;
            once.extend(rows.into_iter().map(|(item, said)| (item, as_fingerprint(&said))));
        }
        for (face, recognition) in faces.iter().zip(found) {
            if let Some(item) = edited(recognition)
                && once.contains(&(item, face.marks.fingerprint))
            {
                *recognition = Recognition::Known { item };
            }
        }
        Ok(())
    }
}

/// Appends a list of numbers and the closing bracket.
pub(super) fn push_values(query: &mut QueryBuilder<Sqlite>, values: &[i64]) {
    let mut list = query.separated(", ");
    for value in values {
        list.push_bind(*value);
    }
    query.push(")");
}

/// A stored fingerprint; one of a wrong length is like no other.
fn as_fingerprint(bytes: &[u8]) -> Fingerprint {
    Fingerprint::try_from(bytes).unwrap_or_default()
}
