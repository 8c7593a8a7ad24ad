//! The two ways to speak: `out` for answers, `err` for everything else.
//!
//! A closed pipe (`bongsu check | head`) is not an error: whoever listened has heard enough.

use std::io::Write;

/// Writes a line to standard output.
pub fn out(line: &str) {
    drop(writeln!(std::io::stdout().lock(), "{line}"));
}

/// Writes a line to standard error.
pub fn err(line: &str) {
    drop(writeln!(std::io::stderr().lock(), "{line}"));
}
