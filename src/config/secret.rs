//! Secrets by reference: from a variable, from a file, or (with a warning) written out.
//!
//! A fault names the variable or the file, never what is in it. Called by `receiver` and `egress`;
//! `files` asks `files()` what to read.

use std::path::PathBuf;

use super::Surroundings;
use super::document::{Kind, Table};
use super::fields::{Fields, Text};
use super::gather::{Gathered, Noun};
use super::tree::{self, Tree};
use super::{builtin, scalar};
use crate::lang::shell::quoted;
use crate::model::fault::Fault;
use crate::model::near::nearest;
use crate::model::receiver::Secret;

/// What the lowering of one thing may look at, and where it puts its faults.
pub(super) struct Desk<'a> {
    pub(super) gathered: &'a Gathered,
    pub(super) tree: &'a Tree,
    pub(super) surroundings: &'a Surroundings,
    pub(super) faults: &'a mut Vec<Fault>,
}

/// What became of a secret.
pub(super) enum Found<'a> {
    /// It is here; the text is where it was named.
    Here(Secret, Text<'a>),
    /// It is named, but unset: a fault, unless the owner is optional.
    Unset(Fault),
    /// It is named and there, but cannot be read.
    Unread(Fault),
    /// Already reported.
    Faulty,
    /// Nothing names it.
    Absent,
}

/// One secret, by `STEM`, `STEM_env` or `STEM_file`.
pub(super) fn one<'a>(
    fields: &mut Fields<'a, '_>,
    stem: &str,
    around: (&Tree, &Surroundings),
    is_secret: impl Fn(&str) -> bool,
) -> Found<'a> {
    let (by_variable, by_file) = (format!("{stem}_env"), format!("{stem}_file"));
    let keys = [stem, &by_variable, &by_file];
    let written: Vec<&str> = keys.into_iter().filter(|key| fields.has(key)).collect();
    let [key] = written.as_slice() else {
        if let Some(last) = written.last() {
            let message = format!("{} has {} at once", fields.owner, written.join(" and "));
            let fault = Fault::error(fields.place_of(last), message);
            fields.fault(fault.cure("keep one of them"));
            return Found::Faulty;
        }
        return Found::Absent;
    };
    let Some(text) = fields.text(key) else { return Found::Faulty };
    if *key == by_variable {
        return variable(fields, key, text, around.1);
    }
    if *key == by_file {
        return file(fields, key, text, around.1);
    }
    if is_secret(text.value) {
        warn_of_literal(fields, stem, text, around.0);
    }
    Found::Here(Secret::new(text.value), text)
}

/// Secrets by `STEM_env` and `STEM_file`, each a name or a list of names.
pub(super) fn many<'a>(
    fields: &mut Fields<'a, '_>,
    stem: &str,
    surroundings: &Surroundings,
) -> Vec<Found<'a>> {
    let (by_variable, by_file) = (format!("{stem}_env"), format!("{stem}_file"));
    let mut found = Vec::new();
    for text in fields.text_or_texts(&by_variable) {
        found.push(variable(fields, &by_variable, text, surroundings));
    }
    for text in fields.text_or_texts(&by_file) {
        found.push(file(fields, &by_file, text, surroundings));
    }
    found
}

/// The secret files that receivers name.
pub(super) fn files(gathered: &Gathered) -> Vec<PathBuf> {
    let receivers = gathered.things.iter().filter(|thing| thing.noun == Noun::Receiver);
    receivers.flat_map(|thing| files_of(&thing.table)).collect()
}

fn files_of(table: &Table) -> Vec<PathBuf> {
    let named = table.entries.iter().filter(|entry| entry.key.ends_with("_file"));
    named
        .flat_map(|entry| match &entry.value.kind {
            Kind::List(values) => values.iter().collect(),
            _ => vec![&entry.value],
        })
        .filter_map(|value| match &value.kind {
            Kind::Text(text) => Some(path(&value.place.file, text)),
            _ => None,
        })
        .collect()
}

