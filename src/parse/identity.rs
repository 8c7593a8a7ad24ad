//! By what an item is recognised again: the candidate keys of a draft, strongest first.
//!
//! Knows nothing of what the store already holds; whether two drafts that share a key are one item
//! is decided there. Called once for each draft, after its texts and links are clean.

use std::fmt::Write as _;

use chrono_tz::Tz;
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use url::Url;

use crate::lang::fold::folded;
use crate::model::item::{Draft, Key, KeyKind};
use crate::model::source::IdentityRule;
use crate::parse::url::{absolute, canonical_text};

/// The store's limit for a key, in bytes; longer values are replaced by their hash.
const KEY_BYTES_MAX: usize = 512;

/// Bytes of a text by which it is told from others: compatibility forms can be eleven times as long.
const FOLDED_BYTES_MAX: usize = 16 * 1024;

/// The keys of `draft`: the source's own rule, guid, link, title with the day in `zone`.
///
/// Never empty for a draft that holds any text or link. A link to a site's front page tells no item
/// from another and makes a key only when there is nothing else.
pub fn keys(draft: &Draft, rule: Option<&IdentityRule>, zone: Tz) -> Vec<Key> {
    let mut keys = Vec::with_capacity(4);
    let mut push = |kind, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            keys.push(Key { kind, value: short(value) });
        }
    };
    push(KeyKind::Own, rule.and_then(|rule| own(draft, rule)));
    let link = draft.link.as_ref().map(|link| (link, canonical_text(link)));
    push(
        KeyKind::Guid,
        draft.guid.as_deref().map(|given| match &link {
            // Many give the link as the guid.
            Some((link, canonical)) if link.as_str() == given => {
                with_fragment(canonical.clone(), link)
            }
            _ => guid(given),
        }),
    );
    let (front, page) = match link {
        Some((link, canonical)) if is_front_page(&canonical) => (Some((link, canonical)), None),
        link => (None, link),
    };
    push(KeyKind::Link, page.map(|(link, canonical)| with_fragment(canonical, link)));
    push(KeyKind::TitleDay, title_day(draft, zone));
    if keys.is_empty()
        && let Some((link, canonical)) = front
    {
        keys.push(Key { kind: KeyKind::Link, value: short(with_fragment(canonical, link)) });
    }
    keys
}

/// The source's own rule, applied to the link and, where that lacks a part, to the guid. A rule
/// that finds only some of its parameters says nothing: half an identity would join strangers.
fn own(draft: &Draft, rule: &IdentityRule) -> Option<String> {
    let IdentityRule::Query(names) = rule;
    let guid = draft.guid.as_deref().and_then(|guid| absolute(guid, None));
    draft.link.iter().chain(&guid).find_map(|url| {
        let mut key = String::new();
        for name in names {
            let (_, value) =
                url.query_pairs().find(|(given, value)| given == name && !value.is_empty())?;
            let joint = if key.is_empty() { "" } else { "&" };
            write!(key, "{joint}{name}={value}").ok()?;
        }
        (!key.is_empty()).then_some(key)
    })
}

/// A guid that is an address changes its scheme, slash and session like one.
fn guid(guid: &str) -> String {
    let starts_as_address =
        guid.trim_start().get(..4).is_some_and(|start| start.eq_ignore_ascii_case("http"));
    match starts_as_address.then(|| absolute(guid, None)).flatten() {
        Some(url) => with_fragment(canonical_text(&url), &url),
        None if guid.bytes().all(|byte| byte.is_ascii_graphic()) => guid.to_owned(),
        None => guid.split_whitespace().collect::<Vec<_>>().join(" ").nfc().collect(),
    }
}

/// The canonical address, with a fragment that names a part of the page: change logs and calendars
/// give one page many items. Fragments that hold `=` are tracking (`#xtor=RSS-1`).
fn with_fragment(canonical: String, url: &Url) -> String {
    match url.fragment().filter(|f| !f.is_empty() && !f.contains('=')) {
        Some(_) if canonical.contains('#') => canonical,
        Some(fragment) => canonical + "#" + fragment,
        None => canonical,
    }
}

/// Nothing but a slash stands behind the host of a canonical address.
fn is_front_page(canonical: &str) -> bool {
    let rest = canonical.split_once("://").map_or(canonical, |(_, rest)| rest);
    rest.find('/').is_none_or(|slash| slash + 1 == rest.len())
}

/// The title's letters and digits with the day of publication; without a date the title alone, and
/// without a title the first text there is.
fn title_day(draft: &Draft, zone: Tz) -> Option<String> {
    let mut text = [&draft.title, &draft.summary, &draft.body]
        .into_iter()
        .map(|text| folded(text.get(..text.floor_char_boundary(FOLDED_BYTES_MAX)).unwrap_or(text)))
        .find(|text| !text.is_empty())?;
    if let Some(instant) = draft.published {
        write!(text, "|{}", instant.with_timezone(&zone).date_naive()).ok()?;
    }
    Some(text)
}

fn short(value: String) -> String {
    if value.len() <= KEY_BYTES_MAX {
        return value;
    }
    let digest = Sha256::digest(value.as_bytes());
    digest.iter().fold("sha256:".to_owned(), |hash, byte| format!("{hash}{byte:02x}"))
}
