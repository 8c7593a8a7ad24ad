//! Logs: where they go and how they look. Always standard error: standard output belongs to alerts
//! and answers.
//!
//! Log lines read alone and carry dotted ids (`source.id`, `receiver.id`); one failure is logged
//! once, where it is handled. Foreign text is escaped by the formatter.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::time::ChronoUtc;

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// One line a message, for people.
    #[default]
    Text,
    /// One JSON object a line, for collectors.
    Json,
}

/// Starts logging to standard error.
///
/// `filter` is a list of directives as `tracing-subscriber` reads them (`info`,
/// `bongsu=debug,warn`); a faulty one falls back to `info`. Calling it twice changes nothing.
pub fn start(format: Format, filter: &str) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .with_timer(ChronoUtc::new("%Y-%m-%dT%H:%M:%S%.3fZ".to_owned()))
        .with_ansi(std::io::stderr().is_terminal());
    // A second start (two daemons in one test process) keeps the first one's settings.
    let started = match format {
        Format::Text => lines.try_init(),
        Format::Json => lines.json().flatten_event(true).try_init(),
    };
    drop(started);
}
