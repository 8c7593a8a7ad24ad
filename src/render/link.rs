//! The only place where a link is made of an item's address.
//!
//! Every renderer takes its links from here, so that no text of others becomes one.

use url::Url;

use crate::render::text::units;

/// An address that people may follow: http or https, without a user part (`https://ec.europa.eu@evil`
/// leads to `evil`); otherwise the item's own, to the last character. In the URL standard's form it is
/// visible ASCII without spaces, `<` or `>`. What else a platform reads as a mark is for its dialect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The address, to be shown whole or not at all.
    pub url: String,
    /// The host that it really leads to; names beyond ASCII in their `xn--` form, so that a Cyrillic
    /// `е` cannot pass for a Latin one.
    pub host: String,
}

impl Link {
    /// Checks an address; `None` when it is no link for people.
    pub fn new(url: Option<&Url>) -> Option<Self> {
        let mut url = url?.clone();
        if !matches!(url.scheme(), "http" | "https") {
            return None;
        }
        url.set_username("").ok()?;
        url.set_password(None).ok()?;
        let host = match url.port() {
            Some(port) => format!("{}:{port}", url.host_str()?),
            None => url.host_str()?.to_owned(),
        };
        Some(Self { url: url.into(), host })
    }

    /// Length in UTF-16 units.
    pub fn units(&self) -> usize {
        units(&self.url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(text: &str) -> Option<Link> {
        Link::new(Some(&Url::parse(text).unwrap()))
    }

    #[test]
    fn the_host_shown_is_the_host_reached() {
        let cases = [
            ("https://ec.europa.eu@evil.example/x", "https://evil.example/x", "evil.example"),
            ("https://a:b@evil.example:8443/", "https://evil.example:8443/", "evil.example:8443"),
            // A Cyrillic "е" at the start.
            ("https://еc.europa.eu/", "https://xn--c-itb.europa.eu/", "xn--c-itb.europa.eu"),
            (
                "https://한국.example/뉴스",
                "https://xn--3e0b707e.example/%EB%89%B4%EC%8A%A4",
                "xn--3e0b707e.example",
            ),
            ("http://[2001:db8::1]/a", "http://[2001:db8::1]/a", "[2001:db8::1]"),
        ];
        for (given, url, host) in cases {
            let made = link(given).unwrap();
            assert_eq!((made.url.as_str(), made.host.as_str()), (url, host), "{given}");
        }
    }

    #[test]
    fn an_address_stays_as_the_item_has_it() {
        for given in [
            "https://ec.europa.eu/commission/presscorner/detail/en/ip_26_2871",
            "https://a.example/~user/*x*/a|b?q={a}`b`^|\\&lt=1&amp=2#f|_~*",
            "https://a.example/a%20b%7Cc?x=%EA%B0%80",
        ] {
            assert_eq!(link(given).unwrap().url, given);
        }
        let made = link("https://a.example/x y<z>\"?q=<b> \"#f <").unwrap();
        assert_eq!(made.url, "https://a.example/x%20y%3Cz%3E%22?q=%3Cb%3E%20%22#f%20%3C");
    }

    #[test]
    fn only_web_addresses_become_links() {
        for other in
            ["javascript:alert(1)", "mailto:a@b.example", "data:text/html,x", "file:///etc"]
        {
            assert_eq!(link(other), None, "{other}");
        }
        assert_eq!(Link::new(None), None);
    }
}
