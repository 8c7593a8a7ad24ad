//! Helpers of this room's tests: a real store in a directory of its own, and short ways to polls.
//!
//! For the tests of this room: real files in folders that go away.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tempfile::TempDir;

use crate::identity::face::{Face, Scope};
use crate::identity::{self, Recognition};
use crate::model::alert::Delivery;
use crate::model::decision::{Decision, Flag};
use crate::model::item::Draft;
use crate::model::receiver::Verdict;
use crate::model::source::{Validator, Validators};
use crate::store::Store;
use crate::store::deliveries::AttemptResult;
use crate::store::error::Error;
use crate::store::polls::{Evaluated, Outcome, Poll, Read, Receipt};
use crate::store::sources::Claim;

/// How long claims hold in tests.
pub(super) const LEASE: Duration = Duration::from_mins(1);

/// A store with its directory, which goes when this goes.
pub(super) struct Bench {
    pub(super) dir: TempDir,
    pub(super) store: Store,
}

/// A moment, `minutes` after the start of the test's time.
pub(super) fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::minutes(minutes)
}

/// A new store with the source `news`, due at once.
pub(super) async fn bench() -> Bench {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("bongsu.db"), at(0)).await.unwrap();
    store.sync_sources(&[("news", at(0))]).await.unwrap();
    Bench { dir, store }
}

/// A draft of these parts; an empty one is left out. The day is `d1`, `d2`, ….
pub(super) fn draft(guid: &str, link: &str, title: &str, day: &str) -> Draft {
    let day: Option<i64> = day.strip_prefix('d').and_then(|number| number.parse().ok());
    Draft {
        guid: Some(guid.to_owned()).filter(|g| !g.is_empty()),
        title: title.to_owned(),
        link: url::Url::parse(link).ok(),
        summary: format!("All about {title}"),
        published: day.map(|day| at(day * 24 * 60)),
        ..Draft::default()
    }
}

/// How the keys of the source `news` are made.
pub(super) fn scope() -> Scope<'static> {
    Scope { source: "news", zone: chrono_tz::UTC, rule: None }
}

/// The item number `n` of an orderly feed.
pub(super) fn orderly(n: usize) -> Draft {
    draft(&format!("id-{n}"), &format!("https://a.example/{n}"), &format!("Title {n}"), "d1")
}

/// A decision that flags.
pub(super) fn flagged() -> Decision {
    let flag = Flag {
        watch: "quantum".to_owned(),
        title: "Quantum".to_owned(),
        reason: "it says so".to_owned(),
        hits: Vec::new(),
        evidence: Vec::new(),
    };
    Decision { flags: vec![flag], ..Decision::default() }
}

impl Bench {
    /// Claims the source `news`, which must be due.
    pub(super) async fn claim(&self, now: DateTime<Utc>) -> Claim {
        let mut claims = self.store.claim_sources(&["news"], now, LEASE).await.unwrap();
        assert_eq!(claims.len(), 1, "news must be due");
        claims.remove(0)
    }

    /// Recognises drafts and wraps them up, all of them to be told to `receivers`.
    pub(super) async fn evaluate(&self, drafts: &[Draft], receivers: &[&str]) -> Vec<Evaluated> {
        let faces: Vec<Face> = drafts.iter().map(|draft| Face::of(draft, scope())).collect();
        let candidates = self.store.candidates(scope(), &faces).await.unwrap();
        let mut found = identity::recognise(&faces, &candidates.known, &candidates.headlines);
        self.store.know_returns(&faces, &mut found.drafts).await.unwrap();
        let keys = candidates.lacking(&faces, &found.drafts);
        let wrap = |(((draft, face), keys), recognition): (((&Draft, &Face), _), _)| Evaluated {
            draft: draft.clone(),
            marks: face.marks.clone(),
            keys,
            link_tells: face.link.is_telling,
            decision: if receivers.is_empty() { Decision::default() } else { flagged() },
            alert: !receivers.is_empty() && !matches!(recognition, Recognition::Known { .. }),
            recognition,
            receivers: receivers.iter().map(ToString::to_string).collect(),
            is_held: false,
            language: Some("en".to_owned()),
        };
        drafts.iter().zip(&faces).zip(keys).zip(found.drafts).map(wrap).collect()
    }

    /// Keeps evaluated items under a claim; due again a minute later.
    pub(super) async fn commit(
        &self,
        claim: &Claim,
        items: &[Evaluated],
        now: DateTime<Utc>,
    ) -> Result<Receipt, Error> {
        let validators = Validators { etag: Some(Validator::new("\"v1\"")), last_modified: None };
        let order: Vec<usize> = (0..items.len()).collect();
        let read = Read {
            validators: Some(&validators),
            items,
            order: &order,
            baseline: false,
            settles: true,
            gap: false,
            trouble: None,
        };
        self.store.commit_poll(&poll(claim, now, Outcome::Read(read)), now).await
    }

    /// One whole poll: claim, recognise, keep. Gives what was recognised and what it brought.
    pub(super) async fn poll(
        &self,
        drafts: &[Draft],
        receivers: &[&str],
        now: DateTime<Utc>,
    ) -> (Vec<Recognition>, Receipt) {
        let claim = self.claim(now).await;
        let items = self.evaluate(drafts, receivers).await;
        let receipt = self.commit(&claim, &items, now).await.unwrap();
        (items.into_iter().map(|item| item.recognition).collect(), receipt)
    }

    /// Claims one delivery at most.
    pub(super) async fn delivery(
        &self,
        receivers: &[&str],
        now: DateTime<Utc>,
    ) -> Option<Delivery> {
        let mut claimed = self.store.claim_deliveries(receivers, now, LEASE, 1).await.unwrap();
        claimed.pop()
    }
}

/// A poll of a claim.
pub(super) fn poll<'a>(claim: &'a Claim, now: DateTime<Utc>, outcome: Outcome<'a>) -> Poll<'a> {
    Poll {
        source: &claim.source,
        publisher: "The News",
        number: claim.number,
        started_at: now,
        next_due: now + TimeDelta::minutes(1),
        status: Some(200),
        bytes: 1_000,
        rule_set: "abc",
        outcome,
    }
}

/// The result of an attempt.
pub(super) fn attempt(verdict: Verdict, retry_at: Option<DateTime<Utc>>) -> AttemptResult {
    AttemptResult {
        started_at: at(0),
        verdict,
        retry_at,
        status: None,
        duration_ms: 5,
        free_at: None,
    }
}
