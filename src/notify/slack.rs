//! Slack's incoming webhook, and the receivers that speak its format: one message, posted once, or a
//! second time as plain text where its form is refused.
//!
//! What the answers mean is told by `notify::answers`. Called by `notify::send`.

use chrono::{DateTime, Utc};
use serde_json::Value;
use url::Url;

use crate::http::Client;
use crate::model::alert::Delivery;
use crate::model::receiver::{Secret, Verdict};
use crate::model::source::Egress;
use crate::notify::answers::{Meaning, meaning};
use crate::notify::{Sent, post};
use crate::render::{Look, slack};

/// Where Slack itself takes messages, and its service for public authorities (docs.slack.dev,
/// "`GovSlack`").
const OFFICIAL: [&str; 2] = ["hooks.slack.com", "hooks.slack-gov.com"];

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
        Ok(response) => (meaning(&response, is_official(url), now), Some(response.status)),
        Err(verdict) => (Meaning::Verdict(verdict), None),
    }
}

/// Whether an address is Slack's own.
fn is_official(url: &Secret) -> bool {
    let url = Url::parse(url.reveal().trim());
    let host = url.as_ref().ok().and_then(Url::host_str).unwrap_or_default();
    OFFICIAL.contains(&host.trim_end_matches('.'))
}
