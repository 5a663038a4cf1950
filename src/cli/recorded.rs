//! What `run_results.json` tells of a call's flags, and the command line that they make again for `retry`.

use clap::Parser;
use serde_json::{Map, Value as Json, json};

use super::args::{Cli, Command, GlobalArgs};
use super::options::Options;
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::yaml::exact;

/// Commands that `retry` can run again.
const AGAIN: [&str; 8] = [
    "build",
    "clone",
    "compile",
    "run",
    "run-operation",
    "seed",
    "snapshot",
    "test",
];

/// Flags with one value.
const TEXTS: [&str; 9] = [
    "sample",
    "event_time_start",
    "event_time_end",
    "target",
    "profile",
    "selector",
    "indirect_selection",
    "state",
    "threads",
];
/// Flags with several values.
const LISTS: [&str; 4] = ["select", "exclude", "resource_types", "exclude_resource_types"];
/// Flags without a value.
const SWITCHES: [&str; 6] = [
    "full_refresh",
    "fail_fast",
    "store_failures",
    "empty",
    "defer",
    "favor_state",
];

/// Returns the flags that are recorded beside those that templates see, under dbt's names.
pub(super) fn of_call(cli: &Cli, options: &Options) -> Map<String, Json> {
    let mut map = Map::new();
    let mut put = |key: &str, value: Json| {
        if !value.is_null() {
            map.insert(key.to_owned(), value);
        }
    };
    put("target", json!(options.load.target));
    put("profile", json!(options.load.profile));
    put("threads", json!(options.load.threads));
    if let Some(select) = cli.command.select() {
        put("select", json!(select.select));
        put("exclude", json!(select.exclude));
        put("selector", json!(select.selector));
        put("indirect_selection", json!(options.indirect_selection));
        put("resource_types", json!(select.resource_type));
        put("exclude_resource_types", json!(select.exclude_resource_type));
        put("defer", json!(options.state.defer));
        put("favor_state", json!(options.state.favor));
        put("state", json!(options.state.state));
        put("defer_state", json!(options.state.defer_state));
    }
    if let Some(run) = cli.command.run() {
        put("sample", json!(run.sample));
        put("event_time_start", json!(run.event_time_start));
        put("event_time_end", json!(run.event_time_end));
    }
    if let Command::RunOperation(operation) = &cli.command {
        put("macro", json!(operation.name));
        put("args", json!(operation.args));
    }
    map.extend(super::arguments::of_command(&cli.command));
    map
}

/// Returns the command line of an earlier call, with the folders and log flags of this one; its vars and threads give
/// way to those typed now.
///
/// # Errors
/// `N0701` where the earlier command is none that can be run again.
pub(super) fn again(args: &Map<String, Json>, now: &GlobalArgs) -> Result<Cli> {
    let which = args.get("which").and_then(Json::as_str).unwrap_or_default();
    if !AGAIN.contains(&which) {
        let what = if which.is_empty() {
            "a command that is not named".to_owned()
        } else {
            format!("`{which}`")
        };
        return Err(Diagnostic::error(
            Code::USAGE,
            format!("the earlier run was {what}, which cannot be run again by `retry`"),
        )
        .hint(format!("`retry` works after {}.", AGAIN.join(", "))));
    }
    let mut words = vec!["nexus".to_owned(), which.to_owned()];
    if which == "run-operation" {
        words.extend(text(args.get("macro")));
        words.extend(text(args.get("args")).map(|given| format!("--args={given}")));
    }
    for key in TEXTS {
        let of_time = matches!(key, "sample" | "event_time_start" | "event_time_end");
        if of_time && !matches!(which, "run" | "build") {
            continue;
        }
        let takes = !matches!(key, "selector" | "indirect_selection" | "state") || which != "run-operation";
        if let Some(value) = text(args.get(key)).filter(|_| takes) {
            words.push(format!("{}={value}", flag(key)));
        }
    }
    if which != "run-operation" {
        for key in LISTS {
            let values = args.get(key).and_then(Json::as_array).into_iter().flatten();
            words.extend(
                values
                    .filter_map(|v| text(Some(v)))
                    .map(|v| format!("{}={v}", flag(key))),
            );
        }
        for key in SWITCHES {
            let takes = match which {
                "compile" => !matches!(key, "fail_fast" | "store_failures"),
                _ => true,
            };
            if args.get(key) == Some(&Json::Bool(true)) && takes {
                words.push(flag(key));
            }
        }
    }
    if let Some(vars) = args
        .get("vars")
        .filter(|v| v.as_object().is_some_and(|m| !m.is_empty()))
    {
        words.push(format!("--vars={}", exact::unmark(vars.to_string())));
    }
    let mut cli = Cli::try_parse_from(&words).map_err(|error| {
        Diagnostic::error(
            Code::USAGE,
            format!(
                "the flags of the earlier run are not understood: {}",
                error.to_string().trim()
            ),
        )
        .hint("Run the command itself, with the nodes that failed in --select.")
    })?;
    let before = std::mem::replace(&mut cli.global, now.clone());
    // The folder of --state that is typed now is the one to retry; the earlier call had its own.
    cli.global.state = before.state;
    cli.global.fail_fast = now.fail_fast || before.fail_fast;
    cli.global.indirect_selection = now.indirect_selection.clone().or(before.indirect_selection);
    cli.global.vars = now.vars.clone().or(before.vars);
    cli.global.threads = now.threads.or(before.threads);
    cli.global.target = now.target.clone().or(before.target);
    cli.global.profile = now.profile.clone().or(before.profile);
    Ok(cli)
}

fn flag(key: &str) -> String {
    let name = match key {
        "resource_types" => "resource_type",
        "exclude_resource_types" => "exclude_resource_type",
        other => other,
    };
    format!("--{}", name.replace('_', "-"))
}

fn text(value: Option<&Json>) -> Option<String> {
    match value? {
        Json::String(text) => Some(text.clone()),
        Json::Null => None,
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_earlier_call_is_made_again_with_what_is_typed_now() {
        let earlier = json!({
            "which": "build", "target": "prod", "select": ["+orders", "tag:daily"], "exclude": [], "full_refresh": true,
            "vars": {"day": "2024-01-01"}, "threads": 4, "state": "earlier", "defer": true, "unknown_to_us": [1],
        });
        let Json::Object(earlier) = earlier else {
            unreachable!("it is an object")
        };
        let now = GlobalArgs {
            threads: Some(2),
            ..GlobalArgs::default()
        };
        let cli = again(&earlier, &now).unwrap();
        let Command::Build(build) = &cli.command else {
            panic!("the command is another")
        };
        assert_eq!(build.run.select.select, ["+orders", "tag:daily"]);
        assert!(build.run.full_refresh && cli.global.state.defer);
        assert_eq!(cli.global.target.as_deref(), Some("prod"));
        assert_eq!(cli.global.threads, Some(2));
        assert_eq!(cli.global.vars.as_deref(), Some("{\"day\":\"2024-01-01\"}"));
    }

    #[test]
    fn a_command_that_runs_nothing_cannot_be_run_again() {
        let Json::Object(earlier) = json!({ "which": "list" }) else {
            unreachable!("it is an object")
        };
        let fault = again(&earlier, &GlobalArgs::default()).unwrap_err();
        assert_eq!(fault.code(), Code::USAGE);
    }
}
