//! Measures what the hostile documents cost: for each its size, the time that reading it takes and
//! the memory beyond its own bytes, in a process of its own.
//!
//! `cargo run --release --manifest-path fuzz/Cargo.toml --example monsters [BYTES] [PART OF A NAME]`

#[path = "../../tests/it/monsters.rs"]
mod monsters;

use std::process::{Command, ExitCode};

use bongsu_fuzz::checks;
use bongsu_fuzz::parse::{Context, feed};

/// A sender may cost this much: 200 ms and 20 ms for each MB, 64 MiB above the document.
const MILLISECONDS: f64 = 200.0;
const MILLISECONDS_PER_MB: f64 = 20.0;
const MEMORY_BYTES: usize = 64 << 20;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let large = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(10_000_000);
    let part = arguments.next().unwrap_or_default();
    if arguments.next().is_some() {
        return one(large, &part);
    }
    let own = std::env::current_exe().expect("a running program has a file");
    let mut within = true;
    println!("{:>9}  {:>9}  {:>9}  name", "bytes", "ms", "MiB more");
    for monster in monsters::all(large).into_iter().filter(|monster| monster.name.contains(&part)) {
        let size = large.to_string();
        let child = Command::new(&own).args([&size, monster.name, "child"]).status();
        within &= child.is_ok_and(|status| status.success());
    }
    if within { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn one(large: usize, name: &str) -> ExitCode {
    bongsu_fuzz::quiet::strict_parser();
    let all = monsters::all(large);
    let Some(monster) = all.into_iter().find(|monster| monster.name == name) else {
        return ExitCode::FAILURE;
    };
    // What the making of all of them took is given back, and the high-water mark begins anew.
    let bytes = monster.bytes;
    std::fs::write("/proc/self/clear_refs", "5").expect("the mark can be set back");
    let before = status("VmRSS:");
    let context = Context {
        url: None,
        content_type: None,
        encoding: None,
        timezone: chrono_tz::Tz::UTC,
        now: chrono::DateTime::from_timestamp(1_795_392_000, 0).expect("a fixed instant"),
        identity: None,
        truncated: false,
    };
    let start = busy();
    let read = feed(&bytes, &context);
    let took = busy() - start;
    let more = status("VmHWM:").saturating_sub(before);
    let bad = std::panic::catch_unwind(|| checks::judge(bytes.len(), &read)).is_err();
    let allowed = MILLISECONDS + MILLISECONDS_PER_MB * bytes.len() as f64 / 1e6;
    let slow = took > allowed;
    let fat = more > MEMORY_BYTES;
    println!(
        "{:>9}  {took:>9.1}{} {:>9.1}{} {name}{}",
        bytes.len(),
        if slow { '!' } else { ' ' },
        more as f64 / f64::from(1 << 20),
        if fat { '!' } else { ' ' },
        if bad { " (and the result is bad)" } else { "" },
    );
    if slow || fat || bad { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Milliseconds that this thread has had a processor: what others do on the machine does not count.
fn busy() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("accounts of threads");
    let nanoseconds = text.split(' ').next().and_then(|word| word.parse::<f64>().ok());
    nanoseconds.expect("a number") / 1e6
}

/// A line of the system's account of this process, in bytes.
fn status(key: &str) -> usize {
    let text = std::fs::read_to_string("/proc/self/status").expect("a system that keeps accounts");
    let line = text.lines().find(|line| line.starts_with(key)).expect("a line of that name");
    let kilobytes = line.split_whitespace().nth(1).and_then(|word| word.parse::<usize>().ok());
    kilobytes.expect("a number") * 1024
}
