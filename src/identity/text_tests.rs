//! Headlines and texts as they are compared, and the keys that come of them.

use crate::identity::face::{Face, KeyKind};
use crate::identity::headline::{Headline, plain};
use crate::identity::testing::{A, It, LONG, LONG_CHANGED, LONG_MENDED, LONG_ON, OTHER, scope};
use crate::identity::words::{Relation, Words};
use crate::model::source::IdentityRule;

fn folded(title: &str) -> String {
    Headline::of(title).folded
}

#[test]
fn badges_counts_and_states_are_no_part_of_a_headline() {
    for title in [
        "Council meets",
        "[공지] Council meets",
        "[공지][보도자료] Council meets",
        "(속보) Council  meets!",
        "【정정】Council meets",
        "[NEW] Council meets",
        "Council meets NEW",
        "Council meets [Updated]",
        "Council meets (17 comments)",
        "Council meets (1 Comment)",
        "Council meets (no comments)",
        "Council meets (댓글 3)",
        "Council meets [댓글수 3개]",
        "Council meets [댓글3]",
        "Council meets (조회수 1,204)",
        "[마감] Council meets",
        "Council meets (cancelled)",
        "ＣＯＵＮＣＩＬ meets",
    ] {
        assert_eq!(folded(title), "council meets", "{title}");
    }
}

#[test]
fn what_else_stands_in_brackets_is_part_of_it() {
    for title in [
        "[Korea] Council meets",
        "Council meets (Brussels)",
        "Council meets (3)",
        "Council meets (no)",
        "Council meets (17 comments and a reply to the minister)",
        "Council meets 17 comments",
        "Council meets in NEW",
        "Council NEWS",
    ] {
        assert_ne!(folded(title), "council meets", "{title}");
    }
    assert_eq!(folded("[공지]"), "공지", "nothing else is there");
    assert_eq!(folded("(3)"), "3");
    assert_eq!(folded(""), "");
    assert_eq!(plain("[마감] [공지] 모집"), "[마감] [공지] 모집", "a state is shown");
    assert_eq!(plain("[공지] 모집 (댓글 3)"), "모집");
}

#[test]
fn a_bare_number_at_the_end_is_a_count_to_the_loose_form_alone() {
    let (one, two) = (Headline::of("Council meets (3)"), Headline::of("Council meets (4)"));
    assert_ne!(one.folded, two.folded);
    assert_eq!((one.loose.as_str(), two.loose.as_str()), ("council meets", "council meets"));
    assert_ne!(Headline::of("Council meets 3").loose, "council meets");
}

#[test]
fn a_headline_that_names_a_kind_of_text_is_generic() {
    for title in
        ["", "보도자료", "[공지] 보도자료", "PRESS RELEASE", "Press release.", "인사", "(공지)"]
    {
        assert!(Headline::of(title).is_generic, "{title}");
    }
    for title in ["보도자료 7", "Press release of the council", "인사혁신처", "3"] {
        assert!(!Headline::of(title).is_generic, "{title}");
    }
}

#[test]
fn years_and_numbers_of_a_series_differ_where_both_bear_one() {
    for (one, two, wanted) in [
        ("Council 2025", "Council 2026", true),
        ("Council 2025", "Council 2025", false),
        ("Council 2025", "Council", false),
        ("2025년 협의회", "2026년 협의회", true),
        ("제2차 협의회", "제3차 협의회", true),
        ("제 2 차 협의회", "제 3차 협의회", true),
        ("제2차 협의회", "제3호 소식", false),
        ("Second meeting", "Third meeting", true),
        ("2nd meeting", "3rd meeting", true),
        ("2nd meeting", "Second meeting", false),
        ("Round 2 of talks", "Round 3 of talks", true),
        ("Issue 7", "Issue 8", true),
        ("No. 7 of the letter", "No. 8 of the letter", true),
        ("Q1 exports", "Q2 exports", true),
        ("1분기 수출", "2분기 수출", true),
        ("27 member states", "28 member states", false),
        ("3000 chips", "4000 chips", false),
        ("Model 2025a", "Model 2026a", false),
    ] {
        let (left, right) = (Headline::of(one).numbers, Headline::of(two).numbers);
        assert_eq!(left.differ(&right), wanted, "{one} | {two}");
        assert_eq!(right.differ(&left), wanted, "{two} | {one}");
    }
}

