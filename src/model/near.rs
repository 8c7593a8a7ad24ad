//! What somebody most likely meant by a name that nothing has.
//!
//! One rule for keys, ids and values of the configuration, names in queries and arguments of
//! commands. Called by whoever tells of an unknown name.

/// More slips than this make another word, however long it is.
const SLIPS_MAX: usize = 3;

/// Characters from which a part of a name stands for the whole.
const PART_CHARS: usize = 3;

/// The nearest of some names, whatever their case, if it is near enough to be meant: with a slip
/// for every three characters, one at least, or with what was written as a part of it. Of equals,
/// the first by the alphabet.
pub fn nearest<'c>(name: &str, among: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let name = name.to_lowercase();
    let chars = name.chars().count();
    let slips = (chars / 3).clamp(1, SLIPS_MAX);
    let distance = |candidate: &str| {
        let candidate = candidate.to_lowercase();
        let apart = strsim::damerau_levenshtein(&name, &candidate);
        let is_part = chars >= PART_CHARS && candidate.contains(&name);
        if is_part { apart.min(slips) } else { apart }
    };
    among
        .into_iter()
        .map(|candidate| (distance(candidate), candidate))
        .filter(|(distance, _)| *distance <= slips)
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_and_a_part_are_understood_and_another_word_is_not() {
        let near = |name: &str| nearest(name, ["quantum", "network-5g-6g", "semiconductors", "eu"]);
        assert_eq!(near("quantm"), Some("quantum"));
        assert_eq!(near("Qunatum"), Some("quantum"));
        assert_eq!(near("network"), Some("network-5g-6g"));
        assert_eq!(near("semiconductor"), Some("semiconductors"));
        assert_eq!(near("ue"), Some("eu"));
        assert_eq!(near("kor"), None);
        assert_eq!(near("steel"), None);
        assert_eq!(near(""), None);
    }

    #[test]
    fn of_equals_the_first_by_the_alphabet_is_meant() {
        assert_eq!(nearest("dest", ["test", "desk"]), Some("desk"));
    }
}
