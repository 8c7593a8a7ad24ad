//! Texts and environment, as values, to checked `Settings` or all faults at once.
//!
//! `load` walks the parsed files itself, because a deserializer stops at the first fault and people
//! want to see them all; every fault names file, line, column and cure. This room reads no disk, no
//! environment and no clock: `files` does, and hands everything over. Queries and terms are checked
//! by `matching`, by the places kept in the `Settings`.

pub mod builtin;
pub mod mirror;
pub mod scalar;
pub mod settings;
pub mod tree;

mod concept;
mod daemon;
mod document;
mod egress;
mod fields;
mod gather;
mod patch;
mod receiver;
mod secret;
mod source;
mod watch;

#[cfg(test)]
mod bad_files_tests;
#[cfg(test)]
mod load_tests;
#[cfg(test)]
mod shipped_tests;

use std::collections::BTreeMap;
use std::path::PathBuf;

use self::gather::{Gathered, Noun};
use self::settings::Settings;
use self::tree::Tree;
use crate::model::fault::{Fault, Place};

/// What the configuration says, and all that is wrong with it.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// Present if and only if no fault is an error.
    pub settings: Option<Settings>,
    /// Errors and warnings, in the order of their places.
    pub faults: Vec<Fault>,
}

/// What the configuration refers to outside its own files.
#[derive(Clone, Default)]
pub struct Surroundings {
    /// The environment's variables.
    pub environment: BTreeMap<String, String>,
    /// Files that hold a secret, by the paths of `secret_files`: their text, or why it cannot be read.
    pub secrets: BTreeMap<PathBuf, Result<String, String>>,
}

/// Checks a whole configuration.
pub fn load(tree: &Tree, surroundings: &Surroundings) -> Loaded {
    let mut gathered = gather::gather(tree);
    let mut faults = std::mem::take(&mut gathered.faults);
    let settings = lower(&gathered, tree, surroundings, &mut faults);
    faults.extend(settings.iter().flat_map(|settings| unheard(settings, tree)));
    faults.sort_by(|a, b| (&a.place, a.weight).cmp(&(&b.place, b.weight)));
    faults.dedup();
    let usable = !faults.iter().any(Fault::is_error);
    Loaded { settings: settings.filter(|_| usable), faults }
}

/// The secret files that a configuration names, for whoever reads the disk.
pub fn secret_files(tree: &Tree) -> Vec<PathBuf> {
    secret::files(&gather::gather(tree))
}

fn lower(
    gathered: &Gathered,
    tree: &Tree,
    surroundings: &Surroundings,
    faults: &mut Vec<Fault>,
) -> Option<Settings> {
    let daemon = daemon::lower(gathered, tree, surroundings, faults);
    let (mut sources, mut concepts) = (Vec::new(), Vec::new());
    let (mut watches, mut receivers) = (Vec::new(), Vec::new());
    for thing in &gathered.things {
        let mut desk = secret::Desk { gathered, tree, surroundings, faults: &mut *faults };
        match thing.noun {
            Noun::Source => sources.extend(source::lower(thing, &mut desk)),
            Noun::Concept => concepts.push(concept::lower(thing, &mut desk)),
            Noun::Watch => watches.push(watch::lower(thing, &mut desk)),
            Noun::Receiver => receivers.extend(receiver::lower(thing, &mut desk)),
        }
    }
    if !gathered.broken {
        faults.extend(idle(gathered, tree));
    }
    Some(Settings { daemon: daemon?, sources, concepts, watches, receivers })
}

/// A configuration that would never tell anyone anything.
fn idle(gathered: &Gathered, tree: &Tree) -> Vec<Fault> {
    let needed = [
        (Noun::Source, "no source is configured, so nothing is polled", "builtin:sources/*.toml"),
        (Noun::Watch, "no watch is configured, so nothing is flagged", "builtin:watches/*.toml"),
    ];
    let mut faults: Vec<Fault> = needed
        .into_iter()
        .filter(|(noun, ..)| gathered.ids(*noun).next().is_none())
        .map(|(noun, message, pack)| {
            let cure = format!(
                "add a [[{}]], or take the shipped ones: include = [\"{pack}\"]",
                noun.name()
            );
            Fault::warning(Place::file(tree.root()), message).cure(cure)
        })
        .collect();
    if gathered.ids(Noun::Receiver).next().is_none() {
        let message = "no receiver is configured, so nobody is told";
        let cure = "add a [[receiver]], for example with kind = \"terminal\"";
        faults.push(Fault::warning(Place::file(tree.root()), message).cure(cure));
    }
    faults
}

/// Watches whose every receiver is off: what they flag would reach nobody.
fn unheard(settings: &Settings, tree: &Tree) -> Vec<Fault> {
    let receivers = &settings.receivers;
    let is_on =
        |id: &String| receivers.iter().any(|receiver| receiver.id == *id && receiver.enabled);
    let is_known = |id: &String| receivers.iter().any(|receiver| receiver.id == *id);
    let mut faults = Vec::new();
    if !receivers.is_empty() && !receivers.iter().any(|receiver| receiver.enabled) {
        let message = "every receiver is off, so nobody is told";
        let cure = "switch one on, or set the variable or file that an optional one waits for";
        faults.push(Fault::warning(Place::file(tree.root()), message).cure(cure));
        return faults;
    }
    for watch in settings.watches.iter().filter(|watch| watch.enabled && !watch.notify.is_empty()) {
        if watch.notify.iter().all(is_known) && !watch.notify.iter().any(is_on) {
            let message = format!(
                "watch \"{}\" tells {} alone, which is off, so nobody hears of it",
                watch.id,
                watch.notify.join(", ")
            );
            let cure = "set what the receiver waits for, or name another in `notify`";
            faults.push(Fault::warning(watch.place.clone(), message).cure(cure));
        }
    }
    faults
}
