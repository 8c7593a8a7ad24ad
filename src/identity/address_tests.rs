//! Addresses that are one for the rules, and those that are two.

use url::Url;

use crate::identity::address::{Address, host};

fn of(text: &str) -> Address {
    Address::of(&Url::parse(text).expect("a valid address"))
}

/// Both forms of two addresses: whether the full ones are equal, and the stripped ones.
fn equal(one: &str, other: &str) -> (bool, bool) {
    let (one, other) = (of(one), of(other));
    (one.full == other.full, one.stripped == other.stripped)
}

#[test]
fn what_says_how_a_reader_came_is_in_neither_form() {
    let page = "https://example.kr/view.do?bbsId=3&nttId=7";
    for address in [
        "http://www.example.kr/view.do?bbsId=3&nttId=7",
        "https://example.kr:443/view.do?nttId=7&bbsId=3",
        "http://example.kr:80/view.do?nttId=7&bbsId=3",
        "https://example.kr/view.do;jsessionid=A1B2.node?bbsId=3&nttId=7",
        "https://example.kr/view.do;JSESSIONID=A1B2?bbsId=3&nttId=7",
        "https://example.kr/view.do?bbsId=3&nttId=7&jsessionid=9&PHPSESSID=8",
        "https://example.kr/view.do/?bbsId=3&nttId=7#top",
        "https://example.kr/view.do?bbsId=3&nttId=7#comments",
        "https://example.kr/view.do?bbsId=3&nttId=7#Respond",
        "https://example.kr/view.do?bbsId=3&nttId=7#xtor=RSS-1",
        "https://example.kr/view.do?bbsId=3&nttId=7#",
        "https://example.kr/view.do?bbsId=3&utm_source=rss&nttId=7&fbclid=x",
        "https://example.kr/view.do?bbsId=3&nttId=7&UTM_Campaign=x&at_custom1=y",
        "https://example.kr/view.do?bbsId=3&nttId=7&ref=rss&source=Feed&call_from=rsslink",
        "https://user:secret@example.kr./view.do?bbsId=3&nttId=7&",
        "https://www.www.example.kr/view.do?bbsId=3&&nttId=7",
    ] {
        assert_eq!(equal(page, address), (true, true), "{address}");
    }
}

#[test]
fn what_says_where_in_a_list_a_reader_stood_is_in_the_full_form_alone() {
    let page = "https://example.kr/view.do?bbsId=3&nttId=7";
    for address in [
        "https://example.kr/view.do?bbsId=3&nttId=7&pageIndex=4",
        "https://example.kr/view.do?pageNo=4&bbsId=3&nttId=7",
        "https://example.kr/view.do?bbsId=3&nttId=7&srchWord=%ED%95%9C&searchKeyword=eu",
        "https://example.kr/view.do?bbsId=3&nttId=7&period=2026-10",
        "https://example.kr/view.do?bbsId=3&nttId=7&startDate=20261001&endDate=20261101",
        "https://example.kr/view.do?bbsId=3&nttId=7#agenda",
    ] {
        assert_eq!(equal(page, address), (false, true), "{address}");
    }
    let periods =
        ["https://example.kr/stat?period=2026-10", "https://example.kr/stat?period=2026-11"];
    assert_eq!(equal(periods[0], periods[1]), (false, false), "a report of each month");
}

#[test]
fn other_pages_are_two_in_both_forms() {
    let table = [
        "https://example.kr/view.do?bbsId=3&nttId=7",
        "https://example.kr/view.do?bbsId=3&nttId=8",
        "https://example.kr/view.do?bbsId=3",
        "https://example.kr/View.do?bbsId=3&nttId=7",
        "https://example.kr/user.do?boardId=1113&page=A05030000",
        "https://example.kr:8443/view.do?bbsId=3&nttId=7",
        "https://m.example.kr/view.do?bbsId=3&nttId=7",
        "https://example.kr/#/news/7",
        "https://example.kr/#/news/8",
        "https://example.kr/#!news/8",
        "https://example.kr/?source=kbs",
        "https://example.kr/?source=mbc",
        "https://example.kr/%EB%B3%B4%EB%8F%84",
        "https://example.kr/%EB%B3%B4%EB%8F%85",
        "https://example.kr/a;version=2",
        "https://[2001:db8::1]/a",
        "https://[2001:db8::2]/a",
        "https://192.0.2.1/a",
    ];
    for form in [|address: Address| address.full, |address: Address| address.stripped] {
        let mut forms: Vec<String> = table.iter().map(|text| form(of(text))).collect();
        forms.sort();
        forms.dedup();
        assert_eq!(forms.len(), table.len());
    }
}

