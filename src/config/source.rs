//! `[[source]]`: what is polled.
//!
//! Every knob is checked here, once. Called by `load`.

use std::time::Duration;

use chrono_tz::Tz;
use url::Url;

use super::document::Table;
use super::fields::{Fields, Text, with_cure};
use super::gather::{Noun, Thing};
use super::secret::Desk;
use super::{builtin, egress, scalar};
use crate::model::fault::{Fault, Need};
use crate::model::near::nearest;
use crate::model::source::{Expect, IdentityRule, Source, SourceKind};

/// The keys of a source.
pub(super) const KEYS: &[&str] = &[
    "id",
    "title",
    "kind",
    "url",
    "every",
    "own_host",
    "timezone",
    "language",
    "implies",
    "expect",
    "backfill",
    "cache_max",
    "headers",
    "encoding",
    "identity",
    "allow_private",
    "proxy",
    "proxy_env",
    "extra_ca",
    "enabled",
];
/// The keys of `expect`.
pub(super) const EXPECT_KEYS: &[&str] = &["items_min", "silence_max"];
/// The keys of `identity`.
pub(super) const IDENTITY_KEYS: &[&str] = &["query"];

const MINUTE: Duration = Duration::from_mins(1);
const EVERY: Duration = Duration::from_mins(15);
/// A wait beyond this would miss what a feed shows for a month only.
const EVERY_MAX: Duration = Duration::from_hours(30 * 24);

/// No publisher's wish is honoured beyond this, so more lifts nothing.
const CACHE_MAX: Duration = Duration::from_hours(24);

/// Checks one source; `zone` is the daemon's, for dates where neither they nor the source name one.
pub(super) fn lower(thing: &Thing, desk: &mut Desk<'_>, zone: Tz) -> Option<Source> {
    let implies = implies(thing, desk);
    let around = (desk.tree, desk.surroundings);
    let owner = thing.owner();
    let mut fields = Fields { owner, table: &thing.table, faults: &mut *desk.faults };
    fields.refuse_unknown(KEYS);
    kind(&mut fields);
    let url = fields.required("url", "write url = \"https://…\"").is_some();
    let url = if url { fields.parsed("url", scalar::web_address) } else { None };
    if let Some(name) = url.as_ref().and_then(scalar::secret_parameter) {
        let message = format!("`url` of {} seems to hold a secret in `{name}`", fields.owner);
        let cure = "addresses are shown in logs: send it as a header if the publisher allows that";
        let place = fields.value_place("url");
        fields.fault(Fault::warning(place, message).cure(cure));
    }
    let own_host = fields.boolean("own_host").unwrap_or(false);
    Some(Source {
        id: thing.id.clone(),
        title: fields.text("title").map_or_else(|| thing.id.clone(), |text| text.value.to_owned()),
        kind: SourceKind::Feed,
        every: every(&mut fields, own_host),
        own_host,
        timezone: timezone(&mut fields, url.as_ref(), zone),
        language: fields.parsed("language", scalar::language),
        implies,
        expect: expect(&mut fields),
        backfill: fields.duration("backfill").filter(|backfill| !backfill.is_zero()),
        cache_max: cache_max(&mut fields),
        headers: headers(&mut fields),
        encoding: encoding(&mut fields),
        identity: identity(&mut fields),
        egress: egress::lower(&mut fields, around, &Need::Source(thing.id.as_str().into())),
        enabled: fields.boolean("enabled").unwrap_or(true),
        place: thing.place.clone(),
        // Last, so that a missing address hides no fault above.
        url: url?,
    })
}

