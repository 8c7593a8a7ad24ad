//! What a page that is no feed points to: its feeds, or the page that it sends readers on to.
//!
//! Reads the page's beginning as a tree and judges addresses by how they are written; must never
//! fetch one. Called by `sniff` when it refuses a page, for the message, and told to `cli` by it.

use std::fmt;

use url::Url;

use crate::parse::dom;

/// Bytes in which pointers are looked for: the head of a page, and what a busy one puts before it.
const WITHIN: usize = 256 * 1024;

/// Deeper than any page nests; deeper trees take quadratic time.
const DEPTH_MAX: usize = 512;

/// Addresses of a kind that are kept: a page offers a feed in two formats and two languages.
const COUNT_MAX: usize = 4;

/// An address beyond this is told to nobody (bytes; what browsers take is about as much).
const URL_BYTES_MAX: usize = 2_000;

/// Addresses that a page names, absolute and without user and password.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pointers {
    /// Feeds that it declares, in its order; those of comments last.
    pub feeds: Vec<Url>,
    /// Where it sends readers on to by itself.
    pub onward: Option<Url>,
    /// Where it declares none: links that look like feeds.
    pub perhaps: Vec<Url>,
}

impl Pointers {
    /// The address that is most likely a feed, or leads to one.
    pub fn first(&self) -> Option<&Url> {
        self.feeds.first().or(self.onward.as_ref()).or(self.perhaps.first())
    }
}

impl fmt::Display for Pointers {
    /// Half a sentence after the refusal of a page; nothing if it points nowhere.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |urls: &[Url]| urls.iter().map(Url::as_str).collect::<Vec<_>>().join(", ");
        match (&self.feeds[..], &self.onward, &self.perhaps[..]) {
            ([], Some(onward), _) => write!(f, "; the page sends readers on to {onward}"),
            ([], None, []) => Ok(()),
            ([], None, perhaps) => {
                write!(f, "; the page links to what may be a feed: {}", list(perhaps))
            }
            ([one], ..) => write!(f, "; the page points to the feed {one}"),
            (feeds, ..) => write!(f, "; the page points to the feeds {}", list(feeds)),
        }
    }
}

/// What the beginning of `page`, which came from `url`, points to. Without `url` only absolute
/// addresses are known.
pub fn read(page: &str, url: Option<&Url>) -> Pointers {
    let head = page.get(..page.floor_char_boundary(WITHIN)).unwrap_or_default();
    let Some(tree) = dom::parse(head, DEPTH_MAX) else { return Pointers::default() };
    let (mut found, mut comments) = (Pointers::default(), Vec::new());
    let mut base = url.cloned();
    let mut based = false;
    for node in tree.tree.nodes() {
        let Some(element) = node.value().as_element() else { continue };
        let is = |name: &str, wanted: &str| {
            element.attr(name).is_some_and(|value| value.trim().eq_ignore_ascii_case(wanted))
        };
        let leads = |to: &str| absolute(to, base.as_ref(), url);
        match element.name() {
            // The first counts, and is itself relative to the page (HTML, section 4.2.3).
            "base" if !based => {
                let to = element.attr("href").and_then(|to| join(to, url));
                based = to.is_some();
                base = to.or(base);
            }
            "link" if offers_a_feed(|name| element.attr(name)) => {
                let to = element.attr("href").and_then(leads);
                let title = element.attr("title").unwrap_or_default().to_lowercase();
                let list = match &to {
                    Some(to) if is_of_comments(to, &title) => &mut comments,
                    _ => &mut found.feeds,
                };
                keep(list, to);
            }
            "meta" if is("http-equiv", "refresh") => {
                let to = element.attr("content").and_then(refresh).and_then(leads);
                found.onward = found.onward.take().or(to);
            }
            "a" => {
                let to = element.attr("href").and_then(leads);
                keep(&mut found.perhaps, to.filter(looks_like_a_feed));
            }
            _ => {}
        }
    }
    for to in comments {
        keep(&mut found.feeds, Some(to));
    }
    if !found.feeds.is_empty() {
        found.perhaps.clear();
    }
    found
}

fn keep(list: &mut Vec<Url>, to: Option<Url>) {
    if let Some(to) = to.filter(|to| list.len() < COUNT_MAX && !list.contains(to)) {
        list.push(to);
    }
}

