//! The case that decides: two true headlines among look-alikes reach every receiver, once, with the
//! right topics and reasons, though the receiver is down, the feed flaps and the process is killed.

use std::collections::BTreeSet;

use crate::feeds::{Story, rss};
use crate::world::{Page, World};

const OLD: Story = Story {
    slug: "old",
    title: "EU and Republic of Korea discuss a digital partnership on semiconductors",
    lead: "Published before anybody was watching.",
};

const COUNCIL: Story = Story {
    slug: "council",
    title: "EU and Republic of Korea hold second Digital Partnership Council",
    lead: "The two sides agreed on joint work on semiconductors, 5G and beyond, quantum, online \
           platforms, artificial intelligence, cybersecurity and Korea's place in Horizon Europe.",
};

const COMMITTEE: Story = Story {
    slug: "committee",
    title: "한&amp;middot;EU, 반도체 공동연구 착수 회의 서울서 열려",
    lead: "양측 연구진이 차세대 반도체 공동연구 과제를 논의했다.",
};

const UNRELATED: [Story; 7] = [
    Story {
        slug: "japan",
        title: "EU and Japan hold Digital Partnership Council on semiconductors",
        lead: "Tokyo and Brussels meet.",
    },
    Story {
        slug: "euv",
        title: "Korean chipmaker orders more EUV lithography machines",
        lead: "Semiconductor output is to grow.",
    },
    Story {
        slug: "bilateral", title: "한-일 양자회담 개최", lead: "양국 장관이 회담했다."
    },
    Story {
        slug: "work", title: "안전한 일터 만들기, 반도체 공장부터", lead: "작업장 안전 점검."
    },
    Story {
        slug: "north",
        title: "EU condemns North Korea over cybersecurity attacks",
        lead: "A statement on the DPRK.",
    },
    Story { slug: "harvest", title: "올해 사과 수확량 늘어", lead: "농가 소식." },
    Story {
        slug: "lettuce", title: "국내에서 재배한 유럽 품종 상추 인기", lead: "농산물 소식."
    },
];

const RECEIVERS: [&str; 2] = ["slack", "hook"];

#[tokio::test(flavor = "multi_thread")]
async fn two_true_headlines_among_look_alikes_reach_every_receiver_once() {
    let mut world = World::new().await;
    let config = world.configure(
        &[
            ("brussels", "language = \"en\""),
            ("seoul", "language = \"ko\"\ntimezone = \"Asia/Seoul\""),
        ],
        "",
    );
    world.publish("brussels", Page::feed(&rss(&[OLD, UNRELATED[0]])));
    world.publish("seoul", Page::feed(&rss(&UNRELATED[5..])));
    world.start(&config);
    world.until_read("brussels").await;
    world.until_read("seoul").await;

    // The receiver is down when the news comes, and the Korean feed flaps.
    world.answer("slack", 503);
    world.publish("seoul", Page::status(502));
    let english = rss(&[COUNCIL, UNRELATED[0], UNRELATED[1], UNRELATED[4], OLD]);
    world.publish("brussels", Page::feed(&english));
    world.until("the hook to hear of the council", |world| !world.got("hook").is_empty()).await;
    world.until("a try at the broken receiver", |world| !world.got("slack").is_empty()).await;

    // The process dies; the feeds go on, the receiver comes back.
    world.kill();
    world.answer("slack", 200);
    world.publish(
        "seoul",
        Page::feed(&rss(&[COMMITTEE, UNRELATED[2], UNRELATED[3], UNRELATED[5], UNRELATED[6]])),
    );
    world.start(&config);
    world.until("the hook to hear of both", |world| links(world, "hook").len() == 2).await;
    world.until("slack to hear of both", |world| accepted(world, "slack") >= 2).await;
    world.until_read("brussels").await;
    world.until_read("seoul").await;
    assert_eq!(world.stop(), Some(0), "{}", world.log());

    for receiver in RECEIVERS {
        let expected = BTreeSet::from(["council", "committee"]);
        assert_eq!(links(&world, receiver), expected, "{receiver} hears of these and no others");
    }
    once_but_for_the_kill(&world);
    archive_holds_both_with_their_reasons(&world);
}

/// The webhook's repeats, if the kill caused one, carry the same id.
fn once_but_for_the_kill(world: &World) {
    let ids: Vec<_> =
        world.got("hook").into_iter().map(|got| got.id.expect("every try has its id")).collect();
    let distinct: BTreeSet<_> = ids.iter().collect();
    assert_eq!(distinct.len(), 2, "one id an alert: {ids:?}");
    assert!(ids.len() <= 3, "one kill, at most one repeat: {ids:?}");
}

fn archive_holds_both_with_their_reasons(world: &World) {
    let archive = std::fs::read_to_string(world.path("archive.jsonl")).unwrap();
    let lines: Vec<serde_json::Value> =
        archive.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |slug: &str| {
        let line =
            lines.iter().find(|line| line.to_string().contains(&format!("news.example/{slug}")));
        line.unwrap_or_else(|| panic!("the archive lacks {slug}: {archive}"))
    };
    let watches = |slug: &str| -> BTreeSet<String> {
        let watches = of(slug)["watches"].as_array().expect("an alert names its watches").clone();
        watches.iter().map(|watch| watch["id"].as_str().unwrap().to_owned()).collect()
    };
    for topic in [
        "digital-partnership",
        "semiconductors",
        "network-5g-6g",
        "quantum",
        "platforms",
        "ai",
        "cybersecurity",
        "research-horizon",
    ] {
        assert!(
            watches("council").contains(topic),
            "{topic} is missing from {:?}",
            watches("council")
        );
    }
    assert!(watches("committee").contains("semiconductors"), "{:?}", watches("committee"));
    for slug in ["council", "committee"] {
        let concepts =
            of(slug)["concepts"].as_array().expect("an alert names its concepts").clone();
        for party in ["eu", "korea"] {
            assert!(
                concepts.contains(&party.into()),
                "{slug} is flagged for both parties: {concepts:?}"
            );
        }
        let reasons = of(slug)["watches"].to_string();
        assert!(reasons.contains("eu: ") && reasons.contains("korea: "), "{reasons}");
    }
    assert!(of("committee").to_string().contains("한·EU"), "entities are decoded to the end");
}

/// The stories of which a receiver was told, by the last part of their links.
fn links(world: &World, receiver: &str) -> BTreeSet<&'static str> {
    let texts: Vec<_> = world.got(receiver).iter().map(|got| got.body.to_string()).collect();
    let all = [OLD, COUNCIL, COMMITTEE].into_iter().chain(UNRELATED);
    all.map(|story| story.slug)
        .filter(|slug| texts.iter().any(|text| text.contains(&format!("news.example/{slug}"))))
        .collect()
}

/// Messages that a receiver took: those after the last refusal.
fn accepted(world: &World, receiver: &str) -> usize {
    let told = world.got(receiver);
    let both = ["council", "committee"].map(|slug| {
        told.iter().any(|got| got.body.to_string().contains(&format!("news.example/{slug}")))
    });
    both.into_iter().filter(|told| *told).count()
}
