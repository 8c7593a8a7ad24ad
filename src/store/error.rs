//! Everything that can go wrong with the store, each with its cure.
//!
//! Faults that SQLite reports by number are sorted here once; callers act on the kind (`Full` and
//! `Busy` pass, `Corrupt` ends the program) and print the text.

use std::path::PathBuf;

use crate::invocation::command;

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file is something else.
    #[error(
        "store {path} is not a database: its first bytes are foreign; \
         check the path, or move the file away"
    )]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// A database, but another program's.
    #[error("store {path} is the database of another program; name another file in daemon.store")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// Damaged when it was opened.
    #[error(
        "store {path} is damaged ({detail}); nothing was changed; restore a backup: `{}` puts it in its \
         place and keeps what is there now beside it",
        command("restore FILE")
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        detail: String,
    },
    /// Where a store was there is none, or an empty file.
    #[error(
        "store {path} is {what}, yet {witness} shows that a store was here; put it back, restore a \
         backup by `{}`, or move {witness} away to start with an empty store",
        command("restore FILE")
    )]
    Vanished {
        /// The file.
        path: PathBuf,
        /// `missing` or `empty`.
        what: &'static str,
        /// The file that tells.
        witness: PathBuf,
    },
    /// The file was taken away, or another put in its place, while it was open.
    #[error(
        "the file of the store {path} was moved away, deleted or replaced while bongsu ran; put it \
         back, or see what lies there now, and start bongsu again"
    )]
    Gone {
        /// The file.
        path: PathBuf,
    },
    /// There never was one, and who asks only reads.
    #[error(
        "there is no store at {path}: nothing was polled into it yet; `{}` makes it, and if there is \
         one elsewhere, set `store` in [daemon], or BONGSU_STORE, to its full path: a relative one \
         counts from the folder in which bongsu is started",
        command("poll")
    )]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// Written by an earlier version, and who asks only reads.
    #[error(
        "store {path} has schema version {found}, but this program reads {known}; \
         `{}` brings it up to date",
        command("poll")
    )]
    Older {
        /// The file.
        path: PathBuf,
        /// The version found.
        found: i64,
        /// The version that can be read.
        known: i64,
    },
    /// Written by a later version of this program.
    #[error(
        "store {path} has schema version {found}, but this program knows only up to {known}; \
         install the newer bongsu again, or restore a backup made before the upgrade"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version found.
        found: i64,
        /// The newest version known.
        known: i64,
    },
    /// The file system forbids it.
    #[error("store {path} cannot be written{by}: {detail}; {cure}")]
    Denied {
        /// The file or directory.
        path: PathBuf,
        /// ` by uid 1000`, where the system tells.
        by: String,
        /// What the system said.
        detail: String,
        /// How to mend it.
        cure: &'static str,
    },
    /// The path is a directory.
    #[error("store {path} is a directory; name a file in it, such as {path}/bongsu.db")]
    Directory {
        /// The directory.
        path: PathBuf,
    },
    /// Another process leads.
    #[error("store {path} is in use: held by pid {pid}; stop that daemon first")]
    Held {
        /// The file.
        path: PathBuf,
        /// The process that holds it, or `unknown`.
        pid: String,
    },
    /// No space.
    #[error("disk full: the store kept nothing of this step and tries again; free some space")]
    Full,
    /// Another process wrote for longer than we wait.
    #[error("the store is busy: another process has been writing for too long")]
    Busy,
    /// Damage met while running.
    #[error(
        "the store is damaged ({0}); restore a backup: `{cure}` puts it in its place and keeps what is \
         there now beside it",
        cure = command("restore FILE")
    )]
    Corrupt(String),
    /// The lease of a source ran out and somebody else took it, or it was freed.
    #[error("the claim on source {source_id} is no longer held; its result was not kept")]
    Lost {
        /// The source.
        source_id: String,
    },
    /// No such row.
    #[error("no {what} {id} in the store")]
    Unknown {
        /// `delivery`, `item`, `source`.
        what: &'static str,
        /// Its id.
        id: String,
    },
    /// A stored text that cannot be read back.
    #[error("the store holds an unreadable {what}: {detail}")]
    Record {
        /// What was read.
        what: &'static str,
        /// Why it could not be.
        detail: String,
    },
    /// Everything else that the database reports.
    #[error("the store failed: {0}")]
    Database(sqlx::Error),
    /// A backup could not be made, or not be brought back.
    #[error("no copy could be kept in {to}: {detail}; nothing was changed")]
    Copy {
        /// Where the copy was to be.
        to: PathBuf,
        /// Why it could not be made.
        detail: String,
    },
    /// No copy could be made before the schema was to be brought up to date, which was not begun.
    #[error(
        "the store is left as it is, because no copy of it could be kept in {copy} before its upgrade: \
         {detail}; make room and see that the directory can be written, then start again"
    )]
    NoCopy {
        /// Where the copy was to be.
        copy: PathBuf,
        /// Why it could not be made.
        detail: String,
    },
    /// The schema could not be brought up to date.
    #[error("the schema of the store could not be brought up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}

impl Error {
    /// Whether the same may succeed later without anybody's doing in bongsu: a disk that has room again.
    pub fn passes(&self) -> bool {
        matches!(self, Self::Full | Self::Busy | Self::Database(_) | Self::Gone { .. })
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match primary_code(&error) {
            Some(5 | 6) => Self::Busy,
            Some(11 | 26) => Self::Corrupt(error.to_string()),
            Some(13) => Self::Full,
            _ => Self::Database(error),
        }
    }
}

/// The primary result code of SQLite (<https://sqlite.org/rescode.html>), if it was SQLite that
/// failed: the low byte of the extended code.
pub(super) fn primary_code(error: &sqlx::Error) -> Option<i32> {
    let code: i32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(code & 0xff)
}
