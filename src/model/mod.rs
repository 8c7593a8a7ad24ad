//! The nouns: what a source, an item, a watch, an alert, a delivery *is*.
//!
//! Every other room may name this one; this room names none. It holds values and their
//! invariants, no input or output, no clock and no policy. A word used here has one meaning
//! everywhere: in the code, in TOML, in log lines and on the page.

pub mod alert;
pub mod decision;
pub mod fault;
pub mod item;
pub mod near;
pub mod receiver;
pub mod source;
pub mod watch;
