//! Any HTTP endpoint, by Standard Webhooks.
//!
//! 2xx alone is success and 410 alone closes the receiver. Everything else is tried again by the
//! schedule, 4xx too, as the specification has it: a 401 or 422 is as a rule a receiver under repair,
//! the same bytes may well be taken after it, and a delivery that waits holds up no other.

use crate::http::Client;
use crate::model::alert::Delivery;
use crate::model::receiver::{Secret, Verdict};
use crate::model::source::Egress;
use crate::notify::{Sent, post};
use crate::render::{Look, webhook};

/// Posts the signed body.
pub(crate) async fn send(
    client: &Client,
    url: &Secret,
    secrets: &[Secret],
    egress: &Egress,
    delivery: &Delivery,
    look: &Look,
) -> Sent {
    let body = webhook::body(delivery);
    let (id, timestamp) = (delivery.id.to_string(), look.now.timestamp());
    let mut headers = vec![
        ("webhook-id".to_owned(), id.clone().into_bytes()),
        ("webhook-timestamp".to_owned(), timestamp.to_string().into_bytes()),
    ];
    if !secrets.is_empty() {
        match webhook::sign(secrets, &id, timestamp, &body) {
            Ok(signature) => {
                headers.push(("webhook-signature".to_owned(), signature.into_bytes()));
            }
            Err(error) => {
                return Sent::without_status(Verdict::Closed { reason: error.to_string() });
            }
        }
    }
    let response = match post::post(client, url, egress, body, headers).await {
        Ok(response) => response,
        Err(verdict) => return Sent::without_status(verdict),
    };
    let verdict = match response.status {
        200..300 => Verdict::Delivered,
        410 => Verdict::Closed { reason: "answered 410: it takes no messages any more".to_owned() },
        _ => post::not_now(&response, look.now),
    };
    Sent { verdict, status: Some(response.status) }
}
