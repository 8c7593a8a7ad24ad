//! Terms that their own concept's `unless` hides wherever they stand.
//!
//! Asks the finished index with the words of each such term; judges no text of others. Called by
//! `compile`.

use std::collections::HashSet;

use crate::matching::fold::Folded;
use crate::matching::index::Index;
use crate::model::fault::Fault;
use crate::model::watch::{Concept, Term};

/// A warning for each of them: the concept still works by its other terms, and a patch may mean it so.
pub(super) fn hidden(concepts: &[Concept], index: &Index) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (slot, concept) in concepts.iter().enumerate() {
        // In its own words a term is hidden by a mask of the same letters alone: of two finds the longer
        // wins, and of equals the mask.
        let masks: HashSet<Vec<char>> = concept.unless.iter().map(letters).collect();
        let is_hidden = |term: &&Term| {
            masks.contains(&letters(term))
                && !term.text.contains('*')
                && !is_shown(index, slot, &term.text)
        };
        for term in concept.terms.iter().filter(is_hidden) {
            let (term_text, id) = (&term.text, &concept.id);
            let message = format!(
                "term `{term_text}` of concept `{id}` is hidden by its own `unless` wherever it stands"
            );
            faults.push(
                Fault::warning(term.place.clone(), message).cure("remove it from one of the two"),
            );
        }
    }
    faults
}

fn letters(term: &Term) -> Vec<char> {
    Folded::term(&term.text).letters().to_vec()
}

/// Whether a slot has a find in these words, as they stand, in other cases, or with an ending.
fn is_shown(index: &Index, slot: usize, text: &str) -> bool {
    let forms = [
        text.to_owned(),
        text.to_lowercase(),
        text.to_uppercase(),
        format!("{text}s"),
        format!("{text}에서도"),
    ];
    let has = |text: &String| index.search(&Folded::new(text)).iter().any(|find| find.slot == slot);
    forms.iter().any(has)
}
