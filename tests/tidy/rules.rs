//! The rules for one file: its opening, its length, its words, the crates that it may name.

use crate::paths::Path;
use crate::scan::{self, Token, Views};

const FILE_LINES_MAX: usize = 400;
const FUNCTION_LINES_MAX: usize = 70;

/// Lines of `//!` at the head of a room's file: fewer leave out who calls it or what it must not know,
/// more belong in the map.
const OPENING_LINES_MIN: usize = 2;
const OPENING_LINES_MAX: usize = 12;

/// A crate, and the only places that may name it.
const CRATES: [(&str, &[&str]); 11] = [
    ("feed_rs", &["src/parse/feed.rs"]),
    ("scraper", &["src/parse/dom.rs"]),
    ("html5ever", &["src/parse/dom.rs"]),
    ("tokio_cron_scheduler", &["src/schedule.rs"]),
    ("reqwest", &["src/http/"]),
    ("sqlx", &["src/store/"]),
    ("axum", &["src/web/"]),
    ("toml", &["src/config/"]),
    ("tracing_subscriber", &["src/telemetry.rs"]),
    ("clap", &["src/cli/", "src/main.rs"]),
    ("anyhow", &["src/cli/", "src/main.rs"]),
];

/// Words that mean nothing here, because another one does; singular and plural.
const STRANGERS: [(&str, &str, &str); 5] = [
    ("entry", "entries", "item"),
    ("article", "articles", "item"),
    ("sink", "sinks", "receiver"),
    ("keyword", "keywords", "term"),
    ("job", "jobs", "step"),
];

/// Where a stranger is somebody else's name: a type or field of a crate, a word of a format.
const GUESTS: [(&str, &str, &str); 7] = [
    ("src/config/", "entry", "a TOML table's key with its value"),
    ("src/files.rs", "entry", "the standard library's name for what lies in a folder"),
    ("src/parse/dom.rs", "sink", "html5ever's name for what builds a tree"),
    ("src/parse/", "entry", "Atom and feed-rs call an item so"),
    ("src/parse/", "keyword", "an element of several feed formats"),
    ("src/cli/parse", "entry", "the line protocol's field"),
    ("src/schedule.rs", "job", "the cron crate's type"),
];

/// The file does not open by saying what it is.
pub(crate) fn opening(name: &str, source: &str) -> Vec<String> {
    let lines = source.lines().take_while(|line| line.starts_with("//!")).count();
    let room = name.starts_with("src/") && name != "src/main.rs" && !name.ends_with("tests.rs");
    let (least, most) = (if room { OPENING_LINES_MIN } else { 1 }, OPENING_LINES_MAX);
    if lines < least {
        vec![format!("{name}:1: opens with {lines} lines of `//!`, at least {least} are wanted")]
    } else if lines > most && name != "src/lib.rs" {
        vec![format!("{name}:1: opens with {lines} lines of `//!`, at most {most} are wanted")]
    } else {
        vec![]
    }
}

/// The file or a function in it is too long to hold in mind.
pub(crate) fn length(name: &str, source: &str, tokens: &[Token]) -> Vec<String> {
    let mut found = vec![];
    let lines = source.lines().count();
    if lines > FILE_LINES_MAX {
        found.push(format!("{name}: {lines} lines, at most {FILE_LINES_MAX} are allowed"));
    }
    for function in scan::functions(tokens) {
        if function.lines > FUNCTION_LINES_MAX {
            let scan::Function { name: which, line, lines } = function;
            found.push(format!(
                "{name}:{line}: `{which}` has {lines} lines, at most {FUNCTION_LINES_MAX} are allowed"
            ));
        }
    }
    found
}

