//! The CPU's share of a poll: decoding, parsing, matching, in a bounded blocking pool.
//!
//! A hostile document may take long, panic, or never end; none of that may hold up the runtime or
//! another source. Called by `work::visit` and, for its words, by `cli`.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Semaphore;
use url::Url;

use crate::fetch::{Fetched, Page};
use crate::identity::face::{Face, Scope};
use crate::identity::{self, Recognised};
use crate::lang::count::counted;
use crate::lang::script;
use crate::matching::Text;
use crate::model::decision::Decision;
use crate::model::item::Draft;
use crate::model::source::Source;
use crate::parse::{Context, Feed, Refusal};
use crate::store::candidates::Candidates;
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

/// Why an answer is a trouble, and what came with it all the same: a whole feed under an error's
/// status, a page that names where the feed went. The error of a page that says nothing is `reason`.
pub async fn explained(bench: &Bench, source: &Source, reason: &str, fetched: &Fetched) -> String {
    let Some(page) = fetched.beside.clone() else { return reason.to_owned() };
    let Page { bytes, content_type, url, truncated } = page;
    let body = Body { bytes, content_type, url, truncated };
    match parsed(bench, source, body).await {
        Ok(read) => beside(reason, fetched.status, &read),
        Err(_) => reason.to_owned(),
    }
}

/// A trouble of this status with what was found in the body beside it, in one line.
pub fn beside(reason: &str, status: Option<u16>, read: &Result<Feed, Refusal>) -> String {
    match read {
        Ok(feed) if !feed.drafts.is_empty() && !feed.is_cut() => {
            let status = status.unwrap_or_default();
            let items = counted(feed.drafts.len() as u64, "item", "items");
            format!(
                "the host answers {status} but sends a whole feed ({items}), which is not \
                 read: under an error it may be of any age; its publisher can mend the status"
            )
        }
        Err(Refusal::Html { pointers, .. }) => format!("{reason}{pointers}"),
        _ => reason.to_owned(),
    }
}

/// Reads a source's body into drafts. The error is one line for the operator.
pub async fn feed(bench: &Bench, source: &Source, body: Body) -> Result<Feed, String> {
    parsed(bench, source, body).await?.map_err(|refusal| refusal.to_string())
}

async fn parsed(
    bench: &Bench,
    source: &Source,
    body: Body,
) -> Result<Result<Feed, Refusal>, String> {
    let (source, now) = (source.clone(), bench.clock.now());
    let bytes_max = bench.plan.settings.daemon.body_bytes_max;
    let read = move || {
        let context = Context {
            url: Some(&body.url),
            content_type: body.content_type.as_deref(),
            encoding: source.encoding.as_deref(),
            language: source.language.as_deref(),
            timezone: source.timezone,
            now,
            bytes_max,
            truncated: body.truncated,
        };
        crate::parse::feed(&body.bytes, &context)
    };
    bounded(&bench.readings, READING_MAX, read).await
}

/// By which rules the keys of a source's items are made.
pub fn scope(source: &Source) -> Scope<'_> {
    Scope { source: &source.id, zone: source.timezone, rule: source.identity.as_ref() }
}

/// What is compared of these drafts, in their order. Hands the drafts back.
pub async fn faces(
    bench: &Bench,
    source: &Source,
    drafts: Vec<Draft>,
) -> Result<(Vec<Draft>, Arc<Vec<Face>>), String> {
    let source = source.clone();
    let look = move || {
        let faces = drafts.iter().map(|draft| Face::of(draft, scope(&source))).collect();
        (drafts, Arc::new(faces))
    };
    bounded(&bench.readings, READING_MAX, look).await
}

/// Who these drafts are, among the known items that may be meant; and what was known of those.
pub async fn recognise(
    bench: &Bench,
    faces: &Arc<Vec<Face>>,
    candidates: Candidates,
) -> Result<(Recognised, Candidates), String> {
    let faces = Arc::clone(faces);
    let compare =
        move || (identity::recognise(&faces, &candidates.known, &candidates.headlines), candidates);
    bounded(&bench.readings, READING_MAX, compare).await
}

/// What the watches say of these drafts, in their order. Hands the drafts back.
pub async fn decide(
    bench: &Bench,
    source: &Source,
    drafts: Vec<Draft>,
) -> Result<(Vec<Draft>, Vec<Decision>), String> {
    let all = vec![true; drafts.len()];
    decide_some(bench, source, drafts, all).await
}

