//! Turns at hosts, on a clock that stands still until somebody waits.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::Instant;

use crate::http::pace::Pace;

const GAP: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn starts_at_one_host_keep_their_distance() {
    let pace = Pace::new(2, GAP);
    let begin = Instant::now();
    let starts = join_all((0..5).map(|_| async {
        let _turn = pace.turn("a", true).await;
        begin.elapsed()
    }))
    .await;
    // Time is paused, so these are not measurements: the clock jumps to each wake exactly.
    for (number, start) in starts.into_iter().enumerate() {
        assert_eq!(start.as_secs(), number as u64);
    }
}

#[tokio::test(start_paused = true)]
async fn hosts_do_not_wait_for_each_other() {
    let pace = Pace::new(1, GAP);
    let begin = Instant::now();
    let _kept = pace.turn("a", true).await;
    let _other = pace.turn("b", true).await;
    assert_eq!(begin.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn the_unpaced_wait_for_a_place_only() {
    let pace = Pace::new(2, GAP);
    let begin = Instant::now();
    let first = pace.turn("a", false).await;
    let _second = pace.turn("a", false).await;
    assert_eq!(begin.elapsed(), Duration::ZERO);
    let third = tokio::time::timeout(GAP / 2, pace.turn("a", false)).await;
    assert!(third.is_err(), "a third turn while two are held");
    drop(first);
    let third = tokio::time::timeout(GAP / 2, pace.turn("a", false)).await;
    assert!(third.is_ok(), "no turn although one was given back");
}

#[tokio::test(start_paused = true)]
async fn those_who_hang_at_a_host_hold_up_nobody_there_for_longer_than_a_second() {
    let pace = Pace::new(2, GAP);
    let begin = Instant::now();
    // None of them gives its turn back.
    let turns = join_all((0..20).map(|_| pace.turn("a", false))).await;
    assert_eq!((turns.len(), begin.elapsed()), (20, Duration::from_secs(1)));
}

#[tokio::test(start_paused = true)]
async fn messages_and_pages_of_one_host_do_not_wait_for_each_other() {
    let pace = Pace::new(1, GAP);
    let begin = Instant::now();
    let _message = pace.turn("a", false).await;
    let _page = pace.turn("a", true).await;
    assert_eq!(begin.elapsed(), Duration::ZERO);
    let second = tokio::time::timeout(100 * GAP, pace.turn("a", true)).await;
    assert!(second.is_err(), "pages wait for their place as ever");
}

#[tokio::test(start_paused = true)]
async fn a_place_that_is_given_up_while_waiting_is_not_lost() {
    let pace = Pace::new(1, GAP);
    drop(pace.turn("a", true).await);
    let impatient = tokio::time::timeout(GAP / 2, pace.turn("a", true)).await;
    assert!(impatient.is_err());
    let patient = tokio::time::timeout(10 * GAP, pace.turn("a", true)).await;
    assert!(patient.is_ok());
}

#[tokio::test(start_paused = true)]
async fn idle_hosts_are_forgotten_and_busy_ones_are_not() {
    let pace = Pace::new(1, Duration::ZERO);
    let _held = pace.turn("held", false).await;
    for number in 0..5000 {
        drop(pace.turn(&number.to_string(), false).await);
    }
    assert!(pace.hosts() <= 1024, "{}", pace.hosts());
    let again = tokio::time::timeout(GAP / 2, pace.turn("held", false)).await;
    assert!(again.is_err(), "a busy host was forgotten");
}
