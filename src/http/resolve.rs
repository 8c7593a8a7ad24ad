//! Names to addresses, past the gate: the addresses that were checked are the ones dialled.
//!
//! Owns the one place where a name is looked up for a connection. If any address of a name is
//! refused, the whole name is: a name with one public and one private address is either a mistake
//! or an attempt to be dialled at the second. `pool` builds one resolver into each client.

use std::io;
use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::http::gate::{self, Refusal};

/// Addresses tried at most; a publisher has a handful.
const ADDRESSES_MAX: usize = 16;

/// Looks names up for one egress policy.
#[derive(Clone, Debug)]
pub(super) struct Resolver {
    /// Ranges that may be dialled all the same.
    pub(super) allow_private: Vec<IpNet>,
    /// The name of the configured proxy, which the operator vouches for; in lower case.
    pub(super) proxy_host: Option<String>,
}

/// Why a name leads nowhere.
#[derive(Debug, thiserror::Error)]
pub(super) enum Dead {
    /// One of its addresses is not to be dialled.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// It has none.
    #[error("{0}")]
    Unknown(String),
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = self.clone();
        Box::pin(async move {
            let name = name.as_str();
            let vouched = resolver.proxy_host.as_deref() == Some(&name.to_ascii_lowercase());
            let allow_private = if vouched { everything() } else { resolver.allow_private };
            let found = lookup(name, &allow_private).await?;
            let addresses = found.into_iter().map(|ip| SocketAddr::new(ip, 0));
            Ok(Box::new(addresses) as Addrs)
        })
    }
}

/// The addresses of `name`, all of which may be dialled.
///
/// # Errors
/// The name has no address, or one that is refused.
pub(super) async fn lookup(name: &str, allow_private: &[IpNet]) -> Result<Vec<IpAddr>, Dead> {
    // The port is a placeholder: the connector puts in the one of the URL.
    let found =
        tokio::net::lookup_host((name, 0)).await.map_err(|error| Dead::Unknown(say(&error)))?;
    let mut addresses: Vec<IpAddr> = Vec::new();
    for ip in found.map(|address| address.ip()) {
        gate::address(ip, allow_private)?;
        if addresses.len() < ADDRESSES_MAX && !addresses.contains(&ip) {
            addresses.push(ip);
        }
    }
    if addresses.is_empty() {
        return Err(Dead::Unknown("the name has no address".to_owned()));
    }
    Ok(addresses)
}

fn say(error: &io::Error) -> String {
    let text = error.to_string();
    // getaddrinfo's own text, without the name of the call in front of it.
    let text = text.rsplit_once(": ").map_or(text.as_str(), |(_, reason)| reason);
    text.chars().take(120).collect::<String>().to_lowercase()
}

fn everything() -> Vec<IpNet> {
    ["0.0.0.0/0", "::/0"].iter().filter_map(|net| net.parse().ok()).collect()
}
