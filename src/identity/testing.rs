//! Helpers of this room's tests: items in a line, and a book that remembers them as the store does.
//!
//! For the tests of this room alone.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveTime};

use crate::identity::face::{Face, Fingerprint, KeyKind, Scope};
use crate::identity::{Known, Recognised, Recognition, recognise};
use crate::model::item::Draft;
use crate::model::source::IdentityRule;

/// `A` with other parts: `it!(g: "x", d: "")`.
macro_rules! it {
    ($($part:ident: $value:expr),*) => {
        $crate::identity::testing::It { $($part: $value,)* ..$crate::identity::testing::A }
    };
}

/// An item as a document shows it; an empty part is left out.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct It {
    /// Guid.
    pub(super) g: &'static str,
    /// Link.
    pub(super) l: &'static str,
    /// Headline.
    pub(super) t: &'static str,
    /// Day.
    pub(super) d: &'static str,
    /// Text.
    pub(super) x: &'static str,
}

impl It {
    pub(super) fn draft(&self) -> Draft {
        Draft {
            guid: Some(self.g.to_owned()).filter(|guid| !guid.is_empty()),
            link: url::Url::parse(self.l).ok(),
            title: self.t.to_owned(),
            summary: self.x.to_owned(),
            published: self
                .d
                .parse::<NaiveDate>()
                .ok()
                .map(|d| d.and_time(NaiveTime::MIN).and_utc()),
            ..Draft::default()
        }
    }
}

/// How the keys of these tests are made.
pub(super) fn scope(rule: Option<&IdentityRule>) -> Scope<'_> {
    Scope { source: "news", zone: chrono_tz::UTC, rule }
}

/// What was shown so far, remembered as `store` does it.
#[derive(Default)]
pub(super) struct Book {
    pub(super) known: Vec<Known>,
    /// Every version of an item.
    said: BTreeMap<i64, Vec<Fingerprint>>,
}

impl Book {
    /// Shows a document and keeps what came of it.
    pub(super) fn show(&mut self, drafts: &[Draft], rule: Option<&IdentityRule>) -> Recognised {
        let faces: Vec<Face> = drafts.iter().map(|draft| Face::of(draft, scope(rule))).collect();
        let mut found = recognise(&faces, &self.known, &BTreeMap::new());
        let mut ids: Vec<i64> = Vec::new();
        for (face, what) in faces.iter().zip(&mut found.drafts) {
            let id = self.keep(face, what, &ids);
            ids.push(id);
        }
        found
    }

    fn keep(&mut self, face: &Face, what: &mut Recognition, ids: &[i64]) -> i64 {
        let print = face.marks.fingerprint;
        let id = match *what {
            Recognition::New { .. } | Recognition::Familiar { .. } => self.known.len() as i64 + 1,
            Recognition::Known { item } | Recognition::Edited { item, .. } => item,
            Recognition::Duplicate { of } => ids[of],
        };
        let mut fresh = face.clone();
        if let Recognition::New { instead_of: Some(before) } = *what {
            let taken = face.marks.keys.iter().filter(|key| key.kind != KeyKind::HeadlineDay);
            let taken: Vec<_> = taken.copied().collect();
            let before = &mut self.known[before as usize - 1].face.marks.keys;
            before.retain(|key| !taken.contains(key));
        }
        let Some(known) = self.known.get_mut(id as usize - 1) else {
            let was_alerted = true;
            self.known.push(Known { id, face: fresh, version: 1, was_alerted });
            self.said.insert(id, vec![print]);
            return id;
        };
        let lacks = face.marks.keys.iter().filter(|key| !known.face.marks.keys.contains(key));
        let lacks: Vec<_> = lacks.copied().collect();
        known.face.marks.keys.extend(lacks);
        if matches!(what, Recognition::Edited { .. }) {
            if self.said[&id].contains(&print) {
                *what = Recognition::Known { item: id };
            } else {
                self.said.entry(id).or_default().push(print);
                known.version += 1;
                fresh.marks.keys.clone_from(&known.face.marks.keys);
                // An undated edit keeps the day, as an item without a link keeps its link.
                fresh.day = fresh.day.or(known.face.day);
                known.face = fresh;
            }
        }
        id
    }
}

/// How many of these are news.
pub(super) fn news(found: &Recognised) -> usize {
    let is_news = |what: &&Recognition| {
        matches!(what, Recognition::New { .. } | Recognition::Familiar { .. })
    };
    found.drafts.iter().filter(is_news).count()
}

/// Shows documents one after the other; how many news each of them brings.
pub(super) fn polls(documents: &[&[It]], rule: Option<&IdentityRule>) -> Vec<usize> {
    let mut book = Book::default();
    let show = |document: &&[It]| {
        let drafts: Vec<Draft> = document.iter().map(It::draft).collect();
        news(&book.show(&drafts, rule))
    };
    documents.iter().map(show).collect()
}

/// Two dozen words.
pub(super) const LONG: &str = "The ministry and the commission met in the capital on Monday to discuss chips, \
     cables, research funds and the rules under which data may cross their borders";
/// The same and a sentence more.
pub(super) const LONG_ON: &str = "The ministry and the commission met in the capital on Monday to discuss chips, \
     cables, research funds and the rules under which data may cross their borders. More will follow";
/// The same with a word mended.
pub(super) const LONG_MENDED: &str = "The ministry and the commission met in the capital on Tuesday to discuss chips, \
     cables, research funds and the rules under which data may cross their borders";
/// Between half and four fifths of the words of `LONG`.
pub(super) const LONG_CHANGED: &str = "The ministry and the commission met in the capital on Monday to discuss ships, ports, \
     fishing quotas and the rules under which data may cross their borders";
pub(super) const SHORT: &str = "A few words on the meeting that was held";
pub(super) const OTHER: &str = "Applications for the new grants close at the end of this month";

/// A piece of news with everything that a source can give.
pub(super) const A: It = It {
    g: "id-1",
    l: "https://a.example/news/1",
    t: "Ministers meet on chips",
    d: "2026-11-02",
    x: LONG,
};
/// Stands in every document, since of a document with one item no address tells.
pub(super) const NEIGHBOUR: It = It {
    g: "id-0",
    l: "https://a.example/news/0",
    t: "Old news of a bridge",
    d: "2026-10-01",
    x: "A bridge was opened by the mayor and many people came to see it",
};

/// What the documents show one after the other, and how many of the last one's items are news.
pub(super) type Row<'a> = (&'a str, &'a [&'a [It]], usize);

/// Shows each row's documents, beside the neighbour or alone.
pub(super) fn hold(rows: &[Row<'_>], beside: &[It], rule: Option<&IdentityRule>) {
    let wrong = rows.iter().filter_map(|(sentence, documents, wanted)| {
        let whole = |shown: &&[It]| [beside, shown].concat();
        let documents: Vec<Vec<It>> = documents.iter().map(whole).collect();
        let documents: Vec<&[It]> = documents.iter().map(Vec::as_slice).collect();
        let found = polls(&documents, rule);
        // The neighbour is news once.
        let first = if documents.len() == 1 { beside.len() } else { 0 };
        (found.last() != Some(&(wanted + first)))
            .then(|| format!("{sentence}: {wanted} news wanted, by poll {found:?}"))
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

pub(super) fn beside(rows: &[Row<'_>]) {
    hold(rows, &[NEIGHBOUR], None);
}
