//! What commands and logs tell: levels, dates, counts and failures, each meaning one thing and said once.

use std::process::Command;

use crate::commands::output;
use crate::feeds::{Story, rss};
use crate::manners::{TERMINAL, basis, written};
use crate::world::{Page, World};

const CALM: Story = Story { slug: "calm", title: "A calm day", lead: "Nothing happened." };

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_log_level_is_refused_as_an_argument_and_as_a_variable() {
    let world = World::new().await;
    let config = world.configure(&[("desk", "")], "");
    for (word, near) in
        [("warning", "`warn`?"), ("verbose", "`debug`?"), ("foo", "error, warn, info")]
    {
        let by_argument = output(&world, &config, &["check", "--log", word]);
        let mut command = world.command(&config, &["check"]);
        let by_variable = command.env("BONGSU_LOG", word).output().unwrap();
        assert_eq!((by_argument.0, by_variable.status.code()), (Some(2), Some(2)), "{word}");
        assert!(by_argument.2.contains(near), "{}", by_argument.2);
        assert!(String::from_utf8_lossy(&by_variable.stderr).contains(near));
    }
    for (level, config_variable) in [("", ""), ("bongsu=debug,warn", ""), ("hyper_util=debug", "")]
    {
        let mut command = world.command(&config, &["check"]);
        command.env("BONGSU_LOG", level).env("BONGSU_CONFIG", config_variable);
        assert_eq!(command.output().unwrap().status.code(), Some(0), "{level}");
    }
}

const BARE: &str = "<rss version='2.0'><channel><title>B</title><item><title>EU and Korea</title>\
     <link>https://b.example/1</link><pubDate>2026-09-11 16:01:49</pubDate></item>\
     <item><title>Zoned</title><link>https://b.example/2</link>\
     <pubDate>Fri, 11 Sep 2026 16:01:49 +0900</pubDate></item></channel></rss>";

#[tokio::test(flavor = "multi_thread")]
async fn a_date_without_a_zone_means_the_same_to_every_command() {
    let world = World::new().await;
    let sources = format!(
        "[[source]]\nid = \"own\"\nurl = \"{0}/feed/own\"\ntimezone = \"America/New_York\"\nallow_private = [\"127.0.0.0/8\"]\n\
         [[source]]\nid = \"none\"\nurl = \"{0}/feed/none\"\nallow_private = [\"127.0.0.0/8\"]\n",
        world.base()
    );
    let watch = "[[watch]]\nid = \"w\"\nwhen = \"eu\"\n";
    let config = written(
        &world,
        &format!("[daemon]\ntimezone = \"Asia/Tokyo\"\n{sources}{watch}{TERMINAL}"),
    );
    for feed in ["own", "none"] {
        world.publish(feed, Page::feed(BARE));
    }
    assert_eq!(output(&world, &config, &["poll"]).0, Some(0));
    let file = world.path("feed.xml");
    std::fs::write(&file, BARE).unwrap();
    let file = file.to_str().unwrap();
    // 16:01:49 in Tokyo, and in New York in summer.
    let (daemons, sources) = ("2026-09-11T07:01:49", "2026-09-11T20:01:49");
    let line = |source: &str| {
        format!(
            "{{\"id\":1,\"title\":\"EU\",\"source\":\"{source}\",\"date\":\"2026-09-11 16:01:49\"}}\n"
        )
    };
    for (source, wanted) in [("none", daemons), ("own", sources)] {
        let mut stored = Vec::new();
        for id in ["1", "2", "3", "4"] {
            let (_, stdout, _) = output(&world, &config, &["why", id, "--json"]);
            let answer: serde_json::Value = serde_json::from_str(&stdout).unwrap();
            stored.push((answer["item"]["source"].clone(), answer["item"]["published"].clone()));
        }
        let poll = stored
            .iter()
            .any(|(id, at)| id == source && at.as_str().is_some_and(|at| at.starts_with(wanted)));
        assert!(poll, "polled: {stored:?}");
        let items = world.path("items.jsonl");
        std::fs::write(&items, line(source)).unwrap();
        let (_, stdout, _) =
            output(&world, &config, &["backtest", "--json", "--file", items.to_str().unwrap()]);
        assert!(stdout.contains(wanted), "backtest of {source}: {stdout}");
    }
    std::fs::write(world.path("items.jsonl"), line("none").replace(" 16:01:49", "")).unwrap();
    let (_, stdout, _) = output(&world, &config, &["backtest", "--file", "items.jsonl"]);
    assert_eq!(
        stdout.matches("2026-09-11").count(),
        3,
        "the day in Tokyo, where it began: {stdout}"
    );
    let (_, stdout, _) = output(&world, &config, &["parse", file]);
    assert!(stdout.contains(daemons), "parse: {stdout}");
    let (_, stdout, _) = output(&world, &config, &["try", file]);
    assert!(
        stdout.contains("1 of 2 dates without a zone: read in Asia/Tokyo, the daemon's"),
        "{stdout}"
    );
    let (_, stdout, _) = output(&world, &config, &["try", file, "--source", "own"]);
    assert!(
        stdout.contains("1 of 2 dates without a zone: read in America/New_York, the source's"),
        "{stdout}"
    );
    assert!(stdout.contains("2026-09-12 05:01 JST"), "{stdout}");
    // Who asks without any configuration knows of no daemon.
    let mut alone = Command::new(env!("CARGO_BIN_EXE_bongsu"));
    let alone = alone.args(["parse", file]).env_clear().output().unwrap();
    assert!(String::from_utf8_lossy(&alone.stdout).contains("2026-09-11T16:01:49"));
}

