//! Concepts, watches and decisions; and the small makers that the other tests of the room share.

use crate::matching::{Matcher, Text};
use crate::model::decision::{Decision, Field};
use crate::model::fault::{Fault, Place};
use crate::model::watch::{Concept, Example, Query, Rule, Term, Watch};

pub(super) fn place() -> Place {
    Place { file: "watches.toml".to_owned(), line: 7, column: 8 }
}

pub(super) fn term(text: &str) -> Term {
    Term { text: text.to_owned(), language: None, exact: false, case: false, place: place() }
}

pub(super) fn case(text: &str) -> Term {
    Term { case: true, ..term(text) }
}

pub(super) fn exact(text: &str) -> Term {
    Term { exact: true, ..term(text) }
}

pub(super) fn german(text: &str) -> Term {
    Term { language: Some("de".to_owned()), ..term(text) }
}

pub(super) fn concept(id: &str, terms: &[&str]) -> Concept {
    Concept {
        id: id.to_owned(),
        terms: terms.iter().map(|t| term(t)).collect(),
        unless: Vec::new(),
        implies: Vec::new(),
        place: place(),
    }
}

/// A query behind a quote at the place of tests; one of several lines begins on the line below.
fn written(text: &str) -> Query {
    let Place { line, column, .. } = place();
    let mut spot = if text.contains('\n') { (line + 1, 1) } else { (line, column + 1) };
    let mut spots = vec![spot];
    for c in text.chars() {
        spot = if c == '\n' { (spot.0 + 1, 1) } else { (spot.0, spot.1 + 1) };
        spots.push(spot);
    }
    Query { spots, ..Query::new(text, place()) }
}

pub(super) fn watch(id: &str, when: &str) -> Watch {
    Watch {
        id: id.to_owned(),
        title: id.to_uppercase(),
        rule: Rule { when: Some(written(when)), ..Rule::default() },
        notify: Vec::new(),
        updates: false,
        must_match: Vec::new(),
        must_not_match: Vec::new(),
        enabled: true,
        place: place(),
    }
}

/// The surface forms of a term in a title.
pub(super) fn finds(word: &str, title: &str) -> Vec<String> {
    finds_terms(vec![term(word)], title)
}

/// The surface forms of terms in a title.
pub(super) fn finds_terms(terms: Vec<Term>, title: &str) -> Vec<String> {
    let concept = Concept { terms, ..concept("c", &[]) };
    let matcher = Matcher::compile(&[concept], &[]).expect("it compiles");
    let chars: Vec<char> = title.chars().collect();
    let spans = matcher.decide(&titled(title)).hits.into_iter().filter_map(|hit| hit.found);
    spans.map(|span| chars[span.start..span.end].iter().collect()).collect()
}

pub(super) fn titled(title: &str) -> Text<'_> {
    Text { title, ..Text::default() }
}

/// Whether a query holds for a title; the parties and a topic are its concepts.
pub(super) fn holds(query: &str, title: &str) -> bool {
    decide(query, &titled(title)).is_flagged()
}

pub(super) fn decide(query: &str, text: &Text<'_>) -> Decision {
    compiled(query).unwrap_or_else(|faults| panic!("{faults:?}")).decide(text)
}

pub(super) fn compiled(query: &str) -> Result<Matcher, Vec<Fault>> {
    Matcher::compile(&field_concepts(), &[watch("w", query)])
}

fn field_concepts() -> Vec<Concept> {
    let mut eu = concept("eu", &["European Union", "유럽연합"]);
    eu.terms.push(case("EU"));
    let mut korea = concept("korea", &["Korea", "South Korea", "한국"]);
    korea.unless = vec![term("North Korea")];
    let mut pair = concept("pair", &["한-EU", "EU-Korea"]);
    pair.implies = vec!["eu".to_owned(), "korea".to_owned()];
    let mut quantum = concept("quantum", &["quantum", "양자", "양자협력센터"]);
    quantum.unless = vec![term("양자회담"), term("양자협력")];
    vec![eu, korea, pair, quantum]
}

