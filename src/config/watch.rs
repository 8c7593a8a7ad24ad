//! `[[watch]]`: what the user wants to hear of.
//!
//! The query itself is `matching`'s to read; here it is a text with a place. Called by `load`.

use super::concept;
use super::document;
use super::fields::Fields;
use super::gather::{Noun, Thing};
use super::secret::Desk;
use crate::model::fault::Fault;
use crate::model::watch::{Example, Query, Rule, Watch};

/// The keys of a watch.
pub(super) const KEYS: &[&str] = &[
    "id",
    "title",
    "when",
    "any",
    "all",
    "none",
    "notify",
    "updates",
    "must_match",
    "must_not_match",
    "enabled",
];

/// Checks one watch; the answer to whether its condition is as it was meant comes with it.
pub(super) fn lower(thing: &Thing, desk: &mut Desk<'_>) -> (Watch, bool) {
    let owner = thing.owner();
    let mut fields = Fields { owner, table: &thing.table, faults: &mut *desk.faults };
    fields.refuse_unknown(KEYS);
    let mut notify = Vec::new();
    for text in fields.texts("notify") {
        let by = format!("`notify` of {}", fields.owner);
        fields.faults.extend(desk.gathered.missing(Noun::Receiver, text.value, text.place, &by));
        notify.push(text.value.to_owned());
    }
    if fields.table.get("notify").is_some_and(|entry| is_empty_list(&entry.value.kind)) {
        let message = format!("`notify` of {} is an empty list", fields.owner);
        let cure =
            "leave it out for every receiver; to switch the watch off, write enabled = false";
        let place = fields.value_place("notify");
        fields.fault(Fault::error(place, message).cure(cure));
    }
    let title = fields.text("title").map_or_else(|| thing.id.clone(), |text| text.value.to_owned());
    let before = fields.faults.len();
    let rule = rule(&mut fields);
    let errors = fields.faults.iter().skip(before).any(Fault::is_error);
    let is_sound = !errors && !fields.has_unknown(KEYS);
    let watch = Watch {
        id: thing.id.clone(),
        title,
        rule,
        notify,
        updates: fields.boolean("updates").unwrap_or(false),
        must_match: examples(&mut fields, "must_match"),
        must_not_match: examples(&mut fields, "must_not_match"),
        enabled: fields.boolean("enabled").unwrap_or(true),
        place: thing.place.clone(),
    };
    (watch, is_sound)
}

fn rule(fields: &mut Fields<'_, '_>) -> Rule {
    let when = fields.text("when").map(|text| Query {
        text: text.value.to_owned(),
        place: text.place.clone(),
        spots: document::spots(text.value, text.raw, text.place),
    });
    let rule = Rule {
        when,
        any: concept::terms(fields, "any", None),
        all: concept::terms(fields, "all", None),
        none: concept::terms(fields, "none", None),
    };
    let wants = ["when", "any", "all"].into_iter().any(|key| fields.has(key));
    // A misspelt condition is told already.
    if !wants && !fields.has_unknown(KEYS) {
        let message = if fields.has("none") {
            format!("{} says only what it does not want", fields.owner)
        } else {
            format!("{} has no condition", fields.owner)
        };
        let cure = "add when = \"@eu AND @korea\", or a list: any = [\"…\"], all = [\"…\"]";
        let place = fields.table.place.clone();
        fields.fault(Fault::error(place, message).cure(cure));
    }
    for term in rule.any.iter().chain(&rule.all).chain(&rule.none) {
        if term.text.starts_with('@') {
            let message = format!(
                "\"{}\" in {} is a concept, but lists hold plain terms",
                term.text, fields.owner
            );
            let cure = format!("write it as a query: when = \"{}\"", term.text);
            fields.faults.push(Fault::error(term.place.clone(), message).cure(cure));
        }
    }
    rule
}

fn examples(fields: &mut Fields<'_, '_>, key: &str) -> Vec<Example> {
    let texts = fields.texts(key);
    texts
        .into_iter()
        .map(|text| Example { title: text.value.to_owned(), place: text.place.clone() })
        .collect()
}

fn is_empty_list(kind: &document::Kind) -> bool {
    matches!(kind, document::Kind::List(values) if values.is_empty())
}
