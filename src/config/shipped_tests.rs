//! What is shipped holds together: the default loads, and the mirror, the page and the code agree.

use super::*;

#[test]
fn the_embedded_default_loads() {
    let loaded = load(&Tree::builtin(), &Surroundings::default());
    let faults: Vec<String> = loaded.faults.iter().map(ToString::to_string).collect();
    assert_eq!(faults, Vec::<String>::new());
    let settings = loaded.settings.expect("no fault is an error");
    assert!(settings.sources.len() >= 13);
}