#[test]
fn a_mask_hides_the_hits_inside_it_and_no_others() {
    assert!(!holds("@korea", "North Korea fires a missile"));
    assert!(holds("@korea", "North Korea and South Korea talk"));
    assert!(!holds("@quantum", "한-EU 양자회담"));
    assert!(holds("@quantum", "한-EU 양자회담에서 양자 논의"));
}

#[test]
fn a_mask_hides_a_hit_that_begins_in_its_midst() {
    let mut pair = concept("pair", &["Korea and EU"]);
    pair.unless = vec![term("North Korea")];
    let matcher = Matcher::compile(&[pair], &[watch("w", "@pair")]).expect("it compiles");
    assert!(!matcher.decide(&titled("North Korea and EU")).is_flagged());
    assert!(matcher.decide(&titled("South Korea and EU")).is_flagged());
}

#[test]
fn a_longer_term_wins_over_a_mask() {
    assert!(!holds("@quantum", "양자협력 확대"));
    assert!(holds("@quantum", "양자협력센터 개소"));
}

#[test]
fn a_concept_counts_for_those_it_implies_with_its_place() {
    assert!(holds("@eu AND @korea", "한-EU 회의"));
    assert!(holds("title:@eu AND @eu NEAR/1 @korea", "韓·EU 회의"));
    let decision = decide("@eu AND @korea", &titled("한-EU 회의"));
    assert_eq!(decision.concepts, ["eu", "korea", "pair"]);
    assert_eq!(decision.flags[0].hits, [0, 1], "the pair's own hit and the Union's inside it");
}

#[test]
fn the_publisher_counts_as_a_hit_without_a_place() {
    let implies = ["korea".to_owned()];
    let text = Text { title: "EU와 양자기술 협력", implies: &implies, ..Text::default() };
    let decision = decide("@eu AND @korea AND @quantum", &text);
    let flag = &decision.flags[0];
    assert_eq!(
        flag.reason,
        "eu: \"EU\" in the title · korea: publisher · quantum: \"양자\" in the title"
    );
    assert_eq!(decision.hits.last().map(|hit| hit.found), Some(None));
    assert!(!decide("text:@korea", &text).is_flagged());
}

#[test]
fn hits_stand_in_reading_order_with_characters_of_the_original() {
    let text = Text { title: "양자 &amp; EU", summary: "In South Korea.", ..Text::default() };
    let decision = decide("@eu", &text);
    let spans: Vec<_> =
        decision.hits.iter().filter_map(|h| h.found.map(|s| (s.field, s.start, s.end))).collect();
    assert_eq!(spans, [(Field::Title, 0, 2), (Field::Title, 9, 11), (Field::Summary, 3, 14)]);
}

#[test]
fn of_one_concept_only_the_longest_of_nested_hits_is_listed() {
    assert_eq!(decide("@korea", &titled("South Korea")).hits.len(), 1);
}

#[test]
fn a_near_miss_says_what_was_found_and_what_was_lacking() {
    let miss = |query: &str, title: &str| {
        compiled(query).unwrap_or_else(|faults| panic!("{faults:?}")).near_miss(&titled(title))
    };
    let near = miss("@eu AND @quantum", "양자기술 개발").expect("there is one");
    assert_eq!((near.watch.as_str(), near.lacking.as_str()), ("w", "quantum found; eu missing"));
    let lacking = |query: &str, title: &str| miss(query, title).expect("there is one").lacking;
    assert_eq!(
        lacking("@eu AND NOT @korea", "EU and Korea"),
        "eu found; excluded by korea: \"Korea\" in the title"
    );
    assert_eq!(lacking("@pair AND @quantum", "한국 양자기술"), "korea, quantum found; eu missing");
    assert_eq!(
        lacking("@pair AND @quantum", "양자기술, 한국 그리고 EU"),
        "eu, korea, quantum found; eu and korea together missing"
    );
    assert_eq!(miss("@eu", "nothing here"), None);
}

