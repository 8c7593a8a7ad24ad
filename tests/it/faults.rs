//! Faulty documents that hold a piece of news all the same, and answers that are no feed: what is
//! served, and what readers or the operator are to be told.

const TITLE: &str = "EU and Republic of Korea sign a digital trade agreement";
const HANGUL: &str = "한-EU 디지털 통상협정 서명";
/// A syllable of Windows' code page that the older KS X 1001 lacks.
const WINDOWS: &str = "한-EU 디지털 통상협정 서명 똠";

/// A document with news in it that has to come through.
pub(crate) struct Faulty {
    /// The source's id.
    pub(crate) id: String,
    pub(crate) body: Vec<u8>,
    /// What the server says of the type.
    pub(crate) content_type: &'static str,
    /// Title and link of each item, as they must be told.
    pub(crate) told: Vec<(String, String)>,
}

impl Faulty {
    fn new(id: &str, title: &str, body: impl Into<Vec<u8>>) -> Self {
        let told = vec![(title.to_owned(), format!("https://news.example/{id}"))];
        Self { id: id.to_owned(), body: body.into(), content_type: "image/png", told }
    }

    fn typed(mut self, content_type: &'static str) -> Self {
        self.content_type = content_type;
        self
    }
}

/// An item that is news, with a link of its own and something more in it.
pub(crate) fn news(slug: &str, title: &str, more: &str) -> String {
    format!(
        "<item><title>{title}</title><link>https://news.example/{slug}</link>{more}\
         <description>Signed in Brussels.</description></item>"
    )
}

pub(crate) fn channel(items: &str) -> String {
    format!(
        "<rss version=\"2.0\" xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\"><channel><title>News</title>{items}</channel></rss>"
    )
}

/// All faulty documents.
pub(crate) fn survived() -> Vec<Faulty> {
    [elements(), encodings(), korean(), frames(), formats(), values(), sizes()]
        .into_iter()
        .flatten()
        .collect()
}

/// With this beside title and link.
fn with(id: &str, more: &str) -> Faulty {
    Faulty::new(id, TITLE, channel(&news(id, TITLE, more)))
}

/// Written so, to be told as `TITLE`.
fn titled(id: &str, written: &str) -> Faulty {
    Faulty::new(id, TITLE, channel(&news(id, written, "")))
}

fn elements() -> Vec<Faulty> {
    let link = "https://news.example/query?a=1&b=2".to_owned();
    let surrogates = format!(
        "{{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"\\ud800\",\"items\":[{{\"id\":\"j\",\"url\":\"https://news.example/surrogates\",\"title\":\"\\udc00{TITLE}\\ud83d\"}}]}}"
    );
    vec![
        with("duration", "<itunes:duration>99999999999999999999999</itunes:duration>"),
        with("author", "<author>\u{f7}name@news.example</author>"),
        Faulty::new(
            "ampersand",
            &format!("R&D \u{a0} © {TITLE}").replace(" \u{a0} ", " "),
            channel(&news("ampersand", &format!("R&D &nbsp; &copy {TITLE}"), "")),
        ),
        Faulty {
            told: vec![(TITLE.to_owned(), link)],
            ..Faulty::new("query", TITLE, channel(&news("query?a=1&b=2", TITLE, "")))
        },
        titled("controls", &format!("&#0;\u{1}\u{8}{TITLE}\u{fffe}\u{1b}\u{1f}")),
        Faulty::new("surrogates", TITLE, surrogates),
    ]
}

