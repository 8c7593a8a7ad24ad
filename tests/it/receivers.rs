//! Receivers in trouble, as those meet them who run the real binary: what waits, what it holds up, and
//! what is said of it.

use std::path::{Path, PathBuf};

use bongsu::model::receiver::Verdict;
use bongsu::store::Store;
use bongsu::store::deliveries::AttemptResult;
use chrono::{DateTime, TimeDelta, Utc};

use crate::commands::output;
use crate::feeds::{Story, rss};
use crate::world::{Page, World};

const CALM: Story = Story { slug: "calm", title: "A calm day", lead: "Nothing happened." };
const OLD: Story = Story { slug: "old", title: "An old beacon", lead: "On the southern hill." };
const LATER: Story =
    Story { slug: "later", title: "A later beacon", lead: "On the northern hill." };
const FRESH: Story =
    Story { slug: "fresh", title: "봉수 beacon", lead: "목멱산에 불이 올랐다." };

const WATCH: &str = "[[watch]]\nid = \"beacon\"\ntitle = \"Beacons\"\nany = [\"beacon\"]\n";

/// A configuration with one source, its baseline read.
async fn desk(world: &World, more: &str) -> PathBuf {
    let config = world.configure_own(WATCH, &[("desk", "")], more);
    world.publish("desk", Page::feed(&rss(&[CALM])));
    assert_eq!(output(world, &config, &["poll"]).0, Some(0));
    config
}

/// The headlines that the webhook got, in the order of their coming.
fn told(world: &World, receiver: &str) -> Vec<String> {
    let title =
        |body: &serde_json::Value| body["data"]["item"]["title"].as_str().unwrap().to_owned();
    world.got(receiver).iter().map(|got| title(&got.body)).collect()
}

/// Lets what waits for a receiver fail once more, long enough ago to wait for hours yet.
async fn fail_for_hours(world: &World, receiver: &str, messages: usize) {
    let now = bongsu::clock::Clock::System.now();
    let store = Store::open(&world.path("bongsu.db"), now).await.unwrap();
    let soon: DateTime<Utc> = now + TimeDelta::minutes(1);
    for _ in 0..messages {
        let lease = std::time::Duration::from_secs(9);
        let claimed = store.claim_deliveries(&[receiver], soon, lease, 1).await.unwrap();
        let result = AttemptResult {
            started_at: now,
            verdict: Verdict::Retry { after: None, reason: "answered 500".to_owned() },
            retry_at: Some(now + TimeDelta::hours(10)),
            status: Some(500),
            duration_ms: 9,
            free_at: None,
        };
        store.finish_attempt(claimed[0].id, &result, now).await.unwrap();
    }
}

/// Two alerts that wait for hours for the webhook `hook`, which answers again.
async fn backlog(world: &World, config: &Path) {
    world.answer("hook", 500);
    world.publish("desk", Page::feed(&rss(&[OLD, CALM])));
    assert_eq!(output(world, config, &["poll"]).0, Some(1));
    world.publish("desk", Page::feed(&rss(&[LATER, OLD, CALM])));
    assert_eq!(output(world, config, &["poll"]).0, Some(1));
    fail_for_hours(world, "hook", 2).await;
    world.answer("hook", 200);
    assert_eq!(output(world, config, &["poll"]).0, Some(0));
    assert_eq!(world.got("hook").len(), 2, "they wait for their time");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_takes_a_new_alert_gets_those_that_waited_as_well_the_oldest_first() {
    let world = World::new().await;
    let config = desk(&world, "").await;
    backlog(&world, &config).await;
    world.publish("desk", Page::feed(&rss(&[FRESH, LATER, OLD, CALM])));
    assert_eq!(output(&world, &config, &["poll"]).0, Some(0));
    assert_eq!(told(&world, "hook")[2..], [FRESH.title, OLD.title, LATER.title]);
    let slack = world.got("slack").len();
    assert_eq!(slack, 3, "nobody else gets anything twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_is_resumed_gets_what_waited_though_it_was_not_paused() {
    let world = World::new().await;
    let config = desk(&world, "").await;
    backlog(&world, &config).await;
    let (code, _, stderr) = output(&world, &config, &["receivers", "resume", "hook"]);
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stderr.contains("not paused; 2 alerts that waited are due now"), "{stderr}");
    assert_eq!(output(&world, &config, &["poll"]).0, Some(0));
    assert_eq!(told(&world, "hook")[2..], [OLD.title, LATER.title]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_is_paused_and_resumed_gets_what_waited_for_hours() {
    let world = World::new().await;
    let config = desk(&world, "").await;
    backlog(&world, &config).await;
    let now = bongsu::clock::Clock::System.now();
    let store = Store::open(&world.path("bongsu.db"), now).await.unwrap();
    store.pause_receiver("hook", "answered 410", now).await.unwrap();
    let (_, _, stderr) = output(&world, &config, &["receivers", "resume", "hook"]);
    assert!(stderr.contains("gets alerts again, those that waited first"), "{stderr}");
    assert_eq!(output(&world, &config, &["poll"]).0, Some(0));
    assert_eq!(told(&world, "hook")[2..], [OLD.title, LATER.title]);
}
