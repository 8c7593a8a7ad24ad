//! What holds for every input, however hostile: one check for each fuzz target. The integration
//! tests replay the kept corpus through the same checks.

use std::collections::BTreeMap;

use bongsu::identity::face::{Face, Scope};
use bongsu::identity::{self, Known, Recognition};
use bongsu::model::item::Draft;
use bongsu::model::source::IdentityRule;
use bongsu::parse::complete::newest::ITEMS_MAX;
use bongsu::parse::mend::events::{DEPTH_MAX, Event, Events};
use bongsu::parse::{Context, Feed, Refusal, dates, mend, text, url as address};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::Event as Xml;
use unicode_normalization::is_nfc;
use url::Url;

/// Warnings of one document: each kind of repair has one line.
const WARNINGS_MAX: usize = 64;
/// Bytes of one warning or refusal: a line that a person reads.
const LINE_BYTES_MAX: usize = 600;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_392_000, 0).expect("a fixed instant")
}

fn page() -> Url {
    Url::parse("https://news.example/feeds/all.xml?lang=ko").expect("a fixed address")
}

/// Bytes to items. The first byte says what is known of the rest, bit by bit.
pub fn items(data: &[u8]) {
    let Some((&known, document)) = data.split_first() else { return };
    let bit = |number: u8| known & (1 << number) != 0;
    let url = page();
    let context = Context {
        url: bit(0).then_some(&url),
        content_type: match (bit(2), bit(3)) {
            (false, false) => None,
            (true, false) => Some("application/rss+xml; charset=utf-8"),
            (false, true) => Some("text/html; charset=EUC-KR"),
            (true, true) => Some("application/feed+json"),
        },
        encoding: bit(6).then_some("cp949"),
        language: bit(7).then_some("ko"),
        timezone: if bit(4) { Tz::Asia__Seoul } else { Tz::UTC },
        now: now(),
        bytes_max: usize::MAX,
        truncated: bit(1),
    };
    let read = bongsu::parse::feed(document, &context);
    judge(document.len(), &read);
    if let Ok(feed) = &read {
        let rule = IdentityRule::Query(vec!["no".to_owned()]);
        come_back(&feed.drafts, bit(5).then_some(&rule));
    }
    if document.len() <= 2048 {
        assert!(read == bongsu::parse::feed(document, &context), "read twice, two results");
    }
}

/// Whatever a source shows: shown once more, all of it is known.
fn come_back(drafts: &[Draft], rule: Option<&IdentityRule>) {
    let scope = Scope { source: "s", zone: Tz::Asia__Seoul, rule };
    let drafts = drafts.get(..drafts.len().min(200)).unwrap_or_default();
    let faces: Vec<Face> = drafts.iter().map(|draft| Face::of(draft, scope)).collect();
    let first = identity::recognise(&faces, &[], &BTreeMap::new());
    let is_new = |found: &Recognition| matches!(found, Recognition::New { .. });
    let of = |at: usize| match &first.drafts[at] {
        Recognition::Duplicate { of } => *of,
        _ => at,
    };
    let known: Vec<Known> = (0..faces.len())
        .filter(|at| is_new(&first.drafts[*at]))
        .map(|at| {
            let mut face = faces[at].clone();
            face.marks.keys = (0..faces.len())
                .filter(|other| of(*other) == at)
                .flat_map(|other| faces[other].marks.keys.clone())
                .collect();
            Known { id: at as i64, face, version: 1, was_alerted: false }
        })
        .collect();
    let again = identity::recognise(&faces, &known, &BTreeMap::new());
    assert!(!again.drafts.iter().any(is_new), "shown twice, told twice: {drafts:?}");
}

/// What holds for every reading of so many bytes.
pub fn judge(bytes: usize, read: &Result<Feed, Refusal>) {
    let feed = match read {
        Ok(feed) => feed,
        Err(refusal) => {
            assert_ne!(refusal, &Refusal::Panicked, "a panic was caught");
            return one_line(&refusal.to_string());
        }
    };
    assert!(feed.drafts.len() <= ITEMS_MAX, "{} items", feed.drafts.len());
    assert!(feed.warnings.len() <= WARNINGS_MAX, "{} warnings", feed.warnings.len());
    feed.warnings.iter().for_each(|warning| one_line(&warning.to_string()));
    clean_line(&feed.title);
    clean(&feed.description);
    let mut size = feed.title.len() + feed.description.len();
    size += feed.language.as_ref().map_or(0, String::len);
    for draft in &feed.drafts {
        clean_line(&draft.title);
        clean(&draft.summary);
        clean(&draft.body);
        let texts = [&draft.title, &draft.summary, &draft.body];
        if let Some(link) = &draft.link {
            absolute(link);
        }
        size += texts.iter().map(|text| text.len()).sum::<usize>();
        size += draft.link.as_ref().map_or(0, |link| link.as_str().len());
        size += draft.guid.as_ref().map_or(0, String::len);
        size += draft.language.as_ref().map_or(0, String::len);
        let lists = draft.authors.iter().chain(&draft.categories);
        size += lists.map(String::len).sum::<usize>();
    }
    // Eight names of 512 bytes are handed down to each item.
    let allowed = 64 * 1024 + 16 * bytes + feed.drafts.len() * 8 * 512;
    assert!(size <= allowed, "{bytes} bytes became {size}");
}

