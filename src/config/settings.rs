//! `Settings`: what the configuration means once it is checked. Nobody checks it again.
//!
//! Made by `config::load` alone; every room above takes its own part of it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use chrono_tz::Tz;

use crate::model::receiver::{Receiver, Secret};
use crate::model::source::Source;
use crate::model::watch::{Concept, Watch};

/// Everything the program was told.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The daemon's own matters.
    pub daemon: Daemon,
    /// What is polled; switched-off sources included.
    pub sources: Vec<Source>,
    /// Ideas with their terms.
    pub concepts: Vec<Concept>,
    /// What the user wants to hear of.
    pub watches: Vec<Watch>,
    /// Where alerts go; switched-off receivers included.
    pub receivers: Vec<Receiver>,
}

/// The daemon's own matters.
#[derive(Clone, Debug, PartialEq)]
pub struct Daemon {
    /// The file of the embedded store.
    pub store: PathBuf,
    /// Where health is served.
    pub listen: SocketAddr,
    /// The zone in which times are shown, and of dates for which nobody names another.
    pub timezone: Tz,
    /// Sent in `User-Agent`, so that publishers may write; `mailto:` or a web address.
    pub contact: Option<String>,
    /// A proxy for all sources and receivers that name none.
    pub proxy: Option<Secret>,
    /// A PEM file with certificate authorities to trust beside the system's.
    pub extra_ca: Option<PathBuf>,
    /// Sources polled at the same time, at most.
    pub polls_max: usize,
    /// A body larger than this after decompression is cut off (bytes).
    pub body_bytes_max: usize,
    /// A source's whole answer must be there by then.
    pub fetch_timeout: Duration,
    /// Items and seen identities are kept this long.
    pub retention: Duration,
}
