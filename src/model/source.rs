//! A source: what is polled, how often, and by which manners.
//!
//! Built by `config` once, checked; nobody checks it again. What changes from poll to poll
//! (validators, health, due time) is the store's and stands in `SourceState`.

use std::time::Duration;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use url::Url;

use crate::model::fault::Place;

/// One thing that is polled.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// Unique, `[a-z0-9-]+`.
    pub id: String,
    /// For people: the publisher's name, in one or two languages.
    pub title: String,
    /// How what comes back is read.
    pub kind: SourceKind,
    /// Where it is.
    pub url: Url,
    /// The wait between two polls, before the publisher's own wishes and jitter.
    pub every: Duration,
    /// Polls more often than once a minute are the user's own business.
    pub own_host: bool,
    /// The zone of dates that name none: its own, else the daemon's.
    pub timezone: Tz,
    /// BCP 47 language of the items, when the source has one.
    pub language: Option<String>,
    /// Concepts that the publisher itself stands for (`korea`, `eu`).
    pub implies: Vec<String>,
    /// What a healthy poll looks like.
    pub expect: Expect,
    /// At the first poll, items younger than this alert; `None`: nothing does.
    pub backfill: Option<Duration>,
    /// The publisher's wish that its answer be kept (`max-age`, `Expires`, `ttl`) delays a poll no
    /// further than this; `None`: a day.
    pub cache_max: Option<Duration>,
    /// Headers sent beside our own, in the order given (`Accept-Encoding: identity`).
    pub headers: Vec<(String, String)>,
    /// The character encoding to use whatever the source claims (a WHATWG label or a Korean alias).
    pub encoding: Option<String>,
    /// The source's own rule for telling items apart.
    pub identity: Option<IdentityRule>,
    /// How its host may be reached.
    pub egress: Egress,
    /// Off sources keep their state but are not polled.
    pub enabled: bool,
    /// Where it is configured.
    pub place: Place,
}

/// The kinds of source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// RSS, Atom, RDF or JSON Feed.
    Feed,
}

/// What a healthy poll of a source looks like; less is reported as unhealthy, never as news.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expect {
    /// Fewer items than this in a whole answer is a fault of the source. Default 1.
    pub items_min: u32,
    /// No new item for this long is worth telling the operator.
    pub silence_max: Option<Duration>,
}

/// A source's own rule for an item's identity, applied to its link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdentityRule {
    /// The value of these query parameters (`nttSeqNo`), joined.
    Query(Vec<String>),
}

/// How the gate treats a source's or receiver's host.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Egress {
    /// Private ranges that may be dialled all the same.
    pub allow_private: Vec<ipnet::IpNet>,
    /// A proxy (`http://`, `https://`, `socks5://`) for this host alone; may hold a password.
    pub proxy: Option<crate::model::receiver::Secret>,
    /// A PEM file with certificate authorities to trust beside the system's.
    pub extra_ca: Option<std::path::PathBuf>,
}

/// What a source's answer said of its own freshness, echoed byte for byte at the next poll.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validators {
    /// `ETag`.
    pub etag: Option<Validator>,
    /// `Last-Modified`.
    pub last_modified: Option<Validator>,
}

/// One validator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Validator {
    /// Exactly as received.
    pub value: Vec<u8>,
    /// It was caught saying "unchanged" of what had changed.
    pub has_lied: bool,
}

impl Validator {
    /// As a publisher sends it, with nothing against it.
    pub fn new(value: impl Into<Vec<u8>>) -> Self {
        Self { value: value.into(), has_lied: false }
    }
}

/// What the store remembers of a source between polls.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SourceState {
    /// Validators of the last body that was parsed.
    pub validators: Validators,
    /// When the first good poll was; `None` means that the next one is the baseline.
    pub baseline_at: Option<DateTime<Utc>>,
    /// Failed polls in a row.
    pub failures: u32,
    /// Since when it has been unhealthy.
    pub unhealthy_since: Option<DateTime<Utc>>,
    /// What is wrong, in one line.
    pub trouble: Option<String>,
    /// When a body was last fetched in full (not 304).
    pub full_at: Option<DateTime<Utc>>,
    /// When a poll last brought an item never seen before.
    pub news_at: Option<DateTime<Utc>>,
    /// When the next poll is due.
    pub due_at: Option<DateTime<Utc>>,
    /// Whether any item of it is known: one that never showed any may still be empty in good health.
    pub has_items: bool,
}
