//! Faulty and hostile bytes through the running daemon: the item is told all the same, what is no
//! feed is refused in one clear line with nothing forgotten, and all heals by itself.
//!
//! Whatever comes: all that matched is delivered to every receiver, each once and under an id of its
//! own; nothing that is said holds a secret; the daemon lives, and polls the other sources meanwhile;
//! its memory and its files stay within bounds; the operator hears of trouble, and of its end.

use std::collections::BTreeMap;
use std::net::TcpListener;

use bongsu::parse::{Context, feed};

use crate::faults::{Faulty, channel, news, refused, survived};
use crate::feeds::{Story, rss};
use crate::monsters;
use crate::world::{Page, World};

const CALM: Story = Story { slug: "calm", title: "A calm day", lead: "Nothing happened." };
const TITLE: &str = "EU and Republic of Korea sign a digital trade agreement";
const HANGUL: &str = "한-EU 디지털 통상협정 서명";

/// The most memory in bytes and the most open files that a daemon of some fifty sources may need,
/// documents of 10 MB included: three times what it does need.
const MEMORY_BYTES_MAX: usize = 150 << 20;
const FILES_MAX: usize = 66;

/// A world whose receivers all take messages as fast as they come, and whose health can be asked.
async fn world_of(sources: &[String]) -> (World, std::path::PathBuf) {
    let world = World::new().await;
    let keys: Vec<_> =
        sources.iter().map(|id| (id.as_str(), "timezone = \"Asia/Seoul\"")).collect();
    let config = world.configure(&keys, "");
    let free = TcpListener::bind("127.0.0.9:0").unwrap().local_addr().unwrap();
    let text = std::fs::read_to_string(&config).unwrap();
    let text = text
        .replace("listen = \"127.0.0.1:0\"", &format!("listen = \"{free}\""))
        .replace("kind = \"slack\"", "kind = \"webhook\"");
    std::fs::write(&config, text).unwrap();
    (world, config)
}

/// Title (its beginning: a message has no room for millions of letters) and link of every item of a
/// source that a receiver was told of, sorted.
fn told(world: &World, receiver: &str, source: &str) -> Vec<(String, String)> {
    let said = match receiver {
        "archive" => {
            let lines = std::fs::read_to_string(world.path("archive.jsonl")).unwrap_or_default();
            lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
        }
        _ => {
            world.got(receiver).into_iter().map(|got| got.body["data"].clone()).collect::<Vec<_>>()
        }
    };
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let items = said.iter().map(|data| &data["item"]).filter(|item| item["source"] == source);
    let mut told: Vec<_> =
        items.map(|item| (beginning(&text(&item["title"])), text(&item["link"]))).collect();
    told.sort();
    told
}

fn beginning(title: &str) -> String {
    title.chars().take(100).collect()
}

/// Waits until feeds, as they are now, have been read and committed, side by side: only then are
/// their validators sent back.
async fn until_read(world: &World, feeds: &[&str]) {
    let before: Vec<_> = feeds.iter().map(|feed| (*feed, world.asked(feed).len())).collect();
    for (feed, before) in before {
        let again = |world: &World| world.asked(feed).iter().skip(before).any(|a| a.conditional);
        world.until(&format!("{feed} to be read"), again).await;
    }
}

/// The most memory that a process has had so far, in bytes, and how many files it holds open.
fn footprint(pid: u32) -> (usize, usize) {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kilobytes: usize = most.trim().trim_end_matches(" kB").parse().unwrap();
    (kilobytes * 1024, std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count())
}