#[test]
fn escapes_are_one_in_either_case_and_hangul_however_it_is_written() {
    let page = "https://example.kr/%EB%B3%B4%EB%8F%84?q=%ED%95%9C";
    for address in [
        "https://example.kr/%eb%b3%b4%eb%8f%84?q=%ed%95%9c",
        "https://example.kr/보도?q=한",
        "https://example.kr/%Eb%B3%b4%eB%8F%84/?q=%ED%95%9C",
    ] {
        assert_eq!(equal(page, address), (true, true), "{address}");
    }
    assert_eq!(of("https://한국.kr/보도").full, "xn--3e0b707e.kr/%EB%B3%B4%EB%8F%84");
    assert_eq!(of("https://example.kr/100%/a%zz").full, "example.kr/100%/a%zz");
}

#[test]
fn a_host_loses_every_www_and_dot_that_is_too_much_and_keeps_a_port_of_its_own() {
    for (address, wanted) in [
        ("https://example.eu../a", "example.eu"),
        ("https://www.www.example.eu./a", "example.eu"),
        ("https://www.eu/a", "www.eu"),
        ("https://www/a", "www"),
        ("https://wwww.example.eu/a", "wwww.example.eu"),
        ("http://example.eu:443/a", "example.eu"),
        ("https://example.eu:8443/a", "example.eu:8443"),
        ("https://[2001:DB8::1]:8443/a", "[2001:db8::1]:8443"),
    ] {
        let url = Url::parse(address).unwrap();
        assert_eq!(host(&url), wanted, "{address}");
    }
}

#[test]
fn a_session_leaves_nothing_but_the_page() {
    for path in ["a;jsessionid=9", "a;jsessionid=9/", "a/;jsessionid=9", "a;JSessionID=9#top"] {
        assert_eq!(of(&format!("https://example.eu/{path}")).full, "example.eu/a", "{path}");
    }
    assert_eq!(of("https://example.eu/a;v=2/b").full, "example.eu/a;v=2/b", "no session");
}

#[test]
fn a_number_or_a_slug_of_three_words_tells_one_item_from_others() {
    // Whether it tells, and whether it bears a digit.
    for (address, wanted) in [
        ("https://example.eu/news/", (false, false)),
        ("https://example.eu/", (false, false)),
        ("https://example.eu/press-release", (false, false)),
        ("https://example.eu/2026/news", (false, false)),
        ("https://example.eu/2026/", (true, true)),
        ("https://example.eu/news/ip_26_2871", (true, true)),
        ("https://example.eu/council-meets-korea", (true, false)),
        ("https://example.eu/council_meets_korea.html", (true, false)),
        ("https://example.eu/press-release.html", (false, false)),
        ("https://example.eu/list.do", (false, false)),
        ("https://example.eu/list.do?seq=7", (true, true)),
        ("https://example.eu/list.do?kind=press", (false, false)),
        ("https://example.eu/list.do?pageIndex=7", (false, false)),
        ("https://example.eu/list.do?utm_id=7", (false, false)),
        ("https://example.eu/news.mp3", (true, true)),
        ("https://example.eu/%ED%95%9C", (false, false)),
        ("https://example.eu/한국-유럽-협의회", (true, false)),
        ("https://example.eu/한국-유럽", (false, false)),
        ("https://example.eu/#/news/7", (true, true)),
        ("https://example.eu/news#7", (true, true)),
        ("https://example.eu/news#top", (false, false)),
        ("https://example.eu/news;jsessionid=A7B", (false, false)),
        ("https://news4.example.eu/", (false, false)),
    ] {
        let form = of(address);
        assert_eq!((form.is_telling, form.has_digit), wanted, "{address}");
    }
}
