//! A POST of JSON to a secret address, and what is common in the answers.
//!
//! Shared by the receivers that are reached over HTTP; knows no format of theirs.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use url::Url;

use crate::http::{Client, Method, Request, Response, wait};
use crate::model::receiver::{Secret, Verdict};
use crate::model::source::Egress;
use crate::notify::retry;

/// Standard Webhooks advises 15 to 30 s.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Answers are a word or a small JSON; a receiver that sends more is cut off (bytes).
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// The wait after 429 when the receiver names none.
const THROTTLED: Duration = Duration::from_mins(1);

/// Sends once. Without an answer the verdict is at hand already.
pub(crate) async fn post(
    client: &Client,
    url: &Secret,
    egress: &Egress,
    body: Vec<u8>,
    mut headers: Vec<(String, Vec<u8>)>,
) -> Result<Response, Verdict> {
    // The parser's error is left out: it may quote the address.
    let Ok(url) = Url::parse(url.reveal().trim()) else {
        let reason = "its address is no URL: set the whole https address of the receiver";
        return Err(Verdict::Closed { reason: reason.to_owned() });
    };
    headers.push(("content-type".to_owned(), b"application/json".to_vec()));
    let request = Request {
        method: Method::Post(body),
        url: &url,
        headers,
        egress,
        body_bytes_max: ANSWER_BYTES_MAX,
        redirects_max: 0,
        timeout: TIMEOUT,
        secret_url: true,
        paced: false,
    };
    client.send(request).await.map_err(|trouble| retry(trouble.to_string()))
}

/// "Not now", with the wait that the answer names: `Retry-After` in seconds or as a date, or
/// `retry_after` in a JSON body; a minute for 429 with neither.
pub(crate) fn not_now(response: &Response, now: DateTime<Utc>) -> Verdict {
    let status = response.status;
    let named = wait::retry_after(&response.headers, now);
    let after = named.or_else(|| (status == 429).then(|| in_body(response).unwrap_or(THROTTLED)));
    let reason = match status {
        300..400 => format!(
            "answered {status}, and redirects are not followed: set the address it redirects to"
        ),
        429 => "answered 429: too many messages".to_owned(),
        _ => format!("answered {status}"),
    };
    Verdict::Retry { after, reason }
}

/// The wait in a body such as `{"retry_after": 64.57}`.
fn in_body(response: &Response) -> Option<Duration> {
    #[derive(Deserialize)]
    struct Answer {
        retry_after: f64,
    }
    serde_json::from_slice::<Answer>(&response.body)
        .ok()
        .and_then(|answer| Duration::try_from_secs_f64(answer.retry_after.ceil()).ok())
}
