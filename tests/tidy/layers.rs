//! Who may import whom. The table is here and in the map of `src/lib.rs`; a room that stands in
//! neither fails.

use crate::paths::{Path, module_of};
use crate::scan;

/// A lower layer never names a higher one, and rooms of one layer do not name each other.
pub(crate) const LAYERS: [&[&str]; 9] = [
    &["model", "lang"],
    &["config", "calendar", "parse", "matching", "identity", "story", "render"],
    &["files", "http", "store"],
    &["fetch", "notify"],
    &["work"],
    &["schedule", "web"],
    &["daemon"],
    &["cli"],
    &["main"],
];

/// Rooms that stand beside the layers: the layer they count as when they import, and the lowest layer
/// that may import them.
const BESIDE: [(&str, usize, usize); 3] =
    [("telemetry", 2, 2), ("invocation", 1, 2), ("clock", 1, 4)];

/// Nothing pure may name these: they do things, or tell another answer tomorrow.
const IMPURE: [&str; 18] = [
    "tokio",
    "reqwest",
    "sqlx",
    "axum",
    "tracing_subscriber",
    "tokio_util",
    "std::fs",
    "std::env",
    "std::process",
    "std::net::TcpStream",
    "std::net::TcpListener",
    "std::net::UdpSocket",
    "std::net::ToSocketAddrs",
    "std::io::stdin",
    "SystemTime::now",
    "Instant::now",
    "Utc::now",
    "Local::now",
];

/// The last layer that is pure: values in, values out.
const PURE: usize = 1;

/// The layer that `room` imports as.
pub(crate) fn layer_of(room: &str) -> Option<usize> {
    let beside = BESIDE.iter().find(|(name, ..)| *name == room).map(|(_, own, _)| *own);
    beside.or_else(|| LAYERS.iter().position(|rooms| rooms.contains(&room)))
}

/// Breaches of the layer table in the file `name`.
pub(crate) fn breaches(name: &str, paths: &[Path]) -> Vec<String> {
    let module = module_of(name);
    let own = match name {
        "src/lib.rs" => return vec![],
        "src/main.rs" => "main",
        _ => module[0].as_str(),
    };
    let Some(layer) = layer_of(own) else {
        return vec![format!("{name}: the room `{own}` is not in the layer table")];
    };
    let mut found = vec![];
    for path in paths {
        if let Some(cause) = room_of(path, own).and_then(|room| objection(own, layer, room)) {
            found.push(format!("{name}:{}: {cause}", path.line));
        }
    }
    found.dedup();
    found
}

/// The room that a path leads to, if it leads into this crate.
fn room_of<'p>(path: &'p Path, own: &str) -> Option<&'p str> {
    let first = path.segments.first()?;
    let ours = first == "crate" || (own == "main" && first == "bongsu");
    if ours { path.segments.get(1).map(String::as_str) } else { None }
}

fn objection(own: &str, layer: usize, room: &str) -> Option<String> {
    if room == own {
        return None;
    }
    if let Some((_, _, from)) = BESIDE.iter().find(|(name, ..)| *name == room) {
        return (layer < *from).then(|| {
            format!("`{own}` (layer {layer}) names `{room}`, which is for layer {from} and up")
        });
    }
    match layer_of(room) {
        None => Some(format!("`{own}` names `crate::{room}`, which is no room of the layer table")),
        Some(other) if other > layer => {
            Some(format!("`{own}` (layer {layer}) names `{room}` of the higher layer {other}"))
        }
        Some(other) if other == layer => {
            Some(format!("`{own}` names `{room}`, a room of its own layer {layer}"))
        }
        Some(_) => None,
    }
}

/// Breaches of purity in the file `name`, if its room is a pure one. A room's `…tests.rs` may read
/// fixtures.
pub(crate) fn impurities(name: &str, paths: &[Path], tokens: &[scan::Token]) -> Vec<String> {
    let module = module_of(name);
    let pure = |room: &str| LAYERS[..=PURE].iter().any(|rooms| rooms.contains(&room));
    if name.ends_with("tests.rs") || !module.first().is_some_and(|room| pure(room)) {
        return vec![];
    }
    let mut found = vec![];
    for path in paths {
        let text = format!("::{}::", path.segments.join("::"));
        if let Some(what) = IMPURE.iter().find(|what| text.contains(&format!("::{what}::"))) {
            found.push(format!("{name}:{}: a pure room names `{what}`", path.line));
        }
    }
    for token in tokens.iter().filter(|token| token.text == "async" || token.text == "await") {
        found.push(format!("{name}:{}: a pure room has no `{}`", token.line, token.text));
    }
    found
}

