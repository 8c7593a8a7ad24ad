//! Stopping: the daemon ends with 0 when asked to, also while publishers and receivers hang.

use crate::feeds::{Story, rss};
use crate::world::{HOLD, Page, World};

const CALM: Story = Story { slug: "calm", title: "A calm day", lead: "Nothing happened." };

const NEWS: Story = Story {
    slug: "news",
    title: "EU and Republic of Korea sign a digital trade agreement",
    lead: "Signed in Brussels.",
};

#[tokio::test(flavor = "multi_thread")]
async fn a_daemon_asked_to_stop_ends_well_while_a_publisher_never_answers() {
    let mut world = World::new().await;
    let config = world.configure(&[("slow", ""), ("quick", "")], "");
    world.publish("slow", Page::silence());
    world.publish("quick", Page::feed(&rss(&[CALM])));
    world.start(&config);
    world.until("the slow publisher to be asked", |world| !world.asked("slow").is_empty()).await;
    world.until_read("quick").await;
    assert_eq!(world.stop(), Some(0), "{}", world.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_in_flight_at_the_stop_is_delivered_after_it_under_the_same_id() {
    let mut world = World::new().await;
    let config = world.configure(&[("desk", "")], "");
    world.publish("desk", Page::feed(&rss(&[CALM])));
    world.start(&config);
    world.until_read("desk").await;
    world.answer("hook", HOLD);
    world.publish("desk", Page::feed(&rss(&[NEWS, CALM])));
    world.until("a message in flight", |world| !world.got("hook").is_empty()).await;
    assert_eq!(world.stop(), Some(0), "{}", world.log());
    world.answer("hook", 200);
    world.start(&config);
    world.until("the message again", |world| world.got("hook").len() >= 2).await;
    let ids: Vec<_> = world.got("hook").into_iter().map(|got| got.id).collect();
    assert_eq!(ids[0], ids[1], "a repeat is known by its id");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_from_the_keyboard_is_heard_between_polls() {
    let mut world = World::new().await;
    let config = world.configure(&[("desk", "")], "");
    world.publish("desk", Page::feed(&rss(&[CALM])));
    world.start(&config);
    world.until_read("desk").await;
    world.signal("INT");
    assert_eq!(world.ended(), Some(0), "{}", world.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_while_the_first_polls_begin_is_heard() {
    let mut world = World::new().await;
    let config = world.configure(&[("desk", ""), ("other", "")], "");
    world.publish("desk", Page::silence());
    world.start(&config);
    world.until("the first request", |world| !world.asked("desk").is_empty()).await;
    world.signal("TERM");
    assert_eq!(world.ended(), Some(0), "{}", world.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_signal_ends_the_process_at_once() {
    for second in ["TERM", "INT"] {
        let mut world = World::new().await;
        let config = world.configure(&[("desk", "")], "");
        world.publish("desk", Page::feed(&rss(&[CALM])));
        world.start(&config);
        world.until_read("desk").await;
        // The message in flight would keep the first one waiting for seconds.
        world.answer("hook", HOLD);
        world.publish("desk", Page::feed(&rss(&[NEWS, CALM])));
        world.until("a message in flight", |world| !world.got("hook").is_empty()).await;
        world.signal("TERM");
        world.until_logged("a second signal ends the process at once").await;
        world.signal(second);
        assert_eq!(world.ended(), Some(130), "{}", world.log());
    }
}
