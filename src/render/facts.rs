//! What every alert tells people besides its text: headline, publisher, date, lateness, language,
//! why. Plain text, already cleaned, not yet escaped for any receiver.

use chrono::{DateTime, Duration, NaiveTime, Utc};
use chrono_tz::Tz;
use url::Url;

use crate::lang::script;
use crate::model::alert::{Alert, Delivery};
use crate::render::Look;
use crate::render::link::Link;
use crate::render::text::{characters, clean, fit};

/// A delivery this late says so. The same bound as readiness sets on the oldest due delivery.
const LATE_MIN: Duration = Duration::minutes(15);

/// Other sources named in the line under a headline; an item seldom stands in more.
const ALSO_MAX: usize = 5;

/// A headline made of a lead is no longer than this (characters).
const SUBSTITUTE_MAX: usize = 120;

/// The headline; for an item without one, the beginning of its text, or its host.
pub fn headline(alert: &Alert) -> String {
    let draft = &alert.draft;
    let title = clean(&draft.title);
    if !title.is_empty() {
        return title;
    }
    let start: String = [&draft.summary, &draft.body]
        .into_iter()
        .map(|text| clean(&text.chars().take(4 * SUBSTITUTE_MAX).collect::<String>()))
        .find(|text| !text.is_empty())
        .unwrap_or_default();
    if !start.is_empty() {
        return fit(&start, SUBSTITUTE_MAX, characters);
    }
    match Link::new(draft.link.as_ref()) {
        Some(link) => format!("(no headline) {}", link.host),
        None => "(no headline)".to_owned(),
    }
}

/// Publisher, date, lateness and language, in the order shown.
pub fn line(delivery: &Delivery, look: &Look) -> Vec<String> {
    let alert = &delivery.alert;
    let name = clean(&alert.publisher);
    let mut facts = vec![if name.is_empty() { clean(&alert.source) } else { name }];
    facts.extend(also(alert));
    facts.push(match alert.draft.published {
        Some(instant) => day(instant, alert).unwrap_or_else(|| date(instant, look)),
        None => format!("no date given, seen {}", date(alert.raised_at, look)),
    });
    facts.extend(late(delivery, look));
    facts.extend(alert.language.as_deref().map(language));
    if alert.revision > 1 {
        facts.push("changed since the last alert".to_owned());
    }
    facts.retain(|fact| !fact.is_empty());
    facts
}

/// The other sources that bring the same item, as far as a line has room for their names.
fn also(alert: &Alert) -> Option<String> {
    let names: Vec<String> =
        alert.also.iter().map(|name| clean(name)).filter(|name| !name.is_empty()).collect();
    let more = names.len().saturating_sub(ALSO_MAX);
    let shown = names.iter().take(ALSO_MAX).cloned().collect::<Vec<_>>().join(", ");
    match (shown.is_empty(), more) {
        (true, _) => None,
        (false, 0) => Some(format!("also {shown}")),
        (false, more) => Some(format!("also {shown} and {more} more")),
    }
}

/// An instant in the reader's zone, with the zone's name.
fn date(instant: DateTime<Utc>, look: &Look) -> String {
    instant.with_timezone(&look.timezone).format("%-d %b %Y, %H:%M %Z").to_string()
}

/// The day alone, for an instant that is midnight sharp where the item comes from: a source that
/// gave no time. In another zone it would be told as an evening, often of the day before.
fn day(instant: DateTime<Utc>, alert: &Alert) -> Option<String> {
    let zones: &[Tz] =
        if is_korean(alert) { &[Tz::Asia__Seoul] } else { &[Tz::UTC, Tz::Europe__Brussels] };
    zones.iter().find_map(|zone| {
        let local = instant.with_timezone(zone);
        (local.time() == NaiveTime::MIN).then(|| local.format("%-d %b %Y").to_string())
    })
}

/// Whether an item comes from Korea: it is in Korean, or stands under Korea's own domains, as the
/// English pages of its ministries do.
fn is_korean(alert: &Alert) -> bool {
    let host = alert.draft.link.as_ref().and_then(Url::host_str).unwrap_or_default();
    let domain = host.trim_end_matches('.').rsplit('.').next();
    // `xn--3e0b707e` is 한국.
    alert.language.as_deref().is_some_and(|tag| script::is_language(tag, "ko"))
        || matches!(domain, Some("kr" | "xn--3e0b707e"))
}

/// How late the delivery is, when it is late enough to matter: a reader must not take news of
/// this morning for news of this minute.
fn late(delivery: &Delivery, look: &Look) -> Option<String> {
    let late = look.now - delivery.created_at;
    if late < LATE_MIN {
        return None;
    }
    Some(match (late.num_minutes(), late.num_hours()) {
        (minutes, 0) => format!("{minutes} min late"),
        (_, hours) if hours < 48 => format!("{hours} h late"),
        (_, hours) => format!("{} days late", hours / 24),
    })
}