#[test]
fn texts_agree_from_four_fifths_of_their_words_or_where_one_begins_the_other() {
    let numbered = |words: std::ops::Range<u32>| -> String {
        words.map(|n| format!("word{n}")).collect::<Vec<_>>().join(" ")
    };
    let (differ, widely) = (Relation::Differ { widely: false }, Relation::Differ { widely: true });
    for (one, two, wanted) in [
        (LONG, LONG, Relation::Same),
        (LONG, &LONG.to_uppercase(), Relation::Same),
        (LONG, LONG_ON, Relation::Begins),
        (LONG, LONG_MENDED, Relation::Agree),
        (LONG, LONG_CHANGED, differ),
        (LONG, OTHER, widely),
        (LONG, "", Relation::Unknown),
        ("", "", Relation::Unknown),
        // 8 of 10, 7 of 9; 5 of 10, 4 of 9.
        (&numbered(0..9), &numbered(1..10), Relation::Agree),
        (&numbered(0..8), &numbered(1..9), differ),
        (&numbered(0..6), &numbered(2..8), differ),
        (&numbered(0..6), &numbered(3..9), widely),
        ("one two three four five", "one two three four five six", Relation::Begins),
        ("one two three four", "one two three four five six", differ),
        (
            "The council met again in Seo…",
            "The council met again in Seoul on Monday",
            Relation::Begins,
        ),
        (
            "The council met again in Seo...",
            "The council met again in Seoul on Monday",
            Relation::Begins,
        ),
        (
            "The council met again in Seoul [...]",
            "The council met again in Seoul on Monday",
            Relation::Begins,
        ),
        (
            "The council met again in Seoul on … Read more",
            "The council met again in Seoul on Monday",
            Relation::Begins,
        ),
        ("The council met in Seoul. Read More »", "The council met in Seoul", Relation::Same),
        (
            "장관은 서울에서 위원회와 만나 논의했다 더보기",
            "장관은 서울에서 위원회와 만나 논의했다",
            Relation::Same,
        ),
        ("…", "The council met", Relation::Unknown),
    ] {
        let (left, right) = (Words::of(&[one]), Words::of(&[two]));
        assert_eq!(left.beside(&right), wanted, "{one} | {two}");
        assert_eq!(right.beside(&left), wanted, "{two} | {one}");
    }
}

fn face(item: It) -> Face {
    Face::of(&item.draft(), scope(None))
}

#[test]
fn a_count_of_readers_makes_no_other_text() {
    let text = |x| face(It { x, ..A }).marks;
    let one = text("장관이 만났다 조회수 : 1,204 담당 국제과");
    for same in
        ["장관이 만났다 조회수 : 9,876 담당 국제과", "장관이 만났다  조회수 : 3 담당\n국제과"]
    {
        assert_eq!(text(same), one, "{same}");
    }
    for other in ["장관이 만났다 조회수 : 1,204 담당 통상과", "장관이 만났다 담당 국제과"]
    {
        assert_ne!(text(other), one, "{other}");
    }
    assert!(text("조회").text.is_some());
}

#[test]
fn the_fingerprint_of_a_plain_item_is_that_of_its_words_and_nothing_else() {
    let marks = face(A).marks;
    // SHA-256 of headline, summary and body, each with a zero byte behind it; its first half. Stores in
    // the field hold these: another value makes an edit of every item there is.
    let wanted = {
        use sha2::{Digest, Sha256};
        let bytes = format!("{}\0{LONG}\0\0", A.t);
        Sha256::digest(bytes)[..16].to_vec()
    };
    assert_eq!(marks.fingerprint.to_vec(), wanted);
    let short = face(It { t: "a", x: "b", ..It::default() }).marks.fingerprint;
    assert_eq!(u128::from_be_bytes(short), 0x8810_e7f8_541f_dfb6_dd46_a5f8_414f_d2e6);
    for same in [
        It { g: "x", l: "https://b.example/9", d: "2020-01-01", ..A },
        It { t: "[공지] Ministers meet  on chips (댓글 3)", ..A },
    ] {
        assert_eq!(face(same).marks.fingerprint, marks.fingerprint, "{same:?}");
    }
    for other in
        [It { t: "Ministers meet on Chips", ..A }, It { x: LONG_ON, ..A }, It { x: "", ..A }]
    {
        assert_ne!(face(other).marks.fingerprint, marks.fingerprint, "{other:?}");
    }
}

