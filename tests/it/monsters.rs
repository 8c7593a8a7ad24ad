//! Documents made to hurt: each costs its sender nothing and aims at time, memory or the stack of
//! whoever reads it. Made here at any size; the tests read small ones, the measurement large ones.

/// One hostile document.
pub(crate) struct Monster {
    pub(crate) name: &'static str,
    pub(crate) bytes: Vec<u8>,
    /// At least so many items can be had from it; none: it has to be refused.
    pub(crate) items: Option<usize>,
    /// Reading it loses something, which must be said.
    pub(crate) warned: bool,
}

const RSS: &str = "<rss version=\"2.0\"><channel><title>News</title>";
const RSS_END: &str = "</channel></rss>";
const ATOM: &str = "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>News</title>";
const CALM: &str = "<item><title>A calm day</title><link>https://news.example/calm</link></item>";

/// A document whose good item stands before the trouble.
fn feed(trouble: &str) -> Vec<u8> {
    [RSS, CALM, trouble, RSS_END].concat().into()
}

/// A title or a description.
fn text(element: &str, text: &str) -> String {
    format!("<item><link>/t</link><{element}>{text}</{element}></item>")
}

fn many(count: usize, each: impl Fn(usize) -> String) -> String {
    (0..count).map(each).collect()
}

/// All of them; `large` is about their size in bytes.
pub(crate) fn all(large: usize) -> Vec<Monster> {
    let makers =
        [entities, structure, attributes, texts, half_markup, handed_down, lists, json, bytes];
    makers.into_iter().flat_map(|make| make(large)).collect()
}

fn kept(name: &'static str, items: usize, bytes: impl Into<Vec<u8>>) -> Monster {
    Monster { name, bytes: bytes.into(), items: Some(items), warned: false }
}

/// Where something must be lost, and said to be.
fn lossy(name: &'static str, items: usize, bytes: impl Into<Vec<u8>>) -> Monster {
    Monster { warned: true, ..kept(name, items, bytes) }
}

fn refused(name: &'static str, bytes: impl Into<Vec<u8>>) -> Monster {
    Monster { items: None, ..kept(name, 0, bytes) }
}

/// A document type with these declarations, and an item that uses `&z;`.
fn declared(declarations: &str, used: usize) -> Vec<u8> {
    let item = text("title", &format!("x{}", "&z;".repeat(used)));
    format!("<!DOCTYPE rss [{declarations}]>{RSS}{CALM}{item}{RSS_END}").into()
}

fn entities(large: usize) -> Vec<Monster> {
    let laughs = "<!ENTITY a \"ha\">".to_owned()
        + &many(25, |n| {
            let [own, other] = [b'b' + n as u8, b'a' + n as u8].map(char::from);
            format!("<!ENTITY {own} \"{}\">", format!("&{other};").repeat(10))
        });
    let value = "v".repeat(250);
    let long = "v".repeat(large / 20);
    let parameter = "<!ENTITY % p \"<!ENTITY z 'zz'>\"> %p;";
    let types =
        many(large / 64, |n| format!("<!DOCTYPE rss [<!ENTITY e{n:08} \"{n:08} some value\">]>\n"));
    vec![
        kept("billion laughs", 2, declared(&laughs, 1)),
        kept("quadratic blow-up", 2, declared(&format!("<!ENTITY z \"{value}\">"), large / 3)),
        kept("blow-up of a long value", 2, declared(&format!("<!ENTITY z \"{long}\">"), large / 3)),
        kept("parameter entities", 2, declared(&parameter.repeat(large / 40), 1)),
        kept("many document types", 1, format!("{types}{RSS}{CALM}{RSS_END}")),
        kept(
            "many declarations",
            2,
            declared(&many(large / 40, |n| format!("<!ENTITY e{n:08} \"{n:012}\">")), 1),
        ),
    ]
}