/// Any text to well-formed XML.
pub fn mend(data: &[u8]) {
    let document = String::from_utf8_lossy(data);
    let mut repairs = mend::repairs::Repairs::default();
    let json = mend::json::mend(&document, &mut repairs);
    assert!(json.len() <= 2 * document.len() + 16, "{} became {}", document.len(), json.len());
    let Ok(events) = Events::new(&document) else { return };
    let mut depth = 0_usize;
    for event in events {
        match event {
            Event::Open { .. } => depth += 1,
            Event::Close(_) => depth = depth.checked_sub(1).expect("an end without a start"),
            Event::Text(_) | Event::CData(_) => {}
        }
        assert!(depth <= DEPTH_MAX, "{depth} levels");
    }
    assert_eq!(depth, 0, "a start without an end");
    let mended = mend::write::write(&document).expect("there was a root");
    well_formed(&mended).unwrap_or_else(|fault| panic!("{fault}: {mended}"));
}

fn well_formed(xml: &str) -> Result<(), String> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_comments = true;
    let mut roots = 0;
    let mut open = 0_usize;
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Xml::Eof => {
                return if roots == 1 && open == 0 { Ok(()) } else { Err("no one root".into()) };
            }
            Xml::Start(start) => {
                roots += usize::from(open == 0);
                open += 1;
                for attribute in start.attributes() {
                    attribute.map_err(|error| error.to_string())?;
                }
            }
            Xml::Empty(_) => roots += usize::from(open == 0),
            Xml::End(_) => open = open.checked_sub(1).ok_or("an end without a start")?,
            Xml::GeneralRef(reference) => {
                let known = resolve_xml_entity(&reference).is_some()
                    || reference.resolve_char_ref().is_ok_and(|c| c.is_some());
                known.then_some(()).ok_or_else(|| format!("&{};", &*reference))?;
            }
            _ => {}
        }
    }
}

/// Any text to an instant. The first byte chooses the zone.
pub fn dates(data: &[u8]) {
    const ZONES: [Tz; 4] = [Tz::UTC, Tz::Asia__Seoul, Tz::Europe__Brussels, Tz::America__New_York];
    let Some((&first, rest)) = data.split_first() else { return };
    let zone = ZONES[usize::from(first) % ZONES.len()];
    let Some(instant) = dates::instant(&String::from_utf8_lossy(rest), zone, now()) else { return };
    assert!(instant > DateTime::UNIX_EPOCH - TimeDelta::days(1), "{instant}");
    assert!(instant < now() + TimeDelta::days(2 * 366 + 2), "{instant}");
    // What was understood can be written so that it is understood again.
    if instant > DateTime::UNIX_EPOCH + TimeDelta::days(1) && instant < now() {
        let again = instant.format("%Y-%m-%dT%H:%M:%S%.fZ").to_string();
        assert_eq!(dates::instant(&again, zone, now()), Some(instant), "{again}");
    }
}

/// Any HTML to text, any address to a link.
pub fn text(data: &[u8]) {
    let html = String::from_utf8_lossy(data);
    let whole = text::from_html(&html);
    clean(&whole);
    clean_line(&text::line(&html));
    let plain = text::plain(&html);
    clean_line(&plain);
    assert_eq!(text::plain(&plain), plain, "cleaning twice changes more");
    for out in [&whole, &plain] {
        assert!(out.len() <= 64 + 4 * html.len(), "{} became {}", html.len(), out.len());
    }
    for base in [None, Some(page())] {
        if let Some(link) = address::absolute(&html, base.as_ref()) {
            absolute(&link);
        }
    }
}

fn absolute(link: &Url) {
    assert!(matches!(link.scheme(), "http" | "https"), "{link}");
    assert!(link.host_str().is_some_and(|host| !host.is_empty()), "{link}");
}

/// Text for readers: composed, and nothing in it that a terminal obeys.
fn clean(text: &str) {
    assert!(is_nfc(text), "not composed: {text:?}");
    let bad = text.chars().find(|c| c.is_control() && *c != '\n');
    assert_eq!(bad, None, "in {text:?}");
}

fn clean_line(text: &str) {
    clean(text);
    assert!(!text.contains('\n'), "more than one line: {text:?}");
}

/// A line for an operator.
fn one_line(text: &str) {
    assert!(!text.is_empty() && text.len() <= LINE_BYTES_MAX, "{} bytes: {text:?}", text.len());
    assert_eq!(text.chars().find(|c| c.is_control()), None, "in {text:?}");
}
