//! Well-formed feeds to measure with: made here, the same ones at every run, in Korean and English;
//! and those of a folder, if one is named.

use std::fmt::Write as _;

use fastrand::Rng;

/// A kind of feed.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    /// Made here: format, items in each.
    Made(Format, usize),
    /// The files of a folder.
    Folder(String),
}

/// The formats, as they are mostly met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// RSS 2.0 with a description, escaped.
    Rss,
    /// RSS 2.0 with a lead and `content:encoded`, both in CDATA.
    RssFull,
    /// Atom with a summary.
    Atom,
    /// RSS 1.0.
    Rdf,
    /// JSON Feed 1.1.
    Json,
}

impl std::fmt::Display for Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Made(format, items) => {
                let name = match format {
                    Format::Rss => "RSS 2.0",
                    Format::RssFull => "RSS 2.0, full text",
                    Format::Atom => "Atom",
                    Format::Rdf => "RSS 1.0",
                    Format::Json => "JSON Feed",
                };
                write!(f, "{name}, {items} items")
            }
            Self::Folder(path) => f.write_str(path.rsplit('/').next().unwrap_or(path)),
        }
    }
}

/// All shapes that are measured, with a folder's files as the last.
pub(crate) fn shapes(folder: Option<&str>) -> Vec<Shape> {
    let formats = [Format::Rss, Format::RssFull, Format::Atom, Format::Rdf, Format::Json];
    let mut shapes: Vec<Shape> =
        formats.into_iter().map(|format| Shape::Made(format, 30)).collect();
    shapes.extend([Format::Rss, Format::Atom].map(|format| Shape::Made(format, 600)));
    shapes.extend(folder.map(|folder| Shape::Folder(folder.to_owned())));
    shapes
}

impl Shape {
    /// Its feeds: about 600 items in all, or what the folder holds.
    pub(crate) fn feeds(&self) -> Vec<Vec<u8>> {
        match self {
            Self::Made(format, items) => {
                let make = |seed| made(*format, *items, seed).into_bytes();
                (0..(600 / items) as u64).map(make).collect()
            }
            Self::Folder(path) => {
                let files = std::fs::read_dir(path).expect("a folder that can be read");
                let mut paths: Vec<_> = files.flatten().map(|file| file.path()).collect();
                paths.sort();
                paths.iter().filter_map(|path| std::fs::read(path).ok()).collect()
            }
        }
    }
}

#[rustfmt::skip]
const ENGLISH: [&str; 48] = [
    "the", "of", "and", "to", "in", "for", "on", "with", "Commission", "Korea", "partnership", "digital",
    "trade", "agreement", "council", "minister", "policy", "semiconductor", "supply", "chain", "research",
    "standard", "regulation", "proposal", "funding", "call", "R&D", "platform", "data", "privacy",
    "battery", "hydrogen", "customs", "tariff", "consultation", "report", "joint", "statement", "launch",
    "signing", "café", "growth", "per cent", "2026", "member", "states", "fisheries", "<unit>",
];

#[rustfmt::skip]
const KOREAN: [&str; 40] = [
    "정부", "장관은", "과학기술정보통신부", "산업통상자원부가", "유럽연합", "집행위원회와", "협력을", "디지털",
    "파트너십", "협정", "통상", "무역", "반도체", "공급망", "양자", "연구개발", "표준", "규제를", "호라이즌",
    "준회원국", "사업", "공고", "지원", "예산", "기업", "시장", "데이터", "배터리", "수소", "기후", "관세",
    "간담회를", "공동성명", "보도자료", "개최", "체결", "발표했다.", "추진한다.", "밝혔다.", "한·EU",
];

/// An item before it is written down.
struct Item {
    title: String,
    lead: String,
    text: String,
    link: String,
    guid: String,
    author: String,
    category: String,
    minute: u64,
}

fn words(rng: &mut Rng, korean: bool, count: usize) -> String {
    let pool: &[&str] = if korean { &KOREAN } else { &ENGLISH };
    let words: Vec<&str> = (0..count).filter_map(|_| rng.choice(pool.iter().copied())).collect();
    words.join(" ")
}

/// A few paragraphs of HTML.
fn html(rng: &mut Rng, korean: bool, paragraphs: usize) -> String {
    let mut html = String::new();
    for _ in 0..paragraphs {
        let count = rng.usize(20..60);
        let text = escaped(&words(rng, korean, count));
        let number = rng.u32(..);
        let tail = match rng.u8(0..6) {
            0 => format!(" <a href=\"https://example.org/doc/{number}?a=1&amp;ref=rss\">more</a>"),
            1 => format!("<br/><img src=\"https://example.org/{number}.jpg\" alt=\"\"/>"),
            2 => "<ul><li><strong>EU</strong></li><li>한국&nbsp;</li></ul>".to_owned(),
            _ => String::new(),
        };
        writeln!(html, "<p>{text}{tail}</p>").expect("a string takes all");
    }
    html
}

