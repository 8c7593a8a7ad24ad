//! Weak addresses, other hosts, other stories under old addresses, and what comes in numbers.

use crate::identity::testing::{
    A, Book, It, LONG, LONG_CHANGED, LONG_MENDED, NEIGHBOUR, OTHER, Row, SHORT, beside, hold, news,
};
use crate::identity::{Recognised, Recognition};

#[test]
fn weak_addresses_need_something_that_speaks_for_them() {
    let at = |t, d, x| It { g: "", l: "https://a.example/news/", t, d, x };
    let one = at("Ministers meet on chips", "2026-11-02", SHORT);
    let rows: &[Row<'_>] = &[
        ("headline and day", &[&[one], &[It { x: LONG_CHANGED, d: "2026-11-02", ..one }]], 1),
        ("headline, no contradiction", &[&[one], &[It { d: "", ..one }]], 0),
        ("headline, the day contradicts", &[&[one], &[It { d: "2026-11-09", x: "", ..one }]], 1),
        ("headline and text, the day contradicts", &[&[one], &[It { d: "2026-11-09", ..one }]], 0),
        ("text and day", &[&[one], &[It { t: "Chips: they meet", ..one }]], 0),
        ("text, undated", &[&[one], &[It { t: "Chips: they meet", d: "", ..one }]], 0),
        (
            "text, the day contradicts",
            &[&[one], &[It { t: "Chips: they meet", d: "2026-11-09", ..one }]],
            1,
        ),
        ("the day alone", &[&[one], &[at("Grants are open", "2026-11-02", OTHER)]], 1),
        (
            "the day alone, without texts",
            &[&[It { x: "", ..one }], &[at("Grants are open", "2026-11-02", "")]],
            1,
        ),
        ("nothing", &[&[one], &[at("Grants are open", "2026-11-20", OTHER)]], 1),
    ];
    hold(rows, &[NEIGHBOUR], None);
    hold(rows, &[], None);
}

#[test]
fn in_a_document_of_one_item_every_address_is_weak() {
    let slot = |t, d, x| It { g: "latest-1", l: "https://a.example/news/1", t, d, x };
    let one = slot("Ministers meet on chips", "2026-11-02", LONG);
    let other = slot("Grants are open", "2026-11-09", OTHER);
    hold(
        &[
            ("another piece in the slot", &[&[one], &[other]], 1),
            (
                "the day, where the address bears a digit",
                &[&[one], &[slot("Ministers meet on chips and cables", "2026-11-02", "")]],
                0,
            ),
            ("a mended text", &[&[one], &[It { x: LONG_MENDED, ..one }]], 0),
            ("says nothing at all", &[&[slot("", "", "")], &[slot("", "", "")]], 0),
        ],
        &[],
        None,
    );
    // Beside another item the address tells, and a new headline is an edit.
    beside(&[
        ("hardly a word in common on another day", &[&[one], &[other]], 1),
        ("the same on one day", &[&[one], &[It { d: "2026-11-02", ..other }]], 0),
        ("another story after them", &[&[one], &[It { d: "2026-11-16", ..other }]], 1),
        ("an edit", &[&[one], &[It { t: "Ministers met", x: LONG_CHANGED, ..one }]], 0),
    ]);
}

#[test]
fn f_items_of_two_hosts_are_two_and_g_headline_and_day_are_one() {
    let at = |l, t, d, x| It { g: "", l, t, d, x };
    let (a, b) = ("https://a.example/news/", "https://b.example/news/");
    let nowhere = at("", "Ministers meet on chips", "2026-11-02", "");
    let bare = It { d: "", ..nowhere };
    beside(&[
        (
            "generic on two hosts",
            &[&[at(a, "보도자료", "2026-11-02", "")], &[at(b, "보도자료", "2026-11-02", "")]],
            1,
        ),
        (
            "generic on one",
            &[&[at(a, "보도자료", "2026-11-02", "")], &[at(a, "보도자료", "2026-11-02", "")]],
            0,
        ),
        (
            "undated on two hosts",
            &[&[at(a, "Ministers meet", "", "")], &[at(b, "Ministers meet", "", "")]],
            1,
        ),
        ("headline and day", &[&[nowhere], &[nowhere]], 0),
        ("undated both", &[&[bare], &[bare]], 0),
        ("undated one", &[&[nowhere], &[bare]], 1),
        ("another day", &[&[nowhere], &[It { d: "2026-11-03", ..nowhere }]], 1),
        ("another text", &[&[It { x: SHORT, ..bare }], &[It { x: OTHER, ..bare }]], 1),
        (
            "without a headline the text must be equal",
            &[&[at("", "", "2026-11-02", SHORT)], &[at("", "", "2026-11-02", SHORT)]],
            0,
        ),
        (
            "without a headline, other texts",
            &[&[at("", "", "", SHORT)], &[at("", "", "", OTHER)]],
            1,
        ),
    ]);
}

