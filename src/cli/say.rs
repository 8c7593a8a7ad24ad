//! The two ways to speak: `out` for answers, `err` for everything else.
//!
//! A closed pipe (`bongsu check | head`) is not an error: whoever listened has heard enough.

use std::io::{ErrorKind, Write};
use std::sync::OnceLock;

/// Why an answer did not reach its reader, once one did not.
static LOST: OnceLock<String> = OnceLock::new();

/// Writes a line to standard output. What cannot be written (a full disk) is told by [`lost`], so
/// that the command does not end as if all were well.
pub fn out(line: &str) {
    if let Err(error) = writeln!(std::io::stdout().lock(), "{line}")
        && error.kind() != ErrorKind::BrokenPipe
    {
        LOST.get_or_init(|| error.to_string());
    }
}

/// Why part of the answer could not be written, if any could not.
pub fn lost() -> Option<&'static str> {
    LOST.get().map(String::as_str)
}

/// Writes a line to standard error.
pub fn err(line: &str) {
    drop(writeln!(std::io::stderr().lock(), "{line}"));
}
