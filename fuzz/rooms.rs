//! The rooms that read foreign bytes, and the checks that hold for whatever they read.

extern crate self as bongsu;

#[path = "../src/identity/mod.rs"]
pub mod identity;
#[path = "../src/lang/mod.rs"]
pub mod lang;
#[path = "../src/matching/mod.rs"]
pub mod matching;
#[path = "../src/model/mod.rs"]
pub mod model;
#[path = "../src/parse/mod.rs"]
pub mod parse;

pub mod checks;
pub mod decisions;
pub mod pace;
pub mod quiet;
