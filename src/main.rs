//! Arguments in, exit code out; nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let path = arguments.iter().skip(1).find(|argument| !argument.starts_with("--"));
    #[expect(clippy::disallowed_methods, reason = "provisional")]
    let now = chrono::Utc::now();
    bongsu::cli::parse::run(path.map(std::path::Path::new), now).unwrap_or(ExitCode::FAILURE)
}
