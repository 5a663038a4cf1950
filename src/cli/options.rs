//! One resolved set of options from three sources: the command line, the environment, the project's `flags:`.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value as Json, json};

use super::args::{Cli, Command, CompileArgs, GlobalArgs, LogFormat, LogLevel, RetryArgs, RunArgs, ShowArgs};
use super::settings::Settings;
use super::state::StateOptions;
use super::warnings::Policy;
use super::{recorded, sample};
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::events::Level;
use crate::invocation::Invocation;
use crate::manifest::time_of;
use crate::project::LoadOptions;
use crate::yaml;

/// How the program is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Face {
    /// Under the name `dbt`: it speaks as dbt does.
    pub as_dbt: bool,
    /// A person looks at the output.
    pub terminal: bool,
}

/// What is shown, and how.
#[derive(Debug, Clone)]
pub struct Log {
    pub colour: bool,
    pub quiet: bool,
    pub debug: bool,
    /// Least grave level that is shown; none: nothing at all.
    pub level: Option<Level>,
    pub no_print: bool,
    pub format: LogFormat,
    pub width: usize,
    pub file: Option<LogFile>,
}

impl Log {
    pub fn json(&self) -> bool {
        self.format == LogFormat::Json
    }
}

/// The log file `dbt.log`.
#[derive(Debug, Clone)]
pub struct LogFile {
    /// Its folder, where one is given.
    pub path: Option<PathBuf>,
    pub format: LogFormat,
    pub level: Option<Level>,
    pub colour: bool,
    /// Its most bytes, 0 for no limit.
    pub bytes_max: u64,
}

/// Flags that a file has.
pub type Flags = crate::project::Flags;

/// What the command line, the environment and the project's `flags:` say.
#[derive(Debug, Clone)]
pub struct Options {
    pub load: LoadOptions,
    pub which: &'static str,
    pub log: Log,
    pub warn_error: bool,
    pub warn_policy: Policy,
    pub show_all_deprecations: bool,
    /// Packages that ask for another version of dbt are refused.
    pub version_check: bool,
    pub write_json: bool,
    /// What an earlier call parsed may be used where nothing has changed since.
    pub partial_parse: bool,
    pub full_refresh: bool,
    pub fail_fast: bool,
    pub store_failures: bool,
    /// `seed --show`.
    pub shows_seeds: bool,
    pub empty: bool,
    /// Compiling may ask the database.
    pub introspect: bool,
    pub indirect_selection: String,
    /// The command works on SQL of the command line.
    pub inline: bool,
    /// `--event-time-start` and `--event-time-end`.
    pub event_time: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// `--sample`.
    pub sample: Option<(DateTime<Utc>, DateTime<Utc>)>,
    pub state: StateOptions,
    /// The flags that every command takes, as they were typed.
    pub global: GlobalArgs,
    /// Flags that artifacts record beside those that templates see.
    pub recorded: Map<String, Json>,
}

