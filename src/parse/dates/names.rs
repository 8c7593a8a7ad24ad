//! Months, days of the week and the small words round them, in the languages of Europe and Korea.
//!
//! All names are in lower case without accents, as `tokens` folds them. Languages whose month names
//! collide (Czech and Croatian `listopad` are different months) are left out.

use chrono::Weekday;

/// The month that a word names, whole or cut to three letters and more, if only one fits.
pub(super) fn month(word: &str) -> Option<u32> {
    // Nearly every date of a feed is RFC 822's: no need to look through all languages for it.
    if let Some(place) = RFC_822.iter().position(|name| *name == word) {
        return Some(place as u32 + 1);
    }
    if word.chars().count() < 3 {
        return None;
    }
    let mut found = None;
    for (number, names) in (1_u32..).zip(MONTHS) {
        if names.split(' ').any(|name| name == word) {
            return Some(number);
        }
        if names.split(' ').any(|name| name.starts_with(word)) {
            if found.is_some() {
                return None;
            }
            found = Some(number);
        }
    }
    found
}

/// The months of RFC 822; in every language that abbreviates them so they mean the same.
const RFC_822: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// English, German, French, Spanish, Italian, Portuguese, Dutch, Scandinavian, Romanian, Hungarian,
/// Greek, Russian and Bulgarian; then usual abbreviations that are no beginnings.
#[rustfmt::skip]
const MONTHS: [&str; 12] = [
    "january januar janner janvier enero gennaio janeiro januari ianuarie ιανουαριος ιανουαριου января януари januari",
    "february februar feber fevrier febrero febbraio fevereiro februari februarie φεβρουαριος φεβρουαριου φευρουαριου февраля февруари fevr",
    "march marz maerz mars marzo marco maart martie marcius μαρτιος μαρτιου марта март mrt mrz",
    "april avril abril aprile aprilie aprilis απριλιος απριλιου апреля април avr",
    "may mai mayo maggio maio mei maj majus maius μαιος μαιου μαω мая май маи",
    "june juni juin junio giugno junho iunie junius ιουνιος ιουνιου ιον июня юни",
    "july juli juillet julio luglio julho iulie julius ιουλιος ιουλιου ιολ июля юли",
    "august aout agosto augustus augusti augusztus αυγουστος αυγουστου августа август agst",
    "september septembre septiembre settembre setembro septembrie szeptember σεπτεμβριος σεπτεμβριου сентября септември",
    "october oktober octobre octubre ottobre outubro oktober octombrie οκτωβριος οκτωβριου октября октомври",
    "november novembre noviembre novembro noiembrie νοεμβριος νοεμβριου ноября ноември",
    "december dezember decembre diciembre dicembre dezembro decembrie δεκεμβριος δεκεμβριου декабря декември",
];

/// The day of the week of an English word, for telling day and month apart.
pub(super) fn weekday(word: &str) -> Option<Weekday> {
    let names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let days = [
        Weekday::Mon,
        Weekday::Tue,
        Weekday::Wed,
        Weekday::Thu,
        Weekday::Fri,
        Weekday::Sat,
        Weekday::Sun,
    ];
    let is_long = word.len() >= 3;
    let found = names.iter().position(|name| is_long && name.starts_with(word))?;
    days.get(found).copied()
}

/// A word that stands in dates and says nothing of which day is meant.
pub(super) fn is_filler(word: &str) -> bool {
    weekday(word).is_some()
        || FILLERS.split_ascii_whitespace().any(|filler| filler == word)
        || word.ends_with("요일")
        || word.ends_with("曜日")
        || word.starts_with("星期")
}

/// A word that belongs to a date and hence is no zone.
pub(super) fn is_word_of_dates(word: &str) -> bool {
    is_filler(word) || month(word).is_some() || matches!(word, "am" | "pm")
}

/// Days of the week in other languages and short, prepositions, labels.
const FILLERS: &str = "
    mo di mi do fr sa so montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag
    lun mar mer jeu ven sam dim lundi mardi mercredi jeudi vendredi samedi dimanche
    mie jue vie sab dom lunes martes miercoles jueves viernes sabado domingo
    gio lunedi martedi mercoledi giovedi venerdi sabato domenica seg ter qua qui sex
    ma wo vr za zo maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
    man tir ons tor fre lor son mandag tirsdag onsdag torsdag fredag lordag sondag
    κυρ δευ τρι τετ πεμ παρ σαβ пн вт ср чт пт сб вс
    월 화 수 목 금 토 일 月 火 水 木 金 土 日
    tues wednes thur thurs
    at on of the de del den der le la il a as um om kl av alle dia th st nd rd er uhr
    date published posted updated 등록일 등록일시 작성일 작성일시 게시일 입력 수정 등록 배포 배포일 승인";
