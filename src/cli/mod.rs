//! Commands, flags and exit codes: the thin shell around the library.
//!
//! A command resolves its options, makes one library call, and turns the outcome into an exit code.

mod args;
mod arguments;
mod command_line;
mod commands;
mod exit;
mod log_file;
mod options;
mod recorded;
mod remembered;
mod sample;
mod say;
mod settings;
mod sinks;
mod state;
mod usage;
mod warnings;
mod workspace;

use std::collections::HashMap;
use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::diagnostic::{Diagnostics, Severity, render_text};
use crate::events::{Event, Sink};
use crate::invocation::Invocation;
use crate::project;
use crate::report::Output;
use crate::run::Batches;

use options::{Face, Options};
use warnings::Met;

/// What a command gives back: an exit code, or what was wrong with the project or the command line.
type Outcome = Result<u8, Diagnostics>;

/// Runs the program with the process's arguments. Under the name `dbt` it speaks as dbt does.
pub fn run(args: std::env::ArgsOs) -> ExitCode {
    let args: Vec<_> = args.collect();
    let name = args
        .first()
        .map(std::path::Path::new)
        .and_then(std::path::Path::file_stem);
    let face = Face {
        as_dbt: name.is_some_and(|name| name == "dbt"),
        terminal: std::io::stderr().is_terminal() && std::io::stdout().is_terminal(),
    };
    let cli = match command_line::parse(&args, face.as_dbt) {
        Ok(cli) => cli,
        Err(code) => return ExitCode::from(code),
    };
    let typed = args
        .iter()
        .skip(1)
        .map(|a| a.to_string_lossy().into_owned())
        .collect();
    let invocation = match Invocation::of_process(typed) {
        Ok(invocation) => Arc::new(invocation),
        Err(error) => {
            Output::stderr().write(&format!("error: the working folder could not be read: {error}\n"));
            return ExitCode::from(exit::FAULT);
        }
    };
    let met = Arc::new(Met::default());
    let resolved = options::load_options(&cli, &invocation).and_then(|load| {
        let flags = project::read_flags(&load, &invocation);
        let options = options::resolve(&cli, &invocation, flags.values.clone(), face)?;
        let sink = sinks::choose(&cli.command, &options, &invocation, face, met.clone())?;
        Ok((options, sink, flags))
    });
    let (options, sink, flags) = match resolved {
        Ok(resolved) => resolved,
        Err(error) => {
            Output::stderr().write(&render_text(&error, face.terminal));
            return ExitCode::from(exit::FAULT);
        }
    };
    if let Err(error) = catch_interrupt(&invocation) {
        Output::stderr().write(&format!(
            "warning: Ctrl-C will not stop the run cleanly: {error}\n"
        ));
    }
    let session = Call {
        invocation: invocation.clone(),
        options,
        sink,
        face,
        warned_of_selection: AtomicBool::new(false),
        met,
        only: None,
        batches: HashMap::new(),
    };
    if face.as_dbt {
        session.sink.send(Event::Started {
            version: env!("CARGO_PKG_VERSION"),
        });
    }
    let strict = warnings::show(&session, &usage::deprecations(&session, &cli.command, &flags));
    let outcome = if strict.is_empty() {
        commands::dispatch(&cli.command, &session)
    } else {
        Err(Diagnostics(strict))
    };
    let code = match outcome {
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
    warnings::sum_up(&session);
    ExitCode::from(code)
}

/// What every command has at hand.
pub(crate) struct Call {
    pub invocation: Arc<Invocation>,
    pub options: Options,
    pub sink: Arc<dyn Sink>,
    pub face: Face,
    /// A part of the selection was said to fit no node.
    pub warned_of_selection: AtomicBool,
    /// The deprecations so far.
    pub met: Arc<Met>,
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
        let log = &self.options.log;
        let by_sink = log.json() || self.face.as_dbt;
        for diagnostic in &faults.0 {
            if by_sink {
                self.sink.send(Event::Diagnostic(Box::new(diagnostic.clone())));
            } else if diagnostic.severity() == Severity::Error || !log.quiet {
                out.write(&format!("{}\n", render_text(diagnostic, log.colour)));
            }
        }
        if errors > 1 && !by_sink {
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
