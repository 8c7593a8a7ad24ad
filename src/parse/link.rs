//! What publishers write where an address should stand: the address itself, one with a slip in its
//! scheme, or a word that says that there is none; and in which language what is behind it is.
//!
//! Looks at texts alone: never resolves, never decides whether a page exists. Called by `url` for each
//! link and by `complete` to choose among several.

use std::borrow::Cow;

/// What is written where there is no address, in lower case, without spaces, brackets and full stops.
#[rustfmt::skip]
const NO_LINK: &[&str] = &[
    "n/a", "n\\a", "n.a", "na", "none", "no", "null", "nil", "undefined", "nan", "false", "0", "empty",
    "unknown", "nolink", "tbd", "tba", "about:blank", "s/o", "néant", "aucun", "keine", "entfällt",
    "ninguno", "nessuno", "n.v.t", "nvt", "brak", "없음", "링크없음", "해당없음", "해당사항없음", "미정",
    "준비중", "무",
];

/// A longer text is no such word.
const NO_LINK_BYTES_MAX: usize = 64;

/// Endings of pages, with which `view.do` is told from a host.
#[rustfmt::skip]
const PAGES: &[&str] = &[
    "do", "html", "htm", "xhtml", "shtml", "php", "asp", "aspx", "jsp", "jspx", "cgi", "action", "nhn",
    "xml", "rss", "json", "pdf", "hwp", "hwpx", "txt",
];

/// The address that is meant by a text without white space round it; none where it says that there is
/// none (`N/A`, `-`, `없음`).
///
/// Of several schemes the last is meant: `http://https://news.example/7` comes of a form that puts
/// the scheme before whatever is typed. A scheme that lost a slash, its colon or a letter
/// (`https:/news.example/7`, `https//…`, `ttps://…`) is mended where a host follows; `https:page.html`
/// stays a page beside the base (WHATWG URL, special relative state).
pub fn meant(link: &str) -> Option<Cow<'_, str>> {
    let mut link = link;
    let mut scheme = Scheme::of(link);
    while let Some(inner) = scheme.as_ref().and_then(|outer| Scheme::of(outer.behind)) {
        // A host may be called `http`, with a port behind it.
        if inner.slashes == 0 {
            break;
        }
        link = scheme.map_or(link, |outer| outer.behind);
        scheme = Some(inner);
    }
    let Some(scheme) = scheme else {
        return (!says_none(link)).then_some(Cow::Borrowed(link));
    };
    // Hardly any host has no dot, and the words have none that counts.
    if !scheme.behind.contains('.') && says_none(scheme.behind.trim_end_matches('/')) {
        return None;
    }
    let is_plain = scheme.is_exact && scheme.colon && scheme.slashes >= 2;
    if is_plain || !scheme.names_host() {
        return Some(Cow::Borrowed(link));
    }
    let name = if scheme.secure { "https" } else { "http" };
    Some(Cow::Owned(format!("{name}://{}", scheme.behind)))
}

/// `http` or `https` at the start of a text, or what is left of it.
struct Scheme<'a> {
    secure: bool,
    /// Spelt as it should be.
    is_exact: bool,
    colon: bool,
    slashes: usize,
    /// What stands behind it and its slashes.
    behind: &'a str,
}

impl<'a> Scheme<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let length = text.bytes().take(8).take_while(u8::is_ascii_alphabetic).count();
        let (word, rest) = text.split_at_checked(length)?;
        let is = |name: &str| word.eq_ignore_ascii_case(name);
        let is_exact = is("http") || is("https");
        // A letter too few or too many of them.
        let has = |letter: char| word.contains([letter, letter.to_ascii_uppercase()]);
        let is_like =
            || (3..=7).contains(&length) && has('t') && has('p') && word.bytes().all(is_of_http);
        if !is_exact && !is_like() {
            return None;
        }
        let (colon, rest) = rest.strip_prefix(':').map_or((false, rest), |rest| (true, rest));
        let behind = rest.trim_start_matches(['/', '\\']);
        let slashes = rest.len() - behind.len();
        let counts = if is_exact { colon || slashes >= 2 } else { colon && slashes >= 2 };
        let secure = word.ends_with(['s', 'S']);
        counts.then_some(Self { secure, is_exact, colon, slashes, behind })
    }

    /// Whether a host follows, which may not be told from a path by its slashes.
    fn names_host(&self) -> bool {
        let host = self.behind.split(['/', '\\', '?', '#']).next().unwrap_or_default();
        let host = host.split_once(':').map_or(host, |(host, _)| host);
        let Some((rest, last)) = host.rsplit_once('.') else { return false };
        let is_label = |label: &str| {
            !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        };
        let is_page =
            !rest.contains('.') && PAGES.iter().any(|page| last.eq_ignore_ascii_case(page));
        let is_top = last.chars().count() >= 2
            && (last.chars().all(char::is_alphabetic) || last.starts_with("xn--"));
        is_top && !is_page && rest.split('.').all(is_label)
    }
}

fn is_of_http(letter: u8) -> bool {
    matches!(letter.to_ascii_lowercase(), b'h' | b't' | b'p' | b's')
}

