//! Properties that hold for any text and any query.

use proptest::prelude::*;

use crate::matching::fold::{Folded, plain};
use crate::matching::matcher_tests::{compiled, decide, finds, holds, titled};
use crate::matching::{Text, query};

/// Texts of the kind that meets us: both scripts, pieces of syllables, entities, marks, odd dots.
pub(super) fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("한".to_owned()),
        Just("韓".to_owned()),
        Just("EU".to_owned()),
        Just("Korea".to_owned()),
        Just("한국".to_owned()),
        Just("양자".to_owned()),
        Just(" ".to_owned()),
        Just("·".to_owned()),
        Just("ㆍ".to_owned()),
        Just("-".to_owned()),
        Just("&middot;".to_owned()),
        Just("&amp;amp;quot;".to_owned()),
        Just("&#4370;".to_owned()),
        Just("&".to_owned()),
        Just(". ".to_owned()),
        Just("\u{1112}\u{1161}\u{11ab}".to_owned()),
        Just("\u{11ab}".to_owned()),
        Just("\u{301}".to_owned()),
        Just("\u{200b}".to_owned()),
        Just("日本".to_owned()),
        Just("か\u{3099}".to_owned()),
        Just("ｆｕｌｌ".to_owned()),
        Just("㈜".to_owned()),
        Just("İß".to_owned()),
        Just("C".to_owned()),
        Just("+".to_owned()),
        Just("＃".to_owned()),
        Just(".NET".to_owned()),
        "\\PC{0,3}",
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|all| all.concat())
}

/// Another spelling of `한-EU 디지털 파트너십`, one choice for each place that can vary.
fn spelling() -> impl Strategy<Value = String> {
    let han = prop::sample::select(vec![
        "한",
        "韓",
        "\u{1112}\u{1161}\u{11ab}",
        "&#38867;",
        "한\u{200b}",
        "한\u{ad}",
    ]);
    let joint = prop::sample::select(vec![
        "-",
        "·",
        "ㆍ",
        "･",
        "・",
        "․",
        "⋅",
        "‐",
        "‑",
        "–",
        "—",
        "―",
        "−",
        "－",
        "ㅡ",
        "/",
        "",
        " - ",
        "&middot;",
        "&amp;middot;",
        "&amp;amp;#183;",
        "&#x318D;",
    ]);
    let eu = prop::sample::select(vec!["EU", "ＥＵ", "E\u{200d}U"]);
    let space =
        prop::sample::select(vec![" ", "", "  ", "\u{3000}", "&nbsp;", "\n", " ‘", "\u{3164}"]);
    let tail = prop::sample::select(vec![
        "디지털 파트너십",
        "디지털파트너십",
        "디지털\u{a0}파트너십",
        "디지털(파트너십)",
        "디지털&nbsp;파트너십을",
    ]);
    (han, joint, eu, space, tail).prop_map(|(h, j, e, s, t)| format!("{h}{j}{e}{s}{t}"))
}

proptest! {
    #[test]
    fn a_match_survives_any_orthographic_variant(title in spelling()) {
        prop_assert!(holds("\"한-EU\" AND \"디지털 파트너십\" AND @eu AND @korea", &title), "{}", title);
    }

    #[test]
    fn folding_twice_is_folding_once(text in text()) {
        let once = plain(&text);
        prop_assert_eq!(plain(&once), once);
    }

    #[test]
    fn offsets_always_cut_at_characters(text in text()) {
        let folded = Folded::new(&text);
        let mut before = 0;
        for at in 0..folded.letters().len() {
            let (start, end) = (folded.origin(at), folded.origin_end(at + 1));
            prop_assert!(text.get(start..end).is_some_and(|s| !s.is_empty()), "{:?} {}..{}", text, start, end);
            prop_assert!(start >= before);
            before = start;
        }
        for surface in finds("한국", &text) {
            prop_assert!(!surface.is_empty());
        }
    }

    #[test]
    fn near_is_symmetric(text in text(), words in 1..12_usize) {
        let left = holds(&format!("@eu NEAR/{words} (@korea OR 양자)"), &text);
        prop_assert_eq!(left, holds(&format!("(양자 OR @korea) NEAR/{words} @eu"), &text));
    }

    #[test]
    fn ordered_near_is_near_in_one_order(text in text(), words in 1..12_usize) {
        if holds(&format!("@eu ONEAR/{words} @quantum"), &text) {
            prop_assert!(holds(&format!("@eu NEAR/{words} @quantum"), &text), "{}", text);
        }
    }

    #[test]
    fn reading_a_query_never_panics(query in "\\PC{0,40}") {
        let read = query::parse(&query);
        prop_assert!(read.faults.iter().all(|m| m.offset <= query.chars().count()));
    }

    #[test]
    fn reading_a_query_of_its_own_words_never_panics(words in prop::collection::vec(prop::sample::select(vec![
        "(", ")", "AND", "OR", "NOT", "NEAR/3", "ONEAR/2", "NEAR", "SENTENCE", "SENTENCE(", "@eu", "@korea", "@", "\"", "title:", "lang:", "ko", "양자*", "*", "x:y", "@w",
    ]), 0..16), title in text()) {
        if let Ok(matcher) = compiled(&words.join(" ")) {
            matcher.decide(&titled(&title));
        }
    }

    #[test]
    fn deciding_never_panics(title in text(), summary in text(), body in "\\PC*") {
        let text = Text { title: &title, summary: &summary, body: &body, ..Text::default() };
        let decision = decide("SENTENCE(@eu AND @korea) OR @quantum NEAR/4 @eu OR NOT body:한", &text);
        prop_assert!(decision.is_flagged() || decision.flags.is_empty());
    }
}
