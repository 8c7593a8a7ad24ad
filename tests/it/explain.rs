//! The commands that explain and that learn, on a store that the real binary filled: why, backtest,
//! check --against-history, terms suggest.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;

use crate::commands::output;
use crate::feeds::{Story, rss};
use crate::world::{Page, World};

const OLD: Story = Story {
    slug: "old",
    title: "EU and Republic of Korea open talks on digital trade",
    lead: "It was there before anybody watched.",
};

const CALM: Story = Story { slug: "calm", title: "A calm day", lead: "Nothing happened." };

const NEWS: Story = Story {
    slug: "news",
    title: "A signature in Brussels",
    lead: "It rained. The EU and the Republic of Korea signed a digital trade agreement. All smiled.",
};

const CHIPS: Story =
    Story {
        slug: "chips", title: "반도체 수출 사상 최대", lead: "지난달 수출이 늘었다."
    };

/// A store with a baseline, and then news of which one item is flagged and delivered.
async fn seeded() -> (World, PathBuf) {
    let world = World::new().await;
    let config = world.configure(&[("desk", "")], "");
    world.publish("desk", Page::feed(&rss(&[OLD, CALM])));
    assert_eq!(output(&world, &config, &["poll"]).0, Some(0));
    world.publish("desk", Page::feed(&rss(&[NEWS, CHIPS, OLD, CALM])));
    let (code, _, stderr) = output(&world, &config, &["poll"]);
    assert_eq!(code, Some(0), "{stderr}");
    assert_eq!(world.got("hook").len(), 1, "one item is news");
    (world, config)
}

/// Answers in JSON.
fn json(world: &World, config: &Path, arguments: &[&str]) -> Value {
    let arguments: Vec<&str> = arguments.iter().copied().chain(["--json"]).collect();
    let (code, stdout, stderr) = output(world, config, &arguments);
    assert_eq!(code, Some(0), "{stderr}");
    serde_json::from_str(&stdout).expect("one JSON object")
}

