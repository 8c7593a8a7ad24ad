//! `bongsu parse`: one feed, or a line protocol that reads many, as JSON.
//!
//! Owns the shape of questions and answers; `lines` reads and writes them. Must never fetch: paths
//! name local files.

use std::path::Path;

use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Tz;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use crate::model::decision::Field;
use crate::model::item::Draft;
use crate::parse::{Context, Feed, feed};

/// Bytes of a document that are read here, where no configuration says how many; the richest feed seen
/// has 9 MB.
const BYTES_MAX: usize = 16 * 1024 * 1024;

/// What one request line asks.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Question {
    path: String,
    headers: Option<serde_json::Map<String, Value>>,
    url: Option<String>,
    timezone: Option<String>,
    now: Option<String>,
}

/// The answer to one line: a JSON question, or a bare path. `zone` is that of dates that name none,
/// unless the question names another.
pub fn answer_line(line: &str, zone: Tz, now: DateTime<Utc>) -> String {
    let line = line.trim();
    let question = if line.starts_with('{') {
        serde_json::from_str(line).map_err(|error| format!("not a question: {error}"))
    } else {
        Ok(Question { path: line.to_owned(), ..Question::default() })
    };
    question
        .and_then(|question| answer(&question, zone, now))
        .unwrap_or_else(|error| json!({ "ok": false, "error": error }))
        .to_string()
}

fn answer(question: &Question, zone: Tz, now: DateTime<Utc>) -> Result<Value, String> {
    // A zone or an instant that is passed over in silence would shift every date of the answer.
    let timezone = question.timezone.as_deref().map_or(Ok(zone), |name| {
        name.parse()
            .map_err(|_| format!("unknown timezone `{name}`; zones are named as in `Asia/Seoul`"))
    })?;
    let now = question.now.as_deref().map_or(Ok(now), |text| {
        text.parse().map_err(|error| format!("now `{text}` is no RFC 3339 instant: {error}"))
    })?;
    let path = crate::files::absolute(Path::new(&question.path));
    let bytes =
        std::fs::read(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let header = |name: &str| {
        let headers = question.headers.as_ref()?;
        headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .and_then(|(_, value)| value.as_str())
    };
    let mut url = question.url.as_deref().and_then(|url| Url::parse(url).ok());
    // RFC 3986, 5.1.2: the header that names the document is a nearer base than its address.
    if let Some(location) = header("content-location") {
        url = match &url {
            Some(base) => base.join(location).ok().or(url),
            None => Url::parse(location).ok(),
        };
    }
    let context = Context {
        url: url.as_ref(),
        content_type: header("content-type"),
        encoding: None,
        language: None,
        timezone,
        now,
        bytes_max: BYTES_MAX,
        truncated: false,
    };
    let feed = feed(&bytes, &context).map_err(|refusal| refusal.to_string())?;
    Ok(show(&feed))
}

fn show(feed: &Feed) -> Value {
    json!({
        "ok": true,
        "format": feed.format.name(),
        "encoding": feed.encoding,
        "feed_title": html(&feed.title),
        "feed_link": feed.link.as_ref().map(Url::as_str),
        "feed_description": html(&feed.description),
        "feed_language": feed.language,
        "entries": feed.drafts.iter().enumerate().map(|(at, draft)| item(feed, at, draft)).collect::<Vec<_>>(),
        "warnings": feed.warnings.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

/// Plain text as HTML: the protocol takes either, and only HTML can say `<` without doubt.
fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The full text of an item that has markup but not a word in it: nothing to read, and yet not the
/// same as an item of which the source gives no text.
const BLANK: &str = " ";

fn item(feed: &Feed, at: usize, draft: &Draft) -> Value {
    let instant = |instant: Option<DateTime<Utc>>| {
        instant.map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    };
    let is_wordless = |field: Field| feed.wordless.contains(&(at, field));
    let text = |text: &str| (!text.is_empty()).then(|| html(text));
    let summary = text(&draft.summary).or_else(|| is_wordless(Field::Summary).then(String::new));
    let content = text(&draft.body).or_else(|| {
        (is_wordless(Field::Body) || is_wordless(Field::Summary)).then(|| BLANK.to_owned())
    });
    let author = match draft.authors.as_slice() {
        [] => Value::Null,
        [one] => json!(one),
        several => json!(several),
    };
    json!({
        // Where the publisher gives no id, its address is what others know an item by.
        "id": draft.guid.as_deref().or(draft.link.as_ref().map(Url::as_str)),
        "title": html(&draft.title),
        "link": draft.link.as_ref().map(Url::as_str),
        "published": instant(draft.published),
        "updated": instant(draft.updated),
        "summary": summary,
        "content": content,
        "author": author,
        "categories": draft.categories,
        "language": draft.language,
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use chrono::{TimeZone as _, Utc};
    use chrono_tz::Tz;
    use serde_json::Value;

    use super::answer_line;

    fn ask(line: &str) -> Value {
        let now = Utc.with_ymd_and_hms(2026, 11, 20, 3, 0, 0).single().expect("a valid date");
        serde_json::from_str(&answer_line(line, Tz::UTC, now)).expect("an answer is JSON")
    }

    fn file(document: &str) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
        file.write_all(document.as_bytes()).expect("room for a feed");
        file
    }

    #[test]
    fn a_question_and_a_bare_path_are_answered() {
        let feed = file(
            "<rss version='2.0'><channel><title>A &amp; B</title><item><title>t</title><link>/v?n=1</link>\
             <pubDate>2026-11-20 09:30:00</pubDate><description><![CDATA[<img src='x'>]]></description>\
             </item></channel></rss>",
        );
        let path = feed.path().to_str().expect("a path in UTF-8");
        let question = serde_json::json!({
            "id": "1", "path": path, "url": "https://example.kr/rss", "headers": {}, "timezone": "Asia/Seoul",
        });
        let answer = ask(&question.to_string());
        assert_eq!(answer["ok"], true);
        assert_eq!(answer["feed_title"], "A &amp; B");
        assert_eq!(answer["entries"][0]["link"], "https://example.kr/v?n=1");
        assert_eq!(answer["entries"][0]["id"], "https://example.kr/v?n=1");
        assert_eq!(answer["entries"][0]["published"], "2026-11-20T00:30:00Z");
        assert_eq!(answer["entries"][0]["summary"], "", "an image has no words");
        assert_eq!(answer["entries"][0]["content"], " ");
        assert_eq!(ask(path)["entries"][0]["title"], "t");
    }

    #[test]
    fn what_cannot_be_read_is_answered_too() {
        assert_eq!(ask("{\"path\": 7}")["ok"], false);
        assert_eq!(ask("/no/such/file")["ok"], false);
        let zone = ask(r#"{"path": "feed.xml", "timezone": "Seoul"}"#);
        assert_eq!(zone["error"], "unknown timezone `Seoul`; zones are named as in `Asia/Seoul`");
        let now = ask(r#"{"path": "feed.xml", "now": "today"}"#)["error"].to_string();
        assert!(now.contains("`today` is no RFC 3339 instant"), "{now}");
        let page = file("<html><title>Log in</title></html>");
        let answer = ask(page.path().to_str().expect("a path in UTF-8"));
        assert_eq!(answer["error"], "not a feed (HTML: 'Log in')");
    }
}
