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
