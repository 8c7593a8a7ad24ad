//! The two forms in which addresses are compared: the full one, and one stripped of what says where in
//! a list a reader stood.
//!
//! For comparing alone: a form need not answer when asked for. Knows nothing of the network. Used by
//! `face` for links and for guids that are addresses, and by whoever looks an item up by its link.

use std::borrow::Cow;

use url::Url;

use crate::lang::fold::{lower_case, starts_with_ignoring_case};

/// An address as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Host without `www.`, the path without its last slash and without a session, the meaningful
    /// parameters in order, and the fragment unless it leads to the top or the comments.
    pub full: String,
    /// The same without fragments, paging, periods and echoed search, as long as what is left names an item.
    pub stripped: String,
    /// Whether it names one item among many: its last segment or a value bears a digit or a slug of
    /// three words. `/news/` and `/press-release` do not.
    pub is_telling: bool,
    /// Whether its last segment or a value bears a digit.
    pub has_digit: bool,
}

impl Address {
    /// The forms of an address; the scheme, user, password and usual ports are not part of them.
    pub fn of(url: &Url) -> Self {
        let mut stripped = host(url);
        let path = without_session(url.path());
        let path = escapes_in_upper_case(&path);
        let path = path.trim_end_matches('/');
        stripped.push_str(path);
        let (mut kept, mut place, mut is_of_a_period) = (Vec::new(), Vec::new(), false);
        let query = escapes_in_upper_case(url.query().unwrap_or_default());
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match sort_of(&lower_case(name), value) {
                _ if name.is_empty() => {}
                Sort::Meaning => kept.push(pair),
                Sort::Place => place.push(pair),
                Sort::Period => {
                    is_of_a_period |= has_digit(value);
                    place.push(pair);
                }
                Sort::Noise => {}
            }
        }
        // Servers do not keep the order of parameters.
        kept.sort_unstable();
        let (route, part) = fragment(url);
        let mut last = vec![path.rsplit('/').next().unwrap_or_default()];
        last.extend(kept.iter().map(|pair| pair.split_once('=').map_or("", |(_, value)| value)));
        last.extend(route.into_iter().chain(part).map(|f| f.trim_end_matches('/')));
        let words: Vec<String> = last.into_iter().map(segment).collect();
        let has_digit = words.iter().any(|text| has_digit(text));
        let mut full = stripped.clone();
        push_query(&kept, &mut stripped);
        push_fragment(route, &mut stripped);
        kept.append(&mut place);
        kept.sort_unstable();
        push_query(&kept, &mut full);
        push_fragment(route.or(part), &mut full);
        let is_telling = has_digit || words.iter().any(|text| has_slug(text));
        // Where nothing else names the item, the period does: a report of each month.
        let is_a_report = is_of_a_period && !is_telling;
        let stripped = if is_a_report { full.clone() } else { stripped };
        let (is_telling, has_digit) = (is_telling || is_a_report, has_digit || is_a_report);
        Self { full, stripped, is_telling, has_digit }
    }
}

/// The host without the dot that ends it and without any `www.` that leaves a name with a dot, and the
/// port unless it is a usual one.
pub fn host(url: &Url) -> String {
    let mut bare = url.host_str().unwrap_or_default().trim_end_matches('.');
    while let Some(rest) = bare.strip_prefix("www.").filter(|rest| rest.contains('.')) {
        bare = rest;
    }
    match url.port().filter(|port| !matches!(port, 80 | 443)) {
        Some(port) => format!("{bare}:{port}"),
        None => bare.to_owned(),
    }
}

/// Whether a text bears an ASCII digit, or a slug of three words: what an id is made of.
pub(super) fn is_telling(text: &str) -> bool {
    has_digit(text) || has_slug(text)
}

/// Whether a text bears an ASCII digit.
pub(super) fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

fn has_slug(text: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).nth(2).is_some()
}

/// A path segment or value as it reads: decoded, without a file's extension (`view.do`, `index.html`).
fn segment(text: &str) -> String {
    let decoded = percent_decoded(text);
    let is_extension = |tail: &str| {
        (1..=5).contains(&tail.len()) && tail.bytes().all(|byte| byte.is_ascii_alphabetic())
    };
    match decoded.rsplit_once('.') {
        Some((name, tail)) if is_extension(tail) && !name.is_empty() => name.to_owned(),
        _ => decoded,
    }
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hex = (first == b'%').then(|| tail.get(..2)).flatten();
        let byte = hex
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(byte.unwrap_or(first));
        rest = if byte.is_some() { tail.get(2..).unwrap_or_default() } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The path without `;jsessionid=…` (Java servers) and the dots and slashes that it leaves behind.
fn without_session(path: &str) -> Cow<'_, str> {
    if !path.contains(';') {
        return Cow::Borrowed(path);
    }
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
    Cow::Owned(kept)
}

