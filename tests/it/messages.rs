//! What reaches people, through the running binary: links that lead where the item's do, one message
//! once whatever a receiver says to have it, and the language of each item.

use std::path::{Path, PathBuf};

use serde_json::Value;
use url::Url;

use crate::commands::output;
use crate::world::{Page, Reply, World};

const WATCH: &str = "[[watch]]\nid = \"beacon\"\ntitle = \"Beacons\"\nany = [\"beacon\", \"봉수\"]\n\
                     must_match = [\"A beacon is lit\"]\nmust_not_match = [\"A calm day\"]\n";

/// One item of a feed, as XML text: headline, link, and what it claims of its language.
#[derive(Clone, Copy, Default)]
struct News<'a> {
    title: &'a str,
    link: &'a str,
    language: &'a str,
    lead: &'a str,
}

fn rss(news: &[News<'_>]) -> Page {
    let items: String = news
        .iter()
        .enumerate()
        .map(|(number, news)| {
            let language = match news.language {
                "" => String::new(),
                tag => format!("<dc:language>{tag}</dc:language>"),
            };
            format!(
                "<item><title>{}</title><link>{}</link>{language}<description>{}</description>\
                 <guid isPermaLink=\"false\">item-{number}</guid></item>\n",
                news.title, news.link, news.lead,
            )
        })
        .collect();
    Page::feed(&format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\
         <channel><title>News</title>{items}</channel></rss>"
    ))
}

