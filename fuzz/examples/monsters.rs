//! Measures what the hostile documents and the kept corpus cost: for each document its size, the
//! time that reading it takes and the memory beyond its own bytes, in a process of its own; for each
//! folder of the corpus its size, its slowest input and the memory.
//!
//! `cargo run --release --manifest-path fuzz/Cargo.toml --example monsters [BYTES] [PART OF A NAME]`

#[path = "../../tests/it/monsters.rs"]
#[expect(dead_code, reason = "the tests ask what each document has to yield")]
mod monsters;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use bongsu_fuzz::pace::busy;
use bongsu_fuzz::parse::{Context, feed};
use bongsu_fuzz::{checks, decisions};

/// A sender may cost this much: 200 ms and 20 ms for each MB, 64 MiB above the document.
const MILLISECONDS: f64 = 200.0;
const MILLISECONDS_PER_MB: f64 = 20.0;
const MEMORY_BYTES: usize = 64 << 20;
/// A document beyond its time is read again up to so often, and the least counts: neighbours on the
/// same core take its caches, and with them up to half of its pace.
const READINGS_MAX: usize = 5;
/// What is beyond its time is marked; what is so many times beyond it fails. A machine may be slower
/// than the one where the bound was met, and no fault of the program; a document whose cost grows
/// faster than its size is ten times and more beyond it at these sizes.
const FAILING: f64 = 4.0;

/// The folders of the kept corpus with the check of each.
const CORPUS: [(&str, fn(&[u8])); 6] = [
    ("items", checks::items),
    ("mend", checks::mend),
    ("dates", checks::dates),
    ("text", checks::text),
    ("query", decisions::query),
    ("matching", decisions::matching),
];

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
    // Small ones have the same names.
    let documents = monsters::all(2_000).into_iter().map(|monster| monster.name.to_owned());
    let folders = CORPUS.map(|(name, _)| folder(name));
    for name in documents.chain(folders).filter(|name| name.contains(&part)) {
        let child = Command::new(&own).args([&large.to_string(), &name, "child"]).status();
        within &= child.is_ok_and(|status| status.success());
    }
    if within { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn one(large: usize, name: &str) -> ExitCode {
    bongsu_fuzz::quiet::strict_parser();
    if let Some((_, check)) = CORPUS.iter().find(|(target, _)| folder(target) == name) {
        return kept(name, *check);
    }
    let all = monsters::all(large);
    let Some(monster) = all.into_iter().find(|monster| monster.name == name) else {
        return ExitCode::FAILURE;
    };
    // What the making of all of them took is given back.
    let bytes = monster.bytes;
    let context = Context {
        url: None,
        content_type: None,
        encoding: None,
        language: None,
        timezone: chrono_tz::Tz::UTC,
        now: chrono::DateTime::from_timestamp(1_795_392_000, 0).expect("a fixed instant"),
        bytes_max: usize::MAX,
        truncated: false,
    };
    let before = mark();
    let (mut read, mut took) = timed(|| feed(&bytes, &context));
    for _ in 1..READINGS_MAX {
        if took > allowed(bytes.len()) {
            let (again, less) = timed(|| feed(&bytes, &context));
            (read, took) = (again, took.min(less));
        }
    }
    let more = status("VmHWM:").saturating_sub(before);
    let bad = std::panic::catch_unwind(|| checks::judge(bytes.len(), &read)).is_err();
    tell(name, bytes.len(), (took, took / allowed(bytes.len())), more, bad)
}

/// What comes of it, and the milliseconds of a processor that it took.
fn timed<T>(make: impl Fn() -> T) -> (T, f64) {
    let start = busy();
    let made = make();
    (made, busy() - start)
}

/// Where the kept inputs of a target are, as it is told.
fn folder(target: &str) -> String {
    format!("corpus of {target}")
}

/// Replays a folder of the corpus, each input within the bounds.
fn kept(name: &str, check: fn(&[u8])) -> ExitCode {
    let target = name.rsplit(' ').next().unwrap_or_default();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    let rows = std::fs::read_dir(folder).expect("a folder of the corpus");
    let files: Vec<PathBuf> = rows.filter_map(|row| Some(row.ok()?.path())).collect();
    let (mut size, mut slowest, mut share, mut bad) = (0, 0.0_f64, 0.0_f64, files.is_empty());
    let before = mark();
    for file in files.iter().filter(|file| file.is_file()) {
        let bytes = std::fs::read(file).expect("a file of the corpus");
        let (outcome, took) = timed(|| std::panic::catch_unwind(|| check(&bytes)));
        bad |= outcome.is_err();
        slowest = slowest.max(took);
        share = share.max(took / allowed(bytes.len()));
        size += bytes.len();
    }
    tell(name, size, (slowest, share), status("VmHWM:").saturating_sub(before), bad)
}

fn allowed(bytes: usize) -> f64 {
    MILLISECONDS + MILLISECONDS_PER_MB * bytes as f64 / 1e6
}

/// Begins the high-water mark of memory anew, and says where it stands.
fn mark() -> usize {
    std::fs::write("/proc/self/clear_refs", "5").expect("the mark can be set back");
    status("VmRSS:")
}

/// One line of the table: the time in milliseconds and as a share of what is allowed.
fn tell(name: &str, bytes: usize, time: (f64, f64), more: usize, bad: bool) -> ExitCode {
    let (took, share) = time;
    let (slow, fails, fat) = (share > 1.0, share > FAILING, more > MEMORY_BYTES);
    println!(
        "{bytes:>9}  {took:>9.1}{} {:>9.1}{} {name}{}",
        if slow { '!' } else { ' ' },
        more as f64 / f64::from(1 << 20),
        if fat { '!' } else { ' ' },
        if bad { " (and the result is bad)" } else { "" },
    );
    if fails || fat || bad { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// A line of the system's account of this process, in bytes.
fn status(key: &str) -> usize {
    let text = std::fs::read_to_string("/proc/self/status").expect("a system that keeps accounts");
    let line = text.lines().find(|line| line.starts_with(key)).expect("a line of that name");
    let kilobytes = line.split_whitespace().nth(1).and_then(|word| word.parse::<usize>().ok());
    kilobytes.expect("a number") * 1024
}
