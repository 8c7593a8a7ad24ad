//! Deliveries, step by step: retries, dead letters, paused receivers, leases.

use std::time::Duration;

use bongsu::model::alert::DeliveryState;
use bongsu::work::deliver;

use crate::bench::{Desk, feed};
use crate::world::Reply;

const CALM: (&str, &str, &str) = ("calm", "A calm day", "Nothing happened.");
const LIT: (&str, &str, &str) = ("lit", "A beacon is lit", "On the southern hill.");
const SECOND: (&str, &str, &str) = ("two", "A second beacon", "On the northern hill.");
const SLACK: &str = "[[receiver]]\nid = \"slack\"\nkind = \"slack\"\nurl = \"{base}/to/slack\"\n\
                     allow_private = [\"127.0.0.0/8\"]\n";

/// A desk with news of two items waiting for its receivers.
async fn news(more: &str) -> Desk {
    let desk = Desk::new("", more).await;
    desk.read(&feed(&[CALM])).await;
    desk.read(&feed(&[SECOND, LIT, CALM])).await;
    desk
}

fn ids(desk: &Desk, receiver: &str) -> Vec<String> {
    desk.world.got(receiver).into_iter().map(|got| got.id.unwrap()).collect()
}

#[tokio::test]
async fn a_receiver_that_is_down_gets_everything_later_under_the_same_ids() {
    let desk = news("").await;
    desk.world.answer("hook", 500);
    desk.deliver().await;
    let first = ids(&desk, "hook");
    assert_eq!(first.len(), 2, "each message is tried: neither holds up the other");
    desk.world.answer("hook", 200);
    desk.deliver().await;
    assert_eq!(ids(&desk, "hook").len(), 2, "not before its time");
    desk.wait(Duration::from_secs(10));
    desk.deliver().await;
    let again = &ids(&desk, "hook")[2..];
    assert!(again.len() == 2 && first.iter().all(|id| again.contains(id)), "{first:?} {again:?}");
}

#[tokio::test]
async fn receivers_that_hang_delay_no_other_on_their_host() {
    let more = ["third", "fourth", "fifth"].map(|id| {
        format!(
            "[[receiver]]\nid = \"{id}\"\nkind = \"webhook\"\nurl = \"{{base}}/to/{id}\"\n\
             allow_private = [\"127.0.0.0/8\"]\n"
        )
    });
    let desk = news(&more.concat()).await;
    let hanging = ["hook", "third", "fourth", "fifth"];
    for receiver in hanging {
        desk.world.hold_after(receiver, Some(0));
    }
    let stop = tokio_util::sync::CancellationToken::new();
    let running = tokio::spawn(deliver::run(desk.bench.clone(), stop.clone()));
    desk.world.until("both at the other", |world| world.got("second").len() == 2).await;
    // None of them has come to its end meanwhile: nobody waited for their time-out.
    let mut due = desk.bench.store.deliveries(DeliveryState::Due, 99).await.unwrap();
    due.retain(|one| one.receiver != "second");
    assert_eq!((due.len(), due.iter().map(|one| one.attempts).sum::<u32>()), (8, 0), "two each");
    assert!(hanging.iter().all(|receiver| desk.world.got(receiver).len() <= 1), "one in flight");
    running.abort();
}

#[tokio::test]
async fn a_message_is_a_dead_letter_after_the_last_try_of_three_days_and_can_be_replayed() {
    let desk = news("").await;
    desk.world.answer("hook", 500);
    let mut tries = 0;
    let begin = desk.now();
    while let Some(due) = desk.bench.store.next_due(&[], &["hook"]).await.unwrap() {
        desk.until(due);
        desk.deliver().await;
        tries += 1;
        assert!(tries < 100, "it ends");
    }
    assert_eq!(desk.world.got("hook").len(), 22, "eleven tries each");
    assert!((desk.now() - begin).num_hours() >= 75);
    let dead = desk.bench.store.deliveries(DeliveryState::Dead, 9).await.unwrap();
    assert_eq!(dead.len(), 2);
    let reason = dead[0].reason.as_deref().unwrap();
    assert!(reason.starts_with("gave up after 11 attempts"), "{reason}");
    desk.world.answer("hook", 200);
    desk.bench.store.requeue_dead("hook", desk.now()).await.unwrap();
    desk.deliver().await;
    assert_eq!(desk.bench.store.deliveries(DeliveryState::Dead, 9).await.unwrap(), []);
}

