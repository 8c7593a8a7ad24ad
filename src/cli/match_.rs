//! The line protocol of `bongsu match --json --stdin`: one JSON object in, one out.
//!
//! Owns the shape of the lines and nothing else: it reads no stream and loads no configuration.
//! Called by the command, line by line; never fails, whatever the line.

use serde::{Deserialize, Serialize};

use crate::lang::script;
use crate::matching::{Matcher, Text};

/// One line, read. `date` (RFC 3339, or a day) and `url` do not decide and may be left out.
#[derive(Deserialize)]
pub(super) struct Question {
    pub(super) id: serde_json::Value,
    #[serde(default)]
    pub(super) title: Option<String>,
    #[serde(default)]
    pub(super) summary: Option<String>,
    #[serde(default)]
    pub(super) body: Option<String>,
    #[serde(default)]
    pub(super) categories: Option<Vec<String>>,
    #[serde(default)]
    pub(super) lang: Option<String>,
    #[serde(default)]
    pub(super) source: Option<String>,
    #[serde(default)]
    pub(super) implies: Option<Vec<String>>,
    #[serde(default)]
    pub(super) date: Option<String>,
    #[serde(default)]
    pub(super) url: Option<String>,
}

#[derive(Serialize)]
struct Answer {
    id: serde_json::Value,
    flagged: bool,
    watches: Vec<String>,
    concepts: Vec<String>,
    hits: Vec<AnswerHit>,
    reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

#[derive(Serialize)]
struct AnswerHit {
    concept: Option<String>,
    term: String,
    field: Option<&'static str>,
    /// Of a category, which one: offsets are those of its own text.
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<usize>,
    start: Option<usize>,
    end: Option<usize>,
}

/// Answers one line; a line that is no question gets an answer with `error`, unflagged.
pub fn answer_line(matcher: &Matcher, line: &str) -> String {
    let answer = match read(line) {
        Ok(question) => answer(matcher, question),
        Err(error) => Answer {
            id: id_of(line),
            flagged: false,
            watches: Vec::new(),
            concepts: Vec::new(),
            hits: Vec::new(),
            reason: String::new(),
            error: Some(format!("line is not a question: {error}")),
        },
    };
    serde_json::to_string(&answer).unwrap_or_else(|_| "{}".to_owned())
}

/// An array would pass for a question as well, field by field.
pub(super) fn read(line: &str) -> serde_json::Result<Question> {
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line)?;
    serde_json::from_value(object.into())
}

fn answer(matcher: &Matcher, question: Question) -> Answer {
    let fields = [&question.title, &question.summary, &question.body];
    let texts = fields.map(|field| field.as_deref().unwrap_or_default());
    let [title, summary, body] = texts;
    let text = Text {
        title,
        summary,
        body,
        categories: question.categories.as_deref().unwrap_or_default(),
        language: script::language(question.lang.as_deref(), None, &texts),
        source: question.source.as_deref(),
        implies: question.implies.as_deref().unwrap_or_default(),
    };
    let decision = matcher.decide(&text);
    let reason = if decision.is_flagged() {
        let all = decision.flags.iter().map(|f| format!("{}: {}", f.watch, f.reason));
        all.collect::<Vec<_>>().join("; ")
    } else {
        let near = matcher.near_miss(&text);
        near.map(|miss| format!("nearest is {}: {}", miss.watch, miss.lacking)).unwrap_or_default()
    };
    Answer {
        id: question.id,
        flagged: decision.is_flagged(),
        watches: decision.flags.into_iter().map(|f| f.watch).collect(),
        concepts: decision.concepts,
        hits: decision
            .hits
            .into_iter()
            .map(|hit| AnswerHit {
                concept: hit.concept,
                term: hit.term,
                field: hit.found.map(|span| span.field.name()),
                index: hit.found.and_then(|span| span.field.index()),
                start: hit.found.map(|span| span.start),
                end: hit.found.map(|span| span.end),
            })
            .collect(),
        reason,
        error: None,
    }
}

/// The id of a line that is JSON, but no question.
fn id_of(line: &str) -> serde_json::Value {
    serde_json::from_str::<serde_json::Value>(line)
        .ok()
        .and_then(|value| value.get("id").cloned())
        .unwrap_or(serde_json::Value::Null)
}
