//! Drafts and decisions as they are stored: as JSON, and in the columns of an item.
//!
//! Kept apart from the model on purpose: the nouns may be renamed, what is on disk may not. A field
//! added later needs `#[serde(default)]`.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use crate::model::decision::{Decision, Evidence, Field, Flag, Hit, Span};
use crate::model::item::Draft;
use crate::store::error::Error;
use crate::store::{instant, millis};

#[derive(Serialize, Deserialize)]
struct DraftRecord {
    guid: Option<String>,
    title: String,
    link: Option<String>,
    summary: String,
    body: String,
    published: Option<i64>,
    updated: Option<i64>,
    language: Option<String>,
    authors: Vec<String>,
    categories: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct DecisionRecord {
    flags: Vec<FlagRecord>,
    concepts: Vec<String>,
    hits: Vec<HitRecord>,
}

#[derive(Serialize, Deserialize)]
struct FlagRecord {
    watch: String,
    title: String,
    reason: String,
    hits: Vec<usize>,
    #[serde(default)]
    evidence: Vec<EvidenceRecord>,
}

#[derive(Serialize, Deserialize)]
struct EvidenceRecord {
    concept: Option<String>,
    surface: String,
    found: Option<(String, usize, usize)>,
    sentence: String,
}

#[derive(Serialize, Deserialize)]
struct HitRecord {
    concept: Option<String>,
    term: String,
    found: Option<(String, usize, usize)>,
}

/// A draft as JSON; its keys are rows of their own and not kept here.
pub(super) fn write_draft(draft: &Draft) -> Result<String, Error> {
    write(
        "draft",
        &DraftRecord {
            guid: draft.guid.clone(),
            title: draft.title.clone(),
            link: draft.link.as_ref().map(ToString::to_string),
            summary: draft.summary.clone(),
            body: draft.body.clone(),
            published: draft.published.map(millis),
            updated: draft.updated.map(millis),
            language: draft.language.clone(),
            authors: draft.authors.clone(),
            categories: draft.categories.clone(),
        },
    )
}

/// A draft from JSON, without keys.
pub(super) fn read_draft(json: &str) -> Result<Draft, Error> {
    let record: DraftRecord = read("draft", json)?;
    Ok(Draft {
        guid: record.guid,
        title: record.title,
        link: record.link.and_then(|link| url::Url::parse(&link).ok()),
        summary: record.summary,
        body: record.body,
        published: record.published.map(instant),
        updated: record.updated.map(instant),
        language: record.language,
        authors: record.authors,
        categories: record.categories,
    })
}

/// A decision as JSON.
pub(super) fn write_decision(decision: &Decision) -> Result<String, Error> {
    let place = |span: Span| (write_field(span.field), span.start, span.end);
    let evidence = |piece: &Evidence| EvidenceRecord {
        concept: piece.concept.clone(),
        surface: piece.surface.clone(),
        found: piece.found.map(place),
        sentence: piece.sentence.clone(),
    };
    let flag = |flag: &Flag| FlagRecord {
        watch: flag.watch.clone(),
        title: flag.title.clone(),
        reason: flag.reason.clone(),
        hits: flag.hits.clone(),
        evidence: flag.evidence.iter().map(evidence).collect(),
    };
    let hit = |hit: &Hit| HitRecord {
        concept: hit.concept.clone(),
        term: hit.term.clone(),
        found: hit.found.map(place),
    };
    write(
        "decision",
        &DecisionRecord {
            flags: decision.flags.iter().map(flag).collect(),
            concepts: decision.concepts.clone(),
            hits: decision.hits.iter().map(hit).collect(),
        },
    )
}

/// A decision from JSON.
pub(super) fn read_decision(json: &str) -> Result<Decision, Error> {
    let record: DecisionRecord = read("decision", json)?;
    let span = |(field, start, end): (String, usize, usize)| {
        Some(Span { field: read_field(&field)?, start, end })
    };
    let evidence = |piece: EvidenceRecord| Evidence {
        concept: piece.concept,
        surface: piece.surface,
        found: piece.found.and_then(span),
        sentence: piece.sentence,
    };
    let flag = |flag: FlagRecord| Flag {
        watch: flag.watch,
        title: flag.title,
        reason: flag.reason,
        hits: flag.hits,
        evidence: flag.evidence.into_iter().map(evidence).collect(),
    };
    let hit = |hit: HitRecord| Hit {
        concept: hit.concept,
        term: hit.term,
        found: hit.found.and_then(span),
    };
    Ok(Decision {
        flags: record.flags.into_iter().map(flag).collect(),
        concepts: record.concepts,
        hits: record.hits.into_iter().map(hit).collect(),
    })
}

/// The name of a field; of a category with its number: `category:2`.
fn write_field(field: Field) -> String {
    match field.index() {
        Some(index) => format!("{}:{index}", field.name()),
        None => field.name().to_owned(),
    }
}

fn read_field(name: &str) -> Option<Field> {
    if let Some(("category", index)) = name.split_once(':') {
        return index.parse().ok().map(Field::Category);
    }
    [Field::Title, Field::Summary, Field::Body].into_iter().find(|known| known.name() == name)
}

/// A list of texts as JSON.
pub(super) fn write_list(list: &[String]) -> Result<String, Error> {
    write("list", &list)
}

/// A list of texts from JSON.
pub(super) fn read_list(json: &str) -> Result<Vec<String>, Error> {
    read("list", json)
}

/// What identity is judged by, as the columns of `item` hold it.
#[derive(FromRow)]
pub(super) struct Said {
    published: Option<i64>,
    guid: Option<String>,
    link: Option<String>,
    title: String,
    summary: String,
    body: String,
}

impl Said {
    /// As a draft that says no more than this.
    pub(super) fn into_draft(self) -> Draft {
        Draft {
            guid: self.guid,
            link: self.link.and_then(|link| url::Url::parse(&link).ok()),
            title: self.title,
            summary: self.summary,
            body: self.body,
            published: time(self.published),
            ..Draft::default()
        }
    }
}

/// A stored time, if there is one.
pub(super) fn time(millis: Option<i64>) -> Option<DateTime<Utc>> {
    millis.map(instant)
}

fn write<T: Serialize>(what: &'static str, value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|e| Error::Record { what, detail: e.to_string() })
}

fn read<'a, T: Deserialize<'a>>(what: &'static str, json: &'a str) -> Result<T, Error> {
    serde_json::from_str(json).map_err(|e| Error::Record { what, detail: e.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hit_in_a_label_keeps_its_number_and_what_was_written_before_is_read() {
        let place = |field| Some(Span { field, start: 1, end: 3 });
        let hit = |field| Hit { concept: None, term: "EU".to_owned(), found: place(field) };
        let fields =
            [Field::Title, Field::Summary, Field::Body, Field::Category(0), Field::Category(99)];
        let hits: Vec<Hit> = fields.into_iter().map(hit).collect();
        let decision = Decision { hits, ..Decision::default() };
        let json = write_decision(&decision).unwrap();
        assert!(json.contains(r#"["category:99",1,3]"#), "{json}");
        assert_eq!(read_decision(&json).unwrap(), decision);
        let old = r#"{"flags":[],"concepts":[],"hits":[{"concept":null,"term":"EU","found":["title",1,3]}]}"#;
        assert_eq!(read_decision(old).unwrap().hits, [hit(Field::Title)]);
        let strange = old.replace("title", "category:x");
        assert_eq!(read_decision(&strange).unwrap().hits[0].found, None);
    }
}