/// A crate is named outside its room.
pub(crate) fn crates(name: &str, tokens: &[Token], paths: &[Path]) -> Vec<String> {
    let mut found = vec![];
    for (which, places) in CRATES {
        if !name.starts_with("src/") || places.iter().any(|place| name.starts_with(place)) {
            continue;
        }
        let in_paths =
            paths.iter().filter(|p| p.segments.iter().any(|s| s == which)).map(|p| p.line);
        let attributes = tokens.windows(3).filter(|t| t[0].text == "#" && t[2].text == which);
        let mut lines: Vec<usize> = in_paths.chain(attributes.map(|t| t[2].line)).collect();
        lines.sort_unstable();
        lines.dedup();
        for line in lines {
            found.push(format!("{name}:{line}: `{which}` is named only in {}", places.join(", ")));
        }
    }
    found
}

/// Things left undone, lints switched off for good, a second name for a thing.
pub(crate) fn habits(name: &str, views: &Views, tokens: &[Token]) -> Vec<String> {
    let mut found = vec![];
    for (line, text) in views.comments.lines().enumerate() {
        for word in ["TODO", "FIXME", "XXX"] {
            if text.contains(word) {
                found.push(format!("{name}:{}: `{word}`: do it, or leave it out", line + 1));
            }
        }
    }
    for (at, token) in tokens.iter().enumerate() {
        let next = |n: usize| tokens.get(at + n).map_or("", |t| t.text.as_str());
        let cause = match token.text.as_str() {
            "todo" | "unimplemented" if next(1) == "!" => "is not finished",
            "allow" if next(1) == "(" && at >= 2 && tokens[at - 1].text == "[" => {
                "use `#[expect(…, reason = \"…\")]`, which says so when it is no longer needed"
            }
            "ignore" if next(1) == "]" && tokens[at - 1].text == "[" => "a test that never runs",
            "pub" if next(1) == "use" && name.starts_with("src/") => {
                "is a second name: write the path where the thing is used"
            }
            "fn" if next(1).starts_with("test_") => "a test's name is a sentence without `test_`",
            _ => continue,
        };
        found.push(format!("{name}:{}: `{}`: {cause}", token.line, token.text));
    }
    found
}

/// A name holds a word that this project does not use.
pub(crate) fn words(name: &str, tokens: &[Token]) -> Vec<String> {
    if !name.starts_with("src/") {
        return vec![];
    }
    let mut found = vec![];
    for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.is_name()) {
        let parts = parts(&token.text);
        for (word, plural, ours) in STRANGERS {
            let guest =
                GUESTS.iter().any(|(place, guest, _)| name.starts_with(place) && *guest == word);
            if guest
                || of_a_map(tokens, at)
                || !parts.iter().any(|part| part == word || part == plural)
            {
                continue;
            }
            found.push(format!(
                "{name}:{}: `{}`: the word here is `{ours}`",
                token.line, token.text
            ));
        }
    }
    found
}

/// `map.entry(key)` and `hash_map::Entry` are the standard library's names.
fn of_a_map(tokens: &[Token], at: usize) -> bool {
    let near =
        |n: usize| at.checked_sub(n).and_then(|at| tokens.get(at)).map_or("", |t| t.text.as_str());
    let after = tokens.get(at + 1).map_or("", |t| t.text.as_str());
    match tokens[at].text.as_str() {
        "entry" => near(1) == "." && after == "(",
        "Entry" => near(1) == "::" && matches!(near(2), "hash_map" | "btree_map"),
        _ => false,
    }
}

