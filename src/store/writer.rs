//! The one connection that writes, and another in its place when it is in doubt.
//!
//! SQLite rolls a transaction back by itself when a disk is full or fails. The driver's own ROLLBACK is
//! then an error, after which it believes for ever that a transaction is open and begins no other. So
//! whoever begins looks first; a connection that cannot begin is closed and made anew, and where that
//! fails the next use tries again. Used by the store's transactions; knows no table.

use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, Sqlite, Transaction};

use crate::store::error::Error;
use crate::store::sqlite;

/// The writing connection of a store.
#[derive(Debug)]
pub(super) struct Writer {
    /// The database file.
    path: PathBuf,
    /// Which file that was when the store was opened: device and number.
    file: Option<(u64, u64)>,
    /// `None` between a failed replacement and the next.
    connection: Option<SqliteConnection>,
    /// It failed where a sound connection does not.
    is_in_doubt: bool,
}

impl Writer {
    /// Takes over the connection that opened the store.
    pub(super) fn new(path: &Path, connection: SqliteConnection) -> Self {
        let file = identity(path);
        Self { path: path.to_owned(), file, connection: Some(connection), is_in_doubt: false }
    }

    /// Opens a transaction that holds the write lock from its first statement; dropped, it rolls back.
    pub(super) async fn begin(&mut self) -> Result<Transaction<'_, Sqlite>, Error> {
        self.make_sound().await?;
        let Self { connection, is_in_doubt, path, .. } = self;
        let connection = connection.as_mut().ok_or_else(|| sqlite::gone(path))?;
        match connection.begin_with("BEGIN IMMEDIATE").await {
            Ok(transaction) => Ok(transaction),
            Err(error) => {
                let error = Error::from(error);
                // Another process that writes says nothing of this connection.
                *is_in_doubt = !matches!(error, Error::Busy);
                Err(error)
            }
        }
    }

    /// The connection, for a statement outside of a transaction.
    pub(super) async fn connection(&mut self) -> Result<&mut SqliteConnection, Error> {
        self.make_sound().await?;
        let Self { connection, path, .. } = self;
        connection.as_mut().ok_or_else(|| sqlite::gone(path))
    }

    /// Ends the connection. Whatever writes after that makes another.
    pub(super) async fn close(&mut self) -> Result<(), Error> {
        match self.connection.take() {
            Some(connection) => Ok(connection.close().await?),
            None => Ok(()),
        }
    }

    /// Sees to it that there is a connection without an open transaction.
    async fn make_sound(&mut self) -> Result<(), Error> {
        if let Some(connection) = &mut self.connection
            && !self.is_in_doubt
            // Answered behind the ROLLBACK of a transaction that was dropped, so that what is seen then
            // stays. Costs a few microseconds where a commit costs a write to the disk.
            && connection.ping().await.is_ok()
            && !connection.is_in_transaction()
        {
            return Ok(());
        }
        if let Some(old) = self.connection.take() {
            tracing::debug!("the connection that writes to the store is replaced");
            // Whatever it still holds open ends with it; its errors were told when they were met.
            drop(old.close().await);
        }
        if self.file.is_some() && identity(&self.path) != self.file {
            return Err(sqlite::gone(&self.path));
        }
        self.connection = Some(sqlite::reconnect(&self.path).await?);
        self.is_in_doubt = false;
        Ok(())
    }
}

/// Which file lies there. Asked without opening it: closing it again would free the locks of our own
/// connections (<https://sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_>).
#[cfg(unix)]
fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).ok().map(|meta| (meta.dev(), meta.ino()))
}

#[cfg(not(unix))]
fn identity(_path: &Path) -> Option<(u64, u64)> {
    None
}
