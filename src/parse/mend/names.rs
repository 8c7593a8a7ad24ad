//! The few names that tell where a forgotten end tag belongs.
//!
//! Must never see a document. Called by `events`, `balance` and `write`.

/// The prefix of a name, empty where it has none, and the rest.
pub fn split(name: &str) -> (&str, &str) {
    // Most names are too short for a search by blocks.
    let colon = name.bytes().position(|byte| byte == b':');
    let parts = colon.and_then(|colon| Some((name.get(..colon)?, name.get(colon + 1..)?)));
    parts.unwrap_or(("", name))
}

/// The part of a name after its prefix.
pub(super) fn local_name(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// Whether a name is `wanted` behind its prefix, in any case.
pub(super) fn is_local(name: &str, wanted: &str) -> bool {
    let Some(prefix) = name.len().checked_sub(wanted.len()) else { return false };
    let Some((prefix, local)) = name.split_at_checked(prefix) else { return false };
    local.eq_ignore_ascii_case(wanted) && (prefix.is_empty() || prefix.ends_with(':'))
}

/// A number for a name, the same for every letter case (FNV-1a).
pub(super) fn number(name: &str) -> u32 {
    name.bytes().fold(0x811C_9DC5, |number, byte| {
        (number ^ u32::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0193)
    })
}

pub(super) fn is_any(name: &str, among: &[&str]) -> bool {
    among.iter().any(|other| name.eq_ignore_ascii_case(other))
}

pub(super) fn is_item(name: &str) -> bool {
    is_local(name, "item") || is_local(name, "entry")
}

/// Whether an element is one in which a feed has its items: a root, a channel, RSS 1.1's list.
pub(super) fn holds_items(name: &str) -> bool {
    is_any(local_name(name), &ROOTS) || is_local(name, "items")
}

/// Whether an element of HTML has no content, and so often no end tag.
pub(super) fn is_void(name: &str) -> bool {
    is_any(name, &VOID)
}

pub(super) fn prefix(name: &str) -> &str {
    split(name).0
}

/// Elements that hold text alone: a neighbour that begins inside one shows that its end is missing.
pub(super) const LEAVES: [&str; 10] = [
    "title",
    "link",
    "guid",
    "pubDate",
    "comments",
    "category",
    "id",
    "updated",
    "published",
    "author",
];
/// Neighbours of those, never their children.
pub(super) const NEIGHBOURS: [&str; 12] = [
    "title",
    "link",
    "guid",
    "pubDate",
    "comments",
    "category",
    "description",
    "enclosure",
    "item",
    "entry",
    "summary",
    "published",
];
/// Neighbours whose names no element of HTML has.
pub(super) const NO_HTML: [&str; 5] = ["guid", "pubDate", "comments", "category", "enclosure"];
/// Elements that may hold markup, and so a neighbour's name, but never an item.
pub(super) const TEXTS: [&str; 4] = ["description", "language", "copyright", "generator"];
/// Elements whose children are the leaves.
pub(super) const CONTAINERS: [&str; 4] = ["item", "entry", "channel", "feed"];
/// Elements of an item that may hold another feed's item.
pub(super) const QUOTING: [&str; 4] = ["content", "source", "body", "div"];
/// HTML elements without content, often left open in raw markup.
pub(super) const VOID: [&str; 5] = ["br", "img", "hr", "input", "wbr"];
/// Root elements of the formats that we read, and `channel`, which is met without one.
pub(super) const ROOTS: [&str; 5] = ["rss", "RDF", "feed", "channel", "entry"];

/// What an open element tells when an item begins in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tells {
    Nothing,
    /// It may hold an item of another feed.
    MayQuote,
    /// Its end is missing.
    HoldsNoItem,
}

impl Tells {
    pub(super) fn of(name: &str) -> Self {
        if is_any(name, &LEAVES) || is_any(name, &TEXTS) {
            Self::HoldsNoItem
        } else if QUOTING.iter().any(|quoting| is_local(name, quoting)) {
            Self::MayQuote
        } else {
            Self::Nothing
        }
    }
}
