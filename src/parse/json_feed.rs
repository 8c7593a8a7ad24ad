//! JSON Feed 1.0 and 1.1, and what is near enough to it.
//!
//! Turns a JSON object into the same notes that the walk makes of XML. Must never choose among
//! them: that is `complete`'s. Called by the room's door.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use crate::parse::complete::note::{Fact, Kind, Note};
use crate::parse::complete::vocabulary::Field;
use crate::parse::complete::walk::ITEMS_MAX;
use crate::parse::complete::{self, Read};
use crate::parse::mend::repairs::{Repair, Repairs};
use crate::parse::{Context, Refusal, feed};

/// Reads a decoded JSON document.
pub fn read(document: &str, context: &Context<'_>) -> Result<Read, Refusal> {
    let refuse = |found: String| Refusal::NotAFeed { found };
    let value: Value = serde_json::from_str(document.trim())
        .map_err(|error| refuse(format!("JSON that is broken: {error}")))?;
    let Value::Object(object) = lower(value, 3) else {
        return Err(refuse("a JSON array; JSON Feed is an object with items".to_owned()));
    };
    check(&object)?;
    let mut repairs = Repairs::default();
    let mut notes = complete::json_notes();
    about_feed(&mut notes.feed, &object);
    let items =
        object.get("items").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    repairs.note_times(Repair::ManyItems, items.len().saturating_sub(ITEMS_MAX));
    notes.items =
        items.iter().take(ITEMS_MAX).filter_map(Value::as_object).map(about_item).collect();
    // An empty object says nothing, not even that there is an item.
    notes.items.retain(|note| !note.facts.is_empty());
    let strict = match feed::read(&normal(&object), context.url, context.timezone, context.now) {
        Ok((_, strict)) => strict,
        Err(_) => {
            repairs.note(Repair::ParserFailed);
            feed::Strict::default()
        }
    };
    Ok(complete::assemble(&notes, strict, context, repairs))
}

/// Whether an object is a JSON Feed; the refusal says what it lacks.
fn check(object: &Map<String, Value>) -> Result<(), Refusal> {
    let refuse = |found: &str| Err(Refusal::NotAFeed { found: found.to_owned() });
    let version = object.get("version").and_then(Value::as_str);
    match (version, object.get("items")) {
        // A version of its own is a mistake where the items are what they should be.
        (Some(version), Some(Value::Array(items)))
            if version.contains("jsonfeed.org") || items.iter().any(is_item) =>
        {
            Ok(())
        }
        (Some(version), None) if version.contains("jsonfeed.org/version/1") => Ok(()),
        (Some(version), Some(_)) if version.contains("jsonfeed.org") => {
            refuse("JSON Feed without a list of items")
        }
        (Some(_), _) => {
            refuse("JSON of another kind; JSON Feed names https://jsonfeed.org/version/1.1")
        }
        (None, Some(Value::Array(items)))
            if object.contains_key("title") && items.iter().all(is_item) =>
        {
            Ok(())
        }
        (None, _) => {
            refuse("JSON of another kind; JSON Feed names its version and has a list of items")
        }
    }
}

fn is_item(value: &Value) -> bool {
    value.as_object().is_some_and(|item| {
        ["id", "url", "content_html", "content_text"].iter().any(|name| item.contains_key(*name))
    })
}

