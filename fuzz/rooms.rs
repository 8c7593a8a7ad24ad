//! The rooms that read foreign bytes, and the checks that hold for whatever they read.

extern crate self as bongsu;

#[path = "../src/model/mod.rs"]
pub mod model;
#[path = "../src/parse/mod.rs"]
pub mod parse;

pub mod checks;
pub mod quiet;
