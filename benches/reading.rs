//! Bytes to drafts beside plain feed-rs over the same bytes, with HTML to text told apart.
//!
//! `cargo bench --bench reading` prints a table of times and then, for each shape of feed, the ratio;
//! `cargo bench --bench reading -- ratios FOLDER` only the ratios, with the files of a folder as one
//! more shape. `cargo bench --bench reading -- instructions FOLDER` counts instead of timing, which no
//! busy machine disturbs: it needs valgrind, starts itself under callgrind with one and with two
//! passes over the feeds, and takes the difference. FOLDER may be left out.

use std::hint::black_box;
use std::io::Write as _;
use std::process::Command;
use std::time::{Duration, Instant};

use bongsu::parse::{self, text};
use chrono::DateTime;
use divan::counter::BytesCount;

#[path = "reading/feeds.rs"]
mod feeds;

use feeds::Shape;

/// What is measured.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Work {
    /// Bytes to drafts.
    Reading,
    /// feed-rs as its users call it.
    FeedRs,
    /// The titles, summaries and contents that feed-rs finds, from HTML to text.
    Text,
}

const WORKS: [Work; 3] = [Work::Reading, Work::FeedRs, Work::Text];

impl Work {
    fn name(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::FeedRs => "feed-rs",
            Self::Text => "text",
        }
    }

    /// One pass over the feeds of a shape.
    fn pass(self, prepared: &Prepared) {
        match self {
            Self::Reading => prepared.feeds.iter().for_each(|bytes| drop(black_box(drafts(bytes)))),
            Self::FeedRs => prepared.feeds.iter().for_each(|bytes| {
                drop(black_box(feed_rs::parser::parse(bytes.as_slice())));
            }),
            Self::Text => {
                prepared.titles.iter().for_each(|title| drop(black_box(text::line(title))));
                prepared.texts.iter().for_each(|html| drop(black_box(text::from_html(html))));
            }
        }
    }
}

fn drafts(bytes: &[u8]) -> Result<parse::Feed, parse::Refusal> {
    let context = parse::Context {
        url: None,
        content_type: Some("application/xml"),
        encoding: None,
        language: None,
        timezone: chrono_tz::Asia::Seoul,
        now: DateTime::from_timestamp(1_790_000_000, 0).unwrap_or_default(),
        bytes_max: usize::MAX,
        truncated: false,
    };
    parse::feed(bytes, &context)
}

/// A shape's feeds, and the texts in them.
struct Prepared {
    name: String,
    feeds: Vec<Vec<u8>>,
    titles: Vec<String>,
    texts: Vec<String>,
}

impl Prepared {
    /// Keeps the feeds that both read alike, so that both do the same work.
    fn new(shape: &Shape) -> Self {
        let mut feeds = shape.feeds();
        let (mut titles, mut texts) = (Vec::new(), Vec::new());
        feeds.retain(|bytes| {
            let (Ok(ours), Ok(theirs)) = (drafts(bytes), feed_rs::parser::parse(bytes.as_slice()))
            else {
                return false;
            };
            if ours.drafts.len() != theirs.entries.len() {
                return false;
            }
            for entry in theirs.entries {
                titles.extend(entry.title.map(|title| title.content));
                texts.extend(entry.summary.map(|summary| summary.content));
                texts.extend(entry.content.and_then(|content| content.body));
            }
            true
        });
        Self { name: shape.to_string(), feeds, titles, texts }
    }

    fn bytes(&self) -> usize {
        self.feeds.iter().map(Vec::len).sum()
    }
}

fn measure(bencher: divan::Bencher, shape: &Shape, work: Work) {
    let prepared = Prepared::new(shape);
    bencher.counter(BytesCount::new(prepared.bytes())).bench_local(|| work.pass(&prepared));
}

#[divan::bench(args = feeds::shapes(None))]
fn reading(bencher: divan::Bencher, shape: &Shape) {
    measure(bencher, shape, Work::Reading);
}

#[divan::bench(args = feeds::shapes(None))]
fn feed_rs_alone(bencher: divan::Bencher, shape: &Shape) {
    measure(bencher, shape, Work::FeedRs);
}

