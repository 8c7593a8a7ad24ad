//! `bongsu match --json --stdin`: items in, decisions out, as JSON Lines.