/// Whether what stands in an address's place, or behind its scheme, says that there is none: signs
/// alone, a word for nothing, a sentence.
fn says_none(text: &str) -> bool {
    if text.is_empty() || text.len() > NO_LINK_BYTES_MAX {
        return false;
    }
    if !text.contains(char::is_alphanumeric) {
        // `/` and `..` are places.
        let is_place = text.starts_with('/')
            || [".", "..", "./", "../"].contains(&text)
            || text.starts_with("./")
            || text.starts_with("../");
        return !is_place;
    }
    let said = text.trim_matches(|c: char| {
        c.is_whitespace()
            || matches!(c, '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | '"' | '\'' | '#' | '.')
    });
    let word: String = said.split_whitespace().flat_map(str::chars).collect();
    NO_LINK.contains(&word.to_lowercase().as_str())
        // Words with spaces between them, and nothing that any address has.
        || said.contains(char::is_whitespace)
            && !said.contains(['/', '\\', '.', '?', '=', '&', '#', '%', ':'])
}

/// How well an address in language `tag` (its `hreflang`) serves who wants these languages, the most
/// wanted first; lower is better. One without a language is better than one in another.
pub fn preference(tag: &str, wanted: &[&str]) -> usize {
    let (tag, none) = (tag.trim(), 2 * wanted.len());
    if ["", "*", "x-default", "und", "mul"].iter().any(|any| tag.eq_ignore_ascii_case(any)) {
        return none;
    }
    let fits = |wanted: &str| {
        if same(tag, wanted) { Some(0) } else { same(primary(tag), primary(wanted)).then_some(1) }
    };
    let best = wanted.iter().enumerate().find_map(|(at, wanted)| Some(2 * at + fits(wanted)?));
    best.unwrap_or(none + 1)
}

fn same(one: &str, other: &str) -> bool {
    one.len() == other.len()
        && one.bytes().zip(other.bytes()).all(|pair| match pair {
            (b'-' | b'_', b'-' | b'_') => true,
            (a, b) => a.eq_ignore_ascii_case(&b),
        })
}

/// The language itself of a tag of BCP 47, under the one name of it that has two letters. Korea's
/// country code is often written for its language.
fn primary(tag: &str) -> &str {
    let language = tag.trim().split(['-', '_']).next().unwrap_or_default();
    let is = |name: &str| language.eq_ignore_ascii_case(name);
    match language {
        _ if is("kr") || is("kor") => "ko",
        _ if is("eng") => "en",
        _ if is("fra") || is("fre") => "fr",
        _ if is("deu") || is("ger") => "de",
        _ => language,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_in_a_scheme_is_mended_where_a_host_follows() {
        let own = "https://news.example/7";
        let table = [
            ("http://https://news.example/7", own),
            ("https://https://news.example/7", own),
            ("https://http://news.example/7", "http://news.example/7"),
            ("http://http://https://news.example/7", own),
            ("http:https://news.example/7", own),
            ("http//https://news.example/7", own),
            ("http://https//news.example/7", own),
            ("http://https:/news.example/7", own),
            ("HTTP://HTTPS://news.example/7", "HTTPS://news.example/7"),
            ("https:/news.example/7", own),
            ("https:news.example/7", own),
            ("https//news.example/7", own),
            ("ttps://news.example/7", own),
            ("htpps://news.example/7", own),
            ("htp://news.example/7", "http://news.example/7"),
            ("https:/news.example:8443/7", "https://news.example:8443/7"),
            ("https:/한국.한국/7", "https://한국.한국/7"),
            ("http:/www.example.do/7", "http://www.example.do/7"),
        ];
        for (link, wanted) in table {
            assert_eq!(meant(link).as_deref(), Some(wanted), "{link}");
        }
    }

    #[test]
    fn what_is_an_address_stays_as_it_is() {
        for link in [
            "https://news.example/7",
            "https:///news.example/7",
            "http://https/7",
            "http://http:8080/7",
            "https:page.html",
            "https:/board/view.do?seq=7",
            "https:/view.do?seq=7",
            "https:?seq=7",
            "/http://https://x",
            "https://web.example/2026/https://news.example/7",
            "https://news.example/go?to=https://other.example/",
            "http-7",
            "httpd.html",
            "httpd/7",
            "https",
            "path/7",
            "view.do?seq=7",
            "/",
            ".",
            "..",
            "./",
            "?id=7",
            "#v1.2",
            "7",
            "none.html",
            "/none",
            "nonesuch",
            "press release.pdf",
            "보도자료.do",
            "sftp://news.example/7",
        ] {
            assert_eq!(meant(link).as_deref(), Some(link), "{link}");
        }
    }

    #[test]
    fn words_and_signs_for_nothing_are_no_link() {
        for link in [
            "N/A",
            "n/a",
            "n.a.",
            "NA",
            "-",
            "--",
            "—",
            "–",
            "...",
            "…",
            "_",
            "*",
            "?",
            "#",
            "##",
            "#none",
            "none",
            "None",
            "(none)",
            "[없음]",
            "NULL",
            "null",
            "undefined",
            "nil",
            "없음",
            "해당 없음",
            "해당없음",
            "해당사항 없음",
            "TBD",
            "not available",
            "no link yet",
            "링크 없음",
            "http://N/A",
            "https://-",
            "https://none/",
            "http://null",
            "about:blank",
            "\"\"",
            "0",
        ] {
            assert_eq!(meant(link), None, "{link}");
        }
    }

    #[test]
    fn a_language_is_preferred_by_who_wants_it_then_none_then_any() {
        let order = |tags: &[&str], wanted: &[&str]| {
            let mut sorted: Vec<_> = tags.iter().map(|tag| (*tag).to_owned()).collect();
            sorted.sort_by_key(|tag| preference(tag, wanted));
            sorted.join(" ")
        };
        assert_eq!(order(&["en", "x-default", "ko-KR", "ko"], &["ko"]), "ko ko-KR x-default en");
        assert_eq!(order(&["fr", "ko", "en_GB", ""], &["en", "ko"]), "en_GB ko  fr");
        assert_eq!(order(&["en", "kr"], &["ko-KR"]), "kr en");
        assert_eq!(order(&["en", "ko", ""], &[]), " en ko");
        assert_eq!(order(&["KO"], &["ko"]), "KO");
    }
}
