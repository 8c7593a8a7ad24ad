//! An alert to the payload of each kind of receiver, within its limits.
//!
//! Pure: a delivery and a [`Look`] in, text or JSON out, the same every time. `notify` sends what
//! is made here and knows nothing of its shape; this room knows nothing of sockets, clocks or
//! files. Every text of others passes [`text::clean`] and the escape of its receiver, and every
//! link is built by [`link::Link`], so no headline can mention, link or paint anything by itself.

pub mod excerpt;
pub mod facts;
pub mod json;
pub mod link;
pub mod sample;
pub mod slack;
pub mod terminal;
pub mod text;
pub mod webhook;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod slack_tests;
#[cfg(test)]
mod webhook_tests;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

/// What a payload depends on beside the delivery itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// The instant of this attempt: lateness and signatures are told by it.
    pub now: DateTime<Utc>,
    /// The zone in which people read times.
    pub timezone: Tz,
}
