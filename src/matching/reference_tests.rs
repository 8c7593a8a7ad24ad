//! The search beside the plainest one there is: every term tried at every place, masks and nesting
//! by their definition.

use proptest::prelude::*;

use crate::matching::chars::{self, Script};
use crate::matching::fold::Folded;
use crate::matching::matcher_tests::{case, concept, exact, term, titled, watch};
use crate::matching::property_tests::text;
use crate::matching::term::{Pattern, Place};
use crate::matching::{Matcher, Text};
use crate::model::watch::{Concept, Term};

/// Letters and bytes where a term is found, all of them.
fn everywhere(terms: &[Term], folded: &Folded<'_>) -> Vec<((usize, usize), (usize, usize))> {
    let letters = folded.letters();
    let edge = |at: usize| {
        let script = |at: usize| chars::script(letters[at]);
        at == 0
            || folded.gap_before(at).is_some()
            || script(at - 1) != script(at)
            || script(at) == Script::Unspaced
    };
    let mut all = Vec::new();
    for pattern in terms.iter().flat_map(|term| Pattern::compile(term).expect("it compiles")) {
        let len = pattern.letters.len();
        for start in 0..(letters.len() + 1).saturating_sub(len) {
            let end = start + len;
            let place = Place { start, end, run: folded.run_of(end - 1) };
            if letters[start..end] == pattern.letters[..]
                && (!pattern.needs_edge() || edge(start))
                && pattern.fits(folded, place)
            {
                let bytes = pattern.signs.round(folded, place).expect("it fits");
                all.push(((start, end), bytes));
            }
        }
    }
    all
}

/// Bytes of the hits of a concept, by definition.
fn by_definition(concept: &Concept, text: &str) -> Vec<(usize, usize)> {
    let folded = Folded::new(text);
    let masks = everywhere(&concept.unless, &folded);
    let masked = |(start, end): (usize, usize)| {
        masks.iter().any(|(m, _)| m.0 <= start && m.1 >= end || m.0 < start && m.1 > start)
    };
    let finds = everywhere(&concept.terms, &folded).into_iter().filter(|find| !masked(find.0));
    let all: Vec<(usize, usize)> = finds.map(|(_, bytes)| bytes).collect();
    let inside = |a: &(usize, usize), b: &(usize, usize)| a != b && b.0 <= a.0 && a.1 <= b.1;
    let mut hits: Vec<_> =
        all.iter().filter(|a| !all.iter().any(|b| inside(a, b))).copied().collect();
    hits.sort_unstable();
    hits.dedup();
    hits
}

/// Bytes of the hits that the matcher lists.
fn by_search(concept: &Concept, text: &str) -> Vec<(usize, usize)> {
    let matcher =
        Matcher::compile(std::slice::from_ref(concept), &[watch("w", "@c")]).expect("it compiles");
    let mut bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    bytes.push(text.len());
    let spans = matcher.decide(&titled(text)).hits.into_iter().filter_map(|hit| hit.found);
    spans.map(|span| (bytes[span.start], bytes[span.end])).collect()
}

fn a_term() -> impl Strategy<Value = Term> {
    let words = vec![
        "한국",
        "한-EU",
        "EU",
        "Korea",
        "양자",
        "*국",
        "한",
        "韓",
        "EU Korea",
        "Korea EU",
        "한 양자",
        "E.U.",
        "한*",
        "日本",
        "か",
        "full",
        "주",
        "자",
        "*자 양",
        "양자양자",
        "Korea 한국",
        "SS",
        "*u",
        "½",
        "C++",
        "C#",
        "C",
        ".NET",
        "NET",
    ];
    (prop::sample::select(words), 0..8_u8).prop_map(|(word, kind)| match kind {
        0 => exact(word),
        1 => case(word),
        _ => term(word),
    })
}

proptest! {
    #[test]
    fn the_search_finds_what_trying_everything_finds(
        terms in prop::collection::vec(a_term(), 1..8),
        unless in prop::collection::vec(a_term(), 0..4),
        text in text(),
    ) {
        let concept = Concept { terms, unless, ..concept("c", &[]) };
        prop_assert_eq!(by_search(&concept, &text), by_definition(&concept, &text), "{:?}", text);
    }
}

#[test]
fn beyond_what_is_kept_of_a_slot_others_are_still_found() {
    let mut text = "가가 ".repeat(40_000);
    text.push('끝');
    let nested: Vec<String> = (1..=110).map(|n| "가".repeat(n)).collect();
    let nested: Vec<&str> = nested.iter().map(String::as_str).collect();
    let concepts = [concept("many", &nested), concept("last", &["끝"])];
    let near = watch("near", "@many NEAR/1 @many AND body:@last");
    for watches in [vec![watch("w", "@many AND @last")], vec![near]] {
        let matcher = Matcher::compile(&concepts, &watches).expect("it compiles");
        let decision = matcher.decide(&Text { body: &text, ..Text::default() });
        assert_eq!(decision.concepts, ["last", "many"]);
        assert!(decision.is_flagged());
        assert_eq!(decision.hits.len(), 1_000);
    }
}
