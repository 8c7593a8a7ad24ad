//! Claiming sources and keeping polls: leases, fencing, all or nothing.

use std::future::Future;
use std::pin::pin;
use std::task::Context;

use chrono::{DateTime, Utc};

use crate::model::source::{Validator, Validators};
use crate::store::Store;
use crate::store::error::Error;
use crate::store::polls::Outcome;
use crate::store::testing::{LEASE, at, bench, orderly, poll};

#[tokio::test]
async fn a_claimed_source_is_nobody_elses_until_its_lease_is_over() {
    let bench = bench().await;
    let first = bench.claim(at(0)).await;
    assert!(bench.store.claim_sources(&["news"], at(0), LEASE).await.unwrap().is_empty());
    let second = bench.claim(at(2)).await;
    assert!(second.number > first.number);
    let late = bench.commit(&first, &[], at(2)).await.expect_err("fenced off");
    assert!(matches!(late, Error::Lost { .. }), "{late}");
    bench.commit(&second, &[], at(2)).await.unwrap();
}

#[tokio::test]
async fn a_claim_can_be_kept_once_only() {
    let bench = bench().await;
    let claim = bench.claim(at(0)).await;
    bench.commit(&claim, &[], at(0)).await.unwrap();
    assert!(matches!(bench.commit(&claim, &[], at(0)).await, Err(Error::Lost { .. })));
}

#[tokio::test]
async fn only_due_sources_among_those_named_are_claimed_and_the_longest_due_is_named_first() {
    let bench = bench().await;
    let store = &bench.store;
    store
        .sync_sources(&[("b", at(-2)), ("c", at(-3)), ("off", at(-9)), ("later", at(5))])
        .await
        .unwrap();
    assert_eq!(store.due_sources(at(0)).await.unwrap(), ["off", "c", "b", "news"]);
    let claims = store.claim_sources(&["c", "later", "b"], at(0), LEASE).await.unwrap();
    assert_eq!(claims.iter().map(|c| c.source.as_str()).collect::<Vec<_>>(), ["c", "b"]);
    assert_eq!(store.due_sources(at(0)).await.unwrap(), ["off", "news"]);
    assert_eq!(store.mark_due(&["later", "nowhere"], at(0)).await.unwrap(), 1);
    let claims = store.claim_sources(&["later"], at(0), LEASE).await.unwrap();
    assert_eq!(claims.len(), 1);
}

#[tokio::test]
async fn a_new_lead_frees_leases_and_fences_off_the_dead() {
    let bench = bench().await;
    let dead = bench.claim(at(0)).await;
    let _leader = bench.store.lead(at(0)).await.unwrap();
    assert!(matches!(bench.commit(&dead, &[], at(0)).await, Err(Error::Lost { .. })));
    bench.claim(at(0)).await;
}

#[tokio::test]
async fn a_released_claim_is_due_as_before() {
    let bench = bench().await;
    let claim = bench.claim(at(0)).await;
    bench.store.release_source(&claim).await.unwrap();
    bench.claim(at(0)).await;
}

#[tokio::test]
async fn validators_are_kept_with_a_body_only_and_a_failure_keeps_what_is_known() {
    let bench = bench().await;
    bench.poll(&[orderly(1)], &[], at(0)).await;
    let claim = bench.claim(at(1)).await;
    let kept = Validators { etag: Some(Validator::new("\"v1\"")), last_modified: None };
    assert_eq!((&claim.state.validators, claim.state.baseline_at), (&kept, Some(at(0))));
    let failed = poll(&claim, at(1), Outcome::Failed { reason: "HTML where a feed was" });
    bench.store.commit_poll(&failed, at(1)).await.unwrap();
    let claim = bench.claim(at(2)).await;
    assert_eq!((&claim.state.validators, claim.state.failures), (&kept, 1));
    assert_eq!(claim.state.trouble.as_deref(), Some("HTML where a feed was"));
    assert_eq!(claim.state.unhealthy_since, Some(at(1)));
    bench.store.commit_poll(&poll(&claim, at(2), Outcome::Unchanged), at(2)).await.unwrap();
    let claim = bench.claim(at(3)).await;
    assert_eq!((claim.state.failures, claim.state.trouble), (0, None));
    assert_eq!(claim.state.full_at, Some(at(0)));
}

