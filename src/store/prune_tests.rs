//! Forgetting: what goes, what stays.

use std::time::Duration;

use crate::identity::Recognition::{Known, New};
use crate::model::receiver::Verdict;
use crate::store::prune::Retention;
use crate::store::testing::{at, attempt, bench, orderly};

const DAY: i64 = 24 * 60;

fn retention() -> Retention {
    Retention::of(Duration::from_hours(24 * 400))
}

#[tokio::test]
async fn old_texts_go_and_identities_stay() {
    let bench = bench().await;
    bench.poll(&[orderly(1)], &[], at(0)).await;
    bench.poll(&[orderly(2)], &[], at(100 * DAY)).await;
    let pruned = bench.store.prune(at(100 * DAY), &retention()).await.unwrap();
    assert_eq!((pruned.texts, pruned.items, pruned.polls), (1, 0, 1));
    assert_eq!(bench.store.item(1).await.unwrap().draft.summary, "");
    let found = bench.poll(&[orderly(1)], &[], at(399 * DAY)).await.0;
    assert_eq!(found, [Known { item: 1 }]);
}

#[tokio::test]
async fn an_identity_goes_400_days_after_it_was_last_seen() {
    let bench = bench().await;
    bench.poll(&[orderly(1)], &[], at(0)).await;
    bench.poll(&[orderly(1)], &[], at(30 * DAY)).await;
    bench.poll(&[orderly(2)], &[], at(429 * DAY)).await;
    assert_eq!(bench.store.prune(at(429 * DAY), &retention()).await.unwrap().items, 0);
    assert_eq!(bench.store.prune(at(431 * DAY), &retention()).await.unwrap().items, 1);
    assert_eq!(bench.poll(&[orderly(1)], &[], at(431 * DAY)).await.0, [New { instead_of: None }]);
}

#[tokio::test]
async fn what_a_silent_source_showed_last_is_never_forgotten() {
    let bench = bench().await;
    bench.poll(&[orderly(1)], &[], at(0)).await;
    bench.store.prune(at(2_000 * DAY), &retention()).await.unwrap();
    assert_eq!(bench.poll(&[orderly(1)], &[], at(2_000 * DAY)).await.0, [Known { item: 1 }]);
}

#[tokio::test]
async fn what_is_undelivered_is_never_forgotten() {
    let bench = bench().await;
    bench.poll(&[orderly(1)], &["slack"], at(0)).await;
    bench.poll(&[orderly(2)], &[], at(900 * DAY)).await;
    let pruned = bench.store.prune(at(900 * DAY), &retention()).await.unwrap();
    assert_eq!((pruned.alerts, pruned.items), (0, 0));
    let delivery = bench.delivery(&["slack"], at(900 * DAY)).await.unwrap();
    let done = attempt(Verdict::Delivered, None);
    bench.store.finish_attempt(delivery.id, &done, at(900 * DAY)).await.unwrap();
    let pruned = bench.store.prune(at(900 * DAY), &retention()).await.unwrap();
    assert_eq!((pruned.alerts, pruned.items), (1, 1));
}
