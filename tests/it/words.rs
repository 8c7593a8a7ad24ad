//! What is a word and what is none, through the real binary: labels of a publisher, addresses, and the
//! faults of watches that `check` tells.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::commands::output;
use crate::faults::{channel, news};
use crate::world::{Page, World};

const WATCHES: &str = r#"
[concept.eu]
en = [{ term = "EU", case = true }, "European Union"]
ko = ["유럽연합"]
[concept.korea]
en = ["Korea", "South Korea", "Seoul"]
ko = ["한국"]
unless = ["North Korea"]
[[watch]]
id = "both"
when = "@eu AND @korea"
[[watch]]
id = "filed"
when = "category:fisheries"
[[watch]]
id = "chips"
when = "semiconductor* OR chips"
"#;

/// A source `desk` of the Union whose first answer is known, and these watches alone.
async fn world(keys: &str) -> (World, PathBuf) {
    let world = World::new().await;
    let config = world.configure(&[("desk", keys)], WATCHES);
    let text = std::fs::read_to_string(&config).unwrap();
    let own: Vec<&str> = text.lines().filter(|line| !line.starts_with("include")).collect();
    std::fs::write(&config, own.join("\n")).unwrap();
    world.publish("desk", Page::feed(&channel(&news("calm", "A calm day", ""))));
    let (code, _, stderr) = output(&world, &config, &["poll"]);
    assert_eq!(code, Some(0), "{stderr}");
    (world, config)
}

/// Polls a document with these items, by headline and what stands beside it; what the webhook got.
fn polled(world: &World, config: &std::path::Path, items: &[(&str, &str)]) -> Vec<Value> {
    let before = world.got("hook").len();
    let all: String = items
        .iter()
        .enumerate()
        .map(|(n, (title, more))| news(&format!("n-{n}"), title, more))
        .collect();
    world.publish("desk", Page::feed(&channel(&(all + &news("calm", "A calm day", "")))));
    let (code, _, stderr) = output(world, config, &["poll"]);
    assert_eq!(code, Some(0), "{stderr}");
    world.got("hook").split_off(before).into_iter().map(|got| got.body["data"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_that_names_a_side_in_a_category_alone_is_told_and_says_so() {
    let (world, config) = world("implies = [\"eu\"]").await;
    let many: String = ["Korea", "Japan", "Chile", "Peru", "India", "Kenya"]
        .repeat(5)
        .iter()
        .enumerate()
        .map(|(n, name)| format!("<category>{name} {n}</category>"))
        .collect();
    let told = polled(
        &world,
        &config,
        &[
            ("A joint statement", "<category>Trade</category><category>South Korea</category>"),
            ("A calm week", "<category>Trade</category>"),
            ("A calm month", "<category>North Korea</category>"),
            ("A list of partners", &many),
            ("Of the sea", "<category>Fisheries</category>"),
        ],
    );
    let mut titles: Vec<&str> =
        told.iter().filter_map(|data| data["item"]["title"].as_str()).collect();
    titles.sort_unstable();
    assert_eq!(titles, ["A joint statement", "Of the sea"]);
    let data = told.iter().find(|data| data["item"]["title"] == "A joint statement").unwrap();
    assert_eq!(data["item"]["categories"], json!(["Trade", "South Korea"]));
    let hit = &data["hits"][0];
    let place = json!([hit["concept"], hit["field"], hit["index"], hit["start"], hit["end"]]);
    assert_eq!(place, json!(["korea", "category", 1, 0, 11]), "{data}");
    let reason = "eu: publisher · korea: \"South Korea\" in the category";
    assert_eq!(data["watches"][0]["reason"], reason);
    // What was stored is read again, by number.
    let item = data["item"]["id"].to_string();
    let (_, stdout, _) = output(&world, &config, &["why", &item, "--json"]);
    let why: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(why["text"]["categories"], json!(["Trade", "South Korea"]));
    let watch = why["watches"].as_array().unwrap().iter().find(|w| w["id"] == "both").unwrap();
    assert_eq!(
        (&watch["found"][1]["field"], &watch["found"][1]["index"]),
        (&json!("category"), &json!(1))
    );
    let (_, shown, _) = output(&world, &config, &["why", &item]);
    assert!(shown.contains("filed under Trade, South Korea"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_flag_nothing_and_words_beside_them_do() {
    let (world, config) = world("").await;
    let lead = |text: &str| {
        format!(
            "<content:encoded xmlns:content=\"http://purl.org/rss/1.0/modules/content/\">{text}</content:encoded>"
        )
    };
    let told = polled(
        &world,
        &config,
        &[
            ("More: https://www.seoul.example/news/semiconductor", ""),
            ("Write to chips@seoul.example", ""),
            ("See chips.eu and www.korea.example/EU", &lead("semiconductor.example/korea")),
            ("EU와 회의, korea.kr에서", ""),
            ("한국.EU 회의", ""),
            ("Semiconductors: https://www.seoul.example/news/fish", ""),
        ],
    );
    let mut titles: Vec<&str> =
        told.iter().filter_map(|data| data["item"]["title"].as_str()).collect();
    titles.sort_unstable();
    assert_eq!(titles, ["Semiconductors: https://www.seoul.example/news/fish", "한국.EU 회의"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_tells_every_fault_of_every_watch_in_one_run_with_place_and_cure() {
    let (world, config) = world("").await;
    let text = std::fs::read_to_string(&config).unwrap();
    let faulty = r#"
[concept.odd]
en = ["EU.?Korea", "chips.eu", "semiconductor|chip", "plain"]
unless = ["plain"]
[[watch]]
id = "one"
when = "@koera AND @odd"
[[watch]]
id = "two"
when = '@eu & @korea'
[[watch]]
id = "three"
when = '@eu and @korea AND \bAI\b'
[[watch]]
id = "four"
when = '@eu AND "digital partnership'
[[watch]]
id = "five"
any = ["EU AND Korea"]
"#;
    std::fs::write(&config, format!("{text}\n{faulty}")).unwrap();
    let (code, _, stderr) = output(&world, &config, &["check"]);
    assert_eq!(code, Some(2), "{stderr}");
    let start = text.lines().count() + 2;
    for (line, words) in [
        (3, "`EU.?Korea` of concept `odd` looks like a regular expression"),
        (3, "`chips.eu` of concept `odd` is an address"),
        (3, "write one term for each: semiconductor, chip"),
        (7, "did you mean `@korea`?"),
        (10, "`&` is no operator"),
        (13, "operators are written in capitals"),
        (13, "a term is found as a whole word"),
        (16, "phrase is not closed"),
        (19, "warning: term `EU AND Korea` of watch `five` is written like a query"),
    ] {
        assert_eq!(stderr.matches(words).count(), 1, "{words}\n{stderr}");
        assert!(stderr.contains(&format!("bongsu.toml:{}:", start + line - 1)), "{line}\n{stderr}");
    }
    assert!(stderr.contains("7 faults") || stderr.contains("8 faults"), "{stderr}");
    // Mended, what is left is told and forbids nothing.
    let mended = "[concept.odd]\nen = [\"plain\", \"other\"]\nunless = [\"Plain\"]\n";
    std::fs::write(&config, format!("{text}\n{mended}")).unwrap();
    let (code, stdout, stderr) = output(&world, &config, &["check"]);
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stderr.contains("hidden by its own `unless`") && stdout.starts_with("ok"), "{stderr}");
}
