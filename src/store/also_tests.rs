//! One piece of news in two sources, at one address.

use crate::identity::Recognition;
use crate::identity::face::{Face, Scope};
use crate::model::item::Draft;
use crate::store::polls::{Evaluated, Receipt};
use crate::store::testing::{Bench, LEASE, at, bench, draft, flagged};

/// What `other` says of a draft that is new to it.
fn evaluated(source: &str, draft: &Draft, link_tells: bool, receivers: &[&str]) -> Evaluated {
    let face = Face::of(draft, Scope { source, zone: chrono_tz::UTC, rule: None });
    Evaluated {
        draft: draft.clone(),
        keys: face.marks.keys.clone(),
        marks: face.marks,
        link_tells,
        recognition: Recognition::New { instead_of: None },
        decision: flagged(),
        alert: true,
        receivers: receivers.iter().map(ToString::to_string).collect(),
        is_held: false,
        language: None,
    }
}

async fn show(bench: &Bench, source: &str, item: Evaluated) -> Receipt {
    bench.store.sync_sources(&[(source, at(0))]).await.unwrap();
    let claim = bench.store.claim_sources(&[source], at(0), LEASE).await.unwrap().remove(0);
    bench.commit(&claim, &[item], at(0)).await.unwrap()
}

async fn also(bench: &Bench) -> Vec<(i64, i64)> {
    sqlx::query_as("SELECT alert, item FROM alert_also ORDER BY alert, item")
        .fetch_all(&bench.store.readers)
        .await
        .unwrap()
}

#[tokio::test]
async fn what_another_source_told_is_told_once_a_receiver_and_names_both() {
    let item = draft("a", "https://x.example/news/7", "Ministers meet", "d1");
    let twin = Draft { guid: Some("b".to_owned()), ..item.clone() };
    for (sentence, twin, link_tells, first, then, wanted) in [
        ("the same receiver", twin.clone(), true, &["slack"][..], &["slack"][..], (0, 0, 1)),
        ("another receiver too", twin.clone(), true, &["slack"], &["slack", "file"], (1, 1, 1)),
        ("a link that tells nothing", twin.clone(), false, &["slack"], &["slack"], (1, 1, 0)),
        (
            "another link",
            Draft { link: url::Url::parse("https://x.example/news/8").ok(), ..twin.clone() },
            true,
            &["slack"],
            &["slack"],
            (1, 1, 0),
        ),
        (
            "another story at the address",
            Draft {
                title: "Grants are open".to_owned(),
                summary: "Whoever wants one may write".to_owned(),
                published: Some(at(60 * 24 * 60)),
                ..twin.clone()
            },
            true,
            &["slack"],
            &["slack"],
            (1, 1, 0),
        ),
    ] {
        let bench = bench().await;
        let told = show(&bench, "news", evaluated("news", &item, true, first)).await;
        assert_eq!((told.alerts.len(), told.deliveries), (1, 1), "{sentence}");
        let again = show(&bench, "other", evaluated("other", &twin, link_tells, then)).await;
        let named = also(&bench).await.len();
        assert_eq!((again.alerts.len(), again.deliveries, named), wanted, "{sentence}");
        assert_eq!(again.items_new, 1, "{sentence}");
    }
}

#[tokio::test]
async fn two_sources_that_come_at_once_with_one_link_raise_one_alert() {
    let item = draft("a", "https://x.example/news/7", "Ministers meet", "d1");
    let bench = bench().await;
    let sources = ["one", "two"];
    bench.store.sync_sources(&sources.map(|source| (source, at(0)))).await.unwrap();
    let claims = bench.store.claim_sources(&sources, at(0), LEASE).await.unwrap();
    // Both were recognised before either is kept.
    let items = sources.map(|source| [evaluated(source, &item, true, &["slack"])]);
    let (one, two) = tokio::join!(
        bench.commit(&claims[0], &items[0], at(0)),
        bench.commit(&claims[1], &items[1], at(0)),
    );
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!((one.items_new + two.items_new, one.alerts.len() + two.alerts.len()), (2, 1));
    assert_eq!(one.deliveries + two.deliveries, 1);
    assert_eq!(also(&bench).await.len(), 1);
}
