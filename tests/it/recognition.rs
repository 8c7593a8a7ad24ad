//! Polls in a row and the alerts that they must raise, through the running daemon.
//!
//! A case is a line of `tests/fixtures/polls`: what a source shows from poll to poll, and how many alerts
//! each poll is to raise where a watch flags every item. All cases of a file are sources of one daemon.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::world::{Page, World};

/// One case.
struct Case {
    id: String,
    config: String,
    polls: Vec<Page>,
    alerts: Vec<u64>,
}

fn cases(text: &str) -> Vec<Case> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| case(&serde_json::from_str(line).unwrap())).collect()
}

fn case(line: &Value) -> Case {
    let id = line["id"].as_str().unwrap().to_owned();
    let polls: Vec<Page> =
        line["polls"].as_array().unwrap().iter().map(|poll| page(&id, poll)).collect();
    // Where we say otherwise than the writer of the case, the line says why.
    let wanted = line.get("ours").unwrap_or(&line["alerts"]);
    let alerts: Vec<u64> =
        wanted.as_array().unwrap().iter().map(|count| count.as_u64().unwrap()).collect();
    assert_eq!(polls.len(), alerts.len(), "{id}");
    Case { config: line["config"].as_str().unwrap_or_default().to_owned(), id, polls, alerts }
}

/// A document as it stands, or a list of items: guid, link, title, date, text, category.
fn page(id: &str, poll: &Value) -> Page {
    let document = match poll {
        Value::String(text) => text.clone(),
        items => rss(items.as_array().unwrap()),
    };
    // One article in two sources is told once, and these are sources of one daemon.
    let document = document.replace("site.example", &format!("{id}.example"));
    let mut page = Page::feed(&document);
    if document.starts_with('{') {
        page.content_type = "application/feed+json";
    }
    page
}

fn rss(items: &[Value]) -> String {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let element = |item: &Value, key: &str, name: &str| {
        let text = item[key].as_str();
        text.map(|text| format!("<{name}>{}</{name}>", escaped(text))).unwrap_or_default()
    };
    let items: String = items
        .iter()
        .map(|item| {
            let guid = item["g"]
                .as_str()
                .map(|guid| format!("<guid isPermaLink=\"false\">{}</guid>", escaped(guid)));
            format!(
                "<item>{}{}{}{}{}</item>",
                guid.unwrap_or_default(),
                element(item, "t", "title"),
                element(item, "l", "link"),
                element(item, "d", "pubDate"),
                element(item, "x", "description"),
            )
        })
        .collect();
    format!(
        "<rss version=\"2.0\"><channel><title>T</title><link>https://site.example/</link>\
         <description>D</description>{items}</channel></rss>"
    )
}

/// Runs all cases beside each other; gives what each of them raised, poll by poll.
async fn played(cases: &[Case]) -> BTreeMap<String, Vec<u64>> {
    let mut world = World::new().await;
    let sources: Vec<(String, String)> = cases
        .iter()
        .map(|case| (case.id.clone(), format!("implies = [\"all\"]\n{}", case.config)))
        .collect();
    let sources: Vec<(&str, &str)> =
        sources.iter().map(|(id, keys)| (id.as_str(), keys.as_str())).collect();
    let config = world.configure_own(
        "[concept.all]\nen = [\"qqqq\"]\n[[watch]]\nid = \"all\"\ntitle = \"All\"\nwhen = \"@all\"\n",
        &sources,
        "",
    );
    let mut raised: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    let most = cases.iter().map(|case| case.polls.len()).max().unwrap_or_default();
    let mut after = 0;
    for step in 0..most {
        for case in cases {
            if let Some(page) = case.polls.get(step) {
                world.publish(&case.id, page.clone());
            }
        }
        if step == 0 {
            world.start(&config);
        }
        let (alerts, last) = world.settled(cases.iter().map(|case| case.id.as_str()), after).await;
        after = last;
        for case in cases.iter().filter(|case| case.polls.len() > step) {
            let count = alerts.get(&case.id).copied().unwrap_or_default();
            raised.entry(case.id.clone()).or_default().push(count);
        }
    }
    let total: u64 = raised.values().flatten().sum();
    world.until("every alert to be posted", |world| world.got("hook").len() as u64 >= total).await;
    assert_eq!(world.stop(), Some(0), "{}", world.log());
    let mut posted: BTreeMap<String, u64> = BTreeMap::new();
    for got in world.got("hook") {
        let source = got.body["data"]["item"]["source"].as_str().unwrap().to_owned();
        *posted.entry(source).or_default() += 1;
    }
    for (id, counts) in &raised {
        let sum: u64 = counts.iter().sum();
        assert_eq!(
            posted.get(id).copied().unwrap_or_default(),
            sum,
            "{id}: each alert is one post"
        );
    }
    raised
}

async fn hold(text: &str) {
    let cases = cases(text);
    let raised = played(&cases).await;
    let wrong: Vec<String> = cases
        .iter()
        .filter(|case| raised[&case.id] != case.alerts)
        .map(|case| format!("{}: raised {:?}, not {:?}", case.id, raised[&case.id], case.alerts))
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_must_be_told_is_told_once_and_what_must_not_is_not() {
    hold(include_str!("../fixtures/polls/cases.jsonl")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_written_by_somebody_who_had_not_read_the_rules() {
    hold(include_str!("../fixtures/polls/blind.jsonl")).await;
}