#[test]
fn one_known_item_answers_for_one_draft() {
    let other = it!(g: "id-2", l: "https://a.example/news/2");
    beside(&[
        ("and the one with its ids is the item", &[&[A], &[It { x: OTHER, ..other }, A]], 1),
        (
            "two moved ones",
            &[
                &[it!(x: "")],
                &[
                    It { g: "id-8", l: "https://a.example/news/8", x: "", ..A },
                    It { g: "id-9", l: "https://a.example/news/9", x: "", ..A },
                ],
            ],
            2,
        ),
    ]);
}

#[test]
fn an_edit_is_an_edit_and_what_was_said_before_is_none() {
    let mut book = Book::default();
    let mut show = |item: It| {
        let drafts = [NEIGHBOUR.draft(), item.draft()];
        let Recognised { drafts, .. } = book.show(&drafts, None);
        drafts[1].clone()
    };
    let mended = it!(x: LONG_MENDED);
    assert_eq!(show(A), Recognition::New { instead_of: None });
    assert_eq!(show(A), Recognition::Known { item: 2 });
    let edited = Recognition::Edited { item: 2, version: 2, was_alerted: true };
    assert_eq!(show(mended), edited);
    assert_eq!(show(it!(d: "2026-12-01")), Recognition::Known { item: 2 }, "back again, re-dated");
    assert_eq!(show(mended), Recognition::Known { item: 2 });
    let over = show(it!(t: "Grants 2026 are open", d: "2027-03-01", x: OTHER));
    assert_eq!(over, Recognition::New { instead_of: Some(2) });
    let drafts = [A.draft(), A.draft(), NEIGHBOUR.draft()];
    let found = Book::default().show(&drafts, None);
    assert_eq!(found.drafts[1], Recognition::Duplicate { of: 0 });
    assert_eq!(news(&found), 2);
}

#[test]
fn another_story_takes_an_old_address_over() {
    let at = |t, d, x| it!(t: t, d: d, x: x);
    let y25 = at("Partnership council 2025: statement", "2025-11-02", LONG);
    let y26 = at("Partnership council 2026: statement", "2026-11-02", OTHER);
    let second = at("제2차 한-EU 디지털 파트너십 협의회 개최", "2026-01-05", LONG);
    let third = at("제3차 한-EU 디지털 파트너십 협의회 개최", "2026-06-05", LONG);
    let soon = "2026-11-15";
    beside(&[
        ("the year goes on", &[&[y25], &[y26]], 1),
        ("the year goes on, the text as before", &[&[y25], &[It { x: LONG, ..y26 }]], 1),
        (
            "the year goes on within two weeks, the text mended",
            &[&[It { d: "2026-11-02", ..y25 }], &[It { d: soon, x: LONG_MENDED, ..y26 }]],
            0,
        ),
        (
            "on the fourteenth day",
            &[&[It { d: "2026-11-02", ..y25 }], &[It { d: "2026-11-16", x: LONG, ..y26 }]],
            1,
        ),
        ("the year goes on, one undated, another text", &[&[It { d: "", ..y25 }], &[y26]], 1),
        (
            "the year goes on, one undated, the text changed but half of it",
            &[&[It { d: "", ..y25 }], &[It { x: LONG_CHANGED, ..y26 }]],
            0,
        ),
        (
            "the year goes on, one undated, no text",
            &[&[It { d: "", x: "", ..y25 }], &[It { x: "", ..y26 }]],
            0,
        ),
        (
            "a year in one headline only",
            &[&[y25], &[It { t: "Partnership council: statement", x: LONG, ..y26 }]],
            0,
        ),
        ("the ordinal goes on", &[&[second], &[third]], 1),
        ("the ordinal is mended the next day", &[&[second], &[It { d: "2026-01-06", ..third }]], 0),
        (
            "first and second in words",
            &[
                &[at("First meeting of the council", "2026-01-05", LONG)],
                &[at("Second meeting of the council", "2026-06-05", LONG)],
            ],
            1,
        ),
        (
            "a quarter goes on",
            &[
                &[at("2026년 1분기 수출", "2026-04-05", LONG)],
                &[at("2026년 2분기 수출", "2026-07-05", LONG)],
            ],
            1,
        ),
        ("told once", &[&[y25], &[y26], &[y26]], 0),
        (
            "and the story before it, shown again beside it, is known",
            &[&[y25], &[y26], &[It { g: "id-5", l: "https://a.example/archive/5", ..y25 }, y26]],
            0,
        ),
    ]);
}

