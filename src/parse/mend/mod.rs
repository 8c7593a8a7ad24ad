//! Mending: any text at all becomes a balanced stream of XML events.
//!
//! Owns tolerance towards broken markup: `token` cuts the text into tokens and cannot fail,
//! `events` closes what was left open (`balance` tells it what never ends), `entity` decodes
//! references, `attribute` reads attributes, `write` sets the events down as well-formed XML for a
//! strict parser. It must never know what a feed means beyond the few `names` that it needs to
//! close a forgotten element in the right place.
//! Called by `complete` and by the room's door.

pub mod attribute;
pub mod balance;
pub mod entity;
pub mod events;
pub mod json;
pub mod names;
pub mod repairs;
#[cfg(test)]
mod tests;
pub mod token;
pub mod write;
