//! Texts and environment, as values, to checked Settings or all faults at once.

pub mod settings;
