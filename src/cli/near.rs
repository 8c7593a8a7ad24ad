//! What somebody most likely meant by an id that does not exist.
//!
//! Called by every command that takes the id of a watch.

use crate::model::watch::Watch;
use crate::work::Plan;

/// An argument that nothing answers to: [`crate::cli::Exit::Misused`], like one that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Misuse(pub String);

/// The watch of this id, or an error that names the nearest, or all.
pub fn watch<'p>(plan: &'p Plan, id: &str) -> anyhow::Result<&'p Watch> {
    let watches = &plan.settings.watches;
    watches.iter().find(|watch| watch.id == id).ok_or_else(|| {
        let ids: Vec<&str> = watches.iter().map(|watch| watch.id.as_str()).collect();
        unknown("watch", id, &ids)
    })
}

/// That there is no such thing, and what there is instead.
pub fn unknown(what: &str, id: &str, ids: &[&str]) -> anyhow::Error {
    let cure = match nearest(id, ids.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if ids.is_empty() => format!("it has no {what} at all"),
        None => format!("there are: {}", ids.join(", ")),
    };
    Misuse(format!("there is no {what} `{id}` in the configuration; {cure}")).into()
}

/// The nearest of some texts, if it is near enough to be meant: a third of its characters may
/// differ, or a part of it was written.
pub fn nearest<'c>(text: &str, among: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    let limit = 1 + text.chars().count() / 3;
    let distance = |candidate: &str| {
        let apart = strsim::damerau_levenshtein(text, candidate);
        let part = text.chars().count() >= 3 && candidate.contains(text);
        if part { apart.min(limit) } else { apart }
    };
    among
        .map(|candidate| (distance(candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_and_a_part_are_understood_and_another_word_is_not() {
        let ids = ["quantum", "network-5g-6g", "semiconductors"];
        let near = |text: &str| nearest(text, ids.into_iter());
        assert_eq!(near("quantm"), Some("quantum"));
        assert_eq!(near("network"), Some("network-5g-6g"));
        assert_eq!(near("semiconductor"), Some("semiconductors"));
        assert_eq!(near("steel"), None);
        let told = unknown("watch", "steel", &ids).to_string();
        assert!(told.ends_with("there are: quantum, network-5g-6g, semiconductors"), "{told}");
    }
}
