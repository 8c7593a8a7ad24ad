//! The `config/` folder as the binary carries it. Knows its bytes and its names, not its meaning.
//!
//! `build.rs` writes the table from what the folder holds. Called by `tree`.

/// What a name in the embedded tree begins with.
pub const PREFIX: &str = "builtin:";

/// Name below `config/`, and content; sorted by name.
const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/builtin.rs"));

/// The embedded files, by the name under which faults and includes know them (`builtin:…`).
pub fn files() -> impl Iterator<Item = (String, &'static [u8])> {
    FILES.iter().map(|(name, bytes)| (format!("{PREFIX}{name}"), *bytes))
}
