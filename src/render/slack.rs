//! An alert as a message for a Slack incoming webhook: Block Kit, and `text` for notifications.
//!
//! Limits are Slack's (docs.slack.dev, Block Kit reference) less a margin of 5 %, counted in
//! UTF-16 units of the text as sent, escapes included. Texts of others get `& < >` escaped once, as
//! Slack asks, and the marks of mrkdwn replaced by look-alikes, because mrkdwn has no escape for
//! them. `verbatim` keeps Slack from making links and mentions of plain text. The one link is ours,
//! and its address is no text: it must lead where the item's does.

use serde_json::{Value, json};

use crate::model::alert::Delivery;
use crate::render::Look;
use crate::render::excerpt::{Segment, excerpt, quotes};
use crate::render::facts::{Why, headline, line, whys};
use crate::render::link::Link;
use crate::render::text::{clean, fit, units};

/// Text of one section: 3,000 less 5 %.
pub const SECTION_MAX: usize = 2_850;

/// All blocks as JSON. Undocumented; `msg_blocks_too_long` was seen from about 13,200.
pub const BLOCKS_MAX: usize = 11_400;

/// A headline, longest: the record on the sources followed is under 300.
pub const HEADLINE_MAX: usize = 500;

/// What must be left of a section for a headline beside its link.
const LABEL_MIN: usize = 100;

/// One fact of the line under the headline (publisher, date, host).
const FACT_MAX: usize = 280;

/// All facts, where they stand in one line.
const FACTS_MAX: usize = 1_000;

/// Title of a watch.
const WATCH_MAX: usize = 150;

/// Reason of a watch.
const REASON_MAX: usize = 600;

/// A sentence quoted beside the excerpt, which itself has room in a section for two of them.
const QUOTE_MAX: usize = 320;

/// Kept free for the names of watches whose reasons found no room.
const OTHERS_MAX: usize = 400;

/// Zero-width space: makes a mark of ours count beside a Hangul particle (`*양자*의`).
const BOUNDARY: char = '\u{200b}';

/// The message.
pub fn message(delivery: &Delivery, look: &Look) -> Value {
    let blocks = [Detail::All, Detail::NoExcerpt, Detail::NoReasons]
        .into_iter()
        .map(|detail| blocks(delivery, look, detail))
        .find(|blocks| units(&blocks.to_string()) <= BLOCKS_MAX)
        .unwrap_or_else(|| Value::Array(vec![headline_block(delivery)]));
    json!({
        "text": first_line(delivery, look),
        "blocks": blocks,
        "unfurl_links": false,
        "unfurl_media": false,
    })
}

/// The same news without blocks: for the second try when Slack refuses the message's form.
pub fn plain(delivery: &Delivery, look: &Look) -> Value {
    let mut text = first_line(delivery, look);
    for why in whys(&delivery.alert) {
        let line = format!("\n{}", unlinked(&reason_line(&why, REASON_MAX)));
        if units(&text) + units(&line) > SECTION_MAX {
            break;
        }
        text.push_str(&line);
    }
    json!({ "text": text, "unfurl_links": false, "unfurl_media": false })
}

/// How much of an alert is put into the blocks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Detail {
    All,
    NoExcerpt,
    NoReasons,
}

fn blocks(delivery: &Delivery, look: &Look, detail: Detail) -> Value {
    let alert = &delivery.alert;
    let mut blocks = vec![headline_block(delivery), facts_block(delivery, look)];
    if detail == Detail::All {
        let mut shown = marked(&excerpt(&alert.draft, &alert.decision));
        for quote in quotes(&alert.draft, &alert.decision) {
            shown.push('\n');
            shown.push_str(&foreign(&quote, QUOTE_MAX));
        }
        if !shown.is_empty() {
            blocks.push(json!({ "type": "section", "text": mrkdwn(&shown) }));
        }
    }
    let reason_max = if detail == Detail::NoReasons { 0 } else { REASON_MAX };
    let why = reasons(&whys(alert), reason_max);
    if !why.is_empty() {
        blocks.push(json!({ "type": "context", "elements": [mrkdwn(&why)] }));
    }
    Value::Array(blocks)
}

fn headline_block(delivery: &Delivery) -> Value {
    json!({ "type": "section", "text": mrkdwn(&format!("*{}*", linked_headline(delivery))) })
}

/// Publisher, date, lateness, language and the host that the link leads to.
fn facts_block(delivery: &Delivery, look: &Look) -> Value {
    let mut facts: Vec<String> = line(delivery, look);
    if let Some(link) = Link::new(delivery.alert.draft.link.as_ref()) {
        facts.push(if fits(&link) {
            link.host
        } else {
            format!(
                "{} (its address of {} characters is too long for Slack)",
                link.host,
                link.units()
            )
        });
    }
    let elements: Vec<Value> = facts.iter().map(|fact| mrkdwn(&foreign(fact, FACT_MAX))).collect();
    json!({ "type": "context", "elements": elements })
}

