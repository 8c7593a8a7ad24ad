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
pub mod standing;
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

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use self::gather::{Gathered, Noun};
use self::settings::Settings;
use self::tree::Tree;
use crate::model::fault::{Fault, Place, Weight};

/// What the configuration says, and all that is wrong with it.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// Present if and only if no fault stops everybody. Where one stops some ([`Fault::need`]), it is
    /// for those to ask; a receiver whose secret is missing is off.
    pub settings: Option<Settings>,
    /// Errors and warnings, in the order of their places.
    pub faults: Vec<Fault>,
    /// Why receivers are off that nobody switched off: optional ones that wait for a secret.
    pub notes: Vec<Fault>,
    /// What can be made out beside the faults.
    pub draft: Option<Draft>,
}

/// A configuration as far as it can be made out, faults or none: its queries and the examples of its
/// watches can be tried all the same, so that one fault does not hide another.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What is there; never to be worked with.
    pub settings: Settings,
    /// Ids of concepts and watches in which something is wrong.
    pub faulty: BTreeSet<String>,
    /// Ids of all sources, those in which something is wrong as well.
    pub sources: Vec<String>,
    /// Ids of the sources that name no timezone.
    pub zoneless: Vec<String>,
    /// A file could not be read whole: what a name stands for may be there.
    pub broken: bool,
}

/// What the configuration refers to outside its own files.
#[derive(Clone, Default)]
pub struct Surroundings {
    /// The environment's variables.
    pub environment: BTreeMap<String, String>,
    /// The folder in which the program was started: where relative paths of the store and of file
    /// receivers begin. Empty: they stay relative.
    pub folder: PathBuf,
    /// Files that hold a secret, by the paths of `secret_files`: their text, or why it cannot be read.
    pub secrets: BTreeMap<PathBuf, Result<String, String>>,
}

/// Checks a whole configuration.
pub fn load(tree: &Tree, surroundings: &Surroundings) -> Loaded {
    let mut gathered = gather::gather(tree);
    let mut faults = std::mem::take(&mut gathered.faults);
    let draft = lower(&gathered, tree, surroundings, &mut faults);
    faults.sort_by(|a, b| a.order().cmp(&b.order()));
    faults.dedup();
    let (notes, faults): (Vec<_>, Vec<_>) =
        faults.into_iter().partition(|fault| fault.weight == Weight::Note);
    let usable = !faults.iter().any(Fault::stops_all);
    let settings = draft.as_ref().filter(|_| usable).map(|draft| draft.settings.clone());
    Loaded { settings, faults, notes, draft }
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
) -> Option<Draft> {
    let daemon = daemon::lower(gathered, tree, surroundings, faults)?;
    let (mut sources, mut concepts) = (Vec::new(), Vec::new());
    let (mut watches, mut receivers) = (Vec::new(), Vec::new());
    let (mut unsound, mut receivers_whole) = (gathered.faulty.clone(), true);
    for thing in &gathered.things {
        let before = faults.len();
        let mut desk = secret::Desk { gathered, tree, surroundings, faults: &mut *faults };
        let mut is_sound = true;
        match thing.noun {
            Noun::Source => sources.extend(source::lower(thing, &mut desk, daemon.timezone)),
            Noun::Concept => concepts.push(concept::lower(thing, &mut desk)),
            Noun::Watch => {
                let watch;
                (watch, is_sound) = watch::lower(thing, &mut desk);
                watches.push(watch);
            }
            Noun::Receiver => receivers.extend(receiver::lower(thing, &mut desk)),
        }
        let errors = faults.iter().skip(before).any(Fault::is_error);
        if !is_sound || errors && thing.noun == Noun::Concept {
            unsound.insert(thing.id.clone());
        }
        receivers_whole &= !(errors && thing.noun == Noun::Receiver);
    }
    let settings = Settings { daemon, sources, concepts, watches, receivers };
    if !gathered.broken {
        faults.extend(idle(gathered, tree));
        // What is wrong with a receiver is told already; that nobody is told would be its echo.
        if receivers_whole {
            faults.extend(unheard(&settings, tree));
        }
    }
    let sources = gathered.ids(Noun::Source).map(str::to_owned).collect();
    let zoneless = |thing: &&gather::Thing| {
        thing.noun == Noun::Source && thing.table.get("timezone").is_none()
    };
    let zoneless = gathered.things.iter().filter(zoneless).map(|thing| thing.id.clone()).collect();
    Some(Draft { settings, faulty: unsound, sources, zoneless, broken: gathered.broken })
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
