//! A conditional GET of one source, and what came back.
//!
//! Owns the conversation with a publisher: who we say we are, what we echo, what a status means,
//! how long an answer is good for, which validators to believe. It must never know what a body holds (that is `parse`'s) nor
//! remember anything (that is the store's): it says what came back and forgets it. `work::visit`
//! calls [`get`].

pub mod validators;

mod freshness;

#[cfg(test)]
mod fetch_tests;
#[cfg(test)]
mod freshness_tests;

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use url::Url;

use crate::fetch::validators::VALIDATOR_BYTES_MAX;
use crate::http::{Client, Headers, Method, Request, Response, wait};
use crate::model::source::{Source, SourceState, Validator, Validators};

/// What is read, feeds first. JSON and HTML stand in it because some feeds are served as neither
/// and some servers answer 406 to what they do not find in the list.
const ACCEPT: &str = "application/rss+xml, application/atom+xml, application/rdf+xml, \
                      application/feed+json, application/xml;q=0.9, text/xml;q=0.9, \
                      application/json;q=0.8, text/html;q=0.7, */*;q=0.5";

/// How far one fetch may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the body after decompression.
    pub body_bytes_max: usize,
    /// The whole answer must be there by then.
    pub timeout: Duration,
    /// Redirects followed at most. 10 is what browsers' predecessors granted (curl grants 30, RFC
    /// 9110 leaves it open); an honest chain has two or three.
    pub redirects_max: usize,
}

impl Default for Limits {
    /// 16 MiB, 30 s, 10 redirects.
    fn default() -> Self {
        Self {
            body_bytes_max: 16 * 1024 * 1024,
            timeout: Duration::from_secs(30),
            redirects_max: 10,
        }
    }
}

/// What a fetch came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Fetched {
    /// What came back.
    pub answer: Answer,
    /// For how long the publisher says that the answer stays fresh.
    pub fresh_for: Option<Duration>,
    /// The wait that a refusing host named.
    pub retry_after: Option<Duration>,
    /// Where the source permanently moved to, if every redirect said so.
    pub moved: Option<Url>,
    /// The size of the body after decompression.
    pub bytes: usize,
    /// The status of the last hop; `None`: there was no answer.
    pub status: Option<u16>,
    /// What came with a status that says that nothing did, for whoever can tell what it is.
    pub beside: Option<Page>,
}

/// The body of an answer that is a trouble by its status.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// It, decompressed.
    pub bytes: Bytes,
    /// `Content-Type`, verbatim.
    pub content_type: Option<String>,
    /// Where it came from, after redirects.
    pub url: Url,
    /// It was cut at the cap or in transit.
    pub truncated: bool,
}

/// What came back.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Nothing new: the validators that we sent still hold.
    NotModified,
    /// A body to be read.
    Body {
        /// It, decompressed.
        bytes: Bytes,
        /// `Content-Type`, verbatim.
        content_type: Option<String>,
        /// Where it came from, after redirects: the base of relative links.
        url: Url,
        /// To be kept only if the body is read without loss; empty if it is not whole.
        validators: Validators,
        /// It was cut at the cap or in transit.
        truncated: bool,
    },
    /// Nothing that could be read.
    Trouble {
        /// Why, in one line for the operator.
        reason: String,
    },
}

/// Fetches `source`, conditionally if `state` allows it.
pub async fn get(
    client: &Client,
    source: &Source,
    state: &SourceState,
    limits: &Limits,
    now: DateTime<Utc>,
) -> Fetched {
    let conditions = validators::conditions(state, now);
    let conditional = !conditions.is_empty();
    let request = Request {
        method: Method::Get,
        url: &source.url,
        headers: headers(source, conditions),
        egress: &source.egress,
        body_bytes_max: limits.body_bytes_max,
        redirects_max: limits.redirects_max,
        timeout: limits.timeout,
        secret_url: false,
        paced: !source.own_host,
    };
    match client.send(request).await {
        Ok(response) => read(response, conditional, now),
        Err(trouble) => Fetched {
            answer: Answer::Trouble { reason: trouble.to_string() },
            fresh_for: None,
            retry_after: None,
            moved: None,
            bytes: 0,
            status: None,
            beside: None,
        },
    }
}