/// The zone of dates that name none: the source's own, else the daemon's. A publisher who seems to be
/// elsewhere is worth a word: its dates may name none, and would be hours off.
fn timezone(fields: &mut Fields<'_, '_>, url: Option<&Url>, daemon: Tz) -> Tz {
    if fields.has("timezone") {
        return fields.parsed("timezone", scalar::timezone).unwrap_or(daemon);
    }
    let host = url.and_then(Url::host_str).unwrap_or_default();
    let language = fields.table.text("language").unwrap_or_default().to_lowercase();
    let is_korean =
        host.rsplit('.').next() == Some("kr") || language == "ko" || language.starts_with("ko-");
    if is_korean && daemon != Tz::Asia__Seoul {
        let message = format!(
            "{} names no timezone: its dates without one are read in {daemon}, the daemon's, though \
             it seems to be Korean",
            fields.owner
        );
        let fault = Fault::warning(fields.table.place.clone(), message);
        fields
            .fault(fault.cure("write timezone = \"Asia/Seoul\", or the daemon's if that is meant"));
    }
    daemon
}

/// A shipped source implies shipped concepts; who takes the sources without the concepts does
/// not miss them. In the user's own words a name without a concept is a slip.
fn implies(thing: &Thing, desk: &mut Desk<'_>) -> Vec<String> {
    let owner = thing.owner();
    let mut fields = Fields { owner, table: &thing.table, faults: &mut *desk.faults };
    let mut implied = Vec::new();
    for text in fields.texts("implies") {
        let by = format!("`implies` of {}", fields.owner);
        match desk.gathered.missing(Noun::Concept, text.value, text.place, &by) {
            Some(_) if text.place.file.starts_with(builtin::PREFIX) => {}
            Some(fault) => fields.fault(fault),
            None => implied.push(text.value.to_owned()),
        }
    }
    implied
}

fn kind(fields: &mut Fields<'_, '_>) {
    let Some(text) = fields.text("kind") else { return };
    let cure = match text.value {
        "feed" => return,
        "rss" | "atom" | "xml" | "jsonfeed" => {
            "RSS, Atom, RDF and JSON Feed are all kind = \"feed\""
        }
        "list" | "page" | "json" | "html" | "api" => {
            "this version reads kind = \"feed\" only: look for the site's RSS or Atom address"
        }
        _ => "the kinds of source are: feed",
    };
    let message = format!("\"{}\" of {} is not a kind of source", text.value, fields.owner);
    fields.fault(Fault::error(text.place.clone(), message).cure(cure));
}

fn every(fields: &mut Fields<'_, '_>, own_host: bool) -> Duration {
    let Some(every) = fields.duration("every") else { return EVERY };
    let place = fields.value_place("every");
    if every.is_zero() {
        let message = format!("`every` of {} is zero", fields.owner);
        fields.fault(
            Fault::error(place, message).cure("write how long to wait between two polls: \"15m\""),
        );
        return EVERY;
    }
    if every > EVERY_MAX {
        let message = format!("`every` of {} is longer than 30 days", fields.owner);
        fields.fault(
            Fault::error(place, message).cure("feeds forget within days: write \"1d\" or less"),
        );
        return EVERY;
    }
    if every < MINUTE && !own_host {
        let message =
            format!("`every` of {} is under a minute; it is polled once a minute", fields.owner);
        let cure = "write \"1m\" or more; if the host is your own, own_host = true lifts the limit";
        fields.fault(Fault::warning(place, message).cure(cure));
        return MINUTE;
    }
    every
}

fn cache_max(fields: &mut Fields<'_, '_>) -> Option<Duration> {
    let most = fields.duration("cache_max")?;
    if most > CACHE_MAX {
        let message = format!("`cache_max` of {} is longer than a day", fields.owner);
        let cure = "a publisher's wish is honoured for a day at most: write less, or leave it out";
        fields.fault(Fault::warning(fields.value_place("cache_max"), message).cure(cure));
    }
    Some(most)
}

fn expect(fields: &mut Fields<'_, '_>) -> Expect {
    let default = Expect { items_min: 1, silence_max: None };
    let Some(table) = fields.table("expect") else { return default };
    let mut inner = inner(fields, "expect", table);
    inner.refuse_unknown(EXPECT_KEYS);
    let items_min = inner.integer("items_min", 0, 100_000).map_or(1, |number| number as u32);
    Expect { items_min, silence_max: inner.duration("silence_max").filter(|max| !max.is_zero()) }
}