/// What a notification shows: headline, publisher, and lateness if any.
fn first_line(delivery: &Delivery, look: &Look) -> String {
    let facts = unlinked(&foreign(&line(delivery, look).join(" · "), FACTS_MAX));
    let headline = linked_headline(delivery);
    if units(&headline) + units(&facts) + 1 > SECTION_MAX {
        return headline;
    }
    format!("{headline}\n{facts}")
}

/// `<url|headline>`, or the headline alone when there is no link or the link has no room.
fn linked_headline(delivery: &Delivery) -> String {
    let headline = headline(&delivery.alert);
    match Link::new(delivery.alert.draft.link.as_ref()).filter(fits) {
        Some(link) => {
            let url = address(&link);
            let room = SECTION_MAX - units(&url) - "*<|>*".len();
            format!("<{url}|{}>", foreign(&headline, HEADLINE_MAX.min(room)))
        }
        None => unlinked(&foreign(&headline, HEADLINE_MAX)),
    }
}

fn fits(link: &Link) -> bool {
    units(&address(link)) + "*<|>*".len() + LABEL_MIN <= SECTION_MAX
}

/// One line a watch; watches whose reasons find no room are named together.
fn reasons(whys: &[Why], reason_max: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut spent = 0;
    for (shown, why) in whys.iter().enumerate() {
        let line = reason_line(why, reason_max);
        let others = whys.get(shown..).unwrap_or_default();
        spent += units(&line) + 1;
        if spent > SECTION_MAX - OTHERS_MAX {
            let titles: Vec<&str> = others.iter().map(|why| why.watch.as_str()).collect();
            let names = foreign(&titles.join(", "), OTHERS_MAX - 40);
            lines.push(format!("and {} more: {names}", others.len()));
            break;
        }
        lines.push(line);
    }
    lines.join("\n")
}

fn reason_line(why: &Why, reason_max: usize) -> String {
    let watch = foreign(&why.watch, WATCH_MAX);
    if why.reason.is_empty() || reason_max == 0 {
        return format!("*{watch}*");
    }
    format!("*{watch}* — {}", foreign(&why.reason, reason_max))
}

/// An excerpt with its marks in bold.
fn marked(segments: &[Segment]) -> String {
    let mut out = String::new();
    for (at, segment) in segments.iter().enumerate() {
        let text = escape(&segment.text);
        let inner = text.trim();
        if !segment.marked || inner.is_empty() {
            out.push_str(&text);
            continue;
        }
        if out.chars().next_back().is_some_and(|c| !c.is_whitespace()) {
            out.push(BOUNDARY);
        }
        out.push('*');
        out.push_str(inner);
        out.push('*');
        let next = segments.get(at + 1).and_then(|next| next.text.chars().next());
        if next.is_some_and(|c| !c.is_whitespace()) {
            out.push(BOUNDARY);
        } else if text.ends_with(' ') {
            out.push(' ');
        }
    }
    unquoted(&out)
}

/// A text of others: one line, at most `max` units as sent, without any mark-up.
fn foreign(text: &str, max: usize) -> String {
    let cost = |cluster: &str| units(&escape(cluster));
    unquoted(&escape(&fit(&clean(text), max.saturating_sub(1), cost)))
}

/// Keeps a text that starts with `>` from becoming a quotation (Slack reads `&gt;` so as well).
fn unquoted(text: &str) -> String {
    if text.starts_with("&gt;") || text.starts_with('＞') {
        return format!("{BOUNDARY}{text}");
    }
    text.to_owned()
}

/// Keeps an address in a text without a link of ours from becoming one where `verbatim` is not
/// to be had (`text`).
fn unlinked(text: &str) -> String {
    text.replace("://", &format!(":{BOUNDARY}//"))
}

/// An address as it stands in `<address|headline>`. Slack turns `&amp;` back into `&` and reads no
/// emphasis in there. `|` ends it and a backtick begins code, and neither may stand bare in an address
/// (RFC 3986 §2): these alone are percent-encoded.
fn address(link: &Link) -> String {
    let mut out = String::with_capacity(link.url.len());
    for c in link.url.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '|' => out.push_str("%7C"),
            '`' => out.push_str("%60"),
            c => out.push(c),
        }
    }
    out
}

/// Escapes `& < >`, and replaces what mrkdwn reads as mark-up (fullwidth forms too) by signs that
/// look alike. A `_` inside a Latin word or number is no mark and stays, so that names of files and
/// addresses can be copied.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut before = None;
    while let Some(c) = chars.next() {
        let inside = |c: Option<&char>| c.is_some_and(char::is_ascii_alphanumeric);
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '*' | '＊' => out.push('∗'),
            '_' if inside(before.as_ref()) && inside(chars.peek()) => out.push('_'),
            '_' | '＿' => out.push('ˍ'),
            '~' => out.push('∼'),
            '`' | '｀' => out.push('ˋ'),
            c => out.push(c),
        }
        before = Some(c);
    }
    out
}

fn mrkdwn(text: &str) -> Value {
    json!({ "type": "mrkdwn", "text": text, "verbatim": true })
}
