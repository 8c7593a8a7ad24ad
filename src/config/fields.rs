//! A table read key by key: types, unknown keys, the nearest valid one.
//!
//! Each reader reports what is wrong and answers `None`, so that one fault never hides the next.
//! Knows TOML shapes, not what a source or a watch is. Called by the files that lower one table.

use std::time::Duration;

use super::document::{Entry, Kind, Table, Value};
use super::scalar;
use crate::model::fault::{Fault, Place};
use crate::model::near::nearest;

/// A table under inspection.
pub(super) struct Fields<'a, 'f> {
    /// What it is, for messages: `source "ec-press"`.
    pub(super) owner: String,
    pub(super) table: &'a Table,
    pub(super) faults: &'f mut Vec<Fault>,
}

/// A text and where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Text<'a> {
    pub(super) value: &'a str,
    pub(super) place: &'a Place,
    /// As it is written, quotes and all.
    pub(super) raw: &'a str,
}

/// A scalar that does not read: what is wrong, and the cure.
pub(super) type Misread = (String, Option<String>);

impl<'a> Fields<'a, '_> {
    /// Reports every key that is not among `known`, with the nearest that is.
    pub(super) fn refuse_unknown(&mut self, known: &[&str]) {
        for entry in &self.table.entries {
            if !known.contains(&entry.key.as_str()) {
                let fault = unknown_key(&entry.key, &entry.key_place, &self.owner, known);
                self.faults.push(fault);
            }
        }
    }

    /// Reports a fault.
    pub(super) fn fault(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    /// Whether the key is written, whatever its value.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.get(key).is_some()
    }

    /// Where the key is written, else where its table is.
    pub(super) fn place_of(&self, key: &str) -> Place {
        self.table
            .get(key)
            .map_or_else(|| self.table.place.clone(), |entry| entry.key_place.clone())
    }

    /// Where the value of the key begins, else where its table is.
    pub(super) fn value_place(&self, key: &str) -> Place {
        self.table
            .get(key)
            .map_or_else(|| self.table.place.clone(), |entry| entry.value.place.clone())
    }

    /// Whether some key is not among `known`.
    pub(super) fn has_unknown(&self, known: &[&str]) -> bool {
        self.table.entries.iter().any(|entry| !known.contains(&entry.key.as_str()))
    }

    /// A text that is not blank.
    pub(super) fn text(&mut self, key: &str) -> Option<Text<'a>> {
        let entry = self.table.get(key)?;
        self.as_text(key, &entry.value)
    }

    /// A text that must be there; its absence is reported at the table.
    pub(super) fn required(&mut self, key: &str, cure: &str) -> Option<Text<'a>> {
        let misspelt = |entry: &Entry| suggestion(&entry.key, &[key]).is_some();
        let told = key != "id" && self.table.entries.iter().any(misspelt);
        if !self.has(key) && !told {
            let message = format!("{} has no `{key}`", self.owner);
            self.faults.push(Fault::error(self.table.place.clone(), message).cure(cure));
        }
        self.text(key)
    }

    /// `true` or `false`.
    pub(super) fn boolean(&mut self, key: &str) -> Option<bool> {
        let entry = self.table.get(key)?;
        match &entry.value.kind {
            Kind::Boolean(boolean) => Some(*boolean),
            Kind::Text(text) if text == "true" || text == "false" => self.wrong(
                entry,
                "true or false",
                Some(format!("leave out the quotes: {key} = {text}")),
            ),
            _ => self.wrong(
                entry,
                "true or false",
                Some(format!("write {key} = true or {key} = false")),
            ),
        }
    }

    /// A whole number from `least` to `most`.
    pub(super) fn integer(&mut self, key: &str, least: i64, most: i64) -> Option<i64> {
        let entry = self.table.get(key)?;
        match &entry.value.kind {
            Kind::Integer(Some(number)) if (least..=most).contains(number) => Some(*number),
            Kind::Integer(_) => {
                let message =
                    format!("`{key}` of {} must lie between {least} and {most}", self.owner);
                let cure = "write a number within these limits, or leave the line out";
                self.faults.push(Fault::error(entry.value.place.clone(), message).cure(cure));
                None
            }
            _ => {
                let cure = format!(
                    "write digits alone, without quotes or unit, such as {key} = {}",
                    most.min(64 * least)
                );
                self.wrong(entry, "a whole number", Some(cure))
            }
        }
    }

    /// A duration such as "15m".
    pub(super) fn duration(&mut self, key: &str) -> Option<Duration> {
        let entry = self.table.get(key)?;
        if let Kind::Integer(Some(number)) = entry.value.kind {
            let cure = format!("write the unit: {key} = \"{number}m\" for minutes (s, m, h, d, w)");
            return self.wrong(entry, "a duration", Some(cure));
        }
        self.parsed(key, scalar::duration)
    }

    /// A text put through a reader of `scalar`.
    pub(super) fn parsed<T>(
        &mut self,
        key: &str,
        parse: impl Fn(&str) -> Result<T, Misread>,
    ) -> Option<T> {
        let text = self.text(key)?;
        match parse(text.value) {
            Ok(value) => Some(value),
            Err((message, cure)) => {
                let message = format!("`{key}` of {}: {message}", self.owner);
                self.faults.push(with_cure(Fault::error(text.place.clone(), message), cure));
                None
            }
        }
    }

    /// A list, with its place.
    pub(super) fn list(&mut self, key: &str) -> Option<&'a [Value]> {
        let entry = self.table.get(key)?;
        match &entry.value.kind {
            Kind::List(values) => Some(values),
            Kind::Text(text) if !text.contains("://") => self.wrong(
                entry,
                "a list",
                Some(format!("put it in brackets: {key} = [\"{text}\"]")),
            ),
            Kind::Text(_) => {
                self.wrong(entry, "a list", Some("put it in brackets: [\"…\"]".into()))
            }
            _ => self.wrong(entry, "a list", Some(format!("write {key} = [\"…\"]"))),
        }
    }

    /// A list of texts; an absent list is empty.
    pub(super) fn texts(&mut self, key: &str) -> Vec<Text<'a>> {
        let values = self.list(key).unwrap_or_default();
        values.iter().filter_map(|value| self.as_text(key, value)).collect()
    }

    /// One text, or a list of texts.
    pub(super) fn text_or_texts(&mut self, key: &str) -> Vec<Text<'a>> {
        match self.table.get(key).map(|entry| &entry.value.kind) {
            Some(Kind::Text(_)) => self.text(key).into_iter().collect(),
            _ => self.texts(key),
        }
    }

    /// A table within this one.
    pub(super) fn table(&mut self, key: &str) -> Option<&'a Table> {
        let entry = self.table.get(key)?;
        match &entry.value.kind {
            Kind::Table(table) => Some(table),
            _ => self.wrong(entry, "a table", Some(format!("write {key} = {{ … }}"))),
        }
    }

    /// A value of a list or of a key, as a text that is not blank.
    pub(super) fn as_text(&mut self, key: &str, value: &'a Value) -> Option<Text<'a>> {
        match &value.kind {
            Kind::Text(text) if text.trim().is_empty() => {
                let message = format!("`{key}` of {} is empty", self.owner);
                self.faults.push(
                    Fault::error(value.place.clone(), message).cure("fill it in, or remove it"),
                );
                None
            }
            Kind::Text(text) => Some(Text { value: text, place: &value.place, raw: &value.raw }),
            kind => {
                let message = wrong_type(key, &self.owner, "a text", kind);
                let fault = Fault::error(value.place.clone(), message);
                let cure = match kind {
                    Kind::List(_) | Kind::Table(_) => "write one text in quotes",
                    _ => "put it in quotes",
                };
                self.faults.push(fault.cure(cure));
                None
            }
        }
    }

    fn wrong<T>(&mut self, entry: &Entry, wanted: &str, cure: Option<String>) -> Option<T> {
        let message = wrong_type(&entry.key, &self.owner, wanted, &entry.value.kind);
        self.faults.push(with_cure(Fault::error(entry.value.place.clone(), message), cure));
        None
    }
}

