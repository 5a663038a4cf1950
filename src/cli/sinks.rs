//! Where the lines of a run go: the terminal, a program that reads JSON, the log file.

use std::sync::Arc;

use super::args::{Command, LogFormat};
use super::log_file::RotatingFile;
use super::options::{Face, LogFile, Options};
use super::warnings::{Met, Policy};
use crate::diagnostic::{Diagnostic, Result};
use crate::events::{Event, Fate, Level, Sink};
use crate::invocation::Invocation;
use crate::project;
use crate::report::{DbtOptions, DbtSink, JsonSink, Output, Tee, TextOptions, TextSink};

/// Returns the sink of a call.
///
/// # Errors
/// `N0101` where the log file cannot be written.
pub fn choose(
    command: &Command,
    options: &Options,
    invocation: &Arc<Invocation>,
    face: Face,
    met: Arc<Met>,
) -> Result<Arc<dyn Sink>> {
    let terminal = if options.log.json() {
        json(command, options, invocation, face)
    } else if face.as_dbt {
        dbt(options, invocation)
    } else {
        text(command, options, invocation)
    };
    let told = match &options.log.file {
        Some(file) => Arc::new(Tee(vec![to_file(file, options, invocation)?, terminal])),
        None => terminal,
    };
    Ok(Arc::new(Judging {
        told,
        policy: options.warn_policy.clone(),
        met,
        shows_all: options.show_all_deprecations,
    }))
}

/// Passes events on, knows which warnings are errors, and counts deprecations.
struct Judging {
    told: Arc<dyn Sink>,
    policy: Policy,
    met: Arc<Met>,
    /// Deprecations are shown each time, not the first of a kind alone.
    shows_all: bool,
}

impl Sink for Judging {
    fn send(&self, event: Event) {
        self.told.send(event);
    }

    fn wants_statements(&self) -> bool {
        self.told.wants_statements()
    }

    fn judge(&self, warning: &Diagnostic) -> Fate {
        let fate = self.policy.fate(warning);
        self.met.judge(warning, fate, self.shows_all)
    }
}

fn json(command: &Command, options: &Options, invocation: &Arc<Invocation>, face: Face) -> Arc<dyn Sink> {
    let clock = invocation.clone();
    let quiet = options.log.quiet || (matches!(command, Command::Ls(_)) && !face.as_dbt);
    Arc::new(JsonSink::new(
        Output::stdout().masking(&invocation.secrets()),
        invocation.id.clone(),
        quiet,
        options.log.debug,
        move || clock.now(),
    ))
}

fn dbt(options: &Options, invocation: &Arc<Invocation>) -> Arc<dyn Sink> {
    let clock = invocation.clone();
    let log = &options.log;
    let dbt = DbtOptions {
        invocation_id: invocation.id.clone(),
        colour: log.colour,
        level: log.level,
        detailed: log.format == LogFormat::Debug,
        width: log.width,
        no_print: log.no_print,
    };
    let out = Output::stdout().masking(&invocation.secrets());
    Arc::new(DbtSink::new(out, dbt, move || clock.now()))
}

/// For commands whose output is data, lines go to standard error.
fn text(command: &Command, options: &Options, invocation: &Arc<Invocation>) -> Arc<dyn Sink> {
    let shows_data = matches!(
        command,
        Command::Ls(_) | Command::Show(_) | Command::Compile(_) | Command::RunOperation(_)
    );
    let clock = invocation.clone();
    let secrets = invocation.secrets();
    let log = &options.log;
    let text = TextOptions {
        colour: log.colour,
        quiet: log.quiet || matches!(command, Command::Ls(_)),
        debug: log.debug,
        width: log.width,
        no_print: log.no_print,
        clock: true,
    };
    let lines = if shows_data {
        Output::stderr()
    } else {
        Output::stdout()
    };
    let prints = Output::stdout().masking(&secrets);
    Arc::new(TextSink::new(lines.masking(&secrets), prints, text, move || {
        clock.now()
    }))
}

fn to_file(file: &LogFile, options: &Options, invocation: &Arc<Invocation>) -> Result<Arc<dyn Sink>> {
    let folder = match &file.path {
        Some(path) => invocation.cwd.join(path),
        None => project::log_folder(&options.load, invocation),
    };
    let out = Output::of(RotatingFile::open(&folder, file.bytes_max)?).masking(&invocation.secrets());
    let clock = invocation.clone();
    let now = move || clock.now();
    if file.format == LogFormat::Json {
        let quiet = file.level.is_none_or(|least| least > Level::Info);
        let debug = file.level == Some(Level::Debug);
        let id = invocation.id.clone();
        return Ok(Arc::new(JsonSink::new(out, id, quiet, debug, now)));
    }
    let dbt = DbtOptions {
        invocation_id: invocation.id.clone(),
        colour: file.colour,
        level: file.level,
        detailed: file.format != LogFormat::Text,
        width: options.log.width,
        no_print: options.log.no_print,
    };
    Ok(Arc::new(DbtSink::new(out, dbt, now)))
}
