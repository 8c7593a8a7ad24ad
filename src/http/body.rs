//! Reads a body to its end, its cap or its deadline, whichever comes first.
//!
//! Owns what counts as a whole answer and what as a cut one. A cut body is worth having, because
//! its first items are the newest, so what came before the cut is handed on and marked. `hops`
//! calls it once per answer.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::http::decode::Decoding;
use crate::http::trouble::{About, Phase, Trouble, leaf};

/// How far a body may go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// Bytes after decompression.
    pub(super) bytes_max: usize,
    /// When the whole answer must be there.
    pub(super) deadline: Instant,
    /// What was granted from the start to the deadline, for the message.
    pub(super) timeout: Duration,
}

/// A body as far as it came.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) bytes: Vec<u8>,
    /// The cap was reached, or the connection or the encoding ended too early.
    pub(super) truncated: bool,
}

/// Reads the body of `response`.
///
/// # Errors
/// Time is up, or not a byte could be had.
pub(super) async fn read(
    mut response: reqwest::Response,
    bounds: Bounds,
    about: &About,
) -> Result<Body, Trouble> {
    let encodings: Vec<String> = response
        .headers()
        .get_all(reqwest::header::CONTENT_ENCODING)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect();
    let mut decoding = Decoding::new(&encodings, bounds.bytes_max);
    // Half of the whole: a host that is silent for so long will not make it.
    let idle = bounds.timeout / 2;
    let mut cut = None;
    loop {
        let until = bounds.deadline.min(Instant::now() + idle);
        match timeout_at(until, response.chunk()).await {
            Err(_) if until == bounds.deadline => {
                return Err(Trouble::Timeout { phase: Phase::Whole, after: bounds.timeout });
            }
            Err(_) => return Err(Trouble::Timeout { phase: Phase::Silence, after: idle }),
            Ok(Ok(Some(piece))) if decoding.push(&piece) => {}
            Ok(Ok(_)) => break,
            Ok(Err(error)) => {
                cut = Some(leaf(&error.without_url()));
                break;
            }
        }
    }
    let decoded = decoding.end();
    let cut = cut.filter(|_| !decoded.sealed);
    if decoded.bytes.is_empty() && !decoded.capped {
        if let Some(reason) = cut {
            return Err(Trouble::Cut { host: about.host.clone(), reason });
        }
        if let Some(reason) = decoded.broken {
            return Err(Trouble::Encoding { reason });
        }
    }
    let truncated = decoded.capped || decoded.broken.is_some() || cut.is_some();
    Ok(Body { bytes: decoded.bytes, truncated })
}
