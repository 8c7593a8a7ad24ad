//! What of a document reaches people and programs: links, dates, texts, and the word that something
//! was not read.

use std::io::Write as _;
use std::process::Stdio;

use bongsu::work::poll::Outcome;
use serde_json::Value;

use crate::bench::Desk;
use crate::commands::output;
use crate::world::{Page, World};

/// A feed of this inside.
fn channel(inside: &str) -> String {
    format!("<rss version=\"2.0\"><channel><title>News</title>{inside}</channel></rss>")
}

/// An item that the shipped watches flag, with this inside.
fn news(inside: &str) -> String {
    format!(
        "<item><title>EU and Republic of Korea sign a digital trade agreement</title>\
         <guid isPermaLink=\"false\">news</guid>{inside}</item>"
    )
}

const CALM: &str = "<item><title>A calm day</title><guid>calm</guid></item>";

/// What the webhook gets of an item with this inside, from a source with these keys.
async fn told(keys: &str, head: &str, inside: &str) -> Value {
    let world = World::new().await;
    let config = world.configure(&[("desk", keys)], "");
    world.publish("desk", Page::feed(&channel(CALM)));
    output(&world, &config, &["poll"]);
    let atom = |entries: &str| {
        format!(
            "<feed xmlns=\"http://www.w3.org/2005/Atom\" {head}><title>News</title>{entries}</feed>"
        )
    };
    let second = if head.is_empty() {
        channel(&format!("{}{CALM}", news(inside)))
    } else {
        let entry =
            news(inside).replace("item>", "entry>").replace("guid isPermaLink=\"false\"", "id");
        atom(&entry.replace("</guid>", "</id>"))
    };
    world.publish("desk", Page::feed(&second));
    let (_, _, said) = output(&world, &config, &["poll"]);
    let got = world.got("hook");
    assert_eq!(got.len(), 1, "{said}");
    got[0].body["data"]["item"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_leads_to_the_page_that_was_meant_or_nowhere() {
    for (link, wanted) in [
        ("http://https://news.example/7", Some("https://news.example/7")),
        ("https:/news.example/7", Some("https://news.example/7")),
        ("N/A", None),
        ("-", None),
        ("없음", None),
    ] {
        let item = told("", "", &format!("<link>{link}</link>")).await;
        assert_eq!(item["url"].as_str().or(item["link"].as_str()), wanted, "{link}: {item}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_leads_to_the_page_in_the_sources_language() {
    let links = "<link hreflang=\"en\" href=\"https://news.example/en/7\"/>\
                 <link hreflang=\"ko\" href=\"https://news.example/ko/7\"/>";
    for (keys, wanted) in [("language = \"ko\"", "ko"), ("language = \"en\"", "en"), ("", "en")] {
        let item = told(keys, "xml:base=\"https://news.example/\"", links).await;
        let link = item["url"].as_str().or(item["link"].as_str());
        assert_eq!(
            link,
            Some(format!("https://news.example/{wanted}/7").as_str()),
            "{keys}: {item}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn markup_without_a_word_is_an_empty_text_everywhere() {
    let frame =
        "<description>&lt;iframe src=\"https://video.example/7\"&gt;&lt;/iframe&gt;</description>";
    let item = told("", "", frame).await;
    assert!(!item.to_string().contains("<!--"), "{item}");
    assert_eq!(item["summary"].as_str().unwrap_or_default(), "", "{item}");

    let world = World::new().await;
    let config = world.configure(&[], "");
    let file = world.path("feed.xml");
    let dates = "<pubDate>Fri, 11 Sep 2026 16:01:49 +0900</pubDate>\
                 <dc:date>2026-09-11 16:01:49</dc:date>";
    std::fs::write(&file, channel(&news(&format!("{frame}{dates}")))).unwrap();
    let file = file.to_str().unwrap();
    let (_, answer, _) = output(&world, &config, &["parse", "--json", file]);
    let entry = serde_json::from_str::<Value>(&answer).unwrap()["entries"][0].clone();
    assert_eq!(entry["summary"], "");
    let instant = "2026-09-11T07:01:49Z";
    assert_eq!((&entry["published"], &entry["updated"]), (&instant.into(), &instant.into()));
    let (_, shown, said) = output(&world, &config, &["try", file]);
    assert!(shown.contains("FLAGGED"), "{said}");
    assert!(!shown.contains("<!--") && !shown.contains("without words"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn news_at_the_end_of_an_overlong_archive_is_told_and_the_cut_once() {
    let world = World::new().await;
    let config = world.configure(&[("desk", "")], "");
    let old = |n: usize| {
        let (day, month, year) = (1 + n % 28, 1 + n / 28 % 12, 2000 + n / 336);
        format!(
            "<item><title>Note {n}</title><guid>{n}</guid>\
             <pubDate>{year}-{month:02}-{day:02} 09:00:00</pubDate></item>"
        )
    };
    let archive: Vec<String> = (0..5_001).map(old).collect();
    let dated = |day: u8| news(&format!("<pubDate>2026-11-{day:02} 09:00:00</pubDate>"));
    let cut = "items that are read; the";
    let poll = |document: String| {
        world.publish("desk", Page::feed(&document));
        let (_, _, said) = output(&world, &config, &["poll"]);
        said.matches(cut).count()
    };
    let first = channel(&archive.concat());
    assert!(poll(first.clone()) >= 1, "told when it begins");
    let logged = |said: &str| {
        said.lines().filter(|line| line.contains(cut) && line.contains("WARN")).count()
    };
    world.publish("desk", Page::feed(&channel(&format!("{}{}", archive.concat(), dated(20)))));
    let (_, _, said) = output(&world, &config, &["poll"]);
    assert_eq!(logged(&said), 0, "and not at every poll: {said}");
    assert_eq!(world.got("hook").len(), 1, "the last item is the newest: {said}");
    let (_, _, said) = output(&world, &config, &["poll"]);
    assert!(logged(&said) == 0 && !said.contains("well again"), "unchanged: {said}");
    let (_, shown, _) = output(
        &world,
        &config,
        &["try", "--source", "desk", &format!("{}/feed/desk", world.base())],
    );
    assert!(
        shown.contains("the 2 oldest were left out"),
        "{}",
        shown.lines().take(5).collect::<String>()
    );
}

#[tokio::test]
async fn what_a_document_lost_stands_in_health_while_the_document_is_unchanged() {
    let desk = Desk::new("", "").await;
    let item = |tags: usize| {
        let tags: String = (0..tags).map(|n| format!("<category>{n}</category>")).collect();
        channel(&format!("<item><title>A calm day</title>{tags}</item>"))
    };
    let lost = "an item has too many elements; 45 were skipped";
    let read = desk.read(&item(300)).await;
    assert_eq!(read.short.as_deref(), Some(lost));
    let trouble = || async { desk.state("desk").await.trouble };
    assert_eq!(trouble().await.as_deref(), Some(lost));
    assert!(desk.state("desk").await.baseline_at.is_some(), "what is whole settles");
    assert_eq!(desk.poll().await, Outcome::Unchanged, "its validators are kept");
    assert_eq!(trouble().await.as_deref(), Some(lost), "the same document has the same loss");
    desk.world.publish("desk", Page::status(503));
    assert!(matches!(desk.poll().await, Outcome::Failed { .. }));
    assert_eq!(desk.read(&item(3)).await.short, None);
    assert_eq!(trouble().await, None, "and a smaller one has none");
    let ledger = desk.bench.store.polls_since(0, 9).await.unwrap();
    assert_eq!(ledger[0].trouble.as_deref(), Some(lost));
    assert_eq!(ledger.last().unwrap().trouble, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_raised_limit_of_a_body_is_the_limit_of_the_reader_too() {
    let world = World::new().await;
    let config = world.configure(&[("desk", "backfill = \"3000d\"")], "");
    let bulk = format!("<!--{}-->", " calm".repeat(17 * 1024 * 1024 / 5));
    let dated = news("<pubDate>2026-09-11 09:00:00</pubDate>");
    world.publish("desk", Page::feed(&channel(&format!("{CALM}{bulk}{dated}"))));
    let (_, _, said) = output(&world, &config, &["poll"]);
    assert!(said.contains("was cut off after 10,485,760 bytes"), "{said}");
    assert_eq!(world.got("hook").len(), 0);
    let raised = std::fs::read_to_string(&config)
        .unwrap()
        .replace("[daemon]\n", "[daemon]\nbody_bytes_max = 33554432\n");
    std::fs::write(&config, raised).unwrap();
    let (_, _, said) = output(&world, &config, &["poll"]);
    assert!(!said.contains("cut off") && said.contains("0 failed"), "{said}");
    assert_eq!(world.got("hook").len(), 1, "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_apostrophe_of_windows_1252_is_one_to_the_watches_however_it_is_written() {
    let world = World::new().await;
    let config = world.configure(&[], "");
    let mut child = world
        .command(&config, &["match", "--json", "--stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    for mark in ["’", "\u{92}", "&#146;", "&#x92;", "&rsquo;"] {
        let title = format!("Korea{mark}s and the EU{mark}s digital partnership");
        writeln!(input, "{}", serde_json::json!({ "id": "1", "title": title })).unwrap();
    }
    drop(input);
    let out = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    let answers: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), 5);
    for answer in &answers {
        assert_eq!(answer["flagged"], true, "{answer}");
        assert_eq!(answer["concepts"], answers[0]["concepts"], "{answer}");
    }
}
