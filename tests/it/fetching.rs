//! Publishers as they are: cookies across sister hosts, bodies under nonsense headers, pages in the
//! place of feeds, words of farewell, promises and lies about freshness.

use std::io::Write;
use std::sync::{Arc, Mutex};

use bongsu::work::poll::Outcome;

use crate::bench::{Desk, feed};
use crate::commands::output;
use crate::feeds::{Story, rss};
use crate::publisher::{Publisher, is_conditional, reply, target};
use crate::world::{Page, World};

const CALM: Story = Story { slug: "calm", title: "A calm day", lead: "Nothing happened." };

const NEWS: Story = Story {
    slug: "news",
    title: "EU and Republic of Korea sign a digital trade agreement",
    lead: "Signed in Brussels.",
};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A configuration with one source at `url`, reached through the publisher.
fn config(world: &World, publisher: &Publisher, url: &str) -> std::path::PathBuf {
    let file = world.configure(&[("desk", &publisher.key())], "");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace(&format!("{}/feed/desk", world.base()), url)).unwrap();
    file
}

/// Polls once by the real binary; what it said.
fn poll(world: &World, config: &std::path::Path) -> String {
    let (code, stdout, stderr) = output(world, config, &["poll"]);
    assert!(code.is_some(), "{stderr}");
    stdout + &stderr
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sister_host_that_sets_a_cookie_for_the_parent_domain_lets_the_feed_be_read() {
    let news = Arc::new(Mutex::new(rss(&[CALM])));
    let now = Arc::clone(&news);
    let publisher = Publisher::start(move |head| {
        let cookie = head.to_lowercase().contains("\r\ncookie: ticket=7\r\n");
        match (target(head), cookie) {
            ("http://news.pub.example/rss", true) => {
                reply(200, &[], now.lock().unwrap().as_bytes())
            }
            ("http://news.pub.example/rss", false) => {
                reply(302, &["location: http://sso.pub.example/in?to=rss"], b"")
            }
            ("http://sso.pub.example/in?to=rss", _) => {
                let cookies = [
                    "set-cookie: ticket=7; Domain=.pub.example; Path=/",
                    "set-cookie: everyone=1; Domain=.example; Path=/",
                    "location: http://news.pub.example/rss",
                ];
                reply(302, &cookies, b"")
            }
            other => panic!("{other:?}"),
        }
    });
    let world = World::new().await;
    let config = config(&world, &publisher, "http://news.pub.example/rss");
    poll(&world, &config);
    *news.lock().unwrap() = rss(&[NEWS, CALM]);
    let said = poll(&world, &config);
    assert_eq!(world.got("hook").len(), 1, "{said}");
    assert_eq!(publisher.asked().len(), 6, "the ticket is kept for one chain only");
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_under_nonsense_encodings_are_read_and_keep_their_etag() {
    let tag = "etag: \"1\"";
    let publisher = Publisher::start(move |head| {
        if is_conditional(head) {
            return reply(304, &[tag], b"");
        }
        let plain = rss(&[CALM]).into_bytes();
        let name = target(head).rsplit('/').next().unwrap_or_default();
        match name {
            "gzip-behind" => reply(
                200,
                &[tag, "content-encoding: gzip"],
                &[gzip(&plain), b"\n".to_vec()].concat(),
            ),
            "gzip-quoted" => reply(200, &[tag, "content-encoding: \"gzip\""], &gzip(&plain)),
            "gzip-unsaid" => reply(200, &[tag], &gzip(&plain)),
            "latin" => reply(200, &[tag, "content-encoding: ISO-8859-1"], &plain),
            "chunked" => reply(200, &[tag, "content-encoding: chunked"], &plain),
            _ => reply(200, &[tag, "content-encoding: text/xml"], &plain),
        }
    });
    let world = World::new().await;
    let key = publisher.key();
    let ids = ["gzip-behind", "gzip-quoted", "gzip-unsaid", "latin", "chunked", "xml"];
    let config = world.configure(&ids.map(|id| (id, key.as_str())), "");
    for (changed, unchanged) in [(6, 0), (0, 6)] {
        let (_, stdout, stderr) = output(&world, &config, &["poll", "--json"]);
        let summary: serde_json::Value = serde_json::from_str(&stdout).expect("one JSON object");
        let number = |key: &str| summary[key].as_u64().unwrap();
        let told = (number("changed"), number("unchanged"), number("failed"));
        assert_eq!(told, (changed, unchanged, 0), "{stderr}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_in_the_place_of_a_feed_names_the_feed_and_try_reads_it_there() {
    let world = World::new().await;
    let config = world.configure(&[("home", ""), ("old", ""), ("lost", ""), ("plain", "")], "");
    let page = |head: &str| Page {
        body: format!("<!DOCTYPE html><html><head><title>부처 소식</title>{head}</head></html>")
            .into(),
        ..Page::html("")
    };
    let link = "<link rel=\"alternate\" type=\"application/rss+xml\" href=\"real\">";
    world.publish("home", page(link));
    world.publish("old", page("<meta http-equiv=\"refresh\" content=\"0; url=home\">"));
    world.publish("lost", Page { status: 404, ..page(link) });
    world.publish("plain", page(""));
    world.publish("real", Page::feed(&rss(&[NEWS, CALM])));
    let said = poll(&world, &config);
    let base = world.base();
    for line in [
        format!("not a feed (HTML: '부처 소식'); the page points to the feed {base}/feed/real"),
        format!("not a feed (HTML: '부처 소식'); the page sends readers on to {base}/feed/home"),
        format!("(404); the page points to the feed {base}/feed/real"),
    ] {
        assert!(said.contains(&line), "{line} is missing from:\n{said}");
    }
    let plain = said.lines().find(|line| line.starts_with("plain ")).unwrap();
    assert!(!plain.contains("the page"), "{plain}");

    for id in ["home", "old", "lost"] {
        let url = format!("{base}/feed/{id}");
        let (code, stdout, stderr) = output(&world, &config, &["try", &url]);
        assert_eq!(code, Some(0), "{stdout}{stderr}");
        for told in ["sign a digital trade agreement", "2 items, 1 flagged"] {
            assert!(stdout.contains(told), "{id}: {told} is missing from:\n{stdout}");
        }
        assert!(stdout.contains(&format!("write url = \"{base}/feed/real\"")), "{stdout}");
    }
    let (code, _, stderr) = output(&world, &config, &["try", &format!("{base}/feed/plain")]);
    assert_eq!(code, Some(1));
    assert!(stderr.contains("not a feed (HTML: '부처 소식')"), "{stderr}");
    let (_, stdout, _) = output(&world, &config, &["try", &format!("{base}/feed/real")]);
    assert!(!stdout.contains("write url"), "{stdout}");
}

#[tokio::test(flavor = "multi_thread")]
async fn try_follows_no_page_in_a_circle_and_to_no_port_that_is_not_the_webs() {
    let world = World::new().await;
    let config = world.configure(&[("a", ""), ("b", ""), ("away", "")], "");
    let onward = |to: &str| Page {
        body: format!("<html><meta http-equiv=refresh content=\"0; url={to}\"></html>").into(),
        ..Page::html("")
    };
    world.publish("a", onward("b"));
    world.publish("b", onward("a"));
    world.publish("away", onward("http://127.0.0.1:6379/"));
    let base = world.base();
    for (id, told) in [("a", "cannot read"), ("away", "its port is refused")] {
        let (code, _, stderr) = output(&world, &config, &["try", &format!("{base}/feed/{id}")]);
        assert_eq!(code, Some(1), "{stderr}");
        assert!(stderr.contains(told), "{stderr}");
    }
    assert!(world.asked("a").len() + world.asked("b").len() <= 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_feed_under_an_error_is_named_as_that() {
    let world = World::new().await;
    let config = world.configure(&[("whole", ""), ("broken", ""), ("cut", ""), ("empty", "")], "");
    let whole = rss(&[NEWS, CALM]);
    world.publish("whole", Page { status: 404, ..Page::feed(&whole) });
    world.publish("broken", Page { status: 500, ..Page::feed(&rss(&[CALM])) });
    world.publish("cut", Page { status: 404, ..Page::feed(whole.split_at(whole.len() - 200).0) });
    world.publish("empty", Page { status: 404, ..Page::feed(&rss(&[])) });
    let said = poll(&world, &config);
    let line = |id: &str| {
        let line = said
            .lines()
            .find(|line| line.split_whitespace().next() == Some(id) && line.contains("failed: "));
        line.unwrap_or_else(|| panic!("nothing of {id} in:\n{said}")).to_owned()
    };
    assert!(line("whole").contains("answers 404 but sends a whole feed (2 items)"), "{said}");
    assert!(line("broken").contains("answers 500 but sends a whole feed (1 item)"), "{said}");
    for id in ["cut", "empty"] {
        assert!(!line(id).contains("whole feed") && line(id).contains("404"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_is_told_only_when_a_feed_was_read_at_the_new_place() {
    let world = World::new().await;
    let config = world.configure(&[("desk", "")], "");
    world.publish("desk", Page::status(301).header("location", "/feed/home"));
    for (page, moved) in [
        (Page::html("Welcome"), false),
        (Page::status(404), false),
        (Page { body: Vec::new(), ..Page::feed("") }, false),
        (Page::feed(&rss(&[CALM])), true),
    ] {
        world.publish("home", page);
        let said = poll(&world, &config);
        assert_eq!(said.contains("has moved for good"), moved, "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_gone_is_told_as_gone_and_asked_once_a_day_until_it_is_back() {
    let desk = Desk::new("", "").await;
    desk.read(&feed(&[("1", "A calm day", "")])).await;
    desk.world.publish("desk", Page::status(410));
    for _ in 0..3 {
        let Outcome::Failed { reason } = desk.poll().await else { panic!("410 is no success") };
        assert!(reason.contains("gone for good") && reason.contains("(410)"), "{reason}");
        let rest = desk.rest().await;
        assert!((24 * 60..=24 * 60 + 2).contains(&rest), "{rest}");
    }
    let back = desk.read(&feed(&[("2", "A beacon is lit", ""), ("1", "A calm day", "")])).await;
    assert_eq!(back.alerts, 1);
    assert!(desk.rest().await <= 17);
    desk.world.publish("desk", Page::status(404));
    desk.poll().await;
    assert!(desk.rest().await <= 17, "404 is asked again as ever");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promise_of_a_year_is_honoured_for_a_day_told_once_and_lifted_by_cache_max() {
    let year = |world: &World| {
        let page = Page::feed(&feed(&[("1", "A calm day", "")]));
        world.publish("desk", page.header("cache-control", "max-age=31536000"));
    };
    for (keys, minutes) in [("", 24 * 60), ("cache_max = \"1h\"", 60), ("every = \"30h\"", 30 * 60)]
    {
        let desk = Desk::new(keys, "").await;
        year(&desk.world);
        for _ in 0..2 {
            desk.poll().await;
            let rest = desk.rest().await;
            assert!((minutes..=minutes * 11 / 10 + 2).contains(&rest), "{keys}: {rest}");
        }
    }
    let world = World::new().await;
    for (keys, told) in [("", true), ("cache_max = \"1h\"", false)] {
        let config = world.configure(&[("desk", keys)], "");
        year(&world);
        let said = poll(&world, &config);
        let line = "may be kept for 365 days, so it is polled every 24 h; cache_max";
        assert_eq!(said.matches(line).count(), usize::from(told), "{said}");
    }
}

/// A desk whose publisher answers 304 whenever it is asked by the validators of `headers`, whatever
/// has changed; what it serves can be set.
async fn liar(headers: &'static [&'static str]) -> (Desk, Publisher, Arc<Mutex<String>>) {
    let page = Arc::new(Mutex::new(feed(&[("1", "A calm day", "")])));
    let now = Arc::clone(&page);
    let publisher = Publisher::start(move |head| {
        if is_conditional(head) {
            return reply(304, headers, b"");
        }
        reply(200, headers, now.lock().unwrap().as_bytes())
    });
    let desk = Desk::new(&publisher.key(), "").await;
    assert!(matches!(desk.poll().await, Outcome::Read { .. }));
    (desk, publisher, page)
}

/// Polls until something new is read; after how many hours.
async fn hours_until_news(desk: &Desk) -> f64 {
    let start = desk.now();
    for _ in 0..200 {
        if let Outcome::Read { items_new: 1.., .. } = desk.poll().await {
            return (desk.now() - start).num_minutes() as f64 / 60.0;
        }
    }
    panic!("the news was never read")
}

fn three() -> [String; 3] {
    let all = [("3", "A beacon is lit", ""), ("2", "A beacon burns", ""), ("1", "A calm day", "")];
    [feed(&all[2..]), feed(&all[1..]), feed(&all)]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_last_modified_in_the_future_never_hides_news() {
    let (desk, publisher, page) = liar(&["last-modified: Fri, 01 Jan 2100 00:00:00 GMT"]).await;
    *page.lock().unwrap() = three()[1].clone();
    assert!(hours_until_news(&desk).await < 0.5);
    assert_eq!(publisher.asked_conditionally(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_etag_that_stays_the_same_while_items_come_is_believed_for_six_hours_only() {
    let (desk, publisher, page) = liar(&["etag: \"1\""]).await;
    *page.lock().unwrap() = three()[1].clone();
    let first = hours_until_news(&desk).await;
    assert!((20.0..25.0).contains(&first), "nobody can know at first: {first} h");
    *page.lock().unwrap() = three()[2].clone();
    let before = publisher.asked_conditionally();
    let second = hours_until_news(&desk).await;
    assert!((5.0..6.6).contains(&second), "{second} h");
    assert!(publisher.asked_conditionally() > before + 10, "it is asked politely in between");
    assert_eq!(desk.world.got("hook").len(), 0);
    desk.deliver().await;
    assert_eq!(desk.told("hook"), ["A beacon burns", "A beacon is lit"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_last_modified_older_than_the_newest_item_is_believed_for_six_hours_only() {
    let dated = |document: &str| {
        document.replace("</guid>", "</guid><pubDate>Mon, 23 Nov 2026 09:00:00 GMT</pubDate>")
    };
    let (desk, _, page) = liar(&["last-modified: Wed, 01 Jan 2020 00:00:00 GMT"]).await;
    *page.lock().unwrap() = dated(&three()[1]);
    hours_until_news(&desk).await;
    *page.lock().unwrap() = dated(&three()[2]);
    let hours = hours_until_news(&desk).await;
    assert!((5.0..6.6).contains(&hours), "{hours} h");
}

#[tokio::test(flavor = "multi_thread")]
async fn honest_validators_cost_one_whole_body_a_day() {
    let (desk, publisher, _) =
        liar(&["etag: \"1\"", "last-modified: Sun, 22 Nov 2026 09:00:00 GMT"]).await;
    let start = desk.now();
    while (desk.now() - start).num_hours() < 50 {
        desk.poll().await;
    }
    let asked = publisher.asked().len();
    assert_eq!(asked - publisher.asked_conditionally(), 3, "the first and one a day, of {asked}");
}
