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
    /// As it was asked for; worth a word to whoever wonders why something is off.
    Note,
}

/// Who cannot work while a fault stands, where that is not everybody: a secret that is not there
/// keeps nobody from reading what is known already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Need {
    /// Whoever opens a connection.
    Network,
    /// Whoever asks this source.
    Source(Box<str>),
    /// Whoever sends to this receiver.
    Receiver(Box<str>),
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
    /// Whom alone it stops; `None`: an error stops everybody.
    pub need: Option<Need>,
}

impl Fault {
    /// A fault that makes the configuration unusable.
    pub fn error(place: Place, message: impl Into<String>) -> Self {
        Self { place, weight: Weight::Error, message: message.into(), cure: None, need: None }
    }

    /// A fault that the user should know of.
    pub fn warning(place: Place, message: impl Into<String>) -> Self {
        Self { weight: Weight::Warning, ..Self::error(place, message) }
    }

    /// Adds the cure.
    #[must_use]
    pub fn cure(mut self, cure: impl Into<String>) -> Self {
        self.cure = Some(cure.into());
        self
    }

    /// Says that it stops these alone.
    #[must_use]
    pub fn needed_by(mut self, need: Need) -> Self {
        self.need = Some(need);
        self
    }

    /// Whether the configuration cannot be used because of it, by all or by those who need it.
    pub fn is_error(&self) -> bool {
        self.weight == Weight::Error
    }

    /// Whether nobody can use the configuration because of it.
    pub fn stops_all(&self) -> bool {
        self.is_error() && self.need.is_none()
    }

    /// What is wrong and how to mend it, in one line without its place.
    pub fn words(&self) -> String {
        match &self.cure {
            Some(cure) => format!("{}; {cure}", self.message),
            None => self.message.clone(),
        }
    }

    /// In which order faults are told: by place, what weighs more first; remarks on a whole file
    /// come last, since what is wrong within may be their cause.
    pub fn order(&self) -> impl Ord + '_ {
        let is_remark = self.place.line == 0 && !self.is_error();
        (is_remark, &self.place, self.weight)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let weight = match self.weight {
            Weight::Error => "error",
            Weight::Warning => "warning",
            Weight::Note => "note",
        };
        write!(f, "{}: {weight}: {}", self.place, self.message)?;
        if let Some(cure) = &self.cure {
            write!(f, "\n  hint: {cure}")?;
        }
        Ok(())
    }
}
