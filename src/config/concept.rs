//! `[concept.ID]`: one idea with its terms; and the watch terms that watches share with it.
//!
//! What a term matches is not known here. Called by `load` and `watch`.

use super::document::{Kind, Table, Value};
use super::fields::{Fields, with_cure};
use super::gather::{Noun, Thing};
use super::scalar;
use super::secret::Desk;
use crate::model::fault::Fault;
use crate::model::near::nearest;
use crate::model::watch::{Concept, Term};

/// The keys of a concept that are not languages.
pub(super) const KEYS: &[&str] = &["unless", "implies"];
/// The keys of a term written as a table.
pub(super) const TERM_KEYS: &[&str] = &["term", "exact", "case"];

/// Checks one concept.
pub(super) fn lower(thing: &Thing, desk: &mut Desk<'_>) -> Concept {
    let owner = thing.owner();
    let mut fields = Fields { owner, table: &thing.table, faults: &mut *desk.faults };
    let mut listed = Vec::new();
    for entry in &thing.table.entries {
        if KEYS.contains(&entry.key.as_str()) {
            continue;
        }
        match scalar::language(&entry.key) {
            Ok(language) => {
                let terms = terms(&mut fields, &entry.key, Some(&language));
                listed.extend(terms);
            }
            Err((_, cure)) => {
                let message = format!(
                    "`{}` in {} is neither a language nor `unless` nor `implies`",
                    entry.key, fields.owner
                );
                let near = nearest(&entry.key, KEYS.iter().copied());
                let cure = near.map(|near| format!("did you mean `{near}`?")).or(cure);
                fields.fault(with_cure(Fault::error(entry.key_place.clone(), message), cure));
            }
        }
    }
    let lists = thing.table.entries.iter().filter(|entry| !KEYS.contains(&entry.key.as_str()));
    if lists.count() == 0 {
        let message = format!("{} has no terms", fields.owner);
        let fault = Fault::error(thing.place.clone(), message);
        fields.fault(fault.cure("add some in at least one language: en = [\"…\"], ko = [\"…\"]"));
    }
    let unless = terms(&mut fields, "unless", None);
    let mut implies = Vec::new();
    for text in fields.texts("implies") {
        let by = format!("`implies` of {}", fields.owner);
        fields.faults.extend(desk.gathered.missing(Noun::Concept, text.value, text.place, &by));
        implies.push(text.value.to_owned());
    }
    Concept { id: thing.id.clone(), terms: listed, unless, implies, place: thing.place.clone() }
}

/// A list of terms; an absent list is empty, an empty one is a fault.
pub(super) fn terms(fields: &mut Fields<'_, '_>, key: &str, language: Option<&str>) -> Vec<Term> {
    let Some(values) = fields.list(key) else { return Vec::new() };
    if values.is_empty() {
        let message = format!("`{key}` of {} is an empty list", fields.owner);
        let fault = Fault::error(fields.place_of(key), message);
        fields.fault(fault.cure("add a term, or remove the line"));
    }
    let mut terms: Vec<Term> = Vec::new();
    for value in values {
        let Some(term) = term(fields, key, value, language) else { continue };
        if terms.iter().any(|known| known.text == term.text) {
            let message = format!("`{key}` of {} holds \"{}\" twice", fields.owner, term.text);
            let fault = Fault::warning(term.place.clone(), message);
            fields.fault(fault.cure("remove one"));
            continue;
        }
        terms.push(term);
    }
    terms
}

fn term(
    fields: &mut Fields<'_, '_>,
    key: &str,
    value: &Value,
    language: Option<&str>,
) -> Option<Term> {
    let language = language.map(str::to_owned);
    match &value.kind {
        Kind::Table(table) => from_table(fields, key, table, language),
        Kind::Text(text) if !text.trim().is_empty() => {
            meaningful(fields, key, value, text)?;
            let (exact, case) = (false, false);
            Some(Term {
                text: text.trim().to_owned(),
                language,
                exact,
                case,
                place: value.place.clone(),
            })
        }
        Kind::Text(_) => {
            let message = format!("`{key}` of {} holds a blank term", fields.owner);
            let fault = Fault::error(value.place.clone(), message);
            fields.fault(fault.cure("it would be found in every text: fill it in, or remove it"));
            None
        }
        kind => {
            let message =
                format!("`{key}` of {} must hold terms, not {}", fields.owner, kind.name());
            let fault = Fault::error(value.place.clone(), message);
            fields
                .fault(fault.cure("a term is a text in quotes, or { term = \"…\", exact = true }"));
            None
        }
    }
}

fn from_table(
    fields: &mut Fields<'_, '_>,
    key: &str,
    table: &Table,
    language: Option<String>,
) -> Option<Term> {
    let owner = format!("a term in `{key}` of {}", fields.owner);
    let mut inner = Fields { owner, table, faults: &mut *fields.faults };
    inner.refuse_unknown(TERM_KEYS);
    let exact = inner.boolean("exact").unwrap_or(false);
    let case = inner.boolean("case").unwrap_or(false);
    let text = inner.required("term", "write { term = \"…\", exact = true }")?;
    let place = text.place.clone();
    meaningful(
        fields,
        key,
        &Value { kind: Kind::Boolean(true), place: place.clone(), raw: String::new() },
        text.value,
    )?;
    Some(Term { text: text.value.trim().to_owned(), language, exact, case, place })
}

/// A term needs a letter or a digit: of signs alone nothing is left once a text is folded.
fn meaningful(fields: &mut Fields<'_, '_>, key: &str, value: &Value, text: &str) -> Option<()> {
    if text.chars().any(char::is_alphanumeric) {
        return Some(());
    }
    let message = format!("`{key}` of {}: \"{text}\" has no letter and no digit", fields.owner);
    let fault = Fault::error(value.place.clone(), message);
    fields.fault(fault.cure("write a word; signs are folded away before the search"));
    None
}
