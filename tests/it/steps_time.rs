//! Polls, step by step: when the next one is, what is echoed, what shows as trouble; and clocks that
//! jump.

use std::sync::atomic::Ordering;
use std::time::Duration;

use bongsu::clock::Clock;
use bongsu::http::PER_HOST_MAX;
use bongsu::store::prune::Retention;
use bongsu::work::drift::{Drift, Step};
use bongsu::work::poll::{self, Outcome};
use chrono::TimeDelta;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::bench::{Desk, feed, feed_with};
use crate::world::{Page, World};

const CALM: (&str, &str, &str) = ("calm", "A calm day", "Nothing happened.");
const LIT: (&str, &str, &str) = ("lit", "A beacon is lit", "On the southern hill.");

/// Waits in minutes may be longer by the jitter of a tenth of a quarter of an hour.
fn about(minutes: i64) -> std::ops::RangeInclusive<i64> {
    minutes..=minutes + 1
}

#[tokio::test]
async fn an_unchanged_feed_is_not_sent_again_and_stays_well() {
    let desk = Desk::new("", "").await;
    desk.read(&feed(&[CALM])).await;
    assert_eq!(desk.poll().await, Outcome::Unchanged);
    assert_eq!(desk.poll().await, Outcome::Unchanged);
    let conditional: Vec<_> =
        desk.world.asked("desk").iter().map(|asked| asked.conditional).collect();
    assert_eq!(conditional, [false, true, true]);
    assert_eq!(desk.read(&feed(&[LIT, CALM])).await.alerts, 1, "and what is new is still seen");
}

#[tokio::test]
async fn the_validators_of_a_body_that_could_not_be_read_are_not_kept() {
    let desk = Desk::new("", "").await;
    desk.read(&feed(&[CALM])).await;
    desk.world.publish("desk", Page::html("Access Denied"));
    for _ in 0..2 {
        assert!(matches!(desk.poll().await, Outcome::Failed { .. }), "never \"unchanged\"");
    }
    let state = desk.state("desk").await;
    assert_eq!(state.failures, 2);
    assert!(state.trouble.unwrap().contains("Access Denied"));
    desk.world.publish("desk", Page::feed(&feed(&[CALM])));
    assert_eq!(desk.poll().await, Outcome::Unchanged, "those of the last good body are");
    let state = desk.state("desk").await;
    assert_eq!((state.failures, state.unhealthy_since, state.trouble), (0, None, None));
}

#[tokio::test]
async fn fewer_items_than_expected_are_read_but_the_source_shows_it_at_every_poll() {
    let desk = Desk::new("expect = { items_min = 3 }", "").await;
    for _ in 0..3 {
        assert!(desk.read(&feed(&[CALM])).await.short.is_some(), "never \"unchanged\"");
        let trouble = desk.state("desk").await.trouble;
        assert_eq!(trouble.as_deref(), Some("1 item where at least 3 were expected"));
    }
    assert_eq!(desk.read(&feed(&[LIT, CALM])).await.alerts, 1);
    let full = feed(&[("rain", "A rainy day", ""), LIT, CALM]);
    assert_eq!(desk.read(&full).await.short, None);
    assert_eq!(desk.state("desk").await.trouble, None);
}

#[tokio::test]
async fn a_feed_without_any_item_is_trouble_and_forgets_nothing() {
    let desk = Desk::new("", "").await;
    desk.read(&feed(&[CALM])).await;
    desk.world.publish("desk", Page::feed(&feed(&[])));
    assert!(matches!(desk.poll().await, Outcome::Failed { reason } if reason.contains("no items")));
    assert_eq!(desk.read(&feed(&[CALM, LIT])).await.new, 1);
}

#[tokio::test]
async fn a_host_that_names_a_wait_gets_it_in_full() {
    let desk = Desk::new("", "").await;
    desk.world.publish("desk", Page::status(429).header("retry-after", "7200"));
    desk.poll().await;
    assert!(about(120).contains(&desk.rest().await));
    desk.wait(Duration::from_mins(119));
    assert_eq!(desk.poll_now().await, None, "not a minute earlier");
}

#[tokio::test]
async fn a_source_that_keeps_failing_is_asked_less_often_but_never_given_up() {
    let desk = Desk::new("", "").await;
    desk.read(&feed(&[CALM])).await;
    desk.world.publish("desk", Page::status(500));
    let mut rests = Vec::new();
    for _ in 0..6 {
        desk.poll().await;
        rests.push(desk.rest().await);
    }
    for (rest, minutes) in rests.iter().zip([15, 30, 60, 60, 60, 60]) {
        assert!(about(minutes).contains(rest), "{rests:?}");
    }
    desk.read(&feed(&[CALM, ("next", "A new day", "Quiet too.")])).await;
    assert!(about(15).contains(&desk.rest().await), "well again, as often as before");
}