/// A path of the configuration: relative to the file that names it; from the embedded default, to
/// the folder in which the program was started.
pub(super) fn path(file: &str, written: &str) -> PathBuf {
    if file.starts_with(builtin::PREFIX) {
        return PathBuf::from(written);
    }
    PathBuf::from(tree::resolve(file, written))
}

fn variable<'a>(
    fields: &mut Fields<'a, '_>,
    key: &str,
    text: Text<'a>,
    surroundings: &Surroundings,
) -> Found<'a> {
    let name = match scalar::variable(text.value) {
        Ok(name) => name,
        Err((message, cure)) => {
            let message = format!("`{key}` of {}: {message}", fields.owner);
            let fault = Fault::error(text.place.clone(), message);
            fields.fault(super::fields::with_cure(fault, cure));
            return Found::Faulty;
        }
    };
    if let Some(value) = surroundings.variable(&name) {
        return Found::Here(Secret::new(value.trim()), text);
    }
    let state = if surroundings.environment.contains_key(&name) { "empty" } else { "not set" };
    let message = format!("the variable {name}, `{key}` of {}, is {state}", fields.owner);
    // A slip of the keyboard, here or where the program is started.
    let others = surroundings.environment.keys().map(String::as_str).filter(|it| **it != *name);
    let set = others.filter(|it| surroundings.variable(it).is_some());
    let cure = match nearest(&name, set) {
        Some(near) => format!("{near} is set: did you mean it? Else {}", how_to_set(&name)),
        None => how_to_set(&name),
    };
    Found::Unset(Fault::error(text.place.clone(), message).cure(cure))
}

/// For a shell, and for a container.
fn how_to_set(name: &str) -> String {
    format!("set it where bongsu is started: export {name}='…' (docker run: -e {name})")
}

fn file<'a>(
    fields: &Fields<'a, '_>,
    key: &str,
    text: Text<'a>,
    surroundings: &Surroundings,
) -> Found<'a> {
    let path = path(&text.place.file, text.value);
    let shown = path.display();
    let (message, is_unset) = match surroundings.secrets.get(&path) {
        Some(Ok(secret)) if !secret.trim().is_empty() => {
            return Found::Here(Secret::new(secret.trim()), text);
        }
        Some(Ok(_)) => (format!("the file {shown}, `{key}` of {}, is empty", fields.owner), true),
        Some(Err(reason)) => (
            format!("the file {shown}, `{key}` of {}: {reason}", fields.owner),
            reason == "no such file",
        ),
        None => (format!("the file {shown}, `{key}` of {}, was not read", fields.owner), false),
    };
    let fault = Fault::error(text.place.clone(), message);
    if is_unset {
        let cure = "write the secret into it (a relative path counts from the configuration file)";
        return Found::Unset(fault.cure(cure));
    }
    Found::Unread(fault.cure("let the user that bongsu runs as read it: one line of text"))
}

fn warn_of_literal(fields: &mut Fields<'_, '_>, stem: &str, text: Text<'_>, tree: &Tree) {
    let exposed = tree.get(&text.place.file).is_some_and(|file| file.exposed);
    let name = if stem == "url" { "MY_WEBHOOK_URL" } else { "MY_PROXY" };
    let fault = if exposed {
        let message = format!(
            "`{stem}` of {} is a secret, in a file that every user of this machine can read",
            fields.owner
        );
        let cure = format!(
            "chmod 600 {}, or name a variable: {stem}_env = \"{name}\"",
            quoted(&text.place.file)
        );
        Fault::warning(text.place.clone(), message).cure(cure)
    } else {
        let message = format!("`{stem}` of {} is a secret written out", fields.owner);
        let cure = format!("keep it out of the file: {stem}_env = \"{name}\"");
        Fault::warning(text.place.clone(), message).cure(cure)
    };
    fields.fault(fault);
}
