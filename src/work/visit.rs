//! One poll of one source: fetch, read, recognise, decide, judge, commit.
//!
//! Everything that comes of it is one transaction, and whatever fails is committed as a failure, with
//! its reason and the next try. Only a result that the store itself does not take is lost, and then
//! the poll is made again. Called by `work::poll`, which owns the loop.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::time::Instant;

use crate::calendar::due::{self, Wishes};
use crate::fetch::{self, Answer, Fetched};
use crate::identity::Recognition;
use crate::lang::count::counted;
use crate::model::decision::Decision;
use crate::model::item::Draft;
use crate::model::source::Source;
use crate::parse::Feed;
use crate::parse::rhythm::Rhythm;
use crate::store::error::Error;
use crate::store::polls::{Outcome as Kept, Poll, Read};
use crate::store::sources::Claim;
use crate::work::Bench;
use crate::work::doubt;
use crate::work::judge::{self, Judged, Remark, Seen};
use crate::work::keep::keep;
use crate::work::poll::{LEASE, Outcome, Polled};
use crate::work::reading::{self, Body};
use crate::work::telling::Told;

/// The status by which a host says that a source is gone for good (RFC 9110, section 15.5.11).
const GONE: u16 = 410;

/// One poll of one claimed source, committed whatever happens: while the store refuses the result it is
/// offered again until `until`, because whoever asks the publisher anew asks too often.
pub async fn step(bench: &Bench, claim: &Claim, until: Instant) -> Polled {
    let Some(source) = find(bench, &claim.source) else {
        let reason = "the source is no longer configured".to_owned();
        return Polled { source: claim.source.clone(), outcome: Outcome::Failed { reason } };
    };
    let visit = Visit { bench, claim, source, started_at: bench.clock.now(), until };
    let daemon = &bench.plan.settings.daemon;
    let limits = fetch::Limits {
        body_bytes_max: daemon.body_bytes_max,
        timeout: daemon.fetch_timeout,
        ..fetch::Limits::default()
    };
    let fetched = fetch::get(&bench.client, source, &claim.state, &limits, visit.started_at).await;
    let read = match &fetched.answer {
        Answer::NotModified => return visit.unchanged(&fetched).await,
        Answer::Trouble { reason } => {
            Err(Fault::Source(reading::explained(bench, source, reason, &fetched).await))
        }
        Answer::Body { .. } => visit.read(&fetched).await,
    };
    match read {
        Ok(polled) => polled,
        Err(Fault::Source(reason)) => {
            visit.failed(reason, fetched.retry_after, fetched.status).await
        }
        Err(Fault::Store(error)) => visit.unrecorded(&error),
    }
}

/// Records a poll that panicked, with backoff like every failure.
pub async fn broken(bench: &Bench, claim: &Claim) -> Polled {
    let reason = "polling failed inside bongsu; please report the source".to_owned();
    let Some(source) = find(bench, &claim.source) else {
        return Polled { source: claim.source.clone(), outcome: Outcome::Failed { reason } };
    };
    let (started_at, until) = (bench.clock.now(), Instant::now());
    let visit = Visit { bench, claim, source, started_at, until };
    visit.failed(reason, None, None).await
}

/// What kept a body from being read.
enum Fault {
    /// The source's own trouble.
    Source(String),
    /// Ours: the source is as well as before.
    Store(Error),
}

impl From<String> for Fault {
    fn from(reason: String) -> Self {
        Self::Source(reason)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

/// A body with all that is known of it, ready to be kept.
struct Learned {
    rhythm: Rhythm,
    judged: Judged,
    /// Fewer items than expected, in words.
    short: Option<String>,
}

/// What the operator hears of an answer that was not all there: cut on its way or at the cap, or by a
/// server that stopped in its midst and called it whole.
fn cut(on_its_way: bool, bytes: usize) -> String {
    let how = if on_its_way { "was cut off" } else { "ends in the middle of the feed" };
    let bytes = counted(bytes as u64, "byte", "bytes");
    format!("the answer {how} after {bytes}; later items were not read")
}

/// Two remarks, of which neither may hide the other.
fn both(one: Option<String>, other: Option<String>) -> Option<String> {
    one.into_iter().chain(other).reduce(|one, other| format!("{one}; {other}"))
}

struct Visit<'a> {
    bench: &'a Bench,
    claim: &'a Claim,
    source: &'a Source,
    started_at: DateTime<Utc>,
    /// How long a store that refuses is waited for.
    until: Instant,
}

impl Visit<'_> {
    async fn unchanged(&self, fetched: &Fetched) -> Polled {
        let now = self.bench.clock.now();
        let due_at = self.due(fetched, None, now);
        let poll = self.poll(due_at, fetched.status, 0, Kept::Unchanged);
        match keep(self.bench, &poll, now, self.until).await {
            Ok(_) => {
                self.tell_silence(now);
                self.told(now, due_at, Outcome::Unchanged)
            }
            Err(error) => self.unrecorded(&error),
        }
    }