#[tokio::test]
async fn a_source_that_moved_forgets_its_validators_and_baseline_but_not_its_items() {
    let (bench, old, new) = (bench().await, "https://a.example/feed", "https://b.example/feed");
    bench.poll(&[orderly(1)], &[], at(0)).await;
    bench.store.sync_sources(&[("other", at(90))]).await.unwrap();
    let before = bench.store.source_states().await.unwrap();
    for _ in 0..2 {
        bench.store.settle_urls(&[("news", old), ("other", old), ("nowhere", old)]).await.unwrap();
        assert_eq!(bench.store.source_states().await.unwrap(), before, "first and same address");
    }

    bench.store.settle_urls(&[("news", new), ("other", old)]).await.unwrap();
    let claim = bench.claim(at(1)).await;
    assert_eq!(claim.state.validators, Validators::default());
    assert_eq!((claim.state.baseline_at, claim.state.full_at), (None, None));
    let items = bench.evaluate(&[orderly(1)], &[]).await;
    assert_eq!(bench.commit(&claim, &items, at(1)).await.unwrap().items_new, 0);

    bench.store.settle_urls(&[("news", new)]).await.unwrap();
    assert_eq!(bench.claim(at(2)).await.state.baseline_at, Some(at(1)), "settled");
}

#[tokio::test]
async fn a_poll_of_the_old_address_is_fenced_off_when_its_source_moves() {
    let (bench, old, new) = (bench().await, "https://a.example/feed", "https://b.example/feed");
    bench.store.settle_urls(&[("news", old)]).await.unwrap();
    let claim = bench.claim(at(0)).await;
    bench.store.settle_urls(&[("news", new)]).await.unwrap();
    assert!(matches!(bench.commit(&claim, &[], at(0)).await, Err(Error::Lost { .. })));
    let claim = bench.claim(at(0)).await;
    bench.store.settle_urls(&[("news", new)]).await.unwrap();
    bench.commit(&claim, &[], at(0)).await.unwrap();
}

#[tokio::test]
async fn a_poll_dropped_at_any_point_is_kept_whole_or_not_at_all_and_locks_nothing() {
    // How far a poll gets between two drops is the scheduler's choice: a store may be done in three.
    let mut dropped_midway = 0;
    for _ in 0..50 {
        dropped_midway += drops_until_kept().await;
        if dropped_midway > 5 {
            return;
        }
    }
    panic!("only {dropped_midway} drops hit a transaction");
}

/// Drops a poll later and later until it is kept, and counts the drops that hit it midway.
async fn drops_until_kept() -> usize {
    let bench = bench().await;
    let drafts: Vec<_> = (0..5).map(orderly).collect();
    let claim = bench.claim(at(0)).await;
    let items = bench.evaluate(&drafts, &["slack", "file"]).await;
    let (nothing, everything) = ((0, 0, 0, 0, None), (5, 5, 10, 1, Some(at(0))));
    let mut dropped_midway = 0;
    for depth in 0.. {
        let is_dropped = abandon(bench.commit(&claim, &items, at(0)), depth).await;
        // Waits for what the dropped poll left under way, and proves that the lock is free.
        bench.store.writable(at(0)).await.unwrap();
        let found = kept(&bench.store).await;
        if found == nothing && is_dropped {
            dropped_midway += usize::from(depth > 0);
            continue;
        }
        // Dropped between the commit and its acknowledgement, or not at all.
        assert_eq!(found, everything, "dropped at {depth}");
        break;
    }
    let again = bench.commit(&claim, &items, at(0)).await;
    assert!(matches!(again, Err(Error::Lost { .. })), "{again:?}");
    let path = bench.store.path().to_owned();
    bench.store.close().await.unwrap();
    assert_eq!(kept(&Store::open(&path, at(1)).await.unwrap()).await, everything);
    dropped_midway
}

