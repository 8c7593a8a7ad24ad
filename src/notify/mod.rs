//! One delivery to one receiver, and the verdict.
//!
//! [`send`] renders, sends once and reads the answer; what comes next is [`retry::next`]'s to say,
//! one policy for all kinds of receiver, and the store's to remember. One file per kind of
//! receiver. Nothing here names a receiver's address: it is a secret. Called by `work`.

pub mod pens;
pub mod retry;

mod answers;
mod file;
mod post;
mod slack;
mod terminal;
mod webhook;

#[cfg(test)]
mod answers_tests;
#[cfg(test)]
mod slack_tests;
#[cfg(test)]
mod stub;
#[cfg(test)]
mod webhook_tests;

use std::time::Duration;

use crate::http::Client;
use crate::model::alert::Delivery;
use crate::model::receiver::{Receiver, ReceiverKind, Verdict};
use crate::notify::pens::Pens;
use crate::render::Look;

/// What came of one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// What the answer means.
    pub verdict: Verdict,
    /// The HTTP status, when there was one.
    pub status: Option<u16>,
}

impl Sent {
    /// A verdict that rests on no HTTP answer.
    fn without_status(verdict: Verdict) -> Self {
        Self { verdict, status: None }
    }
}

/// Makes one attempt. `look.now` is the instant of the attempt.
///
/// When the answer is lost, the receiver may have the alert all the same: the verdict is then
/// `Retry`, and the repeat carries the same delivery id. What is given up in the middle of a write is
/// known to the pens.
pub async fn send(
    client: &Client,
    pens: &Pens,
    receiver: &Receiver,
    delivery: &Delivery,
    look: &Look,
) -> Sent {
    match &receiver.kind {
        ReceiverKind::Slack { url } => {
            slack::send(client, url, &receiver.egress, delivery, look).await
        }
        ReceiverKind::Webhook { url, secrets } => {
            webhook::send(client, url, secrets, &receiver.egress, delivery, look).await
        }
        ReceiverKind::Terminal { stream } => {
            Sent::without_status(terminal::send(pens, *stream, delivery, look).await)
        }
        ReceiverKind::File { path } => Sent::without_status(file::send(pens, path, delivery).await),
    }
}

/// The least wait between two messages to one receiver. Slack allows an incoming webhook one a
/// second and may disable one that goes on after 429 (docs.slack.dev, "Rate limits").
pub fn pace(kind: &ReceiverKind) -> Duration {
    match kind {
        ReceiverKind::Slack { .. } => Duration::from_secs(1),
        ReceiverKind::Webhook { .. }
        | ReceiverKind::Terminal { .. }
        | ReceiverKind::File { .. } => Duration::ZERO,
    }
}

/// "Not now", by the schedule.
fn retry(reason: impl Into<String>) -> Verdict {
    Verdict::Retry { after: None, reason: reason.into() }
}
