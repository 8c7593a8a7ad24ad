//! The shipped watches against headlines of analysts who had not seen a single term of them.
//!
//! `frozen.jsonl` holds 100, written and closed before they were first asked about: nobody writes a
//! rule for a line of it. `open.jsonl` holds those from which rules were learned. All are invented, so no
//! event in them need have happened. `cargo test --test it headlines -- --nocapture` prints the
//! figures, and of the open ones what is missed or wrongly flagged.

#![expect(clippy::print_stdout, reason = "a run with `--nocapture` is a report")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

/// The headlines from which rules were learned.
const OPEN: &str = "open.jsonl";

/// What came out, over the items of one file. Topics are compared where an item is rightly flagged: the
/// watches that flagged it against the topics of its label.
#[derive(Debug, Default)]
struct Outcome {
    found: usize,
    missed: usize,
    wrong: usize,
    topics_found: usize,
    topics_missed: usize,
    topics_wrong: usize,
}

impl Outcome {
    fn precision(&self) -> f64 {
        self.found as f64 / (self.found + self.wrong) as f64
    }

    fn recall(&self) -> f64 {
        self.found as f64 / (self.found + self.missed) as f64
    }

    /// F1 over all pairs of item and topic.
    fn topics(&self) -> f64 {
        let twice = 2.0 * self.topics_found as f64;
        twice / (twice + (self.topics_missed + self.topics_wrong) as f64)
    }

    fn compare(&mut self, watches: &BTreeSet<String>, topics: &BTreeSet<String>) {
        self.topics_found += watches.intersection(topics).count();
        self.topics_missed += topics.difference(watches).count();
        self.topics_wrong += watches.difference(topics).count();
    }
}

/// The strings of a list.
fn names(list: &Value) -> BTreeSet<String> {
    list.as_array().unwrap().iter().map(|name| name.as_str().unwrap().into()).collect()
}

/// The watches that flag each item, by its id, with the configuration that `bongsu match` is born with.
fn flagging(items: &[Value]) -> BTreeMap<String, BTreeSet<String>> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_bongsu"))
        .args(["match", "--json", "--stdin"])
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let questions: String = items
        .iter()
        .map(|item| {
            let implies: &[&str] = match item["source_side"].as_str() {
                Some("eu") => &["eu"],
                Some("kr") => &["korea"],
                _ => &[],
            };
            let question = json!({
                "id": item["id"], "title": item["title"], "summary": item["summary"],
                "lang": item["lang"], "implies": implies,
            });
            format!("{question}\n")
        })
        .collect();
    // Answers come while questions are still asked: a full pipe must not stop both sides.
    let mut stdin = child.stdin.take().unwrap();
    let asking = std::thread::spawn(move || stdin.write_all(questions.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    asking.join().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|answer| (answer["id"].as_str().unwrap().into(), names(&answer["watches"])))
        .collect()
}

fn outcome(name: &str) -> Outcome {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/headlines").join(name);
    let items: Vec<Value> = std::fs::read_to_string(file)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let answers = flagging(&items);
    assert_eq!(answers.len(), items.len(), "each item has an answer");
    let mut outcome = Outcome::default();
    let told = |kind: &str, item: &Value| {
        // Who sees the frozen ones writes rules for them.
        if name == OPEN {
            println!("{kind}: {} | {}", item["title"], item["summary"]);
        }
    };
    for item in &items {
        let watches = &answers[item["id"].as_str().unwrap()];
        match (item["relevant"] == true, !watches.is_empty()) {
            (true, true) => {
                outcome.found += 1;
                outcome.compare(watches, &names(&item["topics"]));
            }
            (true, false) => {
                outcome.missed += 1;
                told("missed", item);
            }
            (false, true) => {
                outcome.wrong += 1;
                told("wrong", item);
            }
            (false, false) => {}
        }
    }
    println!(
        "{name}: precision {:.3}, recall {:.3}, topics F1 {:.3}",
        outcome.precision(),
        outcome.recall(),
        outcome.topics()
    );
    outcome
}

#[test]
fn headlines_of_an_analyst_who_never_saw_the_terms_are_told_apart() {
    let outcome = outcome("frozen.jsonl");
    assert!(outcome.precision() >= 0.95, "{outcome:?}");
    assert!(outcome.recall() >= 0.80, "{outcome:?}");
    assert!(outcome.topics() >= 0.85, "{outcome:?}");
}

#[test]
fn headlines_that_taught_the_rules_stay_learned() {
    let outcome = outcome(OPEN);
    assert!(outcome.precision() >= 0.97, "{outcome:?}");
    assert!(outcome.recall() >= 0.95, "{outcome:?}");
    assert!(outcome.topics() >= 0.85, "{outcome:?}");
}
