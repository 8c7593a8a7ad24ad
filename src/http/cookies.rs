//! Cookies of one chain of redirects, and no longer.
//!
//! Some publishers answer a redirect to the very same address until a cookie comes back, others send
//! a client to a sister host that sets one for all hosts of theirs, so a client without any never
//! gets in. Which cookie goes where is RFC 6265, kept by `cookie_store`; a cookie for everything under
//! a public suffix (`go.kr`) is refused by the list in `psl`, which is compiled in and fetched from
//! nowhere. `Expires` is the crate's to judge, by the wall clock. Nothing outlives the chain: there is
//! nobody to be recognised here. `hops` is the only caller.

use cookie_store::{CookieStore, RawCookie};
use url::{Host, Url};

/// Cookies kept in one chain: a login page sets a handful, a hostile server ten thousand.
const COUNT_MAX: usize = 32;

/// Name and value together (RFC 6265, section 6.1 asks for at least 4096 bytes).
const BYTES_MAX: usize = 4096;

/// The cookies of one chain.
#[derive(Debug, Default)]
pub(super) struct Cookies {
    jar: CookieStore,
}

impl Cookies {
    /// Takes in one `Set-Cookie` value that came with an answer from `url`. What is no cookie, what is
    /// not `url`'s to set and what is too much is left out.
    pub(super) fn keep(&mut self, url: &Url, header: &[u8]) {
        // A value may be in any character set: each byte becomes the character of its number, and
        // the same byte again when it is sent.
        let text: String = header.iter().copied().map(char::from).collect();
        let Ok(mut cookie) = RawCookie::parse(text) else { return };
        if cookie.name().len() + cookie.value().len() > BYTES_MAX {
            return;
        }
        if let Some(domain) = cookie.domain()
            && is_shared_by_strangers(domain)
        {
            // RFC 6265, section 5.3, step 5: such a host may set a cookie for itself alone.
            if !url.host_str().is_some_and(|host| host.eq_ignore_ascii_case(domain)) {
                return;
            }
            cookie.unset_domain();
        }
        if self.jar.iter_any().count() < COUNT_MAX {
            // An error: the host is not the cookie's, or it has expired before it came.
            self.jar.insert_raw(&cookie, url).ok();
        }
    }

    /// The `Cookie` value for `url`; `None` when there is none for it. Longer paths come first (RFC
    /// 6265, section 5.4), and equal ones by name, so that the same jar always says the same.
    pub(super) fn header(&self, url: &Url) -> Option<Vec<u8>> {
        let mut cookies = self.jar.matches(url);
        let path = |cookie: &cookie_store::Cookie<'_>| cookie.path.as_ref().len();
        cookies.sort_by(|a, b| path(b).cmp(&path(a)).then_with(|| a.name().cmp(b.name())));
        let pairs: Vec<String> =
            cookies.iter().map(|cookie| format!("{}={}", cookie.name(), cookie.value())).collect();
        if pairs.is_empty() {
            return None;
        }
        Some(pairs.join("; ").chars().filter_map(|c| u8::try_from(c).ok()).collect())
    }
}

/// Whether anybody may register names under `domain`, or it is one label only: `Domain=kr`.
fn is_shared_by_strangers(domain: &str) -> bool {
    let domain = domain.trim_end_matches('.').to_ascii_lowercase();
    match Host::parse(&domain) {
        Ok(Host::Domain(name)) => {
            psl::suffix(name.as_bytes()).is_some_and(|suffix| suffix == name.as_str())
        }
        // An address has no suffix, and goes to itself alone.
        _ => false,
    }
}