/// Resolves the options. `flags` are those of the project file, `terminal` says whether a person looks at the output.
///
/// # Errors
/// `N0109` where `--vars` is no dictionary, `N0701` for flags that do not fit.
pub fn resolve(cli: &Cli, invocation: &Invocation, flags: Map<String, Json>, face: Face) -> Result<Options> {
    let settings = &Settings {
        invocation,
        project: flags,
    };
    let global = &cli.global;
    let run = cli.command.run();
    let version_check = settings.switch(
        global.version_check,
        global.no_version_check,
        "VERSION_CHECK",
        true,
    )?;
    let load = LoadOptions {
        version_check,
        ..load_options(cli, invocation)?
    };
    let log = log(global, settings, face)?;
    let warn_error = settings.switch(global.warn_error, false, "WARN_ERROR", false)?;
    let mut warn_policy = warn_policy(global, settings, warn_error)?;
    warn_policy.handles_all = settings
        .project
        .get("require_all_warnings_handled_by_warn_error")
        .and_then(Json::as_bool)
        .unwrap_or(false);
    let of_run = |pick: fn(&RunArgs) -> (bool, bool), name: &str| -> Result<bool> {
        match run.map(pick) {
            Some((on, off)) => settings.switch(on, off, name, false),
            None => Ok(false),
        }
    };
    let empty_here = match &cli.command {
        Command::Compile(args) => settings.switch(args.empty, args.no_empty, "EMPTY", false)?,
        _ => of_run(|r| (r.empty, r.no_empty), "EMPTY")?,
    };
    let full_refresh = match &cli.command {
        Command::Compile(CompileArgs { full_refresh, .. })
        | Command::Show(ShowArgs { full_refresh, .. })
        | Command::Retry(RetryArgs { full_refresh }) => {
            settings.switch(*full_refresh, false, "FULL_REFRESH", false)?
        }
        _ => of_run(|r| (r.full_refresh, r.no_full_refresh), "FULL_REFRESH")?,
    };
    let indirect = settings.text(global.indirect_selection.as_deref(), "INDIRECT_SELECTION")?;
    let mut options = Options {
        load,
        which: cli.command.which(),
        log,
        warn_error,
        warn_policy,
        show_all_deprecations: global.show_all_deprecations,
        version_check,
        write_json: settings.switch(global.write_json, global.no_write_json, "WRITE_JSON", true)?,
        partial_parse: settings.switch(
            global.accepted.partial_parse,
            global.accepted.no_partial_parse,
            "PARTIAL_PARSE",
            true,
        )?,
        full_refresh,
        fail_fast: settings.switch(global.fail_fast, global.no_fail_fast, "FAIL_FAST", false)?,
        store_failures: of_run(|r| (r.store_failures, r.no_store_failures), "STORE_FAILURES")?,
        shows_seeds: matches!(&cli.command, Command::Seed(seed) if seed.show),
        empty: empty_here,
        introspect: introspect(&cli.command, settings)?,
        inline: match &cli.command {
            Command::Compile(args) => args.inline.is_some(),
            Command::Show(args) => args.inline.is_some(),
            _ => false,
        },
        indirect_selection: indirect.map_or_else(|| "eager".to_owned(), |mode| mode.to_lowercase()),
        event_time: match run {
            Some(run) => event_time(run, settings)?,
            None => None,
        },
        sample: run
            .filter(|_| matches!(cli.command.which(), "run" | "build"))
            .and_then(|r| r.sample.as_deref().or_else(|| settings.variable("SAMPLE")))
            .map(|given| sample::window(given, invocation.now()))
            .transpose()?,
        state: state(cli, settings)?,
        global: global.clone(),
        recorded: Map::new(),
    };
    options.recorded = recorded::of_call(cli, &options);
    Ok(options)
}

/// Returns where the project is and what of it is used: what must be known before its file is read.
///
/// # Errors
/// `N0109` where `--vars` is no dictionary.
pub fn load_options(cli: &Cli, invocation: &Invocation) -> Result<LoadOptions> {
    let settings = Settings {
        invocation,
        project: Map::new(),
    };
    let global = &cli.global;
    let path = |given: &Option<PathBuf>, name: &str| {
        given
            .clone()
            .or_else(|| settings.variable(name).map(PathBuf::from))
    };
    Ok(LoadOptions {
        project_dir: path(&global.project_dir, "PROJECT_DIR"),
        profiles_dir: path(&global.profiles_dir, "PROFILES_DIR"),
        profile: settings.text(global.profile.as_deref(), "PROFILE")?,
        target: settings.text(global.target.as_deref(), "TARGET")?,
        target_path: path(&global.target_path, "TARGET_PATH"),
        threads: global.threads,
        vars: vars(global)?,
        without_profile: matches!(
            cli.command.which(),
            "deps" | "clean" | "init" | "eject" | "source" | "retry"
        ),
        version_check: false,
    })
}

/// Returns which warnings are errors. `--warn-error` makes all of them errors, and goes with no other option.
fn warn_policy(global: &GlobalArgs, settings: &Settings<'_>, warn_error: bool) -> Result<Policy> {
    let typed = global
        .warn_error_options
        .as_deref()
        .or_else(|| settings.variable("WARN_ERROR_OPTIONS"));
    let of_project = match settings.project.get("warn_error_options") {
        None | Some(Json::Null) => None,
        Some(Json::Object(map)) => Some(map),
        Some(other) => {
            let message =
                format!("`warn_error_options` under `flags:` must be a dictionary, but is `{other}`");
            return Err(Diagnostic::error(Code::USAGE, message)
                .hint("Write it so: `warn_error_options: {error: all}`."));
        }
    };
    let has_older_names =
        of_project.is_some_and(|map| map.contains_key("include") || map.contains_key("exclude"));
    let mut policy = match (typed, of_project) {
        (Some(text), _) => Policy::of_text(text)?,
        (None, Some(map)) => Policy::of_map(map)?,
        _ => {
            return Ok(Policy {
                all: warn_error,
                ..Policy::default()
            });
        }
    };
    policy.older_names |= has_older_names;
    if warn_error {
        return Err(Diagnostic::error(
            Code::USAGE,
            "`--warn-error` and `--warn-error-options` exclude each other",
        )
        .hint("Write `--warn-error-options '{error: all}'` with what is to be left out of it."));
    }
    Ok(policy)
}

