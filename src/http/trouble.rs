//! What can go wrong on the way to an answer, in one line that an operator can act on.
//!
//! Owns the wording and the reading of other people's errors. A line never holds a URL, because a
//! receiver's is a secret and a source's may hold a key; it names the host only where that is no
//! secret either. Every file of this room reports by it; `fetch` and `notify` show it.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::time::Duration;

use rustls::{AlertDescription, CertificateError};

use crate::http::gate::Refusal;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// Neither http nor https.
    #[error("`{scheme}:` addresses are refused: only http and https are fetched")]
    Scheme {
        /// The scheme that was asked for.
        scheme: String,
    },
    /// Nothing to connect to.
    #[error("the address names no host")]
    NoHost,
    /// A redirect led to a port that is not the web's.
    #[error("port {port} is refused: redirects may lead to 80, 443, 8080 and 8443 only")]
    Port {
        /// The port.
        port: u16,
    },
    /// The gate stays shut.
    #[error(
        "{host} is refused: its address is {refusal}, not the public internet; if that is meant, \
         add allow_private = [\"{}\"]", refusal.net
    )]
    Refused {
        /// The host, or `the host` where the URL is a secret.
        host: String,
        /// The range that its address is in.
        refusal: Refusal,
    },
    /// The name has no address.
    #[error("{host} cannot be found: {reason}")]
    Dns {
        /// The host, or `the host`.
        host: String,
        /// What the resolver said.
        reason: String,
    },
    /// Nobody listens, or no way leads there.
    #[error("{host} cannot be reached: {reason}")]
    Connect {
        /// The host, or `the host`.
        host: String,
        /// What the system said.
        reason: String,
    },
    /// No secure connection came about.
    #[error("no secure connection to {host}: {reason}")]
    Tls {
        /// The host, or `the host`.
        host: String,
        /// Why, with the cure where there is one.
        reason: String,
    },
    /// It took too long.
    #[error("{phase} {}", Seconds(*.after))]
    Timeout {
        /// What was being waited for.
        phase: Phase,
        /// How long.
        after: Duration,
    },
    /// The redirects do not end.
    #[error("redirect loop after {after} redirect{}", if *.after == 1 { "" } else { "s" })]
    RedirectLoop {
        /// How many were followed.
        after: usize,
    },
    /// A redirect to something that is no address.
    #[error("{host} redirects to something that is no address")]
    Location {
        /// The host, or `the host`.
        host: String,
    },
    /// The proxy, not the host behind it.
    #[error("the proxy {reason}")]
    Proxy {
        /// What it did.
        reason: String,
    },
    /// The connection ended too early to be of any use.
    #[error("{host} ended the connection before its answer was there: {reason}")]
    Cut {
        /// The host, or `the host`.
        host: String,
        /// What was seen.
        reason: String,
    },
    /// Not HTTP as anybody knows it.
    #[error("{host} answers in something that is not proper HTTP: {reason}")]
    Protocol {
        /// The host, or `the host`.
        host: String,
        /// What was seen.
        reason: String,
    },
    /// The body cannot be unpacked.
    #[error("the answer cannot be unpacked: {reason}")]
    Encoding {
        /// What was seen.
        reason: String,
    },
    /// The configuration of this host's client does not work.
    #[error("{reason}")]
    Setup {
        /// What is wrong with it, with the cure.
        reason: String,
    },
    /// Any of these, on the way of a redirect.
    #[error("after a redirect: {0}")]
    Redirected(Box<Trouble>),
}

/// What was being waited for when the time was up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// A turn at a host that many others want.
    Turn,
    /// Name, connection, handshake.
    Connect,
    /// The head of the answer.
    Answer,
    /// The next piece of the body.
    Silence,
    /// The whole answer.
    Whole,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Turn => "too many others wait for this host: no turn within",
            Self::Connect => "no connection within",
            Self::Answer => "no answer within",
            Self::Silence => "the answer broke off: silence for",
            Self::Whole => "the answer was not complete within",
        })
    }
}

struct Seconds(Duration);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} s", self.0.as_secs_f64())
    }
}

impl Trouble {
    /// The kind in one word, for tests and for whoever counts troubles.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Scheme { .. } => "scheme",
            Self::NoHost => "host",
            Self::Port { .. } => "port",
            Self::Refused { .. } => "refused",
            Self::Dns { .. } => "dns",
            Self::Connect { .. } => "connect",
            Self::Tls { .. } => "tls",
            Self::Timeout { .. } => "timeout",
            Self::RedirectLoop { .. } => "redirect-loop",
            Self::Location { .. } => "location",
            Self::Proxy { .. } => "proxy",
            Self::Cut { .. } => "cut",
            Self::Protocol { .. } => "protocol",
            Self::Encoding { .. } => "encoding",
            Self::Setup { .. } => "setup",
            Self::Redirected(inner) => inner.kind(),
        }
    }
}

