//! Commands, flags and exit codes: the thin shell around the library.
//!
//! A command resolves its options, makes one library call, and turns the outcome into an exit code.

mod args;
mod commands;
mod exit;
mod options;
mod recorded;
mod sample;
mod state;
mod workspace;

use std::collections::HashMap;
use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;

use crate::diagnostic::{Diagnostics, Severity, render_text};
use crate::events::Sink;
use crate::invocation::Invocation;
use crate::report::{JsonSink, Output, TextOptions, TextSink};
use crate::run::Batches;

use args::{Cli, Command};
use options::Options;

/// What a command gives back: an exit code, or what was wrong with the project or the command line.
type Outcome = Result<u8, Diagnostics>;

/// Runs the program with the process's arguments.
pub fn run(args: std::env::ArgsOs) -> ExitCode {
    let args: Vec<_> = args.collect();
    let cli = match Cli::try_parse_from(&args) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors; clap sends each to the right stream.
            let code = if error.use_stderr() { exit::FAULT } else { exit::OK };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    let typed = args
        .iter()
        .skip(1)
        .map(|a| a.to_string_lossy().into_owned())
        .collect();
    let invocation = match Invocation::of_process(typed) {
        Ok(invocation) => Arc::new(invocation),
        Err(error) => {
            eprintln!("error: the working folder could not be read: {error}");
            return ExitCode::from(exit::FAULT);
        }
    };
    let terminal = std::io::stderr().is_terminal() && std::io::stdout().is_terminal();
    let colour = terminal;
    let options = match options::resolve(&cli, &invocation, terminal) {
        Ok(options) => options,
        Err(error) => {
            eprint!("{}", render_text(&error, colour));
            return ExitCode::from(exit::FAULT);
        }
    };
    let sink = sink(&cli.command, &options, &invocation);
    if let Err(error) = catch_interrupt(&invocation) {
        eprintln!("warning: Ctrl-C will not stop the run cleanly: {error}");
    }
    let session = Call {
        invocation: invocation.clone(),
        options,
        sink,
        only: None,
        batches: HashMap::new(),
    };
    let code = match commands::dispatch(&cli.command, &session) {
        Ok(_) if invocation.cancel.is_cancelled() => exit::INTERRUPTED,
        Ok(code) => code,
        Err(faults) => {
            session.show(&faults);
            if invocation.cancel.is_cancelled() {
                exit::INTERRUPTED
            } else {
                exit::FAULT
            }
        }
    };
    ExitCode::from(code)
}

/// What every command has at hand.
pub(crate) struct Call {
    pub invocation: Arc<Invocation>,
    pub options: Options,
    pub sink: Arc<dyn Sink>,
    /// Unique ids of the nodes to work on, in place of a selection: those that `retry` runs again.
    pub only: Option<Vec<String>>,
    /// Batches to build again, by unique id of their model.
    pub batches: HashMap<String, Batches>,
}

impl Call {
    /// Shows what was wrong: errors after warnings, then how many there are.
    fn show(&self, faults: &Diagnostics) {
        let errors = faults
            .0
            .iter()
            .filter(|d| d.severity() == Severity::Error)
            .count();
        let out = Output::stderr().masking(&self.invocation.secrets());
        for diagnostic in &faults.0 {
            if self.options.json {
                self.sink
                    .send(crate::events::Event::Diagnostic(Box::new(diagnostic.clone())));
            } else if diagnostic.severity() == Severity::Error || !self.options.quiet {
                out.write(&format!("{}\n", render_text(diagnostic, self.options.colour)));
            }
        }
        if errors > 1 && !self.options.json {
            out.write(&format!("{errors} errors; nothing was run\n"));
        }
    }
}

/// The first Ctrl-C (or SIGTERM) stops the run and rolls back; a second one ends the process at once.
fn catch_interrupt(invocation: &Invocation) -> Result<(), ctrlc::Error> {
    let cancel = invocation.cancel.clone();
    ctrlc::set_handler(move || {
        if cancel.is_cancelled() {
            std::process::exit(i32::from(exit::INTERRUPTED));
        }
        cancel.cancel();
    })
}

/// Chooses where log lines go: for commands whose output is data, to standard error.
fn sink(command: &Command, options: &Options, invocation: &Arc<Invocation>) -> Arc<dyn Sink> {
    let data = matches!(
        command,
        Command::Ls(_) | Command::Show(_) | Command::Compile(_) | Command::RunOperation(_)
    );
    let clock = invocation.clone();
    let secrets = invocation.secrets();
    if options.json {
        let quiet = options.quiet || matches!(command, Command::Ls(_));
        let id = invocation.id.clone();
        return Arc::new(JsonSink::new(
            Output::stdout().masking(&secrets),
            id,
            quiet,
            options.debug,
            move || clock.now(),
        ));
    }
    let text = TextOptions {
        colour: options.colour,
        quiet: options.quiet || matches!(command, Command::Ls(_)),
        debug: options.debug,
        width: options.width,
        clock: true,
    };
    let lines = if data { Output::stderr() } else { Output::stdout() };
    let lines = lines.masking(&secrets);
    let prints = if options.no_print {
        Output::nowhere()
    } else {
        Output::stdout().masking(&secrets)
    };
    Arc::new(TextSink::new(lines, prints, text, move || clock.now()))
}
