//! The rules of identity, one sentence each, in both directions.

use crate::identity::testing::{
    A, Book, It, LONG, LONG_MENDED, LONG_ON, OTHER, Row, SHORT, beside, hold,
};
use crate::model::item::Draft;
use crate::model::source::IdentityRule;

#[test]
fn a_the_own_rule_is_the_first_to_speak_as_long_as_it_tells() {
    let rule = IdentityRule::Query(vec!["seq".to_owned()]);
    let at = |l, t, x| It { g: "", l, t, d: "2026-11-02", x };
    let one = at("https://a.example/v?seq=7&p=1", "Ministers meet", LONG);
    let rows: &[Row<'_>] = &[
        (
            "equal is one, whatever else is new",
            &[&[one], &[at("https://a.example/w?seq=7", "Grants", OTHER)]],
            0,
        ),
        (
            "unequal are two, whatever else is equal",
            &[&[one], &[It { l: "https://a.example/v?seq=8&p=1", ..one }]],
            1,
        ),
        (
            "unequal are two in a document",
            &[&[one, It { l: "https://a.example/v?seq=8&p=1", ..one }]],
            2,
        ),
        ("one id and headline in a document are one", &[&[one, It { x: OTHER, ..one }]], 1),
        (
            "one id under two headlines does not tell, and the links speak",
            &[&[one, at("https://a.example/v?seq=7&p=2", "Grants are open", OTHER)]],
            2,
        ),
        (
            "nor for two under one headline, in the same document",
            &[&[
                one,
                at("https://a.example/v?seq=7&p=2", "보도자료", OTHER),
                at("https://a.example/v?seq=7&p=3", "보도자료", SHORT),
            ]],
            3,
        ),
        (
            "nor does it later on",
            &[
                &[one],
                &[one, at("https://a.example/v?seq=7&p=2", "Grants are open", OTHER)],
                &[
                    one,
                    at("https://a.example/v?seq=7&p=2", "Grants are open", OTHER),
                    at("https://a.example/v?seq=7&p=3", "A third thing", SHORT),
                ],
            ],
            1,
        ),
        (
            "where the own id is missing the next rules speak",
            &[
                &[at("https://a.example/v/7", "Ministers meet", LONG)],
                &[at("https://a.example/v/7", "Ministers meet", LONG)],
            ],
            0,
        ),
    ];
    hold(rows, &[], Some(&rule));
}

#[test]
fn a_health_hears_of_an_own_id_on_several_items() {
    let rule = IdentityRule::Query(vec!["seq".to_owned()]);
    let show = |items: &[It]| {
        let drafts: Vec<Draft> = items.iter().map(It::draft).collect();
        Book::default().show(&drafts, Some(&rule)).own_rule_fails
    };
    let one = it!(l: "https://a.example/v?seq=7");
    assert!(!show(&[one, it!(l: "https://a.example/v?seq=8", t: "Grants")]));
    assert!(!show(&[one, one]), "shown twice");
    assert!(show(&[one, it!(l: "https://a.example/v?seq=7", t: "Grants")]));
}

#[test]
fn b_drafts_of_one_document_are_two_unless_they_say_the_same_under_the_same_ids() {
    beside(&[
        ("the same twice", &[&[A, A]], 1),
        ("one date missing", &[&[A, it!(d: "")]], 1),
        ("another date", &[&[A, it!(d: "2026-11-03", x: LONG_MENDED)]], 2),
        ("the text mended", &[&[A, it!(x: LONG_MENDED)]], 1),
        ("the text missing", &[&[A, it!(x: "")]], 1),
        ("another text", &[&[A, it!(x: OTHER)]], 2),
        ("another headline", &[&[A, it!(t: "Ministers meet on cables")]], 2),
        ("another guid, the text mended", &[&[A, it!(g: "id-2", x: LONG_MENDED)]], 2),
        (
            "another link, the text mended",
            &[&[A, it!(l: "https://a.example/news/2", x: LONG_MENDED)]],
            2,
        ),
        (
            "another guid and link, headline, day and text equal",
            &[&[A, it!(g: "id-2", l: "https://a.example/news/2")]],
            1,
        ),
        ("no text, another guid", &[&[it!(x: ""), it!(g: "id-2", x: "")]], 2),
        ("no guid in either", &[&[it!(g: ""), it!(g: "", x: LONG_MENDED)]], 1),
        ("no guid in one", &[&[it!(g: ""), it!(x: LONG_MENDED)]], 2),
        (
            "neither guid nor link, the text mended",
            &[&[it!(g: "", l: ""), it!(g: "", l: "", x: LONG_MENDED)]],
            2,
        ),
        ("neither guid nor link, all equal", &[&[it!(g: "", l: ""), it!(g: "", l: "")]], 1),
        (
            "a draft without a text is no bridge between two texts",
            &[&[A, it!(x: ""), it!(x: OTHER)]],
            2,
        ),
        (
            "a draft without a date is no bridge between two dates",
            &[&[it!(x: ""), it!(d: "", x: ""), it!(d: "2026-11-09", x: "")]],
            2,
        ),
    ]);
}