/// Names of members in lower case, in the feed, its items and their people: some write `Title`.
fn lower(value: Value, depth: usize) -> Value {
    match value {
        Value::Object(object) if depth > 0 => Value::Object(
            object
                .into_iter()
                .map(|(name, value)| (name.to_ascii_lowercase(), lower(value, depth - 1)))
                .collect(),
        ),
        Value::Array(values) if depth > 0 => {
            Value::Array(values.into_iter().map(|value| lower(value, depth)).collect())
        }
        other => other,
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn add(
    note: &mut Note<'_>,
    object: &Map<String, Value>,
    name: &str,
    field: Field,
    rank: u8,
    kind: Kind,
) {
    if let Some(value) = object.get(name).and_then(text) {
        note.add(Fact { field, rank, value: Cow::Owned(value), kind, base: 0 });
    }
}

/// `authors` of 1.1, `author` of 1.0; an object, a list or a bare name.
fn add_authors(note: &mut Note<'_>, object: &Map<String, Value>) {
    for name in ["authors", "author"] {
        let Some(value) = object.get(name) else { continue };
        let people = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        for person in people {
            let spoken = match person {
                Value::Object(person) => {
                    person.get("name").or_else(|| person.get("url")).and_then(text)
                }
                other => text(other),
            };
            if let Some(value) = spoken {
                note.add(Fact {
                    field: Field::Author,
                    rank: 0,
                    value: Cow::Owned(value),
                    kind: Kind::Plain,
                    base: 0,
                });
            }
        }
    }
}

fn about_feed(note: &mut Note<'_>, object: &Map<String, Value>) {
    add(note, object, "title", Field::Title, 0, Kind::Plain);
    add(note, object, "home_page_url", Field::Link, 0, Kind::Plain);
    add(note, object, "description", Field::Summary, 0, Kind::Plain);
    add(note, object, "feed_url", Field::Address, 0, Kind::Plain);
    add(note, object, "language", Field::Language, 0, Kind::Plain);
    add_authors(note, object);
}

fn about_item<'a>(object: &Map<String, Value>) -> Note<'a> {
    let mut note = Note::default();
    add(&mut note, object, "id", Field::Id, 0, Kind::Plain);
    add(&mut note, object, "url", Field::Link, 0, Kind::Plain);
    add(&mut note, object, "external_url", Field::Link, 1, Kind::Plain);
    add(&mut note, object, "title", Field::Title, 0, Kind::Plain);
    add(&mut note, object, "summary", Field::Summary, 0, Kind::Plain);
    add(&mut note, object, "content_html", Field::Content, 0, Kind::Html);
    add(&mut note, object, "content_text", Field::Content, 1, Kind::Plain);
    add(&mut note, object, "date_published", Field::Published, 0, Kind::Plain);
    add(&mut note, object, "date_modified", Field::Updated, 0, Kind::Plain);
    add(&mut note, object, "language", Field::Language, 0, Kind::Plain);
    add_authors(&mut note, object);
    let tags = object.get("tags").or_else(|| object.get("_tags"));
    let tags = tags
        .map(|tags| tags.as_array().map_or(std::slice::from_ref(tags), Vec::as_slice))
        .unwrap_or_default();
    for tag in tags.iter().filter_map(text) {
        note.add(Fact {
            field: Field::Category,
            rank: 0,
            value: Cow::Owned(tag),
            kind: Kind::Plain,
            base: 0,
        });
    }
    note
}

/// The document in the form that the strict parser takes: with a version, a title, ids as text.
fn normal(object: &Map<String, Value>) -> String {
    let string = |object: &Map<String, Value>, name: &str| object.get(name).and_then(text);
    let items =
        object.get("items").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let items: Vec<Value> = items
        .iter()
        .take(ITEMS_MAX)
        .filter_map(Value::as_object)
        .map(|item| {
            let mut kept = Map::new();
            kept.insert("id".to_owned(), Value::String(string(item, "id").unwrap_or_default()));
            for name in [
                "url",
                "external_url",
                "title",
                "summary",
                "content_html",
                "content_text",
                "date_published",
                "date_modified",
            ] {
                if let Some(value) = string(item, name) {
                    kept.insert(name.to_owned(), Value::String(value));
                }
            }
            Value::Object(kept)
        })
        .collect();
    json!({
        "version": "https://jsonfeed.org/version/1",
        "title": string(object, "title").unwrap_or_default(),
        "description": string(object, "description"),
        "items": items,
    })
    .to_string()
}
