//! The house rules as tests. What a reviewer would have to say twice is said here once: who may import
//! whom, how a file opens, how long it may be, which words and crates belong where, and that the README
//! tells the truth. Each rule is proved on a bad snippet beside it.

#[path = "tidy/layers.rs"]
mod layers;
#[path = "tidy/paths.rs"]
mod paths;
#[path = "tidy/rules.rs"]
mod rules;
#[path = "tidy/scan.rs"]
mod scan;
#[path = "tidy/tree.rs"]
mod tree;

use std::fs;
use std::path::Path;
use std::process::Command;

use bongsu::matching::Matcher;
use bongsu::model::fault::Fault;

/// What may stand at the top of the project: a reader takes it in at one glance.
const TOP: [&str; 22] = [
    ".ci",
    ".clippy.toml",
    ".dockerignore",
    ".github",
    ".gitignore",
    ".rustfmt.toml",
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "Dockerfile",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "benches",
    "build.rs",
    "config",
    "deny.toml",
    "fuzz",
    "rust-toolchain.toml",
    "src",
    "tests",
    ".gitattributes",
];

/// What must stand there.
const NEEDED: [&str; 11] = [
    ".ci",
    ".github",
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "Dockerfile",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "src",
    "tests",
];

/// Runs `rule` over every Rust file and fails with all that it found.
fn hold(rule: impl Fn(&tree::File, &scan::Views, &[scan::Token]) -> Vec<String>) {
    let files = tree::rust();
    assert!(files.len() > 20, "the walk over the project found {} Rust files", files.len());
    let breaches = files.iter().flat_map(|file| {
        let views = scan::views(&file.text);
        let tokens = scan::tokens(&views.code);
        rule(file, &views, &tokens)
    });
    none(&breaches.collect::<Vec<_>>());
}

fn none(breaches: &[String]) {
    assert!(breaches.is_empty(), "\n{}\n", breaches.join("\n"));
}

#[test]
fn a_lower_layer_never_names_a_higher_one() {
    hold(|file, _, tokens| {
        if !file.name.starts_with("src/") {
            return vec![];
        }
        layers::breaches(&file.name, &paths::paths(tokens, &paths::module_of(&file.name)))
    });
}

#[test]
fn pure_rooms_reach_for_nothing() {
    hold(|file, _, tokens| {
        if !file.name.starts_with("src/") {
            return vec![];
        }
        let paths = paths::paths(tokens, &paths::module_of(&file.name));
        layers::impurities(&file.name, &paths, tokens)
    });
}

#[test]
fn the_map_in_the_library_shows_every_room_in_its_layer() {
    none(&layers::map_breaches(&tree::read("src/lib.rs")));
}

#[test]
fn every_file_opens_by_saying_what_it_is() {
    hold(|file, _, _| rules::opening(&file.name, &file.text));
}

#[test]
fn files_and_functions_fit_in_the_mind() {
    hold(|file, _, tokens| rules::length(&file.name, &file.text, tokens));
}

#[test]
fn a_crate_is_named_only_in_its_room() {
    hold(|file, _, tokens| {
        let paths = paths::paths(tokens, &paths::module_of(&file.name));
        rules::crates(&file.name, tokens, &paths)
    });
}

#[test]
fn nothing_is_left_undone_or_switched_off() {
    hold(|file, views, tokens| rules::habits(&file.name, views, tokens));
}

#[test]
fn one_thing_has_one_word() {
    hold(|file, _, tokens| rules::words(&file.name, tokens));
}

#[test]
fn every_file_is_part_of_the_program_and_every_folder_has_its_door() {
    let files = tree::rust();
    let is = |name: &str| files.iter().any(|file| file.name == name);
    let mut breaches = vec![];
    for file in files.iter().filter(|file| file.name.starts_with("src/")) {
        let module = paths::module_of(&file.name);
        let Some((own, above)) = module.split_last() else { continue };
        let door = match above {
            [] => "src/lib.rs".to_owned(),
            [room] if is(&format!("src/{room}.rs")) => format!("src/{room}.rs"),
            _ => format!("src/{}/mod.rs", above.join("/")),
        };
        let told = files.iter().find(|file| file.name == door).is_some_and(|door| {
            let tokens = scan::tokens(&scan::views(&door.text).code);
            tokens.windows(3).any(|t| t[0].text == "mod" && t[1].text == *own && t[2].text == ";")
        });
        if !told {
            breaches.push(format!("{}: {door} has no `mod {own};`", file.name));
        }
        if is(&format!("src/{}/mod.rs", module.join("/"))) && !file.name.ends_with("/mod.rs") {
            breaches.push(format!("{}: a folder's door is its mod.rs", file.name));
        }
    }
    none(&breaches);
}

