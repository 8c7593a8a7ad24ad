//! JSON Feed 1.0 and 1.1, and what is near enough to it.
//!
//! Turns a JSON object into the same notes that the walk makes of XML. Must never choose among
//! them: that is `complete`'s. Called by the room's door.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use crate::parse::complete::note::{Fact, Kind, Note};
use crate::parse::complete::vocabulary::Field;
use crate::parse::complete::{self, INHERITED_MAX, LIST_MAX, Read, STRICT_BYTES_MAX};
use crate::parse::feed::{self, Strict};
use crate::parse::instants::Instants;
use crate::parse::json_node::{self, Node};
use crate::parse::mend;
use crate::parse::mend::repairs::{Repair, Repairs};
use crate::parse::{Context, Refusal};

/// Bytes of a document that the strict parser reads as it stands: of three bytes (`{},`) it makes
/// eighty.
const TAME_BYTES_MAX: usize = 512 * 1024;

/// Reads a decoded JSON document.
pub fn read(document: &str, context: &Context<'_>, mut repairs: Repairs) -> Result<Read, Refusal> {
    let refuse = |found: String| Refusal::NotAFeed { found };
    let document = document.trim();
    let mended;
    let (parsed, document) = match json_node::parse(document, context.timezone, context.now) {
        Ok(parsed) => (parsed, document),
        Err(error) => {
            mended = mend::json::mend(document, &mut repairs);
            repairs.note(Repair::NotWellFormed);
            let broken = |_| refuse(format!("JSON that is broken: {error}"));
            (
                json_node::parse(&mended, context.timezone, context.now).map_err(broken)?,
                mended.as_str(),
            )
        }
    };
    let json_node::Parsed { node, items_dropped, values_lost } = parsed;
    check(&node)?;
    let mut notes = complete::json_notes();
    about_feed(&mut notes.feed, &node);
    let items = node.get("items").map(Node::list).unwrap_or_default();
    repairs.note_times(Repair::ManyItems, items_dropped);
    repairs.note_times(Repair::ManyValues, values_lost);
    notes.items = items.iter().map(about_item).collect();
    // An empty object says nothing, not even that there is an item.
    notes.items.retain(|note| !note.facts.is_empty());
    let instants = Instants::new(context.timezone, context.now);
    // Of too many items nobody knows which the strict parser would read.
    let strict = if items_dropped > 0 {
        Strict::default()
    } else {
        strict(&node, document, context, &mut repairs)
    };
    Ok(complete::assemble(&notes, strict, context, &instants, repairs))
}

fn strict(node: &Node, document: &str, context: &Context<'_>, repairs: &mut Repairs) -> Strict {
    if document.len() > STRICT_BYTES_MAX {
        return Strict::default();
    }
    let plain = Some(document).filter(|document| is_tame(document, node));
    let read = plain.and_then(|document| feed::read(document, context.url).ok());
    read.map_or_else(|| feed::read(&normal(node), context.url), Ok).map_or_else(
        |_| {
            repairs.note(Repair::ParserFailed);
            Strict::default()
        },
        |(_, mut strict)| {
            // It hands the feed's authors down in an order of its own.
            strict.items.iter_mut().for_each(|item| drop(item.authors()));
            strict
        },
    )
}

/// Whether a document may be shown to the strict parser as it stands: it compares authors with each
/// other, gives each item a copy of the feed's, and its lists have no bound but the document's.
fn is_tame(document: &str, node: &Node<'_>) -> bool {
    let items = node.get("items").map(Node::list).unwrap_or_default();
    document.len() <= TAME_BYTES_MAX
        && node.longest("authors") <= INHERITED_MAX
        && items.iter().all(|item| item.longest("authors") <= LIST_MAX)
}