/// Breaches between the rows of the layer table in the map (`| 2 | [`files`] … |`), the `mod` lines
/// under it, and the table above.
pub(crate) fn map_breaches(map: &str) -> Vec<String> {
    let rows: Vec<(usize, &str)> = map
        .lines()
        .filter_map(|line| line.strip_prefix("//! | "))
        .filter_map(|row| row.split_once(" | "))
        .filter_map(|(layer, rooms)| Some((layer.trim().parse().ok()?, rooms)))
        .collect();
    let mut found = vec![];
    for room in map.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')) {
        let beside = BESIDE.iter().any(|(name, ..)| *name == room);
        let told = rows.iter().find(|(_, rooms)| rooms.contains(&format!("[`{room}`]")));
        match (layer_of(room), told) {
            (None, _) => found.push(format!("`{room}` is not in the layer table of the tests")),
            (Some(_), _) if beside => {}
            (Some(layer), Some((row, _))) if layer == *row => {}
            (Some(layer), _) => {
                found.push(format!("the map does not show `{room}` in layer {layer}"));
            }
        }
    }
    found
}

#[cfg(test)]
fn judged(name: &str, source: &str) -> Vec<String> {
    let tokens = scan::tokens(&scan::views(source).code);
    let paths = crate::paths::paths(&tokens, &module_of(name));
    let mut found = breaches(name, &paths);
    found.extend(impurities(name, &paths, &tokens));
    found
}

#[test]
fn a_breach_of_the_layers_is_found_however_it_is_written() {
    for (name, source) in [
        ("src/store/mod.rs", "use crate::work::poll;"),
        ("src/store/mod.rs", "use crate::{model::Item, work::{self, poll}};"),
        ("src/store/sqlite.rs", "fn f() { super::super::http::send(); }"),
        ("src/files.rs", "use super::store::Store;"),
        ("src/parse/feed.rs", "mod tests { use super::super::super::matching::Matcher; }"),
        ("src/matching/mod.rs", "fn f(x: crate::config::Settings) {}"),
        ("src/fetch/mod.rs", "use crate::clock;"),
        ("src/parse/mod.rs", "use crate::telemetry;"),
        ("src/model/mod.rs", "use crate::config::settings;"),
        ("src/cellar/mod.rs", "fn f() {}"),
        ("src/work/mod.rs", "use crate::cellar;"),
        ("src/work/mod.rs", "use crate::*;"),
        ("src/clock.rs", "use crate::store;"),
        ("src/telemetry.rs", "use crate::http;"),
        ("src/daemon.rs", "use crate::cli::run;"),
    ] {
        assert_eq!(judged(name, source).len(), 1, "{name}: {source}");
    }
}

#[test]
fn what_the_layers_allow_is_left_in_peace() {
    for (name, source) in [
        (
            "src/work/poll.rs",
            "use crate::{clock, fetch, model::Item, parse, store::Store, telemetry};",
        ),
        (
            "src/parse/feed.rs",
            "use super::Context;\nmod tests { use super::*; use crate::parse::text; }",
        ),
        ("src/main.rs", "fn main() { bongsu::cli::run() }"),
        ("src/http/mod.rs", "//! See [`crate::daemon`].\nconst A: &str = \"crate::cli::x\";"),
        ("src/lib.rs", "pub mod store;"),
    ] {
        assert_eq!(judged(name, source), Vec::<String>::new(), "{name}: {source}");
    }
}

#[test]
fn a_pure_room_that_reaches_out_is_found() {
    for source in [
        "use std::{fs, path::Path};",
        "use tokio::time;",
        "fn f() { std::net::TcpStream::connect(a); }",
        "let now = chrono::Utc::now();",
        "use chrono::Utc; fn f() { Utc::now(); }",
        "fn f() { std::time::SystemTime::now(); }",
        "async fn f() {}",
    ] {
        assert_eq!(judged("src/parse/dates.rs", source).len(), 1, "{source}");
    }
    assert_eq!(judged("src/files.rs", "use std::fs;"), Vec::<String>::new());
    assert_eq!(judged("src/parse/dates_tests.rs", "use std::fs;"), Vec::<String>::new());
    assert_eq!(judged("src/parse/dates.rs", "use std::net::IpAddr;"), Vec::<String>::new());
}

#[test]
fn a_map_that_tells_another_story_is_found() {
    let map =
        |row: &str| format!("//! | layer | rooms |\n//! {row}\n\npub mod store;\npub mod clock;\n");
    assert_eq!(map_breaches(&map("| 2 | [`files`] [`store`] | x |")), Vec::<String>::new());
    assert_eq!(map_breaches(&map("| 3 | [`store`] | x |")).len(), 1);
    assert_eq!(map_breaches(&map("| 2 | [`files`] | x |")).len(), 1);
    assert_eq!(map_breaches("pub mod cellar;").len(), 1);
}
