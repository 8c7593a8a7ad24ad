//! The integration tests: the real binary, the real store, the real HTTP stack, against stub
//! publishers and receivers on loopback.

#![expect(
    clippy::unwrap_used,
    clippy::format_push_string,
    clippy::format_collect,
    clippy::disallowed_methods,
    reason = "a test may fail where it stands, and its documents are small"
)]

mod bench;
mod crash;
mod deciding_case;
mod feeds;
mod health;
mod hostile;
mod monsters;
mod replay;
mod shutdown;
mod steps;
mod steps_delivery;
mod steps_time;
mod trouble;
mod world;
