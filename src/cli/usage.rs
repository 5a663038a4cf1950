//! Deprecated ways to call the program: flags, environment variables, and where flags are kept.

use super::Call;
use super::args::{Command, SourceCommand};
use super::options::Flags;
use crate::diagnostic::{Code, Diagnostic};

/// Environment variables that have another name today.
const RENAMED: [(&str, &str); 4] = [
    ("DBT_DEFER_TO_STATE", "DBT_ENGINE_DEFER"),
    ("DBT_FAVOR_STATE_MODE", "DBT_ENGINE_FAVOR_STATE"),
    ("DBT_NO_PRINT", "DBT_ENGINE_PRINT"),
    ("DBT_ARTIFACT_STATE_PATH", "DBT_ENGINE_STATE"),
];

/// Variables under dbt's own prefix, without it.
const KNOWN: &str = "CACHE_SELECTED_ONLY CLEAN_PROJECT_FILES_ONLY DEBUG DEFER DEFER_STATE DEFER_TO_STATE FAVOR_STATE_MODE \
    INCLUDE_SAVED_QUERY NO_PRINT ARTIFACT_STATE_PATH EMPTY EVENT_TIME_END EVENT_TIME_START EXCLUDE_RESOURCE_TYPES \
    EXPORT_SAVED_QUERIES FAIL_FAST FAVOR_STATE FULL_REFRESH HOST INDIRECT_SELECTION INTROSPECT LOG_CACHE_EVENTS LOG_FORMAT \
    LOG_FORMAT_FILE LOG_LEVEL LOG_LEVEL_FILE LOG_FILE_MAX_BYTES LOG_PATH MACRO_DEBUGGING SQLPARSE PARTIAL_PARSE \
    PARTIAL_PARSE_FILE_DIFF PARTIAL_PARSE_FILE_PATH PRINT POPULATE_CACHE PRINTER_WIDTH PROFILE PROFILES_DIR PROJECT_DIR \
    QUIET RESOURCE_TYPES SAMPLE SEND_ANONYMOUS_USAGE_STATS SHOW_RESOURCE_REPORT SINGLE_THREADED STATE STATIC_PARSER \
    STORE_FAILURES TARGET TARGET_PATH USE_COLORS USE_COLORS_FILE USE_EXPERIMENTAL_PARSER USE_FAST_TEST_EDGES \
    VERSION_CHECK WARN_ERROR WARN_ERROR_OPTIONS WRITE_JSON UPLOAD_TO_ARTIFACTS_INGEST_API \
    ENV_SECRET_ ENV_CUSTOM_ENV_ PACKAGE_HUB_URL RECORDER_FILE_PATH RECORDER_MODE RECORDER_TYPES PP_TEST PP_FILE_DIFF_TEST \
    DOWNLOAD_DIR INVOCATION_ENV DBT_ARTIFACT_STATE_PATH TEST_STATE_MODIFIED ENGINE_ENV";

/// Returns the deprecations of a call itself.
pub fn deprecations(call: &Call, command: &Command, flags: &Flags) -> Vec<Diagnostic> {
    let deprecated = |message: String| Diagnostic::warning(Code::DEPRECATED, message);
    let mut found = Vec::new();
    let variable = |name: &str| call.invocation.env_var(name).filter(|value| !value.is_empty());
    for (old, new) in RENAMED.iter().filter(|(old, _)| variable(old).is_some()) {
        found.push(
            deprecated(format!(
                "the environment variable `{old}` is called `{new}` today"
            ))
            .hint(format!("Set `{new}`, and unset `{old}`."))
            .event("EnvironmentVariableRenamed"),
        );
    }
    if flags.of_profiles {
        found.push(
            deprecated("`config:` of profiles.yml is deprecated".to_owned())
                .hint("Move what is under it to `flags:` of dbt_project.yml.")
                .event("ProjectFlagsMovedDeprecation"),
        );
    }
    if call.options.warn_policy.older_names {
        found.push(
            deprecated("`include` and `exclude` of `warn_error_options` are deprecated".to_owned())
                .hint("Write `error` for `include`, and `warn` for `exclude`.")
                .event("WEOIncludeExcludeDeprecation"),
        );
    }
    for flag in ["--models", "--model", "-m"] {
        if call.invocation.args.iter().any(|word| word == flag) {
            found.push(
                deprecated(format!("the flag `{flag}` is deprecated"))
                    .hint("Write `--select` or `-s`.")
                    .event("ModelParamUsageDeprecation"),
            );
        }
    }
    for name in call.invocation.env.keys() {
        let Some(rest) = name.strip_prefix("DBT_ENGINE_") else {
            continue;
        };
        if !KNOWN.split_whitespace().any(|known| known == rest) {
            found.push(
                deprecated(format!(
                    "the environment variable `{name}` has a prefix that is dbt's own"
                ))
                .hint("Give it another name.")
                .event("EnvironmentVariableNamespaceDeprecation"),
            );
        }
    }
    if let Command::Source(source) = command
        && let SourceCommand::Freshness(freshness) = &source.command
        && let Some(path) = &freshness.output
    {
        found.push(
            deprecated(format!(
                "`--output {}` of `source freshness` is deprecated",
                path.display()
            ))
            .hint("Leave it out; the result stands in the target folder as sources.json.")
            .event("CustomOutputPathInSourceFreshnessDeprecation"),
        );
    }
    found
}
