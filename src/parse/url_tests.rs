//! Links as publishers write them.

use proptest::prelude::*;
use url::Url;

use crate::parse::url::{absolute, absolute_near};

fn url(text: &str) -> Url {
    Url::parse(text).expect("a valid address")
}

#[test]
fn links_become_absolute_or_none() {
    let base = url("https://press.example.kr/board/list.do?page=A1");
    let table = [
        ("view.do?id=7", Some("https://press.example.kr/board/view.do?id=7")),
        ("/news/7", Some("https://press.example.kr/news/7")),
        ("?id=7", Some("https://press.example.kr/board/list.do?id=7")),
        ("//www.example.eu/a", Some("https://www.example.eu/a")),
        ("www.example.eu/a", Some("https://www.example.eu/a")),
        ("  https://example.eu/a\n", Some("https://example.eu/a")),
        ("https://example.eu/a b?c=d e", Some("https://example.eu/a%20b?c=d%20e")),
        ("https://example.eu/a?b=1&amp;c=2", Some("https://example.eu/a?b=1&c=2")),
        ("http://www.example.kr:443/a", Some("https://www.example.kr/a")),
        ("https://한국.kr/보도", Some("https://xn--3e0b707e.kr/%EB%B3%B4%EB%8F%84")),
        ("HTTPS://EXAMPLE.EU/A", Some("https://example.eu/A")),
        ("\u{feff}https://example.eu/\u{200b}", Some("https://example.eu/")),
        ("javascript:fn_detail('7')", None),
        ("data:text/html,x", None),
        ("mailto:a@example.eu", None),
        ("tag:example.eu,2026:7", None),
        ("", None),
        ("#", None),
        ("http://", None),
        ("https://[bad/", None),
    ];
    for (link, wanted) in table {
        assert_eq!(absolute(link, Some(&base)).as_ref().map(Url::as_str), wanted, "{link}");
    }
}

#[test]
fn without_a_base_only_what_names_its_host_is_absolute() {
    assert_eq!(absolute("/a", None), None);
    assert_eq!(absolute("a.html", None), None);
    assert_eq!(absolute("//example.eu/a", None), Some(url("https://example.eu/a")));
    assert_eq!(absolute("www.example.eu", None), Some(url("https://www.example.eu/")));
}

#[test]
fn an_over_long_link_is_none() {
    assert_eq!(absolute(&format!("https://example.eu/{}", "a".repeat(100_000)), None), None);
    assert!(absolute(&format!("https://example.eu/{}", "a".repeat(8_000)), None).is_some());
}

proptest! {
    #[test]
    fn any_link_is_absolute_or_none(link in any::<String>(), base in prop::bool::ANY) {
        let here = url("https://example.eu/a/b");
        if let Some(url) = absolute(&link, base.then_some(&here)) {
            prop_assert!(matches!(url.scheme(), "http" | "https"));
        }
    }

    #[test]
    fn a_link_of_the_same_site_is_the_same_whatever_was_read_before(
        first in "https?://(a|www)\\.b(:80|:443|)", rest in "[/?#.\\\\ a%<é&;]{0,12}", base in prop::bool::ANY,
    ) {
        let base = base.then(|| url("https://c.d/e/"));
        if let Some(near) = absolute(&first, None) {
            let link = format!("{first}{rest}");
            let wanted = absolute(&link, base.as_ref());
            prop_assert_eq!(absolute_near(&link, base.as_ref(), Some(&near)), wanted);
        }
    }
}
