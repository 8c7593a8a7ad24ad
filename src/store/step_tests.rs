//! Clocks that step back, against a real store.
//!
//! Times are minutes after the start of the test's time, as in the other tests of this room.

use std::time::Duration;

use crate::model::receiver::Verdict;
use crate::store::testing::{at, attempt, bench, orderly};

const HOUR: Duration = Duration::from_hours(1);

#[tokio::test]
async fn a_clock_set_back_by_an_hour_keeps_every_wait() {
    let bench = bench().await;
    bench.poll(&[orderly(1)], &["slack"], at(0)).await;
    let delivery = bench.delivery(&["slack"], at(0)).await.expect("it is due");
    let later = attempt(Verdict::Retry { after: None, reason: "busy".into() }, Some(at(5)));
    bench.store.finish_attempt(delivery.id, &later, at(0)).await.unwrap();
    bench.store.step_back(HOUR).await.unwrap();
    let next = bench.store.next_due(&["news"], &[]).await.unwrap();
    assert_eq!(next, Some(at(-59)), "a minute after the poll, on the new clock");
    let next = bench.store.next_due(&[], &["slack"]).await.unwrap();
    assert_eq!(next, Some(at(-55)), "five minutes after the attempt");
}

#[tokio::test]
async fn a_lease_taken_before_the_step_still_holds_and_still_ends() {
    let bench = bench().await;
    let claim = bench.claim(at(0)).await;
    bench.store.step_back(HOUR).await.unwrap();
    let again = |now| bench.store.claim_sources(&["news"], now, HOUR);
    assert!(again(at(-60)).await.unwrap().is_empty(), "it is held");
    let items = bench.evaluate(&[orderly(1)], &[]).await;
    bench.commit(&claim, &items, at(-60)).await.expect("its holder may commit");
    let claim = bench.claim(at(-59)).await;
    assert_eq!(again(at(-58)).await.unwrap().len(), 1, "and {claim:?} ran out in time");
}

#[tokio::test]
async fn what_a_clock_that_ran_ten_years_ahead_left_behind_is_mended_at_the_next_start() {
    let bench = bench().await;
    let ahead = 10 * 365 * 24 * 60;
    bench.poll(&[orderly(1), orderly(2)], &["slack"], at(ahead)).await;
    let delivery = bench.delivery(&["slack"], at(ahead)).await.expect("it is due");
    let later = attempt(Verdict::Retry { after: None, reason: "busy".into() }, Some(at(ahead + 5)));
    let later = crate::store::deliveries::AttemptResult { started_at: at(ahead), ..later };
    bench.store.finish_attempt(delivery.id, &later, at(ahead)).await.unwrap();

    assert_eq!(bench.store.mend_future(at(0)).await.unwrap(), 3);
    assert_eq!(bench.store.next_due(&["news"], &[]).await.unwrap(), Some(at(1)));
    let other = bench.delivery(&["slack"], at(0)).await.expect("never tried: due at once");
    assert_ne!(other.id, delivery.id);
}

#[tokio::test]
async fn an_ordinary_start_moves_nothing() {
    let bench = bench().await;
    bench.poll(&[orderly(1)], &["slack"], at(0)).await;
    assert_eq!(bench.store.mend_future(at(0)).await.unwrap(), 0);
    assert_eq!(bench.store.next_due(&["news"], &[]).await.unwrap(), Some(at(1)));
}