fn log(global: &GlobalArgs, settings: &Settings<'_>, face: Face) -> Result<Log> {
    let args = &global.log;
    let format = settings.choice(args.log_format, "LOG_FORMAT")?;
    let level = settings.choice(args.log_level, "LOG_LEVEL")?;
    let debug = settings.switch(args.debug, args.no_debug, "DEBUG", false)?;
    let quiet = settings.switch(args.quiet, args.no_quiet, "QUIET", false)?;
    let colour = settings.given_switch(args.use_colors, args.no_use_colors, "USE_COLORS")?;
    let colour_file =
        settings.given_switch(args.use_colors_file, args.no_use_colors_file, "USE_COLORS_FILE")?;
    // `DBT_NO_PRINT` is the older spelling.
    let print = match settings.variable("NO_PRINT") {
        Some(_) => !settings.switch(false, false, "NO_PRINT", false)?,
        None => settings.switch(args.print, args.no_print, "PRINT", true)?,
    };
    let path = args
        .log_path
        .clone()
        .or_else(|| settings.variable("LOG_PATH").map(PathBuf::from));
    let format_file = settings.choice(args.log_format_file, "LOG_FORMAT_FILE")?;
    let level_file = settings.choice(args.log_level_file, "LOG_LEVEL_FILE")?;
    let wants_file = face.as_dbt || path.is_some() || format_file.is_some() || level_file.is_some();
    let file = LogFile {
        path,
        format: format_file.or(format).unwrap_or(LogFormat::Debug),
        level: level_of(level_file.or(level).unwrap_or(LogLevel::Debug), debug),
        colour: colour_file.or(colour).unwrap_or(face.as_dbt),
        bytes_max: settings
            .number(args.log_file_max_bytes, "LOG_FILE_MAX_BYTES")?
            .unwrap_or(10 * 1024 * 1024),
    };
    let least = level.unwrap_or(LogLevel::Info);
    let quiet = quiet || matches!(least, LogLevel::Error | LogLevel::None);
    Ok(Log {
        colour: colour.unwrap_or_else(|| {
            (face.terminal || face.as_dbt)
                && settings.invocation.env_var("NO_COLOR").is_none_or(str::is_empty)
                && settings.invocation.env_var("TERM") != Some("dumb")
        }),
        quiet,
        debug: debug || least == LogLevel::Debug,
        level: if quiet && least != LogLevel::None {
            Some(Level::Error)
        } else {
            level_of(least, debug)
        },
        no_print: !print,
        format: format.unwrap_or(LogFormat::Default),
        width: settings
            .number(args.printer_width, "PRINTER_WIDTH")?
            .unwrap_or(80)
            .clamp(20, 1000),
        file: (wants_file && file.level.is_some()).then_some(file),
    })
}

fn level_of(level: LogLevel, debug: bool) -> Option<Level> {
    match level {
        LogLevel::None => None,
        _ if debug => Some(Level::Debug),
        LogLevel::Debug => Some(Level::Debug),
        LogLevel::Info => Some(Level::Info),
        LogLevel::Warn => Some(Level::Warn),
        LogLevel::Error => Some(Level::Error),
    }
}

fn introspect(command: &Command, settings: &Settings<'_>) -> Result<bool> {
    let (on, off) = match command {
        Command::Compile(args) => (args.introspect, args.no_introspect),
        Command::Show(args) => (args.introspect, args.no_introspect),
        _ => return Ok(true),
    };
    settings.switch(on, off, "INTROSPECT", true)
}

/// Returns the stretch of time for which batches are built.
fn event_time(run: &RunArgs, settings: &Settings<'_>) -> Result<Option<(DateTime<Utc>, DateTime<Utc>)>> {
    let one = |given: &Option<String>, name: &str, variable: &str| -> Result<Option<DateTime<Utc>>> {
        let Some(text) = given.as_deref().or_else(|| settings.variable(variable)) else {
            return Ok(None);
        };
        let fault = || {
            Diagnostic::error(Code::USAGE, format!("`{text}` given with {name} is no time")).hint(format!(
                "Write it so: {name} 2024-02-29, or {name} '2024-02-29 12:00:00'."
            ))
        };
        time_of(text).map(Some).ok_or_else(fault)
    };
    let start = one(&run.event_time_start, "--event-time-start", "EVENT_TIME_START")?;
    let end = one(&run.event_time_end, "--event-time-end", "EVENT_TIME_END")?;
    match (start, end) {
        (None, None) => Ok(None),
        (Some(start), Some(end)) if start < end => Ok(Some((start, end))),
        (Some(_), Some(_)) => Err(Diagnostic::error(
            Code::USAGE,
            "the time of --event-time-start is not before that of --event-time-end",
        )),
        (given, _) => {
            let (given, missing) = if given.is_some() {
                ("start", "end")
            } else {
                ("end", "start")
            };
            Err(Diagnostic::error(
                Code::USAGE,
                format!("--event-time-{given} was given without --event-time-{missing}"),
            )
            .hint("Give both, or neither."))
        }
    }
}

