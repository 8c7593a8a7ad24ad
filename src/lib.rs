//! bongsu (봉수, the beacon-fire chain that carried news across Korea to Seoul) watches public
//! sources of the European Union and the Republic of Korea, and lights a beacon in Slack, or at any
//! webhook, when the two meet.
//!
//! This page is the map: the journey of one item, who may import whom, and what is true at all
//! times. Each room opens with what it owns, what it must never know, and who calls it.
//!
//! # I am an item
//!
//! The tick of [`schedule`] wakes [`work`], which claims the sources that are due from [`store`].
//! [`fetch`] asks [`http`] (gate, pace, caps) and hands back a body. [`parse`] turns bytes into drafts
//! plus warnings; a broken neighbour does not kill me. I get an absolute canonical URL, clean text, an
//! instant in the right zone, a language. [`store`] finds who I might be, and [`identity`] says whether I am
//! new, edited, another story at an old address, or known; known ones go no further. [`matching`] gives my
//! hits and says which watches flag me and why; the reason travels with me.
//!
//! [`store`] writes me, my hits, the alert, one delivery per receiver, the validators, the source's next
//! due time and the ledger row: one transaction. Dead before it: I am fetched again. Dead after it: I
//! cannot be lost. Then [`work`] claims my delivery under a lease, [`render`] makes the payload,
//! [`notify`] posts it and gives the verdict, and [`store`] records the attempt whatever happened.
//!
//! # Who may import whom
//!
//! A lower layer never names a higher one, and rooms of one layer do not name each other.
//! `tests/tidy.rs` holds this table and fails on a breach.
//!
//! | layer | rooms | |
//! |---|---|---|
//! | 0 | [`model`] [`lang`] | the nouns: values and their invariants; plain helpers for text |
//! | 1 | [`calendar`] [`config`] [`identity`] [`matching`] [`parse`] [`render`] | pure: same input, same output; no clock, no file, no socket, no SQL |
//! | 2 | [`files`] [`http`] [`store`] | the rim: disk, network, database, and only here |
//! | 3 | [`fetch`] [`notify`] | one request for a purpose, and what the answer means |
//! | 4 | [`work`] | one step at a time; the only room that combines others |
//! | 5 | [`schedule`] [`web`] | when to look; who asks from outside |
//! | 6 | [`daemon`] | who lives and dies: owns every task |
//! | 7 | [`cli`] | a person at a terminal |
//! | 8 | `main` | arguments in, exit code out |
//!
//! [`telemetry`] and [`invocation`] may be named from layer 2 up, [`clock`] from layer 4 up: the rooms below
//! take `now` as an argument.
//!
//! **I am a line of code; which room is mine?** Do I say what a thing is? [`model`]. Same input, same
//! output? A pure room. SQL? [`store`]. A socket? [`http`]; whose? [`fetch`], [`notify`]. What comes next?
//! [`work`]. When? [`schedule`]. Who lives and dies? [`daemon`]. A person at a terminal? [`cli`]. If two
//! rooms claim me, I am two lines.
//!
//! # What is true at all times
//!
//! 1. The result of a step is one transaction. Validators are kept only when the body was parsed.
//! 2. A wake carries no data. Tick, retry, restart and `bongsu poll` take the same path: look at the store,
//!    do what is due; one step works on one [`config::settings::Settings`] from start to end.
//! 3. No transaction is open while anything is sent or fetched: claim under a lease, act, finish.
//! 4. The store is the queue: due sources and due deliveries are rows.
//! 5. Every outbound byte passes the gate of [`http`], redirects hop by hop.
//! 6. Everything has a limit, with the reason beside it.
//! 7. Foreign input is read leniently, our own configuration strictly; a parser never panics out of its
//!    room and never blocks the runtime.
//! 8. Unhealthy is never "changed" and never "quiet": a source that fails keeps its state, and the operator
//!    hears of it.
//! 9. Identity is ours, never the parser's guess and never a date: ordered rules over keys that carry the
//!    version of what made them, so that an upgrade repeats nothing.
//! 10. A secret is never printed.
//! 11. Nothing is dropped silently: every item is recorded as evaluated, under the hash of the rules that
//!     judged it.
//! 12. A step that panics fails its row, with backoff; a core loop that ends ends the process, loudly.

pub mod lang;
pub mod model;

pub mod calendar;
pub mod config;
pub mod identity;
pub mod matching;
pub mod parse;
pub mod render;

pub mod files;
pub mod http;
pub mod store;

pub mod fetch;
pub mod notify;

pub mod work;

pub mod schedule;
pub mod web;

pub mod daemon;

pub mod cli;

pub mod clock;
pub mod invocation;
pub mod telemetry;
