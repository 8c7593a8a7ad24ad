//! The shipped watches against headlines of analysts who had not seen a single term of them.
//!
//! `frozen.jsonl` holds 100, written and closed before they were first asked about: nobody writes a
//! rule for a line of it. `open.jsonl` holds those from which rules were learned. All are invented, so no
//! event in them need have happened. `cargo test --test it headlines -- --nocapture` prints the
//! figures and what is missed or wrongly flagged.

#![expect(clippy::print_stdout, reason = "a run with `--nocapture` is a report")]

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

/// What came out, over the items of one file.
#[derive(Debug, Default)]
struct Outcome {
    found: usize,
    missed: usize,
    wrong: usize,
}

impl Outcome {
    fn precision(&self) -> f64 {
        self.found as f64 / (self.found + self.wrong) as f64
    }

    fn recall(&self) -> f64 {
        self.found as f64 / (self.found + self.missed) as f64
    }
}

/// The ids that `bongsu match` flags with the configuration it's born with.
fn flagged(items: &[Value]) -> BTreeMap<String, bool> {
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
        .map(|answer| (answer["id"].as_str().unwrap().into(), answer["flagged"] == true))
        .collect()
}

fn outcome(name: &str) -> Outcome {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/headlines").join(name);
    let items: Vec<Value> = std::fs::read_to_string(file)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let answers = flagged(&items);
    assert_eq!(answers.len(), items.len(), "each item has an answer");
    let mut outcome = Outcome::default();
    for item in &items {
        match (item["relevant"] == true, answers[item["id"].as_str().unwrap()]) {
            (true, true) => outcome.found += 1,
            (true, false) => {
                outcome.missed += 1;
                println!("missed: {} | {}", item["title"], item["summary"]);
            }
            (false, true) => {
                outcome.wrong += 1;
                println!("wrong: {} | {}", item["title"], item["summary"]);
            }
            (false, false) => {}
        }
    }
    println!("{name}: precision {:.3}, recall {:.3}", outcome.precision(), outcome.recall());
    outcome
}

#[test]
fn headlines_of_an_analyst_who_never_saw_the_terms_are_told_apart() {
    let outcome = outcome("frozen.jsonl");
    assert!(outcome.precision() >= 0.95, "{outcome:?}");
    assert!(outcome.recall() >= 0.80, "{outcome:?}");
}

#[test]
fn headlines_that_taught_the_rules_stay_learned() {
    let outcome = outcome("open.jsonl");
    assert!(outcome.precision() >= 0.97, "{outcome:?}");
    assert!(outcome.recall() >= 0.95, "{outcome:?}");
}
