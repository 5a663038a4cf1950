//! `run_results.json`, schema version 6: how each node ended, and what the call was.

use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Timelike, Utc};
use serde::Serialize;
use serde_json::{Map, Value as Json};

use crate::diagnostic::{Code, Diagnostic, Result};
use crate::events::Status;
use crate::fs;
use crate::invocation::Invocation;
use crate::manifest::{Node, NodeKind};
use crate::yaml::exact;

const SCHEMA: &str = "https://schemas.getdbt.com/dbt/run-results/v6.json";

/// Names of variables, of the environment or of `--vars`, whose values are never written.
const SECRET_PREFIX: &str = "DBT_ENV_SECRET";

/// Names of environment variables that the artifact carries along, without this prefix.
const CARRIED_PREFIX: &str = "DBT_ENV_CUSTOM_ENV_";

/// The results of one call, to be written.
#[derive(Debug, Clone, Default)]
pub struct RunResults {
    /// In the order in which nodes ended.
    pub results: Vec<RunResult>,
    pub elapsed: Duration,
    /// The flags of the call as dbt names them, `vars` and `invocation_command` among them.
    pub args: Map<String, Json>,
    /// The version of dbt whose formats these are.
    pub dbt_version: &'static str,
}

/// How a node ended.
#[derive(Debug, Clone, Serialize)]
pub struct RunResult {
    #[serde(serialize_with = "word")]
    pub status: Status,
    pub timing: Vec<Timing>,
    /// `Thread-1 (worker)`.
    pub thread_id: String,
    /// Seconds.
    pub execution_time: f64,
    /// `_message`, `code`, `rows_affected`, `query_id`: what the database said.
    pub adapter_response: Map<String, Json>,
    pub message: Option<String>,
    /// Rows that failed a test.
    pub failures: Option<u64>,
    pub unique_id: String,
    /// None for a kind that is not compiled, such as a seed.
    pub compiled: Option<bool>,
    pub compiled_code: Option<String>,
    pub relation_name: Option<String>,
    pub batch_results: Option<BatchResults>,
}

/// A phase of a node's work: `compile` or `execute`.
#[derive(Debug, Clone, Serialize)]
pub struct Timing {
    pub name: &'static str,
    #[serde(serialize_with = "maybe_time")]
    pub started_at: Option<DateTime<Utc>>,
    #[serde(serialize_with = "maybe_time")]
    pub completed_at: Option<DateTime<Utc>>,
}

/// The stretches of time that a model built in batches did and did not get done.
#[derive(Debug, Clone, Default, Serialize)]
pub struct BatchResults {
    #[serde(serialize_with = "times")]
    pub successful: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    #[serde(serialize_with = "times")]
    pub failed: Vec<(DateTime<Utc>, DateTime<Utc>)>,
}

impl RunResult {
    /// Returns the result of a node without times, message or response; `compiled_code` where it was compiled.
    pub fn of_node(node: &Node, status: Status, compiled_code: Option<String>) -> Self {
        // A unit test has something to compile only when it is run.
        let is_waiting = node.kind == NodeKind::UnitTest && compiled_code.is_none();
        let is_compiled_kind = node.kind != NodeKind::Seed && !node.kind.is_described() && !is_waiting;
        Self {
            status,
            timing: Vec::new(),
            thread_id: String::new(),
            execution_time: 0.0,
            adapter_response: Map::new(),
            message: None,
            failures: None,
            unique_id: node.id.to_string(),
            compiled: is_compiled_kind.then_some(compiled_code.is_some()),
            compiled_code: compiled_code.filter(|_| is_compiled_kind),
            relation_name: relation_name(node),
            batch_results: None,
        }
    }
}

/// Returns the relation that the artifact names; none where nothing is built, and for seeds, as in dbt.
fn relation_name(node: &Node) -> Option<String> {
    let is_built = match node.kind {
        NodeKind::Model => !node.is_ephemeral(),
        NodeKind::Snapshot => true,
        NodeKind::Test => node.config.bool("store_failures") == Some(true),
        NodeKind::Seed
        | NodeKind::Function
        | NodeKind::Analysis
        | NodeKind::UnitTest
        | NodeKind::Exposure
        | NodeKind::SemanticModel
        | NodeKind::Metric
        | NodeKind::SavedQuery
        | NodeKind::Operation
        | NodeKind::SqlOperation => false,
    };
    is_built.then(|| node.relation.path())
}