fn encodings() -> Vec<Faulty> {
    let text = |id: &str| channel(&news(id, HANGUL, ""));
    let wide = |id: &str, mark: &[u8], unit: fn(u16) -> [u8; 2]| {
        Faulty::new(
            id,
            HANGUL,
            [mark.to_vec(), text(id).encode_utf16().flat_map(unit).collect()].concat(),
        )
    };
    let wider = |id: &str, mark: &[u8], unit: fn(u32) -> [u8; 4]| {
        let units = text(id).chars().flat_map(|c| unit(c as u32)).collect();
        Faulty::new(id, HANGUL, [mark.to_vec(), units].concat())
    };
    vec![
        wide("utf16be", b"", u16::to_be_bytes),
        wide("utf16be-mark", b"\xfe\xff", u16::to_be_bytes),
        wide("utf16le", b"", u16::to_le_bytes),
        wide("utf16le-mark", b"\xff\xfe", u16::to_le_bytes),
        wider("utf32be", b"", u32::to_be_bytes),
        wider("utf32be-mark", b"\0\0\xfe\xff", u32::to_be_bytes),
        wider("utf32le", b"", u32::to_le_bytes),
        wider("utf32le-mark", b"\xff\xfe\0\0", u32::to_le_bytes),
        Faulty::new(
            "utf8-lie",
            HANGUL,
            format!("<?xml version=\"1.0\" encoding=\"euc-kr\"?>{}", text("utf8-lie")),
        ),
    ]
}

/// Korean bytes under every label: the prolog's right, none or a lie, the server's none or a lie.
fn korean() -> Vec<Faulty> {
    let mut all = Vec::new();
    for (bytes, title, right) in [("ks", HANGUL, "euc-kr"), ("windows", WINDOWS, "cp949")] {
        for (prolog, label) in [("right", Some(right)), ("none", None), ("lie", Some("utf-8"))] {
            for (server, content_type) in
                [("silent", "text/xml"), ("lies", "text/xml; charset=utf-8")]
            {
                let id = format!("{bytes}-{prolog}-{server}");
                let label =
                    label.map(|label| format!("<?xml version=\"1.0\" encoding=\"{label}\"?>"));
                let text = label.unwrap_or_default() + &channel(&news(&id, title, ""));
                all.push(Faulty::new(&id, title, euc_kr(&text)).typed(content_type));
            }
        }
    }
    all
}

/// Text in EUC-KR, by a table of our own.
fn euc_kr(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for c in text.chars() {
        let pair = match c {
            '한' => b"\xc7\xd1",
            '디' => b"\xb5\xf0",
            '지' => b"\xc1\xf6",
            '털' => b"\xc5\xd0",
            '통' => b"\xc5\xeb",
            '상' => b"\xbb\xf3",
            '협' => b"\xc7\xf9",
            '정' => b"\xc1\xa4",
            '서' => b"\xbc\xad",
            '명' => b"\xb8\xed",
            '똠' => b"\x8c\x63",
            ascii => {
                bytes.push(u8::try_from(ascii).expect("a syllable of the table"));
                continue;
            }
        };
        bytes.extend_from_slice(pair);
    }
    bytes
}

/// What stands before, behind and round the feed.
fn frames() -> Vec<Faulty> {
    let plain = |id: &str| channel(&news(id, TITLE, ""));
    let junk = format!(
        "\u{feff}\n\n<br /><b>Warning</b>: in <b>x.php</b>\n<?xml version=\"1.0\"?>{}<!-- x --><p>junk",
        plain("junk")
    );
    let cut = channel(&(news("cut", TITLE, "") + "<item><title>and a st"))
        .replace("</channel></rss>", "");
    let laughs = "<!ENTITY a \"ha\">".to_owned()
        + &('b'..='z')
            .map(|own| {
                let other = char::from(own as u8 - 1);
                format!("<!ENTITY {own} \"{}\">", format!("&{other};").repeat(10))
            })
            .collect::<String>();
    let blow_up = format!("<!ENTITY a \"{}\">", "v".repeat(10_000));
    let declared = |id: &str, declarations: &str, more: &str| {
        let more = format!("<category>{more}</category>");
        Faulty::new(
            id,
            TITLE,
            format!("<!DOCTYPE rss [{declarations}]>{}", channel(&news(id, TITLE, &more))),
        )
    };
    vec![
        Faulty::new("junk", TITLE, junk),
        Faulty::new("cut", TITLE, cut),
        declared("circle", "<!ENTITY a \"&b;&b;\"><!ENTITY b \"&a;&a;\">", "&a;"),
        declared("laughs", &laughs, "&z;"),
        declared("blow-up", &blow_up, &"&a;".repeat(10_000)),
        Faulty::new("as-text", TITLE, plain("as-text")).typed("text/plain"),
        Faulty::new("as-page", TITLE, plain("as-page")).typed("text/html; charset=utf-8"),
        Faulty::new("as-nothing", TITLE, plain("as-nothing")).typed(""),
    ]
}

