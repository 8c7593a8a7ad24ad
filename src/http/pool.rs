//! One reqwest client per egress policy, made when it is first needed.
//!
//! Owns how such a client is built: what it trusts, whom it asks for names, what it never does
//! (redirects, referers, proxies out of the environment). Clients of different policies share no
//! connections, so nothing that one may reach is reached by another. `hops` asks for them.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use url::Url;

use crate::http::resolve::Resolver;
use crate::http::trouble::{self, Trouble};
use crate::model::receiver::Secret;
use crate::model::source::Egress;

/// Name, connection and handshake must be there by then: a host that takes longer is down.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A poll comes every few minutes; a connection is worth keeping only for the other sources of a
/// host that come due together.
const IDLE_TIMEOUT: Duration = Duration::from_secs(15);

/// Policies in use at a time: a configuration has a few. Clients beyond it are made anew.
const CLIENTS_MAX: usize = 32;

/// A PEM file beyond this is not a list of authorities (bytes); the whole of Mozilla's has 250 kB.
const PEM_BYTES_MAX: u64 = 2 * 1024 * 1024;

/// The clients, by policy.
#[derive(Debug)]
pub(super) struct Pool {
    proxy: Option<Secret>,
    extra_ca: Option<std::path::PathBuf>,
    clients: Mutex<HashMap<Egress, reqwest::Client>>,
}

impl Pool {
    /// `proxy` and `extra_ca` serve hosts that name none of their own.
    pub(super) fn new(proxy: Option<Secret>, extra_ca: Option<std::path::PathBuf>) -> Self {
        Self { proxy, extra_ca, clients: Mutex::default() }
    }

    /// The proxy by which a host of this policy is reached.
    pub(super) fn proxy<'a>(&'a self, egress: &'a Egress) -> Option<&'a Secret> {
        egress.proxy.as_ref().or(self.proxy.as_ref())
    }

    /// The client of this policy.
    ///
    /// # Errors
    /// The proxy or the file of authorities cannot be used.
    pub(super) fn client(&self, egress: &Egress) -> Result<reqwest::Client, Trouble> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(egress) {
            return Ok(client.clone());
        }
        let client = self.build(egress)?;
        if clients.len() >= CLIENTS_MAX {
            clients.clear();
        }
        clients.insert(egress.clone(), client.clone());
        Ok(client)
    }

    fn build(&self, egress: &Egress) -> Result<reqwest::Client, Trouble> {
        let proxy = self.proxy(egress).map(proxy_url).transpose()?;
        let resolver = Resolver {
            allow_private: egress.allow_private.clone(),
            proxy_host: proxy.as_ref().and_then(Url::host_str).map(str::to_ascii_lowercase),
        };
        let mut builder = reqwest::Client::builder()
            .tls_backend_rustls()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .dns_resolver(resolver)
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .pool_max_idle_per_host(2)
            // Old boards send header lines that a strict reader would refuse the whole answer for.
            .http1_ignore_invalid_headers_in_responses(true)
            .http1_allow_obsolete_multiline_headers_in_responses(true)
            .http1_allow_spaces_after_header_name_in_responses(true);
        if let Some(url) = proxy {
            let proxy = reqwest::Proxy::all(url).map_err(|error| Trouble::Setup {
                reason: format!("proxy: {}", trouble::leaf(&error.without_url())),
            })?;
            builder = builder.proxy(proxy);
        }
        for path in [&self.extra_ca, &egress.extra_ca].into_iter().flatten() {
            builder = builder.tls_certs_merge(authorities(path)?);
        }
        builder.build().map_err(|error| Trouble::Setup {
            reason: format!(
                "no certificate authorities can be loaded ({}): install the system's \
                 ca-certificates or name a PEM file: extra_ca = \"issuer.pem\"",
                trouble::leaf(&error.without_url())
            ),
        })
    }
}

/// Checks the form of a proxy's address; its text may hold a password and is not repeated.
fn proxy_url(proxy: &Secret) -> Result<Url, Trouble> {
    let wrong = |what: &str| Trouble::Setup {
        reason: format!("proxy: {what}: write it as http://host:port, https:// or socks5://"),
    };
    let url = Url::parse(proxy.reveal()).map_err(|_| wrong("its address cannot be read"))?;
    let known = ["http", "https", "socks4", "socks5", "socks5h"].contains(&url.scheme());
    match (known, url.has_host()) {
        (true, true) => Ok(url),
        (false, _) => Err(wrong("its scheme is not known")),
        (_, false) => Err(wrong("its address names no host")),
    }
}

fn authorities(path: &Path) -> Result<Vec<reqwest::Certificate>, Trouble> {
    let wrong = |what: String| Trouble::Setup {
        reason: format!("extra_ca = \"{}\": {what}", path.display()),
    };
    let size = std::fs::metadata(path).map_err(|error| wrong(error.kind().to_string()))?.len();
    if size > PEM_BYTES_MAX {
        return Err(wrong("too large for a list of certificates".to_owned()));
    }
    let text = std::fs::read(path).map_err(|error| wrong(error.kind().to_string()))?;
    let found = reqwest::Certificate::from_pem_bundle(&text)
        .map_err(|_| wrong("not a list of PEM certificates".to_owned()))?;
    if found.is_empty() {
        return Err(wrong("holds no PEM certificate (-----BEGIN CERTIFICATE-----)".to_owned()));
    }
    Ok(found)
}
