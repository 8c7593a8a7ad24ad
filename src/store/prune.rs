//! Forgetting: old texts go first, identities last.
