//! `bongsu backup FILE` and `bongsu restore FILE`: a copy of the store, and back.
//!
//! Both work where there is no shell and no other tool. What a copy is and how it is checked is
//! `store::copy`'s; here are the words.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use clap::Args;

use crate::cli::{Exit, load, say};
use crate::clock::Clock;
use crate::invocation;
use crate::lang::count::counted;
use crate::store::copy::{self, Copied};

/// Where the copy is.
#[derive(Debug, Args)]
pub struct Options {
    /// The file of the copy
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Copies the store, also beside a running daemon.
pub async fn backup(config: Option<&Path>, options: Options) -> anyhow::Result<Exit> {
    let Some(plan) = load::plan(config) else { return Ok(Exit::Misused) };
    let file = crate::files::absolute(&options.file);
    let copied = copy::backup(&plan.settings.daemon.store, &file).await?;
    let back = invocation::command(&format!(
        "restore {}",
        crate::lang::shell::quoted(&file.to_string_lossy())
    ));
    say::out(&format!(
        "{} holds {}, whole and checked; `{back}` brings it back",
        file.display(),
        words(&copied, Clock::System.now())
    ));
    Ok(Exit::Good)
}

/// Brings a copy back in the place of the store.
pub async fn restore(config: Option<&Path>, options: Options) -> anyhow::Result<Exit> {
    let Some(plan) = load::plan(config) else { return Ok(Exit::Misused) };
    let (store, now) = (&plan.settings.daemon.store, Clock::System.now());
    let file = crate::files::absolute(&options.file);
    let restored = copy::restore(store, &file, now).await?;
    say::out(&format!(
        "the store {} is restored: {}",
        store.display(),
        words(&restored.copied, now)
    ));
    say::out(
        "what sources showed since then and show still is found anew and may be told again; \
         what was delivered since then is delivered again with the same id",
    );
    if let Some(replaced) = restored.replaced {
        say::out(&format!("what was there before is kept as {}", replaced.display()));
    }
    Ok(Exit::Good)
}

fn words(copied: &Copied, now: DateTime<Utc>) -> String {
    let items = counted(copied.items, "item", "items");
    match copied.state_at {
        None => format!("{items}, before any poll"),
        Some(at) => format!(
            "{items}, as of {}, {}",
            at.format("%Y-%m-%dT%H:%M:%SZ"),
            crate::lang::count::ago((now - at).to_std().unwrap_or_default())
        ),
    }
}