#[test]
fn every_file_of_integration_tests_is_run() {
    let main = scan::tokens(&scan::views(&tree::read("tests/it/main.rs")).code);
    let runs = |own: &str| {
        main.windows(3).any(|t| t[0].text == "mod" && t[1].text == own && t[2].text == ";")
    };
    let names = tree::rust().into_iter().map(|file| file.name);
    let files: Vec<_> = names
        .filter_map(|name| Some(name.strip_prefix("tests/it/")?.strip_suffix(".rs")?.to_owned()))
        .filter(|own| own != "main")
        .collect();
    assert!(files.len() > 10, "{files:?}");
    let idle = files.into_iter().filter(|own| !runs(own));
    none(
        &idle
            .map(|own| format!("tests/it/{own}.rs: main.rs has no `mod {own};`"))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn the_top_of_the_project_is_seen_at_one_glance() {
    let names = tree::top_names();
    let strangers = names.iter().filter(|name| !TOP.contains(&name.as_str()));
    let missing = NEEDED.iter().filter(|name| !names.iter().any(|there| there == *name));
    none(&strangers.map(|name| format!("{name}: has no place at the top")).collect::<Vec<_>>());
    none(&missing.map(|name| format!("{name}: is missing")).collect::<Vec<_>>());
}

#[test]
fn no_file_knows_the_place_where_it_was_written() {
    // In pieces, so that this file does not hold what it looks for.
    let beside = concat!("../", "shared");
    let places = [beside, concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/")];
    let mut breaches = vec![];
    for file in tree::texts() {
        for (number, line) in file.text.lines().enumerate() {
            for place in places.iter().filter(|place| stands_alone(line, place)) {
                // The pipeline may look for suites that lie beside a checkout.
                if file.name != ".ci/run" || *place != beside {
                    breaches.push(format!("{}:{}: names `{place}`", file.name, number + 1));
                }
            }
        }
    }
    none(&breaches);
}

/// `place` begins a path in `line`, and is not a folder in the middle of one.
fn stands_alone(line: &str, place: &str) -> bool {
    line.match_indices(place).any(|(at, _)| {
        !line
            .get(..at)
            .and_then(|before| before.chars().next_back())
            .is_some_and(char::is_alphanumeric)
    })
}

#[test]
fn a_place_is_told_from_a_folder_of_that_name() {
    assert!(stands_alone(concat!("cd /wo", "rk/x"), concat!("/wo", "rk/")));
    assert!(!stands_alone("src/work/poll.rs", concat!("/wo", "rk/")));
}

#[test]
fn the_changelog_has_room_for_what_comes() {
    let changelog = tree::read("CHANGELOG.md");
    let first = changelog.lines().find(|line| line.starts_with("## "));
    assert_eq!(first, Some("## Unreleased"));
}

#[test]
fn the_configuration_in_the_readme_is_a_good_one() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("readme.toml");
    fs::write(&path, tree::block_of(&tree::read("README.md"), "toml")).expect("the folder is ours");
    let loaded = bongsu::files::load(Some(&path));
    none(&said(&loaded.faults));
    let settings = loaded.settings.expect("no fault, so there are settings");
    assert_eq!(
        (settings.sources.len(), settings.watches.len(), settings.receivers.len()),
        (1, 1, 2)
    );
    match Matcher::compile(&settings.concepts, &settings.watches) {
        Ok(matcher) => none(&said(&matcher.examples())),
        Err(faults) => none(&said(&faults)),
    }
}

fn said(faults: &[Fault]) -> Vec<String> {
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn the_readme_shows_the_help_as_it_is() {
    let mut bongsu = Command::new(env!("CARGO_BIN_EXE_bongsu"));
    let output = bongsu.arg("--help").env_clear().output().expect("bongsu starts");
    assert!(output.status.success(), "`bongsu --help` ended with {}", output.status);
    let help = String::from_utf8(output.stdout).expect("help is UTF-8");
    // Indentation of empty lines is nothing that a reader sees, and editors take it away.
    let help: Vec<_> = help.trim_end().lines().map(str::trim_end).collect();
    assert_eq!(tree::block_after(&tree::read("README.md"), "<!-- help -->"), help.join("\n"));
}

#[test]
fn the_two_commands_of_the_readme_are_the_ones_that_are_promised() {
    let readme = tree::read("README.md");
    assert_eq!(tree::block_after(&readme, "<!-- run -->"), "cargo run --release");
    assert_eq!(tree::block_after(&readme, "<!-- test -->"), "cargo test");
    assert!(tree::read(".github/workflows/ci.yml").contains("bash .ci/run"));
}