/// Our headers, then the source's own, which replace ours of the same name.
fn headers(source: &Source, conditions: Vec<(String, Vec<u8>)>) -> Vec<(String, Vec<u8>)> {
    let languages = match source.language.as_deref() {
        Some("en") | None => "en, ko;q=0.8, *;q=0.5".to_owned(),
        Some(language) => format!("{language}, en;q=0.8, *;q=0.5"),
    };
    let mut headers = vec![
        ("accept".to_owned(), ACCEPT.as_bytes().to_vec()),
        ("accept-language".to_owned(), languages.into_bytes()),
    ];
    headers.extend(conditions);
    for (name, value) in &source.headers {
        headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        headers.push((name.clone(), value.as_bytes().to_vec()));
    }
    headers
}

fn read(response: Response, conditional: bool, now: DateTime<Utc>) -> Fetched {
    let status = response.status;
    let empty = response.body.iter().all(u8::is_ascii_whitespace);
    let trouble = match status {
        304 if conditional => None,
        304 => Some("says \"not modified\" (304) although nothing was asked to compare".to_owned()),
        200 | 202 | 203 if !empty => None,
        200 | 202 | 203 | 204 | 205 => {
            Some(format!("empty answer ({status}): the host sent no content"))
        }
        other => Some(meaning(other)),
    };
    let bytes = response.body.len();
    let fresh_for = freshness::fresh_for(&response.headers, now);
    let retry_after = wait::retry_after(&response.headers, now);
    let moved = response.moved.clone();
    let status_seen = Some(status);
    if let Some(reason) = trouble {
        // A move to an error page is no move.
        let (answer, moved, status) = (Answer::Trouble { reason }, None, status_seen);
        let beside = (!empty).then(|| Page {
            content_type: content_type(&response.headers),
            bytes: response.body,
            url: response.url,
            truncated: response.truncated,
        });
        return Fetched { answer, fresh_for: None, retry_after, moved, bytes, status, beside };
    }
    let answer = if status == 304 { Answer::NotModified } else { body(response) };
    let (status, retry_after, beside) = (status_seen, None, None);
    Fetched { answer, fresh_for, retry_after, moved, bytes, status, beside }
}

fn content_type(headers: &Headers) -> Option<String> {
    headers.get("content-type").map(|value| String::from_utf8_lossy(value).into_owned())
}

fn body(response: Response) -> Answer {
    let validators = if response.truncated {
        Validators::default()
    } else {
        Validators {
            etag: validator(&response.headers, "etag"),
            last_modified: validator(&response.headers, "last-modified"),
        }
    };
    Answer::Body {
        content_type: content_type(&response.headers),
        url: response.url,
        validators,
        truncated: response.truncated,
        bytes: response.body,
    }
}

fn validator(headers: &Headers, name: &str) -> Option<Validator> {
    let value = headers.get(name)?;
    (!value.is_empty() && value.len() <= VALIDATOR_BYTES_MAX).then(|| Validator::new(value))
}

/// What a status means for whoever looks after the source.
fn meaning(status: u16) -> String {
    let text = match status {
        206 => "sent only a part, which nobody asked for",
        _ if status / 100 == 3 => "redirects without saying where to",
        400 => "does not understand the request",
        401 => "wants a user and a password",
        403 => "refuses us: blocked, or not for the public",
        404 => "knows no such address: the source may have moved",
        406 => "has it in no form that was asked for",
        410 => {
            "says that the source is gone for good, so it is asked once a day from now on: set its \
             new url, or switch it off"
        }
        429 => "finds our polls too frequent",
        451 => "must not show it, for legal reasons",
        _ if status / 100 == 4 => "refuses the request",
        503 => "is overloaded or under maintenance",
        502 | 504 => "cannot reach its own back end",
        _ if status / 100 == 5 => "has a fault of its own",
        _ => "answers with a status that means nothing here",
    };
    format!("the host {text} ({status})")
}
