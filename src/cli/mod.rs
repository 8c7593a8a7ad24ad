//! One file per subcommand.

pub mod match_;