/// Returns where the artifacts of an earlier run are, and what they are for.
fn state(cli: &Cli, settings: &Settings<'_>) -> Result<StateOptions> {
    let given = &cli.global.state;
    let path = |given: &Option<PathBuf>, names: [&str; 2]| {
        let of_environment = || names.into_iter().find_map(|name| settings.variable(name));
        given.clone().or_else(|| of_environment().map(PathBuf::from))
    };
    let flag = |on: bool, off: bool, names: [&str; 2]| -> Result<bool> {
        for name in names {
            if let Some(value) = settings.given_switch(on, off, name)? {
                return Ok(value);
            }
        }
        Ok(false)
    };
    let found = StateOptions {
        state: path(&given.state, ["ARTIFACT_STATE_PATH", "STATE"]),
        defer_state: path(&given.defer_state, ["DEFER_STATE"; 2]),
        defer: flag(given.defer, given.no_defer, ["DEFER_TO_STATE", "DEFER"])?,
        favor: flag(
            given.favor_state,
            given.no_favor_state,
            ["FAVOR_STATE_MODE", "FAVOR_STATE"],
        )?,
        clones: cli.command.which() == "clone",
    };
    let compares = cli.command.select().is_some() || matches!(cli.command, Command::Retry(_));
    Ok(if compares { found } else { StateOptions::default() })
}

fn vars(global: &GlobalArgs) -> Result<Map<String, Json>> {
    match &global.vars {
        Some(text) => dictionary("--vars", text),
        None => Ok(Map::new()),
    }
}

/// Reads a YAML dictionary from a flag.
pub fn dictionary(name: &str, text: &str) -> Result<Map<String, Json>> {
    let document = yaml::parse_text(name, text)?;
    let exact = document.root.to_exact_json();
    match exact.map_err(|number| number.beyond_128_bits(&document))? {
        Json::Object(map) => Ok(map),
        Json::Null => Ok(Map::new()),
        _ => Err(document
            .error(
                &document.root,
                Code::VARS,
                format!(
                    "{name} must be a YAML dictionary, but is {}",
                    document.root.kind()
                ),
            )
            .hint(format!("Write it so: {name} '{{key: value, other: 2}}'"))),
    }
}

impl Options {
    /// Returns what templates see as `flags`.
    pub fn flags(&self) -> Map<String, Json> {
        let flags = json!({
            "WHICH": self.which,
            "FULL_REFRESH": self.full_refresh,
            "FAIL_FAST": self.fail_fast,
            "STORE_FAILURES": self.store_failures,
            "EMPTY": self.empty,
            "QUIET": self.log.quiet,
            "DEBUG": self.log.debug,
            "NO_PRINT": if self.log.no_print { Json::from(true) } else { Json::Null },
            "USE_COLORS": self.log.colour,
            "WARN_ERROR": if self.warn_error { Json::from(true) } else { Json::Null },
            "WARN_ERROR_OPTIONS": if self.warn_error { Policy::default().to_json() } else { self.warn_policy.to_json() },
            "WRITE_JSON": self.write_json,
            "LOG_FORMAT": if self.log.json() { "json" } else { "default" },
            "LOG_CACHE_EVENTS": false,
            "PRINTER_WIDTH": self.log.width,
            "INDIRECT_SELECTION": self.indirect_selection,
            "PARTIAL_PARSE": self.partial_parse,
            "STATIC_PARSER": true,
            "USE_EXPERIMENTAL_PARSER": false,
            "INTROSPECT": self.introspect,
            "CACHE_SELECTED_ONLY": false,
            "VERSION_CHECK": self.version_check,
            "SEND_ANONYMOUS_USAGE_STATS": false,
        });
        match flags {
            Json::Object(map) => map,
            _ => Map::new(),
        }
    }
}
