//! Headlines as they are compared: without badges and counts of comments, and with what tells two
//! issues of a series apart.
//!
//! Knows nothing of other items: whether a headline is borne by others is judged in `document`.

use crate::identity::words::is_cut;
use crate::lang::fold::{folded, spaced};

/// A headline that was cut says whose beginning it is from so many words on.
const CUT_WORDS_MIN: usize = 3;

/// What a headline says for telling items apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headline {
    /// Letters and digits, without case, badges and counts; empty where there are none.
    pub folded: String,
    /// The same without a bare number in brackets at the end: a count on some boards, a part on others.
    pub loose: String,
    /// It is empty, or names a kind of text rather than one ("Press release").
    pub is_generic: bool,
    /// Years, ordinals and the like.
    pub numbers: Numbers,
    /// It ends in an ellipsis.
    pub is_cut: bool,
}

impl Headline {
    /// Of a title as the source gives it.
    pub fn of(title: &str) -> Self {
        let plain =
            without(title, |inside| is_badge(inside) || is_state(inside) || is_count(inside));
        let loose = without(plain, |inside| inside.bytes().all(|byte| byte.is_ascii_digit()));
        let (folded, loose) = (folded(plain), folded(loose));
        let is_generic = folded.is_empty() || is_generic(&folded);
        let numbers = Numbers::of(&folded);
        Self { folded, loose, is_generic, numbers, is_cut: is_cut(plain) }
    }

    /// Whether the other one begins with this one, which was cut there.
    pub fn begins(&self, other: &Self) -> bool {
        self.is_cut
            && self.folded.split(' ').count() >= CUT_WORDS_MIN
            && other.folded.starts_with(&self.folded)
    }
}

/// The years of a headline, and its numbers in a series by what they count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    years: Vec<u32>,
    series: Vec<(Series, u32)>,
}

/// What a number of a series counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Series {
    /// Meetings and rounds: `제3차`, "third", "round 3".
    Round,
    /// Issues and editions: `제3호`, "No. 3".
    Issue,
    /// Quarters of a year: `3분기`, "Q3".
    Quarter,
}

impl Numbers {
    fn of(folded: &str) -> Self {
        let words: Vec<&str> = folded.split(' ').collect();
        let mut numbers = Self::default();
        for (at, word) in words.iter().enumerate() {
            let before = at.checked_sub(1).and_then(|before| words.get(before)).copied();
            numbers.note(word, before, words.get(at + 1).copied());
        }
        numbers.years.sort_unstable();
        numbers.years.dedup();
        numbers.series.sort_unstable();
        numbers.series.dedup();
        numbers
    }

    fn note(&mut self, word: &str, before: Option<&str>, after: Option<&str>) {
        if let Some(number) = named_ordinal(word) {
            self.series.push((Series::Round, number));
            return;
        }
        let start = word.find(|c: char| c.is_ascii_digit()).unwrap_or(word.len());
        let (head, rest) = word.split_at(start);
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (digits, tail) = rest.split_at(end);
        let Ok(number) = digits.parse::<u32>() else { return };
        // `제3차 회의`, `제 3 차 회의`, `3차회의`.
        let unit = if tail.is_empty() { after.unwrap_or_default() } else { tail };
        let counts = |units: &[&str]| units.iter().any(|known| unit.starts_with(known));
        let called = |names: &[&str]| {
            tail.is_empty() && before.is_some_and(|before| names.contains(&before))
        };
        if counts(&["분기"]) || head == "q" && tail.is_empty() && number <= 4 {
            self.series.push((Series::Quarter, number));
        } else if counts(&["차", "회", "번째", "기", "단계"])
            || matches!(tail, "st" | "nd" | "rd" | "th")
            || called(&["round", "session", "meeting", "phase", "part", "week"])
        {
            self.series.push((Series::Round, number));
        } else if counts(&["호", "주차"])
            || called(&["no", "issue", "edition", "volume", "vol", "number", "nr"])
        {
            self.series.push((Series::Issue, number));
        } else if (1990..=2099).contains(&number) && head.is_empty() && !is_letters(tail) {
            self.years.push(number);
        }
    }

    /// Whether both bear a year, or a number of one kind of series, and not the same.
    pub fn differ(&self, other: &Self) -> bool {
        let both = |one: &[u32], two: &[u32]| !one.is_empty() && !two.is_empty() && one != two;
        if both(&self.years, &other.years) {
            return true;
        }
        let of = |numbers: &Self, series: Series| -> Vec<u32> {
            numbers.series.iter().filter(|(s, _)| *s == series).map(|(_, n)| *n).collect()
        };
        [Series::Round, Series::Issue, Series::Quarter]
            .into_iter()
            .any(|series| both(&of(self, series), &of(other, series)))
    }
}

/// Whether what stands behind a number belongs to a word of Latin letters: `2026a`, `2000mah`.
fn is_letters(tail: &str) -> bool {
    tail.starts_with(|c: char| c.is_ascii_alphabetic())
}

