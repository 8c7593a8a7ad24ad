//! Cookies of one chain of redirects, and no longer.
//!
//! Some publishers answer a redirect to the very same address until a cookie comes back, so a
//! client without any never gets in. Nothing outlives the chain, and no cookie crosses an origin:
//! there is nobody to be recognised here. `hops` is the only caller.

use url::Origin;

/// Cookies kept in one chain: a login page sets a handful, a hostile server ten thousand.
const COUNT_MAX: usize = 32;

/// Name and value together (RFC 6265, section 6.1 asks for at least 4096 bytes).
const BYTES_MAX: usize = 4096;

/// The cookies of one chain.
#[derive(Debug, Default)]
pub(super) struct Cookies {
    kept: Vec<(Origin, Vec<u8>, Vec<u8>)>,
}

impl Cookies {
    /// Takes in one `Set-Cookie` value sent by `origin`. `Domain`, `Path` and `Secure` need no
    /// reading, because a cookie goes back only to the very origin that set it.
    pub(super) fn keep(&mut self, origin: &Origin, header: &[u8]) {
        let pair = header.split(|byte| *byte == b';').next().unwrap_or_default();
        let mut parts = pair.splitn(2, |byte| *byte == b'=');
        let name = parts.next().unwrap_or_default().trim_ascii();
        let value = parts.next().unwrap_or_default().trim_ascii();
        if name.is_empty() || name.len() + value.len() > BYTES_MAX {
            return;
        }
        self.kept.retain(|(of, known, _)| of != origin || known != name);
        if self.kept.len() < COUNT_MAX && !is_expired(header) {
            self.kept.push((origin.clone(), name.to_vec(), value.to_vec()));
        }
    }

    /// The `Cookie` value for `origin`; `None` when it set none.
    pub(super) fn header(&self, origin: &Origin) -> Option<Vec<u8>> {
        let pairs: Vec<Vec<u8>> = self
            .kept
            .iter()
            .filter(|(of, _, _)| of == origin)
            .map(|(_, name, value)| [name.as_slice(), b"=", value.as_slice()].concat())
            .collect();
        if pairs.is_empty() { None } else { Some(pairs.join(&b"; "[..])) }
    }
}

/// `Max-Age=0` or less: the server takes the cookie back.
fn is_expired(header: &[u8]) -> bool {
    header.split(|byte| *byte == b';').skip(1).any(|attribute| {
        let text = String::from_utf8_lossy(attribute).to_ascii_lowercase();
        text.trim()
            .strip_prefix("max-age=")
            .and_then(|seconds| seconds.trim().parse::<i64>().ok())
            .is_some_and(|seconds| seconds <= 0)
    })
}
