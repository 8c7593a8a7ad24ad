//! Single values out of texts: durations, ids, zones, addresses, languages.
//!
//! Each reader answers with the value, or with what is wrong and how to mend it; none ever repeats
//! a text that may be a secret. Called by the files that lower one table.

use std::time::Duration;

use chrono_tz::{TZ_VARIANTS, Tz};
use url::Url;

use super::fields::Misread;
use crate::model::near::nearest;

/// Longer than this is a slip of the finger (ten years).
const DURATION_MAX_S: u64 = 3_650 * 86_400;

fn misread<T>(message: impl Into<String>, cure: impl Into<String>) -> Result<T, Misread> {
    Err((message.into(), Some(cure.into())))
}

/// `15m`, `4d`, `1h30m`; units s, m, h, d, w; at most ten years. The error is what is wrong, and
/// the cure.
pub fn duration(text: &str) -> Result<Duration, Misread> {
    let cure = "write a number and its unit, such as \"30s\", \"15m\", \"1h30m\", \"4d\" or \"2w\"";
    let mut seconds = 0_u64;
    let mut digits = String::new();
    for c in text.chars() {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        let unit = match c {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            'w' => 7 * 86_400,
            _ => return misread(format!("\"{text}\" is not a duration"), cure),
        };
        let Ok(number) = digits.parse::<u64>() else {
            return misread(format!("\"{text}\" is not a duration"), cure);
        };
        digits.clear();
        seconds = seconds.saturating_add(number.saturating_mul(unit));
    }
    if !digits.is_empty() {
        return misread(format!("\"{text}\" has no unit at its end"), cure);
    }
    if seconds > DURATION_MAX_S {
        return misread(format!("\"{text}\" is longer than ten years"), "check the unit");
    }
    Ok(Duration::from_secs(seconds))
}

/// `[a-z0-9-]+`, at most 64 characters.
pub(super) fn id(text: &str) -> Result<(), Misread> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if text.len() > 64 {
        return misread("an id has at most 64 characters", "shorten it");
    }
    if !text.is_empty() && text.chars().all(fits) {
        return Ok(());
    }
    let mended: String = text
        .to_lowercase()
        .chars()
        .map(|c| if fits(c) { c } else { '-' })
        .collect::<String>()
        .trim_matches('-')
        .to_owned();
    let rule = "an id has only a–z, 0–9 and hyphens";
    let cure = if mended.is_empty() { rule.to_owned() } else { format!("{rule}: \"{mended}\"") };
    misread(format!("\"{text}\" is not a valid id"), cure)
}

/// A zone of the IANA database.
pub(super) fn timezone(text: &str) -> Result<Tz, Misread> {
    if let Ok(zone) = text.parse::<Tz>() {
        return Ok(zone);
    }
    let wanted = text.replace(' ', "_").to_lowercase();
    let known = match wanted.as_str() {
        "kst" | "utc+9" | "gmt+9" | "+09:00" | "korea" => Some("Asia/Seoul"),
        "cest" | "utc+1" | "utc+2" | "gmt+1" | "gmt+2" | "+01:00" | "+02:00" => {
            Some("Europe/Brussels")
        }
        "bst" => Some("Europe/London"),
        _ => None,
    };
    let names = || TZ_VARIANTS.iter().map(|zone| zone.name());
    let city =
        |name: &&str| name.rsplit_once('/').is_some_and(|(_, city)| city.to_lowercase() == wanted);
    let near = known
        .or_else(|| names().find(|name| name.to_lowercase() == wanted))
        .or_else(|| names().find(city))
        .or_else(|| nearest(&wanted, names()));
    let cure = match near {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => {
            "use a name of the IANA database, such as \"Europe/Brussels\" or \"Asia/Seoul\"".into()
        }
    };
    misread(format!("\"{text}\" is not a time zone"), cure)
}

