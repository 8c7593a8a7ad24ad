//! Who may run the workers: one process at a time, by a lock beside the database.
//!
//! The operating system drops the lock when its holder dies, however it dies, so that nothing has
//! to be cleaned up after a crash. Commands that only read and write rows need no lead.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use crate::store::error::Error;
use crate::store::{Store, begin, millis, sqlite};

/// The right to run workers on a store; released when dropped.
#[derive(Debug)]
pub struct Leader {
    /// Holds the lock as long as it is open.
    _lock: File,
}

impl Store {
    /// Takes the lead, or says at once which process has it. Frees every lease: whoever held one
    /// is dead, because nobody else leads.
    pub async fn lead(&self, now: DateTime<Utc>) -> Result<Leader, Error> {
        let lock = take(&self.path)?;
        let mut writer = self.writer().await;
        let mut tx = begin(&mut writer).await?;
        // The number moves too, so that a worker of an earlier lead cannot commit.
        sqlx::query(
            "UPDATE source SET claimed_until = NULL, claim = claim + 1 \
             WHERE claimed_until IS NOT NULL",
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "UPDATE delivery SET claimed_until = NULL WHERE state = 'due' AND claimed_until IS NOT NULL",
        )
        .execute(&mut *tx)
        .await?;
        // A clock that once ran ahead must not hold a receiver's pace for ever.
        sqlx::query("UPDATE receiver_state SET free_at = NULL WHERE free_at > $1")
            .bind(millis(now))
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(Leader { _lock: lock })
    }
}

/// The lock file of a database; once made it stays, and so bears witness that a store was here.
pub(super) fn lock_path(path: &Path) -> PathBuf {
    sqlite::beside(path, ".lock")
}

/// Locks the file and writes our process id into it.
pub(super) fn take(path: &Path) -> Result<File, Error> {
    let lock_path = lock_path(path);
    let denied = |e: std::io::Error| sqlite::denied(&lock_path, &e);
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&lock_path)
        .map_err(denied)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut pid = String::new();
            let read = file.read_to_string(&mut pid);
            let pid = match (read, pid.trim()) {
                (Ok(_), pid) if !pid.is_empty() => pid.to_owned(),
                _ => "unknown".to_owned(),
            };
            return Err(Error::Held { path: path.to_owned(), pid });
        }
        Err(TryLockError::Error(e)) => return Err(denied(e)),
    }
    let write = |file: &mut File| {
        file.set_len(0)?;
        file.seek(SeekFrom::Start(0))?;
        writeln!(file, "{}", std::process::id())
    };
    write(&mut file).map_err(denied)?;
    Ok(file)
}
