//! All files of a tree to one heap of sources, concepts, watches and receivers, patches applied.
//!
//! Follows includes, tells what is named twice, and leaves the meaning of each table to the file
//! that lowers it. Called by `load`.

use std::collections::BTreeSet;

use super::document::{self, Entry, Kind, Table, Value};
use super::fields::{Fields, unknown_key};
use super::tree::{self, Tree};
use super::{builtin, patch, scalar};
use crate::model::fault::{Fault, Place};
use crate::model::near::nearest;

/// The keys that a file takes at its top.
pub(super) const KEYS: &[&str] =
    &["include", "daemon", "source", "concept", "watch", "receiver", "patch"];

/// Where those keys stand, for messages.
const TOP: &str = "this file";
/// What the name of a thing without an id begins with.
const UNNAMED: char = '?';

/// What a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Noun {
    Source,
    Concept,
    Watch,
    Receiver,
}

impl Noun {
    pub(super) const ALL: [Self; 4] = [Self::Source, Self::Concept, Self::Watch, Self::Receiver];

    /// The key in TOML, which is also the word in messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Concept => "concept",
            Self::Watch => "watch",
            Self::Receiver => "receiver",
        }
    }
}

/// A table that stands for one source, concept, watch or receiver.
#[derive(Clone, Debug)]
pub(super) struct Thing {
    pub(super) noun: Noun,
    pub(super) id: String,
    /// Where its id is written.
    pub(super) place: Place,
    pub(super) table: Table,
}

impl Thing {
    /// The thing, for messages: `source "ec-press"`.
    pub(super) fn owner(&self) -> String {
        if self.id.starts_with(UNNAMED) {
            return format!("this {}", self.noun.name());
        }
        format!("{} \"{}\"", self.noun.name(), self.id)
    }
}

/// The heap.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// The keys of `[daemon]`, of all files.
    pub(super) daemon: Vec<Entry>,
    pub(super) things: Vec<Thing>,
    patches: Vec<Table>,
    /// Ids of things that a faulty patch was to change.
    pub(super) faulty: BTreeSet<String>,
    /// Some file could not be read whole, so what is missing may stand there.
    pub(super) broken: bool,
    pub(super) faults: Vec<Fault>,
    /// Files being read, outermost first.
    open: Vec<String>,
    done: Vec<String>,
}

/// Reads the tree from its root.
pub(super) fn gather(tree: &Tree) -> Gathered {
    let mut gathered = Gathered::default();
    gathered.file(tree, tree.root(), None);
    let patches = std::mem::take(&mut gathered.patches);
    for table in &patches {
        let before = gathered.faults.len();
        patch::apply(table, &mut gathered);
        if gathered.faults.iter().skip(before).any(Fault::is_error) {
            let targets = Noun::ALL.into_iter().filter_map(|noun| table.text(noun.name()));
            gathered.faulty.extend(targets.map(str::to_owned));
        }
    }
    gathered
}

impl Gathered {
    /// The ids of all things of one noun.
    pub(super) fn ids(&self, noun: Noun) -> impl Iterator<Item = &str> {
        self.things.iter().filter(move |thing| thing.noun == noun).map(|thing| thing.id.as_str())
    }

    /// The fault of an id that nothing has; `None` where it may stand in a file that is broken.
    pub(super) fn missing(&self, noun: Noun, id: &str, place: &Place, by: &str) -> Option<Fault> {
        if self.broken || self.ids(noun).any(|known| known == id) {
            return None;
        }
        let noun_name = noun.name();
        let fault = Fault::error(
            place.clone(),
            format!("{by} names {noun_name} \"{id}\", which does not exist"),
        );
        Some(match nearest(id, self.ids(noun)) {
            Some(near) => fault.cure(format!("did you mean \"{near}\"?")),
            None => match noun {
                Noun::Concept => fault.cure(format!("add [concept.{id}] or remove the name")),
                _ => fault.cure(format!("add a [[{noun_name}]] with this id or remove the name")),
            },
        })
    }

