//! Logs: where they go and how they look. Always standard error: standard output belongs to alerts
//! and answers.
//!
//! Log lines read alone and carry dotted ids (`source.id`, `receiver.id`); one failure is logged
//! once, where it is handled. Foreign text is escaped by the formatter.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::{Directive, LevelFilter};
use tracing_subscriber::fmt::time::ChronoUtc;

/// The crate behind the calendar tells of its own insides at `info`, which is news to nobody. Targets
/// match by their beginning, so a directive that names the crate in full is nearer and wins.
const HUSHED: (&str, LevelFilter) = ("tokio_cron", LevelFilter::WARN);

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
    let filter = hushed(EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info")));
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

/// The filter without the chatter, unless it asks for less than that anyway.
fn hushed(filter: EnvFilter) -> EnvFilter {
    let (target, level) = HUSHED;
    let talks = filter.max_level_hint().is_none_or(|most| most > level);
    match format!("{target}={level}").parse::<Directive>() {
        Ok(directive) if talks => filter.add_directive(directive),
        _ => filter,
    }
}
