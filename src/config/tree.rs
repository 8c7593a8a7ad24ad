//! The configuration's files as values, and how includes name them.
//!
//! A tree holds bytes under the names that users see (`config/bongsu.toml`, `builtin:sources/eu.toml`);
//! whoever reads the disk fills it. Called by `files`, which asks `includes` what to read next, and by
//! `gather`, which resolves the very same patterns.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::document::{self, Kind};
use super::{Surroundings, builtin};

/// All the files of one configuration.
#[derive(Clone, Debug)]
pub struct Tree {
    root: String,
    files: BTreeMap<String, File>,
}

/// One file as it was found.
#[derive(Clone, Debug)]
pub struct File {
    /// Its bytes, or why they could not be read (`no such file`).
    pub content: Result<Cow<'static, [u8]>, String>,
    /// Whether every user of the machine may read it: a secret in it is worth a warning.
    pub exposed: bool,
}

impl Tree {
    /// The embedded default: `builtin:bongsu.toml` and what it includes.
    pub fn builtin() -> Self {
        Self::new(format!("{}bongsu.toml", builtin::PREFIX))
    }

    /// A tree that begins at this file; the embedded files are always there for includes.
    pub fn new(root: impl Into<String>) -> Self {
        let files = builtin::files()
            .map(|(name, bytes)| (name, File { content: Ok(Cow::Borrowed(bytes)), exposed: false }))
            .collect();
        Self { root: root.into(), files }
    }

    /// Adds a file, under the name by which faults will call it.
    pub fn add(&mut self, name: impl Into<String>, file: File) {
        self.files.insert(name.into(), file);
    }

    /// The file it begins at.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// A file by its name.
    pub fn get(&self, name: &str) -> Option<&File> {
        self.files.get(name)
    }

    /// All files with their names, in order.
    pub fn files(&self) -> impl Iterator<Item = (&str, &File)> {
        self.files.iter().map(|(name, file)| (name.as_str(), file))
    }

    /// The files whose names match a pattern, in order of their names.
    pub(super) fn matching(&self, pattern: &str) -> Vec<&str> {
        // A pattern of the disk never reaches into the embedded files, nor the other way round.
        let embedded = |name: &str| name.starts_with(builtin::PREFIX);
        let names = self.files.keys().map(String::as_str);
        names.filter(|name| embedded(name) == embedded(pattern) && matches(pattern, name)).collect()
    }
}

/// What a file includes, as names and patterns resolved against the file; faults are `load`'s.
pub fn includes(file: &str, bytes: &[u8]) -> Vec<String> {
    let (table, _) = document::read(file, bytes);
    let Some(Kind::List(values)) = table.get("include").map(|entry| &entry.value.kind) else {
        return Vec::new();
    };
    values
        .iter()
        .filter_map(|value| match &value.kind {
            Kind::Text(text) => Some(resolve(file, text)),
            _ => None,
        })
        .collect()
}

/// A name as written in `file`, as the tree knows it: relative to the folder of that file.
pub fn resolve(file: &str, written: &str) -> String {
    if written.starts_with(builtin::PREFIX) || written.starts_with('/') {
        return written.to_owned();
    }
    let (prefix, path) = match file.strip_prefix(builtin::PREFIX) {
        Some(path) => (builtin::PREFIX, path),
        None => ("", file),
    };
    let folder = path.rsplit_once('/').map(|(folder, _)| folder);
    let absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.unwrap_or_default().split('/').chain(written.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let root = if absolute { "/" } else { "" };
    format!("{prefix}{root}{}", parts.join("/"))
}

/// Whether a name is a pattern.
pub fn is_pattern(name: &str) -> bool {
    name.contains(['*', '?'])
}

/// Whether a pattern (`*` and `?` within one part of a path) matches a name. `*` takes no name that
/// begins with a dot: editors leave such files behind.
pub fn matches(pattern: &str, name: &str) -> bool {
    let (mut patterns, mut names) = (pattern.split('/'), name.split('/'));
    loop {
        match (patterns.next(), names.next()) {
            (None, None) => return true,
            (Some(pattern), Some(name)) if matches_part(pattern, name) => {}
            _ => return false,
        }
    }
}

/// `matches` for one part of a path.
pub fn matches_part(pattern: &str, name: &str) -> bool {
    let hidden = name.starts_with('.') && !pattern.starts_with('.');
    if is_pattern(pattern) && (hidden || name.is_empty()) {
        return false;
    }
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    let (mut p, mut n) = (0, 0);
    // Where to go back to when a `*` took too little.
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(c) if *c == '?' || name.get(n) == Some(c) => {
                p += 1;
                n += 1;
            }
            _ => match star {
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    p = at + 1;
                    n = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(p).all(|c| *c == '*')
}

impl Surroundings {
    /// A variable of the environment that is set and not blank.
    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str).filter(|value| !value.trim().is_empty())
    }
}