#[test]
fn another_story_without_numbers_takes_texts_under_half_and_two_weeks() {
    let at = |t, d, x| it!(t: t, d: d, x: x);
    let soon = "2026-11-15";
    beside(&[
        (
            "texts under half, two weeks apart",
            &[&[A], &[at("Grants are open", "2026-11-16", OTHER)]],
            1,
        ),
        (
            "hardly a word in common, thirteen days apart",
            &[&[A], &[at("Grants are open", soon, OTHER)]],
            1,
        ),
        (
            "texts over half, a year apart",
            &[&[A], &[at("Ministers met", "2027-11-16", LONG_CHANGED)]],
            0,
        ),
        (
            "hardly a word in common, undated",
            &[&[it!(d: "")], &[at("Grants are open", "", OTHER)]],
            1,
        ),
        (
            "another headline without texts, a year apart",
            &[&[it!(x: "")], &[at("Ministers met", "2027-11-16", "")]],
            0,
        ),
        ("a date alone", &[&[A], &[it!(d: "2027-11-16")]], 0),
    ]);
}

/// `count` items that make up their guids, at `poll`.
fn moving(
    count: usize,
    poll: usize,
    day: &'static str,
    text: &str,
) -> Vec<crate::model::item::Draft> {
    let one = |n: usize| {
        let mut draft = it!(d: day, x: "").draft();
        draft.guid = Some(format!("made-up-{poll}-{n}"));
        draft.link = url::Url::parse(&format!("https://a.example/s{poll}/{n}")).ok();
        draft.title = format!("Headline of the item number{}", "x".repeat(n));
        draft.summary = if text.is_empty() { String::new() } else { format!("{text} {n}") };
        draft
    };
    (0..count).map(one).collect()
}

/// News and whether the ids are said to move, where `count` items come back under other ids.
fn returned(count: usize, days: [&'static str; 2], texts: [&str; 2]) -> (usize, bool) {
    let mut book = Book::default();
    book.show(&moving(count, 1, days[0], texts[0]), None);
    let found = book.show(&moving(count, 2, days[1], texts[1]), None);
    (news(&found), found.ids_move)
}

#[test]
fn in_numbers_three_repeats_of_known_headlines_and_texts_are_the_items() {
    let (one, two) = ("2026-11-02", "2026-11-20");
    assert_eq!(returned(2, ["", ""], ["", ""]), (2, false), "two, undated, without text");
    assert_eq!(returned(3, ["", ""], ["", ""]), (0, true), "three, undated, without text");
    assert_eq!(returned(3, [one, two], ["", ""]), (3, false), "re-dated, without text");
    assert_eq!(returned(2, [one, two], [SHORT, SHORT]), (2, false), "two, re-dated, a short text");
    assert_eq!(returned(3, [one, two], [SHORT, SHORT]), (0, true), "three of them");
    assert_eq!(returned(9, [one, two], [SHORT, OTHER]), (9, false), "other texts");
    assert_eq!(returned(9, [one, one], ["", ""]), (0, false), "moved on its day");
}

#[test]
fn new_ids_under_a_known_headline_are_familiar_and_under_a_headline_of_two_just_new() {
    let issue = |g, d, x| It { g, l: "", t: "Weekly briefing on trade", d, x };
    let mut book = Book::default();
    let mut show = |item: It| {
        let drafts = [NEIGHBOUR.draft(), item.draft()];
        book.show(&drafts, None).drafts[1].clone()
    };
    assert_eq!(show(issue("i-1", "2026-11-02", LONG)), Recognition::New { instead_of: None });
    assert_eq!(show(issue("i-2", "2026-11-09", OTHER)), Recognition::Familiar { item: 2 });
    assert_eq!(show(issue("i-3", "2026-11-16", SHORT)), Recognition::New { instead_of: None });
    assert_eq!(show(it!(g: "p-1", l: "", t: "보도자료")), Recognition::New { instead_of: None });
    assert_eq!(
        show(it!(g: "p-2", l: "", t: "보도자료", x: OTHER)),
        Recognition::New { instead_of: None }
    );
}
