//! A receiver: where alerts go, and what a receiver's answer means.
//! `config` builds it once, checked; its URL is a secret and never printed.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use crate::model::fault::Place;
use crate::model::source::Egress;

/// A text that is never printed: `Debug` says `[secret]`, and there is no `Display`.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes a text into custody.
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// The text itself: for the one place that must send it.
    pub fn reveal(&self) -> &str {
        self.0.expose_secret()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[secret]")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.reveal() == other.reveal()
    }
}

impl Eq for Secret {}

impl std::hash::Hash for Secret {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.reveal().hash(state);
    }
}

/// Where alerts go.
#[derive(Clone, Debug, PartialEq)]
pub struct Receiver {
    /// Unique, `[a-z0-9-]+`.
    pub id: String,
    /// What it is and how it is reached.
    pub kind: ReceiverKind,
    /// How its host may be reached.
    pub egress: Egress,
    /// Off receivers get nothing, not even later.
    pub enabled: bool,
    /// Why it is off, with the cure where there is one; without secrets. `None`: it is on.
    pub off: Option<String>,
    /// What it would need to send, on or off: a secret that is not there; without secrets.
    pub lacking: Option<String>,
    /// Where it is configured.
    pub place: Place,
}

/// The kinds of receiver.
#[derive(Clone, Debug, PartialEq)]
pub enum ReceiverKind {
    /// A Slack incoming webhook.
    Slack {
        /// The webhook's address, which is its secret.
        url: Secret,
    },
    /// Any HTTP endpoint, by Standard Webhooks.
    Webhook {
        /// The address; may hold a token.
        url: Secret,
        /// `whsec_…`; the first signs first, further ones are for rotation; empty: unsigned.
        secrets: Vec<Secret>,
    },
    /// Standard output, or standard error where an answer owns standard output.
    Terminal {
        /// Which.
        stream: Stream,
    },
    /// A file that grows by one JSON line an alert.
    File {
        /// Its path.
        path: std::path::PathBuf,
    },
}

/// The two ways to write to a terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    #[default]
    Out,
    /// Standard error.
    Err,
}

impl ReceiverKind {
    /// The name used in TOML and log lines.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Slack { .. } => "slack",
            Self::Webhook { .. } => "webhook",
            Self::Terminal { .. } => "terminal",
            Self::File { .. } => "file",
        }
    }
}

/// What a receiver's answer means. The sender gives it; one retry policy serves all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It has the alert.
    Delivered,
    /// Not now; after this wait if the receiver named one, else by the schedule.
    Retry {
        /// The wait that the receiver asked for.
        after: Option<Duration>,
        /// Why, in one line without secrets.
        reason: String,
    },
    /// This message will never be taken, the next may be.
    Refused {
        /// Why.
        reason: String,
    },
    /// The receiver itself takes nothing any more (revoked, archived, gone): pause it, keep its
    /// queue, tell the operator.
    Closed {
        /// Why.
        reason: String,
    },
}
