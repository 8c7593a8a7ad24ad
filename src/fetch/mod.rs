//! A conditional GET of one source.