#[divan::bench(args = feeds::shapes(None))]
fn html_to_text(bencher: divan::Bencher, shape: &Shape) {
    measure(bencher, shape, Work::Text);
}

/// The shortest of many passes, each work in turn, so that a busy moment hits all alike.
fn times(prepared: &Prepared) -> [f64; 3] {
    let mut least = [Duration::MAX; 3];
    let begin = Instant::now();
    let mut rounds = 0;
    while rounds < 10 || begin.elapsed() < Duration::from_secs(2) && rounds < 1_000 {
        for (work, least) in WORKS.iter().zip(&mut least) {
            let start = Instant::now();
            work.pass(prepared);
            *least = start.elapsed().min(*least);
        }
        rounds += 1;
    }
    least.map(|time| time.as_secs_f64())
}

/// Instructions of one pass: two passes less one, so that neither the making of the feeds nor a
/// table that is built once is counted.
fn instructions(shape: usize, folder: Option<&str>, work: Work) -> std::io::Result<f64> {
    let count = |passes: &str| {
        let output = Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(std::env::current_exe()?)
            .args(["passes", &shape.to_string(), work.name(), passes])
            .args(folder)
            .output()?;
        let told = String::from_utf8_lossy(&output.stderr);
        let number = told.lines().find_map(|line| line.split_once("Collected : "));
        number
            .and_then(|(_, number)| number.trim().parse::<f64>().ok())
            .ok_or_else(|| std::io::Error::other(format!("callgrind says no count: {told}")))
    };
    Ok(count("2")? - count("1")?)
}

/// One line for each shape: the costs and their ratios.
fn ratios(
    unit: &str,
    folder: Option<&str>,
    cost: impl Fn(usize, &Prepared) -> std::io::Result<[f64; 3]>,
) {
    let mut out = std::io::stdout();
    let mut line = |text: String| writeln!(out, "{text}").and_then(|()| out.flush());
    let head = format!(
        "{:<24}{:>9}{:>10}{:>10}{:>10}{:>10}{:>12}",
        unit, "MB", "reading", "feed-rs", "text", "ratio", "less text"
    );
    let mut print = || -> std::io::Result<()> {
        line(head.clone())?;
        for (number, shape) in feeds::shapes(folder).iter().enumerate() {
            let prepared = Prepared::new(shape);
            if prepared.feeds.is_empty() {
                line(format!("{shape}: no feed that both read"))?;
                continue;
            }
            let [reading, feed_rs, text] = cost(number, &prepared)?;
            let megabytes = prepared.bytes() as f64 / 1e6;
            line(format!(
                "{:<24}{megabytes:>9.2}{:>10.1}{:>10.1}{:>10.1}{:>10.2}{:>12.2}",
                prepared.name,
                reading / megabytes,
                feed_rs / megabytes,
                text / megabytes,
                reading / feed_rs,
                (reading - text) / feed_rs
            ))?;
        }
        Ok(())
    };
    print().expect("a place to write to, and valgrind for counts");
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let milliseconds = |_: usize, prepared: &Prepared| Ok(times(prepared).map(|time| time * 1e3));
    match words.as_slice() {
        ["passes", shape, work, passes, folder @ ..] => {
            let shapes = feeds::shapes(folder.first().copied());
            let shape = shape.parse::<usize>().ok().and_then(|number| shapes.get(number));
            let prepared = Prepared::new(shape.expect("a number of a shape"));
            let work = WORKS.into_iter().find(|known| known.name() == *work);
            let work = work.expect("a name of a work");
            (0..passes.parse().unwrap_or(1)).for_each(|_| work.pass(&prepared));
        }
        ["instructions", folder @ ..] => {
            let folder = folder.first().copied();
            ratios("instructions a byte", folder, |number, _| {
                let [reading, feed_rs, text] = WORKS.map(|work| instructions(number, folder, work));
                Ok([reading? / 1e6, feed_rs? / 1e6, text? / 1e6])
            });
        }
        ["ratios", folder @ ..] => ratios("ms a MB", folder.first().copied(), milliseconds),
        _ => {
            divan::main();
            ratios("ms a MB", None, milliseconds);
        }
    }
}
