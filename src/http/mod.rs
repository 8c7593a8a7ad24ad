//! The one client: every byte that leaves for the network passes here.
//!
//! Owns the egress gate (`gate`, `resolve`), redirects by hand (`hops`, `cookies`), capped bodies
//! (`body`, `decode`, `stages`), politeness per host (`pace`, `wait`) and the wording of what goes
//! wrong (`trouble`). It must never know what a feed or an alert is, and reads neither the wall clock
//! nor the environment. `fetch` and `notify` call [`Client::send`].

pub mod gate;
pub mod pace;
pub mod trouble;
pub mod wait;

mod body;
mod cookies;
mod decode;
mod hops;
mod pool;
mod resolve;
mod stages;

#[cfg(test)]
mod cookies_tests;
#[cfg(test)]
mod gate_tests;
#[cfg(test)]
mod hops_tests;
#[cfg(test)]
mod odd_tests;
#[cfg(test)]
mod pace_tests;
#[cfg(test)]
pub(crate) mod stub;
#[cfg(test)]
mod way_tests;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::HeaderMap;
use url::Url;

use crate::http::pace::Pace;
use crate::http::pool::Pool;
use crate::http::trouble::Trouble;
use crate::model::receiver::Secret;
use crate::model::source::Egress;

/// Requests to one host at the same time, at most, unless [`Manners`] says otherwise.
pub const PER_HOST_MAX: usize = 2;

/// How the client behaves towards everybody.
#[derive(Clone, Debug)]
pub struct Manners {
    /// Sent in `User-Agent`, so that a publisher may write; `mailto:` or a web address.
    pub contact: Option<String>,
    /// A proxy for all hosts whose [`Egress`] names none.
    pub proxy: Option<Secret>,
    /// A PEM file with authorities to trust beside the system's, for all hosts.
    pub extra_ca: Option<PathBuf>,
    /// Requests to one host at the same time, at most.
    pub per_host_max: usize,
    /// The least wait between the starts of two requests to one host.
    pub pace: Duration,
    /// Ports that redirects may lead to beside [`gate::PORTS`].
    pub ports: Vec<u16>,
}

impl Default for Manners {
    /// No contact, no proxy, two requests at once and half a second between their starts: what a
    /// person with two open tabs does to a host.
    fn default() -> Self {
        Self {
            contact: None,
            proxy: None,
            extra_ca: None,
            per_host_max: PER_HOST_MAX,
            pace: Duration::from_millis(500),
            ports: Vec::new(),
        }
    }
}

/// What is asked.
#[derive(Clone, Debug)]
pub enum Method {
    /// May be repeated, is redirected.
    Get,
    /// Sent once with this body (JSON unless `headers` say otherwise), never redirected: a 3xx is
    /// an answer.
    Post(Vec<u8>),
}

/// One request.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// What is asked.
    pub method: Method,
    /// Whom.
    pub url: &'a Url,
    /// Headers beside our own, which they replace. They are not carried to another origin, save
    /// those that say nothing about who asks (`Accept…`, `User-Agent`, the two validators). A name
    /// or value that HTTP does not allow is left out.
    pub headers: Vec<(String, Vec<u8>)>,
    /// How the host may be reached.
    pub egress: &'a Egress,
    /// The body is cut after so many bytes, counted after decompression.
    pub body_bytes_max: usize,
    /// Redirects followed at most; 0: a 3xx is an answer.
    pub redirects_max: usize,
    /// The whole answer must be there by then, counted from our turn at the host. A body that is
    /// silent for half of it has broken off.
    pub timeout: Duration,
    /// The URL is a secret: no error says anything of it, not even the host.
    pub secret_url: bool,
    /// Keep the least wait between two starts (`Manners::pace`) as well.
    pub paced: bool,
}

/// What came back, whatever its status.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status of the last hop.
    pub status: u16,
    /// Its headers.
    pub headers: Headers,
    /// Its body, decompressed.
    pub body: Bytes,
    /// Where it came from, after redirects; without user and password.
    pub url: Url,
    /// The same, if there was a redirect and every one was permanent (301, 308).
    pub moved: Option<Url>,
    /// The body is not whole: cut at the cap, in transit, or broken in its encoding.
    pub truncated: bool,
}

/// Headers of an answer.
#[derive(Clone, Debug, Default)]
pub struct Headers(HeaderMap);

impl Headers {
    /// The first value under `name`, byte for byte.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.0.get(name).map(reqwest::header::HeaderValue::as_bytes)
    }

    /// The first value under `name`, if it is printable ASCII.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.to_str().ok()
    }

    /// These headers, for tests of those who read them.
    #[cfg(test)]
    pub(crate) fn of(pairs: &[(&'static str, &str)]) -> Self {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(*name, value.parse().unwrap());
        }
        Self(map)
    }

    /// All values under `name` that are printable ASCII.
    pub fn texts<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.get_all(name).into_iter().filter_map(|value| value.to_str().ok())
    }
}

/// Why no client can be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The configuration names a proxy or a file of authorities that cannot be used, or the system
    /// has no authorities at all.
    #[error("{0}")]
    Setup(String),
}

/// The client. Clones share connections, turns and settings.
#[derive(Clone, Debug)]
pub struct Client {
    rooms: Arc<Rooms>,
}

/// What the clones share.
#[derive(Debug)]
struct Rooms {
    pool: Pool,
    pace: Pace,
    ports: Vec<u16>,
    user_agent: String,
}

impl Client {
    /// A client with these manners. Proxy and authorities are tried at once, so that a mistake
    /// shows at the start and not at the first poll.
    ///
    /// # Errors
    /// They cannot be used.
    pub fn new(manners: Manners) -> Result<Self, Error> {
        // Fails if some other part of the process came first, which is as good.
        rustls::crypto::ring::default_provider().install_default().ok();
        let user_agent = user_agent(manners.contact.as_deref());
        let pool = Pool::new(manners.proxy, manners.extra_ca);
        pool.client(&Egress::default()).map_err(|trouble| Error::Setup(trouble.to_string()))?;
        let pace = Pace::new(manners.per_host_max, manners.pace);
        let rooms = Rooms { pool, pace, ports: manners.ports, user_agent };
        Ok(Self { rooms: Arc::new(rooms) })
    }

    /// Sends `request` and reads the answer: whatever the status, as long as there is one.
    ///
    /// # Errors
    /// There is no answer, and why.
    pub async fn send(&self, request: Request<'_>) -> Result<Response, Trouble> {
        hops::run(&self.rooms, &request).await
    }
}

/// `bongsu/1.2.3 (+mailto:…)`: who asks, and whom to write to if that is a burden.
fn user_agent(contact: Option<&str>) -> String {
    let name = concat!("bongsu/", env!("CARGO_PKG_VERSION"));
    let clean = |contact: &str| contact.chars().filter(char::is_ascii_graphic).collect::<String>();
    match contact.map(clean).filter(|contact| !contact.is_empty()) {
        Some(contact) => format!("{name} (+{contact})"),
        None => name.to_owned(),
    }
}
