//! Receivers in trouble, as those meet them who run the real binary: what waits, what it holds up, and
//! what is said of it.

use std::path::{Path, PathBuf};

use bongsu::model::alert::DeliveryState;
use bongsu::model::receiver::Verdict;
use bongsu::store::Store;
use bongsu::store::deliveries::AttemptResult;
use bongsu::work::deliver;
use chrono::{DateTime, TimeDelta, Utc};

use crate::bench::{Desk, feed};
use crate::commands::output;
use crate::feeds::{Story, rss};
use crate::world::{Page, Reply, World};

const CALM: Story = Story { slug: "calm", title: "A calm day", lead: "Nothing happened." };
const OLD: Story = Story { slug: "old", title: "An old beacon", lead: "On the southern hill." };
const LATER: Story =
    Story { slug: "later", title: "A later beacon", lead: "On the northern hill." };
const FRESH: Story =
    Story { slug: "fresh", title: "봉수 beacon", lead: "목멱산에 불이 올랐다." };

const WATCH: &str = "[[watch]]\nid = \"beacon\"\ntitle = \"Beacons\"\nany = [\"beacon\"]\n";

/// A configuration with one source, its baseline read.
fn desk(world: &World, more: &str) -> PathBuf {
    let config = world.configure_own(WATCH, &[("desk", "")], more);
    world.publish("desk", Page::feed(&rss(&[CALM])));
    assert_eq!(output(world, &config, &["poll"]).0, Some(0));
    config
}

/// The headlines that the webhook got, in the order of their coming.
fn told(world: &World, receiver: &str) -> Vec<String> {
    let title =
        |body: &serde_json::Value| body["data"]["item"]["title"].as_str().unwrap().to_owned();
    world.got(receiver).iter().map(|got| title(&got.body)).collect()
}

/// Lets what waits for a receiver fail once more, long enough ago to wait for hours yet.
async fn fail_for_hours(world: &World, receiver: &str, messages: usize) {
    let now = bongsu::clock::Clock::System.now();
    let store = Store::open(&world.path("bongsu.db"), now).await.unwrap();
    let soon: DateTime<Utc> = now + TimeDelta::minutes(1);
    for _ in 0..messages {
        let lease = std::time::Duration::from_secs(9);
        let claimed = store.claim_deliveries(&[receiver], soon, lease, 1).await.unwrap();
        let result = AttemptResult {
            started_at: now,
            verdict: Verdict::Retry { after: None, reason: "answered 500".to_owned() },
            retry_at: Some(now + TimeDelta::hours(10)),
            status: Some(500),
            duration_ms: 9,
            free_at: None,
        };
        store.finish_attempt(claimed[0].id, &result, now).await.unwrap();
    }
}

