//! The query language: what it means, and what it says of a mistake.

use crate::matching::matcher_tests::{compiled, concept, decide, holds, term, titled, watch};
use crate::matching::{Matcher, Text};

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

/// Message, cure and column of every fault of a query that stands at column 8 of its line.
fn faults(query: &str) -> Vec<(String, usize)> {
    let faults = compiled(query).err().unwrap_or_default();
    let mut told: Vec<_> =
        faults.iter().map(|f| (f.to_string(), f.place.column.saturating_sub(9))).collect();
    told.sort_by_key(|told| told.1);
    told
}

#[track_caller]
fn tells(query: &str, wanted: &[(usize, &str)]) {
    let told = faults(query);
    assert_eq!(told.len(), wanted.len(), "{query}: {told:#?}");
    for ((said, column), (at, words)) in told.iter().zip(wanted) {
        assert_eq!(column, at, "{query}: {said}");
        assert!(said.contains(words), "{query}: {said}");
    }
}

#[test]
fn all_faults_of_a_query_are_told_at_once() {
    tells(
        "@eu AND @koera AND (titel:@quantm OR -steel) AND NEAR @eu",
        &[
            (8, "did you mean `@korea`?"),
            (20, "did you mean `title:`?"),
            (26, "did you mean `@quantum`?"),
            (37, "write NOT"),
            (49, "does not say how near"),
            (49, "operator stands where"),
        ],
    );
    tells(
        "@eu @koera ) AND (@quantm",
        &[
            (4, "is missing before this"),
            (4, "@koera"),
            (11, "closes nothing"),
            (17, "is not closed"),
            (18, "@quantm"),
        ],
    );
    tells(
        "@e1 AND @e2 OR NOT (@e3 NEAR/2 @e4)",
        &[(0, "@e1"), (8, "@e2"), (20, "@e3"), (31, "@e4")],
    );
}

#[test]
fn all_faults_of_all_watches_and_concepts_are_told_in_one_run() {
    let mut broken = concept("broken", &["a*b", "EU.?Korea"]);
    broken.implies = vec!["nowhere".to_owned()];
    let watches =
        [watch("one", "@koera"), watch("two", "(@eu"), watch("three", "@eu AND @nothing")];
    let faults =
        Matcher::compile(&[concept("korea", &["Korea"]), concept("eu", &["EU"]), broken], &watches)
            .expect_err("they have faults");
    let all: Vec<String> = faults.iter().map(ToString::to_string).collect();
    for words in ["a*b", "EU.?Korea", "nowhere", "@koera", "is not closed", "@nothing"] {
        assert_eq!(all.iter().filter(|said| said.contains(words)).count(), 1, "{words}: {all:#?}");
    }
}

#[test]
fn signs_in_the_place_of_operators_are_told_with_the_word_to_write() {
    for query in ["@eu & @korea", "@eu && @korea", "@eu + @korea", "@eu +@korea"] {
        tells(query, &[(4, "write AND")]);
    }
    for query in ["@eu | @korea", "@eu || @korea", "@eu , @korea"] {
        tells(query, &[(4, "write OR")]);
    }
    tells("@eu&@korea", &[(3, "write AND")]);
    tells("@eu, @korea, @quantum", &[(3, "write OR for one"), (11, "write OR for one")]);
    tells("chips|semiconductors", &[(5, "write OR")]);
    tells("EU&&Korea", &[(2, "write AND")]);
    tells("chips, semiconductors", &[(7, "a comma joins nothing")]);
    for query in ["AT&T", "R&D AND @eu", "Erasmus+", "C++ OR C#", "\"EU, Korea\"", "\"|\" OR @eu"] {
        let told = faults(query);
        assert!(told.iter().all(|(said, _)| said.contains("no letter")), "{query}: {told:?}");
    }
}

#[test]
fn operators_in_small_letters_and_other_languages_are_told() {
    tells("not @eu", &[(4, "written in capitals")]);
    tells("@eu AND not @korea", &[(12, "written in capitals")]);
    tells(
        "(@eu or @korea) And @quantum",
        &[(5, "written in capitals"), (16, "written in capitals")],
    );
    tells("반도체 및 양자", &[(4, "written in capitals")]);
    assert!(holds("\"and\" OR @eu", "EU"), "in quotes it is a word");
}

#[test]
fn quotes_without_a_partner_and_of_other_keyboards_are_told() {
    tells("@eu AND \"open phrase", &[(8, "not closed")]);
    tells("\"digital AND @eu AND \"chips\"", &[(0, "not closed")]);
    tells("'digital partnership' AND @eu", &[(0, "write \"digital partnership\"")]);
    tells("@eu AND ‘디지털 파트너십’", &[(8, "write \"디지털 파트너십\"")]);
    tells("「한국」", &[(0, "write \"한국\"")]);
    for query in [
        "“digital partnership”",
        "„digital partnership“",
        "«digital partnership»",
        "＂digital partnership＂",
    ] {
        assert!(holds(query, "A digital partnership"), "{query}");
    }
    assert!(holds("l'Union AND 'EU", "l'Union, EU"), "an apostrophe is no quote");
}

#[test]
fn regular_expressions_are_refused_wherever_they_stand() {
    for (query, column) in
        [("EU.?Korea", 0), ("@eu AND \"semiconductor|chip\"", 8), ("@eu OR \\bAI\\b", 7)]
    {
        tells(query, &[(column, "looks like a regular expression")]);
    }
    let doubtful = compiled("@eu AND semiconductors?").expect("it may be meant so");
    assert!(
        doubtful.remarks()[0].to_string().contains("write semiconductor"),
        "{:?}",
        doubtful.remarks()
    );
    assert_eq!(compiled("@eu AND \"Who pays?\"").expect("it compiles").remarks(), []);
}

#[test]
fn terms_that_can_never_be_found_are_refused_and_hidden_ones_told() {
    tells("chips.eu", &[(0, "is an address")]);
    tells("@eu AND (press@seoul.example OR @korea)", &[(9, "is an address")]);
    tells("\u{200b}", &[(0, "no letter or digit")]);
    assert!(holds("Booking.com AND .NET", "Booking.com moves to .NET"));
    let mut concept = concept("c", &["EU-style", "EU", "chip", "quantum*", "양자"]);
    concept.unless = ["EU style", "Chip", "quantum", "양자회담"].map(term).to_vec();
    let matcher = Matcher::compile(&[concept.clone()], &[]).expect("warnings forbid nothing");
    let said: Vec<String> = matcher.remarks().iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 2, "{said:#?}");
    assert!(said[0].contains("warning: term `EU-style` of concept `c` is hidden"), "{said:?}");
    concept.unless = vec![term("chips.eu"), term("chips|EU")];
    let matcher = Matcher::compile(&[concept], &[]).expect("a mask of nothing loses no alert");
    let said: Vec<String> = matcher.remarks().iter().map(ToString::to_string).collect();
    assert!(said.len() == 2 && said[0].contains("is an address"), "{said:?}");
}
