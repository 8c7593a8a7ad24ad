//! What readers read: HTML or plain text in, clean plain text out.
//!
//! Tags go, entities are decoded to a fixpoint, invisible and filler characters are dropped, white
//! space is folded, and the result is in NFC. One pass, linear in the input, no tree. Called by the
//! parsers for every text of a document; knows nothing of feeds.

mod element;
mod fold;
mod scan;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use crate::parse::entities;
use crate::parse::text::fold::Folder;
use crate::parse::text::scan::{Piece, Tags, scan};

/// HTML, or plain text with entities, as plain text: paragraphs, list items, rows and `<br>` begin
/// new lines, everything else is folded to single spaces. Scripts, styles and comments are left out.
pub fn from_html(html: &str) -> String {
    let (text, had_tags) = read(html, Tags::All, entities::to_fixpoint);
    // Escaped once too often: what looked like text is the HTML.
    if !had_tags && scan::is_block_of_html(&text) {
        return read(&text, Tags::All, entities::to_fixpoint).0;
    }
    text
}

/// The same for what is declared to be HTML (Atom `type="html"`, JSON Feed `content_html`): where
/// it has a tag, that shows at which level its escapes stand, and `&amp;lt;` is read as `&lt;`.
pub fn from_markup(html: &str) -> String {
    let tagged = |html| Some(read(html, Tags::All, entities::as_meant)).filter(|(_, tags)| *tags);
    let text = may_have_tags(html).then(|| tagged(html)).flatten();
    text.map_or_else(|| from_html(html), |(text, _)| text)
}

/// A title that is declared to be HTML, as one line.
pub fn line_of_markup(html: &str) -> String {
    let tagged =
        |html| Some(read(html, Tags::Declared, entities::as_meant)).filter(|(_, tags)| *tags);
    let text = may_have_tags(html).then(|| tagged(html)).flatten();
    text.map_or_else(|| line(html), |(text, _)| text.replace('\n', " "))
}

fn may_have_tags(html: &str) -> bool {
    memchr::memchr(b'<', html.as_bytes()).is_some()
}

/// One line of plain text, for titles: tags that HTML knows go, while `a < b`, `R&D` and `x<y>z`
/// stay as they are.
pub fn line(text: &str) -> String {
    let (text, _) = read(text, Tags::Known, entities::to_fixpoint);
    if text.contains('\n') { text.replace('\n', " ") } else { text }
}

/// Text that is plain by declaration (Atom `type="text"`): only cleaned and folded to one line.
/// Applied twice it changes nothing more.
pub fn plain(text: &str) -> String {
    let mut folder = Folder::with_capacity(text.len());
    folder.push(text);
    folder.finish()
}

/// The text and whether there was any tag.
fn read(html: &str, tags: Tags, decode: fn(&str) -> Cow<'_, str>) -> (String, bool) {
    let mut folder = Folder::with_capacity(html.len());
    let mut had_tags = false;
    scan(html, tags, |piece| match piece {
        Piece::Text(text) => folder.push(&decode(text)),
        Piece::Inline => had_tags = true,
        Piece::Space => {
            had_tags = true;
            folder.space();
        }
        Piece::Line => {
            had_tags = true;
            folder.line();
        }
    });
    (folder.finish(), had_tags)
}