    /// Reads, recognises, decides and commits a body.
    async fn read(&self, fetched: &Fetched) -> Result<Polled, Fault> {
        let Answer::Body { bytes, content_type, url, truncated, validators } = &fetched.answer
        else {
            return Err(Fault::Source("the answer had no body".to_owned()));
        };
        let body = Body {
            bytes: bytes.clone(),
            content_type: content_type.clone(),
            url: url.clone(),
            truncated: *truncated,
        };
        let feed = reading::feed(self.bench, self.source, body).await?;
        let cut = (*truncated || feed.is_cut()).then(|| cut(*truncated, bytes.len()));
        let lost = feed.lost();
        let learned = self.learn(feed, cut.is_some()).await?;
        let judged = learned.judged;
        let partial = learned.short.or(cut);
        // What is lost of a whole document would be lost of it the next time too.
        let short = both(partial.clone(), lost);
        let (items, now) = (judged.items.len() as u64, self.bench.clock.now());
        let due_at = self.due(fetched, Some(&learned.rhythm), now);
        let state = &self.claim.state;
        let trouble = both(short.clone(), judged.trouble());
        let baseline = judged.baseline;
        let validators = doubt::weighed(self.source, state, validators, &judged.items, now);
        let kept = Kept::Read(Read {
            // What was not all there must not be answered with "unchanged" next time, for the rest
            // would never be seen and the source would look well.
            validators: partial.is_none().then_some(&validators),
            items: &judged.items,
            order: &judged.order,
            baseline,
            // What is not all there would make news of the rest. But a source that is never all
            // there must not stay dumb: the second answer counts.
            settles: partial.is_none() || state.full_at.is_some(),
            gap: judged.remarks.contains(&Remark::Gap),
            trouble: trouble.as_deref(),
        });
        let poll = self.poll(due_at, fetched.status, fetched.bytes, kept);
        let receipt = keep(self.bench, &poll, now, self.until).await?;
        // Only what was read as a feed at its new place has moved there.
        self.bench.notes.moved(self.source, fetched.moved.as_ref());
        if receipt.deliveries > 0 {
            self.bench.wakes.deliver.notify_one();
        }
        crate::work::telling::notice(self.source, &judged);
        if receipt.items_new == 0 {
            self.tell_silence(now);
        }
        let outcome = Outcome::Read {
            items,
            items_new: receipt.items_new as u64,
            items_edited: receipt.items_edited as u64,
            alerts: receipt.alerts.len() as u64,
            deliveries: receipt.deliveries as u64,
            baseline,
            short,
        };
        Ok(self.told(now, due_at, outcome))
    }

    /// What the store and the watches say of a document's items.
    async fn learn(&self, feed: Feed, cut: bool) -> Result<Learned, Fault> {
        let (bench, source) = (self.bench, self.source);
        let (items, least) = (feed.drafts.len(), source.expect.items_min as usize);
        // A search or a tag may have nothing yet; a source that has shown items does not lose them all.
        if items == 0 && (cut || self.claim.state.has_items) {
            let reason = "no items in the document; what was known of the source is kept";
            return Err(Fault::Source(reason.to_owned()));
        }
        let short = (items < least && least > 1).then(|| {
            let items = counted(items as u64, "item", "items");
            format!("{items} where at least {least} were expected")
        });
        let (drafts, faces) = reading::faces(bench, source, feed.drafts).await?;
        let candidates = bench.store.candidates(reading::scope(source), &faces).await?;
        let (mut found, candidates) = reading::recognise(bench, &faces, candidates).await?;
        bench.store.know_returns(&faces, &mut found.drafts).await?;
        let (drafts, decisions) = self.decisions(drafts, &found.drafts).await?;
        let mut earlier = self.earlier(&drafts, &found.drafts, &decisions).await?;
        let keys = candidates.lacking(&faces, &found.drafts);
        let seen = drafts.into_iter().zip(decisions).enumerate();
        let seen = seen.zip(faces.iter()).zip(keys).zip(found.drafts).zip(found.link_tells);
        let seen =
            seen.map(|(((((index, (draft, decision)), face), keys), recognition), link_tells)| {
                Seen {
                    draft,
                    marks: face.marks.clone(),
                    keys,
                    link_tells,
                    recognition,
                    decision,
                    earlier: earlier.remove(&index),
                }
            });
        let now = bench.clock.now();
        let mut judged = judge::judge(&bench.plan, source, &self.claim.state, seen.collect(), now);
        judged.remarks.extend(found.ids_move.then_some(Remark::IdsMove));
        judged.remarks.extend(found.own_rule_fails.then_some(Remark::OwnRuleFails));
        Ok(Learned { rhythm: feed.rhythm, judged, short })
    }

