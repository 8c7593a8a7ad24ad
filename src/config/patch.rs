//! `[[patch]]`: changes to a thing that another file defines, so that nobody forks what is shipped.
//!
//! Works on tables before they are checked: a faulty value is found where the patch wrote it.
//! Called by `gather`.

use super::document::{Entry, Kind, Table, Value};
use super::fields::Fields;
use super::gather::{Gathered, Noun, Thing};
use crate::model::fault::Fault;

/// The keys of a patch itself; every other key belongs to the thing that it changes.
pub(super) const KEYS: &[&str] = &["source", "concept", "watch", "receiver", "add", "remove"];

/// Applies one patch.
pub(super) fn apply(table: &Table, gathered: &mut Gathered) {
    let targets: Vec<(Noun, &Entry)> =
        Noun::ALL.into_iter().filter_map(|noun| Some((noun, table.get(noun.name())?))).collect();
    let [(noun, target)] = targets.as_slice() else {
        let message = match targets.len() {
            0 => "this patch does not say what it changes",
            _ => "this patch names more than one thing",
        };
        let cure = "name one: source, concept, watch or receiver = \"its id\"";
        return gathered.faults.push(Fault::error(table.place.clone(), message).cure(cure));
    };
    let owner = "this patch".to_owned();
    let mut fields = Fields { owner, table, faults: &mut gathered.faults };
    let Some(id) = fields.text(noun.name()) else { return };
    let add = fields.table("add");
    let remove = fields.table("remove");
    if let Some(entry) = table.get("id") {
        let fault = Fault::error(entry.key_place.clone(), "a patch cannot change an id");
        fields.fault(fault.cure(format!("name the thing by {} = \"{}\"", noun.name(), id.value)));
    }
    let at = gathered.things.iter().position(|thing| thing.noun == *noun && thing.id == id.value);
    let Some(at) = at else {
        let fault = gathered.missing(*noun, id.value, &target.value.place, "this patch");
        return gathered.faults.extend(fault.map(|mut fault| {
            // Nobody adds a thing in order to patch it.
            if fault.cure.as_ref().is_some_and(|cure| cure.starts_with("add ")) {
                fault.cure =
                    Some("check the id, and that the file that defines it is included".into());
            }
            fault
        }));
    };
    let Gathered { things, faults, .. } = gathered;
    let Some(thing) = things.get_mut(at) else { return };
    for entry in &table.entries {
        if !KEYS.contains(&entry.key.as_str()) && entry.key != "id" {
            replace(&mut thing.table, entry);
        }
    }
    for entry in add.iter().flat_map(|table| &table.entries) {
        extend(thing, entry, faults);
    }
    for entry in remove.iter().flat_map(|table| &table.entries) {
        withdraw(thing, entry, faults);
    }
}

fn replace(table: &mut Table, entry: &Entry) {
    match table.entries.iter_mut().find(|known| known.key == entry.key) {
        Some(known) => *known = entry.clone(),
        None => table.entries.push(entry.clone()),
    }
}

fn extend(thing: &mut Thing, entry: &Entry, faults: &mut Vec<Fault>) {
    let Kind::List(more) = &entry.value.kind else {
        return faults.push(not_a_list("add", entry));
    };
    match thing.table.entries.iter_mut().find(|known| known.key == entry.key) {
        None => thing.table.entries.push(entry.clone()),
        Some(Entry { value: Value { kind: Kind::List(values), .. }, .. }) => {
            values.extend(more.iter().cloned());
        }
        Some(_) => {
            let message = format!(
                "`{}` of {} \"{}\" is not a list, so nothing can be added",
                entry.key,
                thing.noun.name(),
                thing.id
            );
            let cure = format!("replace it: {} = … beside `{}`", entry.key, thing.noun.name());
            faults.push(Fault::error(entry.key_place.clone(), message).cure(cure));
        }
    }
}

fn withdraw(thing: &mut Thing, entry: &Entry, faults: &mut Vec<Fault>) {
    let Kind::List(unwanted) = &entry.value.kind else {
        return faults.push(not_a_list("remove", entry));
    };
    let known = thing.table.entries.iter_mut().find(|known| known.key == entry.key);
    let mut values = match known {
        Some(Entry { value: Value { kind: Kind::List(values), .. }, .. }) => Some(values),
        _ => None,
    };
    for value in unwanted {
        let Some(word) = word(value) else {
            let message =
                format!("`remove.{}` must hold texts, not {}", entry.key, value.kind.name());
            faults.push(Fault::error(value.place.clone(), message));
            continue;
        };
        let before = values.as_ref().map_or(0, |values| values.len());
        if let Some(values) = &mut values {
            values.retain(|known| self::word(known) != Some(word));
        }
        if values.as_ref().map_or(0, |values| values.len()) == before {
            let message = format!(
                "`{}` of {} \"{}\" has no \"{word}\" to remove",
                entry.key,
                thing.noun.name(),
                thing.id
            );
            faults.push(
                Fault::warning(value.place.clone(), message)
                    .cure("write it exactly as it is there"),
            );
        }
    }
    if values.is_some_and(|values| values.is_empty()) {
        thing.table.entries.retain(|known| known.key != entry.key);
    }
}

/// The text of a value of a list, or of a term written as a table.
fn word(value: &Value) -> Option<&str> {
    match &value.kind {
        Kind::Text(text) => Some(text),
        Kind::Table(table) => table.text("term"),
        _ => None,
    }
}

fn not_a_list(verb: &str, entry: &Entry) -> Fault {
    let message = format!("`{verb}.{}` must be a list, not {}", entry.key, entry.value.kind.name());
    Fault::error(entry.value.place.clone(), message)
        .cure(format!("write {verb} = {{ {} = [\"…\"] }}", entry.key))
}