    fn file(&mut self, tree: &Tree, name: &str, named_at: Option<&Place>) {
        let unreadable = |reason: &str| unreadable(name, reason, named_at);
        let bytes = match tree.get(name).map(|file| &file.content) {
            Some(Ok(bytes)) => bytes,
            Some(Err(reason)) => {
                self.broken = true;
                return self.faults.push(unreadable(reason));
            }
            None => {
                self.broken = true;
                return self.faults.push(unreadable("no such file"));
            }
        };
        let (table, faults) = document::read(name, bytes);
        let whole = faults.is_empty();
        self.broken |= !whole;
        self.faults.extend(faults);
        self.open.push(name.to_owned());
        self.includes(tree, name, &table);
        self.open.pop();
        self.done.push(name.to_owned());
        // What is left of a file with a syntax fault would only bring forth false ones.
        if whole {
            self.top(table);
        }
    }

    fn includes(&mut self, tree: &Tree, name: &str, table: &Table) {
        let mut faults = Vec::new();
        let mut fields = Fields { owner: TOP.into(), table, faults: &mut faults };
        let patterns = fields.texts("include");
        self.broken |= !faults.is_empty();
        self.faults.append(&mut faults);
        for pattern in patterns {
            let resolved = tree::resolve(name, pattern.value);
            if tree::is_pattern(&resolved) {
                let found = tree.matching(&resolved);
                if found.is_empty() {
                    let message = format!("include \"{}\" matches no file", pattern.value);
                    self.faults.push(
                        Fault::warning(pattern.place.clone(), message)
                            .cure("paths are relative to the file that includes them"),
                    );
                }
                for file in found {
                    if !self.open.iter().chain(&self.done).any(|known| known == file) {
                        self.file(tree, file, Some(pattern.place));
                    }
                }
            } else if self.open.contains(&resolved) {
                let message =
                    format!("include \"{}\" leads back to a file that includes it", pattern.value);
                let chain = self.open.join(" → ");
                self.faults.push(
                    Fault::error(pattern.place.clone(), message)
                        .cure(format!("remove it; the way here was {chain} → {resolved}")),
                );
            } else if !self.done.contains(&resolved) {
                self.file(tree, &resolved, Some(pattern.place));
            }
        }
    }

    fn top(&mut self, table: Table) {
        for entry in table.entries {
            match entry.key.as_str() {
                "include" => {}
                "daemon" => self.daemon(entry),
                "concept" => self.concepts(entry),
                "patch" => {
                    let tables = self.tables(entry);
                    self.patches.extend(tables);
                }
                key => match Noun::ALL.into_iter().find(|noun| noun.name() == key) {
                    Some(noun) => {
                        for table in self.tables(entry) {
                            self.thing(noun, table);
                        }
                    }
                    None => self.faults.push(unknown_key(key, &entry.key_place, TOP, KEYS)),
                },
            }
        }
    }

    fn daemon(&mut self, entry: Entry) {
        let Kind::Table(table) = entry.value.kind else {
            let message = format!("[daemon] must be a table, not {}", entry.value.kind.name());
            let fault = Fault::error(entry.key_place, message);
            return self.faults.push(fault.cure("write [daemon], in single brackets"));
        };
        for entry in table.entries {
            let Some(known) = self.daemon.iter_mut().find(|known| known.key == entry.key) else {
                self.daemon.push(entry);
                continue;
            };
            // The user's word weighs more than the embedded default's.
            let shipped = |place: &Place| place.file.starts_with(builtin::PREFIX);
            match (shipped(&known.key_place), shipped(&entry.key_place)) {
                (true, false) => *known = entry,
                (false, true) => {}
                _ => {
                    let message = format!(
                        "`{}` of [daemon] is set twice; first at {}",
                        entry.key, known.key_place
                    );
                    self.faults
                        .push(Fault::error(entry.key_place, message).cure("keep one of the two"));
                }
            }
        }
    }

