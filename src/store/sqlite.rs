//! Opening the embedded database: what must be true of the file before it is touched, and the
//! settings of its connections.
//!
//! A damaged, foreign, newer or vanished store is refused with the cure and left as it is: an
//! empty replacement would look like health while everything already seen is forgotten.

use std::fs::{self, File, OpenOptions};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::migrate::Migrator;
use sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool,
    SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection};
use tokio::sync::Mutex;

use crate::store::error::{Error, primary_code};
use crate::store::writer::Writer;
use crate::store::{Store, lead};

/// The tables, by version.
static MIGRATIONS: Migrator = sqlx::migrate!("src/store/migrations");

/// First bytes of every SQLite 3 file (<https://sqlite.org/fileformat.html#the_database_header>).
const HEADER: &[u8] = b"SQLite format 3\0";

/// Connections that read beside the writer. Each costs about a megabyte when used.
const READERS: u32 = 2;

/// Page cache of a connection in KiB; the operating system caches the file as well.
const CACHE_KIB: u32 = 1_024;

/// How long a statement waits while another process (a command beside the daemon) writes.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(20);

/// The write-ahead log is cut back to this after a checkpoint, in bytes.
const JOURNAL_BYTES_MAX: u32 = 8 * 1024 * 1024;

impl Store {
    /// Opens the store, and makes it with its directory where none ever was.
    pub async fn open(path: &Path, now: DateTime<Utc>) -> Result<Self, Error> {
        let fresh = examine(path)?;
        let at_open = |error: sqlx::Error| refused(path, error);
        let mut writer = options(path).connect().await.map_err(at_open)?;
        let mut upgrading = None;
        if !fresh
            && let Some(found) = check_schema(path, &mut writer).await?.filter(|v| *v < known())
        {
            // A daemon of the version before must not find other tables under its hands.
            upgrading = Some(lead::take(path)?);
            copy_before(path, &mut writer, found).await?;
        }
        MIGRATIONS.run(&mut writer).await.map_err(|e| match e {
            sqlx::migrate::MigrateError::Execute(e) => refused(path, e),
            other => Error::Migrate(other),
        })?;
        drop(upgrading);
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .min_connections(0)
            .max_lifetime(None)
            .idle_timeout(Duration::from_mins(1))
            .test_before_acquire(false)
            .connect_lazy_with(options(path).pragma("query_only", "1"));
        let store =
            Self { path: path.to_owned(), writer: Mutex::new(Writer::new(path, writer)), readers };
        store.writable(now).await.map_err(|e| match e {
            Error::Database(e) => refused(path, e),
            other => other,
        })?;
        Ok(store)
    }

    /// Reads the whole file for damage; for a while after the start, not before it, because it
    /// takes seconds per gigabyte.
    pub async fn quick_check(&self) -> Result<(), Error> {
        let found: String =
            sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&self.readers).await?;
        if found == "ok" { Ok(()) } else { Err(Error::Corrupt(found)) }
    }

    /// Ends all connections, so that the log is folded into the file and one file holds all. The last
    /// call on a store.
    pub async fn close(&self) -> Result<(), Error> {
        self.readers.close().await;
        self.writer().await.close().await
    }
}

/// A connection for whoever only reads: nothing is made, migrated or written. The file must be a
/// store of this very version.
pub(super) async fn open_to_read(path: &Path) -> Result<SqlitePool, Error> {
    must_exist(path)?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("cache_size", format!("-{CACHE_KIB}"))
        .pragma("query_only", "1")
        .disable_statement_logging();
    let at_open = |error: sqlx::Error| refused(path, error);
    let mut first = options.connect().await.map_err(at_open)?;
    match (check_schema(path, &mut first).await?, known()) {
        (None, _) => return Err(Error::Missing { path: path.to_owned() }),
        (Some(found), known) if found < known => {
            return Err(Error::Older { path: path.to_owned(), found, known });
        }
        (Some(_), _) => {}
    }
    first.close().await.map_err(at_open)?;
    Ok(SqlitePoolOptions::new().max_connections(1).connect_lazy_with(options))
}

