//! What is told of an id that does not exist.
//!
//! Called by every command that takes the id of a watch or of a source.

use crate::model::near::nearest;
use crate::model::source::Source;
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

/// The source of this id, likewise.
pub fn source<'p>(plan: &'p Plan, id: &str) -> anyhow::Result<&'p Source> {
    let sources = &plan.settings.sources;
    sources.iter().find(|source| source.id == id).ok_or_else(|| {
        let ids: Vec<&str> = sources.iter().map(|source| source.id.as_str()).collect();
        unknown("source", id, &ids)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_id_is_told_with_the_nearest_or_with_all() {
        let ids = ["quantum", "network-5g-6g", "semiconductors"];
        let told = unknown("watch", "network", &ids).to_string();
        assert!(told.ends_with("did you mean `network-5g-6g`?"), "{told}");
        let told = unknown("watch", "steel", &ids).to_string();
        assert!(told.ends_with("there are: quantum, network-5g-6g, semiconductors"), "{told}");
    }
}
