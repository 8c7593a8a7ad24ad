//! Which drafts are recognised as one item.

use chrono_tz::Tz;
use proptest::prelude::*;
use url::Url;

use crate::model::item::{Draft, Key, KeyKind};
use crate::model::source::IdentityRule;
use crate::parse::identity::keys;

fn draft(guid: Option<&str>, title: &str, link: Option<&str>, published: Option<&str>) -> Draft {
    Draft {
        guid: guid.map(str::to_owned),
        title: title.to_owned(),
        link: link.map(|link| Url::parse(link).expect("a valid address")),
        published: published.map(|instant| instant.parse().expect("a valid instant")),
        ..Draft::default()
    }
}

fn key(draft: &Draft, kind: KeyKind) -> Option<String> {
    keys(draft, None, Tz::Asia__Seoul).into_iter().find(|key| key.kind == kind).map(|key| key.value)
}

#[test]
fn keys_stand_in_the_order_of_their_strength() {
    let rule = IdentityRule::Query(vec!["bbsSeqNo".to_owned(), "nttSeqNo".to_owned()]);
    let link = Some("http://www.example.kr/view.do?nttSeqNo=7&bbsSeqNo=94&pageIndex=2");
    let draft = draft(Some("item-7"), "한-EU  회의*", link, Some("2026-09-30T16:00:00Z"));
    let value = |kind, value: &str| Key { kind, value: value.to_owned() };
    assert_eq!(
        keys(&draft, Some(&rule), Tz::Asia__Seoul),
        [
            value(KeyKind::Own, "bbsSeqNo=94&nttSeqNo=7"),
            value(KeyKind::Guid, "item-7"),
            value(KeyKind::Link, "https://example.kr/view.do?bbsSeqNo=94&nttSeqNo=7"),
            value(KeyKind::TitleDay, "한 eu 회의|2026-10-01"),
        ]
    );
}

#[test]
fn a_rule_that_finds_half_its_parameters_makes_no_key() {
    let rule = IdentityRule::Query(vec!["bbsSeqNo".to_owned(), "nttSeqNo".to_owned()]);
    let draft = draft(None, "", Some("https://example.kr/view.do?nttSeqNo=7"), None);
    let keys = keys(&draft, Some(&rule), Tz::Asia__Seoul);
    assert!(keys.iter().all(|key| key.kind != KeyKind::Own), "{keys:?}");
}

#[test]
fn a_guid_that_is_an_address_may_change_its_clothes() {
    let of = |guid| key(&draft(Some(guid), "", None, None), KeyKind::Guid);
    let plain = of("https://example.eu/news/7");
    for guid in [
        "http://example.eu/news/7",
        "https://www.example.eu/news/7/",
        "https://example.eu/news/7?utm_source=rss",
        "https://example.eu/news/7;jsessionid=A1",
        " HTTPS://EXAMPLE.EU/news/7\n",
    ] {
        assert_eq!(of(guid), plain, "{guid}");
    }
    assert_ne!(of("https://example.eu/news/8"), plain);
    assert_ne!(of("IP/26/1900"), of("ip/26/1900"));
}

#[test]
fn parts_of_one_page_are_different_items_and_tracking_fragments_are_not() {
    let of = |link| key(&draft(None, "", Some(link), None), KeyKind::Link);
    assert_ne!(of("https://example.eu/log#v1"), of("https://example.eu/log#v2"));
    assert_eq!(of("https://example.eu/log#xtor=RSS-1"), of("https://example.eu/log"));
}

#[test]
fn a_link_to_the_front_page_identifies_only_what_has_nothing_else() {
    let front = Some("https://www.example.kr/");
    assert_eq!(key(&draft(None, "소식", front, None), KeyKind::Link), None);
    assert!(key(&draft(None, "", front, None), KeyKind::Link).is_some());
}

#[test]
fn titles_are_compared_by_their_letters_on_one_day_of_the_source() {
    let of = |title, published| key(&draft(None, title, None, published), KeyKind::TitleDay);
    let day = Some("2026-10-01T01:00:00Z");
    assert_eq!(of("Korea–EU:  summit", day), of("KOREA-EU summit *", day));
    assert_eq!(of("한·EU 회의", day), of("한 ㆍ EU 회의", Some("2026-10-01T14:59:00Z")));
    assert_ne!(of("한·EU 회의", day), of("한·EU 회의", Some("2026-10-01T15:00:00Z")));
    assert_ne!(of("회의", day), of("회의", None));
    assert_eq!(of("???", None), Some("???".to_owned()));
    // Composed or not, full width or not: the same letters.
    assert_eq!(of("CAFÉ “EU” 2026 ß", None), of("cafe\u{301} EU ２０２６ ß", None));
}

#[test]
fn long_values_are_hashed() {
    let long = "가".repeat(1_000);
    let keys = keys(&draft(Some(&long), &long, None, None), None, Tz::UTC);
    assert_eq!(keys.len(), 2);
    for key in keys {
        assert!(key.value.starts_with("sha256:") && key.value.len() == 71, "{key:?}");
    }
}

#[test]
fn a_long_text_has_a_key_of_its_beginning() {
    let of = |body: String| keys(&Draft { body, ..Draft::default() }, None, Tz::UTC);
    let long = "\u{fdfa}".repeat(100_000);
    assert_eq!(of(long.clone()), of(long.clone() + "x"));
    assert_ne!(of(format!("x{long}")), of(long));
}

proptest! {
    #[test]
    fn any_draft_with_a_visible_text_has_a_key(guid in any::<Option<String>>(), title in any::<String>(), body in any::<String>()) {
        let has_text = !title.trim().is_empty() || !body.trim().is_empty();
        let draft = Draft { guid, title, body, ..Draft::default() };
        let keys = keys(&draft, None, Tz::Asia__Seoul);
        prop_assert!(!has_text || !keys.is_empty());
        prop_assert!(keys.is_sorted());
        prop_assert!(keys.iter().all(|key| key.value.len() <= 512));
    }
}
