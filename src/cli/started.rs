//! How this program was started: by its name, by a path, or by cargo out of a checkout.
//!
//! Looks at the first argument, at what cargo tells its children, and at the search path; the line
//! itself is `invocation`'s. Called once, by `main`.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::lang::shell::quoted;

/// What can be known of the start.
#[derive(Clone, Debug, Default)]
struct Start {
    /// The first argument, as it was typed.
    name: String,
    /// The file that runs.
    program: Option<PathBuf>,
    /// The folder of our own manifest, where cargo says that it runs this very package.
    manifest: Option<PathBuf>,
    /// The folder in which a person typed the line.
    folder: PathBuf,
    /// Whether the shell finds this file by its bare name.
    is_on_path: bool,
}

/// The words that start this program again, for a shell.
pub(super) fn program() -> String {
    let variable = |name: &str| std::env::var_os(name);
    let program = std::env::current_exe().ok();
    let is_ours = variable("CARGO_PKG_NAME").is_some_and(|name| name == env!("CARGO_PKG_NAME"));
    let is_built_here = || {
        // Cargo keeps what it built of the dependencies beside the program; an installed one has none.
        program.as_deref().and_then(Path::parent).is_some_and(|it| it.join("deps").is_dir())
    };
    let by_cargo = is_ours && variable("CARGO").is_some() && is_built_here();
    Start {
        name: std::env::args_os().next().unwrap_or_default().to_string_lossy().into_owned(),
        manifest: variable("CARGO_MANIFEST_DIR").filter(|_| by_cargo).map(PathBuf::from),
        folder: std::env::current_dir().unwrap_or_default(),
        is_on_path: program
            .as_deref()
            .is_some_and(|it| is_on_path(it, variable("PATH").as_deref())),
        program,
    }
    .words()
}

/// Whether the first file of this name on the search path is this one.
fn is_on_path(program: &Path, path: Option<&OsStr>) -> bool {
    let (Some(name), Some(path)) = (program.file_name(), path) else { return false };
    let found = std::env::split_paths(path).map(|folder| folder.join(name)).find(|it| it.is_file());
    let real = |it: &Path| std::fs::canonicalize(it).ok();
    found.is_some_and(|found| real(&found).is_some() && real(&found) == real(program))
}

impl Start {
    fn words(&self) -> String {
        if let Some(manifest) = &self.manifest {
            return self.by_cargo(manifest);
        }
        if self.is_on_path || !self.name.contains('/') {
            let name = self.program.as_deref().and_then(Path::file_name);
            return quoted(&name.map_or("bongsu".into(), OsStr::to_string_lossy));
        }
        quoted(&self.name)
    }

    /// Out of a checkout, in the profile that it was built in.
    fn by_cargo(&self, manifest: &Path) -> String {
        let parent = self.program.as_deref().and_then(Path::parent).and_then(Path::file_name);
        let profile = match parent.map(OsStr::to_string_lossy).as_deref() {
            None | Some("debug") => String::new(),
            Some("release") => " --release".to_owned(),
            Some(other) => format!(" --profile {}", quoted(other)),
        };
        let place = if self.folder.starts_with(manifest) {
            String::new()
        } else {
            let file = manifest.join("Cargo.toml");
            format!(" --manifest-path {}", quoted(&file.to_string_lossy()))
        };
        format!("cargo run{profile}{place} --")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(name: &str, program: &str) -> Start {
        let (name, program) = (name.to_owned(), Some(PathBuf::from(program)));
        Start { name, program, folder: "/srv/kim/bongsu".into(), ..Start::default() }
    }

    #[test]
    fn what_cargo_runs_is_run_again_by_cargo_in_its_profile() {
        let manifest = Some(PathBuf::from("/srv/kim/bongsu"));
        let cargo = |program: &str| Start {
            manifest: manifest.clone(),
            ..start("target/release/bongsu", program)
        };
        let release = cargo("/srv/kim/bongsu/target/release/bongsu");
        assert_eq!(release.words(), "cargo run --release --");
        assert_eq!(cargo("/srv/kim/bongsu/target/debug/bongsu").words(), "cargo run --");
        let other = cargo("/srv/kim/bongsu/target/bench/bongsu");
        assert_eq!(other.words(), "cargo run --profile bench --");
        let elsewhere = Start { folder: "/tmp".into(), ..release };
        assert_eq!(
            elsewhere.words(),
            "cargo run --release --manifest-path /srv/kim/bongsu/Cargo.toml --"
        );
    }

    #[test]
    fn what_is_on_the_search_path_has_its_bare_name_and_anything_else_its_path() {
        let container =
            Start { is_on_path: true, ..start("/usr/local/bin/bongsu", "/usr/local/bin/bongsu") };
        assert_eq!(container.words(), "bongsu");
        assert_eq!(start("bongsu", "/opt/bongsu/bongsu").words(), "bongsu");
        assert_eq!(start("./bongsu", "/opt/bongsu/bongsu").words(), "./bongsu");
        assert_eq!(start("/opt/봉수/bongsu", "/opt/봉수/bongsu").words(), "'/opt/봉수/bongsu'");
        let built = start("target/release/bongsu", "/srv/kim/bongsu/target/release/bongsu");
        assert_eq!(built.words(), "target/release/bongsu", "no cargo is known to be there");
    }

    #[test]
    fn a_file_is_on_the_search_path_if_the_shell_would_find_it_first() {
        let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (ours, other) = (second.path().join("bongsu"), first.path().join("bongsu"));
        std::fs::write(&ours, "").unwrap();
        let path = std::env::join_paths([first.path(), second.path()]).unwrap();
        assert!(is_on_path(&ours, Some(&path)));
        std::fs::write(&other, "").unwrap();
        assert!(!is_on_path(&ours, Some(&path)), "another one is found first");
        assert!(!is_on_path(&ours, None));
    }
}
