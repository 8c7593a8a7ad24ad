//! Trouble: faulty feeds, faulty configuration, a second daemon, a broken store. Each is named in
//! one line, and nothing is lost.

use crate::commands::output;
use crate::feeds::{Story, rss};
use crate::world::{Page, World};

const CALM: Story = Story { slug: "calm", title: "A calm day", lead: "Nothing happened." };

const NEWS: Story = Story {
    slug: "news",
    title: "EU and Republic of Korea sign a digital trade agreement",
    lead: "Signed in Brussels.",
};

#[tokio::test(flavor = "multi_thread")]
async fn one_round_tells_what_it_did_as_one_json_object() {
    let world = World::new().await;
    let config = world.configure(&[("desk", ""), ("page", ""), ("gone", "")], "");
    world.publish("desk", Page::feed(&rss(&[CALM])));
    world.publish("page", Page::html("Access Denied"));
    let (code, stdout, stderr) = output(&world, &config, &["poll", "--json"]);
    assert_eq!(code, Some(0), "{stderr}");
    let summary: serde_json::Value = serde_json::from_str(&stdout).expect("one JSON object");
    let numbers =
        ["sources", "changed", "unchanged", "failed", "items_new", "alerts", "deliveries"];
    assert_eq!(
        numbers.map(|key| summary[key].as_u64().unwrap()),
        [3, 1, 0, 2, 1, 0, 0],
        "{stdout}"
    );
    assert!(stderr.contains("Access Denied"), "the page's own words help the operator: {stderr}");
    assert!(stderr.contains("404"), "{stderr}");

    world.publish("desk", Page::feed(&rss(&[NEWS, CALM])));
    let (_, stdout, stderr) = output(&world, &config, &["poll", "desk", "--json"]);
    let summary: serde_json::Value = serde_json::from_str(&stdout).expect("one JSON object");
    assert_eq!(
        (summary["alerts"].as_u64(), summary["deliveries"].as_u64()),
        (Some(1), Some(3)),
        "{stderr}"
    );
    assert_eq!((world.got("slack").len(), world.got("hook").len()), (1, 1));

    let (_, stdout, _) = output(&world, &config, &["poll", "desk", "--json"]);
    let summary: serde_json::Value = serde_json::from_str(&stdout).expect("one JSON object");
    assert_eq!((summary["unchanged"].as_u64(), summary["alerts"].as_u64()), (Some(1), Some(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_that_turns_into_an_error_page_and_back_repeats_nothing_and_loses_nothing() {
    let world = World::new().await;
    let config = world.configure(&[("desk", "")], "");
    for page in [
        Page::feed(&rss(&[CALM])),
        Page::html("Wartung"),
        Page { body: Vec::new(), ..Page::feed("") },
        Page::status(503),
        Page::feed(&rss(&[NEWS, CALM])),
        Page::html("Wartung"),
        Page::feed(&rss(&[NEWS, CALM])),
    ] {
        world.publish("desk", page);
        output(&world, &config, &["poll"]);
    }
    assert_eq!(world.got("hook").len(), 1, "the news is told once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_daemon_on_one_store_is_refused_in_one_clear_line() {
    let mut world = World::new().await;
    let config = world.configure(&[("desk", "")], "");
    world.publish("desk", Page::feed(&rss(&[CALM])));
    world.start(&config);
    world.until_read("desk").await;
    let (code, _, stderr) = output(&world, &config, &["run"]);
    assert_eq!(code, Some(1), "{stderr}");
    assert!(stderr.contains("held by"), "{stderr}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_asked_for_beside_a_daemon_is_made_by_the_daemon() {
    let mut world = World::new().await;
    let config = world.configure(&[("desk", "")], "");
    world.publish("desk", Page::feed(&rss(&[CALM])));
    world.start(&config);
    world.until_read("desk").await;
    let command = world.command(&config, &["poll", "--json"]).output();
    let (stdout, stderr) = command.map(|output| (output.stdout, output.stderr)).unwrap();
    let summary: serde_json::Value = serde_json::from_slice(&stdout).expect("one JSON object");
    assert_eq!(summary["sources"].as_u64(), Some(1), "{}", String::from_utf8_lossy(&stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_no_database_is_refused_and_left_as_it_is() {
    let world = World::new().await;
    let config = world.configure(&[("desk", "")], "");
    std::fs::write(world.path("bongsu.db"), "a text that somebody put here").unwrap();
    let (code, _, stderr) = output(&world, &config, &["poll"]);
    assert_eq!(code, Some(1));
    assert!(stderr.contains("bongsu.db"), "{stderr}");
    let kept = std::fs::read_to_string(world.path("bongsu.db")).unwrap();
    assert_eq!(kept, "a text that somebody put here");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_a_configuration_is_told_at_once_with_its_place() {
    let world = World::new().await;
    let config = world
        .configure(&[("desk", "evry = \"1m\"")], "[[receiver]]\nid = \"slack\"\nkind = \"slak\"\n[[receiver]]\nid = \"other\"\nkind = \"slak\"");
    let (code, _, stderr) = output(&world, &config, &["check"]);
    assert_eq!(code, Some(2), "{stderr}");
    for told in ["evry", "every", "slak", "slack", "bongsu.toml:"] {
        assert!(stderr.contains(told), "{told} is missing from:\n{stderr}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_ever_printed() {
    let world = World::new().await;
    let config = world.configure(&[("desk", "")], "");
    std::fs::write(world.path("hook.url"), "http://127.0.0.1:9/to/T0-SECRET-TOKEN\n").unwrap();
    world.publish("desk", Page::feed(&rss(&[CALM])));
    output(&world, &config, &["poll"]);
    world.publish("desk", Page::feed(&rss(&[NEWS, CALM])));
    let (_, stdout, stderr) = output(&world, &config, &["poll", "--log", "debug"]);
    assert!(stderr.contains("hook"), "the receiver is named: {stderr}");
    assert!(!stdout.contains("SECRET") && !stderr.contains("SECRET"), "{stdout}{stderr}");
}
