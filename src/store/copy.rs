//! Copies of a store: one made while it is in use, one brought back in its place.
//!
//! A copy is made under another name, checked, and renamed, so that under its own name there is never
//! half of one. What a restored store replaces is kept beside it. Called by `cli`, and by `daemon` for
//! what it has to say of a restored store.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};

use crate::store::error::Error;
use crate::store::{instant, lead, millis, sqlite};

/// What a copy holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Items known.
    pub items: u64,
    /// The last poll of any source: the state that it holds. `None`: nothing was polled yet.
    pub state_at: Option<DateTime<Utc>>,
}

/// A store that was brought back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// What it holds.
    pub copied: Copied,
    /// Where that is which was there before, if anything was.
    pub replaced: Option<PathBuf>,
}

/// Copies the store at `path` to `to`, also while a daemon works on it. A former copy is replaced once
/// the new one is whole; anything else under that name is left alone.
pub async fn backup(path: &Path, to: &Path) -> Result<Copied, Error> {
    let failed = |detail: String| Error::Copy { to: to.to_owned(), detail };
    sqlite::must_exist(path)?;
    if to.is_dir() {
        return Err(Error::Directory { path: to.to_owned() });
    }
    let same = |a: &Path, b: &Path| {
        fs::canonicalize(a).ok().filter(|a| Some(a) == fs::canonicalize(b).ok().as_ref())
    };
    if same(path, to).is_some() {
        return Err(failed("that is the store itself".to_owned()));
    }
    if fs::metadata(to).is_ok_and(|meta| meta.len() > 0) {
        sqlite::must_exist(to)?;
    }
    copy(path, to).await
}

/// Puts a copy of `from` in the place of the store at `path`. Refused while anybody leads that store.
pub async fn restore(path: &Path, from: &Path, now: DateTime<Utc>) -> Result<Restored, Error> {
    sqlite::must_exist(from)?;
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        fs::create_dir_all(parent).map_err(|e| sqlite::denied(parent, &e))?;
    }
    let is_first = !lead::lock_path(path).exists();
    let lock = lead::take(path)?;
    let denied = |e: std::io::Error| sqlite::denied(path, &e);
    let ready = sqlite::beside(path, ".restored");
    let copied = match copy(from, &ready).await {
        Ok(copied) => copied,
        Err(error) => {
            // A lock without a store would bear witness of a store that never was.
            if is_first {
                drop(fs::remove_file(lead::lock_path(path)));
            }
            return Err(error);
        }
    };
    // Renamed in this order: whatever ends this in the midst, the store is the old one, the new one, or
    // missed by name; never one with the log of the other.
    let aside = sqlite::beside(path, &now.format(".replaced-%Y%m%dT%H%M%SZ").to_string());
    let mut replaced = None;
    for suffix in ["", "-wal"] {
        match fs::rename(sqlite::beside(path, suffix), sqlite::beside(&aside, suffix)) {
            Ok(()) => replaced = Some(aside.clone()),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(e) => return Err(denied(e)),
        }
    }
    match fs::remove_file(sqlite::beside(path, "-shm")) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(denied(e)),
        _ => {}
    }
    let told = copied.state_at.map_or(-1, millis);
    fs::write(notice(path), format!("{told} {}\n", millis(now))).map_err(denied)?;
    fs::rename(&ready, path).map_err(denied)?;
    sync_folder(path).map_err(denied)?;
    drop(lock);
    Ok(Restored { copied, replaced })
}

/// What is to be said of a store that was restored since the last lead: the time of the state that was
/// brought back, and when that was.
pub fn restored(path: &Path) -> Option<(Option<DateTime<Utc>>, DateTime<Utc>)> {
    let text = fs::read_to_string(notice(path)).ok()?;
    let mut numbers = text.split_whitespace().map(str::parse::<i64>);
    let (state, at) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    Some(((state >= 0).then(|| instant(state)), instant(at)))
}

/// It was said.
pub fn said_restored(path: &Path) {
    drop(fs::remove_file(notice(path)));
}

fn notice(path: &Path) -> PathBuf {
    sqlite::beside(path, ".restored-at")
}

/// Makes a whole and checked copy of a store under another name.
async fn copy(from: &Path, to: &Path) -> Result<Copied, Error> {
    let failed = |detail: String| Error::Copy { to: to.to_owned(), detail };
    let begun = sqlite::beside(to, "-part");
    match fs::remove_file(&begun) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(failed(e.to_string())),
        _ => {}
    }
    let done = write(from, &begun).await;
    let done = match done {
        Ok(copied) => File::open(&begun)
            .and_then(|file| file.sync_all())
            .and_then(|()| fs::rename(&begun, to))
            .and_then(|()| sync_folder(to))
            .map(|()| copied)
            .map_err(|e| failed(e.to_string())),
        Err(Error::Database(e)) => Err(failed(e.to_string())),
        Err(error) => Err(error),
    };
    if done.is_err() {
        drop(fs::remove_file(&begun));
    }
    done
}

/// Writes the copy and reads it back.
async fn write(from: &Path, begun: &Path) -> Result<Copied, Error> {
    let mut source = open(from).await?;
    sqlite::must_be_ours(from, &mut source).await?;
    sqlx::query("VACUUM INTO $1")
        .bind(begun.to_string_lossy().into_owned())
        .execute(&mut source)
        .await
        .map_err(|e| sqlite::refused(from, e))?;
    source.close().await?;
    let mut copy = open(begun).await?;
    let found: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&mut copy).await?;
    if found != "ok" {
        return Err(Error::Damaged { path: from.to_owned(), detail: found });
    }
    let items: i64 = sqlx::query_scalar("SELECT count(*) FROM item").fetch_one(&mut copy).await?;
    let last: Option<i64> =
        sqlx::query_scalar("SELECT max(finished_at) FROM poll").fetch_one(&mut copy).await?;
    copy.close().await?;
    Ok(Copied { items: items.unsigned_abs(), state_at: last.map(instant) })
}

async fn open(path: &Path) -> Result<SqliteConnection, Error> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true);
    let options = options.busy_timeout(sqlite::BUSY_TIMEOUT).disable_statement_logging();
    options.connect().await.map_err(|e| sqlite::refused(path, e))
}

/// A rename is on the disk once its folder is.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all())
}
