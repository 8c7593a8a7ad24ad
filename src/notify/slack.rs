//! Slack's incoming webhook: the message, and what its answers mean.
//!
//! Slack answers `200 ok` or a status with one word (docs.slack.dev, "Sending messages using
//! incoming webhooks", and the words its SDKs know). Only its own words close a receiver or refuse
//! a message: a page of some proxy between does neither.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::http::{Client, Response};
use crate::model::alert::Delivery;
use crate::model::receiver::{Secret, Verdict};
use crate::model::source::Egress;
use crate::notify::{Sent, post};
use crate::render::{Look, slack};

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

/// What an answer means, before it is known whether the form can be mended.
enum Meaning {
    Verdict(Verdict),
    /// The message's form is refused.
    Form(String),
}

/// Posts the message; if Slack refuses its form, once more as plain text.
pub(crate) async fn send(
    client: &Client,
    url: &Secret,
    egress: &Egress,
    delivery: &Delivery,
    look: &Look,
) -> Sent {
    let first = slack::message(delivery, look);
    let reason = match once(client, url, egress, &first, look.now).await {
        (Meaning::Verdict(verdict), status) => return Sent { verdict, status },
        (Meaning::Form(reason), _) => reason,
    };
    let plain = slack::plain(delivery, look);
    match once(client, url, egress, &plain, look.now).await {
        (Meaning::Verdict(verdict), status) => Sent { verdict, status },
        (Meaning::Form(again), status) => {
            let reason = format!("{reason}; as plain text it {again}");
            Sent { verdict: Verdict::Refused { reason }, status }
        }
    }
}

async fn once(
    client: &Client,
    url: &Secret,
    egress: &Egress,
    message: &Value,
    now: DateTime<Utc>,
) -> (Meaning, Option<u16>) {
    let body = message.to_string().into_bytes();
    match post::post(client, url, egress, body, Vec::new()).await {
        Ok(response) => (meaning(&response, now), Some(response.status)),
        Err(verdict) => (Meaning::Verdict(verdict), None),
    }
}

fn meaning(response: &Response, now: DateTime<Utc>) -> Meaning {
    let status = response.status;
    if status == 200 && &*response.body == b"ok" {
        return Meaning::Verdict(Verdict::Delivered);
    }
    // An unknown answer is not quoted: it may echo the address.
    let answer = std::str::from_utf8(&response.body).unwrap_or_default().trim();
    let known = |words: &[&'static str]| words.iter().find(|word| **word == answer).copied();
    if let Some(word) = known(&CLOSED) {
        let reason = format!("answered {status} {word}: make a new webhook in Slack");
        return Meaning::Verdict(Verdict::Closed { reason });
    }
    if let Some(word) = known(&REFUSED) {
        return Meaning::Form(format!("answered {status} {word}"));
    }
    match status {
        200 => {
            let reason = format!("answered 200 with {} bytes instead of `ok`", response.body.len());
            Meaning::Verdict(Verdict::Retry { after: None, reason })
        }
        400 | 413 => Meaning::Form(format!("answered {status}")),
        410 => {
            let reason = "answered 410: make a new webhook in Slack".to_owned();
            Meaning::Verdict(Verdict::Closed { reason })
        }
        _ => Meaning::Verdict(post::not_now(response, now)),
    }
}