#[test]
fn lists_of_terms_combine_with_each_other() {
    let mut lists = watch("w", "");
    lists.rule = Rule {
        when: None,
        any: vec![term("반도체"), term("chips")],
        all: vec![case("EU")],
        none: vec![term("Japan")],
    };
    let matcher = Matcher::compile(&[], &[lists]).expect("it compiles");
    let flagged = |title: &str| matcher.decide(&titled(title)).is_flagged();
    assert!(flagged("EU buys chips"));
    assert!(!flagged("EU buys bread"));
    assert!(!flagged("EU and Japan buy chips"));
}

#[test]
fn a_switched_off_watch_is_compiled_and_can_be_named_but_flags_nothing() {
    let mut base = watch("base", "@eu AND @korea");
    base.enabled = false;
    let matcher = Matcher::compile(&field_concepts(), &[base, watch("on", "@base AND @quantum")])
        .expect("it compiles");
    let decision = matcher.decide(&titled("EU and Korea on quantum"));
    let flags: Vec<_> = decision.flags.iter().map(|f| f.watch.as_str()).collect();
    assert_eq!(flags, ["on"]);
}

#[test]
fn all_faults_come_at_once_with_their_places() {
    let mut odd = concept("odd", &["…", "a*b"]);
    odd.implies = vec!["koera".to_owned()];
    let mut concepts = field_concepts();
    concepts.push(odd);
    let circle = [watch("a", "@b"), watch("b", "@a"), watch("c", "@eux AND @korea")];
    let faults = Matcher::compile(&concepts, &circle).expect_err("it has faults");
    let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
    for part in [
        "term `…` of concept `odd`",
        "`a*b`",
        "did you mean `korea`",
        "names itself in a circle",
        "did you mean `@eu`",
    ] {
        assert!(said.iter().any(|s| s.contains(part)), "{part}: {said:#?}");
    }
}

#[test]
fn failing_examples_say_what_was_lacking_and_why_it_matched() {
    let example = |title: &str| Example { title: title.to_owned(), place: place() };
    let mut strict = watch("w", "@eu AND @quantum");
    strict.must_match = vec![example("EU quantum"), example("EU bread")];
    strict.must_not_match = vec![example("quantum"), example("EU quantum flagship")];
    let matcher = Matcher::compile(&field_concepts(), &[strict]).expect("it compiles");
    let said: Vec<String> = matcher.examples().into_iter().map(|f| f.message).collect();
    assert_eq!(
        said,
        [
            "watch `w` does not match \"EU bread\": eu found; quantum missing",
            "watch `w` matches \"EU quantum flagship\": eu: \"EU\" in the title · quantum: \"quantum\" in the title",
        ]
    );
}

#[test]
fn the_rule_set_changes_with_what_decides_and_with_nothing_else() {
    let of = |watches: &[Watch]| {
        Matcher::compile(&field_concepts(), watches).expect("it compiles").rule_set().to_owned()
    };
    let one = watch("w", "@eu");
    let elsewhere =
        Watch { place: Place::file("other.toml"), title: "Other".to_owned(), ..one.clone() };
    assert_eq!(of(std::slice::from_ref(&one)), of(&[elsewhere]));
    assert_ne!(of(&[one]), of(&[watch("w", "@korea")]));
}

#[test]
fn a_hostile_text_and_ten_thousand_nested_terms_stay_linear() {
    let nested: Vec<String> = (1..=100).map(|n| "a ".repeat(n)).collect();
    let mut terms: Vec<Term> = nested.iter().map(|t| term(t)).collect();
    terms.extend((0..10_000).map(|n| term(&format!("가나{n}다라"))));
    let many = Concept { terms, ..concept("many", &[]) };
    let matcher =
        Matcher::compile(&[many], &[watch("w", "SENTENCE(@many AND @many)")]).expect("it compiles");
    for text in [
        "a ".repeat(200_000),
        "a".repeat(200_000),
        "가나".repeat(60_000),
        "\u{301}".repeat(200_000),
    ] {
        let text = Text { body: &text, ..Text::default() };
        let decision = matcher.decide(&text);
        assert!(decision.hits.len() <= 1_000);
    }
}