fn structure(large: usize) -> Vec<Monster> {
    let open = |count: usize| "<x>".repeat(count);
    let deep = open(65_536.min(large / 3));
    let below = format!("{}{}", open(120), "<item/>".repeat(large / 7));
    let quoted = format!("<item>{}<div>{}", open(110), "<item/>".repeat(large / 7));
    let lost = format!("<z>{}</z>", "<y>".repeat(100)).repeat(large / 616);
    let deep_items = format!("<item>{}{}", "<x>".repeat(110), "<item/>".repeat(large / 14));
    let beside = format!("<guid><item/></guid>{lost}{deep_items}{}", "</x>".repeat(110));
    let stray = format!("<item>{}{}", open(120), "</y>".repeat(large / 4));
    let reopened = "<item><title><description><x><y>".repeat(large / 32);
    vec![
        lossy("65,536 levels", 1, feed(&deep)),
        lossy("65,536 levels in a text", 1, feed(&text("description", &deep))),
        lossy("65,536 channels", 0, "<channel>".repeat(65_536.min(large / 9))),
        lossy(
            "elements never closed",
            1,
            feed(&many(100_000.min(large / 8), |n| format!("<a{n}>"))),
        ),
        lossy("items below many levels", 1, feed(&below)),
        lossy("items quoted in an item", 1, feed(&quoted)),
        lossy("items deep in an item, after many lost tags", 1, feed(&(beside + "</item>"))),
        lossy("end tags of nothing", 1, feed(&stray)),
        lossy("items forgotten to be closed", 1, feed(&reopened)),
        lossy("tiny items", 5_000, feed(&"<item><title>a</title></item>".repeat(large / 29))),
        kept("dated items, oldest first", 2_000, feed(&dated(large, "%Y-%m-%d %H:%M:%S"))),
        kept("items of odd dates", 2_000, feed(&dated(large, "%a, %d %b. %Y %I:%M:%S %P KST"))),
        kept("items of many dates", 1, feed(&many_dates(large))),
        lossy("empty items", 1, feed(&"<item/>".repeat(large / 7))),
        kept("comments", 1, feed(&"<!---->".repeat(large / 7))),
        kept("unknown elements", 1, feed(&"<x/>".repeat(large / 4))),
        refused("a page without end", "<a><b></a>".repeat(large / 10)),
    ]
}

/// Items each a minute younger than the one before, their dates written so.
fn dated(large: usize, form: &str) -> String {
    let start = chrono::DateTime::from_timestamp(1_700_000_000, 0).expect("a fixed instant");
    many(large / 60, |n| {
        let at = start + chrono::TimeDelta::minutes(n as i64);
        format!("<item><pubDate>{}</pubDate></item>", at.format(form))
    })
}

/// Items with as many odd dates each as are kept of one.
fn many_dates(large: usize) -> String {
    many(large / 6_000, |n| {
        let dates = many(250, |m| format!("<pubDate>{n}.{m}</pubDate>"));
        format!("<item><title>a</title>{dates}</item>")
    })
}

fn attributes(large: usize) -> Vec<Monster> {
    let plain = many(200_000.min(large / 12), |n| format!(" a{n}=\"\""));
    let spaces = many(100_000.min(large / 20), |n| format!(" xmlns:n{n}=\"n{n}\""));
    let nested = many(100_000.min(large / 30), |n| format!("<n{n}:x xmlns:n{n}=\"n{n}\"/>"));
    let in_force = many(64, |n| format!(" xmlns:n{n}=\"n{n}\""));
    let long = "v".repeat(large / 2);
    let used = "<m:x/>".repeat(large / 6);
    vec![
        lossy("200,000 attributes", 1, feed(&format!("<item{plain}><title>x</title></item>"))),
        lossy(
            "200,000 attributes of the root",
            1,
            [&format!("<rss version=\"2.0\"{plain}><channel>"), CALM, RSS_END].concat(),
        ),
        lossy(
            "100,000 namespaces at once",
            1,
            [&format!("<rss version=\"2.0\"{spaces}><channel>"), CALM, RSS_END].concat(),
        ),
        kept("100,000 namespaces in turn", 1, feed(&nested)),
        kept(
            "elements beside 64 namespaces",
            1,
            [&format!("<rss version=\"2.0\"{in_force}><channel>"), CALM, &used, RSS_END].concat(),
        ),
        kept("one long namespace", 1, feed(&format!("<x xmlns:n=\"{long}\"/>"))),
        lossy(
            "one long link",
            2,
            feed(&format!("<item><title>x</title><link>https://news.example/{long}</link></item>")),
        ),
        kept(
            "one long guid",
            2,
            feed(&format!("<item><title>x</title><guid>{long}</guid></item>")),
        ),
        lossy("quotes never closed", 1, feed(&"<a b=\"".repeat(large / 6))),
        lossy("quotes of two kinds", 1, feed(&"<a b=\"'\" c='\" d=\"<'".repeat(large / 21))),
        lossy("tags never closed", 1, feed(&"<a b ".repeat(large / 5))),
    ]
}

