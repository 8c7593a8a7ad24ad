//! Bytes to drafts.

pub mod dates;
pub mod dom;
pub mod entities;
pub mod identity;
pub mod text;
pub mod url;
