//! Counts whether bytes are Korean text in EUC-KR, whatever their labels say.
//!
//! EUC-KR writes a Hangul syllable as two bytes, 0xB0–0xC8 and 0xA1–0xFE (KS X 1001, rows 16 to
//! 40). Western single-byte texts have their high bytes alone between ASCII letters; Greek,
//! Cyrillic, Chinese and Japanese texts have them in runs, which lead with these bytes about half
//! of the time and then spell syllables that hardly any Korean word has. Used by `decode` alone,
//! and only for bytes that are not valid UTF-8.

use encoding_rs::EUC_KR;

/// The hundred syllables most frequent in this project's own Korean texts, where they are two in
/// three; of the table's 2350 syllables they are one in twenty.
const COMMON: &str = "한정이국자의유기다과협대지연럽회위공원양보통에부구인제상동사가스력서로도장전디리\
신털업반행안라술개터시와는성관고을트집산화체했조일표를합무교호수학은비법경아담주어방준미나소명적세계하재차내망해프역우파";
const SYLLABLES: usize = 25 * 94;
/// Fewer syllables prove nothing where no label names the encoding.
const SYLLABLES_MIN: usize = 4;

/// What the bytes above ASCII are, read as EUC-KR.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// Pairs that are Hangul syllables.
    pub hangul: usize,
    /// Those among them that are frequent in Korean.
    pub common: usize,
    /// Other pairs (Hanja, kana, rare syllables), but for the rows of punctuation and signs,
    /// which Chinese and Japanese share.
    pub foreign: usize,
    /// High bytes without a partner: accented letters, or Korean characters cut in half.
    pub stray: usize,
}

impl Census {
    /// Counts in one pass.
    pub fn of(bytes: &[u8]) -> Self {
        let mut frequent = [false; SYLLABLES];
        let common = EUC_KR.encode(COMMON).0;
        for pair in common.as_chunks::<2>().0 {
            if let Some(known) = syllable(*pair).and_then(|index| frequent.get_mut(index)) {
                *known = true;
            }
        }
        let mut census = Self::default();
        let mut bytes = bytes.iter().copied().peekable();
        while let Some(lead) = bytes.next() {
            if lead.is_ascii() {
                continue;
            }
            let trail = bytes
                .next_if(|trail| (0x81..=0xFE).contains(&lead) && (0x81..=0xFE).contains(trail));
            match trail.map(|trail| [lead, trail]) {
                None => census.stray += 1,
                Some([0xA1..=0xA3, 0xA1..=0xFE]) => {}
                Some(pair) => match syllable(pair) {
                    None => census.foreign += 1,
                    Some(index) => {
                        census.hangul += 1;
                        census.common += usize::from(frequent.get(index) == Some(&true));
                    }
                },
            }
        }
        census
    }

    /// Whether this is Korean although no label says so: four of five are syllables, and one in
    /// four of these is frequent.
    pub fn is_korean(self) -> bool {
        self.hangul >= SYLLABLES_MIN && self.outnumbers(4)
    }

    /// Whether a label that says Korean is right: two of three are syllables, and one in four of
    /// these is frequent. Titles of seven characters, each cut in the last, are six of seven.
    pub fn may_be_korean(self) -> bool {
        self.hangul > 0 && self.outnumbers(2)
    }

    fn outnumbers(self, times: usize) -> bool {
        self.hangul >= times * (self.foreign + self.stray) && self.common * 4 >= self.hangul
    }
}

/// The place of a syllable in the table.
fn syllable([lead, trail]: [u8; 2]) -> Option<usize> {
    let inside = (0xB0..=0xC8).contains(&lead) && (0xA1..=0xFE).contains(&trail);
    inside.then(|| usize::from(lead - 0xB0) * 94 + usize::from(trail - 0xA1))
}
