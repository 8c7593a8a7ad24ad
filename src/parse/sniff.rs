//! What came: markup that may be a feed, JSON, or something to refuse with a helpful word.
//!
//! Looks at the beginning only. Must never parse. Called by the room's door and by `complete`.

use memchr::memmem;
use url::Url;

use crate::parse::{Refusal, pointers, text};

/// Bytes in which a page's title is looked for.
const TITLE_WITHIN: usize = 64 * 1024;
/// Characters of a page's title that are told.
const TITLE_CHARS_MAX: usize = 80;

/// What a document looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looks {
    /// XML or something like it.
    Markup,
    /// A JSON object.
    Json,
}

/// Tells what a decoded document looks like.
pub fn sniff(document: &str) -> Result<Looks, Refusal> {
    let start = document.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
    match start.as_bytes().first() {
        None => Err(Refusal::Empty),
        Some(b'{' | b'[') => Ok(Looks::Json),
        Some(_) if memchr::memchr(b'<', start.as_bytes()).is_some() => Ok(Looks::Markup),
        Some(_) if start.starts_with("%PDF") => {
            Err(Refusal::NotAFeed { found: "a PDF document".to_owned() })
        }
        Some(_)
            if start.starts_with("PK\u{3}")
                || start.starts_with("PK") && start.contains('\u{FFFD}') =>
        {
            Err(Refusal::NotAFeed { found: "a ZIP archive".to_owned() })
        }
        Some(_) => Err(Refusal::NotAFeed { found: format!("text: '{}'", shorten(start)) }),
    }
}

/// The refusal of markup that holds no feed, given its first element and where it came from.
pub fn refuse(document: &str, first: Option<&str>, url: Option<&Url>) -> Refusal {
    let head = document.get(..document.floor_char_boundary(TITLE_WITHIN)).unwrap_or_default();
    let is_html = first.is_some_and(|name| {
        [
            "html", "head", "body", "meta", "script", "div", "p", "title", "center", "h1", "a",
            "img", "table", "b", "br", "link", "base", "style", "noscript", "form", "iframe",
            "frameset", "span", "ul", "h2", "font", "nav", "header", "main", "section",
        ]
        .iter()
        .any(|tag| name.eq_ignore_ascii_case(tag))
    }) || memmem::find(head.to_ascii_lowercase().as_bytes(), b"<!doctype html")
        .is_some();
    if is_html {
        let pointers = Box::new(pointers::read(document, url));
        return Refusal::Html { title: title(head), pointers };
    }
    match first {
        Some(name) => Refusal::NotAFeed { found: format!("XML: <{}>", shorten(name)) },
        None => Refusal::NotAFeed { found: format!("text: '{}'", shorten(head)) },
    }
}

/// The page's title, else its first words.
fn title(head: &str) -> String {
    let lower = head.to_ascii_lowercase();
    let inside = |tag: &str| {
        let start = memmem::find(lower.as_bytes(), format!("<{tag}").as_bytes())?;
        let start = start + memchr::memchr(b'>', lower.as_bytes().get(start..)?)? + 1;
        let end = start + memmem::find(lower.as_bytes().get(start..)?, b"</")?;
        let line = text::line(head.get(start..end)?);
        (!line.is_empty()).then_some(line)
    };
    let found = inside("title").or_else(|| inside("h1")).unwrap_or_else(|| {
        text::line(head.get(..head.floor_char_boundary(4096)).unwrap_or_default())
    });
    shorten(&found)
}

/// The beginning of a text as one line that a terminal shows and does not obey.
fn shorten(text: &str) -> String {
    let head = text.char_indices().nth(4 * TITLE_CHARS_MAX).map_or(text.len(), |(at, _)| at);
    let line = text::plain(text.get(..head).unwrap_or_default()).replace('\n', " ");
    let mut short: String = line.chars().take(TITLE_CHARS_MAX).collect();
    if head < text.len() || line.chars().nth(TITLE_CHARS_MAX).is_some() {
        short.push('…');
    }
    short
}
