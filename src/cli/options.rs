//! One resolved set of options from three sources: the command line, the environment, the project's `flags:`.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value as Json, json};

use super::args::{Cli, GlobalArgs, LogFormat, RunArgs};
use super::state::StateOptions;
use super::{recorded, sample};
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::invocation::Invocation;
use crate::manifest::time_of;
use crate::project::LoadOptions;
use crate::yaml;

/// What the command line and the environment say, before a project is known.
#[derive(Debug, Clone)]
pub struct Options {
    pub load: LoadOptions,
    pub which: &'static str,
    pub colour: bool,
    pub quiet: bool,
    pub debug: bool,
    pub no_print: bool,
    pub json: bool,
    pub width: usize,
    pub warn_error: bool,
    /// Packages that ask for another version of dbt are refused.
    pub version_check: bool,
    pub write_json: bool,
    pub full_refresh: bool,
    pub fail_fast: bool,
    pub store_failures: bool,
    pub empty: bool,
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

/// Reads a flag's environment variable: `DBT_X`, or `DBT_ENGINE_X` as newer dbt spells it.
fn env<'a>(invocation: &'a Invocation, name: &str) -> Option<&'a str> {
    let found = invocation
        .env_var(&format!("DBT_{name}"))
        .or_else(|| invocation.env_var(&format!("DBT_ENGINE_{name}")));
    found.filter(|v| !v.is_empty())
}

/// Returns the truth of an environment variable: dbt takes 1, true, yes, on and t in any case.
fn env_bool(invocation: &Invocation, name: &str) -> Option<bool> {
    env(invocation, name).map(|v| {
        matches!(
            v.to_ascii_lowercase().as_str(),
            "1" | "true" | "t" | "yes" | "y" | "on"
        )
    })
}

/// Returns a flag: what was typed wins over the environment.
fn flag(invocation: &Invocation, on: bool, off: bool, name: &str) -> bool {
    if on || off {
        on
    } else {
        env_bool(invocation, name).unwrap_or(false)
    }
}

/// Resolves the options.
///
/// # Errors
/// `N0109` where `--vars` is no dictionary.
pub fn resolve(cli: &Cli, invocation: &Invocation, terminal: bool) -> Result<Options> {
    let global = &cli.global;
    let run = cli.command.run();
    let path = |given: &Option<PathBuf>, name: &str| {
        given.clone().or_else(|| env(invocation, name).map(PathBuf::from))
    };
    let text = |given: &Option<String>, name: &str| {
        given.clone().or_else(|| env(invocation, name).map(str::to_owned))
    };
    let format = match (global.log_format, env(invocation, "LOG_FORMAT")) {
        (Some(format), _) => format,
        (None, Some("json")) => LogFormat::Json,
        _ => LogFormat::Default,
    };
    let level = global
        .log_level
        .as_deref()
        .or_else(|| env(invocation, "LOG_LEVEL"))
        .unwrap_or("info");
    let load = LoadOptions {
        project_dir: path(&global.project_dir, "PROJECT_DIR"),
        profiles_dir: path(&global.profiles_dir, "PROFILES_DIR"),
        profile: text(&global.profile, "PROFILE"),
        target: text(&global.target, "TARGET"),
        target_path: path(&global.target_path, "TARGET_PATH"),
        threads: global.threads,
        vars: vars(global)?,
        without_profile: matches!(
            cli.command.which(),
            "deps" | "clean" | "init" | "eject" | "source" | "retry"
        ),
    };
    let empty_here = matches!(&cli.command, super::args::Command::Compile(args)
        if flag(invocation, args.empty, args.no_empty, "EMPTY"));
    let full_refresh_here = match &cli.command {
        super::args::Command::Compile(args) => args.full_refresh,
        super::args::Command::Show(args) => args.full_refresh,
        _ => false,
    };
    let mut options = Options {
        load,
        which: cli.command.which(),
        colour: colour(global, invocation, terminal),
        quiet: flag(invocation, global.quiet, global.no_quiet, "QUIET") || matches!(level, "error" | "none"),
        debug: global.debug || level == "debug" || env_bool(invocation, "DEBUG") == Some(true),
        no_print: global.no_print || env_bool(invocation, "PRINT") == Some(false),
        json: format == LogFormat::Json,
        width: global
            .printer_width
            .or_else(|| env(invocation, "PRINTER_WIDTH").and_then(|w| w.parse().ok()))
            .unwrap_or(80)
            .clamp(20, 1000),
        warn_error: global.warn_error || env_bool(invocation, "WARN_ERROR") == Some(true),
        version_check: !global.accepted.no_version_check
            && env_bool(invocation, "VERSION_CHECK") != Some(false),
        write_json: !global.no_write_json && env_bool(invocation, "WRITE_JSON") != Some(false),
        full_refresh: full_refresh_here
            || run.is_some_and(|r| flag(invocation, r.full_refresh, r.no_full_refresh, "FULL_REFRESH")),
        fail_fast: run.is_some_and(|r| flag(invocation, r.fail_fast, r.no_fail_fast, "FAIL_FAST")),
        store_failures: run.is_some_and(|r| {
            flag(
                invocation,
                r.store_failures,
                r.no_store_failures,
                "STORE_FAILURES",
            )
        }),
        empty: empty_here || run.is_some_and(|r| flag(invocation, r.empty, r.no_empty, "EMPTY")),
        event_time: match run {
            Some(run) => event_time(run, invocation)?,
            None => None,
        },
        sample: run
            .filter(|_| matches!(cli.command.which(), "run" | "build"))
            .and_then(|r| r.sample.as_deref().or_else(|| env(invocation, "SAMPLE")))
            .map(|given| sample::window(given, invocation.now()))
            .transpose()?,
        state: state(cli, invocation),
        global: global.clone(),
        recorded: Map::new(),
    };
    options.recorded = recorded::of_call(cli, &options);
    Ok(options)
}

