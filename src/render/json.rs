//! An alert as data: the line of a `file` receiver, and `data` of the generic webhook.
//!
//! Field names are stable. Texts are verbatim, not cleaned, because the offsets of hits count
//! their characters; whoever shows them escapes them.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use crate::model::alert::Delivery;
use crate::model::decision::Evidence;
use crate::render::excerpt::{excerpt, plain};
use crate::render::link::Link;
use crate::render::text::{characters, fit};

/// The alert as one line of JSON, without the line's end. Nothing is cut.
pub fn line(delivery: &Delivery) -> String {
    to_json(&data(delivery, &Caps::NONE))
}

/// How much of each part is told, in characters or in pieces.
#[derive(Clone, Copy, Debug)]
pub struct Caps {
    /// The headline.
    pub title: usize,
    /// The lead.
    pub summary: usize,
    /// Categories of the item.
    pub categories: usize,
    /// The reason of each watch.
    pub reason: usize,
    /// Any other text: names, terms.
    pub name: usize,
    /// Hits.
    pub hits: usize,
    /// Watches, and concepts.
    pub watches: usize,
    /// Pieces of evidence of each watch.
    pub evidence: usize,
    /// The sentence of a piece of evidence.
    pub sentence: usize,
}

impl Caps {
    /// Everything.
    pub const NONE: Self = Self {
        title: usize::MAX,
        summary: usize::MAX,
        categories: usize::MAX,
        reason: usize::MAX,
        name: usize::MAX,
        hits: usize::MAX,
        watches: usize::MAX,
        evidence: usize::MAX,
        sentence: usize::MAX,
    };
}

/// The data of one delivery.
#[derive(Serialize)]
pub struct Data {
    /// The delivery's id: the same at every try.
    id: String,
    /// The alert's number: the same for every receiver.
    alert: i64,
    /// 1, then one more for each retelling.
    revision: u32,
    raised_at: String,
    item: ItemData,
    watches: Vec<WatchData>,
    concepts: Vec<String>,
    hits: Vec<HitData>,
    excerpt: String,
    /// What was cut to keep the message small: `title`, `summary`, `categories`, `reasons`, `names`,
    /// `hits`, `watches`, `evidence`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cut: Vec<&'static str>,
}

#[derive(Serialize)]
struct ItemData {
    id: i64,
    title: String,
    link: Option<String>,
    published: Option<String>,
    updated: Option<String>,
    source: String,
    publisher: String,
    /// Publishers' names of other sources that bring it too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    also: Vec<String>,
    language: Option<String>,
    summary: String,
    categories: Vec<String>,
}

#[derive(Serialize)]
struct WatchData {
    id: String,
    title: String,
    reason: String,
    /// The reason, piece by piece.
    evidence: Vec<EvidenceData>,
}

#[derive(Serialize)]
struct EvidenceData {
    concept: Option<String>,
    /// The words as they stand in the text; empty when the publisher implies the concept, and then
    /// there is no field, no offset and no sentence either.
    surface: String,
    field: Option<&'static str>,
    /// Of a category, which one of the item's: offsets are those of its own text.
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<usize>,
    start: Option<usize>,
    end: Option<usize>,
    sentence: String,
}

#[derive(Serialize)]
struct HitData {
    concept: Option<String>,
    term: String,
    /// `None` when the publisher implies the concept; then there are no offsets either.
    field: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<usize>,
    start: Option<usize>,
    end: Option<usize>,
}

/// Other sources of an item that are named; one seldom stands in more.
const ALSO_MAX: usize = 8;

/// Gathers the data within the caps.
pub fn data(delivery: &Delivery, caps: &Caps) -> Data {
    let alert = &delivery.alert;
    let (draft, decision) = (&alert.draft, &alert.decision);
    let mut cut = Cut(Vec::new());
    let watches = cut.pieces("watches", &decision.flags, caps.watches);
    let concepts = cut.pieces("watches", &decision.concepts, caps.watches);
    let hits = cut.pieces("hits", &decision.hits, caps.hits);
    let also = cut.pieces("names", &alert.also, ALSO_MAX);
    let categories = cut.pieces("categories", &draft.categories, caps.categories);
    Data {
        id: delivery.id.to_string(),
        alert: alert.id,
        revision: alert.revision,
        raised_at: time(alert.raised_at),
        item: ItemData {
            id: alert.item,
            title: cut.text("title", &draft.title, caps.title),
            link: Link::new(draft.link.as_ref()).map(|link| link.url),
            published: draft.published.map(time),
            updated: draft.updated.map(time),
            source: alert.source.clone(),
            publisher: cut.text("names", &alert.publisher, caps.name),
            also: also.iter().map(|name| cut.text("names", name, caps.name)).collect(),
            language: alert.language.as_ref().map(|code| cut.text("names", code, caps.name)),
            summary: cut.text("summary", &draft.summary, caps.summary),
            categories: categories
                .iter()
                .map(|label| cut.text("categories", label, caps.name))
                .collect(),
        },
        watches: watches
            .iter()
            .map(|flag| WatchData {
                id: flag.watch.clone(),
                title: cut.text("names", &flag.title, caps.name),
                reason: cut.text("reasons", &flag.reason, caps.reason),
                evidence: evidence(&mut cut, &flag.evidence, caps),
            })
            .collect(),
        concepts: concepts.to_vec(),
        hits: hits
            .iter()
            .map(|hit| HitData {
                concept: hit.concept.clone(),
                term: cut.text("names", &hit.term, caps.name),
                field: hit.found.map(|span| span.field.name()),
                index: hit.found.and_then(|span| span.field.index()),
                start: hit.found.map(|span| span.start),
                end: hit.found.map(|span| span.end),
            })
            .collect(),
        excerpt: plain(&excerpt(draft, decision)),
        cut: cut.0,
    }
}

fn evidence(cut: &mut Cut, all: &[Evidence], caps: &Caps) -> Vec<EvidenceData> {
    let all = cut.pieces("evidence", all, caps.evidence);
    all.iter()
        .map(|piece| EvidenceData {
            concept: piece.concept.clone(),
            surface: cut.text("names", &piece.surface, caps.name),
            field: piece.found.map(|span| span.field.name()),
            index: piece.found.and_then(|span| span.field.index()),
            start: piece.found.map(|span| span.start),
            end: piece.found.map(|span| span.end),
            sentence: cut.text("evidence", &piece.sentence, caps.sentence),
        })
        .collect()
}

/// Serializes what cannot fail: structures of strings and numbers have no error in JSON.
pub fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// An instant in RFC 3339, UTC, whole seconds.
pub fn time(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Cuts, and remembers what was cut.
struct Cut(Vec<&'static str>);

impl Cut {
    fn text(&mut self, part: &'static str, text: &str, max: usize) -> String {
        let short = fit(text, max, characters);
        self.note(part, short.len() != text.len() || short != text);
        short
    }

    fn pieces<'a, T>(&mut self, part: &'static str, all: &'a [T], max: usize) -> &'a [T] {
        self.note(part, all.len() > max);
        all.get(..max).unwrap_or(all)
    }

    fn note(&mut self, part: &'static str, cut: bool) {
        if cut && !self.0.contains(&part) {
            self.0.push(part);
        }
    }
}