#[tokio::test(flavor = "multi_thread")]
async fn check_names_the_sources_whose_dates_may_be_read_in_a_foreign_zone() {
    let world = World::new().await;
    let watch = "[[watch]]\nid = \"w\"\nwhen = \"@eu\"\n";
    let korean = "[[source]]\nid = \"kr\"\nurl = \"https://a.example.kr/rss\"\n[[source]]\nid = \"bare\"\nurl = \"https://a.example/rss\"\n";
    let config = written(&world, &basis(&format!("{korean}{watch}{TERMINAL}")));
    let (code, _, stderr) = output(&world, &config, &["check"]);
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stderr.contains("warning: source \"kr\" names no timezone"), "{stderr}");
    assert!(
        stderr.contains("2 sources name no timezone") && stderr.contains("the daemon's: kr, bare"),
        "{stderr}"
    );
    let mut command = world.command(&config, &["check"]);
    let seoul = command.env("BONGSU_TIMEZONE", "Asia/Seoul").output().unwrap();
    assert!(!String::from_utf8_lossy(&seoul.stderr).contains("warning"));
}

#[tokio::test(flavor = "multi_thread")]
async fn poll_says_each_failure_once_and_counts_in_words() {
    let world = World::new().await;
    let config = world.configure(&[("desk", "")], "");
    world.publish("desk", Page::status(500));
    let (code, _, stderr) = output(&world, &config, &["poll"]);
    assert_eq!(code, Some(1), "{stderr}");
    assert_eq!(stderr.matches("500").count(), 1, "{stderr}");
    assert!(
        stderr.contains("1 source polled in") && stderr.contains("1 failed; 0 new items"),
        "{stderr}"
    );
    world.publish("desk", Page::feed(&rss(&[CALM])));
    let (_, _, stderr) = output(&world, &config, &["poll"]);
    assert!(stderr.contains("desk  1 item, 1 new, 0 edited, 0 alerts, the baseline"), "{stderr}");
    // A collector gets every line as JSON, the failure among them, once.
    world.publish("desk", Page::status(500));
    output(&world, &config, &["poll"]);
    let (_, _, stderr) = output(&world, &config, &["poll", "--log-format", "json"]);
    let lines: Vec<serde_json::Value> =
        stderr.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
    assert_eq!(lines.iter().filter(|line| line.to_string().contains("500")).count(), 1, "{stderr}");
    assert!(stderr.contains("1 source polled in"), "{stderr}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_address_is_named_once_with_what_to_do() {
    let world = World::new().await;
    let config = world.configure(&[("desk", "")], "");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, text.replace("127.0.0.1:0", &world.address.to_string())).unwrap();
    let (code, _, stderr) = output(&world, &config, &["run"]);
    assert_eq!(code, Some(1), "{stderr}");
    assert_eq!(stderr.matches("os error").count(), 1, "{stderr}");
    assert!(stderr.contains("another bongsu may be running"), "{stderr}");
}
