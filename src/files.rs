//! Reads the configuration's files, the secret files it names and the environment; checks nothing.
//!
//! `config` says which files a file includes and what the texts mean. The only place that looks at
//! the environment. Called by `cli` and `daemon`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};

use crate::config::tree::{self, File, Tree};
use crate::config::{self, Loaded, Surroundings, builtin};

/// A configuration file beyond this is not one (a log, a dump, a device).
const FILE_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// A secret is a line.
const SECRET_BYTES_MAX: u64 = 64 * 1024;
/// More files than anybody writes: an include has caught a wrong folder.
const FILES_MAX: usize = 2_000;

/// Loads the configuration that begins at `path`, or the embedded default.
pub fn load(path: Option<&Path>) -> Loaded {
    let tree = read_tree(path);
    let surroundings = Surroundings {
        environment: environment(),
        folder: std::env::current_dir().unwrap_or_default(),
        secrets: read_secrets(config::secret_files(&tree)),
    };
    config::load(&tree, &surroundings)
}

/// A path from the root, for messages that are read elsewhere. Without `.` and `..`, unless a link
/// on the way makes them lead somewhere else.
pub fn absolute(path: &Path) -> PathBuf {
    let Ok(full) = std::path::absolute(path) else { return path.to_owned() };
    let mut plain = PathBuf::new();
    for part in full.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            part => plain.push(part),
        }
    }
    match (fs::canonicalize(&full), fs::canonicalize(&plain)) {
        (Ok(meant), Ok(found)) if meant != found => full,
        (Ok(_), Err(_)) => full,
        _ => plain,
    }
}

/// A number that changes when any file of the configuration does: content counts, not dates.
pub fn signature(path: Option<&Path>) -> u64 {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let tree = read_tree(path);
    let mut hasher = DefaultHasher::new();
    for (name, file) in tree.files() {
        (name, &file.content, file.exposed).hash(&mut hasher);
    }
    for (path, secret) in read_secrets(config::secret_files(&tree)) {
        (path, secret).hash(&mut hasher);
    }
    hasher.finish()
}

fn read_tree(path: Option<&Path>) -> Tree {
    let Some(path) = path else { return Tree::builtin() };
    let root = path.to_string_lossy();
    // So that a pattern which matches the root itself is seen to do so.
    let root = root.trim_start_matches("./").to_owned();
    let mut tree = Tree::new(root.clone());
    let mut waiting = vec![root];
    let mut read = 0;
    while let Some(name) = waiting.pop() {
        // The embedded files are in every tree, and include nothing but each other.
        if tree.get(&name).is_some() || name.starts_with(builtin::PREFIX) || read == FILES_MAX {
            continue;
        }
        read += 1;
        let file = read_file(Path::new(&name));
        if let Ok(bytes) = &file.content {
            waiting.extend(tree::includes(&name, bytes).iter().flat_map(|name| expand(name)));
        }
        tree.add(name, file);
    }
    tree
}

fn read_file(path: &Path) -> File {
    let content = read_capped(path, FILE_BYTES_MAX).map(Cow::Owned).map_err(|error| reason(&error));
    File { content, exposed: is_exposed(path) }
}

fn read_capped(path: &Path, bytes_max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(bytes_max + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > bytes_max {
        return Err(io::Error::other(format!("larger than {bytes_max} bytes")));
    }
    Ok(bytes)
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".into(),
        io::ErrorKind::PermissionDenied => "not allowed to read it".into(),
        io::ErrorKind::IsADirectory => "it is a folder".into(),
        _ => error.to_string().to_lowercase(),
    }
}

#[cfg(unix)]
fn is_exposed(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    const OTHERS_MAY_READ: u32 = 0o004;
    fs::metadata(path).is_ok_and(|metadata| metadata.mode() & OTHERS_MAY_READ != 0)
}

#[cfg(not(unix))]
fn is_exposed(_path: &Path) -> bool {
    false
}

/// The files that a name or pattern stands for.
fn expand(name: &str) -> Vec<String> {
    if !tree::is_pattern(name) || name.starts_with(builtin::PREFIX) {
        return vec![name.to_owned()];
    }
    let root = if name.starts_with('/') { "/" } else { "" };
    let mut found = vec![root.to_owned()];
    for part in name.split('/').filter(|part| !part.is_empty()) {
        found = found.iter().flat_map(|folder| step(folder, part)).take(FILES_MAX).collect();
    }
    found.retain(|path| Path::new(path).is_file());
    found
}

fn step(folder: &str, part: &str) -> Vec<String> {
    let joined = |name: &str| match folder {
        "" => name.to_owned(),
        folder if folder.ends_with('/') => format!("{folder}{name}"),
        folder => format!("{folder}/{name}"),
    };
    if !tree::is_pattern(part) {
        return vec![joined(part)];
    }
    let Ok(entries) = fs::read_dir(if folder.is_empty() { "." } else { folder }) else {
        return Vec::new();
    };
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| tree::matches_part(part, name))
        .map(|name| joined(&name))
        .collect();
    names.sort();
    names
}

fn read_secrets(paths: Vec<PathBuf>) -> BTreeMap<PathBuf, Result<String, String>> {
    paths
        .into_iter()
        .map(|path| {
            let secret = read_capped(&path, SECRET_BYTES_MAX)
                .map_err(|error| reason(&error))
                .and_then(|bytes| String::from_utf8(bytes).map_err(|_| "it is not UTF-8".into()));
            (path, secret)
        })
        .collect()
}

/// The variables whose names and values are texts.
fn environment() -> BTreeMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

#[cfg(test)]
#[path = "files_tests.rs"]
mod files_tests;
