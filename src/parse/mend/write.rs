//! Sets balanced events down as well-formed XML that a strict parser takes.
//!
//! Written only for documents that such a parser refuses as they stand, or that would cost it too
//! much. Must never add a meaning: it leaves out, closes and escapes. Called by the room's door.

use crate::parse::mend::attribute::Attributes;
use crate::parse::mend::entity::Entities;
use crate::parse::mend::events::{Event, Events};
use crate::parse::mend::names::local_name;

/// Elements written; what comes after is read by our own walk alone. A strict parser's model
/// takes about 300 bytes for each.
const ELEMENTS_MAX: usize = 60_000;
/// Bytes of an attribute that is written: a strict parser joins every address to its base, which is
/// quadratic where the base is most of the document. Links end at half of it.
pub const VALUE_BYTES_MAX: usize = 16 * 1024;
/// Bytes of one text that are read, here and by our own walk: the longest sensible report in a feed is
/// a tenth of it.
pub const TEXT_BYTES_MAX: usize = 1024 * 1024;
/// References written; a strict parser makes a piece of text of each, 80 ns and more, and our own walk
/// has read the text already. A feed of 8 MB of escaped HTML has half as many.
const REFERENCES_MAX: usize = 1_000_000;
/// Vocabularies that nothing in an item's text needs, and whose odd values make parsers panic.
const LEFT_OUT: [&str; 4] = ["itunes:", "media:", "podcast:", "googleplay:"];

/// Elements of RSS in which an address beside a letter that is not ASCII makes parsers panic.
const PEOPLE: [&str; 3] = ["author", "managingEditor", "webMaster"];

/// Atom's text constructs, and the types of text that every parser knows.
const TEXTS: [&str; 6] = ["title", "subtitle", "tagline", "summary", "content", "rights"];
const KINDS: [&str; 3] = ["text", "html", "xhtml"];
/// Names with capitals, for those who write all in one case.
const CAPITALS: [&str; 4] = ["pubDate", "lastBuildDate", "skipHours", "skipDays"];

/// The document as well-formed XML; `None` when there is no feed in it.
pub fn write(text: &str) -> Option<String> {
    let mut events = Events::new(text).ok()?;
    let mut out = String::with_capacity(text.len().min(1 << 20));
    let mut open_names: Vec<&str> = Vec::new();
    let mut skipped: Option<usize> = None;
    let (mut elements, mut references) = (0, REFERENCES_MAX);
    while let Some(event) = events.next() {
        let depth = events.depth();
        match event {
            Event::Open { name, attributes } => {
                elements += 1;
                if elements > ELEMENTS_MAX {
                    break;
                }
                if skipped.is_none() && depth > 1 && is_left_out(name) {
                    skipped = Some(depth);
                }
                if skipped.is_none() {
                    open_names.push(name);
                    open(&mut out, name, attributes, depth == 1, &events.entities, &mut references);
                }
            }
            Event::Close(name) => match skipped {
                Some(at) if at == depth + 1 => skipped = None,
                Some(_) => {}
                None => {
                    open_names.pop();
                    close(&mut out, name, depth == 0);
                }
            },
            Event::Text(text) if skipped.is_none() => {
                escape(&mut out, &events.entities.decode(beginning(text)), &mut references);
            }
            Event::CData(text) if skipped.is_none() => {
                escape(&mut out, beginning(text), &mut references);
            }
            Event::Text(_) | Event::CData(_) => {}
        }
    }
    while let Some(name) = open_names.pop() {
        close(&mut out, name, open_names.is_empty());
    }
    Some(out)
}

/// What is read of a text.
fn beginning(text: &str) -> &str {
    text.get(..text.floor_char_boundary(TEXT_BYTES_MAX)).unwrap_or(text)
}

fn close(out: &mut String, name: &str, root: bool) {
    out.push_str("</");
    push_name(out, name, root);
    out.push('>');
}

fn is_text(name: &str) -> bool {
    TEXTS.iter().any(|text| local_name(name).eq_ignore_ascii_case(text))
}

fn is_left_out(name: &str) -> bool {
    let local = local_name(name);
    PEOPLE.iter().any(|person| local.eq_ignore_ascii_case(person))
        || LEFT_OUT.iter().any(|prefix| {
            name.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix))
        })
}

fn open(
    out: &mut String,
    name: &str,
    attributes: &str,
    root: bool,
    entities: &Entities,
    references: &mut usize,
) {
    out.push('<');
    push_name(out, name, root);
    let is_rss =
        root && matches!(local_name(name).to_ascii_lowercase().as_str(), "rss" | "channel");
    let mut seen: Vec<&str> = Vec::new();
    for (key, value) in Attributes::new(attributes) {
        let fit = key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'_' | b'-' | b'.'));
        let starts = key.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic());
        // A root's own namespace is taken for the format's: publishers mistype it.
        if !fit
            || !starts
            || seen.contains(&key)
            || value.len() > VALUE_BYTES_MAX
            || key.matches(':').count() > 1
            || is_rss && matches!(key, "version" | "xmlns")
        {
            continue;
        }
        seen.push(key);
        // Atom's text constructs: strict parsers refuse types that they do not know.
        let value =
            if key == "type" && is_text(name) && !KINDS.contains(&value) { "text" } else { value };
        out.push(' ');
        out.push_str(key);
        out.push_str("=\"");
        escape(out, &entities.decode(value), references);
        out.push('"');
    }
    if is_rss {
        out.push_str(" version=\"2.0\"");
    }
    out.push('>');
    if root && local_name(name).eq_ignore_ascii_case("channel") {
        out.push_str("<channel>");
    }
}

/// The root gets the name that strict parsers know; a missing `rss` round a channel is supplied.
fn push_name(out: &mut String, name: &str, root: bool) {
    if !root {
        if let Some(known) = CAPITALS.iter().find(|known| name.eq_ignore_ascii_case(known)) {
            return out.push_str(known);
        }
        let fit = |c: &char| c.is_ascii_alphanumeric() || matches!(c, ':' | '_' | '-' | '.');
        let lower = !name.contains(':');
        out.extend(
            name.chars().filter(fit).map(|c| if lower { c.to_ascii_lowercase() } else { c }),
        );
        return;
    }
    match local_name(name).to_ascii_lowercase().as_str() {
        "rss" => out.push_str("rss"),
        "channel" if out.is_empty() || out.ends_with('<') && out.len() == 1 => out.push_str("rss"),
        "channel" => out.push_str("channel></rss"),
        "rdf" => out.push_str("rdf:RDF"),
        other => out.push_str(other),
    }
}

/// Writes text; signs for which no reference is left are left out.
fn escape(out: &mut String, text: &str, references: &mut usize) {
    let mut rest = text;
    while let Some(found) = rest.bytes().position(|byte| matches!(byte, b'&' | b'<' | b'>' | b'"'))
    {
        let (before, after) = rest.split_at_checked(found).unwrap_or((rest, ""));
        out.push_str(before);
        if let Some(left) = references.checked_sub(1) {
            *references = left;
            out.push_str(match after.as_bytes().first() {
                Some(b'&') => "&amp;",
                Some(b'<') => "&lt;",
                Some(b'>') => "&gt;",
                _ => "&quot;",
            });
        }
        rest = after.get(1..).unwrap_or_default();
    }
    out.push_str(rest);
}
