//! How this program was started, and so how a person starts it again: the one place that spells
//! command lines for people.
//!
//! `cli` says it once, at the start; whoever prints a hint asks for the whole line, so that it can be
//! pasted. Knows no command. Beside the layers, like `telemetry`: for every room that speaks to people.

use std::path::Path;
use std::sync::OnceLock;

use crate::lang::shell::quoted;

/// What stands before the command: `bongsu --config /etc/bongsu.toml`.
static BEGINNING: OnceLock<String> = OnceLock::new();

/// Keeps how the program was started: the words that start it, ready for a shell, and the configuration
/// that it was given. The first word counts.
pub fn started(program: &str, config: Option<&Path>) {
    BEGINNING.get_or_init(|| beginning(program, config));
}

/// The line that does `arguments` (`receivers dead`) with this very program and configuration.
pub fn command(arguments: &str) -> String {
    let beginning = BEGINNING.get().map_or("bongsu", String::as_str);
    format!("{beginning} {arguments}")
}

fn beginning(program: &str, config: Option<&Path>) -> String {
    match config {
        Some(path) => format!("{program} --config {}", quoted(&path.to_string_lossy())),
        None => program.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(path: &str) -> String {
        beginning("bongsu", Some(Path::new(path)))
    }

    #[test]
    fn a_line_names_the_configuration_that_was_given_and_no_other() {
        assert_eq!(beginning("bongsu", None), "bongsu");
        assert_eq!(with("/etc/bongsu.toml"), "bongsu --config /etc/bongsu.toml");
    }

    #[test]
    fn a_path_that_a_shell_would_take_apart_is_quoted() {
        for path in ["/a b/c.toml", "/설정/봉수.toml", "/it's.toml"] {
            let words = shlex::split(&with(path)).expect("a line that a shell can read");
            assert_eq!(words, ["bongsu", "--config", path]);
        }
    }
}