#[derive(Serialize)]
struct Artifact<'a> {
    metadata: Metadata<'a>,
    results: &'a [RunResult],
    elapsed_time: f64,
    args: Map<String, Json>,
}

#[derive(Serialize)]
struct Metadata<'a> {
    dbt_schema_version: &'static str,
    dbt_version: &'a str,
    #[serde(serialize_with = "time")]
    generated_at: DateTime<Utc>,
    invocation_id: &'a str,
    #[serde(serialize_with = "time")]
    invocation_started_at: DateTime<Utc>,
    env: Map<String, Json>,
}

/// Writes the file, whole or not at all. Values of secret variables are starred out of `args`.
///
/// # Errors
/// `N0101` where the file cannot be written.
pub fn write(path: &Path, run: &RunResults, invocation: &Invocation) -> Result<()> {
    fs::write_atomic(path, &to_json(run, invocation)?)
}

fn to_json(run: &RunResults, invocation: &Invocation) -> Result<Vec<u8>> {
    let secrets = secrets(&run.args, invocation);
    let mut args = run.args.clone();
    for value in args.values_mut() {
        hide(value, &secrets);
    }
    let env = carried(invocation);
    let artifact = Artifact {
        metadata: Metadata {
            dbt_schema_version: SCHEMA,
            dbt_version: run.dbt_version,
            generated_at: invocation.now(),
            invocation_id: &invocation.id,
            invocation_started_at: invocation.started_at,
            env,
        },
        results: &run.results,
        elapsed_time: run.elapsed.as_secs_f64(),
        args,
    };
    let written = serde_json::to_string(&artifact).map(exact::unmark);
    written.map(String::into_bytes).map_err(|error| {
        Diagnostic::error(
            Code::INTERNAL,
            format!("run results could not be written as JSON: {error}"),
        )
        .hint("This is a bug in nexus: please report it.")
    })
}

/// Returns the environment variables that artifacts carry along.
pub(super) fn carried(invocation: &Invocation) -> Map<String, Json> {
    let one = |(name, value): (&String, &String)| {
        let name = name.strip_prefix(CARRIED_PREFIX)?.to_owned();
        Some((name, Json::from(value.as_str())))
    };
    invocation.env.iter().filter_map(one).collect()
}

fn secrets(args: &Map<String, Json>, invocation: &Invocation) -> Vec<String> {
    let of_environment = invocation
        .env
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let of_vars = args
        .get("vars")
        .and_then(Json::as_object)
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)));
    of_environment
        .chain(of_vars)
        .filter(|(name, value)| name.starts_with(SECRET_PREFIX) && !value.trim().is_empty())
        .map(|(_, value)| value.to_owned())
        .collect()
}

fn hide(value: &mut Json, secrets: &[String]) {
    match value {
        Json::String(text) => {
            for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
                if text.contains(secret.as_str()) {
                    *text = text.replace(secret.as_str(), "*****");
                }
            }
        }
        Json::Array(items) => items.iter_mut().for_each(|item| hide(item, secrets)),
        Json::Object(map) => map.values_mut().for_each(|item| hide(item, secrets)),
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

/// Returns the form of Python: microseconds where there are any, `Z` at the end.
fn iso(time: &DateTime<Utc>) -> String {
    let has_fraction = time.nanosecond() / 1000 != 0;
    let format = if has_fraction {
        SecondsFormat::Micros
    } else {
        SecondsFormat::Secs
    };
    time.to_rfc3339_opts(format, true)
}

fn time<S: serde::Serializer>(time: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&iso(time))
}

#[expect(clippy::ref_option, reason = "serde's signature")]
fn maybe_time<S: serde::Serializer>(time: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
    time.as_ref().map(iso).serialize(serializer)
}

fn times<S: serde::Serializer>(
    times: &[(DateTime<Utc>, DateTime<Utc>)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    // Python's `isoformat`, which writes the zone as an offset.
    let iso = |at: &DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, false);
    serializer.collect_seq(times.iter().map(|(from, to)| (iso(from), iso(to))))
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn word<S: serde::Serializer>(status: &Status, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(status.word())
}

#[cfg(test)]
mod tests;