/// What holds at the end of any trouble.
fn all_is_in_order(world: &World, config: &std::path::Path) {
    let log = world.log();
    let mut ids: BTreeMap<(String, String), usize> = BTreeMap::new();
    for receiver in ["hook", "slack"] {
        for got in world.got(receiver) {
            *ids.entry((got.receiver, got.id.expect("every message has an id"))).or_default() += 1;
        }
    }
    assert!(ids.values().all(|times| *times == 1), "a message twice: {ids:?}");
    let says = |arguments: &[&str]| {
        let output = world.command(config, arguments).output().unwrap();
        let said = [output.stdout, output.stderr].map(|said| String::from_utf8(said).unwrap());
        (output.status.code(), said.concat())
    };
    let (_, dead) = says(&["receivers", "dead"]);
    assert!(!dead.contains("trade agreement") && !dead.contains("통상협정"), "{dead}");
    let (well, health) = says(&["health"]);
    assert_eq!(well, Some(0), "{health}");
    for said in [&log, &dead, &health] {
        assert!(!said.contains("/to/"), "a receiver's address is a secret: {said}");
    }
    assert!(!log.contains("panicked at src"), "{log}");
    assert!(log.lines().all(|line| line.len() < 2_000), "a line for people is short: {log}");
    let (memory, files) = footprint(world.daemon.as_ref().unwrap().id());
    assert!(memory <= MEMORY_BYTES_MAX, "{} MiB", memory >> 20);
    assert!(files <= FILES_MAX, "{files} open files");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_in_faulty_bytes_is_told_once_by_a_daemon_that_stays_well() {
    let cases = survived();
    let ids: Vec<_> = cases.iter().map(|case| case.id.clone()).collect();
    let (mut world, config) = world_of(&ids).await;
    for id in &ids {
        world.publish(id, Page::feed(&rss(&[CALM])));
    }
    world.start(&config);
    let names: Vec<_> = ids.iter().map(String::as_str).collect();
    until_read(&world, &names).await;
    for Faulty { id, body, content_type, .. } in &cases {
        world.publish(id, Page { body: body.clone(), content_type, ..Page::feed("") });
    }
    for Faulty { id, told: due, .. } in &cases {
        let mut due: Vec<_> =
            due.iter().map(|(title, link)| (beginning(title), link.clone())).collect();
        due.sort();
        world
            .until(&format!("news from {id}"), |world| told(world, "hook", id).len() >= due.len())
            .await;
        assert_eq!(told(&world, "hook", id), due, "{id}");
    }
    // They are read again and again; the second time, what is known of the first is committed.
    let asked: Vec<_> = names.iter().map(|id| (*id, world.asked(id).len())).collect();
    for (id, before) in asked {
        world.until(&format!("{id} again"), |world| world.asked(id).len() > before + 1).await;
    }
    for Faulty { id, told: due, .. } in &cases {
        for receiver in ["hook", "slack", "archive"] {
            assert_eq!(
                told(&world, receiver, id).len(),
                due.len(),
                "{receiver} is told of {id} once"
            );
        }
    }
    all_is_in_order(&world, &config);
    assert_eq!(world.stop(), Some(0), "{}", world.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_feed_is_refused_in_one_line_and_forgets_nothing() {
    let cases = refused();
    let ids: Vec<_> =
        cases.iter().map(|(id, ..)| (*id).to_owned()).chain(["steady".to_owned()]).collect();
    let (mut world, config) = world_of(&ids).await;
    let calm = Page::feed(&rss(&[CALM]));
    for id in &ids {
        world.publish(id, calm.clone());
    }
    world.start(&config);
    let names: Vec<_> = ids.iter().map(String::as_str).collect();
    until_read(&world, &names).await;
    for (id, body, _) in &cases {
        world.publish(id, Page { body: body.to_vec(), ..calm.clone() });
    }
    let about = |world: &World, id: &str, said: &str| {
        let line = format!("source {id} failed: ");
        world
            .log()
            .lines()
            .filter(|l| l.contains(&line) && l.contains(said) && l.contains("; next try "))
            .count()
    };
    for (id, _, said) in &cases {
        world.until(&format!("a word about {id}"), |world| about(world, id, said) > 0).await;
    }
    // Its neighbour is none the worse for it.
    world.publish("steady", Page::feed(&channel(&news("steady", TITLE, ""))));
    world.until("news from the neighbour", |world| told(world, "hook", "steady").len() == 1).await;
    let output = world.command(&config, &["health"]).output().unwrap();
    let health = String::from_utf8(output.stdout).unwrap();
    for (id, ..) in &cases {
        assert!(health.contains(&format!("source {id} is unhealthy since ")), "{id}: {health}");
    }
    // The validators of the last good answer are still sent: it needs no second reading.
    for (id, ..) in &cases {
        world.publish(id, calm.clone());
    }
    until_read(&world, &names).await;
    assert_eq!(world.got("hook").len(), 1, "trouble is no news");
    for (id, ..) in &cases {
        world.publish(id, Page::feed(&channel(&news(id, TITLE, ""))));
    }
    for (id, _, said) in &cases {
        world
            .until(&format!("news from {id}"), |world| told(world, "archive", id).len() == 1)
            .await;
        assert_eq!(about(&world, id, said), 1, "one line for one trouble of {id}: {}", world.log());
        world.until_logged(&format!("source {id} is well again")).await;
    }
    all_is_in_order(&world, &config);
    assert_eq!(world.stop(), Some(0), "{}", world.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_outside_a_document_is_read() {
    let world = World::new().await;
    let config = world.configure(&[("desk", "")], "");
    let elsewhere = TcpListener::bind("127.0.0.3:0").unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let address = elsewhere.local_addr().unwrap();
    std::fs::write(world.path("sentinel"), "SENTINEL").unwrap();
    let file = format!("file://{}", world.path("sentinel").display());
    let doctype = format!(
        "<?xml version=\"1.0\"?><?xml-stylesheet href=\"http://{address}/s\"?>\
         <!DOCTYPE rss SYSTEM \"http://{address}/d\" [<!ENTITY f SYSTEM \"{file}\">\
         <!ENTITY h SYSTEM \"http://{address}/h\"><!ENTITY % p SYSTEM \"http://{address}/p\"> %p;]>"
    );
    let more = format!("<x:include xmlns:x=\"http://www.w3.org/2001/XInclude\" href=\"{file}\"/>");
    let poll = |page| {
        world.publish("desk", page);
        let output = world.command(&config, &["poll"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    poll(Page::feed(&rss(&[CALM])));
    poll(Page::feed(&(doctype + &channel(&news("outside", &format!("{TITLE} &f;&h;"), &more)))));
    assert_eq!(told(&world, "hook", "desk").len(), 1);
    assert!(!world.got("hook").iter().any(|got| got.body.to_string().contains("SENTINEL")));
    let asked = elsewhere.accept().map(|(_, from)| from);
    assert!(asked.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_that_never_ends_is_cut_and_its_newest_items_are_told() {
    let (mut world, config) = world_of(&["desk".to_owned()]).await;
    world.publish("desk", Page::feed(&rss(&[CALM])));
    world.start(&config);
    world.until_read("desk").await;
    let first = channel(&news("first", TITLE, "")).replace("</channel></rss>", "");
    let flood = "<item><title>a</title></item>".repeat(100 * 1024 * 1024 / 29);
    world.publish("desk", Page { body: (first + &flood).into(), ..Page::feed("") });
    world.until("the first item", |world| told(world, "hook", "desk").len() == 1).await;
    world.until_logged("source desk: the answer was cut off after ").await;
    let health = world.command(&config, &["health"]).output().unwrap().stdout;
    let health = String::from_utf8(health).unwrap();
    assert!(health.contains("source desk: the answer was cut off after "), "{health}");
    world.publish(
        "desk",
        Page::feed(&channel(
            &(news("next", &format!("{TITLE} again"), "") + &news("first", TITLE, "")),
        )),
    );
    world.until("the next item", |world| told(world, "archive", "desk").len() == 2).await;
    all_is_in_order(&world, &config);
    assert_eq!(world.stop(), Some(0), "{}", world.log());
}

/// How an answer is cut: what its head says of its length, and the body before and behind.
const CUTS: [(&str, &str); 3] = [
    ("length", "content-length: 100000\r\n"),
    ("pieces", "transfer-encoding: chunked\r\n"),
    ("end", ""),
];

/// Serves one body under one tag to every request but those that know the tag; closes behind it.
fn serve_once(listener: &TcpListener, tag: &str, head: &str, body: &str, requests: usize) -> usize {
    use std::io::{Read, Write};
    let mut known = 0;
    for _ in 0..requests {
        let (mut socket, _) = listener.accept().unwrap();
        let mut asked = Vec::new();
        while !asked.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            socket.read_exact(&mut byte).unwrap();
            asked.push(byte[0]);
        }
        let asked = String::from_utf8(asked).unwrap().to_lowercase();
        let answer = if asked.contains(&format!("if-none-match: \"{tag}\"")) {
            known += 1;
            "HTTP/1.1 304 Not Modified\r\nconnection: close\r\n\r\n".to_owned()
        } else {
            let body = if head.contains("chunked") {
                format!("{:x}\r\n{body}\r\n", body.len())
            } else {
                body.to_owned()
            };
            format!("HTTP/1.1 200 OK\r\nconnection: close\r\netag: \"{tag}\"\r\n{head}\r\n{body}")
        };
        socket.write_all(answer.as_bytes()).unwrap();
    }
    known
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_cut_on_its_way_is_asked_for_again_in_full() {
    for (name, head) in CUTS {
        let (world, config) = world_of(&["desk".to_owned()]).await;
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/feed/desk", listener.local_addr().unwrap());
        let text = std::fs::read_to_string(&config).unwrap();
        std::fs::write(&config, text.replace(&format!("{}/feed/desk", world.base()), &address))
            .unwrap();
        let poll = |tag: &str, head: &str, body: &str| {
            let command =
                world.command(&config, &["poll"]).stderr(std::process::Stdio::piped()).spawn();
            let known = serve_once(&listener, tag, head, body, 1);
            let output = command.unwrap().wait_with_output().unwrap();
            (known, String::from_utf8(output.stderr).unwrap())
        };
        poll("calm", "", &rss(&[CALM]));
        let items =
            ["one", "two", "three", "four"].map(|slug| news(slug, &format!("{TITLE} {slug}"), ""));
        let whole = channel(&items.concat());
        let cut: String = whole
            .chars()
            .take(
                whole
                    .find("<title>EU and Republic of Korea sign a digital trade agreement three")
                    .unwrap()
                    + 20,
            )
            .collect();
        let (_, said) = poll("news", head, &cut);
        assert_eq!(told(&world, "archive", "desk").len(), 2, "{name}: whole items only: {said}");
        // The publisher's tag has not changed, since the document has not.
        let (known, said) = poll("news", "", &whole);
        assert_eq!(known, 0, "{name}: what was not read is not known");
        assert_eq!(
            told(&world, "archive", "desk").len(),
            4,
            "{name}: the rest, and nothing twice: {said}"
        );
        assert_eq!(told(&world, "hook", "desk").len(), 4, "{name}: {said}");
    }
}

#[test]
fn a_feed_cut_anywhere_gives_its_whole_items_and_says_so() {
    let context = Context {
        url: None,
        content_type: None,
        encoding: None,
        language: None,
        timezone: chrono_tz::Tz::UTC,
        now: chrono::DateTime::from_timestamp(1_795_392_000, 0).unwrap(),
        bytes_max: usize::MAX,
        truncated: false,
    };
    let items = ["one", "two", "three", "four"].map(|slug| news(slug, HANGUL, "<guid>가</guid>"));
    let whole = channel(&items.concat());
    let full = feed(whole.as_bytes(), &context).unwrap();
    assert_eq!((full.drafts.len(), full.warnings.len()), (4, 0));
    let start = whole.find("<item>").unwrap();
    let end = whole.find("</channel>").unwrap();
    for cut in (start..end).step_by((end - start) / 200) {
        let bytes = whole.as_bytes().get(..cut).unwrap();
        let complete = String::from_utf8_lossy(bytes).matches("</item").count();
        let read = feed(bytes, &context).unwrap_or_else(|refusal| panic!("at {cut}: {refusal}"));
        assert_eq!(read.drafts, full.drafts[..complete], "cut at {cut}");
        assert!(!read.warnings.is_empty(), "cut at {cut}");
    }
}

#[test]
fn monsters_are_named_once() {
    let all = monsters::all(2_000);
    let names: std::collections::BTreeSet<_> = all.iter().map(|monster| monster.name).collect();
    assert_eq!(names.len(), all.len(), "a measurement finds each by its name");
}