fn identity(fields: &mut Fields<'_, '_>) -> Option<IdentityRule> {
    let table = fields.table("identity")?;
    let mut inner = inner(fields, "identity", table);
    inner.refuse_unknown(IDENTITY_KEYS);
    let names: Vec<String> =
        inner.text_or_texts("query").iter().map(|text| text.value.to_owned()).collect();
    if names.is_empty() {
        let message = format!("{} names no parameter", inner.owner);
        let cure = "write identity = { query = \"nttSeqNo\" }: the parameter of the link that tells items apart";
        let place = table.place.clone();
        inner.fault(Fault::error(place, message).cure(cure));
        return None;
    }
    Some(IdentityRule::Query(names))
}

fn inner<'b>(fields: &'b mut Fields<'_, '_>, key: &str, table: &'b Table) -> Fields<'b, 'b> {
    let owner = format!("`{key}` of {}", fields.owner);
    Fields { owner, table, faults: &mut *fields.faults }
}

fn headers(fields: &mut Fields<'_, '_>) -> Vec<(String, String)> {
    let Some(table) = fields.table("headers") else { return Vec::new() };
    let mut headers = Vec::new();
    for entry in &table.entries {
        let Some(value) = fields.as_text(&format!("headers.{}", entry.key), &entry.value) else {
            continue;
        };
        match header(&entry.key, value) {
            Ok(()) => headers.push((entry.key.clone(), value.value.to_owned())),
            Err((message, cure)) => {
                let message = format!("header `{}` of {} {message}", entry.key, fields.owner);
                fields.fault(with_cure(Fault::error(entry.key_place.clone(), message), cure));
            }
        }
    }
    headers
}

/// RFC 9110, section 5: a name is a token; a value has no control characters.
fn header(name: &str, value: Text<'_>) -> Result<(), (String, Option<String>)> {
    let ours = [
        "host",
        "connection",
        "content-length",
        "transfer-encoding",
        "te",
        "upgrade",
        "if-none-match",
        "if-modified-since",
        "range",
        "referer",
    ];
    if ours.contains(&name.to_lowercase().as_str()) {
        return Err(("is set by the program itself".into(), Some("remove it".into())));
    }
    let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if name.is_empty() || !name.chars().all(token) {
        return Err(("is not a valid name".into(), Some("use letters, digits and hyphens".into())));
    }
    if value.value.chars().any(char::is_control) {
        return Err((
            "has a line break or another control character in it".into(),
            Some("remove it".into()),
        ));
    }
    if value.value.contains("${") {
        return Err((
            "holds ${…}, which is not expanded".into(),
            Some("write the value itself".into()),
        ));
    }
    Ok(())
}

/// Names that Korean sites and editors use, beside those of the WHATWG standard.
const KOREAN_ALIASES: &[&str] = &["cp949", "ms949", "uhc", "x-windows-949", "ks_c_5601"];

fn encoding(fields: &mut Fields<'_, '_>) -> Option<String> {
    let text = fields.text("encoding")?;
    let label = text.value.to_lowercase();
    let known = encoding_rs::Encoding::for_label(label.as_bytes()).is_some();
    if known || KOREAN_ALIASES.contains(&label.as_str()) {
        return Some(text.value.to_owned());
    }
    let message =
        format!("`encoding` of {}: \"{}\" is not a known encoding", fields.owner, text.value);
    let common = ["utf-8", "euc-kr", "cp949", "windows-1252", "iso-8859-1", "utf-16le"];
    let cure = nearest(&label, common).map_or_else(
        || "use utf-8, euc-kr or windows-1252".to_owned(),
        |near| format!("did you mean \"{near}\"?"),
    );
    fields.fault(Fault::error(text.place.clone(), message).cure(cure));
    None
}