/// A fault with a cure, if there is one.
pub(super) fn with_cure(fault: Fault, cure: Option<String>) -> Fault {
    match cure {
        Some(cure) => fault.cure(cure),
        None => fault,
    }
}

/// The fault of a key that the table does not take.
pub(super) fn unknown_key(key: &str, place: &Place, owner: &str, known: &[&str]) -> Fault {
    let fault = Fault::error(place.clone(), format!("unknown key `{key}` in {owner}"));
    if let Some((_, later)) = LATER.iter().find(|(word, _)| *word == key) {
        return fault.cure(*later);
    }
    match suggestion(key, known) {
        Some(near) => fault.cure(format!("did you mean `{near}`?")),
        None => fault.cure(format!("the keys here are {}", known.join(", "))),
    }
}

/// The key that was meant, by its meaning or by its letters.
fn suggestion<'k>(key: &str, known: &[&'k str]) -> Option<&'k str> {
    let meant = SYNONYMS.iter().filter(|(word, _)| *word == key).map(|(_, meant)| *meant);
    let by_meaning = known.iter().copied().find(|known| meant.clone().any(|word| word == *known));
    by_meaning.or_else(|| nearest(key, known.iter().copied()))
}

fn wrong_type(key: &str, owner: &str, wanted: &str, kind: &Kind) -> String {
    format!("`{key}` of {owner} must be {wanted}, not {}", kind.name())
}

/// What other programs call our keys.
const SYNONYMS: &[(&str, &str)] = &[
    ("interval", "every"),
    ("refresh", "every"),
    ("period", "every"),
    ("name", "title"),
    ("name", "id"),
    ("type", "kind"),
    ("link", "url"),
    ("href", "url"),
    ("feed", "url"),
    ("lang", "language"),
    ("tz", "timezone"),
    ("query", "when"),
    ("filter", "when"),
    ("keywords", "any"),
    ("terms", "any"),
    ("include", "any"),
    ("exclude", "none"),
    ("exclude", "unless"),
    ("not", "none"),
    ("receivers", "notify"),
    ("receiver", "notify"),
    ("to", "notify"),
    ("webhook", "url_env"),
    ("webhook_url", "url_env"),
    ("token", "secret_env"),
    ("secret", "secret_env"),
    ("file", "path"),
    ("disabled", "enabled"),
    ("active", "enabled"),
    ("user_agent", "contact"),
    ("charset", "encoding"),
    ("database", "store"),
    ("db", "store"),
    ("bind", "listen"),
    ("port", "listen"),
    ("timeout", "fetch_timeout"),
    ("daemons", "daemon"),
    ("sources", "source"),
    ("feeds", "source"),
    ("feed", "source"),
    ("concepts", "concept"),
    ("watches", "watch"),
    ("filter", "watch"),
    ("receivers", "receiver"),
    ("includes", "include"),
    ("patches", "patch"),
];

/// Keys that a reader may know from elsewhere and that this version has not.
const LATER: &[(&str, &str)] = &[
    ("cron", "this version polls by `every`, for example every = \"15m\""),
    ("hours", "this version delivers at any hour; remove it"),
];
