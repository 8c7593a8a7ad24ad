//! When things are due: values in, an instant out; `now` is always an argument.
//!
//! Knows neither clock nor store; `work` and `daemon` ask it.

pub mod due;
