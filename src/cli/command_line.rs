//! From the words of the command line to a command.

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches};

use super::args::Cli;
use super::exit;
use super::say::say;
use crate::adapters::adapter_types;
use crate::{COMPATIBLE_ADAPTER_VERSION, COMPATIBLE_VERSION};

/// Reads the command line; shows help, the version or what is wrong itself, and gives the exit code then.
pub fn parse(args: &[OsString], as_dbt: bool) -> Result<Cli, u8> {
    let mut command = Cli::command();
    if as_dbt {
        command = command.name("dbt").bin_name("dbt");
        if asks_for_version(args) {
            say!("{}", version().trim_end_matches('\n'));
            return Err(exit::OK);
        }
    }
    let parsed = command
        .try_get_matches_from(args)
        .and_then(|matches| Cli::from_arg_matches(&matches));
    parsed.map_err(|error| {
        // Help and version are no errors; clap sends each to the right stream.
        let code = match error.kind() {
            ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => exit::FAULT,
            _ if error.use_stderr() => exit::FAULT,
            _ => exit::OK,
        };
        let _ = error.print();
        code
    })
}

/// dbt takes `--version`, `-v` and `-V`, before or after the command.
fn asks_for_version(args: &[OsString]) -> bool {
    let flags = args.iter().skip(1).filter_map(|arg| arg.to_str());
    flags
        .take_while(|arg| *arg != "--")
        .any(|arg| matches!(arg, "--version" | "-v" | "-V"))
}

/// The version as dbt tells it, so that programs that read it find what they look for.
fn version() -> String {
    format!(
        "Core:\n  - installed: {COMPATIBLE_VERSION}\n  - nexus:     {} (runs in place of dbt)\n\nPlugins:\n{}\n",
        env!("CARGO_PKG_VERSION"),
        adapter_types()
            .iter()
            .map(|kind| format!("  - {kind}: {COMPATIBLE_ADAPTER_VERSION}\n"))
            .collect::<String>(),
    )
}
