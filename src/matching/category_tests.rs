//! Labels that a publisher files an item under: what they say for it, and what they must not.

use crate::matching::matcher_tests::{compiled, concept, decide, watch};
use crate::matching::{Matcher, Text};
use crate::model::decision::{Decision, Field};

/// What a query says of a headline under labels.
fn filed(query: &str, title: &str, labels: &[&str]) -> Decision {
    let categories: Vec<String> = labels.iter().map(|label| (*label).to_owned()).collect();
    decide(query, &Text { title, categories: &categories, ..Text::default() })
}

#[track_caller]
fn flags(query: &str, title: &str, labels: &[&str]) {
    assert!(filed(query, title, labels).is_flagged(), "{query} of {title:?} under {labels:?}");
}

#[track_caller]
fn leaves(query: &str, title: &str, labels: &[&str]) {
    assert!(!filed(query, title, labels).is_flagged(), "{query} of {title:?} under {labels:?}");
}

/// Thirty countries.
const LIST: &str = "Austria;Belgium;Bulgaria;Croatia;Cyprus;Czechia;Denmark;Estonia;Finland;France;Germany;Greece;\
    Hungary;Ireland;Italy;Latvia;Lithuania;Luxembourg;Malta;Netherlands;Poland;Portugal;Romania;Slovakia;\
    Slovenia;Spain;Sweden;Korea;Japan;Canada";

#[test]
fn a_side_named_in_a_label_alone_is_found_and_told_with_its_place() {
    let decision = filed("@eu AND @korea", "EU talks on chips", &["Trade", "South Korea"]);
    assert_eq!(
        decision.flags[0].reason,
        "eu: \"EU\" in the title · korea: \"South Korea\" in the category"
    );
    let span = decision.hits[1].found.expect("it has a place");
    assert_eq!((span.field, span.start, span.end), (Field::Category(1), 0, 11));
    assert_eq!((span.field.name(), span.field.index()), ("category", Some(1)));
    assert_eq!(decision.flags[0].evidence[1].sentence, "South Korea");
    flags("@eu AND @korea", "EU 반도체 회의", &["한국"]);
    flags("@eu AND @korea", "A calm day", &["EU-Korea"]);
    flags("@korea", "A calm day", &["Korea, Republic of"]);
    leaves("@korea", "A calm day", &["North Korea"]);
}

#[test]
fn a_label_is_a_field_of_its_own() {
    flags("category:@korea", "A calm day", &["Korea"]);
    flags("category:(korea OR @eu) AND NOT category:trade", "A calm day", &["Korea"]);
    leaves("category:@korea", "Korea", &["Trade"]);
    for field in ["title", "lead", "head", "body", "text"] {
        leaves(&format!("{field}:@korea"), "A calm day", &["Korea"]);
    }
    leaves("title:category:@korea", "Korea", &["Korea"]);
}

#[test]
fn a_label_has_no_neighbours_and_shares_no_sentence() {
    leaves("@eu NEAR/50 @korea", "EU", &["Korea"]);
    leaves("@eu NEAR/50 @korea", "A calm day", &["EU", "Korea", "EU Korea"]);
    leaves("SENTENCE(@eu AND @korea)", "EU", &["Korea"]);
    leaves("SENTENCE(@korea)", "A calm day", &["Korea"]);
    leaves("category:(@eu NEAR/5 @korea)", "A calm day", &["EU", "Korea"]);
    leaves("category:SENTENCE(@eu AND @korea)", "A calm day", &["EU", "Korea"]);
    leaves("\"digital partnership\"", "digital", &["digital", "partnership"]);
    flags("category:(@eu NEAR/5 @korea)", "A calm day", &["Trade", "EU and Korea"]);
    flags("category:SENTENCE(@eu AND @korea AND NOT lang:fr)", "A calm day", &["EU and Korea"]);
    flags("SENTENCE(category:@eu AND category:@korea)", "A calm day", &["EU and Korea"]);
}

#[test]
fn a_label_bars_nothing_unless_by_name() {
    flags("@eu AND NOT @korea", "EU", &["Korea"]);
    leaves("@eu AND NOT category:@korea", "EU", &["Korea"]);
    leaves("@eu AND NOT @korea", "EU and Korea", &["Korea"]);
    let watches = [watch("a", "@korea"), watch("b", "@eu AND NOT @a"), watch("c", "@eu AND @a")];
    let concepts = [concept("eu", &["EU"]), concept("korea", &["Korea"])];
    let matcher = Matcher::compile(&concepts, &watches).expect("it compiles");
    let categories = ["Korea".to_owned()];
    let text = Text { title: "EU", categories: &categories, ..Text::default() };
    let decision = matcher.decide(&text);
    let flagged: Vec<&str> = decision.flags.iter().map(|flag| flag.watch.as_str()).collect();
    assert_eq!(flagged, ["a", "b", "c"], "asked of the same watch, for and against");
}

#[test]
fn a_list_of_many_names_says_where_an_item_is_listed_and_not_what_it_is_of() {
    let each: Vec<&str> = LIST.split(';').collect();
    for labels in [each.as_slice(), &[LIST], &[&LIST.replace(';', ", ")]] {
        leaves("@eu AND @korea", "EU programme opens", labels);
        leaves("@korea", "A calm day", labels);
        let asked = filed("@eu AND category:@korea", "EU programme opens", labels);
        let reason = &asked.flags[0].reason;
        assert_eq!(reason, "eu: \"EU\" in the title · korea: \"Korea\" in the category");
        flags("@eu AND @korea", "EU and Korea", labels);
    }
    flags("@eu AND @korea", "EU programme opens", &each[20..]);
    flags("@eu AND @korea", "EU talks", &["POLICY_AREA=Trade,Digital", "Korea, Republic of"]);
}

#[test]
fn an_address_in_a_label_names_nothing() {
    leaves("@korea", "A calm day", &["https://data.example/country/Korea"]);
    flags("@korea", "A calm day", &["south-korea"]);
}

#[test]
fn nearness_tells_a_label_and_a_watch_that_holds_by_one_lacks_nothing() {
    let categories = ["Korea".to_owned()];
    let text = Text { title: "EU", categories: &categories, ..Text::default() };
    let told =
        compiled("@eu AND @korea AND @quantum").expect("it compiles").account(&text).remove(0);
    assert_eq!((told.score, told.missing.as_slice()), ((2, 3), ["quantum".to_owned()].as_slice()));
    let told = compiled("@eu AND @korea").expect("it compiles").account(&text).remove(0);
    assert!(told.holds && told.missing.is_empty());
}
