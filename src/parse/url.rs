//! Links: from what a publisher wrote to an absolute address.
//!
//! Never resolves a name, never asks the network whether a redirect exists, and says nothing of which
//! addresses are one page. Called by the parsers for every link of a document.

use memchr::memchr_iter;
use url::{Position, Url};

use crate::lang::fold::starts_with_ignoring_case;
use crate::parse::link;

/// A longer link is an attack or an accident; browsers and servers stop at about this length.
const LINK_BYTES_MAX: usize = 8 * 1024;

/// The absolute http or https address that `link` stands for, or none.
///
/// Relative links need `base` (the document's own address or `xml:base`). White space round the
/// link and inside it is mended as browsers do (WHATWG URL), `&amp;` left by one escape too many is
/// read as `&`, a slip in the scheme is mended ([`link::meant`]), and `http://host:443/`, which no
/// server answers, becomes https. Links of more than 8 KiB, other schemes (`javascript:`, `data:`,
/// `mailto:`), a bare `#` and words for nothing (`N/A`, `-`) give none.
pub fn absolute(link: &str, base: Option<&Url>) -> Option<Url> {
    if link.len() > LINK_BYTES_MAX {
        return None;
    }
    let link = link.trim_matches(|c: char| c.is_whitespace() || c.is_control() || is_filler(c));
    if link.is_empty() || link == "#" {
        return None;
    }
    let mended;
    let link = if has_escape(link) {
        // Some escape the separators of a query even three times.
        mended = link.replace("&amp;", "&").replace("&amp;", "&");
        mended.as_str()
    } else {
        link
    };
    let link = link::meant(link)?;
    let mut url = resolve(&link, base)?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return None;
    }
    if url.scheme() == "http" && url.port() == Some(443) {
        url.set_port(None).ok()?;
        url.set_scheme("https").ok()?;
    }
    // Joining and escaping can lengthen a link threefold.
    (url.as_str().len() <= 3 * LINK_BYTES_MAX).then_some(url)
}

fn resolve(link: &str, base: Option<&Url>) -> Option<Url> {
    if is_bare_host(link) {
        let scheme = base.map_or("https", Url::scheme);
        return Url::parse(&format!("{scheme}://{link}")).ok();
    }
    match (Url::parse(link), base) {
        (Ok(url), None) => Some(url),
        // `https:page.html` is relative for a base of the same scheme: `join` knows.
        (Ok(url), Some(_)) if has_authority(link) => Some(url),
        (Ok(_) | Err(url::ParseError::RelativeUrlWithoutBase), Some(base)) => base.join(link).ok(),
        (Err(url::ParseError::RelativeUrlWithoutBase), None) if link.starts_with("//") => {
            Url::parse(&format!("https:{link}")).ok()
        }
        (Err(_), _) => None,
    }
}

/// [`absolute`] for one of many links of a site: `near` is one that was read before. Where both begin
/// with the same scheme and host, these need not be read again.
pub fn absolute_near(link: &str, base: Option<&Url>, near: Option<&Url>) -> Option<Url> {
    let same_site = || {
        let near = near?;
        let path = link.strip_prefix(&near[..Position::BeforePath])?;
        // Two slashes or a slash and a backslash would begin a host, and white space is trimmed.
        let (first, rest) = path.split_at_checked(1)?;
        let plain = rest.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        (first == "/" && !rest.starts_with('/') && plain).then_some(())?;
        (link.len() <= LINK_BYTES_MAX && !has_escape(rest)).then_some(())?;
        near.join(path).ok()
    };
    same_site().or_else(|| absolute(link, base))
}

/// Whether there is an `&amp;`; links are too short for a search that has to be prepared.
fn has_escape(link: &str) -> bool {
    let bytes = link.as_bytes();
    memchr_iter(b'&', bytes).any(|at| bytes.get(at..at + 5) == Some(b"&amp;"))
}

/// Whether a link names its host, so that no base matters.
fn has_authority(link: &str) -> bool {
    link.split_once(':').is_some_and(|(_, rest)| rest.starts_with("//"))
}

/// `www.example.org/page`: a host that somebody forgot to give a scheme.
fn is_bare_host(link: &str) -> bool {
    if !starts_with_ignoring_case(link, "www.") {
        return false;
    }
    let host = link.split(['/', '?', '#']).next().unwrap_or_default();
    host.matches('.').count() >= 2 && !host.contains(':')
}

fn is_filler(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{3164}' | '\u{ad}' | '\u{2060}')
}