/// Whether an object is a JSON Feed; the refusal says what it lacks.
fn check(document: &Node<'_>) -> Result<(), Refusal> {
    let refuse = |found: &str| Err(Refusal::NotAFeed { found: found.to_owned() });
    if matches!(document, Node::List(_)) {
        return refuse("a JSON list; JSON Feed is an object with items");
    }
    let version = document.get("version").and_then(Node::text);
    let items = document.get("items").filter(|items| items.text().is_none()).map(Node::list);
    // `null` is as good as no member.
    let none = document.get("items").is_none();
    match (version, items) {
        // A version of its own is a mistake where the items are what they should be.
        (Some(version), Some(items))
            if version.contains("jsonfeed.org") || items.iter().any(is_item) =>
        {
            Ok(())
        }
        (Some(version), None) if version.contains("jsonfeed.org/version/1") && none => Ok(()),
        (Some(version), _) if version.contains("jsonfeed.org") => {
            refuse("JSON Feed without a list of items")
        }
        (None, Some(items)) if document.has("title") && items.iter().all(is_item) => Ok(()),
        _ => refuse("JSON of another kind; JSON Feed names https://jsonfeed.org/version/1.1"),
    }
}

fn is_item(node: &Node<'_>) -> bool {
    ["id", "url", "content_html", "content_text"].iter().any(|name| node.has(name))
}

fn add<'a>(note: &mut Note<'a>, value: Option<&'a Node<'_>>, field: Field, rank: u8, kind: Kind) {
    if let Some(text) = value.and_then(Node::text) {
        note.add(Fact { field, rank, value: Cow::Borrowed(text), kind, base: 0, language: 0 });
    }
}

/// `authors` of 1.1, `author` of 1.0; an object, a list or a bare name.
fn add_authors<'a>(note: &mut Note<'a>, object: &'a Node<'_>) {
    for name in ["authors", "author"] {
        for person in object.get(name).map(Node::list).unwrap_or_default() {
            let name = person.get("name").or_else(|| person.get("url")).unwrap_or(person);
            add(note, Some(name), Field::Author, 0, Kind::Plain);
        }
    }
}

fn about_feed<'a>(note: &mut Note<'a>, object: &'a Node<'_>) {
    let plain = [
        ("title", Field::Title),
        ("home_page_url", Field::Link),
        ("feed_url", Field::Address),
        ("description", Field::Summary),
        ("language", Field::Language),
    ];
    for (name, field) in plain {
        add(note, object.get(name), field, 0, Kind::Plain);
    }
    add_authors(note, object);
    note.settle();
}

fn about_item<'a>(object: &'a Node<'_>) -> Note<'a> {
    let mut note = Note::of_item();
    let members = [
        ("id", Field::Id, 0, Kind::Plain),
        ("url", Field::Link, 0, Kind::Plain),
        ("external_url", Field::Link, 1, Kind::Plain),
        ("title", Field::Title, 0, Kind::Plain),
        ("summary", Field::Summary, 0, Kind::Plain),
        ("content_html", Field::Content, 0, Kind::Markup),
        ("content_text", Field::Content, 1, Kind::Plain),
        ("date_published", Field::Published, 0, Kind::Plain),
        ("date_modified", Field::Updated, 0, Kind::Plain),
        ("language", Field::Language, 0, Kind::Plain),
    ];
    for (name, field, rank, kind) in members {
        add(&mut note, object.get(name), field, rank, kind);
    }
    add_authors(&mut note, object);
    for tag in
        object.get("tags").or_else(|| object.get("_tags")).map(Node::list).unwrap_or_default()
    {
        add(&mut note, Some(tag), Field::Category, 0, Kind::Plain);
    }
    note.settle();
    note
}

/// The document in the form that the strict parser takes: with a version, a title, ids as text.
fn normal(node: &Node<'_>) -> String {
    let text = |of: &Node<'_>, name: &str| of.get(name).and_then(Node::text).map(str::to_owned);
    let item = |item: &Node<'_>| {
        let mut kept = Map::new();
        kept.insert("id".to_owned(), Value::String(text(item, "id").unwrap_or_default()));
        let names = ["url", "external_url", "title", "summary", "content_html", "content_text"];
        for name in names.into_iter().chain(["date_published", "date_modified"]) {
            if let Some(value) = text(item, name) {
                kept.insert(name.to_owned(), Value::String(value));
            }
        }
        Value::Object(kept)
    };
    let items = node.get("items").map(Node::list).unwrap_or_default();
    let says = |item: &&Node<'_>| matches!(item, Node::Object(members) if !members.is_empty());
    json!({
        "version": "https://jsonfeed.org/version/1",
        "title": text(node, "title").unwrap_or_default(),
        "description": text(node, "description"),
        "items": items.iter().filter(says).map(item).collect::<Vec<_>>(),
    })
    .to_string()
}
