//! Matching beside a bare case-folding aho-corasick over the same text and terms.
//!
//! `cargo bench --bench matching` prints a table of times, then the ratios, the time of a typical
//! item and of every hostile text; `cargo bench --bench matching -- ratios` only the latter. Ours is
//! the whole decision, line by line: normalization, hits with their places, watches, reasons. Bare
//! only counts what it finds. The text is made here, half English and half Korean, of syllables that
//! are no words, with a term in every fifth line. Times are wall times, the best of several rounds,
//! both sides in turn: on a busy machine read the ratios, not the times.

use std::hint::black_box;
use std::io::Write as _;
use std::time::{Duration, Instant};

use aho_corasick::{AhoCorasick, MatchKind};
use bongsu::config::tree::Tree;
use bongsu::matching::{Matcher, Text};
use bongsu::model::fault::Place;
use bongsu::model::watch::{Concept, Query, Rule, Term, Watch};
use divan::counter::BytesCount;

/// Numbers of terms.
const TERMS: [usize; 4] = [10, 100, 1_000, 10_000];

/// Bytes of the text; of a hostile one.
const TEXT_BYTES: usize = 2_000_000;
const HOSTILE_BYTES: usize = 5_000_000;

/// Terms nested in each other, in the hostile set.
const NESTED: usize = 110;

/// Two that nobody waits for, as nearly all are, and two that many watches flag.
const ITEMS: [(&str, &str); 4] = [
    (
        "Commission invites views on the reuse of rainwater in towns",
        "Cities, farmers and water companies have eight weeks to say how rain from roofs and squares may be \
         kept and used again. The answers feed into a proposal that is due next year. Member States \
         spend very different sums on their drains, a study found, and dry summers make the question \
         urgent from the south to the north of the Union, also for research.",
    ),
    (
        "산업부, 지역 중소기업 에너지 절감 설비 지원 확대",
        "산업통상부는 올해 하반기부터 지역 중소기업의 노후 설비를 고효율 설비로 바꾸는 비용을 더 많이 지원한다고 \
         밝혔다. 지원 대상은 종업원 오십 명 이하의 제조업체이며 신청은 다음 달 초부터 받는다. 담당자는 인공지능으로 \
         전력 사용량을 살피는 시범 사업도 함께 시작한다며 많은 기업의 참여를 바란다고 말했다. 자세한 내용은 누리집에서 \
         확인할 수 있다.",
    ),
    (
        "EU and Republic of Korea open talks on trusted chips and clean energy",
        "Officials of both sides met on Monday in a small town by the sea to speak of supply chains, of \
         standards for the next generation of networks and of young researchers who want to spend a \
         year abroad. A second round is planned for the autumn, a spokeswoman said, and a report on \
         the first results will follow by the end of the year.",
    ),
    (
        "한-EU, 반도체 공급망과 청정에너지 협력 논의",
        "산업부는 월요일 바닷가의 작은 도시에서 유럽연합 집행위원회와 회의를 열고 공급망 안정과 차세대 통신망 표준, \
         젊은 연구자의 교류 방안을 논의했다고 밝혔다. 양측은 가을에 두 번째 회의를 열기로 했으며 첫 결과를 담은 \
         보고서를 연말까지 내기로 했다. 담당 과장은 오랜 준비 끝에 얻은 결실이라며 앞으로도 자주 만나 이야기하겠다고 \
         말했다. 회의에는 두 나라의 기업과 대학에서 온 백여 명이 함께했다. 다음 일정은 여름이 지난 뒤 알린다.",
    ),
];

fn main() {
    if !std::env::args().any(|argument| argument == "ratios") {
        divan::main();
    }
    report().unwrap_or_else(|error| panic!("{error}"));
}

#[divan::bench(args = TERMS, sample_count = 10)]
fn ours(bencher: divan::Bencher<'_, '_>, terms: usize) {
    let case = Case::new(terms);
    bencher.counter(BytesCount::of_str(&case.text)).bench_local(|| case.ours());
}

#[divan::bench(args = TERMS, sample_count = 10)]
fn bare(bencher: divan::Bencher<'_, '_>, terms: usize) {
    let case = Case::new(terms);
    bencher.counter(BytesCount::of_str(&case.text)).bench_local(|| case.bare());
}

