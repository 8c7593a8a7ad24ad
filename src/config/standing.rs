//! What is on and what is off, and why, in lines for people.
//!
//! A receiver that waits for its secret, or a source that somebody switched off, must not be learnt of by
//! its silence. Called by `cli` (check, run, receivers test) and `web`, so that all of them say the same.

use super::settings::Settings;
use crate::lang::count::counted;
use crate::model::receiver::Receiver;

/// Ids in one line, at most; more are counted.
const NAMED_MAX: usize = 50;

/// Those who get alerts, and those who are polled, in one line each. Who is `paused` is told elsewhere.
pub fn on(settings: &Settings, paused: &[&str]) -> Vec<String> {
    let receivers = settings.receivers.iter().filter(|it| it.enabled);
    let receivers: Vec<_> = receivers
        .filter(|it| !paused.contains(&it.id.as_str()))
        .map(|it| format!("{} ({})", it.id, it.kind.name()))
        .collect();
    let sources = settings.sources.iter().filter(|source| source.enabled);
    let sources: Vec<_> = sources.map(|source| source.id.clone()).collect();
    vec![
        line(&receivers, "receiver is on", "receivers are on"),
        line(&sources, "source is on", "sources are on"),
    ]
}

/// Those who are off, with the reason: first those who wait for something.
pub fn off(settings: &Settings) -> Vec<String> {
    [waiting(settings), switched_off(settings)].concat()
}

/// Receivers that are off for want of something, each with what it is.
pub fn waiting(settings: &Settings) -> Vec<String> {
    let waits = |it: &&Receiver| it.off.is_some() && it.off == it.lacking;
    settings.receivers.iter().filter(waits).filter_map(receiver).collect()
}

/// Those whom the user switched off.
pub fn switched_off(settings: &Settings) -> Vec<String> {
    let is_wished = |it: &&Receiver| it.off != it.lacking;
    let receivers = settings.receivers.iter().filter(is_wished).filter_map(receiver);
    let sources = settings.sources.iter().filter(|source| !source.enabled);
    let sources: Vec<_> = sources.map(|source| source.id.clone()).collect();
    let mut lines: Vec<_> = receivers.collect();
    if !sources.is_empty() {
        let line = line(&sources, "source is off", "sources are off");
        lines.push(format!("{line}; enabled = false"));
    }
    lines
}

fn receiver(it: &Receiver) -> Option<String> {
    let why = it.off.as_ref()?;
    Some(format!("receiver {} is off: {why}", it.id))
}

fn line(ids: &[String], one: &str, many: &str) -> String {
    let mut line = counted(ids.len() as u64, one, many);
    let named: Vec<&str> = ids.iter().take(NAMED_MAX).map(String::as_str).collect();
    if !named.is_empty() {
        line = format!("{line}: {}", named.join(", "));
    }
    match ids.len().saturating_sub(NAMED_MAX) {
        0 => line,
        more => format!("{line} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn a_list_names_everybody_up_to_a_line_and_counts_the_rest() {
        let ids = |number: usize| (0..number).map(|n| format!("s{n}")).collect::<Vec<_>>();
        assert_eq!(line(&ids(0), "source is on", "sources are on"), "0 sources are on");
        assert_eq!(line(&ids(1), "source is on", "sources are on"), "1 source is on: s0");
        let long = line(&ids(1000), "source is on", "sources are on");
        assert!(
            long.starts_with("1,000 sources are on: s0, ") && long.ends_with("s49 and 950 more"),
            "{long}"
        );
    }
}
