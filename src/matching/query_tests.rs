//! The query language: what it means, and what it says of a mistake.

use crate::matching::Text;
use crate::matching::matcher_tests::{compiled, decide, holds, titled};

#[test]
fn not_binds_closer_than_and_and_and_closer_than_or() {
    assert!(holds("@eu OR @korea AND @quantum", "EU"));
    assert!(!holds("(@eu OR @korea) AND @quantum", "EU"));
    assert!(holds("NOT @eu AND @korea", "Korea"));
    assert!(!holds("NOT (@eu OR @korea)", "Korea"));
    assert!(holds("NOT NOT @eu", "EU"));
}

#[test]
fn phrases_words_and_stars_are_terms_like_others() {
    assert!(holds("\"digital partnership\"", "Digital Partnerships"));
    assert!(!holds("\"digital partnership\"", "digital and partnership"));
    assert!(holds("cooperat*", "co-operating"));
    assert!(holds("반도체", "반도체를"));
}

#[test]
fn a_sign_before_a_word_is_no_negation_and_says_so() {
    for query in ["@korea AND -@eu", "!@eu", "-steel", "@korea AND -(@eu)"] {
        let faults = compiled(query).err().unwrap_or_default();
        assert!(faults.iter().any(|f| f.to_string().contains("write NOT")), "{query}: {faults:?}");
    }
    assert!(holds("\"-steel\"", "steel"));
}

#[test]
fn near_counts_words_in_either_order() {
    assert!(holds("@eu NEAR/3 @korea", "EU and South Korea"));
    assert!(holds("@korea NEAR/3 @eu", "EU and South Korea"));
    assert!(!holds("@eu NEAR/1 @korea", "EU and South Korea"));
    assert!(holds("@eu NEAR/1 @korea", "유럽연합 한국"));
    assert!(!holds("@eu NEAR/3 @korea", "EU one two three Korea"));
}

#[test]
fn ordered_near_wants_the_left_side_first() {
    assert!(holds("@eu ONEAR/2 @korea", "EU and Korea"));
    assert!(!holds("@korea ONEAR/2 @eu", "EU and Korea"));
}

#[test]
fn near_does_not_reach_across_fields() {
    let text = Text { title: "EU", summary: "Korea", ..Text::default() };
    assert!(!decide("@eu NEAR/5 @korea", &text).is_flagged());
    assert!(decide("@eu AND @korea", &text).is_flagged());
}

#[test]
fn near_joins_groups_and_chains() {
    assert!(holds("@eu NEAR/2 (@korea OR @quantum)", "EU quantum plan"));
    assert!(holds("@eu NEAR/2 @korea NEAR/2 @quantum", "EU and Korea on quantum"));
    assert!(!holds("@eu NEAR/2 @korea NEAR/2 @quantum", "EU and Korea at last talk of quantum"));
}

#[test]
fn sentence_holds_within_one_sentence() {
    let text = |body| Text { body, ..Text::default() };
    let query = "SENTENCE(@eu AND @korea)";
    assert!(
        decide(query, &text("It rains. The EU meets S. Korea and Korea. It ends.")).is_flagged()
    );
    assert!(!decide(query, &text("The EU meets. Korea wins.")).is_flagged());
    assert!(!decide(query, &text("유럽연합이 만났다. 한국은 이겼다.")).is_flagged());
    assert!(!decide("SENTENCE(@eu AND NOT @korea)", &text("The EU and Korea meet.")).is_flagged());
}

#[test]
fn fields_restrict_where_words_are_looked_for() {
    let text = Text { title: "EU", summary: "quantum", body: "Korea", ..Text::default() };
    assert!(decide("title:@eu AND lead:@quantum AND body:@korea", &text).is_flagged());
    assert!(!decide("title:@korea", &text).is_flagged());
    assert!(decide("title:(@korea OR @eu)", &text).is_flagged());
    assert!(decide("text:\"quantum\"", &text).is_flagged());
    assert!(decide("head:(@eu AND @quantum)", &text).is_flagged());
    assert!(!decide("head:@korea", &text).is_flagged());
}

#[test]
fn source_and_language_are_asked_of_the_item() {
    let text = Text { source: Some("msit-press"), language: Some("ko-KR"), ..Text::default() };
    assert!(decide("source:msit* AND lang:ko", &text).is_flagged());
    assert!(decide("source:MSIT*", &text).is_flagged(), "ids have no case");
    assert!(decide("source:MSIT-press", &text).is_flagged());
    assert!(!decide("source:msit OR lang:en", &text).is_flagged());
    assert!(decide("lang:ko", &titled("한국어 제목")).is_flagged());
}

/// Message and column of the only fault of a query that stands at column 8 of its line.
#[track_caller]
fn fault(query: &str) -> (String, usize) {
    let faults = compiled(query).expect_err("it has a fault");
    assert_eq!(faults.len(), 1, "{faults:?}");
    (faults[0].to_string(), faults[0].place.column - 9)
}

#[test]
fn a_fault_points_at_its_column() {
    assert_eq!(fault("@eu AND @quantm").1, 8);
    assert_eq!(fault("@eu @korea").1, 4);
    assert_eq!(fault("(@eu OR @korea").1, 0);
    assert_eq!(fault("한국 AND titel:@eu").1, 7);
    assert_eq!(fault("@eu AND").1, 7);
    assert_eq!(fault("@eu )").1, 4);
    assert_eq!(fault("@eu NEAR @korea").1, 4);
    assert_eq!(fault("@eu NEAR/2 (@korea AND @quantum)").1, 11);
    assert_eq!(fault("\"open phrase").1, 0);
}

#[test]
fn a_fault_shows_the_query_with_a_caret_and_the_cure() {
    let (said, _) = fault("@eu and @korea");
    assert_eq!(
        said,
        "watches.toml:7:13: error: AND, OR or NEAR/n is missing before this, in the query of watch `w`\n    \
         @eu and @korea\n        ^\n  hint: operators are written in capitals; a phrase stands in quotes"
    );
}

#[test]
fn a_fault_in_a_text_of_several_lines_points_at_its_line() {
    let faults = compiled("@eu\nAND @koera\n").expect_err("it has a fault");
    assert_eq!((faults[0].place.line, faults[0].place.column), (9, 5));
}

#[test]
fn nesting_without_end_is_refused() {
    let (said, _) = fault(&format!("{}@eu{}", "(".repeat(5_000), ")".repeat(5_000)));
    assert!(said.contains("nested deeper"), "{said}");
    assert!(compiled(&format!("{}@eu", "NOT ".repeat(4_000))).is_ok());
    assert!(compiled(&vec!["@eu"; 2_000].join(" OR ")).is_ok());
}
