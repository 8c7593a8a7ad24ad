//! Plain helpers for text that several rooms need: character references, folding, words, scripts.
//!
//! One of each in the whole house. Knows letters, never what a text is for: no item, no source, no
//! rule. Pure, and at the bottom with `model`, so that every room may ask.

pub mod count;
pub mod entities;
pub mod fold;
pub mod script;
pub mod shell;

#[cfg(test)]
mod script_tests;
