//! `Place` and `Fault`: where in the configuration something is wrong, and how to mend it.
//!
//! Any room that reads a piece of the configuration (a query, a selector, a time zone) may report
//! faults; `cli` and `daemon` gather them all and show them at once. A fault never holds a secret.

use std::fmt;

/// A position in a text file. Lines and columns count from 1; columns count characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The file as the user named it, or `builtin:…` for the embedded default.
    pub file: String,
    /// Line, from 1; 0 when the fault concerns the whole file.
    pub line: usize,
    /// Column in characters, from 1; 0 when the fault concerns the whole line.
    pub column: usize,
}

impl Place {
    /// A place that stands for a whole file.
    pub fn file(file: impl Into<String>) -> Self {
        Self { file: file.into(), line: 0, column: 0 }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.column) {
            (0, _) => f.write_str(&self.file),
            (line, 0) => write!(f, "{}:{line}", self.file),
            (line, column) => write!(f, "{}:{line}:{column}", self.file),
        }
    }
}

/// How much a fault weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Weight {
    /// The configuration cannot be used.
    Error,
    /// It can be used, but the user should know.
    Warning,
}

/// One thing wrong with the configuration, with the cure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// Error or warning.
    pub weight: Weight,
    /// What is wrong, in lower case, without a final dot; names the key or id.
    pub message: String,
    /// How to mend it, when that is known.
    pub cure: Option<String>,
}

impl Fault {
    /// A fault that makes the configuration unusable.
    pub fn error(place: Place, message: impl Into<String>) -> Self {
        Self { place, weight: Weight::Error, message: message.into(), cure: None }
    }

    /// A fault that the user should know of.
    pub fn warning(place: Place, message: impl Into<String>) -> Self {
        Self { place, weight: Weight::Warning, message: message.into(), cure: None }
    }

    /// Adds the cure.
    #[must_use]
    pub fn cure(mut self, cure: impl Into<String>) -> Self {
        self.cure = Some(cure.into());
        self
    }

    /// Whether the configuration cannot be used because of it.
    pub fn is_error(&self) -> bool {
        self.weight == Weight::Error
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let weight = if self.is_error() { "error" } else { "warning" };
        write!(f, "{}: {weight}: {}", self.place, self.message)?;
        if let Some(cure) = &self.cure {
            write!(f, "\n  hint: {cure}")?;
        }
        Ok(())
    }
}
