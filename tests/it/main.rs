//! The integration tests: the real binary, the real store, the real HTTP stack, against stub
//! publishers and receivers on loopback.

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
