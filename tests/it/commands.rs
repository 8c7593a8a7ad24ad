//! Commands: what they refuse, what they say, how they end, as an operator or a script meets them.

use std::io::Write;
use std::process::Stdio;

use crate::feeds::{Story, rss};
use crate::world::{Page, World};

const CALM: Story = Story { slug: "calm", title: "A calm day", lead: "Nothing happened." };

const NEWS: Story = Story {
    slug: "news",
    title: "EU and Republic of Korea sign a digital trade agreement",
    lead: "Signed in Brussels.",
};

pub(crate) fn output(
    world: &World,
    config: &std::path::Path,
    arguments: &[&str],
) -> (Option<i32>, String, String) {
    let output = world.command(config, arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// A desk with its baseline read and the news published.
fn with_news(world: &World) -> std::path::PathBuf {
    let config = world.configure(&[("desk", "")], "");
    world.publish("desk", Page::feed(&rss(&[CALM])));
    assert_eq!(output(world, &config, &["poll"]).0, Some(0));
    world.publish("desk", Page::feed(&rss(&[NEWS, CALM])));
    config
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_named_twice_is_polled_once() {
    let world = World::new().await;
    let config = world.configure(&[("desk", "")], "");
    world.publish("desk", Page::feed(&rss(&[CALM])));
    let (code, stdout, stderr) = output(&world, &config, &["poll", "desk", "desk", "--json"]);
    let summary: serde_json::Value = serde_json::from_str(&stdout).expect("one JSON object");
    assert_eq!((code, summary["sources"].as_u64()), (Some(0), Some(1)), "{stderr}");
    assert_eq!(world.asked("desk").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_switched_off_is_not_polled_by_its_name_either() {
    let world = World::new().await;
    let config = world.configure(&[("desk", ""), ("off", "enabled = false")], "");
    let (code, _, stderr) = output(&world, &config, &["poll", "off"]);
    assert_eq!(code, Some(1), "{stderr}");
    assert!(stderr.contains("`off` is switched off; set `enabled = true`"), "{stderr}");
    assert_eq!(world.asked("off").len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_whose_alert_still_waits_says_so_and_fails() {
    let world = World::new().await;
    let config = with_news(&world);
    world.answer("hook", 503);
    let (code, _, stderr) = output(&world, &config, &["poll"]);
    assert_eq!(code, Some(1), "{stderr}");
    assert!(stderr.contains("3 deliveries, 1 still waiting\n"), "{stderr}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_whose_alert_arrived_everywhere_leaves_nothing_waiting() {
    let world = World::new().await;
    let config = with_news(&world);
    let (code, stdout, stderr) = output(&world, &config, &["poll", "--json"]);
    let summary: serde_json::Value = serde_json::from_str(&stdout).expect("one JSON object");
    let numbers = ["deliveries", "waiting", "dead"].map(|key| summary[key].as_u64());
    assert_eq!((code, numbers), (Some(0), [Some(3), Some(0), Some(0)]), "{stderr}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_made_by_the_daemon_tells_what_still_waits() {
    let mut world = World::new().await;
    let config = world.configure(&[("desk", "every = \"1h\"")], "");
    let text = std::fs::read_to_string(&config).unwrap().replace("every = \"1s\"\n", "");
    std::fs::write(&config, text).unwrap();
    world.publish("desk", Page::feed(&rss(&[CALM])));
    assert_eq!(output(&world, &config, &["poll"]).0, Some(0));
    world.start(&config);
    world.until_logged("sources").await;
    world.answer("hook", 503);
    world.publish("desk", Page::feed(&rss(&[NEWS, CALM])));
    let (code, _, stderr) = output(&world, &config, &["poll"]);
    assert!(stderr.contains("a daemon runs on this store"), "{stderr}");
    assert!(stderr.contains("3 deliveries, 1 still waiting\n"), "{stderr}");
    assert_eq!(code, Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_of_a_start_holds_no_chatter_of_the_calendar_crate() {
    let mut world = World::new().await;
    let config = world.configure(&[("desk", "")], "");
    world.publish("desk", Page::feed(&rss(&[CALM])));
    world.start(&config);
    world.until_read("desk").await;
    let log = world.log();
    assert!(log.contains("INFO"), "{log}");
    assert!(!log.contains("Uninited") && !log.contains("creator"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_piped_in_is_read_without_being_announced() {
    let world = World::new().await;
    let config = world.configure(&[("desk", "")], "");
    let feed = world.path("feed.xml");
    std::fs::write(&feed, rss(&[CALM])).unwrap();
    let item = serde_json::json!({ "id": 7, "title": NEWS.title }).to_string();
    let asked =
        [("match", item, "\"flagged\":true"), ("parse", feed.display().to_string(), "A calm day")];
    for (command, line, answer) in asked {
        let mut child = world
            .command(&config, &[command])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // Some editors begin a file with a mark.
        writeln!(child.stdin.take().unwrap(), "\u{feff}{line}").unwrap();
        let output = child.wait_with_output().unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0));
        assert!(stdout.contains(answer), "{command}: {stdout}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_that_has_heard_enough_is_no_failure() {
    let world = World::new().await;
    let config = world.configure(&[("desk", "")], "");
    let mut command = world.command(&config, &["match", "--stdin"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    writeln!(child.stdin.take().unwrap(), "{{\"id\": 1, \"title\": \"x\"}}").unwrap();
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), stderr.as_ref()), (Some(0), ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_letters_are_listed_and_sent_again_on_request() {
    let world = World::new().await;
    let config = with_news(&world);
    world.answer("slack", 400);
    let (code, _, stderr) = output(&world, &config, &["poll"]);
    assert_eq!(code, Some(1), "{stderr}");
    assert!(stderr.contains("0 still waiting, 1 refused for good"), "{stderr}");
    let (code, stdout, _) = output(&world, &config, &["receivers", "dead"]);
    assert_eq!((code, stdout.lines().count()), (Some(0), 1), "{stdout}");
    assert!(stdout.starts_with("slack  ") && stdout.contains(NEWS.title), "{stdout}");
    assert!(stdout.contains("400"), "the reason is told: {stdout}");

    world.answer("slack", 200);
    assert_eq!(output(&world, &config, &["receivers", "requeue", "nobody"]).0, Some(2));
    let refused = world.got("slack").len();
    let (_, _, stderr) = output(&world, &config, &["receivers", "requeue", "slack"]);
    assert!(stderr.contains("1 dead letter is due again"), "{stderr}");
    assert_eq!(output(&world, &config, &["poll"]).0, Some(0));
    assert_eq!(world.got("slack").len(), refused + 1);
    assert_eq!(output(&world, &config, &["receivers", "dead"]).1, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn alerts_of_a_receiver_that_is_gone_are_told_of_and_sent_when_it_is_back() {
    let world = World::new().await;
    let config = with_news(&world);
    world.answer("hook", 500);
    assert!(output(&world, &config, &["poll"]).2.contains("1 still waiting"));
    let whole = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, whole.replace("id = \"hook\"", "id = \"other\"")).unwrap();
    let (_, _, stderr) = output(&world, &config, &["poll"]);
    assert!(stderr.contains("alerts wait for receiver hook, which is no longer"), "{stderr}");
    std::fs::write(&config, whole).unwrap();
    world.answer("hook", 200);
    let refused = world.got("hook");
    assert_eq!(output(&world, &config, &["receivers", "resume", "hook"]).0, Some(0));
    let (code, _, stderr) = output(&world, &config, &["poll"]);
    assert_eq!((code, stderr.contains("which is no longer")), (Some(0), false), "{stderr}");
    let sent = world.got("hook");
    assert_eq!(sent.len(), refused.len() + 1, "the alert that waited is sent");
    assert_eq!(sent.last().unwrap().id, refused[0].id, "under its old id");
    assert_eq!(world.got("other").len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_receiver_is_resumed_on_request() {
    let world = World::new().await;
    let config = with_news(&world);
    world.answer("hook", 410);
    let (_, _, stderr) = output(&world, &config, &["poll"]);
    assert!(stderr.contains("paused"), "{stderr}");
    let (code, _, stderr) = output(&world, &config, &["receivers", "resume", "hook"]);
    assert_eq!((code, stderr.contains("gets alerts again")), (Some(0), true), "{stderr}");
    let (_, _, stderr) = output(&world, &config, &["receivers", "resume", "hook"]);
    assert!(stderr.contains("was not paused"), "{stderr}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_date_of_a_file_that_is_not_understood_is_named_and_one_without_a_zone_counts() {
    let world = World::new().await;
    let config = world.configure(&[("desk", "")], "");
    let path = world.path("items.jsonl");
    let lines = [("a", "2019-01-01 10:00:00"), ("b", "2026-10-01T09:00"), ("c", "yesterday")]
        .map(|(id, date)| format!("{{\"id\":\"{id}\",\"title\":\"{id}\",\"date\":\"{date}\"}}"));
    std::fs::write(&path, lines.join("\n")).unwrap();
    let file = path.to_str().unwrap();
    let query = ["backtest", "--query", "a OR b", "--since", "2026-01-01", "--file", file];
    let (code, stdout, stderr) = output(&world, &config, &query);
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stdout.contains("1 hit"), "what is older than asked for is left out: {stdout}");
    assert!(stderr.contains("items.jsonl:3: date `yesterday` is not understood"), "{stderr}");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_cannot_be_written_is_no_success() {
    let world = World::new().await;
    let config = world.configure(&[("desk", "")], "");
    let full = std::fs::File::create("/dev/full").unwrap();
    let mut command = world.command(&config, &["why", "EU"]);
    let output = command.stdout(full).stderr(Stdio::piped()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot write the answer"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_of_a_source_that_is_not_there_is_warned_of() {
    let world = World::new().await;
    let watch = "[[watch]]\nid = \"typo\"\ntitle = \"Typo\"\nwhen = \"source:dsek AND steel\"\n";
    let config = world.configure(&[("desk", "")], watch);
    let (code, _, stderr) = output(&world, &config, &["check"]);
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stderr.contains("source:dsek, which is no source here"), "{stderr}");
    assert!(stderr.contains("did you mean `desk`?"), "{stderr}");
}