/// Two alerts that wait for hours for the webhook `hook`, which answers again.
async fn backlog(world: &World, config: &Path) {
    world.answer("hook", 500);
    world.publish("desk", Page::feed(&rss(&[OLD, CALM])));
    assert_eq!(output(world, config, &["poll"]).0, Some(1));
    world.publish("desk", Page::feed(&rss(&[LATER, OLD, CALM])));
    assert_eq!(output(world, config, &["poll"]).0, Some(1));
    fail_for_hours(world, "hook", 2).await;
    world.answer("hook", 200);
    assert_eq!(output(world, config, &["poll"]).0, Some(0));
    assert_eq!(world.got("hook").len(), 2, "they wait for their time");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_takes_a_new_alert_gets_those_that_waited_as_well_the_oldest_first() {
    let world = World::new().await;
    let config = desk(&world, "");
    backlog(&world, &config).await;
    world.publish("desk", Page::feed(&rss(&[FRESH, LATER, OLD, CALM])));
    assert_eq!(output(&world, &config, &["poll"]).0, Some(0));
    assert_eq!(told(&world, "hook")[2..], [FRESH.title, OLD.title, LATER.title]);
    let slack = world.got("slack").len();
    assert_eq!(slack, 3, "nobody else gets anything twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_is_resumed_gets_what_waited_though_it_was_not_paused() {
    let world = World::new().await;
    let config = desk(&world, "");
    backlog(&world, &config).await;
    let (code, _, stderr) = output(&world, &config, &["receivers", "resume", "hook"]);
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stderr.contains("not paused; 2 alerts that waited are due now"), "{stderr}");
    assert_eq!(output(&world, &config, &["poll"]).0, Some(0));
    assert_eq!(told(&world, "hook")[2..], [OLD.title, LATER.title]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_is_paused_and_resumed_gets_what_waited_for_hours() {
    let world = World::new().await;
    let config = desk(&world, "");
    backlog(&world, &config).await;
    let now = bongsu::clock::Clock::System.now();
    let store = Store::open(&world.path("bongsu.db"), now).await.unwrap();
    store.pause_receiver("hook", "answered 410", now).await.unwrap();
    let (_, _, stderr) = output(&world, &config, &["receivers", "resume", "hook"]);
    assert!(stderr.contains("gets alerts again, those that waited first"), "{stderr}");
    assert_eq!(output(&world, &config, &["poll"]).0, Some(0));
    assert_eq!(told(&world, "hook")[2..], [OLD.title, LATER.title]);
}

#[tokio::test(flavor = "multi_thread")]
async fn receivers_that_hang_delay_no_third_one_on_their_host() {
    let mut world = World::new().await;
    let third = format!(
        "[[receiver]]\nid = \"third\"\nkind = \"webhook\"\nurl = \"{}\"\n\
         allow_private = [\"127.0.0.0/8\"]\n",
        world.receiver("third")
    );
    let config = desk(&world, &third);
    world.hold_after("slack", Some(0));
    world.hold_after("hook", Some(0));
    world.publish("desk", Page::feed(&rss(&[OLD, CALM])));
    world.start(&config);
    world.until("the third", |world| !world.got("third").is_empty()).await;
    assert!(!world.log().contains("did not take"), "nobody's time was over: {}", world.log());
}

/// A pipe that nobody reads, filled up, in the place of a file. Gives the reader's end.
#[cfg(target_os = "linux")]
fn frozen_pipe(path: &Path) -> std::fs::File {
    use std::io::{ErrorKind, Write};
    use std::os::unix::fs::OpenOptionsExt;
    assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
    let nonblocking = 0o4000;
    let mut options = std::fs::File::options();
    let mut pipe = options.read(true).write(true).custom_flags(nonblocking).open(path).unwrap();
    loop {
        match pipe.write(&[b'\n'; 512]) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => return pipe,
            Err(error) => panic!("{error}"),
        }
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn what_a_frozen_pipe_did_not_take_is_there_once_when_its_reader_wakes() {
    use std::io::Read;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe.jsonl");
    let pipe_toml =
        format!("[[receiver]]\nid = \"pipe\"\nkind = \"file\"\npath = \"{}\"\n", path.display());
    let mut pipe = frozen_pipe(&path);
    let desk = Desk::new("", &pipe_toml).await;
    desk.read(&feed(&[("calm", "A calm day", "Nothing happened.")])).await;
    let titles: Vec<String> = (0..9).map(|number| format!("Beacon {number}")).collect();
    let items: Vec<_> =
        titles.iter().map(|title| (title.as_str(), title.as_str(), "Lit.")).collect();
    desk.read(&feed(&items)).await;
    let stop = tokio_util::sync::CancellationToken::new();
    let most = std::time::Duration::from_millis(300);
    let running = tokio::spawn(deliver::run_within(desk.bench.clone(), most, stop.clone()));
    let due = async || {
        let due = desk.bench.store.deliveries(DeliveryState::Due, 99).await.unwrap();
        due.into_iter().filter(|one| one.receiver == "pipe").collect::<Vec<_>>()
    };
    while due().await.iter().all(|one| one.attempts == 0) {
        tokio::task::yield_now().await;
    }
    // Long after its time it is neither written again, nor are the others driven through their tries.
    desk.wait(std::time::Duration::from_hours(1));
    desk.bench.wakes.deliver.notify_one();
    desk.world.until("the others", |world| world.got("second").len() >= 9).await;
    let tries: u32 = due().await.iter().map(|one| one.attempts).sum();
    assert_eq!((due().await.len(), tries), (9, 1));

    let mut text = Vec::new();
    loop {
        // First: what is no longer due has been written whole.
        let is_through = due().await.is_empty();
        match pipe.read_to_end(&mut text) {
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            other => panic!("the pipe has a writer, this test itself: {other:?}"),
        }
        if is_through {
            break;
        }
        tokio::task::yield_now().await;
    }
    let text = String::from_utf8(text).unwrap();
    let told: Vec<&str> = titles
        .iter()
        .map(String::as_str)
        .filter(|title| text.matches(&format!("\"title\":\"{title}\"")).count() == 1)
        .collect();
    assert_eq!(told.len(), 9, "each once: {text}");
    stop.cancel();
    running.await.unwrap().unwrap();
}

/// Optional receivers for which something is missing, and one that is switched off.
const ABSENT: &str = "\
    [[receiver]]\nid = \"unset\"\nkind = \"slack\"\noptional = true\nurl_env = \"NO_SUCH\"\n\
    [[receiver]]\nid = \"empty\"\nkind = \"webhook\"\noptional = true\nurl_env = \"EMPTY_HOOK\"\n\
    [[receiver]]\nid = \"slip\"\nkind = \"slack\"\noptional = true\nurl_env = \"SLACK_WEBHOK_URL\"\n\
    [[receiver]]\nid = \"lost\"\nkind = \"webhook\"\noptional = true\nurl_file = \"비밀/hook.url\"\n\
    [[receiver]]\nid = \"still\"\nkind = \"slack\"\nenabled = false\nurl_env = \"NO_SUCH\"\n";

/// What is said of each.
const WHY: [(&str, &str); 5] = [
    ("unset", "the variable NO_SUCH, `url_env` of receiver \"unset\", is not set"),
    ("empty", "the variable EMPTY_HOOK, `url_env` of receiver \"empty\", is empty"),
    ("slip", "SLACK_WEBHOOK_URL is set: did you mean it?"),
    ("lost", "비밀/hook.url, `url_file` of receiver \"lost\": no such file"),
    ("still", "enabled = false"),
];

/// A command where one variable is empty and another is spelt otherwise.
fn told_by(world: &World, config: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = world.command(config, arguments);
    command.env("EMPTY_HOOK", "").env("SLACK_WEBHOOK_URL", "https://hooks.example/secret-words");
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

fn assert_why(text: &str) {
    for (id, why) in WHY {
        let line = text.lines().find(|line| line.contains(id) && line.contains("is off"));
        assert!(line.is_some_and(|line| line.contains(why)), "{id}: {text}");
    }
    assert!(!text.contains("secret-words"), "{text}");
}

/// A configuration whose daemon can be asked for its health.
fn with_port(config: &Path) {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let text = std::fs::read_to_string(config).unwrap();
    std::fs::write(config, text.replace("127.0.0.1:0\"", &format!("{free}\""))).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn check_and_test_say_which_receivers_are_off_and_why() {
    let world = World::new().await;
    let config = desk(&world, ABSENT);
    let (code, text) = told_by(&world, &config, &["check"]);
    assert_eq!(code, Some(0), "{text}");
    assert_why(&text);
    let on = "3 receivers are on: slack (slack), hook (webhook), archive (file)";
    assert!(text.contains(on) && text.contains("1 source is on: desk"), "{text}");
    let (code, text) = told_by(&world, &config, &["receivers", "test"]);
    assert_eq!((code, world.got("hook").len()), (Some(0), 1), "{text}");
    assert_why(&text);
    for (id, why) in WHY.iter().filter(|(id, _)| *id != "still") {
        let (code, text) = told_by(&world, &config, &["receivers", "test", id]);
        assert_eq!(code, Some(1), "{text}");
        assert!(text.contains(&format!("receiver `{id}` is off")) && text.contains(why), "{text}");
    }
    let (_, text) = told_by(&world, &config, &["receivers", "test", "still"]);
    assert!(text.contains("NO_SUCH") && !text.contains("no URL"), "the true reason: {text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_and_health_say_who_is_on_and_who_is_off_and_why() {
    let mut world = World::new().await;
    let sources = [("desk", ""), ("idle", "enabled = false")];
    let config = world.configure_own(WATCH, &sources, ABSENT);
    with_port(&config);
    let mut command = world.command(&config, &["run"]);
    command.env("EMPTY_HOOK", "").env("SLACK_WEBHOOK_URL", "https://hooks.example/secret-words");
    world.launch(command);
    world.until_logged("running").await;
    assert_why(&world.log());
    assert!(world.log().contains("3 receivers are on: slack (slack)"), "{}", world.log());
    let (code, text) = told_by(&world, &config, &["health"]);
    assert_eq!((code, text.lines().next()), (Some(0), Some("ok")), "{text}");
    assert_why(&text);
    for line in [
        "3 receivers are on: slack (slack), hook (webhook), archive (file)",
        "1 source is on: desk",
        "1 source is off: idle; enabled = false",
    ] {
        assert!(text.lines().any(|told| told == line), "{line}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn health_names_each_receiver_that_is_paused_or_did_not_take_what_it_was_sent() {
    let mut world = World::new().await;
    let closed = [
        ("one", 403, "invalid_token"),
        ("two", 404, "no_service"),
        ("three", 410, "channel_is_archived"),
        ("four", 410, "gone"),
    ];
    let more = closed.map(|(id, status, body)| {
        world.reply(id, Reply { body, ..Reply::status(status) });
        format!(
            "[[receiver]]\nid = \"{id}\"\nkind = \"slack\"\nurl = \"{}\"\n\
             allow_private = [\"127.0.0.0/8\"]\n",
            world.receiver(id)
        )
    });
    let config = desk(&world, &more.concat());
    with_port(&config);
    world.answer("hook", 404);
    world.publish("desk", Page::feed(&rss(&[OLD, CALM])));
    world.start(&config);
    world.until_logged("did not take").await;
    for (id, ..) in closed {
        world.until_logged(&format!("receivers resume {id}")).await;
    }
    let (code, text, _) = output(&world, &config, &["health"]);
    assert_eq!((code, text.lines().next()), (Some(0), Some("ok")), "{text}");
    for (id, ..) in closed {
        let told = format!("receiver {id} takes nothing since 20");
        assert!(
            text.contains(&told) && text.contains(&format!("receivers resume {id}`")),
            "{text}"
        );
    }
    assert!(text.contains("receiver hook did not take what it was sent: 1 alert waits"), "{text}");
    assert!(text.contains("are on: slack (slack), hook (webhook), archive (file)"), "{text}");
}