/// Returns the stretch of time for which batches are built.
fn event_time(run: &RunArgs, invocation: &Invocation) -> Result<Option<(DateTime<Utc>, DateTime<Utc>)>> {
    let one = |given: &Option<String>, name: &str, variable: &str| -> Result<Option<DateTime<Utc>>> {
        let Some(text) = given.as_deref().or_else(|| env(invocation, variable)) else {
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
fn state(cli: &Cli, invocation: &Invocation) -> StateOptions {
    let Some(select) = cli.command.select() else {
        return StateOptions::default();
    };
    let given = &select.state;
    let path = |given: &Option<PathBuf>, names: [&str; 2]| {
        let of_environment = || names.into_iter().find_map(|name| env(invocation, name));
        given.clone().or_else(|| of_environment().map(PathBuf::from))
    };
    let flag = |on: bool, off: bool, names: [&str; 2]| {
        let of_environment = || names.into_iter().find_map(|name| env_bool(invocation, name));
        if on || off {
            on
        } else {
            of_environment().unwrap_or(false)
        }
    };
    StateOptions {
        state: path(&given.state, ["STATE", "ARTIFACT_STATE_PATH"]),
        defer_state: path(&given.defer_state, ["DEFER_STATE"; 2]),
        defer: flag(given.defer, given.no_defer, ["DEFER", "DEFER_TO_STATE"]),
        favor: flag(
            given.favor_state,
            given.no_favor_state,
            ["FAVOR_STATE", "FAVOR_STATE_MODE"],
        ),
        clones: cli.command.which() == "clone",
    }
}

fn colour(global: &GlobalArgs, invocation: &Invocation, terminal: bool) -> bool {
    if global.use_colors || global.no_use_colors {
        return global.use_colors;
    }
    if let Some(wanted) = env_bool(invocation, "USE_COLORS") {
        return wanted;
    }
    terminal
        && invocation.env_var("NO_COLOR").is_none_or(str::is_empty)
        && invocation.env_var("TERM") != Some("dumb")
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
    match document.root.to_json() {
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
            "QUIET": self.quiet,
            "DEBUG": self.debug,
            "NO_PRINT": if self.no_print { Json::from(true) } else { Json::Null },
            "USE_COLORS": self.colour,
            "WARN_ERROR": if self.warn_error { Json::from(true) } else { Json::Null },
            "WARN_ERROR_OPTIONS": { "error": [], "warn": [], "silence": [] },
            "WRITE_JSON": self.write_json,
            "LOG_FORMAT": if self.json { "json" } else { "default" },
            "LOG_CACHE_EVENTS": false,
            "PRINTER_WIDTH": self.width,
            "INDIRECT_SELECTION": "eager",
            "PARTIAL_PARSE": true,
            "STATIC_PARSER": true,
            "USE_EXPERIMENTAL_PARSER": false,
            "INTROSPECT": true,
            "CACHE_SELECTED_ONLY": false,
            "VERSION_CHECK": true,
            "SEND_ANONYMOUS_USAGE_STATS": false,
        });
        match flags {
            Json::Object(map) => map,
            _ => Map::new(),
        }
    }
}
