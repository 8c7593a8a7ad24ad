//! The command line: one file a subcommand; human text, hints, tables, progress.
//!
//! Answers and alerts go to standard output, everything else to standard error. The only room, with
//! `main`, that uses `anyhow`: here errors end as one readable line with their causes. Exit codes
//! are [`Exit`].

pub mod backtest;
pub mod backup;
pub mod check;
pub mod health;
pub mod lines;
pub mod load;
pub mod match_;
pub mod memory;
pub mod near;
pub mod parse;
pub mod past;
pub mod poll;
pub mod receivers;
pub mod run;
pub mod say;
pub mod shape;
pub mod sources;
mod started;
pub mod tally;
pub mod terms;
pub mod try_;
pub mod why;

mod backtest_text;
mod volume;
mod whole;
mod why_data;
mod why_text;

#[cfg(test)]
mod match_tests;
#[cfg(test)]
mod whole_tests;

use std::future::Future;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Parser, Subcommand, ValueEnum};

use crate::telemetry::Format;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It did what was asked.
    Good = 0,
    /// It could not; standard error says why.
    Failed = 1,
    /// The configuration or the arguments are at fault; standard error lists all faults.
    Misused = 2,
}

/// Watches public sources of the European Union and Korea and tells your Slack when the two meet.
///
/// Without a command, runs the daemon. Without a configuration, uses the built-in one: starter
/// sources, EU–Korea watches, alerts to standard output, and to Slack if `SLACK_WEBHOOK_URL` is set.
#[derive(Debug, Parser)]
#[command(name = "bongsu", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// The configuration file [default: the built-in configuration]
    #[arg(
        long,
        global = true,
        value_name = "PATH",
        env = "BONGSU_CONFIG",
        hide_env_values = true,
        value_parser = OsStringValueParser::new().map(PathBuf::from)
    )]
    config: Option<PathBuf>,
    /// How log lines look
    #[arg(
        long,
        global = true,
        value_name = "FORMAT",
        default_value = "text",
        env = "BONGSU_LOG_FORMAT"
    )]
    log_format: LogFormat,
    /// Which log lines: error, warn, info, debug, or `bongsu=debug,warn`
    #[arg(
        long,
        global = true,
        value_name = "LEVEL",
        default_value = "info",
        env = "BONGSU_LOG",
        value_parser = crate::telemetry::directives
    )]
    log: String,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LogFormat {
    /// One line a message
    Text,
    /// One JSON object a line
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Poll on schedule and deliver alerts until stopped (the default)
    Run,
    /// Poll once now, deliver what comes of it, and say what happened
    Poll(poll::Options),
    /// Check the configuration: every fault at once, and the examples of every watch
    Check(check::Options),
    /// Read a feed from an address or a file: what is read, what was mended, what matches and why
    Try(try_::Options),
    /// Say why an item is flagged, or what it lacks: by its link, its number, or any headline
    Why(why::Options),
    /// Try a query or a watch on the past: hits by week and source, what is gained and lost
    Backtest(backtest::Options),
    /// Find terms that concepts may lack
    Terms {
        #[command(subcommand)]
        command: terms::Command,
    },
    /// Read feeds and answer in JSON Lines
    Parse(lines::Parse),
    /// Match items from standard input and answer in JSON Lines
    Match(lines::Match),
    /// Ask a running daemon whether it is well
    Health,
    /// Copy the store to a file, also while a daemon runs, and check the copy
    Backup(backup::Options),
    /// Put a copy in the place of the store, and keep what was there beside it; no daemon may run
    Restore(backup::Options),
    /// See to what is held back of sources
    Sources {
        #[command(subcommand)]
        command: sources::Command,
    },
    /// See to receivers
    Receivers {
        #[command(subcommand)]
        command: receivers::Command,
    },
}

impl Command {
    /// Whether it answers a question and does nothing that a log would tell of.
    fn only_answers(&self) -> bool {
        use Command::{Backtest, Match, Parse, Terms, Try, Why};
        matches!(self, Parse(_) | Match(_) | Try(_) | Why(_) | Backtest(_) | Terms { .. })
    }
}

/// Reads the arguments, does what they say, and tells how it ended.
pub fn main() -> ExitCode {
    let mut arguments = Arguments::parse();
    // An empty variable, as a container's settings leave it, names no file.
    let given = arguments.config.take().filter(|path| !path.as_os_str().is_empty());
    arguments.config = given.map(|path| crate::files::absolute(&path));
    crate::invocation::started(&started::program(), arguments.config.as_deref());
    let quiet = arguments.command.as_ref().is_some_and(Command::only_answers);
    let format = match arguments.log_format {
        LogFormat::Text => Format::Text,
        LogFormat::Json => Format::Json,
    };
    // A round tells of each poll itself.
    let is_round = matches!(arguments.command, Some(Command::Poll(_)));
    let told = is_round.then_some(crate::telemetry::POLLS);
    crate::telemetry::start(format, if quiet { "error" } else { &arguments.log }, told);
    match dispatch(arguments) {
        Ok(Exit::Good) if let Some(cause) = say::lost() => {
            say::err(&format!("error: cannot write the answer: {cause}"));
            ExitCode::from(Exit::Failed as u8)
        }
        Ok(exit) => ExitCode::from(exit as u8),
        Err(error) => {
            say::err(&format!("error: {}", say::chain(&error)));
            let exit = if error.is::<near::Misuse>() { Exit::Misused } else { Exit::Failed };
            ExitCode::from(exit as u8)
        }
    }
}

fn dispatch(arguments: Arguments) -> anyhow::Result<Exit> {
    let config = arguments.config.as_deref();
    match arguments.command.unwrap_or(Command::Run) {
        Command::Run => {
            memory::tune();
            block_on(run::run(config))
        }
        Command::Poll(options) => {
            let collected = matches!(arguments.log_format, LogFormat::Json);
            block_on(poll::run(config, options, collected))
        }
        Command::Check(options) => block_on(check::run(config, options)),
        Command::Try(options) => block_on(try_::run(config, options)),
        Command::Why(options) => block_on(why::run(config, options)),
        Command::Backtest(options) => block_on(backtest::run(config, options)),
        Command::Terms { command } => block_on(terms::run(config, command)),
        Command::Parse(options) => lines::parse(config, &options),
        Command::Match(options) => lines::matches(config, &options),
        Command::Health => block_on(health::run(config)),
        Command::Backup(options) => block_on(backup::backup(config, options)),
        Command::Restore(options) => block_on(backup::restore(config, options)),
        Command::Sources { command } => block_on(sources::run(config, command)),
        Command::Receivers { command } => block_on(receivers::run(config, command)),
    }
}

/// Runs a command on a runtime of its own, which does not wait for a reading that hangs.
fn block_on(command: impl Future<Output = anyhow::Result<Exit>>) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(16)
        .thread_keep_alive(Duration::from_secs(2))
        .enable_all()
        .build()?;
    let outcome = runtime.block_on(command);
    runtime.shutdown_background();
    outcome
}
