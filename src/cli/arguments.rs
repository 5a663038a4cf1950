//! The flags of a call as `run_results.json` records them and templates see them in `invocation_args_dict`: dbt's names,
//! with dbt's defaults for flags that change nothing here.

use serde_json::{Map, Value as Json, json};

use super::Call;
use super::args::{Command, DocsCommand, LogFormat};
use crate::events::Level;
use crate::project::{self, Project};

/// What is off by default is said only where it is on, as in dbt.
const SAID_WHERE_ON: [&str; 7] = [
    "debug",
    "full_refresh",
    "fail_fast",
    "warn_error",
    "log_cache_events",
    "store_failures",
    "use_experimental_parser",
];
/// Changes of behaviour that dbt's projects switch on or off in `flags:`, with their defaults.
const BEHAVIOURS: [(&str, bool); 13] = [
    ("require_all_warnings_handled_by_warn_error", false),
    ("require_batched_execution_for_custom_microbatch_strategy", false),
    (
        "require_explicit_package_overrides_for_builtin_materializations",
        true,
    ),
    ("require_generic_test_arguments_property", true),
    ("require_nested_cumulative_type_params", false),
    ("require_ref_searches_node_package_before_root", false),
    ("require_resource_names_without_spaces", true),
    ("require_unique_project_resource_names", false),
    ("require_yaml_configuration_for_mf_time_spines", false),
    ("skip_nodes_if_on_run_start_fails", false),
    ("source_freshness_run_project_hooks", true),
    ("state_modified_compare_more_unrendered_values", false),
    ("state_modified_compare_vars", false),
];

/// Returns the flags of a call on a project.
pub(super) fn of_call(call: &Call, project: &Project) -> Map<String, Json> {
    let options = &call.options;
    let mut args = unused();
    let flags = &project.root().project.flags;
    for (name, default) in BEHAVIOURS {
        let given = flags.get(name).and_then(Json::as_bool);
        args.insert(name.to_owned(), given.unwrap_or(default).into());
    }
    let mut put = |key: &str, value: Json| {
        args.insert(key.to_owned(), value);
    };
    let command = std::iter::once("dbt").chain(call.invocation.args.iter().map(String::as_str));
    put("invocation_command", json!(command.collect::<Vec<_>>().join(" ")));
    for (key, value) in options.flags() {
        let key = key.to_lowercase();
        let is_on = match &*key {
            // Debug lines in the log are not the flag --debug.
            "debug" => options.global.log.debug,
            _ => value != Json::Bool(false),
        };
        if !value.is_null() && (is_on || !SAID_WHERE_ON.contains(&&*key)) {
            put(&key, value);
        }
    }
    let log = &options.log;
    let file = log.file.as_ref();
    put("print", json!(!log.no_print));
    put(
        "log_level",
        json!(word(log.level.filter(|_| !log.quiet).unwrap_or(Level::Info))),
    );
    let level = file.map_or(Some(Level::Debug), |file| file.level);
    put("log_level_file", json!(level.map_or("none", word)));
    let format = match file.map(|file| file.format) {
        Some(LogFormat::Json) => "json",
        Some(LogFormat::Text) => "text",
        _ if log.json() => "json",
        _ => "debug",
    };
    put("log_format_file", json!(format));
    put("use_colors_file", json!(file.is_none_or(|file| file.colour)));
    put(
        "log_file_max_bytes",
        json!(file.map_or(10 << 20, |file| file.bytes_max)),
    );
    let folder = match file.and_then(|file| file.path.as_ref()) {
        Some(path) => call.invocation.cwd.join(path),
        None => project::log_folder(&options.load, &call.invocation),
    };
    put("log_path", json!(folder.display().to_string()));
    put("project_dir", json!(project.root_dir.display().to_string()));
    if let Some(profile) = &project.profile {
        put("profiles_dir", json!(profile.dir.display().to_string()));
    }
    args.extend(options.recorded.clone());
    if call.only.is_some() {
        // dbt's `retry` reads the limits of its parser back as texts.
        let unset = json!({ "MAX_GROUPING_DEPTH": "None", "MAX_GROUPING_TOKENS": "None" });
        args.insert("sqlparse".into(), unset);
    }
    args.insert("vars".into(), Json::Object(options.load.vars.clone()));
    for key in not_of(options.which) {
        args.remove(*key);
    }
    args
}

/// Returns dbt's flags that are accepted and change nothing.
fn unused() -> Map<String, Json> {
    let unused = json!({
        "macro_debugging": false,
        "partial_parse_file_diff": true,
        "populate_cache": true,
        "show_all_deprecations": false,
        "show_resource_report": false,
        "sqlparse": { "MAX_GROUPING_DEPTH": null, "MAX_GROUPING_TOKENS": null },
        "strict_mode": false,
        "upload_to_artifacts_ingest_api": false,
        "use_fast_test_edges": false,
        "validate_macro_args": false,
    });
    match unused {
        Json::Object(map) => map,
        _ => Map::new(),
    }
}

/// Returns the flags that a command does not have.
fn not_of(which: &str) -> &'static [&'static str] {
    match which {
        "build" | "clone" => &[],
        "run" | "snapshot" | "compile" | "show" => &["resource_types", "exclude_resource_types"],
        "test" => &["empty"],
        "seed" | "generate" => &["empty", "resource_types", "exclude_resource_types"],
        "run-operation" => &["empty", "indirect_selection"],
        _ => &[],
    }
}

/// Returns the flags that only one command has.
pub(super) fn of_command(command: &Command) -> Map<String, Json> {
    let flags = match command {
        Command::Build(build) => {
            json!({ "export_saved_queries": false, "include_saved_query": false, "show": build.show })
        }
        Command::Seed(seed) => json!({ "show": seed.show }),
        Command::Compile(compile) => json!({ "inject_ephemeral_ctes": true, "output": compile.output }),
        Command::Docs(docs) => match &docs.command {
            DocsCommand::Generate(args) => json!({
                "compile": !args.no_compile, "static": args.r#static, "empty_catalog": args.empty_catalog,
            }),
            DocsCommand::Serve(_) => Json::Null,
        },
        _ => Json::Null,
    };
    match flags {
        Json::Object(map) => map,
        _ => Map::new(),
    }
}

/// Returns the flags as `run-operation` records them: every switch, and no folders.
pub(super) fn of_operation(args: &Map<String, Json>) -> Map<String, Json> {
    let folders = [
        "log_path",
        "profiles_dir",
        "project_dir",
        "sqlparse",
        "warn_error_options",
    ];
    let kept = args.iter().filter(|(key, _)| !folders.contains(&key.as_str()));
    let mut all: Map<String, Json> = kept.map(|(key, value)| (key.clone(), value.clone())).collect();
    for switch in SAID_WHERE_ON.iter().filter(|switch| **switch != "warn_error") {
        all.entry(*switch).or_insert(false.into());
    }
    all.insert("single_threaded".into(), false.into());
    all
}

fn word(level: Level) -> &'static str {
    match level {
        Level::Debug => "debug",
        Level::Info => "info",
        Level::Warn => "warn",
        Level::Error => "error",
    }
}