fn formats() -> Vec<Faulty> {
    let item = |id: &str| news(id, TITLE, "");
    let link = |id: &str| format!("https://news.example/{id}");
    let rss = |id: &str, version: &str| {
        Faulty::new(
            id,
            TITLE,
            format!(
                "<rss version=\"{version}\"><channel><title>N</title>{}</channel></rss>",
                item(id)
            ),
        )
    };
    let rdf = |id: &str, space: &str| {
        let root = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
        let item = item(id).replacen("<item>", &format!("<item r:about=\"{}\">", link(id)), 1);
        Faulty::new(
            id,
            TITLE,
            format!(
                "<r:RDF xmlns:r=\"{root}\" xmlns=\"{space}\"><channel><title>N</title></channel>{item}</r:RDF>"
            ),
        )
    };
    let atom = |id: &str, space: &str, prefix: &str| {
        let [p, bind] = if prefix.is_empty() {
            [String::new(), "xmlns".to_owned()]
        } else {
            [format!("{prefix}:"), format!("xmlns:{prefix}")]
        };
        Faulty::new(
            id,
            TITLE,
            format!(
                "<{p}feed {bind}=\"{space}\"><{p}title>N</{p}title><{p}entry><{p}title>{TITLE}</{p}title><{p}link rel=\"alternate\" href=\"{}\"/></{p}entry></{p}feed>",
                link(id)
            ),
        )
    };
    let json = |id: &str, version: &str| {
        Faulty::new(
            id,
            TITLE,
            format!(
                "{{\"version\":\"https://jsonfeed.org/version/{version}\",\"title\":\"N\",\"items\":[{{\"id\":\"j\",\"url\":\"{}\",\"title\":\"{TITLE}\"}}]}}",
                link(id)
            ),
        )
    };
    let (atom_1, atom_03) = ("http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#");
    let mixed = format!(
        "<rss version=\"2.0\" xmlns:a=\"{atom_1}\" xmlns:d=\"http://purl.org/dc/elements/1.1/\"><channel><item><d:title>{TITLE}</d:title><a:link href=\"{}\"/></item></channel></rss>",
        link("mixed")
    );
    vec![
        rss("rss-091", "0.91"),
        rss("rss-092", "0.92"),
        rdf("rss-090", "http://my.netscape.com/rdf/simple/0.9/"),
        rdf("rss-1", "http://purl.org/rss/1.0/"),
        atom("atom-03", atom_03, ""),
        atom("atom-1", atom_1, ""),
        atom("atom-prefixed", atom_1, "x"),
        json("json-1", "1"),
        json("json-11", "1.1"),
        Faulty::new("mixed", TITLE, mixed),
    ]
}

