//! The files of this project, as the house rules want to see them: every Rust file with its path, and
//! every other text. What `.gitignore` names at the top is not part of the project.

use std::fs;
use std::path::{Path, PathBuf};

/// One text file; `name` is its path from the top, with `/` on every system.
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) text: String,
}

/// The top of the project.
pub(crate) fn top() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The names at the top, sorted, without what git leaves alone.
pub(crate) fn top_names() -> Vec<String> {
    names(&top()).into_iter().filter(|name| !is_left_alone(name)).collect()
}

/// The text of one file.
pub(crate) fn read(name: &str) -> String {
    fs::read_to_string(top().join(name))
        .unwrap_or_else(|error| panic!("cannot read {name}: {error}"))
}

/// Every file whose bytes are text.
pub(crate) fn texts() -> Vec<File> {
    let mut found = vec![];
    for name in top_names() {
        gather(&name, &mut found);
    }
    found
}

/// Every Rust file.
pub(crate) fn rust() -> Vec<File> {
    texts().into_iter().filter(|file| is_rust(&file.name)).collect()
}

fn is_rust(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "rs")
}

fn is_left_alone(name: &str) -> bool {
    name == ".git" || read(".gitignore").lines().any(|line| line.trim_matches('/') == name)
}

fn names(folder: &Path) -> Vec<String> {
    let rows = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("cannot list {}: {error}", folder.display()));
    let mut names: Vec<String> =
        rows.filter_map(|row| Some(row.ok()?.file_name().to_string_lossy().into_owned())).collect();
    names.sort();
    names
}

fn gather(name: &str, found: &mut Vec<File>) {
    let path = top().join(name);
    if path.is_dir() {
        for inner in names(&path).iter().filter(|inner| *inner != "target" && *inner != "generated")
        {
            gather(&format!("{name}/{inner}"), found);
        }
    } else if let Ok(text) = fs::read_to_string(&path) {
        found.push(File { name: name.to_owned(), text });
    }
}

/// The inside of the first fenced block after the line `marker`, without its last line's end.
pub(crate) fn block_after(text: &str, marker: &str) -> String {
    let after = text.lines().skip_while(|line| *line != marker);
    let mut inside = after.skip_while(|line| !line.starts_with("```"));
    assert!(inside.next().is_some(), "no fenced block after `{marker}`");
    inside
        .take_while(|line| !line.starts_with("```"))
        .collect::<Vec<_>>()
        .join("\n")
        .trim_end()
        .to_owned()
}

/// The inside of the first fenced block of that language.
pub(crate) fn block_of(text: &str, language: &str) -> String {
    let fence = format!("```{language}");
    let inside = text.lines().skip_while(|line| *line != fence).skip(1);
    inside.take_while(|line| !line.starts_with("```")).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_block_after_a_marker_is_that_block() {
    let text = "```sh\nno\n```\n<!-- help -->\n\n```text\nyes\n\n  more\n```\n```\nno\n```\n";
    assert_eq!(block_after(text, "<!-- help -->"), "yes\n\n  more");
    assert_eq!(block_of(text, "text"), "yes\n\n  more");
    assert_eq!(block_of(text, "toml"), "");
}

#[test]
fn the_walk_sees_itself_and_not_the_target_folder() {
    let files = texts();
    assert!(files.iter().any(|file| file.name == "tests/tidy/tree.rs"));
    assert!(files.iter().any(|file| file.name == ".ci/run"));
    assert!(!files.iter().any(|file| file.name.starts_with("target/")));
}
