//! The `tcrm` program: the command line, and through it the terminal interface.

use std::process::ExitCode;

fn main() -> ExitCode {
    tcrm::cli::run(std::env::args_os())
}
