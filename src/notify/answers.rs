//! What a Slack-compatible receiver means by its answer. Pure: an answer in, a meaning out.
//!
//! Slack itself says `ok` or one word (docs.slack.dev, "Sending messages using incoming webhooks", and
//! the words its SDKs know). Mattermost, Rocket.Chat and the proxies that speak its format answer in
//! their own ways: nothing, `OK`, JSON. What none of them sends is a web page: that is a portal or a
//! block page between, which has not taken the message and closes nothing. Called by `notify::slack`.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use crate::http::Response;
use crate::model::receiver::Verdict;
use crate::notify::{post, retry};

/// The webhook takes nothing any more, whoever writes what.
const CLOSED: [&str; 12] = [
    "action_prohibited",
    "channel_is_archived",
    "channel_not_found",
    "invalid_token",
    "no_active_hooks",
    "no_service",
    "no_service_id",
    "no_team",
    "posting_to_general_channel_denied",
    "team_disabled",
    "token_revoked",
    "user_not_found",
];

/// This message is wrong, another may not be.
const REFUSED: [&str; 9] = [
    "invalid_attachments",
    "invalid_blocks",
    "invalid_blocks_format",
    "invalid_payload",
    "msg_blocks_too_long",
    "msg_too_long",
    "no_text",
    "too_many_attachments",
    "too_many_blocks",
];

/// Not now.
const BUSY: [&str; 7] = [
    "fatal_error",
    "internal_error",
    "rate_limited",
    "ratelimited",
    "request_timeout",
    "rollup_error",
    "service_unavailable",
];

/// A confirmation is a few words; a longer text is something else's (characters).
const CONFIRMATION_MAX: usize = 500;

/// Elements by which a page is known, whatever its content type says: Slack's own `ok`, and that of
/// many small servers, comes as `text/html`.
const ELEMENTS: [&str; 24] = [
    "a", "body", "br", "center", "div", "font", "form", "h1", "h2", "h3", "head", "hr", "html",
    "iframe", "img", "link", "main", "meta", "p", "script", "span", "style", "table", "title",
];

/// What an answer means, before it is known whether the form can be mended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// The end of this attempt.
    Verdict(Verdict),
    /// The message's form is refused.
    Form(String),
}

/// Reads an answer. `official` is Slack itself, which says `ok` and nothing else when it has taken a
/// message. An unknown answer is not quoted in the reason: it may echo the address.
pub(crate) fn meaning(response: &Response, official: bool, now: DateTime<Utc>) -> Meaning {
    let (status, body) = (response.status, String::from_utf8_lossy(&response.body));
    let answer = body.trim_start_matches('\u{feff}').trim();
    if let Some(word) = known(&CLOSED, answer) {
        return closed(&format!("{status} {word}"), official);
    }
    if let Some(word) = known(&REFUSED, answer) {
        return Meaning::Form(format!("answered {status} {word}"));
    }
    Meaning::Verdict(match status {
        200..300 if official && answer == "ok" => Verdict::Delivered,
        200..300 if official => {
            retry(format!("answered {status} with {} bytes instead of `ok`", response.body.len()))
        }
        200..300 => match denial(answer) {
            None => Verdict::Delivered,
            Some(denial) => retry(format!("answered {status} with {denial}")),
        },
        // A page of a proxy between knows nothing of the message's form.
        400 if is_page(answer) => post::not_now(response, now),
        400 | 413 => return Meaning::Form(format!("answered {status}")),
        410 => return closed("410", official),
        _ => post::not_now(response, now),
    })
}

fn closed(answer: &str, official: bool) -> Meaning {
    let place = if official { "in Slack" } else { "there" };
    let reason = format!("answered {answer}: make a new webhook {place}");
    Meaning::Verdict(Verdict::Closed { reason })
}

/// The word, if the whole answer is one of these.
fn known(words: &[&'static str], answer: &str) -> Option<&'static str> {
    words.iter().find(|word| **word == answer).copied()
}

/// Why an answer under 2xx is no delivery; `None` if it is one.
fn denial(answer: &str) -> Option<&'static str> {
    match serde_json::from_str(answer) {
        Ok(Value::String(text)) => denial_in_text(text.trim()),
        Ok(value) => denial_in_json(&value),
        Err(_) => denial_in_text(answer),
    }
}

fn denial_in_text(text: &str) -> Option<&'static str> {
    if is_page(text) {
        return Some("a web page: something between here and the receiver answers in its place");
    }
    if text.chars().nth(CONFIRMATION_MAX).is_some() {
        return Some("a long text instead of a confirmation");
    }
    let lower = text.to_lowercase();
    let says_error = lower
        .strip_prefix("error")
        .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()));
    // "Microsoft Teams endpoint returned HTTP error 429": its connectors say so under 200.
    let is_error = says_error
        || lower.contains("http error")
        || [&CLOSED[..], &REFUSED, &BUSY].iter().any(|words| known(words, text).is_some());
    is_error.then_some("an error in its text")
}

fn denial_in_json(value: &Value) -> Option<&'static str> {
    match value {
        Value::Bool(false) => Some("`false`"),
        // Workflow engines answer with a list of what their last step gave.
        Value::Array(all) => all.iter().filter_map(Value::as_object).find_map(denial_in_object),
        Value::Object(object) => denial_in_object(object),
        _ => None,
    }
}

/// The ways in which receivers say no under 2xx: `ok` (Slack's own style), `success` (Rocket.Chat,
/// `KakaoWork`), `header.isSuccessful` (Dooray), `error` with something in it, `status` (`JSend`).
fn denial_in_object(object: &Map<String, Value>) -> Option<&'static str> {
    object.iter().find_map(|(key, value)| match key.to_ascii_lowercase().as_str() {
        "ok" if is_no(value) => Some("`ok` false"),
        "success" if is_no(value) => Some("`success` false"),
        "issuccessful" if is_no(value) => Some("`isSuccessful` false"),
        "header" => value.as_object().and_then(denial_in_object),
        "error" | "errors" if !is_nothing(value) && !is_no(value) => Some("an `error`"),
        "status" if value.as_str().is_some_and(is_failure) => Some("a `status` of failure"),
        _ => None,
    })
}

fn is_failure(status: &str) -> bool {
    ["error", "fail", "failed", "failure"].iter().any(|word| status.eq_ignore_ascii_case(word))
}

fn is_no(value: &Value) -> bool {
    match value {
        Value::Bool(yes) => !yes,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => matches!(text.to_ascii_lowercase().as_str(), "false" | "0"),
        _ => false,
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(all) => all.is_empty(),
        Value::Object(all) => all.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether a text has a tag of HTML in it, or begins as a page does.
fn is_page(text: &str) -> bool {
    text.split('<').skip(1).any(|rest| {
        let name: String =
            rest.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        let ends = rest.trim_start_matches('/').chars().nth(name.len());
        let closes = ends.is_some_and(|c| c == '>' || c == '/' || c.is_whitespace());
        rest.get(..8).is_some_and(|head| head.eq_ignore_ascii_case("!doctype"))
            || closes && ELEMENTS.iter().any(|element| name.eq_ignore_ascii_case(element))
    })
}
