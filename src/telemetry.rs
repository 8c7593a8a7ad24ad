//! Logs: where they go and how they look. Always standard error: standard output belongs to alerts
//! and answers.
//!
//! Log lines read alone and carry dotted ids (`source.id`, `receiver.id`); one failure is logged
//! once, where it is handled. Foreign text is escaped by the formatter.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::{Directive, LevelFilter};
use tracing_subscriber::fmt::time::ChronoUtc;

use crate::model::near::nearest;

/// The crate behind the calendar tells of its own insides at `info`, which is news to nobody. Targets
/// match by their beginning, so a directive that names the crate in full is nearer and wins.
const HUSHED: (&str, LevelFilter) = ("tokio_cron", LevelFilter::WARN);

/// Where the log tells of single polls: their progress is told by whoever polls at a terminal, and
/// nothing is to be said twice.
pub const POLLS: &str = "bongsu::polls";

/// The levels, as they are written.
const LEVELS: [&str; 6] = ["error", "warn", "info", "debug", "trace", "off"];

/// What other programs call them.
const MEANT: [(&str, &str); 13] = [
    ("warning", "warn"),
    ("warnings", "warn"),
    ("err", "error"),
    ("critical", "error"),
    ("fatal", "error"),
    ("notice", "info"),
    ("information", "info"),
    ("normal", "info"),
    ("verbose", "debug"),
    ("all", "trace"),
    ("none", "off"),
    ("quiet", "off"),
    ("silent", "off"),
];

/// The parts that log. A bare word that is none of them and no level would be taken for a target of
/// that name, and everything else would fall silent.
const TARGETS: [&str; 14] = [
    "bongsu",
    "axum",
    "h2",
    "html5ever",
    "hyper",
    "hyper_util",
    "mio",
    "reqwest",
    "rustls",
    "selectors",
    "sqlx",
    "tokio",
    "tokio_cron_scheduler",
    "tower",
];

/// A bare target may be cut short, since targets match by their beginning; not shorter than this.
const TARGET_CHARS_MIN: usize = 4;

/// Which log lines: `text` as [`start`] takes it, or what is wrong with it and what was meant. Blank
/// means `info`.
pub fn directives(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        return Ok("info".to_owned());
    }
    let split = text.split(',').map(str::trim);
    let parts: Vec<&str> = split.filter(|part| !part.is_empty()).collect();
    for part in &parts {
        if !part.contains(['=', '[', '{']) {
            bare(part)?;
        } else if let Some((_, level)) = part.rsplit_once('=')
            && !part.ends_with([']', '}'])
        {
            level.parse::<LevelFilter>().map_err(|_| unknown(level, &LEVELS))?;
        }
    }
    // Without the spaces behind commas, which people write and the filter does not take.
    let mut plain = parts.join(",");
    let is_ours =
        |part: &&str| !part.contains('=') || part.starts_with("bongsu") || part.starts_with('[');
    if !parts.iter().any(is_ours) {
        // Who asks for another part, or misspells ours, still hears what is wrong.
        plain.push_str(",warn");
    }
    EnvFilter::try_new(&plain).map_err(|error| format!("it cannot be read: {error}"))?;
    Ok(plain)
}

/// A word that stands alone: a level, or the name of something that logs.
fn bare(word: &str) -> Result<(), String> {
    let is_part =
        |target: &str| target == word || word.len() >= TARGET_CHARS_MIN && target.starts_with(word);
    if word.parse::<LevelFilter>().is_ok()
        || word.contains("::")
        || TARGETS.into_iter().any(is_part)
    {
        return Ok(());
    }
    let all: Vec<&str> = LEVELS.into_iter().chain(TARGETS).collect();
    Err(unknown(word, &all))
}

fn unknown(word: &str, among: &[&str]) -> String {
    let lower = word.to_lowercase();
    let meant = MEANT.iter().find(|(name, _)| *name == lower).map(|(_, meant)| *meant);
    match meant.or_else(|| nearest(word, among.iter().copied())) {
        Some(meant) => format!("`{word}` is no level; did you mean `{meant}`?"),
        None => format!("`{word}` is no level; the levels are {}", LEVELS.join(", ")),
    }
}

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
/// `bongsu=debug,warn`), put through [`directives`]; a faulty one falls back to `info`. `without` is a
/// target that stays silent whatever the filter says. Calling it twice changes nothing.
pub fn start(format: Format, filter: &str, without: Option<&str>) {
    let mut filter = hushed(EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info")));
    if let Some(Ok(silence)) = without.map(|target| format!("{target}=off").parse::<Directive>()) {
        filter = filter.add_directive(silence);
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_is_no_level_is_refused_with_the_one_that_was_meant() {
        let refused = [
            ("warning", "did you mean `warn`?"),
            ("WARNING", "did you mean `warn`?"),
            ("verbose", "did you mean `debug`?"),
            ("quiet", "did you mean `off`?"),
            ("inof", "did you mean `info`?"),
            ("debg", "did you mean `debug`?"),
            ("foo", "the levels are error, warn, info, debug, trace, off"),
            ("경고", "the levels are"),
            ("6", "the levels are"),
            ("bongsu=warning", "`warning` is no level; did you mean `warn`?"),
            ("info,bongsu=debg", "did you mean `debug`?"),
            ("info,foo", "`foo` is no level"),
            ("bongus", "did you mean `bongsu`?"),
        ];
        for (text, told) in refused {
            let error = directives(text).expect_err(text);
            assert!(error.contains(told), "{text}: {error}");
        }
    }

    #[test]
    fn whatever_names_a_level_or_a_target_is_taken_as_it_is() {
        for text in [
            "error",
            "warn",
            "info",
            "debug",
            "trace",
            "off",
            "INFO",
            "Warn",
            "0",
            "3",
            "bongsu=debug,warn",
            "bongsu",
            "bongsu::work",
            "foo::bar",
            "hyper_util",
            "tokio_cron",
            "[poll]=debug",
            "bongsu[poll{source}]=trace",
            "[{source}]",
            "bongsu=2",
            "bongsu=",
        ] {
            assert_eq!(directives(text).as_deref(), Ok(text));
        }
        for text in ["foo=debug", "bogsu=debug", "sqlx=off,hyper=info"] {
            let heard = format!("{text},warn");
            assert_eq!(directives(text), Ok(heard), "what is wrong is heard all the same");
        }
        assert_eq!(directives("warn, bongsu=info,").as_deref(), Ok("warn,bongsu=info"));
        assert_eq!(directives(" ").as_deref(), Ok("info"), "an empty variable says nothing");
    }
}