#[test]
fn c_a_telling_headline_moves_with_its_text_or_its_day() {
    let moved = It { g: "id-9", l: "https://b.example/story/9", ..A };
    beside(&[
        ("the same text and day", &[&[A], &[moved]], 0),
        ("the same long text, re-dated", &[&[A], &[It { d: "2026-12-24", ..moved }]], 0),
        (
            "the same short text, re-dated",
            &[&[it!(x: SHORT)], &[It { d: "2026-12-24", x: SHORT, ..moved }]],
            1,
        ),
        (
            "the same short text, undated now",
            &[&[it!(x: SHORT)], &[It { d: "", x: SHORT, ..moved }]],
            0,
        ),
        ("a long text goes on", &[&[A], &[It { d: "", x: LONG_ON, ..moved }]], 0),
        ("the same day, no text", &[&[it!(x: "")], &[It { x: "", ..moved }]], 0),
        ("the same day, the text was forgotten", &[&[A], &[It { x: "", ..moved }]], 0),
        ("the same day, another text", &[&[A], &[It { x: OTHER, ..moved }]], 1),
        ("another day, no text", &[&[it!(x: "")], &[It { d: "2026-11-03", x: "", ..moved }]], 1),
        (
            "undated in both, no text, other ids",
            &[&[it!(d: "", x: "")], &[It { d: "", x: "", ..moved }]],
            1,
        ),
        ("another headline", &[&[A], &[It { t: "Ministers part in anger", ..moved }]], 1),
        (
            "while the item itself is in the document, its long text re-dated",
            &[&[A], &[A, It { d: "2026-12-24", ..moved }]],
            1,
        ),
        (
            "under a headline that two drafts bear, another day",
            &[
                &[A],
                &[
                    It { d: "2026-12-24", ..moved },
                    It { g: "id-8", d: "2026-12-25", x: OTHER, ..moved },
                ],
            ],
            2,
        ),
        (
            "under a headline that names no text, all equal",
            &[&[it!(t: "보도자료")], &[It { t: "보도자료", ..moved }]],
            0,
        ),
        (
            "under a headline that names no text, re-dated",
            &[&[it!(t: "보도자료")], &[It { t: "보도자료", d: "2026-12-24", ..moved }]],
            1,
        ),
        ("without a headline, all equal", &[&[it!(t: "")], &[It { t: "", ..moved }]], 0),
        (
            "a count of comments came to the headline",
            &[&[A], &[It { t: "Ministers meet on chips (17 comments)", ..moved }]],
            0,
        ),
    ]);
}

#[test]
fn d_telling_guids_say_one_or_two() {
    beside(&[
        (
            "equal, the rest edited",
            &[&[A], &[it!(l: "https://a.example/news/2", x: LONG_MENDED)]],
            0,
        ),
        (
            "equal, a new headline, no links",
            &[&[it!(l: "")], &[it!(l: "", t: "Ministers meet on cables")]],
            0,
        ),
        (
            "equal, the link telling another page, another headline and text",
            &[&[A], &[it!(l: "https://a.example/news/2", t: "Grants are open", x: OTHER)]],
            1,
        ),
        (
            "equal, another link, another headline, the text agrees",
            &[&[A], &[it!(l: "https://a.example/news/2", t: "Chips: they meet", x: LONG_MENDED)]],
            0,
        ),
        (
            "equal, another link, the same headline, another text",
            &[&[A], &[it!(l: "https://a.example/news/2", x: OTHER)]],
            0,
        ),
        ("unequal under one link", &[&[A], &[it!(g: "id-2", t: "Grants are open", x: OTHER)]], 1),
        (
            "borne by two drafts it says nothing, and the links are two",
            &[&[A], &[A, it!(l: "https://a.example/news/2", t: "Grants are open", x: OTHER)]],
            1,
        ),
    ]);
}

#[test]
fn d_one_guid_for_all_stops_telling_from_that_poll_on() {
    let item = |l, t, x| It { g: "release-7", l, t, d: "2026-11-02", x };
    let one = item("https://a.example/n/1", "Ministers meet on chips", LONG);
    let two = item("https://a.example/n/2", "Grants are open", OTHER);
    let three = item("https://a.example/n/3", "A cable is laid", SHORT);
    beside(&[
        ("the second item", &[&[one], &[two, one]], 1),
        ("the third", &[&[one], &[two, one], &[three, two, one]], 1),
        ("in the window of one", &[&[one], &[two]], 1),
        ("none when nothing came", &[&[two, one], &[one, two]], 0),
    ]);
}

#[test]
fn e_telling_links_say_one_or_two() {
    let at = |l| It { g: "", l, ..A };
    let one = at("https://a.example/view?seq=7&pageIndex=1");
    let paged = at("https://a.example/view?seq=7&pageIndex=2");
    beside(&[
        (
            "equal, the rest edited",
            &[&[one], &[It { t: "Ministers met", x: LONG_MENDED, ..one }]],
            0,
        ),
        ("equal, re-dated", &[&[one], &[It { d: "2027-01-01", ..one }]], 0),
        ("on another page of the list", &[&[one], &[paged]], 0),
        ("on another page, the text longer", &[&[one], &[It { x: LONG_ON, ..paged }]], 0),
        (
            "on another page under another headline",
            &[&[one], &[It { t: "Grants are open", ..paged }]],
            1,
        ),
        (
            "on another page on another day",
            &[&[one], &[It { d: "2026-11-05", x: SHORT, ..paged }]],
            1,
        ),
        ("on another page with another text", &[&[one], &[It { x: OTHER, ..paged }]], 1),
        (
            "unequal, another text of the day",
            &[&[one], &[It { l: "https://a.example/view?seq=8", x: OTHER, ..one }]],
            1,
        ),
        (
            "periods of one statistic",
            &[
                &[It { x: "", ..at("https://a.example/stat?period=2026-10") }],
                &[It { x: "", d: "2026-12-01", ..at("https://a.example/stat?period=2026-11") }],
            ],
            1,
        ),
        (
            "equal but for the scheme, www and a slash",
            &[
                &[it!(g: "", t: "", x: "")],
                &[It { g: "", l: "http://www.a.example/news/1/", t: "", x: "", ..A }],
            ],
            0,
        ),
    ]);
}