/// The fragment as a route of the page's own (`#/…`, `#!…`), or as a part of it. Those that lead to the
/// top or the comments name no part, and those with `=` are tracking (`#xtor=RSS-1`).
fn fragment(url: &Url) -> (Option<&str>, Option<&str>) {
    match url.fragment().filter(|fragment| !fragment.is_empty()) {
        Some(route) if route.starts_with(['/', '!']) => (Some(route), None),
        Some(part) if part.contains('=') => (None, None),
        Some(part) if matches!(&*lower_case(part), "top" | "comments" | "respond") => (None, None),
        part => (None, part),
    }
}

fn push_query(pairs: &[&str], text: &mut String) {
    let mut sign = '?';
    for pair in pairs {
        text.push(sign);
        text.push_str(pair);
        sign = '&';
    }
}

fn push_fragment(fragment: Option<&str>, text: &mut String) {
    if let Some(fragment) = fragment {
        text.push('#');
        text.push_str(fragment);
    }
}

/// `%ec` and `%EC` are one byte (RFC 3986, 6.2.2.1).
fn escapes_in_upper_case(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
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

/// What a query parameter says.
enum Sort {
    /// Which page it is.
    Meaning,
    /// Where in a list the reader stood: page, what was searched for.
    Place,
    /// From when to when the list went.
    Period,
    /// How the reader came: tracking, session.
    Noise,
}

fn sort_of(name: &str, value: &str) -> Sort {
    let names_feed = || matches!(&*lower_case(value), "rss" | "feed" | "atom");
    if NOISE_STARTS.iter().any(|start| name.starts_with(start))
        || is_noise(name)
        || is_referrer(name) && names_feed()
    {
        Sort::Noise
    } else if name.starts_with("srch") || is_place(name) {
        Sort::Place
    } else if is_period(name) {
        Sort::Period
    } else {
        Sort::Meaning
    }
}

/// Families of tracking parameters, by how their names start, in lower case.
const NOISE_STARTS: &[&str] =
    &["utm_", "mtm_", "hsa_", "pk_", "piwik_", "matomo_", "oly_", "vero_", "at_custom"];

/// Tracking and session parameters by name, in lower case.
#[rustfmt::skip]
fn is_noise(name: &str) -> bool {
    matches!(
        name,
        "fbclid" | "gclid" | "dclid" | "gbraid" | "wbraid" | "gclsrc" | "msclkid" | "yclid"
        | "twclid" | "ttclid" | "li_fat_id" | "mc_cid" | "mc_eid" | "igshid" | "igsh" | "_ga"
        | "_gl" | "_hsenc" | "_hsmi" | "__hstc" | "mkt_tok" | "ref_src" | "ref_url" | "cmpid"
        | "xtor" | "wt_mc" | "wt.mc_id" | "at_medium" | "at_campaign" | "at_format"
        | "ns_campaign" | "ns_mchannel" | "ns_source" | "ns_linkname" | "s_cid" | "trk"
        | "trkcampaign" | "sc_campaign" | "sc_channel" | "__twitter_impression" | "fb_action_ids"
        | "fb_source" | "guccounter" | "call_from" | "jsessionid" | "phpsessid" | "sessionid"
        | "session_id" | "asp.net_sessionid"
    )
}

/// Paging and echoed search by name, in lower case; the search names are those of the
/// eGovFrame boards that Korean ministries run.
#[rustfmt::skip]
fn is_place(name: &str) -> bool {
    matches!(
        name,
        "pageindex" | "pageno" | "pageunit" | "pagesize" | "curpage" | "currentpage"
        | "miv_pageno" | "miv_pagesize" | "searchkeyword" | "searchcondition" | "searchcnd"
        | "searchwrd" | "searchword" | "searchtxt" | "searchtext" | "searchopt" | "searchsortkey"
        | "searchtype" | "searchvalue" | "searchfield" | "searchkey" | "searchcategory"
        | "repcode" | "repcodetype"
    )
}

/// Periods by name, of the same boards.
#[rustfmt::skip]
fn is_period(name: &str) -> bool {
    matches!(
        name,
        "searchbgnde" | "searchendde" | "searchstartdate" | "searchenddate" | "startdate"
        | "enddate" | "period"
    )
}

/// Parameters that are noise only when they name the feed as the way here.
fn is_referrer(name: &str) -> bool {
    matches!(name, "ref" | "source" | "from" | "cmp" | "via" | "feature" | "medium")
}
