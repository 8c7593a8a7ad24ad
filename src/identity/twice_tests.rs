//! What was shown once gives nothing new, in whatever order it is shown again.

use proptest::prelude::*;

use crate::identity::Recognised;
use crate::identity::testing::{Book, It, news};
use crate::model::item::Draft;
use crate::model::source::IdentityRule;

/// Items of few parts, so that they collide in every way.
fn item() -> impl Strategy<Value = It> {
    let guid = prop::sample::select(vec!["", "g1", "g2", "release", "https://a.example/n/1"]);
    let link = prop::sample::select(vec![
        "",
        "https://a.example/n/1",
        "https://a.example/n/2",
        "https://a.example/n/2?pageIndex=3",
        "https://a.example/news/",
        "https://b.example/n/1",
        "https://a.example/v?seq=1",
        "https://a.example/v?seq=2&page=1",
        "https://a.example/v?seq=2&page=2",
    ]);
    let title = prop::sample::select(vec![
        "",
        "보도자료",
        "Council meets",
        "[공지] Council meets",
        "Third round",
        "Fourth round",
    ]);
    let day = prop::sample::select(vec!["", "2026-11-01", "2026-11-20"]);
    let text = prop::sample::select(vec![
        "",
        "one two three four five six",
        "one two three four five six seven eight nine ten eleven",
        "other words that share nothing at all",
        "one two three four five six more",
    ]);
    (guid, link, title, day, text).prop_map(|(g, l, t, d, x)| It { g, l, t, d, x })
}

fn document() -> impl Strategy<Value = (Vec<It>, Vec<It>)> {
    let items = prop::collection::vec(item(), 1..9);
    items.prop_flat_map(|items| (Just(items.clone()), Just(items).prop_shuffle()))
}

/// Shows one document and then the other.
fn second(first: &[It], then: &[It], rule: Option<&IdentityRule>) -> Recognised {
    let drafts = |items: &[It]| -> Vec<Draft> { items.iter().map(It::draft).collect() };
    let mut book = Book::default();
    book.show(&drafts(first), rule);
    book.show(&drafts(then), rule)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn a_document_shown_twice_gives_nothing_new((items, _) in document(), owned in any::<bool>()) {
        let rule = owned.then(|| IdentityRule::Query(vec!["seq".to_owned()]));
        let found = second(&items, &items, rule.as_ref());
        prop_assert_eq!(news(&found), 0, "{:?}", found);
    }

    #[test]
    fn a_document_shown_again_in_another_order_gives_nothing_new(
        (items, shuffled) in document(),
        owned in any::<bool>(),
    ) {
        let rule = owned.then(|| IdentityRule::Query(vec!["seq".to_owned()]));
        let found = second(&items, &shuffled, rule.as_ref());
        prop_assert_eq!(news(&found), 0, "{:?}", found);
    }
}
