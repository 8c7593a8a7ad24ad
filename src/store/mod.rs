//! SQL and nothing but SQL: what must survive a crash lives here, and nowhere else.
//!
//! The store is the queue: due sources and due deliveries are rows, claimed under a lease and
//! finished in one transaction, so that a process that dies at any instant loses nothing and
//! repeats at most what was in flight. It knows neither network, parser nor watch, and takes
//! `now` as an argument. `work` steps through it; `web` and `cli` read it. Statements are written
//! with `$n` parameters and plain types, so that a second engine needs other tables, not other code.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use sqlx::sqlite::SqlitePool;
use sqlx::{Sqlite, Transaction};
use tokio::sync::{Mutex, MutexGuard};

use crate::store::error::Error;
use crate::store::writer::Writer;

pub mod alerts;
pub mod also;
pub mod candidates;
pub mod copy;
pub mod deliveries;
pub mod error;
pub mod health;
pub mod held;
pub mod history;
pub mod items;
pub mod lead;
pub mod ledger;
pub mod place;
pub mod polls;
pub mod prune;
pub mod queue;
pub mod rekey;
pub mod sources;
pub mod sqlite;
pub mod step;

mod backlog;
mod record;
mod writer;

#[cfg(test)]
mod also_tests;
#[cfg(test)]
mod backlog_tests;
#[cfg(test)]
mod candidates_tests;
#[cfg(test)]
mod copy_tests;
#[cfg(test)]
mod delivery_tests;
#[cfg(test)]
mod full_tests;
#[cfg(test)]
mod history_tests;
#[cfg(test)]
mod open_tests;
#[cfg(test)]
mod poll_tests;
#[cfg(test)]
mod prune_tests;
#[cfg(test)]
mod step_tests;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod writer_tests;

/// The door to everything that is kept. One per process, shared by reference.
#[derive(Debug)]
pub struct Store {
    /// The database file.
    path: PathBuf,
    /// The one connection that writes; who waits for it waits without a limit, because a slow disk
    /// is no reason to lose a result.
    writer: Mutex<Writer>,
    /// Connections that only read, never behind a writer.
    readers: SqlitePool,
}

impl Store {
    /// The database file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The writing connection, for one transaction.
    async fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().await
    }
}

/// Opens a transaction that holds the write lock from its first statement; dropped, it rolls back.
async fn begin(writer: &mut Writer) -> Result<Transaction<'_, Sqlite>, Error> {
    writer.begin().await
}

/// A time as it is stored.
fn millis(time: DateTime<Utc>) -> i64 {
    time.timestamp_millis()
}

/// A stored time; what no calendar holds becomes 1970.
fn instant(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or_default()
}
