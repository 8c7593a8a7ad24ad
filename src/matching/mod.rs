//! Concepts and watches, compiled once; text to hits to a decision with its reasons.