#[tokio::test]
async fn a_receiver_that_names_a_wait_gets_it_and_the_others_do_not() {
    let desk = news("").await;
    desk.world.reply("hook", Reply { retry_after: Some("3600"), ..Reply::status(429) });
    desk.deliver().await;
    desk.world.answer("hook", 200);
    assert_eq!(desk.world.got("second").len(), 2);
    let tries = desk.world.got("hook").len();
    desk.wait(Duration::from_mins(59));
    desk.deliver().await;
    assert_eq!(desk.world.got("hook").len(), tries);
    desk.wait(Duration::from_mins(2));
    desk.deliver().await;
    assert_eq!(desk.world.got("hook").len(), tries + 2);
}

#[tokio::test]
async fn a_message_that_is_refused_does_not_block_the_next() {
    let desk = Desk::new("", SLACK).await;
    desk.read(&feed(&[CALM])).await;
    desk.read(&feed(&[LIT, CALM])).await;
    desk.world.reply("slack", Reply { body: "invalid_blocks", ..Reply::status(400) });
    desk.deliver().await;
    desk.world.answer("slack", 200);
    desk.read(&feed(&[SECOND, LIT, CALM])).await;
    desk.deliver().await;
    let dead = desk.bench.store.deliveries(DeliveryState::Dead, 9).await.unwrap();
    let dead: Vec<_> = dead.iter().map(|d| (d.receiver.as_str(), d.title.as_str())).collect();
    assert_eq!(dead, [("slack", LIT.1)]);
    let last = desk.world.got("slack").pop().unwrap().body.to_string();
    assert!(last.contains(SECOND.1), "{last}");
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_paused_keeps_its_queue_and_is_tried_again_at_a_start() {
    let desk = news("").await;
    desk.world.answer("hook", 410);
    desk.deliver().await;
    desk.wait(Duration::from_hours(48));
    desk.deliver().await;
    assert_eq!(desk.world.got("hook").len(), 1, "no storm of tries");
    let paused = desk.bench.store.paused_receivers().await.unwrap();
    assert_eq!(paused.len(), 1);
    assert_eq!(desk.bench.store.counts().await.unwrap().deliveries_due, 2, "nothing is dropped");
    desk.world.answer("hook", 200);
    bongsu::daemon::enrol(&desk.bench).await.unwrap();
    desk.deliver().await;
    assert_eq!(desk.told("hook").len(), 3, "both come, the first for the second time");
    assert_eq!(desk.bench.store.paused_receivers().await.unwrap(), []);
}

#[tokio::test]
async fn what_was_sent_by_a_worker_that_died_is_sent_again_under_the_same_id() {
    let desk = news("").await;
    let lease = Duration::from_mins(2);
    let claim = |now| desk.bench.store.claim_deliveries(&["hook"], now, lease, 9);
    let died = claim(desk.now()).await.unwrap();
    desk.deliver().await;
    assert_eq!(desk.world.got("hook").len(), 0, "it is in flight, and so is its receiver");
    desk.wait(lease);
    desk.deliver().await;
    assert!(ids(&desk, "hook").contains(&died[0].id.to_string()));
    assert_eq!(ids(&desk, "hook").len(), 2);
}

#[tokio::test]
async fn a_receiver_that_redirects_is_not_followed_and_is_tried_again() {
    let desk = news("").await;
    desk.world.reply("hook", Reply { body: "no", ..Reply::status(302) });
    desk.deliver().await;
    let waiting = desk.bench.store.deliveries(DeliveryState::Due, 9).await.unwrap();
    let reason = waiting[0].reason.as_deref().unwrap();
    assert!(reason.contains("redirects are not followed"), "{reason}");
}
