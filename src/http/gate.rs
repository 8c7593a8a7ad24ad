//! The egress gate: may this scheme, this port, this address be dialled?
//!
//! Owns the table of addresses that are not the public Internet and the decision over it; nothing
//! else. It resolves nothing, dials nothing and knows no request. `resolve` asks it about every
//! address of a name before it hands any of them out, `hops` about every host that is written as
//! an address, at the first hop and at every redirect.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use url::{Host, Url};

/// Ports that a redirect may lead to although no configuration names them: the two of HTTP and the
/// two that the web uses in their place. Everything else (22, 25, 6379 …) speaks other protocols,
/// to which a request line can be a command.
pub const PORTS: [u16; 4] = [80, 443, 8080, 8443];

/// Why the gate stays shut for an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{range} ({net})")]
pub struct Refusal {
    /// What the range is, for people: `loopback`, `cloud metadata`.
    pub range: &'static str,
    /// The range itself, as `allow_private` would name it.
    pub net: String,
}

/// IPv4 that is not the public Internet: IANA's special-purpose registry (RFC 6890 and its
/// successors) without the few globally reachable blocks in it, and the metadata services of
/// clouds, which hand out credentials to whoever asks. The narrower range stands first.
const V4: &[(&str, &str)] = &[
    ("169.254.169.254/32", "cloud metadata"),
    ("169.254.170.2/32", "cloud metadata"),
    ("100.100.100.200/32", "cloud metadata"),
    ("168.63.129.16/32", "cloud metadata"),
    ("192.0.0.192/32", "cloud metadata"),
    ("0.0.0.0/8", "this network"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "carrier-grade NAT"),
    ("127.0.0.0/8", "loopback"),
    ("169.254.0.0/16", "link-local"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "IETF protocol assignments"),
    ("192.0.2.0/24", "documentation"),
    ("192.88.99.0/24", "6to4 relay"),
    ("192.168.0.0/16", "private"),
    ("198.18.0.0/15", "benchmarking"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("255.255.255.255/32", "broadcast"),
    ("240.0.0.0/4", "reserved"),
];

/// IPv6 likewise. Forms that wrap an IPv4 address are refused whole: no publisher is reached by
/// them, and what they lead to depends on a translator that nobody here can see.
const V6: &[(&str, &str)] = &[
    ("::1/128", "loopback"),
    ("::/128", "unspecified"),
    ("fd00:ec2::254/128", "cloud metadata"),
    ("fd20:ce::254/128", "cloud metadata"),
    ("::ffff:0:0/96", "IPv4-mapped"),
    ("::ffff:0:0:0/96", "IPv4-translated"),
    ("::/96", "IPv4-compatible"),
    ("64:ff9b::/96", "NAT64"),
    ("64:ff9b:1::/48", "local NAT64"),
    ("100::/64", "discard-only"),
    ("100:0:0:1::/64", "dummy prefix"),
    ("2001::/32", "Teredo"),
    ("2001:2::/48", "benchmarking"),
    ("2001:10::/28", "ORCHID"),
    ("2001:20::/28", "ORCHID"),
    ("2001::/23", "IETF protocol assignments"),
    ("2001:db8::/32", "documentation"),
    ("2002::/16", "6to4"),
    ("3fff::/20", "documentation"),
    ("5f00::/16", "segment routing"),
    ("fc00::/7", "unique local"),
    ("fe80::/10", "link-local"),
    ("fec0::/10", "site-local"),
    ("ff00::/8", "multicast"),
];

/// Whether `ip` may be dialled, where `allow_private` names ranges that may be all the same.
///
/// # Errors
/// The range that the address falls into.
pub fn address(ip: IpAddr, allow_private: &[IpNet]) -> Result<(), Refusal> {
    let Some(refusal) = refusal(ip) else { return Ok(()) };
    let wrapped = match ip {
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map(IpAddr::V4),
        IpAddr::V4(_) => None,
    };
    let allowed = |ip: &IpAddr| allow_private.iter().any(|net| net.contains(ip));
    if allowed(&ip) || wrapped.as_ref().is_some_and(allowed) { Ok(()) } else { Err(refusal) }
}

/// Whether the host of `url`, if it is written as an address in any spelling, may be dialled. The
/// URL parser has turned decimal, octal, hexadecimal, short and full-width spellings into one.
///
/// # Errors
/// The range that the address falls into.
pub fn literal(url: &Url, allow_private: &[IpNet]) -> Result<(), Refusal> {
    match url.host() {
        Some(Host::Ipv4(ip)) => address(IpAddr::V4(ip), allow_private),
        Some(Host::Ipv6(ip)) => address(IpAddr::V6(ip), allow_private),
        Some(Host::Domain(_)) | None => Ok(()),
    }
}

/// Whether the scheme is one that is spoken here.
pub fn scheme(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

/// Whether a redirect, or an address that a publisher names, may lead to the port of `url`.
/// `extra` are ports that the configuration itself names.
pub fn port(url: &Url, extra: &[u16]) -> bool {
    url.port_or_known_default().is_some_and(|port| PORTS.contains(&port) || extra.contains(&port))
}

fn refusal(ip: IpAddr) -> Option<Refusal> {
    let table = match ip {
        IpAddr::V4(_) => V4,
        IpAddr::V6(_) => V6,
    };
    let found = table.iter().find(|(net, _)| within(ip, net));
    match (found, ip) {
        (Some((net, range)), _) => Some(Refusal { range, net: (*net).to_owned() }),
        // RFC 4291, section 2.4 and IANA: only 2000::/3 is handed out for global unicast.
        (None, IpAddr::V6(v6)) if v6.segments().first().is_none_or(|s| s >> 13 != 1) => {
            Some(Refusal { range: "reserved", net: format!("{v6}/128") })
        }
        (None, _) => None,
    }
}

fn within(ip: IpAddr, net: &str) -> bool {
    let Some((base, bits)) = net.split_once('/') else { return false };
    let Ok(bits) = bits.parse::<u32>() else { return false };
    match ip {
        IpAddr::V4(ip) => base.parse::<Ipv4Addr>().is_ok_and(|base| {
            (u32::from(ip) ^ u32::from(base)).checked_shr(32 - bits).unwrap_or(0) == 0
        }),
        IpAddr::V6(ip) => base.parse::<Ipv6Addr>().is_ok_and(|base| {
            (u128::from(ip) ^ u128::from(base)).checked_shr(128 - bits).unwrap_or(0) == 0
        }),
    }
}
