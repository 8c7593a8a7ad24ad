//! Links: from what a publisher wrote to an absolute address, and to the one form in which two
//! addresses of the same page are equal.
//!
//! Never resolves a name, never asks the network whether a redirect exists. Called by the parsers
//! for every link of a document, and by `identity` for the keys.

use url::Url;

/// A longer link is an attack or an accident; browsers and servers stop at about this length.
const LINK_BYTES_MAX: usize = 8 * 1024;

/// The absolute http or https address that `link` stands for, or none.
///
/// Relative links need `base` (the document's own address or `xml:base`). White space round the
/// link and inside it is mended as browsers do (WHATWG URL), `&amp;` left by one escape too many is
/// read as `&`, and `http://host:443/`, which no server answers, becomes https. Links of more than
/// 8 KiB, other schemes (`javascript:`, `data:`, `mailto:`) and a bare `#` give none.
pub fn absolute(link: &str, base: Option<&Url>) -> Option<Url> {
    if link.len() > LINK_BYTES_MAX {
        return None;
    }
    let link = link.trim_matches(|c: char| c.is_whitespace() || c.is_control() || is_filler(c));
    if link.is_empty() || link == "#" {
        return None;
    }
    let mended;
    let link = if link.contains("&amp;") {
        mended = link.replace("&amp;", "&");
        mended.as_str()
    } else {
        link
    };
    let mut url = resolve(link, base)?;
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
        (Ok(_) | Err(url::ParseError::RelativeUrlWithoutBase), Some(base)) => base.join(link).ok(),
        (Err(url::ParseError::RelativeUrlWithoutBase), None) if link.starts_with("//") => {
            Url::parse(&format!("https:{link}")).ok()
        }
        (Err(_), _) => None,
    }
}

/// `www.example.org/page`: a host that somebody forgot to give a scheme.
fn is_bare_host(link: &str) -> bool {
    let host = link.split(['/', '?', '#']).next().unwrap_or_default();
    host.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www."))
        && host.matches('.').count() >= 2
        && !host.contains(':')
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
        let mut bare = host.trim_end_matches('.');
        while let Some(rest) = bare.strip_prefix("www.").filter(|rest| rest.contains('.')) {
            bare = rest;
        }
        canonical.set_host(Some(bare)).ok();
    }
    if !url.fragment().is_some_and(|fragment| fragment.starts_with(['/', '!'])) {
        canonical.set_fragment(None);
    }
    canonical.set_path(&escapes_in_upper_case(&without_session(url.path())));
    let query = url.query().map(meaningful_query).filter(|query| !query.is_empty());
    canonical.set_query(query.as_deref());
    canonical
}

/// The path without `;jsessionid=…` (Java servers) and without slashes at its end.
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
    kept.truncate(kept.trim_end_matches('/').len());
    kept
}

fn meaningful_query(query: &str) -> String {
    let query = escapes_in_upper_case(query);
    let mut kept: Vec<&str> = query
        .split('&')
        .filter(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            !name.is_empty() && !is_noise(name, value)
        })
        .collect();
    kept.sort_unstable();
    kept.join("&")
}

/// `%ec` and `%EC` are one byte (RFC 3986, 6.2.2.1).
fn escapes_in_upper_case(text: &str) -> String {
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
    upper
}

fn starts_with_ignoring_case(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

/// Whether a query parameter says how a reader came to the page rather than which page it is.
fn is_noise(name: &str, value: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let value = value.to_ascii_lowercase();
    NOISE_STARTS.iter().any(|start| name.starts_with(start))
        || NOISE.contains(&name.as_str())
        || (REFERRERS.contains(&name.as_str()) && matches!(value.as_str(), "rss" | "feed" | "atom"))
}

/// Families of tracking parameters, by how their names start, in lower case.
const NOISE_STARTS: &[&str] =
    &["utm_", "mtm_", "hsa_", "pk_", "piwik_", "matomo_", "oly_", "vero_", "at_custom", "srch"];

/// Tracking, session and echoed search parameters by name, in lower case. The search names are
/// those of the eGovFrame boards that Korean ministries run.
#[rustfmt::skip]
const NOISE: &[&str] = &[
    "fbclid", "gclid", "dclid", "gbraid", "wbraid", "gclsrc", "msclkid", "yclid", "twclid", "ttclid",
    "li_fat_id", "mc_cid", "mc_eid", "igshid", "igsh", "_ga", "_gl", "_hsenc", "_hsmi", "__hstc",
    "mkt_tok", "ref_src", "ref_url", "cmpid", "xtor", "wt_mc", "wt.mc_id", "at_medium", "at_campaign",
    "at_format", "ns_campaign", "ns_mchannel", "ns_source", "ns_linkname", "s_cid", "trk", "trkcampaign",
    "sc_campaign", "sc_channel", "__twitter_impression", "fb_action_ids", "fb_source", "guccounter",
    "call_from", "jsessionid", "phpsessid", "sessionid",
    "pageindex", "pageno", "pageunit", "pagesize", "curpage", "currentpage", "miv_pageno",
    "miv_pagesize", "searchkeyword", "searchcondition", "searchcnd", "searchwrd", "searchword",
    "searchtxt", "searchtext", "searchopt", "searchsortkey", "searchtype", "searchvalue",
    "searchfield", "searchkey", "searchcategory", "searchbgnde", "searchendde", "searchstartdate",
    "searchenddate", "startdate", "enddate", "period", "repcode", "repcodetype",
];

/// Parameters that are noise only when they name the feed as the way here.
const REFERRERS: &[&str] = &["ref", "source", "from", "cmp", "via", "feature", "medium"];