#[test]
fn each_part_that_is_there_gives_its_key() {
    use KeyKind::{Guid, HeadlineDay, Link, Own, Stripped};
    let kinds = |item: It, rule| -> Vec<KeyKind> {
        Face::of(&item.draft(), scope(rule)).marks.keys.iter().map(|key| key.kind).collect()
    };
    let rule = IdentityRule::Query(vec!["seq".to_owned(), "board".to_owned()]);
    let owned = "https://a.example/v?seq=7&board=2";
    let bare = It::default();
    assert_eq!(kinds(A, None), [Guid, Link, Stripped, HeadlineDay]);
    assert_eq!(kinds(It { l: owned, ..A }, Some(&rule)), [Own, Guid, Link, Stripped, HeadlineDay]);
    assert_eq!(kinds(It { g: owned, ..A }, Some(&rule)), [Own, Guid, Link, Stripped, HeadlineDay]);
    assert_eq!(
        kinds(It { l: "https://a.example/v?seq=7", ..A }, Some(&rule)).len(),
        4,
        "half of it"
    );
    assert_eq!(kinds(It { l: "https://a.example/v?seq=&board=2", ..A }, Some(&rule)).len(), 4);
    assert_eq!(
        kinds(It { g: A.t, ..A }, None),
        [Link, Stripped, HeadlineDay],
        "repeats the headline"
    );
    assert_eq!(kinds(It { g: "[공지] ministers meet on chips!", ..A }, None).len(), 3);
    assert_eq!(kinds(It { g: "  ", ..A }, None).len(), 3);
    assert_eq!(kinds(bare, None), [HeadlineDay], "an item that says nothing is known by that");
    let both = face(A).shares(&face(It { t: "x", d: "", x: "", ..A }), Link);
    assert_eq!((both, face(A).shares(&face(bare), Link)), (Some(true), None));
}

#[test]
fn a_guid_that_is_an_address_is_compared_as_one_and_any_other_as_it_stands() {
    let shared =
        |one, two| face(It { g: one, ..A }).shares(&face(It { g: two, ..A }), KeyKind::Guid);
    for (one, two, wanted) in [
        ("http://www.a.example/?p=7", "https://a.example/?p=7", true),
        ("HTTPS://A.example/n/7/", "https://a.example/n/7", true),
        ("https://a.example/n/7#b", "https://a.example/n/7#c", false),
        ("ID-7", "id-7", false),
        (" id-7\n", "id-7", true),
        ("urn:uuid:7", "urn:uuid:8", false),
        ("한국-7", "한국-7", true),
    ] {
        assert_eq!(shared(one, two), Some(wanted), "{one:?} {two:?}");
    }
}

#[test]
fn a_key_of_one_source_is_none_of_another_and_an_address_is_one_for_all() {
    let other = Face::of(&A.draft(), crate::identity::face::Scope { source: "b", ..scope(None) });
    let shared = |kind| face(A).shares(&other, kind);
    for kind in [KeyKind::Guid, KeyKind::Link, KeyKind::Stripped, KeyKind::HeadlineDay] {
        assert_eq!(shared(kind), Some(false), "{kind:?}");
    }
    let url = url::Url::parse(A.l).unwrap();
    let link = crate::identity::face::link_mark(scope(None).source, &url);
    assert_eq!(face(A).marks_of(KeyKind::Link).collect::<Vec<_>>(), [link]);
    let twin = url::Url::parse(&A.l.replace("https://", "http://www.")).unwrap();
    let address = crate::identity::face::address_mark;
    assert_eq!(address(&url), address(&twin));
    assert_eq!(address(&"https://a.example/news/".parse().unwrap()), None, "it names no item");
}
