//! The name of a rule set: what an item was evaluated under.
//!
//! A hash over all that decides and nothing else. Called by `Matcher::compile`.

use sha2::{Digest, Sha256};

use crate::model::watch::{Concept, Term, Watch};

/// A hash of what decides: an item is recorded as evaluated under it. Places, receivers and
/// examples do not decide.
pub(super) fn rule_set(concepts: &[Concept], watches: &[Watch]) -> String {
    let mut hasher = Sha256::new();
    let mut feed = |text: &str| {
        hasher.update((text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    let terms = |label: &str, terms: &[Term], feed: &mut dyn FnMut(&str)| {
        feed(label);
        for t in terms {
            feed(&t.text);
            feed(t.language.as_deref().unwrap_or_default());
            feed(&format!("{}{}", t.exact, t.case));
        }
    };
    for concept in concepts {
        feed("concept");
        feed(&concept.id);
        terms("terms", &concept.terms, &mut feed);
        terms("unless", &concept.unless, &mut feed);
        feed("implies");
        concept.implies.iter().for_each(|id| feed(id));
    }
    for watch in watches {
        feed("watch");
        feed(&watch.id);
        feed(if watch.enabled { "on" } else { "off" });
        feed(watch.rule.when.as_ref().map_or("", |query| &query.text));
        terms("any", &watch.rule.any, &mut feed);
        terms("all", &watch.rule.all, &mut feed);
        terms("none", &watch.rule.none, &mut feed);
    }
    let half = hasher.finalize().iter().take(16).fold(0_u128, |sum, b| sum << 8 | u128::from(*b));
    format!("{half:032x}")
}