#[divan::bench(args = 0..ITEMS.len())]
fn item(bencher: divan::Bencher<'_, '_>, item: usize) {
    let (concepts, watches) = defaults();
    let matcher = compiled(&concepts, &watches);
    let (title, summary) = ITEMS[item];
    bencher.bench_local(|| matcher.decide(&Text { title, summary, ..Text::default() }));
}

#[divan::bench(sample_count = 20)]
fn compile_default(bencher: divan::Bencher<'_, '_>) {
    let (concepts, watches) = defaults();
    bencher.bench_local(|| compiled(&concepts, &watches));
}

#[divan::bench(args = 0..hostile().len(), sample_count = 3, sample_size = 1)]
fn hostile_text(bencher: divan::Bencher<'_, '_>, number: usize) {
    let trap = hostile().swap_remove(number);
    let (matcher, body) = (trap.matcher(), trap.body());
    bencher.bench_local(|| matcher.decide(&Text { body: &body, ..Text::default() }));
}

fn report() -> std::io::Result<()> {
    let mut out = std::io::stdout();
    for terms in TERMS {
        let case = Case::new(terms);
        let [ours, bare] =
            best(7, [&|| _ = black_box(case.ours()), &|| _ = black_box(case.bare())]);
        let speed = |time: Duration| case.text.len() as f64 / time.as_secs_f64() / 1e6;
        let (ours, bare) = (speed(ours), speed(bare));
        writeln!(
            out,
            "{terms:6} terms: ours {ours:6.1} MB/s, bare {bare:6.1} MB/s, ratio {:.2}",
            ours / bare
        )?;
    }
    let (concepts, watches) = defaults();
    let [time] = best(9, [&|| drop(black_box(compiled(&concepts, &watches)))]);
    writeln!(out, "default configuration compiles in {time:.1?}")?;
    let matcher = compiled(&concepts, &watches);
    for (title, summary) in ITEMS {
        let decide =
            || drop(black_box(matcher.decide(&Text { title, summary, ..Text::default() })));
        let [time] = best(9, [&|| (0..1_000).for_each(|_| decide())]);
        writeln!(out, "item {:.1?}: {title}", time / 1_000)?;
    }
    for trap in hostile() {
        let (matcher, body) = (trap.matcher(), trap.body());
        let [time] = best(
            3,
            [&|| drop(black_box(matcher.decide(&Text { body: &body, ..Text::default() })))],
        );
        writeln!(out, "hostile {time:8.1?}: {}", trap.name)?;
    }
    Ok(())
}

/// The best time of each, in turn.
fn best<const N: usize>(rounds: usize, works: [&dyn Fn(); N]) -> [Duration; N] {
    let mut best = [Duration::MAX; N];
    for _ in 0..rounds {
        for (best, work) in best.iter_mut().zip(works) {
            let start = Instant::now();
            work();
            *best = start.elapsed().min(*best);
        }
    }
    best
}

/// The same text and terms for both sides.
struct Case {
    text: String,
    matcher: Matcher,
    automaton: AhoCorasick,
}

impl Case {
    fn new(count: usize) -> Self {
        let mut dice = Dice(count as u64);
        let terms: Vec<String> =
            (0..count).map(|i| format!("{} {}", dice.word(i), dice.word(i))).collect();
        let mut text = String::new();
        while text.len() < TEXT_BYTES {
            let line = dice.below(100);
            for _ in 0..8 + dice.below(40) {
                text.push_str(&dice.word(line));
                text.push(' ');
            }
            if line.is_multiple_of(5) {
                text.push_str(&terms[dice.below(count)]);
            }
            text.push_str(".\n");
        }
        let groups = count.div_ceil(10).min(50);
        let concepts: Vec<Concept> = (0..groups)
            .map(|i| concept(&format!("c{i}"), terms.iter().skip(i).step_by(groups)))
            .collect();
        let near = format!("@c0 NEAR/5 @c{}", groups - 1);
        let matcher = compiled(&concepts, &[watch(&near)]);
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .ascii_case_insensitive(true)
            .build(&terms)
            .unwrap_or_else(|error| panic!("{error}"));
        Self { text, matcher, automaton }
    }

    fn ours(&self) -> usize {
        let decide = |body| self.matcher.decide(&Text { body, ..Text::default() }).hits.len();
        self.text.lines().map(decide).sum()
    }

    fn bare(&self) -> usize {
        self.text.lines().map(|line| self.automaton.find_iter(line).count()).sum()
    }
}

