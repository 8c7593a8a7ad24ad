//! Bytes to drafts.

pub mod dates;
pub mod dom;
pub mod entities;
pub mod identity;
#[cfg(test)]
mod identity_tests;
pub mod text;
pub mod url;
#[cfg(test)]
mod url_tests;
