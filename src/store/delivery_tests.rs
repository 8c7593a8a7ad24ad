//! The outbox: unique, leased, in order, paused and replayed.

use chrono::TimeDelta;

use crate::model::alert::DeliveryState;
use crate::model::item::Draft;
use crate::model::receiver::Verdict;
use crate::store::deliveries::AttemptResult;
use crate::store::error::Error;
use crate::store::queue::Resumed;
use crate::store::testing::{Bench, LEASE, at, attempt, bench, flagged, orderly};

/// A store with two alerts for `slack`, the first due at 0, the second at 1.
async fn two_alerts() -> Bench {
    let bench = bench().await;
    bench.poll(&[orderly(1)], &["slack"], at(0)).await;
    bench.poll(&[orderly(2)], &["slack"], at(1)).await;
    bench
}

fn retry(minutes: i64) -> AttemptResult {
    let verdict = Verdict::Retry { after: None, reason: "500".to_owned() };
    attempt(verdict, Some(at(minutes)))
}

#[tokio::test]
async fn a_delivery_carries_the_item_as_it_was_and_why() {
    let bench = two_alerts().await;
    let edited = Draft { title: "Changed since".to_owned(), ..orderly(1) };
    bench.poll(&[edited], &[], at(2)).await;
    let delivery = bench.delivery(&["slack"], at(2)).await.unwrap();
    assert_eq!(delivery.alert.draft.title, "Title 1");
    assert_eq!(delivery.alert.decision, flagged());
    assert_eq!((delivery.alert.publisher.as_str(), delivery.alert.revision), ("The News", 1));
    assert_eq!((delivery.attempts, delivery.created_at), (0, at(0)));
    assert_eq!(delivery.id.get_version_num(), 7);
}

#[tokio::test]
async fn a_receiver_named_twice_gets_one_delivery() {
    let bench = bench().await;
    let receipt = bench.poll(&[orderly(1)], &["slack", "file", "slack"], at(0)).await.1;
    assert_eq!(receipt.deliveries, 2);
}

#[tokio::test]
async fn one_delivery_a_receiver_is_in_flight_and_the_oldest_goes_first() {
    let bench = two_alerts().await;
    let first = bench.delivery(&["slack"], at(1)).await.unwrap();
    assert_eq!(first.alert.draft.title, "Title 1");
    assert_eq!(bench.delivery(&["slack"], at(1)).await, None);
    bench.store.finish_attempt(first.id, &attempt(Verdict::Delivered, None), at(1)).await.unwrap();
    let second = bench.delivery(&["slack"], at(1)).await.unwrap();
    assert_eq!(second.alert.draft.title, "Title 2");
}

#[tokio::test]
async fn a_lease_that_runs_out_gives_the_same_id_again() {
    let bench = two_alerts().await;
    let first = bench.delivery(&["slack"], at(1)).await.unwrap();
    let again = bench.delivery(&["slack"], at(3)).await.unwrap();
    assert_eq!(first.id, again.id);
}

#[tokio::test]
async fn a_new_lead_frees_deliveries_at_once() {
    let bench = two_alerts().await;
    let first = bench.delivery(&["slack"], at(1)).await.unwrap();
    let _leader = bench.store.lead(at(1)).await.unwrap();
    assert_eq!(bench.delivery(&["slack"], at(1)).await.unwrap().id, first.id);
}

#[tokio::test]
async fn a_failed_delivery_waits_and_lets_the_next_one_go() {
    let bench = two_alerts().await;
    let first = bench.delivery(&["slack"], at(1)).await.unwrap();
    bench.store.finish_attempt(first.id, &retry(9), at(1)).await.unwrap();
    let second = bench.delivery(&["slack"], at(1)).await.unwrap();
    assert_ne!(first.id, second.id);
    bench.store.finish_attempt(second.id, &retry(99), at(1)).await.unwrap();
    assert_eq!(bench.delivery(&["slack"], at(8)).await, None);
    let again = bench.delivery(&["slack"], at(9)).await.unwrap();
    assert_eq!((again.id, again.attempts), (first.id, 1));
}

#[tokio::test]
async fn a_refused_or_exhausted_delivery_is_dead_with_its_reason_and_can_be_replayed() {
    let bench = two_alerts().await;
    let refused = bench.delivery(&["slack"], at(1)).await.unwrap();
    let verdict = Verdict::Refused { reason: "too long".to_owned() };
    bench.store.finish_attempt(refused.id, &attempt(verdict, None), at(1)).await.unwrap();
    let exhausted = bench.delivery(&["slack"], at(1)).await.unwrap();
    let spent = AttemptResult { retry_at: None, ..retry(0) };
    bench.store.finish_attempt(exhausted.id, &spent, at(1)).await.unwrap();
    let mut dead = bench.store.deliveries(DeliveryState::Dead, 9).await.unwrap();
    dead.sort_by_key(|d| d.alert);
    let reasons: Vec<_> = dead.iter().map(|d| d.reason.as_deref().unwrap()).collect();
    assert_eq!(reasons, ["too long", "500"]);
    assert_eq!(bench.delivery(&["slack"], at(2)).await, None);
    assert!(bench.store.requeue(refused.id, at(2)).await.unwrap());
    assert_eq!(bench.delivery(&["slack"], at(2)).await.unwrap().id, refused.id);
    assert_eq!(bench.store.requeue_dead("slack", at(2)).await.unwrap(), 1);
}