/// A text and terms that would be slow if anything were tried again and again.
struct Trap {
    name: &'static str,
    terms: Vec<String>,
    query: &'static str,
    piece: &'static str,
}

impl Trap {
    fn matcher(&self) -> Matcher {
        compiled(&[concept("many", &self.terms)], &[watch(self.query)])
    }

    fn body(&self) -> String {
        self.piece.repeat(HOSTILE_BYTES / self.piece.len())
    }
}

fn hostile() -> Vec<Trap> {
    // Longer terms than these are refused.
    let nested = |word: &str| {
        let most = NESTED / word.trim().chars().count();
        (1..=most).map(|n| word.repeat(n)).collect::<Vec<_>>()
    };
    let many = || (0..10_000).map(|n| format!("가나{n}다라")).chain(nested("a ")).collect();
    let trap = |name, terms, query, piece| Trap { name, terms, query, piece };
    let one = |term: &str| vec![term.to_owned()];
    vec![
        trap("nested Hangul", nested("가"), "@many", "가"),
        trap("nested Hangul, pairs of syllables", nested("가"), "@many", "가가 "),
        trap("the same within sentences", nested("가"), "SENTENCE(@many AND @many)", "가가. "),
        trap("the same near each other", nested("가"), "@many NEAR/3 @many", "가가 "),
        trap("nested Latin", nested("a "), "@many", "a "),
        trap("nested Latin over commas", nested("a "), "@many", "a, "),
        trap("nested Latin within sentences", nested("aa "), "SENTENCE(@many AND @many)", "aa. "),
        trap("10,000 terms and nested Latin", many(), "SENTENCE(@many AND @many)", "a "),
        trap("10,000 terms that begin alike", many(), "@many", "가나 9"),
        trap("*나", one("*나"), "@many", "나"),
        trap(
            "Hangul in pieces",
            one("한국"),
            "@many",
            "\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8} ",
        ),
        trap("Latin with marks in pieces", one("한국"), "@many", "e\u{301}"),
        trap("full-width Latin", one("한국"), "@many", "ｆｕｌｌ "),
        trap("entities", one("한국"), "@many", "&amp;amp;middot;"),
    ]
}

fn defaults() -> (Vec<Concept>, Vec<Watch>) {
    let loaded = bongsu::config::load(&Tree::builtin(), &bongsu::config::Surroundings::default());
    let settings = loaded.settings.unwrap_or_else(|| panic!("{:?}", loaded.faults));
    (settings.concepts.clone(), settings.watches.clone())
}

fn compiled(concepts: &[Concept], watches: &[Watch]) -> Matcher {
    Matcher::compile(concepts, watches).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn concept<'t>(id: &str, terms: impl IntoIterator<Item = &'t String>) -> Concept {
    let term = |text: &String| Term {
        text: text.clone(),
        language: None,
        exact: false,
        case: false,
        place: Place::file("bench"),
    };
    Concept {
        id: id.to_owned(),
        terms: terms.into_iter().map(term).collect(),
        unless: Vec::new(),
        implies: Vec::new(),
        place: Place::file("bench"),
    }
}

fn watch(query: &str) -> Watch {
    Watch {
        id: "watch".to_owned(),
        title: String::new(),
        rule: Rule { when: Some(Query::new(query, Place::file("bench"))), ..Rule::default() },
        notify: Vec::new(),
        updates: false,
        must_match: Vec::new(),
        must_not_match: Vec::new(),
        enabled: true,
        place: Place::file("bench"),
    }
}

/// The same numbers at every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    /// A word, English if `side` is even: few are frequent, most are rare.
    fn word(&mut self, side: usize) -> String {
        let rank = self.below(120) * self.below(120);
        if side.is_multiple_of(2) {
            const PARTS: [&str; 12] =
                ["ba", "tri", "mo", "sen", "ku", "pla", "dor", "vi", "gre", "nal", "sto", "fe"];
            [rank % 12, rank / 12 % 12, rank / 144 % 12, rank / 1_728]
                .map(|i| PARTS[i % 12])
                .concat()
        } else {
            let syllable =
                |n: usize| char::from_u32(0xAC00 + (n * 53 % 11_172) as u32).unwrap_or('가');
            [rank % 60, rank / 60 % 60, rank / 3_600 + 60].map(syllable).iter().collect()
        }
    }
}
