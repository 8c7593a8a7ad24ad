//! Links: from what a publisher wrote to an absolute address, and to the one form in which two
//! addresses of the same page are equal.
//!
//! Never resolves a name, never asks the network whether a redirect exists. Called by the parsers
//! for every link of a document, and by `identity` for the keys.

use std::borrow::Cow;
use std::fmt::Write as _;

use memchr::memchr_iter;
use url::{Position, Url};

use crate::parse::{link, lower_case};

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

/// The form of an address in which two addresses of one page are equal. For comparison alone: it
/// need not answer when asked for.
///
/// https for http, no `www.`, no user and password, no default port, no fragment (except the routes
/// `#/…` and `#!…`), no slash at the end, no `;jsessionid`, no tracking and no echoed search
/// parameters; the other parameters sorted, since servers do not keep their order.
pub fn canonical(url: &Url) -> Url {
    let mut canonical = url.clone();
    let same_port = url.port().filter(|port| !matches!(port, 80 | 443));
    // The setters refuse only addresses without a host, which `absolute` never gives out; what
    // they refuse stays as it was.
    canonical.set_scheme("https").ok();
    canonical.set_port(same_port).ok();
    canonical.set_username("").ok();
    canonical.set_password(None).ok();
    if let Some(host) = url.host_str() {
        canonical.set_host(Some(bare_host(host))).ok();
    }
    if !url.fragment().is_some_and(|fragment| fragment.starts_with(['/', '!'])) {
        canonical.set_fragment(None);
    }
    canonical.set_path(&escapes_in_upper_case(&without_session(url.path())));
    // Setting it resolves dots, which a session may have kept apart from their slash.
    let path = canonical.path().trim_end_matches('/').to_owned();
    canonical.set_path(&path);
    let mut query = String::new();
    push_meaningful(url.query().unwrap_or_default(), &mut query);
    canonical.set_query(query.strip_prefix('?'));
    canonical
}

/// The text of [`canonical`], put together where that takes no more parsing: nearly always.
pub fn canonical_text(url: &Url) -> String {
    put_together(url).unwrap_or_else(|| canonical(url).into())
}

fn put_together(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    // An address in brackets, an empty label, a session: the setters know the rules for those.
    let plain = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-')
    };
    let regular = matches!(url.scheme(), "http" | "https")
        && host.bytes().all(plain)
        && !host.starts_with('.')
        && !host.ends_with('.')
        && !host.contains("..")
        && !url.path().contains(';');
    if !regular {
        return None;
    }
    let mut text = String::with_capacity(url.as_str().len() + 1);
    text.push_str("https://");
    text.push_str(bare_host(host));
    if let Some(port) = url.port().filter(|port| !matches!(port, 80 | 443)) {
        write!(text, ":{port}").ok()?;
    }
    let path = escapes_in_upper_case(url.path());
    let path = path.trim_end_matches('/');
    text.push_str(if path.is_empty() { "/" } else { path });
    if let Some(query) = url.query() {
        push_meaningful(query, &mut text);
    }
    if let Some(fragment) = url.fragment().filter(|fragment| fragment.starts_with(['/', '!'])) {
        text.push('#');
        text.push_str(fragment);
    }
    Some(text)
}

/// A host without the dot that ends it and without any `www.` that leaves a name with a dot.
fn bare_host(host: &str) -> &str {
    let mut bare = host.trim_end_matches('.');
    while let Some(rest) = bare.strip_prefix("www.").filter(|rest| rest.contains('.')) {
        bare = rest;
    }
    bare
}

/// The path without `;jsessionid=…` (Java servers).
fn without_session(path: &str) -> String {
    let mut kept = String::with_capacity(path.len());
    for (number, segment) in path.split('/').enumerate() {
        if number > 0 {
            kept.push('/');
        }
        match segment.split_once(';') {
            Some((name, rest)) if starts_with_ignoring_case(rest, "jsessionid=") => {
                kept.push_str(name);
            }
            _ => kept.push_str(segment),
        }
    }
    kept
}

/// Adds what tells one page from another in a query, with its `?`; nothing where nothing does.
fn push_meaningful(query: &str, text: &mut String) {
    let query = escapes_in_upper_case(query);
    let mut kept: Vec<&str> = query
        .split('&')
        .filter(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            !name.is_empty() && !is_noise(name, value)
        })
        .collect();
    kept.sort_unstable();
    let mut sign = '?';
    for pair in kept {
        text.push(sign);
        text.push_str(pair);
        sign = '&';
    }
}

/// `%ec` and `%EC` are one byte (RFC 3986, 6.2.2.1).
fn escapes_in_upper_case(text: &str) -> Cow<'_, str> {
    if memchr::memchr(b'%', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut parts = text.split('%');
    let mut upper = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        upper.push('%');
        match part.get(..2).filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit())) {
            Some(hex) => {
                upper.push_str(&hex.to_ascii_uppercase());
                upper.push_str(part.get(2..).unwrap_or_default());
            }
            None => upper.push_str(part),
        }
    }
    Cow::Owned(upper)
}

fn starts_with_ignoring_case(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

/// Whether a query parameter says how a reader came to the page rather than which page it is.
fn is_noise(name: &str, value: &str) -> bool {
    let name = lower_case(name);
    NOISE_STARTS.iter().any(|start| name.starts_with(start))
        || is_noise_name(&name)
        || is_referrer(&name) && matches!(&*lower_case(value), "rss" | "feed" | "atom")
}

/// Families of tracking parameters, by how their names start, in lower case.
const NOISE_STARTS: &[&str] =
    &["utm_", "mtm_", "hsa_", "pk_", "piwik_", "matomo_", "oly_", "vero_", "at_custom", "srch"];

/// Tracking, session and echoed search parameters by name, in lower case. The search names are
/// those of the eGovFrame boards that Korean ministries run.
#[rustfmt::skip]
fn is_noise_name(name: &str) -> bool {
    matches!(
        name,
        "fbclid" | "gclid" | "dclid" | "gbraid" | "wbraid" | "gclsrc" | "msclkid" | "yclid"
        | "twclid" | "ttclid" | "li_fat_id" | "mc_cid" | "mc_eid" | "igshid" | "igsh" | "_ga"
        | "_gl" | "_hsenc" | "_hsmi" | "__hstc" | "mkt_tok" | "ref_src" | "ref_url" | "cmpid"
        | "xtor" | "wt_mc" | "wt.mc_id" | "at_medium" | "at_campaign" | "at_format"
        | "ns_campaign" | "ns_mchannel" | "ns_source" | "ns_linkname" | "s_cid" | "trk"
        | "trkcampaign" | "sc_campaign" | "sc_channel" | "__twitter_impression" | "fb_action_ids"
        | "fb_source" | "guccounter" | "call_from" | "jsessionid" | "phpsessid" | "sessionid"
        | "pageindex" | "pageno" | "pageunit" | "pagesize" | "curpage" | "currentpage"
        | "miv_pageno" | "miv_pagesize" | "searchkeyword" | "searchcondition" | "searchcnd"
        | "searchwrd" | "searchword" | "searchtxt" | "searchtext" | "searchopt" | "searchsortkey"
        | "searchtype" | "searchvalue" | "searchfield" | "searchkey" | "searchcategory"
        | "searchbgnde" | "searchendde" | "searchstartdate" | "searchenddate" | "startdate"
        | "enddate" | "period" | "repcode" | "repcodetype"
    )
}

/// Parameters that are noise only when they name the feed as the way here.
fn is_referrer(name: &str) -> bool {
    matches!(name, "ref" | "source" | "from" | "cmp" | "via" | "feature" | "medium")
}