/// A language: an ISO 639-1 code, with or without a region (`ko`, `en-GB`).
pub(super) fn language(text: &str) -> Result<String, Misread> {
    let primary = text.split('-').next().unwrap_or_default();
    let rest_fits = text.split('-').skip(1).all(|part| {
        (2..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric())
    });
    if LANGUAGES.split(' ').any(|code| code == primary) && rest_fits {
        return Ok(text.to_owned());
    }
    let lower = text.to_lowercase();
    let near = match lower.as_str() {
        "kr" | "kor" | "korean" | "hangul" => "ko",
        "jp" | "jpn" | "japanese" => "ja",
        "cn" | "zho" | "chinese" => "zh",
        "eng" | "english" | "gb" | "us" => "en",
        "fra" | "fre" | "french" => "fr",
        "ger" | "deu" | "german" => "de",
        "gr" => "el",
        "dk" => "da",
        "cz" => "cs",
        "se" | "swe" => "sv",
        other if LANGUAGES.split(' ').any(|code| code == other) => {
            return misread(
                format!("\"{text}\" is not a language code"),
                format!("did you mean \"{lower}\"?"),
            );
        }
        _ => {
            return misread(
                format!("\"{text}\" is not a language code"),
                "use a two-letter code such as \"en\", \"ko\", \"fr\" or \"de\"",
            );
        }
    };
    misread(format!("\"{text}\" is not a language code"), format!("did you mean \"{near}\"?"))
}

/// An address that can be fetched: http or https, with a host, without a password.
pub(super) fn web_address(text: &str) -> Result<Url, Misread> {
    if text.contains("${") || text.starts_with('$') {
        return misread(
            "variables are not expanded in the configuration",
            "write the address itself",
        );
    }
    if text.trim() != text || text.chars().any(char::is_control) {
        return misread("the address has blanks at its ends or a line break in it", "remove them");
    }
    let url = match Url::parse(text) {
        Ok(url) => url,
        Err(url::ParseError::RelativeUrlWithoutBase) => {
            return misread("the address has no scheme", "begin it with https://");
        }
        Err(error) => return misread(format!("the address cannot be read: {error}"), "check it"),
    };
    if !matches!(url.scheme(), "http" | "https") {
        return misread(
            format!("{}: addresses cannot be fetched", url.scheme()),
            "begin it with https://",
        );
    }
    if url.host_str().is_none_or(str::is_empty) {
        return misread("the address has no host", "write https://host/path");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return misread(
            "a user name or password in an address is not sent",
            "remove it; a source can send a header instead: headers = { Authorization = \"…\" }",
        );
    }
    Ok(url)
}

/// The first query parameter that looks like a secret.
pub(super) fn secret_parameter(url: &Url) -> Option<String> {
    let secret =
        ["token", "apikey", "api_key", "secret", "password", "servicekey", "signature", "auth"];
    url.query_pairs()
        .find(|(name, value)| {
            let name = name.to_lowercase();
            value.len() >= 8 && (name == "key" || secret.iter().any(|word| name.contains(word)))
        })
        .map(|(name, _)| name.into_owned())
}

/// A proxy's address.
pub(super) fn proxy(text: &str) -> Result<Url, Misread> {
    let cure = "write http://host:port, https://host:port or socks5://host:port";
    match Url::parse(text) {
        Ok(url) if !matches!(url.scheme(), "http" | "https" | "socks5" | "socks5h") => {
            misread("the proxy's address has no known scheme", cure)
        }
        Ok(url) if url.host_str().is_none_or(str::is_empty) => {
            misread("the proxy's address has no host", cure)
        }
        Ok(url) => Ok(url),
        Err(_) => misread("the proxy's address cannot be read", cure),
    }
}

/// The name of an environment variable.
pub(super) fn variable(text: &str) -> Result<String, Misread> {
    if text.contains("://") {
        return misread(
            "this is an address, not the name of an environment variable",
            "put the address into a variable and write the variable's name here",
        );
    }
    let bare = text.trim_start_matches('$').trim_start_matches('{').trim_end_matches('}');
    let fits = |name: &str| {
        name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && !name.starts_with(|c: char| c.is_ascii_digit())
            && !name.is_empty()
    };
    if fits(text) {
        return Ok(text.to_owned());
    }
    if bare != text && fits(bare) {
        return misread("the name of a variable is written without $", format!("write \"{bare}\""));
    }
    misread("this is not the name of an environment variable", "use letters, digits and _")
}

/// The codes of ISO 639-1 that news comes in; `kr` (Kanuri) is left out, as it is meant as `ko`.
const LANGUAGES: &str = "af am ar az be bg bn bs ca cs cy da de el en eo es et eu fa fi fil fr ga gl \
gu he hi hr hu hy id is it ja ka kk km kn ko ky la lb lo lt lv mk ml mn mr ms mt my nb ne nl nn no \
pa pl ps pt ro ru rw sk sl sq sr sv sw ta te tg th tk tl tr uk ur uz vi zh zu";
