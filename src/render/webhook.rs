//! An alert as a message of Standard Webhooks, and its signature.
//!
//! The body is minified and signed exactly as sent. Its size stays under 20 kB, as the
//! specification asks (standardwebhooks.com, "Payload size"); parts are cut in the order in which a
//! reader misses them least, `data.cut` names them, and the link is never cut.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use sha2::Sha256;

use crate::model::alert::Delivery;
use crate::model::receiver::Secret;
use crate::render::json::{Caps, Data, data, time, to_json};
use crate::render::sample;

/// Bytes of a body, at most, unless the link alone is longer: 20 kB less 5 %.
pub const BODY_BYTES_MAX: usize = 19_000;

/// From generous to bare; the last keeps any alert under the limit.
const STEPS: [Caps; 4] = [
    Caps {
        title: 1_000,
        summary: 4_000,
        categories: 30,
        reason: 1_000,
        name: 300,
        hits: 100,
        watches: 30,
        evidence: 12,
        sentence: 400,
    },
    Caps {
        title: 500,
        summary: 1_500,
        categories: 15,
        reason: 400,
        name: 150,
        hits: 50,
        watches: 15,
        evidence: 6,
        sentence: 200,
    },
    Caps {
        title: 300,
        summary: 400,
        categories: 8,
        reason: 200,
        name: 80,
        hits: 20,
        watches: 8,
        evidence: 4,
        sentence: 120,
    },
    Caps {
        title: 150,
        summary: 0,
        categories: 0,
        reason: 80,
        name: 40,
        hits: 5,
        watches: 5,
        evidence: 2,
        sentence: 0,
    },
];

/// Why a message cannot be signed. Never holds the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A `whsec_` secret that does not decode.
    #[error(
        "signing secret number {0} is not base64 after `whsec_`: copy it again from the receiver"
    )]
    NotBase64(usize),
    /// A secret without any byte.
    #[error("signing secret number {0} is empty: copy it again from the receiver")]
    Empty(usize),
}

#[derive(Serialize)]
struct Message {
    r#type: &'static str,
    timestamp: String,
    data: Data,
}

/// The body to send: `{"type":"alert.raised","timestamp":…,"data":{…}}`; the type of a sample is
/// `alert.test`. The timestamp is that of the alert, so that every try sends the same bytes.
pub fn body(delivery: &Delivery) -> Vec<u8> {
    let r#type = if sample::is_sample(&delivery.alert) { "alert.test" } else { "alert.raised" };
    let mut text = String::new();
    for caps in &STEPS {
        text = to_json(&Message {
            r#type,
            timestamp: time(delivery.alert.raised_at),
            data: data(delivery, caps),
        });
        if text.len() <= BODY_BYTES_MAX {
            break;
        }
    }
    text.into_bytes()
}

/// The value of `webhook-signature`: one `v1,…` a secret, in the order given, space-separated, so
/// that a receiver in the middle of a rotation finds the one it knows.
///
/// A secret that starts with `whsec_` is base64 of the key, as the specification has it; any other
/// text is the key itself. `timestamp` is in seconds since 1970 and belongs to the attempt.
pub fn sign(secrets: &[Secret], id: &str, timestamp: i64, body: &[u8]) -> Result<String, Error> {
    let one = |(at, secret): (usize, &Secret)| {
        let key = key(secret, at + 1)?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|_| Error::Empty(at + 1))?;
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        Ok(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    };
    let all: Result<Vec<String>, Error> = secrets.iter().enumerate().map(one).collect();
    Ok(all?.join(" "))
}

/// The key's bytes; `number` counts from 1, for the error.
fn key(secret: &Secret, number: usize) -> Result<Vec<u8>, Error> {
    let text = secret.reveal().trim();
    let key = match text.strip_prefix("whsec_") {
        Some(encoded) => STANDARD.decode(encoded).map_err(|_| Error::NotBase64(number))?,
        None => text.as_bytes().to_vec(),
    };
    if key.is_empty() { Err(Error::Empty(number)) } else { Ok(key) }
}
