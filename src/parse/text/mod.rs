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

use crate::parse::entities;
use crate::parse::text::fold::Folder;
use crate::parse::text::scan::{Piece, Tags, scan};

/// HTML, or plain text with entities, as plain text: paragraphs, list items, rows and `<br>` begin
/// new lines, everything else is folded to single spaces. Scripts, styles and comments are left out.
pub fn from_html(html: &str) -> String {
    let (text, had_tags) = read(html, Tags::All);
    // Escaped once too often: what looked like text is the HTML.
    if !had_tags && scan::is_block_of_html(&text) {
        return read(&text, Tags::All).0;
    }
    text
}

/// One line of plain text, for titles: tags that HTML knows go, while `a < b`, `R&D` and `x<y>z`
/// stay as they are.
pub fn line(text: &str) -> String {
    let (text, _) = read(text, Tags::Known);
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
fn read(html: &str, tags: Tags) -> (String, bool) {
    let mut folder = Folder::with_capacity(html.len());
    let mut had_tags = false;
    scan(html, tags, |piece| match piece {
        Piece::Text(text) => folder.push(&entities::to_fixpoint(text)),
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