/// Dates, links and texts.
fn values() -> Vec<Faulty> {
    let dates = [
        "32 Jan 9999 25:61 +99:99",
        "2024.01.05",
        "2024-01-05 13:00:00 KST",
        "2024년 1월 5일 오후 2시",
        "24.01.05",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "9999-01-01",
        "soon",
        "",
    ];
    let items = (0..).zip(dates).map(|(n, date)| {
        news(&format!("date-{n}"), &format!("{TITLE} {n}"), &format!("<pubDate>{date}</pubDate>"))
    });
    let told = (0..dates.len())
        .map(|n| (format!("{TITLE} {n}"), format!("https://news.example/date-{n}")))
        .collect();
    let long = format!("https://news.example/{}", "v".repeat(100_000));
    let links = [
        ("/relative", "https://base.example/relative"),
        ("deeper/relative", "https://base.example/news/deeper/relative"),
        ("//other.example/x", "https://other.example/x"),
        ("https://뉴스.example/x", "https://xn--vg1b002a.example/x"),
        (" https://news.example/a b ", "https://news.example/a%20b"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        (&long, ""),
    ];
    let linked: String = links.iter().enumerate().map(|(n, (link, _))| format!("<item><guid isPermaLink=\"false\">link-{n}</guid><title>{TITLE} {n}</title><link>{link}</link></item>")).collect();
    let based =
        channel(&linked).replacen("<rss ", "<rss xml:base=\"https://base.example/news/\" ", 1);
    let linked = links
        .iter()
        .enumerate()
        .map(|(n, (_, link))| (format!("{TITLE} {n}"), (*link).to_owned()))
        .collect();
    vec![
        Faulty { told, ..Faulty::new("dates", "", channel(&items.collect::<String>())) },
        Faulty { told: linked, ..Faulty::new("links", "", based) },
        Faulty::new(
            "markup",
            TITLE,
            channel(&news(
                "markup",
                "&lt;b&gt;EU&amp;amp;nbsp;and&lt;/b&gt; Republic of Korea sign a digital trade agreement",
                "",
            )),
        ),
        Faulty::new(
            "nfd",
            HANGUL,
            channel(&news(
                "nfd",
                "\u{1112}\u{1161}\u{11ab}-EU 디\u{200b}지\u{200d}털 통상\u{202e}협정 서명",
                "",
            )),
        ),
    ]
}

fn sizes() -> Vec<Faulty> {
    let divs = format!(
        "<item><title>{TITLE}</title><link>https://news.example/divs</link><description>{}</description></item>",
        "&lt;div&gt;".repeat(100_000)
    );
    let long = format!("{TITLE} {}", "가".repeat(3_000_000));
    let attributes: String = (0..200_000).map(|n| format!(" a{n}=\"\"")).collect();
    let spaces: String = (0..100_000).map(|n| format!(" xmlns:n{n}=\"n{n}\"")).collect();
    vec![
        with("deep", &"<x>".repeat(65_536)),
        with("wide", &format!("<x{attributes}/>")),
        with("spaces", &format!("<x{spaces}/>")),
        Faulty::new("divs", TITLE, channel(&divs)),
        Faulty::new("long", &long, channel(&news("long", &long, ""))),
        with("marks", &format!("<category>e{}</category>", "\u{301}".repeat(500_000))),
    ]
}

/// Answers that are no feed, and what the operator is told.
pub(crate) fn refused() -> Vec<(&'static str, &'static [u8], &'static str)> {
    vec![
        ("empty", b"", "empty"),
        ("blank", b" \n\t ", "empty"),
        ("mark", b"\xef\xbb\xbf", "empty"),
        ("zeros", &[0; 1_000], "empty"),
        ("denied", b"<!DOCTYPE html><html><head><title>Access Denied</title>", "Access Denied"),
        ("login", b"<html><body><h1>Please sign in</h1><form>", "Please sign in"),
        (
            "captive",
            b"<html><head><title>Free Wi-Fi</title></head><body><a href=/accept>go</a>",
            "Free Wi-Fi",
        ),
        ("object", b"{}", "JSON"),
        ("list", b"[]", "JSON"),
        ("version", b"{\"version\":\"https://jsonfeed.org/version/9\",\"items\":null}", "JSON"),
        // A list that is null is an empty one: a feed, but one that lost all it had.
        (
            "nothing",
            b"{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":null}",
            "no items",
        ),
        ("drawing", b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "svg"),
        ("paper", b"%PDF-1.7", "PDF"),
    ]
}
