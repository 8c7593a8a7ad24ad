//! The rules of identity, one sentence each, in both directions.
