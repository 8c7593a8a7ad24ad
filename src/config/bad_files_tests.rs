//! What people get wrong, one file each, with the message that they get, word for word.
//!
//! `tests/fixtures/config/bad/NAME.toml` beside `NAME.expected`. Nothing writes the records but a
//! person who has read them: a test that records by itself would hide a message made worse.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::tree::{File, Tree};
use super::{Loaded, Surroundings, load};
use crate::model::fault::Fault;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/config")
}

/// A tree with every fixture in it, named relative to their folder.
fn load_fixture(root: &str) -> Loaded {
    let mut tree = Tree::new(root);
    for part in ["", "bad", "good", "parts"] {
        for entry in fs::read_dir(folder().join(part)).expect("the folder is there") {
            let path = entry.expect("it can be listed").path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                let name =
                    path.strip_prefix(folder()).expect("it lies below").display().to_string();
                let bytes = fs::read(&path).expect("it can be read");
                tree.add(name, File { content: Ok(Cow::Owned(bytes)), exposed: false });
            }
        }
    }
    load(&tree, &surroundings())
}

fn surroundings() -> Surroundings {
    let environment = [
        ("EMPTY_URL", ""),
        ("SLACK_URL", "https://hooks.slack.com/services/T1/B1/hunter2"),
        ("CUT_SLACK_URL", "https://hooks.slack.com/services/T1"),
        ("HOOK_URL", "https://hook.example.org/hunter2"),
        ("HTTP_URL", "http://hook.example.org/hunter2"),
        ("WEAK_SECRET", "hunter2"),
        ("SHORT_SECRET", "whsec_aHVudGVyMg=="),
        ("ODD_SECRET", "whsec_hunter2!"),
    ];
    let environment =
        environment.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    let missing = Err("no such file".to_owned());
    let secrets = BTreeMap::from([(PathBuf::from("secrets/slack-url"), missing)]);
    Surroundings { environment, secrets, ..Surroundings::default() }
}

fn names(part: &str) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder().join(part))
        .expect("the folder is there")
        .filter_map(|entry| entry.expect("it can be listed").file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".toml").map(str::to_owned))
        .collect();
    names.sort();
    names
}

fn told(loaded: &Loaded) -> String {
    let mut told = String::new();
    for fault in &loaded.faults {
        writeln!(told, "{fault}").expect("a text takes every line");
    }
    told
}

#[test]
fn every_bad_file_gets_the_message_recorded_for_it() {
    let names = names("bad");
    assert!(names.len() >= 80, "only {} bad files are left", names.len());
    let mut differing = String::new();
    for name in names {
        let said = told(&load_fixture(&format!("bad/{name}.toml")));
        let record = fs::read_to_string(folder().join(format!("bad/{name}.expected")));
        if record.unwrap_or_default() != said {
            write!(differing, "=== {name}\n{said}").expect("a text takes every line");
        }
    }
    assert!(differing.is_empty(), "these say something else than recorded:\n{differing}");
}

#[test]
fn every_bad_file_has_a_fault_with_a_cure_and_no_secret() {
    for name in names("bad") {
        let loaded = load_fixture(&format!("bad/{name}.toml"));
        assert!(!loaded.faults.is_empty(), "{name} has no fault");
        assert_eq!(loaded.settings.is_none(), loaded.faults.iter().any(Fault::stops_all), "{name}");
        for fault in &loaded.faults {
            assert!(fault.cure.is_some(), "{name}: {fault} has no cure");
            assert!(!fault.message.ends_with('.'), "{name}: {fault} ends with a dot");
            assert!(!fault.to_string().contains("hunter2"), "{name}: a secret is told");
        }
    }
}

#[test]
fn good_files_have_no_fault() {
    for name in names("good") {
        let loaded = load_fixture(&format!("good/{name}.toml"));
        assert_eq!(told(&loaded), "", "{name}");
        assert!(loaded.settings.is_some(), "{name}");
    }
}