fn texts(large: usize) -> Vec<Monster> {
    let escaped = "&lt;div&gt;".repeat(100_000.min(large / 11));
    let marks = "\u{301}".repeat(large / 2);
    let mixed = "e\u{323}\u{301}\u{316}\u{345}".repeat(large / 10);
    let grown = "\u{fdfa}".repeat(large / 3);
    let lines = "&lt;p&gt;a".repeat(large / 10);
    vec![
        lossy("one long title", 2, feed(&text("title", &"가".repeat(large / 3)))),
        lossy(
            "one long section",
            2,
            feed(&text("description", &format!("<![CDATA[{}]]>", "a ".repeat(large / 2)))),
        ),
        kept("100,000 escaped divs", 2, feed(&text("description", &escaped))),
        kept("a million marks", 2, feed(&text("title", &format!("e{marks}")))),
        kept("marks to be ordered", 2, feed(&text("description", &mixed))),
        kept("signs that grow", 2, feed(&text("description", &grown))),
        kept("paragraphs", 2, feed(&text("description", &lines))),
        kept("ampersands", 2, feed(&text("title", &"&".repeat(large)))),
        kept(
            "ampersands escaped again and again",
            2,
            feed(&text("description", &"&amp;amp;amp;".repeat(large / 13))),
        ),
        kept(
            "numbers without end",
            2,
            feed(&text("description", &"&amp;#1111".repeat(large / 10))),
        ),
        kept(
            "one long number",
            2,
            feed(&text("description", &format!("&amp;#{}", "1".repeat(large)))),
        ),
        lossy(
            "inline markup",
            2,
            feed(&text("description", &"<b c='\"\"\"\"'>".repeat(large / 12))),
        ),
        kept(
            "base64 of nothing",
            1,
            [
                ATOM,
                "<entry><title>x</title><content type=\"image/png\">",
                &"AAAA".repeat(large / 4),
                "</content></entry></feed>",
            ]
            .concat(),
        ),
    ]
}

/// Markup that begins again and again, in every text that is read.
fn half_markup(large: usize) -> Vec<Monster> {
    let escaped = |piece: &str, count: usize| piece.replace('<', "&lt;").repeat(count) + "&gt;";
    let titles = many(large / 16_000, |_| text("title", &escaped("<b ", 2_600)));
    let mut monsters = vec![
        lossy("angles", 1, feed(&"<".repeat(large))),
        lossy("sections in sections", 1, feed(&text("title", &"<![CDATA[".repeat(large / 9)))),
        kept("section ends", 1, feed(&"]]>".repeat(large / 3))),
        kept(
            "section ends in a section",
            2,
            feed(&text(
                "description",
                &("<![CDATA[&lt;![CDATA[".to_owned() + &"]]&gt;".repeat(large / 6) + "]]>"),
            )),
        ),
        lossy("comments never closed", 1, feed(&"<!--".repeat(large / 4))),
        lossy("instructions never closed", 1, feed(&"<?x ".repeat(large / 4))),
        lossy("declarations never closed", 1, feed(&"<!x ".repeat(large / 4))),
        refused("document types never closed", "<!DOCTYPE [ \" ' <rss>".repeat(large / 21)),
        kept("half tags in titles", 1, feed(&titles)),
        kept("half tags in an author", 2, feed(&text("author", &escaped("<b ", large / 6)))),
    ];
    for (name, piece) in [
        ("half tags in a text", "<b "),
        ("half values in a text", "<b c='"),
        ("half values of two kinds", "<b c='<i d=\""),
        ("half comments in a text", "<!--"),
        ("half scripts in a text", "<script>"),
        ("half titles in a text", "<title>"),
        ("half ends in a text", "</b "),
        ("half frames in a text", "<iframe><noembed><noframes><xmp><textarea>"),
    ] {
        let count = large / 2 / (piece.len() + 3);
        monsters.push(kept(name, 2, feed(&text("description", &escaped(piece, count)))));
    }
    monsters
}