    /// What the watches say of those drafts that may be news; known ones go no further.
    async fn decisions(
        &self,
        drafts: Vec<Draft>,
        found: &[Recognition],
    ) -> Result<(Vec<Draft>, Vec<Decision>), Fault> {
        let is_open = |recognition: &Recognition| {
            !matches!(recognition, Recognition::Known { .. } | Recognition::Duplicate { .. })
        };
        let open: Vec<bool> = found.iter().map(is_open).collect();
        Ok(reading::decide_some(self.bench, self.source, drafts, open).await?)
    }

    /// What today's watches say of the former texts of flagged edits: only what an edit adds is news.
    async fn earlier(
        &self,
        drafts: &[Draft],
        recognitions: &[Recognition],
        decisions: &[Decision],
    ) -> Result<HashMap<usize, Decision>, Fault> {
        let (mut places, mut former) = (Vec::new(), Vec::new());
        for (index, (recognition, decision)) in recognitions.iter().zip(decisions).enumerate() {
            if let Recognition::Edited { item, .. } = recognition
                && decision.is_flagged()
            {
                let mut draft = self.bench.store.item(*item).await?.draft;
                // The store keeps a guess of the language, which no draft had.
                draft.language = drafts.get(index).and_then(|draft| draft.language.clone());
                places.push(index);
                former.push(draft);
            }
        }
        if former.is_empty() {
            return Ok(HashMap::new());
        }
        let (_, decisions) = reading::decide(self.bench, self.source, former).await?;
        Ok(places.into_iter().zip(decisions).collect())
    }

    /// Records that a poll came to nothing, and why.
    async fn failed(
        &self,
        reason: String,
        retry_after: Option<Duration>,
        status: Option<u16>,
    ) -> Polled {
        let (now, failures) = (self.bench.clock.now(), self.claim.state.failures + 1);
        let (source, known) = (self.source, self.claim.state.full_at.is_some());
        let chance = fastrand::f64();
        let due_at = if status == Some(GONE) {
            due::after_gone(source, retry_after, now, chance)
        } else {
            due::after_failure(source, failures, known, retry_after, now, chance)
        };
        let poll = self.poll(due_at, status, 0, Kept::Failed { reason: &reason });
        match keep(self.bench, &poll, now, self.until).await {
            Ok(_) => self.told(now, due_at, Outcome::Failed { reason }),
            Err(error) => self.unrecorded(&error),
        }
    }

    /// A result that the store did not take: nothing is marked as seen, and the poll is made again
    /// when the claim has run out.
    fn unrecorded(&self, error: &Error) -> Polled {
        self.bench.notes.store_refuses(error, self.bench.clock.now());
        let reason = format!("{error}; polled again within {} s", LEASE.as_secs());
        Polled { source: self.claim.source.clone(), outcome: Outcome::Failed { reason } }
    }

    fn poll<'p>(
        &'p self,
        next_due: DateTime<Utc>,
        status: Option<u16>,
        bytes: usize,
        outcome: Kept<'p>,
    ) -> Poll<'p> {
        Poll {
            source: &self.claim.source,
            publisher: &self.source.title,
            number: self.claim.number,
            rule_set: self.bench.plan.matcher.rule_set(),
            started_at: self.started_at,
            next_due,
            status,
            bytes,
            outcome,
        }
    }

    fn due(&self, fetched: &Fetched, rhythm: Option<&Rhythm>, now: DateTime<Utc>) -> DateTime<Utc> {
        if let Some(rhythm) = rhythm {
            self.bench.notes.keep_rhythm(&self.source.id, rhythm);
        }
        let rhythm = self.bench.notes.rhythm(&self.source.id);
        let wishes = Wishes {
            fresh_for: fetched.fresh_for,
            ttl: rhythm.ttl,
            retry_after: fetched.retry_after,
            skip_hours: rhythm.skip_hours,
            skip_days: rhythm.skip_days,
        };
        let (promised, kept) = (wishes.promised(), due::cached_for(self.source, &wishes));
        self.bench.notes.promised(self.source, promised, kept);
        due::after_success(self.source, &wishes, now, fastrand::f64())
    }

    fn tell_silence(&self, now: DateTime<Utc>) {
        let Some(max) = self.source.expect.silence_max else { return };
        let state = &self.claim.state;
        if let Some(since) = state.news_at.or(state.baseline_at) {
            self.bench.notes.silence(self.source, max, since, now);
        }
    }

    fn told(&self, now: DateTime<Utc>, next: DateTime<Utc>, outcome: Outcome) -> Polled {
        let source = self.claim.source.as_str();
        Told { source, state: &self.claim.state, now, next }.poll(&outcome);
        Polled { source: source.to_owned(), outcome }
    }
}

/// The source of this id, if it is configured.
pub(super) fn find<'a>(bench: &'a Bench, id: &str) -> Option<&'a Source> {
    bench.plan.settings.sources.iter().find(|source| source.id == id)
}