/// Whom an error is about.
#[derive(Clone, Debug)]
pub(super) struct About {
    /// The host, or `the host` where the URL is a secret.
    pub(super) host: String,
    /// A proxy stands between.
    pub(super) proxied: bool,
    /// The wait for a connection that was granted.
    pub(super) connect_timeout: Duration,
}

/// Reads an error of reqwest, which may hold the URL, into a line that does not.
pub(super) fn read(error: reqwest::Error, about: &About) -> Trouble {
    let error = error.without_url();
    let host = about.host.clone();
    if let Some(refusal) = find::<Refusal>(&error) {
        return Trouble::Refused { host, refusal: refusal.clone() };
    }
    if let Some(tls) = find::<rustls::Error>(&error) {
        return Trouble::Tls { host, reason: tls_reason(tls) };
    }
    let reason = leaf(&error);
    if about.proxied && (error.is_dns() || error.is_connect()) {
        return Trouble::Proxy { reason: proxy_reason(&error, &reason) };
    }
    if error.is_dns() {
        return Trouble::Dns { host, reason };
    }
    if error.is_timeout() && error.is_connect() {
        return Trouble::Timeout { phase: Phase::Connect, after: about.connect_timeout };
    }
    if error.is_connect() {
        return Trouble::Connect { host, reason };
    }
    if is_cut(&error) {
        return Trouble::Cut { host, reason };
    }
    if error.is_builder() {
        return Trouble::Setup { reason: format!("the request cannot be built: {reason}") };
    }
    Trouble::Protocol { host, reason }
}

/// Whether the other side simply hung up, which a kept-alive connection does when its time is up.
pub(super) fn is_cut(error: &reqwest::Error) -> bool {
    let hung_up = find::<io::Error>(error).is_some_and(|io| {
        matches!(
            io.kind(),
            io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::BrokenPipe
                | io::ErrorKind::UnexpectedEof
        )
    });
    // hyper keeps its kinds to itself unless it is named as a dependency; its text is the door.
    hung_up || leaf(error).starts_with("connection closed before message completed")
}

/// The innermost reason, short.
pub(super) fn leaf(error: &(dyn StdError + 'static)) -> String {
    if let Some(io) = find::<io::Error>(error)
        && io.raw_os_error().is_some()
    {
        return io.kind().to_string();
    }
    let mut last = error;
    while let Some(next) = inner(last) {
        last = next;
    }
    let text = last.to_string();
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    let mut at = Some(error);
    while let Some(error) = at {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        at = inner(error);
    }
    None
}

/// The next error within; `io::Error::source` would skip the one that it wraps.
fn inner<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

fn proxy_reason(error: &reqwest::Error, reason: &str) -> String {
    let mut at: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(error) = at {
        let text = error.to_string();
        if text.contains("proxy authorization required") {
            return "asks for a user and a password: write them into its address".to_owned();
        }
        if text.contains("tunnel error: unsuccessful") {
            return "does not open a way to the host".to_owned();
        }
        at = inner(error);
    }
    if error.is_timeout() {
        return "does not answer in time".to_owned();
    }
    format!("cannot be reached: {reason}")
}

fn tls_reason(error: &rustls::Error) -> String {
    use rustls::Error;
    match error {
        Error::InvalidCertificate(certificate) => certificate_reason(certificate),
        Error::PeerIncompatible(_)
        | Error::AlertReceived(
            AlertDescription::ProtocolVersion
            | AlertDescription::HandshakeFailure
            | AlertDescription::InsufficientSecurity,
        ) => "it offers only protocols or ciphers that are no longer safe (the least is TLS 1.2 \
              with ECDHE and an AEAD cipher)"
            .to_owned(),
        Error::InvalidMessage(_) => "it does not speak TLS on this port".to_owned(),
        other => other.to_string().chars().take(200).collect(),
    }
}

fn certificate_reason(error: &CertificateError) -> String {
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "its certificate has expired".to_owned()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "its certificate is not valid yet; is this machine's clock right?".to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "its certificate is for another name".to_owned()
        }
        CertificateError::Revoked => "its certificate is revoked".to_owned(),
        CertificateError::UnknownIssuer => {
            "its certificate comes from an issuer that this machine does not trust (a private \
             authority, or it forgets to send an intermediate); if it is right, name the issuer's \
             PEM file: extra_ca = \"issuer.pem\""
                .to_owned()
        }
        other => format!(
            "its certificate is not acceptable ({}); if it is its own issuer, have it issued by \
             an authority and name that: extra_ca = \"issuer.pem\"",
            other.to_string().chars().take(120).collect::<String>()
        ),
    }
}