fn files(world: &World) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(world.folder.path())
        .unwrap()
        .map(|found| found.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_is_found_by_its_link_its_number_its_alert_and_its_delivery() {
    let (world, config) = seeded().await;
    let got = world.got("hook").remove(0);
    let alert = format!("alert:{}", got.body["data"]["alert"]);
    let item = got.body["data"]["item"]["id"].to_string();
    let delivery = got.id.unwrap();
    // Written as somebody else would write the same address.
    let link = "http://www.news.example/news/?utm_source=x#top";
    for what in ["https://news.example/news", link, &alert, &item, &delivery] {
        let answer = json(&world, &config, &["why", what]);
        assert_eq!(answer["item"]["id"].to_string(), item, "{what}");
        assert_eq!(answer["flagged"], true, "{what}");
        assert_eq!(answer["then"][0]["watch"], "digital-trade", "{what}");
        let alerts = answer["alerts"].as_array().unwrap();
        let receivers: Vec<_> = alerts[0]["deliveries"]
            .as_array()
            .unwrap()
            .iter()
            .map(|d| d["receiver"].as_str().unwrap())
            .collect();
        assert_eq!((alerts.len(), receivers), (1, vec!["archive", "hook", "slack"]), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flag_is_told_with_concept_words_field_and_sentence() {
    let (world, config) = seeded().await;
    let (code, told, _) = output(&world, &config, &["why", "https://news.example/news"]);
    assert_eq!(code, Some(0));
    assert!(told.contains("FLAGGED by digital-trade · "), "{told}");
    let row = told.lines().find(|line| line.trim_start().starts_with("korea ")).unwrap();
    assert!(row.contains("\"Republic of Korea\"") && row.ends_with("summary"), "{row}");
    let sentence = "“The EU and the Republic of Korea signed a digital trade agreement.”";
    assert_eq!(told.matches(sentence).count(), 1, "the sentence, once: {told}");
    assert!(told.contains("judged by the same rules as today's"), "{told}");
    assert!(told.contains("hook     delivered "), "{told}");
    assert!(!told.contains('\u{1b}'), "no colour into a pipe");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_that_no_watch_flags_tells_the_nearest_and_what_was_missing() {
    let (world, config) = seeded().await;
    let (_, told, _) = output(&world, &config, &["why", "https://news.example/chips"]);
    assert!(told.contains("NOT FLAGGED; nearest"), "{told}");
    let nearest = "semiconductors  semiconductors \"반도체\" found; eu, korea missing";
    assert!(told.contains(nearest), "{told}");
    assert!(told.contains("no watch flagged it"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flagged_item_of_the_baseline_says_why_it_raised_no_alert() {
    let (world, config) = seeded().await;
    let (_, told, _) = output(&world, &config, &["why", "https://news.example/old"]);
    assert!(told.contains("flagged by digital-trade: "), "{told}");
    assert!(
        told.contains("no alert was raised: it was there at its source's first poll"),
        "{told}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_that_changed_since_are_told_with_what_they_said_then() {
    let (world, config) = seeded().await;
    let text = std::fs::read_to_string(&config).unwrap();
    let off = "[[patch]]\nwatch = \"digital-trade\"\nenabled = false\n";
    std::fs::write(&config, format!("{text}\n{off}")).unwrap();
    let answer = json(&world, &config, &["why", "https://news.example/news"]);
    assert_eq!(
        (&answer["flagged"], &answer["then"][0]["watch"]),
        (&Value::Bool(false), &"digital-trade".into())
    );
    assert_ne!(answer["rules"]["then"], answer["rules"]["today"]);
    let (_, told, _) = output(&world, &config, &["why", "https://news.example/news"]);
    assert!(told.contains("judged by other rules ("), "{told}");
    let (_, told, _) = output(&world, &config, &["backtest"]);
    assert!(told.contains("LOST against what was decided when they came: 2 items"), "{told}");
    assert!(told.contains("digital-trade is switched off"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_receiver_said_is_told_with_its_delivery() {
    let world = World::new().await;
    let config = world.configure(&[("desk", "")], "");
    world.publish("desk", Page::feed(&rss(&[CALM])));
    assert_eq!(output(&world, &config, &["poll"]).0, Some(0));
    world.publish("desk", Page::feed(&rss(&[NEWS, CALM])));
    world.answer("slack", 400);
    world.answer("hook", 503);
    assert_eq!(output(&world, &config, &["poll"]).0, Some(1));
    let (_, told, _) = output(&world, &config, &["why", "https://news.example/news"]);
    let row = |receiver: &str| {
        told.lines().find(|line| line.trim_start().starts_with(receiver)).unwrap().to_owned()
    };
    assert!(row("slack").contains("given up ") && row("slack").contains("400"), "{told}");
    assert!(row("hook").contains("waits, due ") && row("hook").contains("503"), "{told}");
    assert!(row("archive").contains("delivered "), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_headline_needs_no_store_and_makes_none() {
    let world = World::new().await;
    let config = world.configure(&[("brussels", "implies = [\"eu\"]")], "");
    let before = files(&world);
    let flagged = |arguments: &[&str]| json(&world, &config, arguments)["flagged"] == true;
    let one_sided = "Semiconductor cooperation agreed with the Republic of Korea";
    assert!(flagged(&["why", "한-EU 반도체 협력 강화"]));
    assert!(!flagged(&["why", one_sided]));
    assert!(flagged(&["why", one_sided, "--source", "brussels"]));
    assert!(flagged(&["why", one_sided, "--implies", "eu"]));
    assert!(flagged(&["why", "반도체", "--summary", "한국과 유럽연합이 협력한다."]));
    assert_eq!(files(&world), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_read_from_standard_input_as_lines_or_as_an_object() {
    let world = World::new().await;
    let config = world.configure(&[], "");
    for text in [
        "반도체\n한국과 유럽연합이 협력한다.\n",
        "{\"id\": 1, \"title\": \"반도체\", \"summary\": \"한국과 유럽연합이 협력한다.\"}",
    ] {
        let mut child = world
            .command(&config, &["why", "-", "--json"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        write!(child.stdin.take().unwrap(), "{text}").unwrap();
        let answer: Value =
            serde_json::from_slice(&child.wait_with_output().unwrap().stdout).unwrap();
        assert_eq!(answer["flagged"], true, "{text}");
    }
    let (code, _, stderr) = output(&world, &config, &["why", "-"]);
    assert_eq!(code, Some(1), "{stderr}");
    assert!(stderr.contains("there is no text to judge"), "{stderr}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_said_with_what_may_have_been_meant() {
    let (world, config) = seeded().await;
    let cases: [(&[&str], i32, &str); 9] = [
        (&["why", "https://news.example/newz"], 1, "did you mean https://news.example/news ?"),
        (&["why", "https://other.example/"], 1, "try https://other.example/` reads it"),
        (&["why", "item:99"], 1, "items run from 1 to 4"),
        (&["why", "x", "--watch", "quantm"], 2, "did you mean `quantum`?"),
        (&["why", "x", "--source", "dest"], 2, "did you mean `desk`?"),
        (&["backtest", "--watch", "skils"], 2, "did you mean `skills`?"),
        (&["terms", "suggest", "--watch", "summits"], 2, "did you mean `summit`?"),
        (&["backtest", "--since", "tomorrow"], 2, "or a day such as 2026-07-01"),
        (&["check", "--since", "4w"], 2, "go with --against-history"),
    ];
    for (arguments, wanted, words) in cases {
        let (code, stdout, stderr) = output(&world, &config, arguments);
        assert_eq!((code, stdout.as_str()), (Some(wanted), ""), "{arguments:?}: {stderr}");
        assert!(stderr.contains(words), "{arguments:?}: {stderr}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_store_every_learning_command_says_so_and_makes_none() {
    let world = World::new().await;
    let config = world.configure(&[], "");
    let before = files(&world);
    let cases: [&[&str]; 4] = [
        &["why", "item:1"],
        &["backtest"],
        &["check", "--against-history", "--json"],
        &["terms", "suggest", "--watch", "ai"],
    ];
    for arguments in cases {
        let (code, stdout, stderr) = output(&world, &config, arguments);
        assert_eq!((code, stdout.as_str()), (Some(1), ""), "{arguments:?}");
        assert!(stderr.contains("bongsu.toml poll` makes it"), "{stderr}");
    }
    assert_eq!(files(&world), before, "nothing was made");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_history_is_no_error() {
    let world = World::new().await;
    let config = world.configure(&[("desk", "")], "");
    world.publish("desk", Page::feed(&rss(&[CALM])));
    assert_eq!(output(&world, &config, &["poll"]).0, Some(0));
    // All there is happened in a day that is to come, or none at all: 23 November 2026.
    for command in [&["backtest"][..], &["check", "--against-history"]] {
        let asked: Vec<&str> = command.iter().copied().chain(["--since", "2999-01-01"]).collect();
        let (code, stdout, stderr) = output(&world, &config, &asked);
        assert_eq!(code, Some(0), "{stderr}");
        assert!(stdout.contains("no item in this period"), "{stdout}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_is_tried_on_the_store_while_the_daemon_runs() {
    let (mut world, config) = seeded().await;
    world.start(&config);
    world.until_read("desk").await;
    let before: Vec<String> = files(&world);
    let answer = json(&world, &config, &["backtest", "--query", "반도체 OR @digital-trade"]);
    assert_eq!(files(&world), before);
    assert_eq!(answer["covered"]["items"], 4);
    assert_eq!(answer["hits"], 3);
    let hits = answer["weeks"].as_array().unwrap().iter().map(|w| w["hits"].as_u64().unwrap());
    assert_eq!(hits.sum::<u64>(), 3);
    assert_eq!(answer["sources"], serde_json::json!([{ "source": "desk", "hits": 3 }]));
    assert_eq!(answer["against"], "all running watches together");
    assert_eq!((&answer["gained"]["count"], &answer["lost"]["count"]), (&1.into(), &0.into()));
    assert_eq!(answer["gained"]["samples"][0]["title"], CHIPS.title);
    assert_eq!(answer["gained"]["samples"][0]["reasons"][0], "\"반도체\" in the title");
    let answer =
        json(&world, &config, &["backtest", "--query", "반도체", "--watch", "digital-trade"]);
    assert_eq!((&answer["gained"]["count"], &answer["lost"]["count"]), (&1.into(), &2.into()));
    assert_eq!(world.stop(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_with_a_fault_is_refused_with_a_caret_under_it() {
    let world = World::new().await;
    let config = world.configure(&[], "");
    let (code, _, stderr) = output(&world, &config, &["backtest", "--query", "한국 AND (@eu"]);
    assert_eq!(code, Some(2), "{stderr}");
    assert!(stderr.contains("    한국 AND (@eu\n             ^\n"), "Hangul is two wide: {stderr}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_readme_shows_of_why_is_what_the_built_in_watches_say() {
    let world = World::new().await;
    let readme =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let block = readme.split_once("<!-- why -->\n```console\n").unwrap().1;
    let (command, shown) = block.split_once("\n```").unwrap().0.split_once('\n').unwrap();
    let headline = command.split('"').nth(1).unwrap();
    assert_eq!(command, format!("$ bongsu why \"{headline}\""));
    let mut bongsu = std::process::Command::new(env!("CARGO_BIN_EXE_bongsu"));
    bongsu.args(["why", headline]).env_clear().current_dir(world.folder.path());
    assert_eq!(String::from_utf8(bongsu.output().unwrap().stdout).unwrap().trim_end(), shown);
}

/// A file of items: one line each.
fn items(world: &World, lines: &[Value]) -> String {
    let path = world.path("items.jsonl");
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    std::fs::write(&path, text + "not an item\n").unwrap();
    path.display().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_items_does_as_well_as_a_store() {
    let world = World::new().await;
    let config = world.configure(&[], "");
    let line = |id: u32, date: &str, title: &str| serde_json::json!({ "id": id, "date": date, "title": title, "source": "lab", "implies": ["korea"] });
    let file = items(
        &world,
        &[
            line(1, "2026-10-06", "EU와 양자기술 협력"),
            line(2, "2026-10-21", "EU와 양자컴퓨팅 협력"),
            line(3, "2026-10-22", "EU 사절단 방문"),
        ],
    );
    let (code, stdout, stderr) =
        output(&world, &config, &["backtest", "--watch", "quantum", "--file", &file]);
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stderr.contains("items.jsonl:4: no item: "), "{stderr}");
    for words in [
        "3 items, 2026-10-06 to 2026-10-22",
        "1 line is no item and passed over",
        "2 hits: 66.7 % of the items",
        "2026-10-05     1  ████",
        "2026-10-12     0\n",
        "2026-10-21  lab #2",
        "quantum: \"양자컴퓨팅\" in the title",
    ] {
        assert!(stdout.contains(words), "{words:?} in {stdout}");
    }
    assert!(!stdout.contains("GAINED"), "nobody decided on them before: {stdout}");
    let later = ["backtest", "--watch", "quantum", "--file", &file, "--since", "2026-10-20"];
    assert_eq!(json(&world, &config, &later)["hits"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_that_matches_too_much_and_one_that_never_does_are_named() {
    let world = World::new().await;
    let config = world.configure(&[], "");
    let line = |id: u32| {
        let title =
            if id.is_multiple_of(10) { "EU와 양자기술 협력" } else { "반도체 수출" };
        serde_json::json!({ "id": id, "title": title, "implies": ["korea"] })
    };
    let file = items(&world, &(0..200).map(line).collect::<Vec<_>>());
    let told = json(&world, &config, &["check", "--against-history", "--file", &file]);
    let of = |id: &str| {
        let watches = told["watches"].as_array().unwrap();
        watches.iter().find(|watch| watch["watch"] == id).unwrap().clone()
    };
    assert_eq!(
        (&of("quantum")["finding"], &of("quantum")["hits"]),
        (&"too much".into(), &20.into())
    );
    let chips = of("semiconductors");
    assert_eq!(
        (&chips["finding"], &chips["lacking"]),
        (&"never".into(), &serde_json::json!([["eu", 180], ["semiconductors", 20]]))
    );
    let (_, stdout, _) = output(&world, &config, &["check", "--against-history", "--file", &file]);
    assert!(stdout.contains("10.0 % of all items: more than 5 %"), "{stdout}");
    assert!(stdout.contains("nearest: 180 items lacked only eu"), "{stdout}");
}

#[tokio::test(flavor = "multi_thread")]
async fn words_of_flagged_items_that_no_concept_has_are_suggested() {
    let world = World::new().await;
    let config = world.configure(&[], "");
    let mut lines = Vec::new();
    for id in 0..60 {
        // The new word stands with particles, in most of the watch's items and nowhere else.
        let title = match id % 6 {
            0 => "EU와 양자기술 협력, 조랑말을 도입",
            1 => "EU와 양자컴퓨팅 협력, 조랑말의 실증, Pony Ride tests begin",
            _ => "지역 축제 도입, local tests begin again today",
        };
        lines.push(serde_json::json!({ "id": id, "title": title, "implies": ["korea"] }));
    }
    let file = items(&world, &lines);
    let answer =
        json(&world, &config, &["terms", "suggest", "--watch", "quantum", "--file", &file]);
    assert_eq!((&answer["flagged"], &answer["others"]), (&20.into(), &40.into()));
    let terms: Vec<&str> =
        answer["terms"].as_array().unwrap().iter().map(|t| t["term"].as_str().unwrap()).collect();
    assert!(terms.contains(&"조랑말") && terms.contains(&"pony ride"), "{terms:?}");
    for other in ["조랑말을", "도입", "tests", "양자기술", "pony"] {
        assert!(!terms.contains(&other), "{other} in {terms:?}");
    }
    let (_, stdout, stderr) =
        output(&world, &config, &["terms", "suggest", "--watch", "quantum", "--file", &file]);
    assert_eq!(stderr.matches("no item: ").count(), 1, "a fault is told once: {stderr}");
    assert!(stdout.contains("concept = \"quantum\"\n"), "{stdout}");
}