/// `feed_entry`, `FeedEntry` and `FEED_ENTRY` are `["feed", "entry"]`.
fn parts(name: &str) -> Vec<String> {
    let shouted = !name.chars().any(char::is_lowercase);
    let mut out = vec![String::new()];
    for c in name.chars() {
        if c == '_' || (c.is_uppercase() && !shouted) {
            out.push(String::new());
        }
        if c != '_'
            && let Some(last) = out.last_mut()
        {
            last.extend(c.to_lowercase());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paths::{module_of, paths};

    fn read(name: &str, source: &str) -> (Views, Vec<Token>, Vec<Path>) {
        let views = scan::views(source);
        let tokens = scan::tokens(&views.code);
        let paths = paths(&tokens, &module_of(name));
        (views, tokens, paths)
    }

    #[test]
    fn a_file_that_opens_with_nothing_or_with_a_novel_is_found() {
        let head = |lines: usize| "//! A line.\n".repeat(lines) + "fn f() {}\n";
        assert_eq!(opening("src/files.rs", &head(1)).len(), 1);
        assert_eq!(opening("src/files.rs", &head(13)).len(), 1);
        assert_eq!(opening("src/files.rs", "// A line.\n//! Late.\n").len(), 1);
        assert_eq!(opening("tests/it/main.rs", &head(0)).len(), 1);
        assert!(opening("src/files.rs", &head(2)).is_empty());
        assert!(opening("src/main.rs", &head(1)).is_empty());
        assert!(opening("src/http/gate_tests.rs", &head(1)).is_empty());
        assert!(opening("src/lib.rs", &head(60)).is_empty());
    }

    #[test]
    fn a_long_file_and_a_long_function_are_found() {
        let function = |lines: usize| format!("fn f() {{\n{}}}\n", "    g();\n".repeat(lines - 2));
        let judge = |source: &str| length("src/files.rs", source, &read("src/files.rs", source).1);
        assert!(judge(&function(70)).is_empty());
        assert_eq!(judge(&function(71)).len(), 1);
        assert!(judge(&"const A: u8 = 1;\n".repeat(400)).is_empty());
        assert_eq!(judge(&"const A: u8 = 1;\n".repeat(401)).len(), 1);
    }

    #[test]
    fn a_crate_outside_its_room_is_found() {
        let judge = |name: &str, source: &str| {
            let (_, tokens, paths) = read(name, source);
            crates(name, &tokens, &paths).len()
        };
        assert_eq!(judge("src/parse/mod.rs", "use feed_rs::parser;"), 1);
        assert_eq!(judge("src/parse/mod.rs", "fn f(a: scraper::Html) {}"), 1);
        assert_eq!(judge("src/model/mod.rs", "#[sqlx(transparent)] struct A;"), 1);
        assert_eq!(judge("src/fetch/mod.rs", "use {bytes::Bytes, reqwest::Url};"), 1);
        assert_eq!(judge("src/parse/feed.rs", "use feed_rs::parser;"), 0);
        assert_eq!(judge("src/store/sqlite.rs", "use sqlx::Row; // not reqwest::Client"), 0);
        assert_eq!(judge("tests/it/main.rs", "use axum::Router;"), 0);
    }

    #[test]
    fn bad_habits_are_found() {
        let judge = |source: &str| {
            let (views, tokens, _) = read("src/files.rs", source);
            habits("src/files.rs", &views, &tokens).len()
        };
        for source in [
            "// TODO: later",
            "/* FIXME */",
            "fn f() { todo!() }",
            "fn f() { unimplemented!(\"x\") }",
            "#[allow(dead_code)] fn f() {}",
            "#![allow(missing_docs)]",
            "#[test] #[ignore] fn f() {}",
            "pub use crate::model::Item;",
            "#[test] fn test_it() {}",
        ] {
            assert_eq!(judge(source), 1, "{source}");
        }
        assert_eq!(
            judge("#[expect(dead_code, reason = \"x\")] fn allow(a: u8) { let t = \"TODO\"; }"),
            0
        );
    }

    #[test]
    fn a_word_of_another_project_is_found() {
        let judge = |name: &str, source: &str| words(name, &read(name, source).1).len();
        assert_eq!(judge("src/work/poll.rs", "let article_count = 1;"), 1);
        assert_eq!(judge("src/work/poll.rs", "struct FeedEntries;"), 1);
        assert_eq!(judge("src/work/poll.rs", "const MAX_JOBS: u8 = 1;"), 1);
        assert_eq!(judge("src/schedule.rs", "use tokio_cron_scheduler::Job; let keyword = 1;"), 1);
        assert_eq!(judge("src/parse/feed.rs", "for entry in feed.entries {}"), 0);
        let map = "use std::collections::hash_map::Entry; fn f() { map.entry(key); let jobless = \"sink\"; }";
        assert_eq!(judge("src/work/poll.rs", map), 0);
    }
}