/// A trace of each thing that a poll leaves: items, alerts, deliveries, ledger rows, the baseline.
async fn kept(store: &Store) -> (u64, u64, u64, usize, Option<DateTime<Utc>>) {
    let counts = store.counts().await.unwrap();
    let polls = store.polls_since(0, 9).await.unwrap().len();
    let baseline_at = store.source_states().await.unwrap().remove(0).1.baseline_at;
    (counts.items, counts.alerts, counts.deliveries_due, polls, baseline_at)
}

/// Drops a future after it was woken `depth` times; `false` if it ended before.
async fn abandon<F: Future>(future: F, depth: usize) -> bool {
    let mut future = pin!(future);
    let mut woken = 0;
    std::future::poll_fn(|context: &mut Context<'_>| {
        if woken == depth {
            return std::task::Poll::Ready(true);
        }
        woken += 1;
        future.as_mut().poll(context).map(|_| false)
    })
    .await
}

#[tokio::test]
async fn a_poll_never_begun_changes_nothing() {
    let bench = bench().await;
    let claim = bench.claim(at(0)).await;
    drop(bench.commit(&claim, &[], at(0)));
    bench.commit(&claim, &[], at(0)).await.unwrap();
}

#[tokio::test]
async fn ten_thousand_items_go_in_and_are_known_at_once() {
    let bench = bench().await;
    let drafts: Vec<_> = (0..10_000).map(orderly).collect();
    assert_eq!(bench.poll(&drafts, &[], at(0)).await.1.items_new, 10_000);
    let (_, receipt) = bench.poll(&drafts, &[], at(1)).await;
    assert_eq!((receipt.items_new, receipt.items_edited), (0, 0));
    assert_eq!(bench.store.counts().await.unwrap().items, 10_000);
}

#[tokio::test]
async fn the_next_due_time_is_that_of_the_soonest_source_or_delivery() {
    let bench = bench().await;
    let store = &bench.store;
    store.sync_sources(&[("later", at(30))]).await.unwrap();
    assert_eq!(store.next_due(&["later"], &[]).await.unwrap(), Some(at(30)));
    bench.poll(&[orderly(1)], &["slack"], at(0)).await;
    assert_eq!(store.next_due(&["later", "news"], &[]).await.unwrap(), Some(at(1)));
    assert_eq!(store.next_due(&["later"], &["slack"]).await.unwrap(), Some(at(0)));
    let claim = bench.claim(at(1)).await;
    assert_eq!(store.next_due(&["news"], &[]).await.unwrap(), Some(at(1) + LEASE), "leased");
    bench.commit(&claim, &[], at(29)).await.unwrap();
    store.pause_receiver("slack", "revoked", at(0)).await.unwrap();
    assert_eq!(store.next_due(&["later"], &["slack"]).await.unwrap(), Some(at(30)));
}

#[tokio::test]
async fn every_poll_leaves_a_ledger_row() {
    let bench = bench().await;
    let before = bench.store.last_poll().await.unwrap();
    bench.poll(&[orderly(1), orderly(2)], &["slack"], at(0)).await;
    let claim = bench.claim(at(1)).await;
    let failed = poll(&claim, at(1), Outcome::Failed { reason: "timed out" });
    bench.store.commit_poll(&failed, at(1)).await.unwrap();
    let rows = bench.store.polls_since(before, 9).await.unwrap();
    let short: Vec<_> = rows.iter().map(|r| (r.outcome.as_str(), r.items_new, r.alerts)).collect();
    assert_eq!(short, [("read", 2, 2), ("failed", 0, 0)]);
    assert_eq!(rows[1].trouble.as_deref(), Some("timed out"));
    assert_eq!(bench.store.polls_since(rows[0].id, 9).await.unwrap().len(), 1);
}
