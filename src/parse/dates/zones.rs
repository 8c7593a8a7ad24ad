//! Zones as dates name them: `+09:00`, `GMT+9`, `KST`, `CEST`, `Asia/Seoul`; and wall times to
//! instants.

use std::str::FromStr;

use chrono::{DateTime, MappedLocalTime, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::{OffsetName, Tz};

use crate::parse::dates::names;
use crate::parse::dates::tokens::{Kind, Tokens};

/// Kiribati is 14 hours ahead of Greenwich; nobody is further from it.
pub(super) const OFFSET_MINUTES_MAX: i64 = 14 * 60;

/// A zone that a date names.
#[derive(Debug, PartialEq)]
pub(super) enum Zone {
    /// Minutes east of Greenwich.
    Offset(i64),
    /// By its name in the zone database.
    Named(Tz),
    /// An abbreviation, in upper case, whose meaning may hang on the source's own zone.
    Letters(String),
}

impl Zone {
    /// Takes the zone out of `tokens`, which stands behind the time of day (`behind`) or, without
    /// one, at the end. `Some(None)`: none there; `None`: one that cannot be.
    #[expect(clippy::option_option, reason = "nothing there and nonsense there are two answers")]
    pub(super) fn take(tokens: &mut Tokens, behind: Option<usize>) -> Option<Option<Self>> {
        let mut at = behind.unwrap_or_else(|| start_at_end(tokens));
        let mut zone = None;
        // `+0900 KST`, `KST +0900`: the number is the surer one.
        while let Some((found, end)) = read(tokens, at, behind.is_some())? {
            tokens.take(at, end);
            at = end;
            if zone.is_none() || matches!(found, Self::Offset(_)) {
                zone = Some(found);
            }
        }
        if zone.is_none() {
            zone = tokens.asides.iter().find_map(|aside| from_aside(aside));
        }
        Some(zone)
    }

    /// Whether only the United States write dates with it.
    pub(super) fn is_american(&self) -> bool {
        match self {
            Self::Letters(name) => matches!(
                name.as_str(),
                "EST" | "EDT" | "ET" | "CDT" | "CT" | "MDT" | "MST" | "MT" | "PST" | "PDT" | "PT"
            ),
            Self::Named(zone) => is_american(*zone),
            Self::Offset(_) => false,
        }
    }

    /// Whether only Europe writes dates with it.
    pub(super) fn is_european(&self) -> bool {
        match self {
            Self::Letters(name) => matches!(
                name.as_str(),
                "CET"
                    | "CEST"
                    | "MEZ"
                    | "MESZ"
                    | "MET"
                    | "MEST"
                    | "EET"
                    | "EEST"
                    | "OEZ"
                    | "OESZ"
                    | "WET"
                    | "WEST"
                    | "WEZ"
            ),
            Self::Named(zone) => zone.name().starts_with("Europe/"),
            Self::Offset(_) => false,
        }
    }

    /// The instant of the wall time `local` in this zone, for a source in `own`.
    pub(super) fn instant(&self, local: NaiveDateTime, own: Tz) -> Option<DateTime<Utc>> {
        let minutes = match self {
            Self::Offset(minutes) => *minutes,
            Self::Named(zone) => return at(*zone, local),
            Self::Letters(name) => {
                if let Some(instant) = by_own_name(name, local, own) {
                    return Some(instant);
                }
                match meaning(name, own)? {
                    Self::Named(zone) => return at(zone, local),
                    Self::Offset(minutes) => minutes,
                    Self::Letters(_) => return None,
                }
            }
        };
        local.checked_sub_signed(TimeDelta::minutes(minutes)).map(|utc| utc.and_utc())
    }
}

/// The instant of a wall time in a zone. Of a repeated hour the first; a skipped time by the clock
/// before the change, as a publisher without summer time writes it.
pub(super) fn at(zone: Tz, local: NaiveDateTime) -> Option<DateTime<Utc>> {
    match zone.from_local_datetime(&local) {
        MappedLocalTime::Single(instant) | MappedLocalTime::Ambiguous(instant, _) => {
            Some(instant.to_utc())
        }
        MappedLocalTime::None => {
            let day = TimeDelta::days(1);
            let before = zone.from_local_datetime(&local.checked_sub_signed(day)?).earliest()?;
            before.to_utc().checked_add_signed(day)
        }
    }
}

/// Whether dates are written month first there.
pub(super) fn is_american(zone: Tz) -> bool {
    let name = zone.name();
    name.starts_with("US/")
        || name.starts_with("America/Indiana/")
        || name.starts_with("America/Kentucky/")
        || name.starts_with("America/North_Dakota/")
        || matches!(
            name,
            "America/New_York"
                | "America/Chicago"
                | "America/Denver"
                | "America/Los_Angeles"
                | "America/Phoenix"
                | "America/Detroit"
                | "America/Boise"
                | "America/Anchorage"
                | "America/Juneau"
                | "Pacific/Honolulu"
        )
}

/// The zone with this name in the database.
pub(super) fn named(name: &str) -> Option<Tz> {
    if !name.contains('/') {
        return None;
    }
    Tz::from_str(name).ok()
}

/// Where a zone without a time of day before it would begin.
fn start_at_end(tokens: &Tokens) -> usize {
    let all = tokens.all();
    let signed = all.iter().rposition(|token| token.is_sign('+'));
    let last_word = all.iter().rposition(|token| !token.word().is_empty());
    match (signed, last_word) {
        (Some(sign), Some(word)) if word + 1 == sign => word,
        (Some(sign), _) => sign,
        (None, Some(word)) if word + 1 == all.len() => word,
        // `GMT-07:00` behind a day alone.
        (None, Some(word))
            if tokens.is_sign_at(word + 1, '-') && is_universal(tokens.word_at(word)) =>
        {
            word
        }
        _ => all.len(),
    }
}

/// The zone at `at` and where it ends.
#[expect(clippy::option_option, reason = "nothing there and nonsense there are two answers")]
fn read(tokens: &Tokens, at: usize, behind_time: bool) -> Option<Option<(Zone, usize)>> {
    if let Some((minutes, end)) = offset(tokens, at)? {
        return Some(Some((Zone::Offset(minutes), end)));
    }
    let Some(Kind::Word { written, folded }) = tokens.get(at).map(|token| &token.kind) else {
        return Some(None);
    };
    if let Some(zone) = named(written) {
        return Some(Some((Zone::Named(zone), at + 1)));
    }
    if is_universal(folded)
        && let Some((minutes, end)) = offset(tokens, at + 1)?
    {
        return Some(Some((Zone::Offset(minutes), end)));
    }
    let letters = folded.to_ascii_uppercase();
    let known = meaning_by_table(&letters).is_some();
    // RFC 2822 gives unknown letters a meaning only where a zone is due.
    let due = behind_time
        && letters.len() <= 5
        && letters.bytes().all(|b| b.is_ascii_uppercase())
        && *written == letters
        && !names::is_word_of_dates(folded);
    Some((known || due).then_some((Zone::Letters(letters), at + 1)))
}

fn is_universal(word: &str) -> bool {
    matches!(word, "gmt" | "utc" | "ut" | "z")
}

/// `+0900`, `+09:00`, `+9`, `-930`, as minutes and the end; the sign must touch the number.
#[expect(clippy::option_option, reason = "nothing there and nonsense there are two answers")]
fn offset(tokens: &Tokens, at: usize) -> Option<Option<(i64, usize)>> {
    let sign = if tokens.is_sign_at(at, '+') {
        1
    } else if tokens.is_sign_at(at, '-') {
        -1
    } else {
        return Some(None);
    };
    let Some((value, digits)) = tokens.number_at(at + 1).filter(|_| !tokens.gap_at(at + 1)) else {
        return Some(None);
    };
    let (hours, minutes, end) = match digits {
        1 | 2 if tokens.is_sign_at(at + 2, ':') => (value, tokens.number_at(at + 3)?.0, at + 4),
        1 | 2 => (value, 0, at + 2),
        3 | 4 => (value / 100, value % 100, at + 2),
        _ => return None,
    };
    if minutes >= 60 {
        return None;
    }
    let total = (hours * 60 + minutes).cast_signed();
    (total <= OFFSET_MINUTES_MAX).then_some(Some((sign * total, end)))
}

fn from_aside(aside: &str) -> Option<Zone> {
    let aside = aside.trim();
    if let Some(zone) = named(aside) {
        return Some(Zone::Named(zone));
    }
    if let Some(zone) = meaning_by_table(&aside.to_ascii_uppercase()) {
        return Some(zone);
    }
    let tokens = Tokens::read(aside);
    let universal = is_universal(tokens.word_at(0));
    let (minutes, end) = offset(&tokens, usize::from(universal)).flatten()?;
    (end == tokens.all().len()).then_some(Zone::Offset(minutes))
}

/// The source's own zone calls itself so at that time: `IST` in Dublin, Jerusalem and Kolkata.
fn by_own_name(name: &str, local: NaiveDateTime, own: Tz) -> Option<DateTime<Utc>> {
    let of_own = |instant: &DateTime<Tz>| instant.offset().abbreviation() == Some(name);
    match own.from_local_datetime(&local) {
        MappedLocalTime::Single(instant) => Some(instant).filter(of_own),
        MappedLocalTime::Ambiguous(first, second) => [first, second].into_iter().find(of_own),
        MappedLocalTime::None => None,
    }
    .map(|instant| instant.to_utc())
}

/// What letters mean to a source in `own`. Letters that nobody knows are Greenwich (RFC 2822, 4.3),
/// but not for a source whose zone is known to be another.
fn meaning(name: &str, own: Tz) -> Option<Zone> {
    // India, Ireland or Israel.
    if name == "IST" {
        return None;
    }
    // China beside the American one of RFC 822: a source in Asia may mean either.
    if name == "CST" && own.name().starts_with("Asia/") {
        return None;
    }
    meaning_by_table(name).or_else(|| (own == Tz::UTC).then_some(Zone::Offset(0)))
}

fn meaning_by_table(name: &str) -> Option<Zone> {
    let hours = match name {
        "Z" | "UT" | "UTC" | "GMT" | "WET" | "ZULU" | "WEZ" => 0,
        // Military letters are Greenwich: RFC 822 had them the wrong way round (RFC 2822, 4.3).
        _ if name.len() == 1 && name.bytes().all(|b| b.is_ascii_uppercase()) && name != "T" => 0,
        "CET" | "MEZ" | "MET" | "WEST" | "BST" | "WAT" => 1,
        "CEST" | "MESZ" | "MEST" | "EET" | "SAST" | "CAT" | "OEZ" => 2,
        "EEST" | "OESZ" | "MSK" | "IDT" | "TRT" | "EAT" => 3,
        "PKT" => 5,
        "ICT" | "WIB" => 7,
        "HKT" | "SGT" | "AWST" | "PHT" | "MYT" | "WITA" => 8,
        "KST" | "JST" | "WIT" => 9,
        "AEST" | "KDT" => 10,
        "AEDT" => 11,
        "NZST" => 12,
        "NZDT" => 13,
        "BRT" | "ART" | "ADT" => -3,
        "AST" | "EDT" => -4,
        "EST" | "CDT" => -5,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" | "AKDT" => -8,
        "AKST" => -9,
        "HST" => -10,
        "ACST" => return Some(Zone::Offset(9 * 60 + 30)),
        "NPT" => return Some(Zone::Offset(5 * 60 + 45)),
        "NST" => return Some(Zone::Offset(-3 * 60 - 30)),
        "NDT" => return Some(Zone::Offset(-2 * 60 - 30)),
        "ET" => return Some(Zone::Named(Tz::America__New_York)),
        "CT" => return Some(Zone::Named(Tz::America__Chicago)),
        "MT" => return Some(Zone::Named(Tz::America__Denver)),
        "PT" => return Some(Zone::Named(Tz::America__Los_Angeles)),
        "AT" => return Some(Zone::Named(Tz::America__Halifax)),
        _ => return None,
    };
    Some(Zone::Offset(hours * 60))
}
