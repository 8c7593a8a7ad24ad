//! The shapes of the TOML, as serde sees them: every key that a file may hold, once.
//!
//! `load` does not use it, since serde stops at the first fault. It is what a schema is made from,
//! and what a test holds `config/bongsu.toml` against, key by key. Values are as written, unchecked.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One configuration file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct File {
    /// Further files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// The daemon's own matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub daemon: Option<Daemon>,
    /// What is polled.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub source: Vec<Source>,
    /// Ideas, by id.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub concept: BTreeMap<String, Concept>,
    /// What the user wants to hear of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub watch: Vec<Watch>,
    /// Where alerts go.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub receiver: Vec<Receiver>,
    /// Changes to what other files define.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub patch: Vec<Patch>,
}

/// `[daemon]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Daemon {
    /// `sqlite:PATH`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<String>,
    /// Address and port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<String>,
    /// An IANA zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// A mail or web address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// A proxy's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
    /// The variable that holds a proxy's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy_env: Option<String>,
    /// A PEM file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra_ca: Option<String>,
    /// A count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub polls_max: Option<i64>,
    /// Bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_bytes_max: Option<i64>,
    /// A duration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fetch_timeout: Option<String>,
    /// A duration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retention: Option<String>,
}

/// `[[source]]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Source {
    /// Its name.
    pub id: String,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// `feed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// A duration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every: Option<String>,
    /// Whether the least wait is lifted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own_host: Option<bool>,
    /// An IANA zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// An ISO 639-1 code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Concepts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub implies: Option<Vec<String>>,
    /// What a healthy poll looks like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expect: Option<Expect>,
    /// A duration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backfill: Option<String>,
    /// A duration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_max: Option<String>,
    /// Headers by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headers: Option<BTreeMap<String, String>>,
    /// A WHATWG label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// What tells items apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity>,
    /// Ranges of addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_private: Option<Vec<String>>,
    /// A proxy's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
    /// The variable that holds a proxy's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy_env: Option<String>,
    /// A PEM file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra_ca: Option<String>,
    /// Whether it is polled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
}

/// `expect` of a source.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expect {
    /// A count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items_min: Option<i64>,
    /// A duration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silence_max: Option<String>,
}

/// `identity` of a source.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Identity {
    /// Parameters of the link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<OneOrMany>,
}

/// One text, or a list of texts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One.
    One(String),
    /// A list.
    Many(Vec<String>),
}

/// `[concept.ID]`; every key that is not named here is a language.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Concept {
    /// Phrases inside which nothing counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unless: Option<Vec<Term>>,
    /// Concepts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub implies: Option<Vec<String>>,
    /// Terms by language.
    #[serde(flatten)]
    pub languages: BTreeMap<String, Vec<Term>>,
}

/// A term: a text, or a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Term {
    /// `"…"`.
    Plain(String),
    /// `{ term = "…", exact = true }`.
    Full(FullTerm),
}

/// A term written as a table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FullTerm {
    /// The text.
    pub term: String,
    /// This very word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exact: Option<bool>,
    /// Upper and lower case as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<bool>,
}

/// `[[watch]]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Watch {
    /// Its name.
    pub id: String,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// A query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// At least one of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub any: Option<Vec<Term>>,
    /// Every one of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub all: Option<Vec<Term>>,
    /// None of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub none: Option<Vec<Term>>,
    /// Receivers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notify: Option<Vec<String>>,
    /// Whether edits are told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updates: Option<bool>,
    /// Headlines that it flags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub must_match: Option<Vec<String>>,
    /// Headlines that it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub must_not_match: Option<Vec<String>>,
    /// Whether it flags anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
}

/// `[[receiver]]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Receiver {
    /// Its name.
    pub id: String,
    /// `slack`, `webhook`, `terminal` or `file`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Its address, written out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The variable that holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url_env: Option<String>,
    /// The file that holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url_file: Option<String>,
    /// Variables that hold signing secrets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_env: Option<OneOrMany>,
    /// Files that hold signing secrets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_file: Option<OneOrMany>,
    /// Where a file receiver writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Whether it is off while its secret is unset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub optional: Option<bool>,
    /// Ranges of addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_private: Option<Vec<String>>,
    /// A proxy's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
    /// The variable that holds a proxy's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy_env: Option<String>,
    /// A PEM file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra_ca: Option<String>,
    /// Whether it is told anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
}

/// `[[patch]]`; every key that is not named here replaces one of the thing's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Patch {
    /// The source that it changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Or the concept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concept: Option<String>,
    /// Or the watch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub watch: Option<String>,
    /// Or the receiver.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receiver: Option<String>,
    /// What its lists gain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub add: Option<BTreeMap<String, Vec<Term>>>,
    /// What its lists lose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remove: Option<BTreeMap<String, Vec<String>>>,
    /// Its keys anew.
    #[serde(flatten)]
    pub replace: BTreeMap<String, toml::Value>,
}