/// A language by its English name, when it is one that the sources use; else its code.
fn language(code: &str) -> String {
    let primary = code.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    let name = match primary.as_str() {
        "en" => "English",
        "ko" => "Korean",
        "fr" => "French",
        "de" => "German",
        "es" => "Spanish",
        "it" => "Italian",
        "nl" => "Dutch",
        "pl" => "Polish",
        "pt" => "Portuguese",
        "ja" => "Japanese",
        "zh" => "Chinese",
        _ => return fit(&clean(code), 35, characters),
    };
    name.to_owned()
}

/// A watch that flagged the item and its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// The watch's title, or its id when it has none.
    pub watch: String,
    /// The reason.
    pub reason: String,
}

/// Each watch that flagged the item, in the order configured.
pub fn whys(alert: &Alert) -> Vec<Why> {
    let why = |flag: &crate::model::decision::Flag| {
        let title = clean(&flag.title);
        let watch = if title.is_empty() { clean(&flag.watch) } else { title };
        Why { watch, reason: clean(&flag.reason) }
    };
    alert.decision.flags.iter().map(why).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::fixture::{delivery, look};

    #[test]
    fn dates_are_told_in_the_readers_zone() {
        let delivery = delivery();
        assert_eq!(
            line(&delivery, &look()),
            ["European Commission", "2 Oct 2026, 09:35 CEST", "English"]
        );
        let seoul = Look { timezone: chrono_tz::Asia::Seoul, ..look() };
        assert_eq!(line(&delivery, &seoul)[1], "2 Oct 2026, 16:35 KST");
    }

    #[test]
    fn a_source_that_gives_no_time_is_told_by_its_own_day() {
        let cases = [
            ("ko", "2026-10-01T15:00:00Z", "2 Oct 2026"),
            ("KO-kr", "2026-10-01T15:00:00Z", "2 Oct 2026"),
            ("kok", "2026-10-01T15:00:00Z", "1 Oct 2026, 17:00 CEST"),
            ("ko", "2026-10-02T00:00:00Z", "2 Oct 2026, 02:00 CEST"),
            ("en", "2026-10-02T00:00:00Z", "2 Oct 2026"),
            ("en", "2026-10-01T22:00:00Z", "2 Oct 2026"),
            ("en", "2026-10-01T15:00:00Z", "1 Oct 2026, 17:00 CEST"),
            ("en", "2026-10-01T22:00:01Z", "2 Oct 2026, 00:00 CEST"),
        ];
        for (language, published, wanted) in cases {
            let mut delivery = delivery();
            delivery.alert.language = Some(language.to_owned());
            delivery.alert.draft.published = Some(published.parse().unwrap());
            assert_eq!(line(&delivery, &look())[1], wanted, "{language} {published}");
        }
    }

    #[test]
    fn an_english_item_of_a_korean_page_is_told_by_the_korean_day() {
        for (link, wanted) in [
            ("https://english.motie.go.kr/eng/article/1", "2 Oct 2026"),
            ("https://xn--9d0bm53a3xb.xn--3e0b707e/x", "2 Oct 2026"),
            ("https://kr.example/", "1 Oct 2026, 17:00 CEST"),
        ] {
            let mut delivery = delivery();
            delivery.alert.draft.link = Some(Url::parse(link).unwrap());
            delivery.alert.draft.published = Some("2026-10-01T15:00:00Z".parse().unwrap());
            assert_eq!(line(&delivery, &look())[1], wanted, "{link}");
        }
    }

    #[test]
    fn lateness_is_told_from_a_quarter_of_an_hour() {
        let delivery = delivery();
        let cases = [
            (Duration::zero(), None),
            (Duration::seconds(899), None),
            (Duration::minutes(15), Some("15 min late")),
            (Duration::minutes(59), Some("59 min late")),
            (Duration::minutes(185), Some("3 h late")),
            (Duration::hours(47), Some("47 h late")),
            (Duration::hours(75), Some("3 days late")),
            (Duration::hours(-5), None),
        ];
        for (after, wanted) in cases {
            let look = Look { now: delivery.created_at + after, ..look() };
            assert_eq!(late(&delivery, &look).as_deref(), wanted, "{after}");
        }
    }

    #[test]
    fn an_item_without_headline_or_date_is_still_told() {
        let mut delivery = delivery();
        delivery.alert.draft.title = " \u{200b}\n".to_owned();
        delivery.alert.draft.published = None;
        delivery.alert.language = None;
        assert!(headline(&delivery.alert).starts_with("Brussels and Seoul"));
        assert!(characters(&headline(&delivery.alert)) <= SUBSTITUTE_MAX);
        assert_eq!(line(&delivery, &look())[1], "no date given, seen 2 Oct 2026, 09:40 CEST");
        delivery.alert.draft.summary.clear();
        delivery.alert.draft.body.clear();
        assert_eq!(headline(&delivery.alert), "(no headline) ec.europa.eu");
        delivery.alert.draft.link = None;
        assert_eq!(headline(&delivery.alert), "(no headline)");
    }
}