/// Reads a quiet baseline, then the news, and returns what the second round printed.
fn told(world: &World, config: &Path, news: &[News<'_>], arguments: &[&str]) -> String {
    let calm = News { title: "A calm day", link: "https://news.example/calm", ..News::default() };
    // The order of numbers is that of the document: the calm day keeps its own by standing first.
    let all: Vec<News<'_>> = [calm].iter().chain(news).copied().collect();
    world.publish("desk", rss(&[calm]));
    let (code, _, stderr) = output(world, config, &["poll"]);
    assert_eq!(code, Some(0), "{stderr}");
    world.publish("desk", rss(&all));
    output(world, config, arguments).1
}

/// The address in a Slack text as Slack reads it: between `<` and `|`, entities decoded once.
fn slack_address(text: &str) -> String {
    let (_, rest) = text.split_once('<').unwrap_or_else(|| panic!("no link in {text}"));
    let (address, _) = rest.split_once('|').unwrap();
    address.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

fn sorted(mut texts: Vec<String>) -> Vec<String> {
    texts.sort();
    texts
}

#[tokio::test(flavor = "multi_thread")]
async fn every_receiver_gets_the_address_that_the_publisher_gave() {
    let world = World::new().await;
    let more = format!("[[receiver]]\nid = \"screen\"\nkind = \"terminal\"\n{WATCH}");
    let config = world.configure(&[("desk", "")], &more);
    let links = [
        "https://ec.europa.eu/commission/presscorner/detail/en/ip_26_2871",
        "https://site.example/~eu/*a*/_b_/c|d;e!f$'(g)[h]?q=*x*_y_~z|w&amp;lt=1&amp;r={s}`t`^u#_v_|~",
        "https://site.example/보도 자료/한_EU_공동성명_en?제목=가|나",
    ];
    let titles = ["A beacon _is_ *lit*", "A beacon | lit &lt;b&gt; ~now~", "봉수 `점화` > 한_EU"];
    let news = [0, 1, 2].map(|n| News { title: titles[n], link: links[n], ..News::default() });
    let screen = told(&world, &config, &news, &["poll"]);

    let wanted = links.map(|link| Url::parse(&link.replace("&amp;", "&")).unwrap().to_string());
    let wanted = sorted(wanted.to_vec());
    let link = |data: &Value| data["item"]["link"].as_str().unwrap().to_owned();
    let hook: Vec<_> = world.got("hook").iter().map(|got| link(&got.body["data"])).collect();
    assert_eq!(sorted(hook), wanted);
    let file = std::fs::read_to_string(world.path("archive.jsonl")).unwrap();
    let file = file.lines().map(|line| link(&serde_json::from_str(line).unwrap())).collect();
    assert_eq!(sorted(file), wanted);
    let screen = screen.lines().map(str::trim).filter(|line| line.starts_with("https://"));
    assert_eq!(sorted(screen.map(str::to_owned).collect()), wanted);

    // To Slack `|` and a backtick are marks, and neither may stand bare in an address.
    let encode = |link: &String| link.replace('|', "%7C").replace('`', "%60");
    let wanted = sorted(wanted.iter().map(encode).collect());
    let slack = world.got("slack");
    for place in ["/text", "/blocks/0/text/text"] {
        let text = |body: &Value| slack_address(body.pointer(place).unwrap().as_str().unwrap());
        assert_eq!(sorted(slack.iter().map(|got| text(&got.body)).collect()), wanted, "{place}");
    }
}

/// A world with a receiver of kind `slack` for each reply; those of Slack's own name are reached
/// through the stub as a proxy.
fn receivers(world: &World, replies: &[(&str, u16, &'static str)]) -> PathBuf {
    let mut more = WATCH.to_owned();
    for &(id, status, body) in replies {
        let (url, proxy) = if id.starts_with("official") {
            let proxy = format!("proxy = \"{}\"\n", world.base());
            (format!("http://hooks.slack-gov.com/to/{id}"), proxy)
        } else {
            (world.receiver(id), String::new())
        };
        more += &format!(
            "[[receiver]]\nid = \"{id}\"\nkind = \"slack\"\nurl = \"{url}\"\n{proxy}\
             allow_private = [\"127.0.0.0/8\"]\n"
        );
        world.reply(id, Reply { status, body, retry_after: None });
    }
    world.configure(&[("desk", "")], &more)
}

const LIT: News<'_> = News {
    title: "A beacon is lit",
    link: "https://news.example/lit",
    language: "",
    lead: "On the hill.",
};

#[tokio::test(flavor = "multi_thread")]
async fn whatever_confirms_a_message_gets_it_once() {
    let replies = [
        ("rocket", 200, "{\"success\":true}"),
        ("proxy", 200, "ok\n"),
        ("capitals", 200, "OK"),
        ("silent", 200, ""),
        ("created", 201, ""),
        ("nothing", 204, ""),
        ("accepted", 202, "{\"id\":7,\"error\":null}"),
        ("words", 200, "전송되었습니다"),
        ("official", 200, "ok\n"),
    ];
    let world = World::new().await;
    let config = receivers(&world, &replies);
    let printed = told(&world, &config, &[LIT], &["poll", "--json"]);
    let summary: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!((summary["alerts"].as_u64(), summary["waiting"].as_u64()), (Some(1), Some(0)));
    let (code, _, stderr) = output(&world, &config, &["poll"]);
    assert_eq!(code, Some(0), "{stderr}");
    for (id, ..) in replies {
        assert_eq!(world.got(id).len(), 1, "{id}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_denies_a_message_or_is_no_receiver_keeps_it_waiting() {
    let replies = [
        ("portal", 200, "<!DOCTYPE html><html><body>Sign in</body></html>"),
        ("denied", 200, "{\"success\":false}"),
        ("not-ok", 200, "{\"ok\":false,\"error\":\"channel_not_found\"}"),
        ("error", 200, "{\"error\":\"invalid-channel\"}"),
        ("teams", 200, "Microsoft Teams endpoint returned HTTP error 429"),
        ("bad-gateway", 502, ""),
        ("block-page", 400, "<html><title>400 Bad Request</title></html>"),
        ("not-found", 404, "<p>no_service</p>"),
        ("official", 200, "OK"),
        ("official-empty", 200, ""),
    ];
    let world = World::new().await;
    let config = receivers(&world, &replies);
    let printed = told(&world, &config, &[LIT], &["poll", "--json"]);
    let summary: Value = serde_json::from_str(&printed).unwrap();
    let counts = ["waiting", "dead"].map(|key| summary[key].as_u64().unwrap());
    assert_eq!(counts, [replies.len() as u64, 0], "{printed}");
    for (id, ..) in replies {
        assert!(!world.got(id).is_empty(), "{id}");
    }
}

/// The language of each headline that the webhook was told.
fn languages(world: &World) -> Vec<(String, Option<String>)> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let mut all: Vec<_> = world
        .got("hook")
        .iter()
        .map(|got| &got.body["data"]["item"])
        .map(|item| (text(&item["title"]).unwrap(), text(&item["language"])))
        .collect();
    all.sort();
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_is_told_in_the_language_that_its_letters_bear_out() {
    let news = [
        ("A beacon: EU and Korea open the 한-EU centre", "", "en"),
        ("Beacon: EU and Korea on 한-EU trade", "ko", "en"),
        ("봉수: 한-EU 디지털 파트너십 협의회 개최", "en-US", "ko"),
        ("봉수: 한-EU 양자기술 공동연구", "ko-KR", "ko-KR"),
        // 7 syllables beside 14 letters: 55 %.
        ("봉수 EU BEACON SUMMIT 공동 개막", "", "ko"),
        ("봉수 EU BEACONS LIGHT 공동 개막", "en", "en"),
    ];
    for keys in ["", "language = \"ko\"", "language = \"en\""] {
        let world = World::new().await;
        if !keys.is_empty() {
            // Slack is told one message a second: once is enough, and a closed one is left alone.
            world.answer("slack", 410);
        }
        let own = "[[watch]]\nid = \"english\"\ntitle = \"English\"\nwhen = \"lang:en AND (beacon OR 봉수)\"\n";
        let config = world.configure(&[("desk", keys)], &format!("{own}{WATCH}"));
        let items = news.map(|(title, language, _)| News {
            title,
            language,
            link: "https://news.example/",
            ..News::default()
        });
        told(&world, &config, &items, &["poll"]);
        let mut wanted: Vec<_> = news
            .iter()
            .map(|(title, own, told)| {
                let claim = if own.is_empty() && title.contains("SUMMIT") && keys.contains("en") {
                    "en"
                } else {
                    told
                };
                ((*title).to_owned(), Some(claim.to_owned()))
            })
            .collect();
        wanted.sort();
        assert_eq!(languages(&world), wanted, "{keys}");

        // The watches were asked about the same language, and so is whoever asks today.
        for got in world.got("hook") {
            let data = &got.body["data"];
            let english = data["item"]["language"].as_str().unwrap().starts_with("en");
            let flags = data["watches"].as_array().unwrap();
            assert_eq!(flags.iter().any(|flag| flag["id"] == "english"), english, "{data}");
            let item = format!("item:{}", data["item"]["id"]);
            let (_, answer, stderr) = output(&world, &config, &["why", &item, "--json"]);
            let answer: Value =
                serde_json::from_str(&answer).unwrap_or_else(|_| panic!("{stderr}"));
            assert_eq!(answer["text"]["language"], data["item"]["language"]);
        }
        if keys.is_empty() {
            let slack: String = world.got("slack").iter().map(|got| got.body.to_string()).collect();
            assert!(slack.contains("English") && slack.contains("Korean"), "{slack}");
        }
    }
}