#[tokio::test]
async fn a_closed_receiver_is_paused_and_keeps_its_queue() {
    let bench = two_alerts().await;
    let first = bench.delivery(&["slack"], at(1)).await.unwrap();
    let verdict = Verdict::Closed { reason: "revoked".to_owned() };
    bench.store.finish_attempt(first.id, &attempt(verdict, None), at(1)).await.unwrap();
    assert_eq!(bench.delivery(&["slack"], at(2)).await, None);
    let paused = bench.store.paused_receivers().await.unwrap();
    assert_eq!((paused[0].receiver.as_str(), paused[0].reason.as_str()), ("slack", "revoked"));
    assert_eq!(bench.store.counts().await.unwrap().deliveries_due, 2);
    assert_eq!(bench.store.oldest_due_delivery(&["slack"], at(9)).await.unwrap(), None);
    let resumed = bench.store.resume_receiver("slack", at(2)).await.unwrap();
    assert_eq!(resumed, Resumed { was_paused: true, due: 0 });
    assert_eq!(bench.delivery(&["slack"], at(2)).await.unwrap().id, first.id);
}

#[tokio::test]
async fn an_attempt_at_a_closed_receiver_does_not_count_and_is_kept_all_the_same() {
    let bench = two_alerts().await;
    let closed = Verdict::Closed { reason: "revoked".to_owned() };
    for (verdict, attempts) in [(closed.clone(), 0), (closed, 0), (retry(1).verdict, 1)] {
        let first = bench.delivery(&["slack"], at(1)).await.unwrap();
        let result = attempt(verdict, Some(at(1)));
        bench.store.finish_attempt(first.id, &result, at(1)).await.unwrap();
        bench.store.resume_receiver("slack", at(1)).await.unwrap();
        let listed = bench.store.deliveries(DeliveryState::Due, 9).await.unwrap();
        let counted = listed.iter().find(|listed| listed.id == first.id).unwrap().attempts;
        assert_eq!(counted, attempts);
    }
    let rows: Vec<(i64, String)> =
        sqlx::query_as("SELECT number, verdict FROM attempt ORDER BY number")
            .fetch_all(&bench.store.readers)
            .await
            .unwrap();
    let rows: Vec<_> = rows.iter().map(|(number, verdict)| (*number, verdict.as_str())).collect();
    assert_eq!(rows, [(1, "closed"), (2, "closed"), (3, "retry")]);
}

#[tokio::test]
async fn an_unreadable_alert_is_a_dead_letter_and_holds_nobody_up() {
    for damage in ["draft = '{'", "decision = 'x'", "draft = CAST(x'ff' AS TEXT)"] {
        let bench = bench().await;
        bench.poll(&[orderly(1)], &["slack"], at(0)).await;
        bench.poll(&[orderly(2)], &["slack", "file"], at(1)).await;
        let statement = format!("UPDATE alert SET {damage} WHERE id = 1");
        let statement = sqlx::query(sqlx::AssertSqlSafe(statement));
        statement.execute(bench.store.writer().await.connection().await.unwrap()).await.unwrap();

        let receivers = ["slack", "file"];
        let claimed = bench.store.claim_deliveries(&receivers, at(1), LEASE, 9).await.unwrap();
        let whom: Vec<_> = claimed.iter().map(|delivery| delivery.receiver.as_str()).collect();
        assert_eq!(whom, ["file"], "{damage}");
        let next = bench.delivery(&["slack"], at(1)).await.unwrap();
        assert_eq!(next.alert.draft.title, "Title 2", "{damage}");

        let dead = bench.store.deliveries(DeliveryState::Dead, 9).await.unwrap();
        assert_eq!((dead.len(), dead[0].alert, dead[0].finished_at), (1, 1, Some(at(1))));
        let reason = dead[0].reason.as_deref().unwrap();
        assert!(reason.contains("unreadable"), "{damage}: {reason}");
    }
}

#[tokio::test]
async fn a_receiver_that_is_not_free_yet_gets_nothing() {
    let bench = two_alerts().await;
    let first = bench.delivery(&["slack"], at(1)).await.unwrap();
    let free_at = Some(at(1) + TimeDelta::seconds(1));
    let done = AttemptResult { free_at, ..attempt(Verdict::Delivered, None) };
    bench.store.finish_attempt(first.id, &done, at(1)).await.unwrap();
    assert_eq!(bench.delivery(&["slack"], at(1)).await, None);
    assert_eq!(bench.store.next_due(&[], &["slack"]).await.unwrap(), free_at);
    assert!(bench.delivery(&["slack"], at(1) + TimeDelta::seconds(1)).await.is_some());
}

#[tokio::test]
async fn what_is_delivered_stays_delivered() {
    let bench = two_alerts().await;
    let first = bench.delivery(&["slack"], at(1)).await.unwrap();
    bench.store.finish_attempt(first.id, &attempt(Verdict::Delivered, None), at(1)).await.unwrap();
    bench.store.finish_attempt(first.id, &retry(2), at(1)).await.unwrap();
    let delivered = bench.store.deliveries(DeliveryState::Delivered, 9).await.unwrap();
    assert_eq!((delivered.len(), delivered[0].attempts), (1, 2));
    assert!(!bench.store.requeue(first.id, at(1)).await.unwrap());
}

#[tokio::test]
async fn an_attempt_of_no_delivery_is_an_error() {
    let bench = bench().await;
    let result = attempt(Verdict::Delivered, None);
    let error = bench.store.finish_attempt(uuid::Uuid::nil(), &result, at(0)).await;
    assert!(matches!(error, Err(Error::Unknown { what: "delivery", .. })));
}

#[tokio::test]
async fn the_age_of_the_oldest_due_delivery_is_known() {
    let bench = two_alerts().await;
    let age = bench.store.oldest_due_delivery(&["slack"], at(16)).await.unwrap();
    assert_eq!(age, Some(std::time::Duration::from_mins(16)));
    assert_eq!(bench.store.oldest_due_delivery(&["file"], at(16)).await.unwrap(), None);
}
