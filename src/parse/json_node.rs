//! A JSON document as a small tree with a bound on its size.
//!
//! `serde_json::Value` takes 32 bytes for each `0,` of a hostile document; this tree stops at a
//! number of nodes, leaves out members whose names nobody asks for, and borrows what stands in the
//! document as it is. Must never know feeds beyond those names. Called by `json_feed`.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

/// Nodes of one document: 5,000 items with 40 members each.
const NODES_MAX: usize = 200_000;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Node<'a> {
    /// A text; numbers are texts too, because ids come as either.
    Text(Cow<'a, str>),
    /// A list.
    List(Vec<Node<'a>>),
    /// An object; names in lower case, because some write `Title`.
    Object(Vec<(&'static str, Node<'a>)>),
    /// `null`, `true`, `false`, and what was over the bound.
    Nothing,
}

impl Node<'_> {
    /// The member of this name that says something.
    pub fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        members
            .iter()
            .find(|(key, value)| *key == name && *value != Self::Nothing)
            .map(|(_, value)| value)
    }

    /// Whether there is a member of this name, be it `null`.
    pub fn has(&self, name: &str) -> bool {
        matches!(self, Self::Object(members) if members.iter().any(|(key, _)| *key == name))
    }

    /// The length of the longest list among the members of this name.
    pub fn longest(&self, name: &str) -> usize {
        let Self::Object(members) = self else { return 0 };
        let same = members.iter().filter(|(key, _)| *key == name);
        same.map(|(_, value)| value.list().len()).max().unwrap_or_default()
    }

    /// The text of a member, or its own.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Its elements, or itself as the only one: many write `"tags": "one"`.
    pub fn list(&self) -> &[Self] {
        match self {
            Self::List(values) => values,
            Self::Nothing => &[],
            other => std::slice::from_ref(other),
        }
    }
}

/// Members that are read, wherever they stand.
const NAMES: [&str; 22] = [
    "version",
    "title",
    "home_page_url",
    "feed_url",
    "description",
    "language",
    "authors",
    "author",
    "items",
    "id",
    "url",
    "external_url",
    "summary",
    "content_html",
    "content_text",
    "date_published",
    "date_modified",
    "tags",
    "name",
    "expired",
    "_tags",
    "email",
];

/// Reads the first value of a text; what follows it is not looked at.
pub fn parse(text: &str) -> Result<Node<'_>, serde_json::Error> {
    let budget = Cell::new(NODES_MAX);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    Seed(&budget).deserialize(&mut deserializer)
}

/// The name in [`NAMES`] that a member has.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Option<&'static str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Option<&'static str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(NAMES.into_iter().find(|known| name.eq_ignore_ascii_case(known)))
    }
}

#[derive(Clone, Copy)]
struct Seed<'b>(&'b Cell<usize>);

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Node<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let Some(left) = self.0.get().checked_sub(1) else {
            return <IgnoredAny as serde::Deserialize>::deserialize(deserializer)
                .map(|_| Node::Nothing);
        };
        self.0.set(left);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Node<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Node::Nothing)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Node::Nothing)
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Node::Text(Cow::Owned(number.to_string())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Node::Text(Cow::Owned(number.to_string())))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Node::Text(Cow::Owned(number.to_string())))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Node::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Node::Text(Cow::Borrowed(text)))
    }

    fn visit_string<E>(self, text: String) -> Result<Self::Value, E> {
        Ok(Node::Text(Cow::Owned(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(self)? {
            if value != Node::Nothing {
                values.push(value);
            }
        }
        Ok(Node::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(name) = map.next_key_seed(Name)? {
            if let Some(name) = name.filter(|_| self.0.get() > 0) {
                let value = map.next_value_seed(self).map_err(A::Error::custom)?;
                members.push((name, value));
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Node::Object(members))
    }
}
