//! A JSON document as a small tree with a bound on its size.
//!
//! `serde_json::Value` takes 32 bytes for each `0,` of a hostile document; this tree stops at a
//! number of nodes, leaves out members whose names nobody asks for, and borrows what stands in the
//! document as it is. Must never know feeds beyond those names. Called by `json_feed`.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use crate::parse::complete::newest::{Newest, Offered};
use crate::parse::instants::Instants;

/// Nodes of one document that are held at once: 7,500 items with 40 members each.
const NODES_MAX: usize = 300_000;

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

/// A document, and what of it was not read.
#[derive(Debug)]
pub struct Parsed<'a> {
    /// The document.
    pub node: Node<'a>,
    /// Items beyond the limit, the oldest.
    pub items_dropped: usize,
    /// Values beyond the limit.
    pub values_lost: usize,
}

/// Reads the first value of a text; what follows it is not looked at. The dates of items without a
/// zone are in `zone`, which matters where there are too many; `now` is when the document came.
pub fn parse(text: &str, zone: Tz, now: DateTime<Utc>) -> Result<Parsed<'_>, serde_json::Error> {
    let account = Account {
        budget: Cell::new(NODES_MAX),
        items_dropped: Cell::default(),
        values_lost: Cell::default(),
        zone,
        now,
    };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let node = Seed { account: &account, at: At::Root }.deserialize(&mut deserializer)?;
    let [items_dropped, values_lost] =
        [account.items_dropped, account.values_lost].map(Cell::into_inner);
    Ok(Parsed { node, items_dropped, values_lost })
}

/// What may still be spent, and what was not read for want of it.
struct Account {
    budget: Cell<usize>,
    items_dropped: Cell<usize>,
    values_lost: Cell<usize>,
    zone: Tz,
    now: DateTime<Utc>,
}

impl Account {
    fn lose(&self) {
        self.values_lost.set(self.values_lost.get() + 1);
    }
}

/// Where a value stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    /// It is the document.
    Root,
    /// It is the feed's list of items, of which only the newest are held.
    Items,
    /// Anywhere else.
    Inside,
}

/// An item with the nodes that it takes.
type Weighed<'a> = (Node<'a>, usize);

/// When an item is from, as far as `read` reads it.
fn date(
    (item, _): &Weighed<'_>,
    read: &dyn Fn(&str) -> Option<DateTime<Utc>>,
) -> Option<DateTime<Utc>> {
    let members = ["date_published", "date_modified"].into_iter();
    members.filter_map(|name| item.get(name)?.text()).find_map(read)
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
struct Seed<'b> {
    account: &'b Account,
    at: At,
}

impl Seed<'_> {
    fn at(self, at: At) -> Self {
        Self { at, ..self }
    }

    /// The newest of the feed's items. The nodes of those that are let go may be spent again.
    fn items<'de, E>(
        self,
        mut next: impl FnMut() -> Result<Option<Node<'de>>, E>,
    ) -> Result<Vec<Node<'de>>, E> {
        let Account { budget, zone, now, .. } = self.account;
        let all = budget.get();
        let mut newest = Newest::new(date, Instants::new(*zone, *now));
        loop {
            let before = budget.get();
            let Some(item) = next()? else { break };
            if item == Node::Nothing {
                continue;
            }
            match newest.offer((item, before - budget.get())) {
                Offered::Held => {}
                Offered::Refused => budget.set(before),
                Offered::Pruned => {
                    let held: usize = newest.held().map(|(_, weight)| weight).sum();
                    budget.set(all.saturating_sub(held));
                }
            }
        }
        let (items, dropped) = newest.finish();
        self.account.items_dropped.set(dropped);
        Ok(items.into_iter().map(|(item, _)| item).collect())
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Node<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let Some(left) = self.account.budget.get().checked_sub(1) else {
            self.account.lose();
            return <IgnoredAny as serde::Deserialize>::deserialize(deserializer)
                .map(|_| Node::Nothing);
        };
        self.account.budget.set(left);
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
        let inside = self.at(At::Inside);
        if self.at == At::Items {
            return self.items(|| list.next_element_seed(inside)).map(Node::List);
        }
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(inside)? {
            if value != Node::Nothing {
                values.push(value);
            }
        }
        Ok(Node::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(name) = map.next_key_seed(Name)? {
            let Some(name) = name else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let is_list = self.at == At::Root && name == "items";
            let seed = self.at(if is_list { At::Items } else { At::Inside });
            let value = map.next_value_seed(seed).map_err(A::Error::custom)?;
            if value != Node::Nothing || self.account.budget.get() > 0 {
                members.push((name, value));
            }
        }
        Ok(Node::Object(members))
    }
}
