//! The disk under a running daemon: full, broken and well again; what a stop leaves; copies made beside
//! it and brought back.

use std::process::Command;

use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;

use crate::commands::output;
use crate::feeds::{Story, rss};
use crate::world::{Page, World};

const CALM: Story = Story { slug: "calm", title: "A calm day", lead: "Nothing happened." };

const NEWS: Story = Story {
    slug: "news",
    title: "EU and Republic of Korea sign a digital trade agreement",
    lead: "Signed in Brussels.",
};

const REFUSED: &str = "nothing is polled or delivered that cannot be recorded";

/// Changes the store behind the daemon's back.
async fn alter(world: &World, statement: &'static str) {
    let path = world.path("bongsu.db");
    let mut store = SqliteConnection::connect(&path.display().to_string()).await.unwrap();
    sqlx::query("PRAGMA busy_timeout = 20000").execute(&mut store).await.unwrap();
    sqlx::query(statement).execute(&mut store).await.unwrap();
    store.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn polling_and_sending_go_on_by_themselves_when_the_disk_has_room_again() {
    let mut world = World::new().await;
    let config = world.configure(&[("desk", ""), ("other", "")], "");
    for desk in ["desk", "other"] {
        world.publish(desk, Page::feed(&rss(&[CALM])));
    }
    world.start(&config);
    world.until_read("desk").await;
    world.until_read("other").await;
    assert_eq!(world.stop(), Some(0));

    // No file may grow beyond what the store has: the COMMIT of the next result fails.
    let long = "word ".repeat(400_000);
    let bulk = rss(&[NEWS, CALM]).replace("Signed in Brussels.", &format!("Signed. {long}"));
    world.publish("desk", Page::feed(&bulk));
    world.start_cramped(&config, 1_024);
    world.until_logged(REFUSED).await;
    assert_eq!(world.got("hook").len(), 0, "what is not recorded is not sent");
    let asked = world.asked("desk").len();

    let pid = world.daemon.as_ref().unwrap().id().to_string();
    let room = Command::new("prlimit").args(["--pid", &pid, "--fsize=unlimited"]).status().unwrap();
    assert!(room.success());
    world.until("the news, from the same process", |world| world.got("hook").len() == 1).await;
    let later = world.asked("desk").split_off(asked);
    assert!(later.iter().all(|asked| asked.conditional), "the publisher sends it only once");
    let before = world.asked("other").len();
    world.until("the next polls", |world| world.asked("other").len() > before + 1).await;
    world.until_logged("the store works again").await;
    assert_eq!(world.log().matches(REFUSED).count(), 1, "{}", world.log());
    assert_eq!(world.stop(), Some(0), "{}", world.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_that_sqlite_makes_by_itself_stops_nothing_for_longer_than_it_lasts() {
    let mut world = World::new().await;
    let config = world.configure(&[("desk", "")], "");
    world.publish("desk", Page::feed(&rss(&[CALM])));
    world.start(&config);
    world.until_read("desk").await;
    alter(
        &world,
        "CREATE TRIGGER broken BEFORE INSERT ON poll BEGIN SELECT RAISE(ROLLBACK, 'broken'); END",
    )
    .await;
    world.publish("desk", Page::feed(&rss(&[NEWS, CALM])));
    world.until_logged(REFUSED).await;
    alter(&world, "DROP TRIGGER broken").await;
    world.until("the news", |world| world.got("hook").len() == 1).await;
    assert_eq!(world.stop(), Some(0), "{}", world.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_that_could_not_be_recorded_is_recorded_later_and_not_sent_twice() {
    let mut world = World::new().await;
    let config = world.configure(&[("desk", "")], "");
    world.publish("desk", Page::feed(&rss(&[CALM])));
    world.start(&config);
    world.until_read("desk").await;
    alter(&world, "CREATE TRIGGER broken BEFORE INSERT ON attempt BEGIN SELECT RAISE(ROLLBACK, 'broken'); END").await;
    world.publish("desk", Page::feed(&rss(&[NEWS, CALM])));
    world.until_logged(REFUSED).await;
    alter(&world, "DROP TRIGGER broken").await;
    world.until_logged("the store works again").await;
    let more =
        Story { slug: "more", title: "EU and Republic of Korea agree on 6G", lead: "In Seoul." };
    world.publish("desk", Page::feed(&rss(&[more, NEWS, CALM])));
    world.until("the next news", |world| world.got("hook").len() >= 2).await;
    let ids: std::collections::HashSet<_> =
        world.got("hook").into_iter().map(|got| got.id).collect();
    assert_eq!(ids.len(), world.got("hook").len(), "each was sent once");
    assert_eq!(world.stop(), Some(0), "{}", world.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_daemon_and_a_round_leave_one_file_that_holds_all() {
    let mut world = World::new().await;
    let config = world.configure(&[("desk", "")], "");
    world.publish("desk", Page::feed(&rss(&[CALM])));
    world.start(&config);
    world.until_read("desk").await;
    assert_eq!(world.stop(), Some(0), "{}", world.log());
    let one_file = || {
        let logs = ["bongsu.db-wal", "bongsu.db-shm"].map(|name| world.path(name).exists());
        assert_eq!(logs, [false, false], "{}", world.log());
    };
    one_file();
    world.publish("desk", Page::feed(&rss(&[NEWS, CALM])));
    let (code, _, stderr) = output(&world, &config, &["poll"]);
    assert_eq!(code, Some(0), "{stderr}");
    one_file();
    let items: i64 = sqlx::query_scalar("SELECT count(*) FROM item")
        .fetch_one(
            &mut SqliteConnection::connect(&world.path("bongsu.db").display().to_string())
                .await
                .unwrap(),
        )
        .await
        .unwrap();
    assert_eq!(items, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_beside_a_daemon_comes_back_and_its_age_is_told_at_the_next_start() {
    let mut world = World::new().await;
    let config = world.configure(&[("desk", "")], "");
    world.publish("desk", Page::feed(&rss(&[CALM])));
    world.start(&config);
    world.until_read("desk").await;
    let (code, stdout, stderr) = output(&world, &config, &["backup", "copy.db"]);
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stdout.contains("holds 1 item, as of 20") && stdout.contains("restore "), "{stdout}");
    world.publish("desk", Page::feed(&rss(&[NEWS, CALM])));
    world.until("the news", |world| world.got("hook").len() == 1).await;
    let (code, _, stderr) = output(&world, &config, &["restore", "copy.db"]);
    assert_eq!(code, Some(1));
    assert!(stderr.contains("held by pid"), "{stderr}");
    assert_eq!(world.stop(), Some(0), "{}", world.log());

    let (code, stdout, stderr) = output(&world, &config, &["restore", "copy.db"]);
    assert_eq!(code, Some(0), "{stderr}");
    for told in ["is restored: 1 item, as of 20", "0 min ago", "is kept as ", ".replaced-"] {
        assert!(stdout.contains(told), "{told} is missing from: {stdout}");
    }
    world.start(&config);
    world.until_logged("the store was restored at ").await;
    world.until("the news again", |world| world.got("hook").len() == 2).await;
    assert_eq!(world.stop(), Some(0), "{}", world.log());
    world.start(&config);
    let asked = world.asked("desk").len();
    world.until("the next poll", |world| world.asked("desk").len() > asked).await;
    assert_eq!(world.stop(), Some(0), "{}", world.log());
    assert_eq!(world.log().matches("the store was restored at ").count(), 1, "told once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_finds_damage_and_names_the_way_back() {
    let world = World::new().await;
    let config = world.configure(&[("desk", "")], "");
    let named = |number: u32| -> &'static str { format!("slug-{number}").leak() };
    let story = |slug| Story { slug, title: slug, lead: "Nothing happened." };
    let stories: Vec<Story> = (0..400).map(|number| story(named(number))).collect();
    world.publish("desk", Page::feed(&rss(&stories)));
    output(&world, &config, &["poll"]);
    let mut bytes = std::fs::read(world.path("bongsu.db")).unwrap();
    // Pages that a round does not read: those of the tables that are filled last lie at the end.
    let (pages, page) = (bytes.len() / 4_096, 4_096);
    bytes.iter_mut().skip((pages - 2) * page).take(page).for_each(|byte| *byte ^= 0x5a);
    std::fs::write(world.path("bongsu.db"), bytes).unwrap();
    let (code, _, stderr) = output(&world, &config, &["poll"]);
    assert_eq!(code, Some(1), "{stderr}");
    assert!(stderr.contains("damaged") && stderr.contains("restore FILE"), "{stderr}");
    assert!(!stderr.contains("rm -f"), "{stderr}");
}
