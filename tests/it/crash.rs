//! `kill -9` with a delivery in flight: nothing lost, at most one repeat per receiver and kill, with
//! the same id. What was served and what was received are counted here, by other code than bongsu's.
//!
//! Five kills by default; `BONGSU_TEST_KILLS=20` and more for a longer run.

use std::collections::BTreeMap;

use crate::world::{Page, World};

/// Items in all; one in `FLAGGED_EVERY` is news.
const ITEMS: usize = 10_000;
const FLAGGED_EVERY: usize = 47;
const FEEDS: usize = 10;
const RECEIVERS: [&str; 3] = ["hook", "second", "third"];

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_and_little_repeated_when_the_process_is_killed() {
    let kills: usize =
        std::env::var("BONGSU_TEST_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(5);
    let mut world = World::new().await;
    let names: Vec<_> = (0..FEEDS).map(|n| format!("desk-{n}")).collect();
    let sources: Vec<_> = names.iter().map(|name| (name.as_str(), "")).collect();
    let config = world.configure(&sources, &more_hooks(&world));
    for name in &names {
        world.publish(name, Page::feed(&document(&[])));
    }
    world.start(&config);
    for name in &names {
        world.until_read(name).await;
    }

    let rounds = kills + 1;
    for round in 0..rounds {
        // One message of the round, another one each time, is taken and never answered.
        let victim = RECEIVERS[round % RECEIVERS.len()];
        let held = world.got(victim).len() + (round * 7) % (news(rounds) - 1);
        if round < kills {
            world.hold_after(victim, Some(held - world.got(victim).len()));
        }
        for (feed, name) in names.iter().enumerate() {
            world.publish(name, Page::feed(&document(&slice(feed, round, rounds))));
        }
        if round < kills {
            world.until("one in flight", |world| world.got(victim).len() > held).await;
            world.kill();
            world.hold_after(victim, None);
            world.start(&config);
        }
    }
    let all = ITEMS.div_ceil(FLAGGED_EVERY);
    for receiver in RECEIVERS {
        world.until("the rest", |world| distinct(world, receiver).len() >= all).await;
    }
    assert_eq!(world.stop(), Some(0), "{}", world.log());
    for receiver in RECEIVERS {
        let told = distinct(&world, receiver);
        assert_eq!(told.len(), all, "{receiver}: nothing is lost, nothing is made up");
        let repeats: usize = told.values().map(|ids| ids.len() - 1).sum();
        assert!(repeats <= kills, "{receiver}: {repeats} repeats in {kills} kills");
        for (link, ids) in told {
            assert!(
                ids.windows(2).all(|pair| pair[0] == pair[1]),
                "{receiver}: {link} came under {ids:?}"
            );
        }
    }
}

/// Two more webhooks, so that three of one kind are counted; Slack, which is paced, is left out.
fn more_hooks(world: &World) -> String {
    let mut text = "[[patch]]\nreceiver = \"slack\"\nenabled = false\n".to_owned();
    for name in ["second", "third"] {
        let file = world.path(&format!("{name}.url"));
        std::fs::write(&file, world.receiver(name)).unwrap();
        text += &format!(
            "[[receiver]]\nid = \"{name}\"\nkind = \"webhook\"\nurl_file = \"{}\"\nallow_private = [\"127.0.0.0/8\"]\n",
            file.display()
        );
    }
    text
}

/// How many of a round's items are news, at least.
fn news(rounds: usize) -> usize {
    ITEMS / FLAGGED_EVERY / rounds
}

/// The numbers of the items that one feed shows in one round: all so far, because a feed that drops
/// items while nobody looks would lose them for any reader.
fn slice(feed: usize, round: usize, rounds: usize) -> Vec<usize> {
    (0..ITEMS * (round + 1) / rounds).filter(|number| number % FEEDS == feed).collect()
}

fn document(numbers: &[usize]) -> String {
    let items: String = numbers
        .iter()
        .map(|number| {
            let title = if number % FLAGGED_EVERY == 0 {
                format!("EU and Republic of Korea agree on semiconductors, part {number}")
            } else {
                format!("Harvest report number {number} from the province")
            };
            format!("<item><title>{title}</title><link>https://news.example/n{number}/</link><guid>n{number}</guid></item>")
        })
        .collect();
    format!(
        "<rss version=\"2.0\"><channel><title>Desk</title><link>https://news.example/</link>\
         <description>Desk</description><item><title>The desk is open</title><guid>open</guid>\
         <link>https://news.example/open/</link></item>{items}</channel></rss>"
    )
}

/// For each story told: the ids under which it came.
fn distinct(world: &World, receiver: &str) -> BTreeMap<String, Vec<String>> {
    let mut told = BTreeMap::<String, Vec<String>>::new();
    for got in world.got(receiver) {
        let text = got.body.to_string();
        let link =
            text.split("https://news.example/").nth(1).and_then(|rest| rest.split('/').next());
        told.entry(link.expect("an alert has its link").to_owned())
            .or_default()
            .push(got.id.unwrap_or_default());
    }
    told
}
