//! The line protocols: one JSON question a line on standard input, one answer a line on standard
//! output, in order, flushed, never a crash. Other programs score us with them.

use std::io::{BufRead, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;

use crate::cli::{Exit, load, match_, parse, say};
use crate::clock::Clock;

/// How `bongsu parse` is asked.
#[derive(Debug, Args)]
pub struct Parse {
    /// Answer in JSON (there is no other answer)
    #[arg(long)]
    json: bool,
    /// Read questions from standard input, one a line: a path, or an object with `path`, `url`,
    /// `headers`, `timezone`, `now` [default where standard input is no terminal]. Dates without a
    /// zone are in `timezone`, else in the daemon's zone if a configuration is given, else in UTC
    #[arg(long, conflicts_with = "path")]
    stdin: bool,
    /// Read this file
    #[arg(value_name = "FILE")]
    path: Option<PathBuf>,
}

/// How `bongsu match` is asked.
#[derive(Debug, Args)]
pub struct Match {
    /// Answer in JSON (there is no other answer)
    #[arg(long)]
    json: bool,
    /// Read items from standard input, one object a line: `id`, `title`, and perhaps `summary`,
    /// `body`, `lang`, `implies` [default where standard input is no terminal]
    #[arg(long)]
    stdin: bool,
}

/// Reads one file, or one document for each line.
pub fn parse(config: Option<&Path>, options: &Parse) -> anyhow::Result<Exit> {
    let now = Clock::System.now();
    let Some(zone) = load::timezone(config) else {
        return Ok(Exit::Misused);
    };
    if let Some(path) = &options.path {
        let answer = parse::answer_line(&path.to_string_lossy(), zone, now);
        say::out(&answer);
        return Ok(if answer.contains("\"ok\":true") { Exit::Good } else { Exit::Failed });
    }
    if nobody_asks(options.stdin) {
        bail!("nothing to read: name a FILE, or give --stdin");
    }
    answer_each(|line| parse::answer_line(line, zone, now))
}

/// Says of each line what the watches of the configuration say of it.
pub fn matches(config: Option<&Path>, options: &Match) -> anyhow::Result<Exit> {
    if nobody_asks(options.stdin) {
        bail!("nothing to match: give --stdin, with one JSON object a line");
    }
    let Some(plan) = load::plan_to_read(config) else {
        return Ok(Exit::Misused);
    };
    answer_each(|line| match_::answer_line(&plan.matcher, line))
}

/// A person at a terminal who did not say `--stdin` would wait for an answer to nothing.
fn nobody_asks(stdin: bool) -> bool {
    !stdin && std::io::stdin().is_terminal()
}

fn answer_each(answer: impl Fn(&str) -> String) -> anyhow::Result<Exit> {
    let (mut input, mut out) = (std::io::stdin().lock(), std::io::stdout().lock());
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line).context("cannot read standard input")? == 0 {
            return Ok(Exit::Good);
        }
        let question = String::from_utf8_lossy(&line);
        // Some editors begin a file with a mark.
        let question = question.trim_start_matches('\u{FEFF}').trim_end();
        let written = writeln!(out, "{}", answer(question)).and_then(|()| out.flush());
        match written {
            // Whoever listened has heard enough: the rest need not be answered.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(Exit::Good),
            written => written.context("cannot write the answer")?,
        }
    }
}