/// Refuses what is no whole database file, by its first bytes and its length.
pub(super) fn must_exist(path: &Path) -> Result<(), Error> {
    match fs::metadata(path) {
        Ok(meta) if meta.is_dir() => Err(Error::Directory { path: path.to_owned() }),
        Ok(meta) if meta.len() > 0 => check_header(path, meta.len()),
        Ok(_) => {
            never_was(path, "empty")?;
            Err(Error::Missing { path: path.to_owned() })
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            never_was(path, "missing")?;
            Err(Error::Missing { path: path.to_owned() })
        }
        Err(e) => Err(denied(path, &e)),
    }
}

/// Refuses the databases of others and of later versions.
pub(super) async fn must_be_ours(path: &Path, store: &mut SqliteConnection) -> Result<(), Error> {
    match check_schema(path, store).await? {
        Some(_) => Ok(()),
        None => Err(Error::Foreign { path: path.to_owned() }),
    }
}

/// A file beside the database: `bongsu.db` and `-wal` make `bongsu.db-wal`.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// The refusal for what the file system forbids.
pub(super) fn denied(path: &Path, error: &std::io::Error) -> Error {
    Error::Denied {
        path: path.to_owned(),
        by: process_uid().map_or_else(String::new, |uid| format!(" by uid {uid}")),
        detail: error.to_string(),
        cure: "give that user write access to the file and its directory, \
               or name another path in daemon.store",
    }
}

/// Our user number, for the message only.
#[cfg(unix)]
fn process_uid() -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").ok().map(|meta| meta.uid())
}

#[cfg(not(unix))]
fn process_uid() -> Option<u32> {
    None
}

/// How every connection is made.
fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .auto_vacuum(SqliteAutoVacuum::Incremental)
        .busy_timeout(BUSY_TIMEOUT)
        .statement_cache_capacity(48)
        .pragma("cache_size", format!("-{CACHE_KIB}"))
        .pragma("journal_size_limit", JOURNAL_BYTES_MAX.to_string())
        .thread_name(|n| format!("store-{n}"))
        // A failed statement is an error of ours, logged once where it is handled.
        .disable_statement_logging()
}

/// A writing connection to a store that this process has open. Nothing is made or migrated.
pub(super) async fn reconnect(path: &Path) -> Result<SqliteConnection, Error> {
    let mut writer = options(path).create_if_missing(false).connect().await?;
    match check_schema(path, &mut writer).await {
        Ok(found) if found == Some(known()) => Ok(writer),
        Ok(_) => Err(gone(path)),
        // While running, damage ends the program.
        Err(Error::Damaged { detail, .. }) => Err(Error::Corrupt(detail)),
        Err(error) => Err(error),
    }
}

/// The refusal when the file is no longer the one that was opened.
pub(super) fn gone(path: &Path) -> Error {
    Error::Gone { path: path.to_owned() }
}

/// Looks at the file before SQLite does. `true`: no store is there and none ever was.
fn examine(path: &Path) -> Result<bool, Error> {
    match fs::metadata(path) {
        Ok(meta) if meta.is_dir() => return Err(Error::Directory { path: path.to_owned() }),
        Ok(meta) if meta.len() > 0 => {
            OpenOptions::new().append(true).open(path).map_err(|e| denied(path, &e))?;
            return check_header(path, meta.len()).map(|()| false);
        }
        Ok(_) => never_was(path, "empty")?,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => never_was(path, "missing")?,
        Err(e) => return Err(denied(path, &e)),
    }
    if let Some(parent) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        fs::create_dir_all(parent).map_err(|e| denied(parent, &e))?;
    }
    OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .map(|_| true)
        .map_err(|e| denied(path, &e))
}

/// Refuses to begin anew where a log or a lock tells of an earlier store.
fn never_was(path: &Path, what: &'static str) -> Result<(), Error> {
    for witness in [beside(path, "-wal"), lead::lock_path(path)] {
        if witness.exists() {
            return Err(Error::Vanished { path: path.to_owned(), what, witness });
        }
    }
    Ok(())
}