/// Whether a `link` is a feed's: `rel` is a set of words (HTML, section 4.6.7.1), and the type says
/// what the alternative is.
fn offers_a_feed<'a>(attribute: impl Fn(&str) -> Option<&'a str>) -> bool {
    let lower = |name| attribute(name).unwrap_or_default().trim().to_ascii_lowercase();
    let (rel, kind) = (lower("rel"), lower("type"));
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let alternate = rel.split_ascii_whitespace().any(|word| word == "alternate");
    let feed = rel.split_ascii_whitespace().any(|word| word == "feed");
    match kind {
        "application/rss+xml"
        | "application/atom+xml"
        | "application/rdf+xml"
        | "application/feed+json"
        | "application/x-rss+xml"
        | "application/x-atom+xml" => alternate || feed,
        // Types that other things have as well: an API, a map of the site.
        "application/xml" | "text/xml" | "application/json" => {
            (alternate || feed)
                && ["href", "title"].map(lower).iter().any(|text| names_a_feed(text))
        }
        "" => feed,
        _ => false,
    }
}

/// Whether one of the words in `text` is a feed's.
fn names_a_feed(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| ["rss", "rss2", "atom", "feed", "feeds", "rdf"].contains(&word))
}

/// The last part of the path bears a feed's name (`rss.xml`, `board_rss.do`, `/feed/`).
fn looks_like_a_feed(to: &Url) -> bool {
    let last = to.path_segments().and_then(|mut parts| parts.rfind(|part| !part.is_empty()));
    last.is_some_and(|last| names_a_feed(&last.to_ascii_lowercase()))
}

fn is_of_comments(to: &Url, title: &str) -> bool {
    to.path().contains("/comments/") || ["comment", "댓글"].iter().any(|word| title.contains(word))
}

/// The address in `0; url=…`, as HTML reads it (section 4.2.5.3): quotes are optional, so is `url=`.
fn refresh(content: &str) -> Option<&str> {
    let (_, to) = content.split_once([';', ','])?;
    let to = to.trim();
    let named = to.get(..3).is_some_and(|name| name.eq_ignore_ascii_case("url"));
    let value = to.get(3..).and_then(|rest| rest.trim_start().strip_prefix('='));
    let to = if named { value.unwrap_or(to).trim() } else { to };
    let quote = to.chars().next().filter(|c| matches!(c, '"' | '\''));
    let to = match quote {
        Some(quote) => to.trim_start_matches(quote).split(quote).next().unwrap_or_default(),
        None => to,
    };
    (!to.is_empty()).then_some(to)
}

fn join(to: &str, base: Option<&Url>) -> Option<Url> {
    let to = to.trim();
    match base {
        Some(base) => base.join(to).ok(),
        None => Url::parse(to).ok(),
    }
}

