//! What is told of faulty configurations, as values: no disk, no process.

use std::collections::BTreeMap;

use crate::cli::whole::queries;
use crate::config::tree::{File, Tree};
use crate::config::{Loaded, Surroundings, load};

const BASIS: &str =
    "[concept.eu]\nen = [\"EU\"]\n[concept.korea]\nen = [\"Korea\"]\nimplies = [\"eu\"]\n";

fn loaded(files: &[(&str, &str)]) -> Loaded {
    let mut tree = Tree::new("a.toml");
    for (name, text) in files {
        let content = Ok(text.as_bytes().to_vec().into());
        tree.add(*name, File { content, exposed: false });
    }
    let environment = BTreeMap::new();
    load(&tree, &Surroundings { environment, ..Surroundings::default() })
}

/// The faults beside those of the files: of queries, then of the examples that could be tried.
fn beside(text: &str) -> Vec<String> {
    let loaded = loaded(&[("a.toml", &format!("{BASIS}{text}"))]);
    let (mut faults, whole) = queries(&loaded.draft.expect("something"), &loaded.faults);
    faults.extend(whole.map(|matcher| matcher.examples()).unwrap_or_default());
    faults.into_iter().map(|fault| fault.message).collect()
}

fn watch(id: &str, keys: &str) -> String {
    format!("[[watch]]\nid = \"{id}\"\n{keys}\n")
}

#[test]
fn examples_are_tried_where_nothing_that_they_rest_on_is_faulty() {
    let failing = "must_match = [\"x\"]";
    let bad = watch("bad", "when = \"@nothing\"");
    let good = watch("good", &format!("when = \"@eu\"\n{failing}"));
    let rests = watch("rests", &format!("when = \"@bad OR @eu\"\n{failing}"));
    let told = beside(&format!("{bad}{good}{rests}"));
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("`@nothing`"), "{told:?}");
    assert!(told[1].contains("watch `good`"), "{told:?}");
}

#[test]
fn a_concept_without_its_terms_takes_what_it_implies_with_it() {
    let faulty = "[concept.seoul]\nxx = [\"Seoul\"]\nimplies = [\"korea\"]\n";
    let korea = watch("k", "when = \"@korea\"\nmust_match = [\"Seoul\"]");
    assert_eq!(beside(&format!("{faulty}{korea}")), [""; 0], "Seoul may be what was meant");
    let steel = watch("s", "any = [\"steel\"]\nmust_match = [\"iron\"]");
    assert_eq!(beside(&format!("{faulty}{korea}{steel}")).len(), 1);
}

#[test]
fn a_watch_with_a_fault_beside_its_condition_is_tried() {
    let told = beside(&watch("w", "when = \"@eu\"\nnotify = [\"nobody\"]\nmust_match = [\"x\"]"));
    assert_eq!(told.len(), 1, "{told:?}");
    let told = beside(&watch("w", "when = \"@eu\"\nnome = [\"x\"]\nmust_not_match = [\"EU x\"]"));
    assert_eq!(told, [""; 0], "a misspelt condition may be what is lacking");
}

#[test]
fn what_a_fault_of_the_file_explains_is_not_told_again() {
    assert_eq!(beside(&watch("w", "wen = \"@eu\"")), [""; 0], "no condition is left of it");
    assert_eq!(beside(&watch("w", "any = [\"@eu\"]")), [""; 0], "no plain term");
    assert_eq!(beside("[[watch]]\nwhen = \"@eu\"\n"), [""; 0], "no id");
    let told = beside("[[watch]]\nwhen = \"(@eu\"\n");
    assert!(told[0].contains("watch `(no id)`") && told.len() == 1, "{told:?}");
}

#[test]
fn names_that_a_broken_file_may_hold_are_not_missed() {
    let root = format!(
        "include = [\"b.toml\"]\n{BASIS}{}{}",
        watch("w", "when = \"@there AND @eu\"\nmust_match = [\"x\"]"),
        watch("v", "when = \"@eu AND\"")
    );
    let loaded = loaded(&[("a.toml", &root), ("b.toml", "[concept.there\n")]);
    let (faults, _) = queries(&loaded.draft.expect("something"), &loaded.faults);
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].to_string().contains("watch `v`"), "{faults:?}");
}