    fn concepts(&mut self, entry: Entry) {
        let Kind::Table(table) = entry.value.kind else {
            let fault =
                Fault::error(entry.key_place, "a concept is named in its header, not listed");
            return self
                .faults
                .push(fault.cure("write [concept.ID], for example [concept.quantum]"));
        };
        for entry in table.entries {
            if let Err((message, cure)) = scalar::id(&entry.key) {
                let fault = Fault::error(entry.key_place.clone(), format!("concept: {message}"));
                self.faults.push(super::fields::with_cure(fault, cure));
                continue;
            }
            match entry.value.kind {
                Kind::Table(mut table) => {
                    table.place = entry.key_place.clone();
                    self.add(Thing {
                        noun: Noun::Concept,
                        id: entry.key,
                        place: entry.key_place,
                        table,
                    });
                }
                kind => {
                    let message =
                        format!("concept \"{}\" must be a table, not {}", entry.key, kind.name());
                    let cure = format!("write [concept.{}] and below it en = [\"…\"]", entry.key);
                    self.faults.push(Fault::error(entry.key_place, message).cure(cure));
                }
            }
        }
    }

    fn tables(&mut self, entry: Entry) -> Vec<Table> {
        let cure = format!("write [[{}]], in double brackets", entry.key);
        let values = match entry.value.kind {
            Kind::List(values) => values,
            kind => {
                let message =
                    format!("`{}` must be a list of tables, not {}", entry.key, kind.name());
                self.faults.push(Fault::error(entry.key_place, message).cure(cure));
                return Vec::new();
            }
        };
        let mut tables = Vec::new();
        for Value { kind, place, .. } in values {
            match kind {
                Kind::Table(table) => tables.push(Table { place, ..table }),
                kind => {
                    let message = format!("`{}` must hold tables, not {}", entry.key, kind.name());
                    self.faults.push(Fault::error(place, message).cure(cure.clone()));
                }
            }
        }
        tables
    }

    fn thing(&mut self, noun: Noun, table: Table) {
        // Without an id it is checked all the same, under a name that no id can have.
        let unnamed = format!("{UNNAMED}{}", self.things.len());
        let mut thing = Thing { noun, id: unnamed, place: table.place.clone(), table };
        let owner = thing.owner();
        let mut fields = Fields { owner, table: &thing.table, faults: &mut self.faults };
        let cure = "give it a short name of a–z, 0–9 and hyphens: id = \"my-id\"";
        let id = fields.required("id", cure).map(|id| (id.value.to_owned(), id.place.clone()));
        if id.is_some() {
            fields.parsed("id", scalar::id);
        }
        if let Some((id, place)) = id {
            (thing.id, thing.place) = (id, place);
        }
        self.add(thing);
    }

    fn add(&mut self, thing: Thing) {
        let noun = thing.noun.name();
        let twin =
            self.things.iter().find(|known| known.noun == thing.noun && known.id == thing.id);
        let Some(twin) = twin else { return self.things.push(thing) };
        let message = format!("{noun} \"{}\" stands twice; first at {}", thing.id, twin.place);
        let cure = if twin.place.file.starts_with(builtin::PREFIX) {
            format!(
                "change what is shipped by [[patch]] with {noun} = \"{}\", or take another id",
                thing.id
            )
        } else {
            format!("rename one; to change the first, use [[patch]] with {noun} = \"{}\"", thing.id)
        };
        self.faults.push(Fault::error(thing.place, message).cure(cure));
    }
}

fn unreadable(name: &str, reason: &str, named_at: Option<&Place>) -> Fault {
    let message = format!("cannot read {name}: {reason}");
    match named_at {
        Some(place) => Fault::error(place.clone(), message)
            .cure("check the path; a path in `include` is relative to the file it stands in"),
        None => Fault::error(Place::file(name), message)
            .cure("check the path that --config or BONGSU_CONFIG gives"),
    }
}
