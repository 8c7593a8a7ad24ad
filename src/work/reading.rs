//! The CPU's share of a poll: decoding, parsing, matching, in a bounded blocking pool.
//!
//! A hostile document may take long, panic, or never end; none of that may hold up the runtime or
//! another source. Called by `work::poll`.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use url::Url;

use crate::matching::Text;
use crate::model::decision::Decision;
use crate::model::item::Draft;
use crate::model::source::Source;
use crate::parse::{Context, Feed};
use crate::work::{Bench, Plan};

/// A document that is not read by then is given up; the slowest honest one measured takes a
/// hundredth of it.
const READING_MAX: Duration = Duration::from_secs(20);

/// A body as it came from the wire.
pub struct Body {
    /// Its bytes, decompressed.
    pub bytes: Bytes,
    /// `Content-Type`, verbatim.
    pub content_type: Option<String>,
    /// Where it came from, after redirects.
    pub url: Url,
    /// Whether it was cut off.
    pub truncated: bool,
}

/// Reads a source's body into drafts. The error is one line for the operator.
pub async fn feed(bench: &Bench, source: &Source, body: Body) -> Result<Feed, String> {
    let (source, now) = (source.clone(), bench.clock.now());
    let read = move || {
        let context = Context {
            url: Some(&body.url),
            content_type: body.content_type.as_deref(),
            encoding: source.encoding.as_deref(),
            timezone: source.timezone,
            now,
            identity: source.identity.as_ref(),
            truncated: body.truncated,
        };
        crate::parse::feed(&body.bytes, &context).map_err(|refusal| refusal.to_string())
    };
    bounded(bench, read).await?
}

/// What the watches say of these drafts, in their order. Hands the drafts back.
pub async fn decide(
    bench: &Bench,
    source: &Source,
    drafts: Vec<Draft>,
) -> Result<(Vec<Draft>, Vec<Decision>), String> {
    let (plan, source) = (Arc::clone(&bench.plan), source.clone());
    let decide = move || {
        let decisions = drafts.iter().map(|draft| decision(&plan, &source, draft)).collect();
        (drafts, decisions)
    };
    bounded(bench, decide).await
}

/// What the watches say of one draft of a source.
pub fn decision(plan: &Plan, source: &Source, draft: &Draft) -> Decision {
    plan.matcher.decide(&Text {
        title: &draft.title,
        summary: &draft.summary,
        body: &draft.body,
        language: draft.language.as_deref().or(source.language.as_deref()),
        source: Some(&source.id),
        implies: &source.implies,
    })
}

/// Runs `work` on a blocking thread, one of a few. A thread that hangs keeps its place, so that
/// hanging documents cannot take every core; the poll that brought it is told.
async fn bounded<T: Send + 'static>(
    bench: &Bench,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, String> {
    let waited =
        tokio::time::timeout(READING_MAX, Arc::clone(&bench.readings).acquire_owned()).await;
    let Ok(Ok(place)) = waited else {
        return Err("every reader is busy with slow documents".to_owned());
    };
    let reading = tokio::task::spawn_blocking(move || {
        let done = work();
        drop(place);
        done
    });
    match tokio::time::timeout(READING_MAX, reading).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(_)) => {
            Err("reading the document failed inside bongsu; please report the source".to_owned())
        }
        Err(_) => Err(format!(
            "the document was not read within {} s and was given up",
            READING_MAX.as_secs()
        )),
    }
}