/// What a feed says once and each of its items takes over.
fn handed_down(large: usize) -> Vec<Monster> {
    let long = "v".repeat(large / 2);
    let entries = |each: &str| {
        format!("<entry{each}><title>x</title></entry>").repeat(4_000.min(large / 100))
    };
    let count = 4_000.min(large / 100);
    let author = format!("<author><name>{long}</name></author>");
    let authors =
        many(64, |n| format!("<author><name>{n}{}</name></author>", "v".repeat(large / 200)));
    let based = format!(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:base=\"https://news.example/{long}/\">"
    );
    let tongue = format!("<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{long}\">");
    let person = format!(
        "{{\"version\":\"https://jsonfeed.org/version/1.1\",\"authors\":[{{\"name\":\"{long}\"}}],\"items\":[{{\"id\":\"0\",\"title\":\"x\"}}{}]}}",
        many(count, |n| format!(",{{\"id\":\"{n}x\"}}"))
    );
    vec![
        kept("a long author for all", count, [ATOM, &author, &entries(""), "</feed>"].concat()),
        kept("many authors for all", count, [ATOM, &authors, &entries(""), "</feed>"].concat()),
        kept(
            "a long base for all",
            count,
            [&based, entries(" xml:base=\"x/\"").as_str(), "</feed>"].concat(),
        ),
        kept(
            "a long language for all",
            count,
            [&tongue, entries(" xml:lang=\"ko\"").as_str(), "</feed>"].concat(),
        ),
        kept("a long author for all, in JSON", count, person),
    ]
}

fn lists(large: usize) -> Vec<Monster> {
    let item = |element: &str, count: usize| {
        feed(&format!(
            "<item><title>x</title>{}</item>",
            many(count, |n| element.replace('#', &n.to_string()))
        ))
    };
    vec![
        lossy("categories", 2, item("<category>c#</category>", large / 26)),
        kept(
            "keywords",
            2,
            item(&format!("<media:keywords>{}</media:keywords>", "a,".repeat(large / 2)), 1),
        ),
        lossy("links", 2, item("<link>/#</link>", large / 20)),
        lossy("dates", 2, item("<pubDate>#</pubDate>", large / 26)),
        lossy("titles of a feed", 1, feed(&many(large / 24, |n| format!("<title>t{n}</title>")))),
        lossy("authors", 2, item("<author><name>a#</name></author>", large / 34)),
    ]
}

fn json(large: usize) -> Vec<Monster> {
    let head = "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"News\",\"items\":[{\"id\":\"1\",\"title\":\"A calm day\"}";
    let whole = |trouble: &str| format!("{head}{trouble}]}}");
    let text = |text: &str| whole(&format!(",{{\"id\":\"2\",\"content_html\":\"{text}\"}}"));
    vec![
        refused("JSON: brackets", "[".repeat(large)),
        refused("JSON: objects", "{\"items\":".repeat(large / 9)),
        lossy(
            "JSON: brackets in an item",
            1,
            whole(&format!(",{{\"id\":\"2\",\"tags\":{}", "[".repeat(large))),
        ),
        kept("JSON: tiny items", 1, whole(&",{}".repeat(large / 3))),
        lossy(
            "JSON: items",
            5_000,
            whole(&many(large / 16, |n| format!(",{{\"id\":\"{n:05}\"}}"))),
        ),
        kept(
            "JSON: numbers",
            1,
            whole(&format!(",{{\"id\":\"2\",\"tags\":[0{}]}}", ",0".repeat(large / 2))),
        ),
        kept(
            "JSON: members",
            2,
            whole(&format!(",{{\"id\":\"2\"{}}}", ",\"title\":\"a\"".repeat(large / 12))),
        ),
        kept("JSON: one long text", 2, text(&"가 ".repeat(large / 4))),
        lossy("JSON: half characters", 2, text(&"\\ud800".repeat(large / 6))),
        lossy(
            "JSON: a text never closed",
            1,
            whole(&format!(",{{\"id\":\"{}", "\\".repeat(large))),
        ),
    ]
}

fn bytes(large: usize) -> Vec<Monster> {
    let mut seed = 1_u64;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as u8
    })
    .take(large)
    .collect();
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>();
    let long = feed(&text("description", &"가나 ".repeat(large / 16)));
    let long = String::from_utf8(long).expect("made of text");
    let wider = long.chars().flat_map(|c| (c as u32).to_be_bytes()).collect::<Vec<_>>();
    let within = |bytes: &[u8]| [RSS.as_bytes(), CALM.as_bytes(), b"<item><title>", bytes].concat();
    let clean: Vec<u8> = noise.iter().copied().filter(|byte| *byte != b'<').collect();
    vec![
        refused("nothing but zeros", vec![0; large]),
        refused("nothing but spaces", vec![b' '; large]),
        lossy("a title of noise", 1, within(&clean)),
        lossy("a title of escapes", 1, within(&b"\x1b$B\x1b(B".repeat(large / 6))),
        lossy("a title of half Hangul", 1, within(&b"\xb0".repeat(large))),
        kept("UTF-16", 2, wide(&long)),
        kept("UTF-32", 2, wider),
        refused("more than is read", b"<item/>".repeat(17 * 1024 * 1024 / 7)),
    ]
}
