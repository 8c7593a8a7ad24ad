//! One item in two sources, and items that are held: through the real binary, from poll to post.

use crate::commands::output;
use crate::feeds::{Story, rss};
use crate::world::{Page, World};

const OLD: Story = Story { slug: "old-1", title: "A calm day", lead: "Nothing happened." };
const NEWS: Story = Story {
    slug: "council-7",
    title: "EU and Republic of Korea hold second Digital Partnership Council",
    lead: "Both sides agreed on joint work on semiconductors.",
};

/// One round of the real binary.
fn poll(world: &World, config: &std::path::Path) {
    let output = world.command(config, &["poll"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_that_two_sources_bring_is_told_once_and_names_both() {
    let world = World::new().await;
    let config = world.configure(&[("brussels", ""), ("seoul", "")], "");
    for source in ["brussels", "seoul"] {
        world.publish(source, Page::feed(&rss(&[OLD])));
    }
    poll(&world, &config);
    // The same address, a headline of its own.
    let renamed = Story { title: "EU, Korea: second Digital Partnership Council held", ..NEWS };
    world.publish("brussels", Page::feed(&rss(&[NEWS, OLD])));
    world.publish("seoul", Page::feed(&rss(&[renamed, OLD])));
    poll(&world, &config);
    for receiver in ["hook", "slack"] {
        let got = world.got(receiver);
        assert_eq!(got.len(), 1, "{receiver}: {got:?}");
        let body = got[0].body.to_string();
        for name in ["The brussels desk", "The seoul desk"] {
            assert!(body.contains(name), "{receiver} hears of {name}: {body}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_that_a_second_source_brings_later_is_not_told_again() {
    let world = World::new().await;
    let config = world.configure(&[("brussels", ""), ("seoul", "")], "");
    for source in ["brussels", "seoul"] {
        world.publish(source, Page::feed(&rss(&[OLD])));
    }
    poll(&world, &config);
    world.publish("brussels", Page::feed(&rss(&[NEWS, OLD])));
    poll(&world, &config);
    world.publish("seoul", Page::feed(&rss(&[NEWS, OLD])));
    poll(&world, &config);
    assert_eq!(world.got("hook").len(), 1);
    let why = world.command(&config, &["why", "https://news.example/council-7", "--json"]).output();
    let why: serde_json::Value = serde_json::from_slice(&why.unwrap().stdout).unwrap();
    assert_eq!(why["item"]["source"], "seoul", "{why}");
    assert_eq!(
        why["alerts"].as_array().map(Vec::len),
        Some(1),
        "it can be asked what told it: {why}"
    );
    // Another page under another address is another item, however alike.
    let other = Story { slug: "council-8", lead: "They spoke of sea cables, too.", ..NEWS };
    world.publish("seoul", Page::feed(&rss(&[other, NEWS, OLD])));
    poll(&world, &config);
    assert_eq!(world.got("hook").len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_baseline_swallowed_is_told_where_another_source_brings_it_as_news() {
    let world = World::new().await;
    let config = world.configure(&[("brussels", ""), ("seoul", "")], "");
    world.publish("brussels", Page::feed(&rss(&[NEWS, OLD])));
    world.publish("seoul", Page::feed(&rss(&[OLD])));
    poll(&world, &config);
    world.publish("seoul", Page::feed(&rss(&[NEWS, OLD])));
    poll(&world, &config);
    assert_eq!(world.got("hook").len(), 1, "nobody had heard of it");
}

/// Headlines of a source before and after it gave everything new ids, days and texts.
fn reports(slug: &str, text: &str, day: u32) -> String {
    let items: String = (0..12)
        .map(|n| {
            format!(
                "<item><guid isPermaLink=\"false\">{slug}-{n}</guid><title>EU-Korea trade report {n}: semiconductors</title>\
                 <link>https://news.example/{slug}/{n}</link><description>{text} {n}</description>\
                 <pubDate>{day:02} Nov 2026 09:00:00 +0000</pubDate></item>"
            )
        })
        .collect();
    rss(&[]).replace("</channel>", &format!("{items}</channel>"))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_is_told_by_health_and_ends_as_the_operator_says() {
    for (end, told) in [("--send", 12), ("--drop", 0)] {
        let world = World::new().await;
        let config = world.configure(&[("brussels", "")], "");
        world.publish("brussels", Page::feed(&reports("a", "Fish was landed in Ostend.", 2)));
        poll(&world, &config);
        world.publish(
            "brussels",
            Page::feed(&reports("b", "Ministers spoke in Seoul of chips.", 20)),
        );
        poll(&world, &config);
        assert_eq!(world.got("hook").len(), 0, "held");

        let listed = world.command(&config, &["sources", "held"]).output().unwrap();
        let lines = String::from_utf8(listed.stdout).unwrap();
        assert_eq!(lines.lines().count(), 12, "{lines}");
        assert!(lines.contains("https://news.example/b/3"), "{lines}");
        let said = String::from_utf8(listed.stderr).unwrap();
        assert!(said.contains("12 alerts are held") && said.contains("sources release"), "{said}");

        let released = world.command(&config, &["sources", "release", "brussels", end]).output();
        assert!(released.unwrap().status.success());
        poll(&world, &config);
        assert_eq!(world.got("hook").len(), told, "{end}");
        let again = world.command(&config, &["sources", "release", "brussels", "--send"]).output();
        let said = String::from_utf8(again.unwrap().stderr).unwrap();
        assert!(said.contains("nothing is held"), "{said}");
        poll(&world, &config);
        assert_eq!(world.got("hook").len(), told, "once");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_was_polled_held_alerts_are_not_denied_and_a_wrong_word_is_told_its_cure() {
    let world = World::new().await;
    let config = world.configure(&[("brussels", "")], "");
    for arguments in [&["sources", "held"][..], &["sources", "release", "brussels", "--drop"]] {
        let (code, _, said) = output(&world, &config, arguments);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains("there is no store at"), "{said}");
        assert!(!said.contains("nothing is held"), "{said}");
    }
    let (code, _, said) = output(&world, &config, &["sources", "release", "brusels", "--drop"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("did you mean `brussels`?"), "{said}");
    let (code, _, said) = output(&world, &config, &["sources", "release", "brussels"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("<--send|--drop>"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_of_a_source_that_has_left_the_configuration_ends_as_well() {
    let world = World::new().await;
    let config = world.configure(&[("brussels", ""), ("seoul", "")], "");
    world.publish("seoul", Page::feed(&rss(&[OLD])));
    world.publish("brussels", Page::feed(&reports("a", "Fish was landed in Ostend.", 2)));
    poll(&world, &config);
    world.publish("brussels", Page::feed(&reports("b", "Ministers spoke in Seoul of chips.", 20)));
    poll(&world, &config);
    let config = world.configure(&[("seoul", "")], "");
    let (code, _, said) = output(&world, &config, &["sources", "release", "brussels", "--drop"]);
    assert_eq!((code, said.contains("12 alerts dropped")), (Some(0), true), "{said}");
    let (code, _, said) = output(&world, &config, &["sources", "release", "brussels", "--drop"]);
    assert_eq!(code, Some(2), "nothing is known of it any more: {said}");
}
