//! An alert (a story that a watch flagged), its deliveries and their attempts.
//! `store` keeps them, `render` shows them; how often and how long to try is the policy of `work`.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::model::decision::Decision;
use crate::model::item::Draft;

/// What is told: one item, the source it came from and why the watches flag it.
#[derive(Clone, Debug, PartialEq)]
pub struct Alert {
    /// The store's number for it.
    pub id: i64,
    /// The item's number.
    pub item: i64,
    /// Grows with each retelling (an edit that a watch asks for).
    pub revision: u32,
    /// Id of the source.
    pub source: String,
    /// Title of the source, as the publisher's name.
    pub publisher: String,
    /// Publishers' names of other sources in which the article stands too.
    pub also: Vec<String>,
    /// The item at the time of the alert.
    pub draft: Draft,
    /// The item's language, as its letters bear out what it and its source claim.
    pub language: Option<String>,
    /// Why, by watch.
    pub decision: Decision,
    /// When it was raised.
    pub raised_at: DateTime<Utc>,
}

/// One alert for one receiver.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// UUIDv7; the `webhook-id`, the same at every try.
    pub id: Uuid,
    /// The receiver's id.
    pub receiver: String,
    /// The alert.
    pub alert: Alert,
    /// Tries so far.
    pub attempts: u32,
    /// When the first try was due.
    pub created_at: DateTime<Utc>,
}

/// The states of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// Waits for its time.
    Due,
    /// The receiver has it.
    Delivered,
    /// Given up, with the reason; can be replayed.
    Dead,
}

impl DeliveryState {
    /// The name used in the store and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
        }
    }
}
