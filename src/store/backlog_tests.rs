//! What waits for a receiver, and what makes it due before its time.

use crate::model::alert::{Delivery, DeliveryState};
use crate::model::receiver::Verdict;
use crate::store::deliveries::AttemptResult;
use crate::store::queue::Resumed;
use crate::store::testing::{Bench, LEASE, at, attempt, bench, orderly};

/// A store with so many alerts for `hook` and for `file`, the first due at 0, the next at 1.
async fn alerts(number: usize) -> Bench {
    let bench = bench().await;
    for n in 0..number {
        bench.poll(&[orderly(n)], &["hook", "file"], at(n as i64)).await;
    }
    bench
}

/// Claims for `hook`, tries then, and is due again at `retry_at`; `None` is a success.
async fn tried(bench: &Bench, now: i64, retry_at: Option<i64>) -> Delivery {
    let claimed = bench.delivery(&["hook"], at(now)).await.expect("one is due");
    let verdict = match retry_at {
        Some(_) => Verdict::Retry { after: None, reason: "500".to_owned() },
        None => Verdict::Delivered,
    };
    let result = AttemptResult { started_at: at(now), ..attempt(verdict, retry_at.map(at)) };
    bench.store.finish_attempt(claimed.id, &result, at(now)).await.unwrap();
    claimed
}

/// The headlines that are due for `hook`, in the order in which they are sent.
async fn due(bench: &Bench, now: i64) -> Vec<String> {
    let mut titles = Vec::new();
    while let Some(claimed) = bench.delivery(&["hook"], at(now)).await {
        titles.push(claimed.alert.draft.title.clone());
        let done = attempt(Verdict::Refused { reason: "looked at".to_owned() }, None);
        bench.store.finish_attempt(claimed.id, &done, at(now)).await.unwrap();
    }
    titles
}

#[tokio::test]
async fn one_success_makes_due_what_waited_for_the_receiver_the_oldest_first() {
    let bench = alerts(4).await;
    for (now, again) in [(3, 900), (3, 600), (3, 1200)] {
        tried(&bench, now, Some(again)).await;
    }
    tried(&bench, 4, None).await;
    assert_eq!(due(&bench, 4).await, ["Title 0", "Title 1", "Title 2"]);
}

#[tokio::test]
async fn a_new_alert_does_not_overtake_those_that_waited() {
    let bench = alerts(2).await;
    tried(&bench, 1, Some(900)).await;
    let fresh = bench.store.claim_deliveries(&["hook"], at(1), LEASE, 1).await.unwrap();
    bench.poll(&[orderly(7)], &["hook"], at(2)).await;
    let result = AttemptResult { started_at: at(2), ..attempt(Verdict::Delivered, None) };
    bench.store.finish_attempt(fresh[0].id, &result, at(2)).await.unwrap();
    assert_eq!(due(&bench, 2).await, ["Title 0", "Title 7"]);
}

#[tokio::test]
async fn a_failure_or_a_refusal_or_another_receivers_success_makes_nothing_due() {
    let bench = alerts(3).await;
    tried(&bench, 2, Some(900)).await;
    tried(&bench, 2, Some(900)).await;
    let file = bench.delivery(&["file"], at(2)).await.unwrap();
    let done = attempt(Verdict::Delivered, None);
    bench.store.finish_attempt(file.id, &done, at(2)).await.unwrap();
    assert_eq!(due(&bench, 3).await, ["Title 2"], "the third is refused, the others wait");
}

#[tokio::test]
async fn what_was_never_tried_waits_for_something_else() {
    let bench = alerts(2).await;
    sqlx::query("UPDATE delivery SET due_at = $1 WHERE receiver = 'hook' AND alert = 1")
        .bind(at(600).timestamp_millis())
        .execute(bench.store.writer().await.connection().await.unwrap())
        .await
        .unwrap();
    tried(&bench, 2, None).await;
    assert_eq!(due(&bench, 3).await, [] as [String; 0]);
    let resumed = bench.store.resume_receiver("hook", at(3)).await.unwrap();
    assert_eq!(resumed, Resumed { was_paused: false, due: 0 });
}

#[tokio::test]
async fn a_message_that_fails_while_others_are_taken_keeps_its_own_waits() {
    let bench = alerts(4).await;
    let odd = tried(&bench, 3, Some(30)).await;
    tried(&bench, 4, None).await;
    let again = tried(&bench, 5, Some(30)).await;
    assert_eq!(again.id, odd.id, "a success brings it forward once");
    tried(&bench, 6, None).await;
    tried(&bench, 7, None).await;
    assert_eq!(bench.delivery(&["hook"], at(8)).await, None, "and no more");
    let last = bench.delivery(&["hook"], at(30)).await.unwrap();
    assert_eq!((last.id, last.attempts), (odd.id, 1), "which costs none of its tries");
}

#[tokio::test]
async fn a_receiver_that_fails_again_in_the_middle_is_made_up_for_when_it_is_back() {
    let bench = alerts(4).await;
    tried(&bench, 3, Some(600)).await;
    tried(&bench, 3, Some(600)).await;
    tried(&bench, 4, None).await;
    // Down again before the backlog is out.
    tried(&bench, 5, Some(300)).await;
    tried(&bench, 6, Some(300)).await;
    tried(&bench, 7, Some(900)).await;
    tried(&bench, 300, Some(1200)).await;
    tried(&bench, 301, Some(1200)).await;
    bench.poll(&[orderly(9)], &["hook"], at(900)).await;
    tried(&bench, 900, None).await;
    assert_eq!(due(&bench, 901).await, ["Title 0", "Title 1", "Title 9"]);
}

#[tokio::test]
async fn resuming_makes_everything_due_whether_or_not_the_receiver_was_paused() {
    let bench = alerts(3).await;
    tried(&bench, 2, Some(900)).await;
    tried(&bench, 2, Some(600)).await;
    bench.store.pause_receiver("hook", "gone", at(3)).await.unwrap();
    let resumed = bench.store.resume_receiver("hook", at(4)).await.unwrap();
    assert_eq!(resumed, Resumed { was_paused: true, due: 2 });
    let other = bench.store.resume_receiver("file", at(4)).await.unwrap();
    assert_eq!(other, Resumed { was_paused: false, due: 0 });
    assert_eq!(due(&bench, 4).await, ["Title 0", "Title 1", "Title 2"]);
    assert_eq!(bench.store.deliveries(DeliveryState::Due, 9).await.unwrap().len(), 3, "of file");
}