fn named_ordinal(word: &str) -> Option<u32> {
    const NAMES: [&str; 20] = [
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
        "eleventh",
        "twelfth",
        "thirteenth",
        "fourteenth",
        "fifteenth",
        "sixteenth",
        "seventeenth",
        "eighteenth",
        "nineteenth",
        "twentieth",
    ];
    let at = NAMES.iter().position(|name| *name == word)?;
    Some(at as u32 + 1)
}

/// A title without the badges and counts that boards put before and behind it. One that is nothing
/// else stays as it is.
pub fn plain(title: &str) -> &str {
    without(title, |inside| is_badge(inside) || is_count(inside))
}

/// A title without such asides at its ends.
fn without(title: &str, is_aside: impl Fn(&str) -> bool) -> &str {
    let mut rest = title.trim();
    loop {
        let shorter = without_first(rest, &is_aside)
            .or_else(|| without_last(rest, &is_aside))
            .or_else(|| rest.strip_suffix(" NEW"));
        match shorter.map(str::trim).filter(|shorter| !shorter.is_empty()) {
            Some(shorter) => rest = shorter,
            None => return rest,
        }
    }
}

/// The brackets in which badges and counts stand.
const BRACKETS: [(char, char); 6] =
    [('[', ']'), ('(', ')'), ('【', '】'), ('〔', '〕'), ('［', '］'), ('（', '）')];

fn without_first(title: &str, is_aside: impl Fn(&str) -> bool) -> Option<&str> {
    let first = title.chars().next()?;
    let (_, closing) = BRACKETS.iter().find(|(opening, _)| *opening == first)?;
    let (inside, rest) = title.get(first.len_utf8()..)?.split_once(*closing)?;
    is_aside(&folded(inside)).then_some(rest)
}

fn without_last(title: &str, is_aside: impl Fn(&str) -> bool) -> Option<&str> {
    let last = title.chars().next_back()?;
    let (opening, _) = BRACKETS.iter().find(|(_, closing)| *closing == last)?;
    let (rest, inside) = title.get(..title.len() - last.len_utf8())?.rsplit_once(*opening)?;
    is_aside(&folded(inside)).then_some(rest)
}

/// What boards and agencies put on a headline for a while.
#[rustfmt::skip]
fn is_badge(words: &str) -> bool {
    matches!(
        words,
        "공지" | "공지사항" | "알림" | "필독" | "중요" | "새글" | "신규" | "속보" | "수정" | "정정"
        | "보도자료" | "참고자료" | "보도참고" | "보도참고자료" | "설명자료" | "첨부" | "첨부파일"
        | "new" | "n" | "hot" | "up" | "notice" | "update" | "updated" | "corrected" | "correction"
        | "press release"
    )
}

/// How a call or an event stands: it changes, the item does not. An edit of it is worth showing.
#[rustfmt::skip]
fn is_state(words: &str) -> bool {
    matches!(
        words,
        "마감" | "종료" | "완료" | "취소" | "연기" | "연장" | "진행중" | "모집중" | "접수중"
        | "closed" | "cancelled" | "postponed" | "extended" | "open"
    )
}

/// "17 comments", "댓글 3", "댓글수 3개", "no replies".
fn is_count(words: &str) -> bool {
    // `댓글3` is one word.
    let apart: String = words
        .chars()
        .scan(false, |was_digit, c| {
            let is_digit = c.is_ascii_digit();
            let split = is_digit != *was_digit;
            *was_digit = is_digit;
            Some(if split { vec![' ', c] } else { vec![c] })
        })
        .flatten()
        .collect();
    let (mut named, mut counted) = (false, false);
    for word in apart.split_whitespace() {
        match word {
            "comment" | "comments" | "reply" | "replies" | "response" | "responses" | "view"
            | "views" | "commentaire" | "commentaires" | "kommentar" | "kommentare" | "댓글"
            | "댓글수" | "조회" | "조회수" | "추천" | "추천수" => named = true,
            "no" => counted = true,
            number if number.bytes().all(|byte| byte.is_ascii_digit()) => counted = true,
            "개" | "건" | "회" => {}
            _ => return false,
        }
    }
    named && counted
}

/// Headlines that name a kind of text: every second item of a source may bear one.
#[rustfmt::skip]
fn is_generic(folded: &str) -> bool {
    matches!(
        folded,
        "보도자료" | "보도 자료" | "보도참고자료" | "참고자료" | "설명자료" | "해명자료" | "공지"
        | "공지사항" | "알림" | "안내" | "소식" | "뉴스" | "인사" | "인사발령" | "부고" | "부음"
        | "동정" | "고시" | "공고" | "입찰공고" | "채용공고" | "무제" | "제목 없음" | "브리핑"
        | "press release" | "press releases" | "news" | "news release" | "news item" | "statement"
        | "joint statement" | "speech" | "remarks" | "announcement" | "announcements" | "notice"
        | "appointments" | "agenda" | "newsletter" | "media advisory" | "daily news" | "update"
        | "untitled" | "no title" | "title" | "document" | "home" | "read more" | "publication"
        | "event" | "events" | "communiqué de presse" | "pressemitteilung"
    )
}

/// A title as an edit of it is told: without badges, counts and spacing.
pub(super) fn settled(title: &str) -> String {
    spaced(plain(title))
}