#[tokio::test]
async fn the_longest_wish_of_the_publisher_sets_the_next_poll_also_after_unchanged() {
    let desk = Desk::new("", "").await;
    let document = feed_with("<ttl>90</ttl>", &[CALM]);
    desk.world.publish("desk", Page::feed(&document).header("cache-control", "max-age=1800"));
    desk.poll().await;
    assert!(about(90).contains(&desk.rest().await), "ttl");
    assert_eq!(desk.poll().await, Outcome::Unchanged);
    assert!(about(90).contains(&desk.rest().await), "ttl, though the feed was not sent again");
    desk.world.publish("desk", Page::feed(&document).header("cache-control", "max-age=10800"));
    assert_eq!(desk.poll().await, Outcome::Unchanged);
    assert!(about(180).contains(&desk.rest().await), "max-age");
}

#[tokio::test]
async fn one_source_is_never_polled_twice_at_once_though_its_lease_ran_out() {
    let desk = Desk::with(&[("desk", ""), ("other", "")], "", "").await;
    desk.world.publish("desk", Page::silence());
    desk.world.publish("other", Page::feed(&feed(&[CALM])));
    let stop = CancellationToken::new();
    let running = tokio::spawn(poll::run(desk.bench.clone(), stop.clone()));
    for round in 1..=3 {
        // Both are long overdue each time, and every lease of the round before is over.
        desk.wait(Duration::from_hours(3));
        desk.bench.wakes.poll.notify_one();
        desk.world.until("the other source", |world| world.asked("other").len() >= round).await;
        desk.until_committed("other", round).await;
    }
    assert_eq!(desk.world.asked("desk").len(), 1);
    desk.world.publish("desk", Page::feed(&feed(&[CALM])));
    stop.cancel();
    running.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_slow_host_with_many_sources_leaves_places_to_the_others() {
    let held: Vec<String> = (0..99).map(|number| format!("held-{number:02}")).collect();
    let sources: Vec<_> = held.iter().map(|id| (id.as_str(), "")).collect();
    let other = "[[source]]\nid = \"other\"\ntitle = \"Other\"\nkind = \"feed\"\n\
                 url = \"http://localhost:{port}/feed/other\"\nown_host = true\n\
                 allow_private = [\"127.0.0.0/8\", \"::1/128\"]\n";
    let desk = Desk::with(&sources, "", other).await;
    assert!(held.len() > desk.bench.plan.settings.daemon.polls_max, "they would fill every place");
    for id in &held {
        desk.world.publish(id, Page::silence());
    }
    desk.world.publish("other", Page::feed(&feed(&[CALM])));
    // All are due, and the other one last.
    desk.wait(Duration::from_hours(1));
    let stop = CancellationToken::new();
    let running = tokio::spawn(poll::run(desk.bench.clone(), stop.clone()));
    desk.world.until("the other host", |world| world.asked("other").len() == 1).await;
    desk.until_committed("other", 1).await;
    let asked = |world: &World| held.iter().filter(|id| !world.asked(id).is_empty()).count();
    desk.world.until("the slow host", |world| asked(world) >= PER_HOST_MAX).await;
    assert_eq!(asked(&desk.world), PER_HOST_MAX);
    running.abort();
}

/// Sets the fake clock back.
fn set_back(clock: &Clock, by: Duration) {
    let Clock::Fake(millis) = clock else { panic!("a test's clock") };
    millis.fetch_sub(by.as_millis() as i64, Ordering::SeqCst);
}

#[tokio::test]
async fn a_clock_set_back_by_an_hour_delays_neither_polls_nor_deliveries() {
    let desk = Desk::new("", "").await;
    desk.read(&feed(&[CALM])).await;
    desk.read(&feed(&[LIT, CALM])).await;
    desk.world.answer("hook", 503);
    desk.deliver().await;
    let rest = desk.rest().await;
    let mut drift = Drift::new(desk.now(), Instant::now());
    set_back(&desk.bench.clock, Duration::from_hours(1));
    assert!(desk.rest().await > rest + 59, "the test would be worth nothing otherwise");
    let step = drift.look(&desk.bench).await.unwrap();
    assert!(matches!(step, Step::Back(by) if by.as_secs().abs_diff(3_600) < 60), "{step:?}");
    assert!((desk.rest().await - rest).abs() <= 1);
    assert_eq!(drift.look(&desk.bench).await.unwrap(), Step::None, "it is mended once");
    desk.world.answer("hook", 200);
    desk.wait(Duration::from_secs(10));
    desk.deliver().await;
    assert_eq!(desk.told("hook").len(), 2, "the second try came in its time");
    assert_eq!(desk.poll_now().await, None, "no poll comes early");
    assert_eq!(desk.read(&feed(&[LIT, CALM])).await.new, 0, "nothing is news again");
}

#[tokio::test]
async fn a_clock_set_ahead_makes_things_due_and_nothing_else() {
    let desk = Desk::new("", "").await;
    desk.read(&feed(&[CALM])).await;
    let mut drift = Drift::new(desk.now(), Instant::now());
    desk.wait(Duration::from_hours(24 * 365 * 10));
    assert!(matches!(drift.look(&desk.bench).await.unwrap(), Step::Ahead(_)));
    assert_eq!(desk.read(&feed(&[LIT, CALM])).await.alerts, 1, "CALM is still known");
    assert!(about(15).contains(&desk.rest().await));
}

#[tokio::test]
async fn a_start_with_a_clock_behind_that_of_the_last_run_polls_in_time() {
    let desk = Desk::new("", "").await;
    desk.read(&feed(&[CALM])).await;
    set_back(&desk.bench.clock, Duration::from_hours(24 * 365));
    bongsu::daemon::enrol(&desk.bench).await.unwrap();
    assert!(about(15).contains(&desk.rest().await), "{}", desk.rest().await);
}

#[tokio::test]
async fn restarts_do_not_poll_a_source_before_its_time() {
    let desk = Desk::new("", "").await;
    desk.read(&feed(&[CALM])).await;
    for _ in 0..60 {
        desk.wait(Duration::from_secs(10));
        drop(desk.bench.store.lead(desk.now()).await.unwrap());
        bongsu::daemon::enrol(&desk.bench).await.unwrap();
        assert_eq!(desk.poll_now().await, None);
    }
    assert_eq!(desk.world.asked("desk").len(), 1);
}

#[tokio::test]
async fn a_silent_source_is_told_of_when_that_becomes_too_long_and_daily() {
    let desk = Desk::new("expect = { silence_max = \"4d\" }", "").await;
    let source = &desk.bench.plan.settings.sources[0];
    let (notes, last, max) = (&desk.bench.notes, desk.now(), Duration::from_hours(96));
    let told = |hours: i64| notes.silence(source, max, last, last + TimeDelta::hours(hours));
    assert_eq!([95, 96, 97, 119, 120, 121].map(told), [false, true, false, false, true, false]);
    assert!(!notes.silence(
        source,
        max,
        last + TimeDelta::hours(121),
        last + TimeDelta::hours(122)
    ));
    assert!(told(130), "and again after news came between");
    desk.read(&feed(&[CALM])).await;
    let news = desk.state("desk").await.news_at;
    assert_eq!(news, Some(desk.now()));
    desk.poll().await;
    assert_eq!(desk.state("desk").await.news_at, news, "unchanged is no news");
    desk.wait(Duration::from_hours(24 * 60));
    let retention = Retention::of(Duration::from_hours(24 * 365));
    assert_eq!(desk.bench.store.prune(desk.now(), &retention).await.unwrap().polls, 2);
    assert_eq!(desk.state("desk").await.news_at, news, "the ledger forgets sooner");
}

#[tokio::test]
async fn a_poll_that_panics_is_a_failure_with_backoff_like_every_other() {
    let desk = Desk::new("", "").await;
    desk.read(&feed(&[CALM])).await;
    for rest in [15, 30, 60] {
        desk.until(desk.state("desk").await.due_at.unwrap());
        let lease = Duration::from_mins(3);
        let claims = desk.bench.store.claim_sources(&["desk"], desk.now(), lease).await.unwrap();
        bongsu::work::visit::broken(&desk.bench, &claims[0]).await;
        assert!(about(rest).contains(&desk.rest().await));
    }
    assert_eq!(desk.state("desk").await.failures, 3);
}

#[tokio::test]
async fn a_store_that_refuses_is_told_of_at_once_then_every_ten_minutes_and_when_it_works_again() {
    let desk = Desk::new("", "").await;
    let (notes, begin) = (&desk.bench.notes, desk.now());
    let refuses = |minutes: i64| {
        notes.store_refuses(&bongsu::store::error::Error::Full, begin + TimeDelta::minutes(minutes))
    };
    assert!(!notes.store_works(), "nothing was wrong");
    assert_eq!([0, 1, 9, 10, 19, 20].map(refuses), [true, false, false, true, false, true]);
    assert!(refuses(-60), "a clock set back makes nobody silent");
    assert!(notes.store_works() && !notes.store_works(), "told once");
}
