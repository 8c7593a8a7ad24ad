//! In which order the items of one poll are told: the oldest first, whichever way their document runs.

use crate::world::{Page, World};

/// An item that the shipped watches flag, by its number, with its date.
fn item(n: u32, date: &str) -> String {
    let date =
        if date.is_empty() { String::new() } else { format!("<pubDate>{date} +0000</pubDate>") };
    format!(
        "<item><title>EU and Republic of Korea agree on semiconductors, part {n}</title>\
         <link>https://news.example/part-{n}</link>{date}</item>"
    )
}

fn document(items: &[String]) -> Page {
    let calm = "<item><title>A calm day</title><link>https://news.example/calm-1</link></item>";
    Page::feed(&format!(
        "<rss version=\"2.0\"><channel><title>News</title>{}{calm}</channel></rss>",
        items.concat()
    ))
}

/// The numbers of the items in the order in which they were told.
fn told(world: &World) -> Vec<u32> {
    let got = world.got("hook");
    let links = got.iter().map(|got| got.body["data"]["item"]["link"].as_str().unwrap());
    links.map(|link| link.rsplit('-').next().unwrap().parse().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_items_of_one_poll_are_told_oldest_first() {
    let day = |n: u32| format!("{n:02} Nov 2026 09:00:00");
    let cases = [
        ("newest first", vec![item(3, &day(20)), item(2, &day(19)), item(1, &day(18))]),
        ("oldest first", vec![item(1, &day(18)), item(2, &day(19)), item(3, &day(20))]),
        ("in disorder", vec![item(2, &day(19)), item(3, &day(20)), item(1, &day(18))]),
        ("without dates", vec![item(3, ""), item(2, ""), item(1, "")]),
        ("on one day", vec![item(3, &day(20)), item(2, &day(20)), item(1, &day(20))]),
        ("one without", vec![item(3, &day(20)), item(2, ""), item(1, &day(18))]),
    ];
    for (name, items) in cases {
        let world = World::new().await;
        let config = world.configure(&[("desk", "")], "");
        for page in [document(&[]), document(&items)] {
            world.publish("desk", page);
            let output = world.command(&config, &["poll"]).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        assert_eq!(told(&world), [1, 2, 3], "{name}");
    }
}
