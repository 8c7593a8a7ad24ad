//! HTML and plain text to clean plain text.

/// HTML, or text with entities, to plain text.
pub fn from_html(html: &str) -> String {
    plain(html)
}

/// One line of plain text, for titles.
pub fn line(text: &str) -> String {
    plain(text)
}

/// Text known to be plain, cleaned.
pub fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
