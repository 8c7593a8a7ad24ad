//! The two ways to speak: `out` for answers, `err` for everything else.
//!
//! A closed pipe (`bongsu check | head`) is not an error: whoever listened has heard enough.

use std::io::{ErrorKind, Write};
use std::sync::OnceLock;

use crate::model::fault::Fault;

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

/// Writes faults of the configuration to standard error.
pub fn faults<'f>(faults: impl IntoIterator<Item = &'f Fault>) {
    for fault in faults {
        err(&fault.to_string());
    }
}

/// An error with its causes, each said once: some name the cause in their own words already.
pub fn chain(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

/// Writes a line to standard error.
pub fn err(line: &str) {
    drop(writeln!(std::io::stderr().lock(), "{line}"));
}

#[cfg(test)]
mod tests {
    use anyhow::{Context as _, anyhow};

    use super::chain;

    #[test]
    fn a_cause_that_was_named_is_not_named_again_and_any_other_is() {
        let taken = anyhow!("address in use (os error 98)");
        let told = taken.context("cannot listen: address in use (os error 98); take another");
        assert_eq!(chain(&told), "cannot listen: address in use (os error 98); take another");
        let other: anyhow::Result<()> = Err(anyhow!("no such file"));
        let told = other.context("cannot open x").unwrap_err();
        assert_eq!(chain(&told), "cannot open x: no such file");
    }
}