/// The same of those drafts that are `open`; of the others nothing is asked.
pub async fn decide_some(
    bench: &Bench,
    source: &Source,
    drafts: Vec<Draft>,
    open: Vec<bool>,
) -> Result<(Vec<Draft>, Vec<Decision>), String> {
    let (plan, source) = (Arc::clone(&bench.plan), source.clone());
    let decide = move || {
        let ask = |(draft, open): (&Draft, bool)| {
            if open { decision(&plan, &source, draft) } else { Decision::default() }
        };
        let decisions = drafts.iter().zip(open).map(ask).collect();
        (drafts, decisions)
    };
    bounded(&bench.readings, READING_MAX, decide).await
}

/// What the watches say of one draft of a source.
pub fn decision(plan: &Plan, source: &Source, draft: &Draft) -> Decision {
    plan.matcher.decide(&text(source, draft))
}

/// What the matcher is asked about a draft of a source.
pub fn text<'a>(source: &'a Source, draft: &'a Draft) -> Text<'a> {
    Text {
        title: &draft.title,
        summary: &draft.summary,
        body: &draft.body,
        categories: &draft.categories,
        language: language(source, draft),
        source: Some(&source.id),
        implies: &source.implies,
    }
}

/// The language of a draft of a source: what the watches are asked about, the store keeps, and alerts
/// tell.
pub fn language<'a>(source: &'a Source, draft: &'a Draft) -> Option<&'a str> {
    let texts = [draft.title.as_str(), &draft.summary, &draft.body];
    script::language(draft.language.as_deref(), source.language.as_deref(), &texts)
}

/// Runs `work` on a blocking thread, one of a few. A thread that hangs keeps its place, so that
/// hanging documents cannot take every core; the poll that brought it is told.
async fn bounded<T: Send + 'static>(
    places: &Arc<Semaphore>,
    most: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, String> {
    let waited = tokio::time::timeout(most, Arc::clone(places).acquire_owned()).await;
    let Ok(Ok(place)) = waited else {
        return Err("every reader is busy with slow documents".to_owned());
    };
    let reading = tokio::task::spawn_blocking(move || {
        let done = work();
        drop(place);
        done
    });
    match tokio::time::timeout(most, reading).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(_)) => {
            Err("reading the document failed inside bongsu; please report the source".to_owned())
        }
        Err(_) => {
            Err(format!("the document was not read within {} s and was given up", most.as_secs()))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// A closure that hangs until its sender is dropped.
    fn hanging() -> (mpsc::Sender<()>, impl FnOnce() + Send + 'static) {
        let (release, held) = mpsc::channel::<()>();
        (release, move || held.recv().unwrap_or_default())
    }

    #[tokio::test]
    async fn a_document_that_hangs_is_given_up_and_keeps_its_place_until_it_ends() {
        let places = Arc::new(Semaphore::new(2));
        let (release, hangs) = hanging();
        let given_up = bounded(&places, Duration::ZERO, hangs).await;
        assert!(given_up.unwrap_err().contains("was given up"));
        assert_eq!(places.available_permits(), 1, "it still burns a core");
        for _ in 0..9 {
            assert_eq!(bounded(&places, READING_MAX, || 7).await, Ok(7), "others go on");
        }
        drop(release);
        let both = places.acquire_many(2).await;
        assert!(both.is_ok(), "its place is free at last");
    }

    #[tokio::test]
    async fn when_every_place_hangs_the_next_document_is_told_instead_of_waiting_for_ever() {
        let places = Arc::new(Semaphore::new(1));
        let (_release, hangs) = hanging();
        bounded(&places, Duration::ZERO, hangs).await.unwrap_err();
        let next = bounded(&places, Duration::ZERO, || 7).await;
        assert_eq!(next.unwrap_err(), "every reader is busy with slow documents");
    }

    #[tokio::test]
    async fn a_document_that_panics_is_one_failed_poll_and_frees_its_place() {
        let places = Arc::new(Semaphore::new(1));
        let broken = bounded(&places, READING_MAX, || panic!("a bug")).await;
        let reason: Result<(), String> = broken;
        assert!(reason.unwrap_err().contains("failed inside bongsu"));
        assert_eq!(bounded(&places, READING_MAX, || 7).await, Ok(7));
    }
}