/// Checks the first hundred bytes against the file's length.
fn check_header(path: &Path, length: u64) -> Result<(), Error> {
    let mut head = Vec::with_capacity(100);
    File::open(path)
        .and_then(|file| file.take(100).read_to_end(&mut head))
        .map_err(|e| denied(path, &e))?;
    if !head.starts_with(HEADER) {
        return Err(Error::NotADatabase { path: path.to_owned() });
    }
    let damaged = |detail: String| Error::Damaged { path: path.to_owned(), detail };
    let number = |at: usize, bytes: usize| {
        head.get(at..at + bytes).map(|b| b.iter().fold(0_u64, |n, b| n << 8 | u64::from(*b)))
    };
    let (Some(page), Some(pages)) = (number(16, 2), number(28, 4)) else {
        return Err(damaged(format!("cut off after {length} bytes")));
    };
    let page = if page == 1 { 65_536 } else { page };
    // A log may hold the missing pages of a checkpoint that was interrupted.
    let log = fs::metadata(beside(path, "-wal")).map_or(0, |meta| meta.len());
    if log == 0 && length < page * pages {
        return Err(damaged(format!("{length} bytes long instead of {}", page * pages)));
    }
    Ok(())
}

/// Refuses databases of others and of later versions; gives the version found, if there is any.
async fn check_schema(path: &Path, writer: &mut SqliteConnection) -> Result<Option<i64>, Error> {
    let at_open = |error: sqlx::Error| refused(path, error);
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE type = 'table'")
            .fetch_all(&mut *writer)
            .await
            .map_err(at_open)?;
    if tables.is_empty() {
        return Ok(None);
    }
    if !tables.iter().any(|name| name == "_sqlx_migrations") {
        return Err(Error::Foreign { path: path.to_owned() });
    }
    let found: Option<i64> = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
        .fetch_one(&mut *writer)
        .await
        .map_err(at_open)?;
    let known = known();
    if let Some(found) = found.filter(|found| *found > known) {
        return Err(Error::Newer { path: path.to_owned(), found, known });
    }
    // Every migration is one transaction: tables without a version, or the reverse, are damage.
    if found.is_some() != tables.iter().any(|name| name == "delivery") {
        let detail = "its tables and its schema version disagree".to_owned();
        return Err(Error::Damaged { path: path.to_owned(), detail });
    }
    Ok(found)
}

/// Keeps a copy of the store as the program before left it, beside it: whoever goes back to that program
/// has a store that it can read. A copy of the same version is replaced.
async fn copy_before(path: &Path, writer: &mut SqliteConnection, found: i64) -> Result<(), Error> {
    let copy = beside(path, &format!(".v{found}"));
    let begun = beside(path, &format!(".v{found}-part"));
    let failed = |detail: String| Error::NoCopy { copy: copy.clone(), detail };
    match fs::remove_file(&begun) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(failed(e.to_string())),
        _ => {}
    }
    sqlx::query("VACUUM INTO $1")
        .bind(begun.to_string_lossy().into_owned())
        .execute(writer)
        .await
        .map_err(|e| failed(e.to_string()))?;
    File::open(&begun)
        .and_then(|file| file.sync_all())
        .and_then(|()| fs::rename(&begun, &copy))
        .map_err(|e| failed(e.to_string()))?;
    tracing::info!(
        "the store is brought to the version of this program; as it was, it stays in {}",
        copy.display()
    );
    Ok(())
}

/// The newest version that this program knows.
fn known() -> i64 {
    MIGRATIONS.iter().map(|m| m.version).max().unwrap_or(0)
}

/// An error met while opening, by its kind.
pub(super) fn refused(path: &Path, error: sqlx::Error) -> Error {
    match primary_code(&error) {
        // SQLITE_CORRUPT, SQLITE_NOTADB
        Some(11 | 26) => Error::Damaged { path: path.to_owned(), detail: error.to_string() },
        // SQLITE_PERM, SQLITE_READONLY, SQLITE_CANTOPEN
        Some(3 | 8 | 14) => denied(path, &std::io::Error::other(error.to_string())),
        _ => Error::from(error),
    }
}