fn item(rng: &mut Rng, korean: bool, full: bool, number: u64) -> Item {
    let count = rng.usize(6..12);
    let title = words(rng, korean, count);
    let lead_paragraphs = rng.usize(1..3);
    let text_paragraphs = if full { rng.usize(5..10) } else { 0 };
    Item {
        title,
        lead: html(rng, korean, lead_paragraphs),
        text: html(rng, korean, text_paragraphs),
        link: format!(
            "https://www.example.org/news/{number}?id={}&lang=ko&utm_source=rss",
            rng.u32(..)
        ),
        guid: format!("news-{}-{number}", rng.u32(..)),
        author: words(rng, korean, 2),
        category: words(rng, korean, 1),
        minute: number * 97 % 600_000,
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A feed with `items` items; odd seeds are in English.
fn made(format: Format, items: usize, seed: u64) -> String {
    let mut rng = Rng::with_seed(seed);
    let korean = seed.is_multiple_of(2);
    let full = format == Format::RssFull;
    let items: Vec<Item> =
        (0..items as u64).map(|number| item(&mut rng, korean, full, number)).collect();
    let title = escaped(&words(&mut rng, korean, 4));
    match format {
        Format::Rss | Format::RssFull => rss(&title, &items),
        Format::Atom => atom(&title, &items),
        Format::Rdf => rdf(&title, &items),
        Format::Json => json(&title, &items),
    }
}

fn at(minute: u64) -> chrono::DateTime<chrono::FixedOffset> {
    let seconds = 1_780_000_000 - minute.cast_signed() * 60;
    let kst = chrono::FixedOffset::east_opt(9 * 3600).expect("nine hours");
    chrono::DateTime::from_timestamp(seconds, 0).expect("a time of ours").with_timezone(&kst)
}

fn rss(title: &str, items: &[Item]) -> String {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" \
         xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>{title}</title>\
         <link>https://www.example.org/</link><description>{title}</description>\n"
    );
    for item in items {
        let body = if item.text.is_empty() {
            format!("<description>{}</description>", escaped(&item.lead))
        } else {
            format!(
                "<description><![CDATA[{}]]></description>\n\
                 <content:encoded><![CDATA[{}]]></content:encoded>",
                item.lead, item.text
            )
        };
        write!(
            out,
            "<item>\n<title>{}</title>\n<link>{}</link>\n<guid isPermaLink=\"false\">{}</guid>\n\
             <pubDate>{}</pubDate>\n<dc:creator>{}</dc:creator>\n<category>{}</category>\n{body}\n</item>\n",
            escaped(&item.title),
            escaped(&item.link),
            item.guid,
            at(item.minute).to_rfc2822(),
            escaped(&item.author),
            escaped(&item.category),
        )
        .expect("a string takes all");
    }
    out + "</channel></rss>\n"
}

fn atom(title: &str, items: &[Item]) -> String {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" \
         xml:lang=\"en\"><title>{title}</title><id>tag:example.org,2026:feed</id>\
         <link rel=\"alternate\" href=\"https://www.example.org/\"/>\n"
    );
    for item in items {
        let date = at(item.minute).to_rfc3339();
        write!(
            out,
            "<entry>\n<title type=\"text\">{}</title>\n<id>tag:example.org,2026:{}</id>\n\
             <link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n<published>{date}</published>\n\
             <updated>{date}</updated>\n<author><name>{}</name></author>\n<category term=\"{}\"/>\n\
             <summary type=\"html\">{}</summary>\n</entry>\n",
            escaped(&item.title),
            item.guid,
            escaped(&item.link),
            escaped(&item.author),
            escaped(&item.category),
            escaped(&item.lead),
        )
        .expect("a string takes all");
    }
    out + "</feed>\n"
}

fn rdf(title: &str, items: &[Item]) -> String {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" \
         xmlns=\"http://purl.org/rss/1.0/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n\
         <channel rdf:about=\"https://www.example.org/\"><title>{title}</title>\
         <link>https://www.example.org/</link><description>{title}</description></channel>\n"
    );
    for item in items {
        let link = escaped(&item.link);
        write!(
            out,
            "<item rdf:about=\"{link}\">\n<title>{}</title>\n<link>{link}</link>\n\
             <description>{}</description>\n<dc:date>{}</dc:date>\n<dc:creator>{}</dc:creator>\n</item>\n",
            escaped(&item.title),
            escaped(&item.lead),
            at(item.minute).to_rfc3339(),
            escaped(&item.author),
        )
        .expect("a string takes all");
    }
    out + "</rdf:RDF>\n"
}

fn json(title: &str, items: &[Item]) -> String {
    let items: Vec<_> = items
        .iter()
        .map(|item| {
            serde_json::json!({
                "id": item.guid,
                "url": item.link,
                "title": item.title,
                "content_html": item.lead,
                "date_published": at(item.minute).to_rfc3339(),
                "authors": [{ "name": item.author }],
                "tags": [item.category],
            })
        })
        .collect();
    let version = "https://jsonfeed.org/version/1.1";
    serde_json::json!({
        "version": version, "title": title, "home_page_url": "https://www.example.org/", "items": items,
    })
    .to_string()
}
