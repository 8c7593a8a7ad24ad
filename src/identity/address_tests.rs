//! Addresses that are one for the rules, and those that are two.