/// Where `to` leads; none for what is not the web's, and for the page itself.
fn absolute(to: &str, base: Option<&Url>, page: Option<&Url>) -> Option<Url> {
    let mut to = join(to, base)?;
    to.set_fragment(None);
    if !matches!(to.scheme(), "http" | "https") || to.as_str().len() > URL_BYTES_MAX {
        return None;
    }
    to.set_username("").ok()?;
    to.set_password(None).ok()?;
    let itself = page.is_some_and(|page| {
        let mut page = page.clone();
        page.set_fragment(None);
        page == to
    });
    (!itself).then_some(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(page: &str) -> String {
        let url = Url::parse("https://ministry.example/ko/news?seq=1#top").unwrap();
        read(page, Some(&url)).to_string()
    }

    fn feed(url: &str) -> String {
        format!("; the page points to the feed {url}")
    }

    #[test]
    fn a_page_names_its_feed_however_it_writes_it() {
        for (link, url) in [
            (
                "<link rel=alternate type=application/rss+xml href=/rss.xml>",
                "https://ministry.example/rss.xml",
            ),
            (
                "<LINK REL='Alternate home' TYPE='Application/Atom+XML; charset=utf-8' HREF='a&amp;b?x=1&amp;y=2'/>",
                "https://ministry.example/ko/a&b?x=1&y=2",
            ),
            (
                "<link type=\"application/feed+json\" href=\"//cdn.example/f.json\" rel=\"alternate\">",
                "https://cdn.example/f.json",
            ),
            ("<link rel=feed href=news>", "https://ministry.example/ko/news"),
            (
                "<link rel=alternate type=text/xml title=RSS href=?x=2>",
                "https://ministry.example/ko/news?x=2",
            ),
            (
                "<base href=/en/><link rel=alternate type=application/rss+xml href=보도.xml>",
                "https://ministry.example/en/%EB%B3%B4%EB%8F%84.xml",
            ),
            (
                "<link rel=alternate type=application/rss+xml href='http://u:p@f.example/'>",
                "http://f.example/",
            ),
        ] {
            let page = format!("<!DOCTYPE html><html><head><title>홈</title>{link}</head></html>");
            assert_eq!(points(&page), feed(url), "{link}");
        }
    }

    #[test]
    fn what_is_no_feed_is_not_named() {
        for link in [
            "<link rel=stylesheet type=application/rss+xml href=/rss.xml>",
            "<link rel=alternate hreflang=en href=/en/>",
            "<link rel=alternate type=text/html href=/rss>",
            "<link rel=alternate type=application/json href=/wp-json/wp/v2/pages/2>",
            "<link rel=alternate type=application/json+oembed href=/oembed>",
            "<link rel=alternate type=application/rss+xml href='javascript:rss()'>",
            "<link rel=alternate type=application/rss+xml>",
            "<link rel=alternate type=application/rss+xml href='?seq=1#again'>",
            "<!-- <link rel=alternate type=application/rss+xml href=/rss.xml> -->",
            "<script>'<link rel=alternate type=application/rss+xml href=/rss.xml>'</script>",
            "<meta http-equiv=refresh content=30>",
            "<meta http-equiv=refresh content='5; url=?seq=1'>",
            "<meta http-equiv=refresh content='0; url=ftp://x.example/'>",
            "<a href=/newsfeedback>Say</a><a href=/rsso/list>a</a><a href=/rss/help.html>?</a>",
        ] {
            assert_eq!(points(link), "", "{link}");
        }
    }

    #[test]
    fn a_page_that_sends_readers_on_says_where_to() {
        for content in
            ["0; url=/new/", "0;URL='/new/'", "3 , url = \"/new/\" ", "0;/new/", "0; url=/new/#x"]
        {
            let page =
                format!("<meta http-equiv=Refresh content=\"{}\">", content.replace('"', "&quot;"));
            let wanted = "; the page sends readers on to https://ministry.example/new/";
            assert_eq!(points(&page), wanted, "{content}");
        }
    }

    #[test]
    fn several_feeds_are_named_in_order_and_comments_last() {
        let link = |href: &str, title: &str| {
            format!("<link rel=alternate type=application/rss+xml title='{title}' href='{href}'>")
        };
        let page =
            [link("/comments/feed/", "Replies"), link("/c", "새 댓글"), link("/feed/", "Posts")];
        assert_eq!(
            points(&page.concat()),
            "; the page points to the feeds https://ministry.example/feed/, \
             https://ministry.example/comments/feed/, https://ministry.example/c"
        );
        let many: String = (0..100).map(|n| link(&format!("/{n}"), "")).collect();
        let url = Url::parse("https://a.example/").unwrap();
        assert_eq!(read(&many, Some(&url)).feeds.len(), COUNT_MAX);
        assert_eq!(read(&many, None), Pointers::default(), "from a file nothing is known");
        let long = link(&format!("/{}", "x".repeat(3_000)), "");
        assert_eq!(points(&long), "");
    }

    #[test]
    fn where_none_is_declared_a_link_that_looks_like_one_is_a_guess() {
        let page = "<a href=/board/board_rss.do?rss_id=NEWS>RSS</a><a href=/about>About</a>";
        let guess = "; the page links to what may be a feed: \
                     https://ministry.example/board/board_rss.do?rss_id=NEWS";
        assert_eq!(points(page), guess);
        let declared = format!("<link rel=feed href=/f.xml>{page}");
        assert_eq!(points(&declared), feed("https://ministry.example/f.xml"));
    }

    #[test]
    fn a_monstrous_page_points_nowhere_and_takes_no_time() {
        assert_eq!(points(&"<div>".repeat(100_000)), "");
        assert_eq!(points(&"<link rel=".repeat(50_000)), "");
    }
}
