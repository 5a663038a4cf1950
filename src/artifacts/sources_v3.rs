//! `sources.json`, schema version 3: how fresh each source was.

use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Timelike, Utc};
use serde_json::{Value as Json, json};

use crate::diagnostic::{Code, Diagnostic, Result};
use crate::fs;
use crate::invocation::Invocation;
use crate::manifest::DBT_VERSION;
use crate::run::{Age, SourceFreshness};

const SCHEMA: &str = "https://schemas.getdbt.com/dbt/sources/v3.json";

/// Writes the file, whole or not at all. A source whose check failed is left out, as in dbt.
///
/// # Errors
/// `N0101` where the file cannot be written.
pub fn write(
    path: &Path,
    results: &[SourceFreshness],
    elapsed: Duration,
    invocation: &Invocation,
) -> Result<()> {
    let results: Vec<Json> = results
        .iter()
        .filter_map(|result| Some(one(result, result.age.as_ref()?)))
        .collect();
    let artifact = json!({
        "metadata": {
            "dbt_schema_version": SCHEMA,
            "dbt_version": DBT_VERSION,
            "generated_at": iso(&invocation.now(), "Z"),
            "invocation_id": &*invocation.id,
            "invocation_started_at": iso(&invocation.started_at, "Z"),
            "env": super::run_results_v6::carried(invocation),
        },
        "results": results,
        "elapsed_time": elapsed.as_secs_f64(),
    });
    let bytes = serde_json::to_vec(&artifact).map_err(|error| {
        let message = format!("the freshness of sources could not be written as JSON: {error}");
        Diagnostic::error(Code::INTERNAL, message).hint("This is a bug in nexus: please report it.")
    })?;
    fs::write_atomic(path, &bytes)
}

fn one(result: &SourceFreshness, age: &Age) -> Json {
    let timing = |name: &str, from: &DateTime<Utc>, to: &DateTime<Utc>| json!({ "name": name, "started_at": iso(from, "Z"), "completed_at": iso(to, "Z") });
    let mut timings: Vec<Json> = Vec::new();
    for t in &result.timing {
        // Nothing of a source is compiled; dbt writes the two moments all the same.
        timings.push(timing("compile", &t.started_at, &t.started_at));
        timings.push(timing(t.name, &t.started_at, &t.completed_at));
    }
    json!({
        "unique_id": result.source.id.as_str(),
        "max_loaded_at": iso(&age.max_loaded_at, "+00:00"),
        "snapshotted_at": iso(&age.snapshotted_at, "+00:00"),
        "max_loaded_at_time_ago_in_s": age.seconds(),
        "status": result.status.word(),
        "criteria": result.source.config.get("freshness"),
        "adapter_response": result.adapter_response,
        "timing": timings,
        "thread_id": result.thread,
        "execution_time": result.elapsed.as_secs_f64(),
    })
}

/// Returns Python's form: microseconds where there are any, then the zone.
fn iso(time: &DateTime<Utc>, zone: &str) -> String {
    let has_fraction = time.nanosecond() / 1000 != 0;
    let format = if has_fraction {
        SecondsFormat::Micros
    } else {
        SecondsFormat::Secs
    };
    let text = time.to_rfc3339_opts(format, true);
    format!("{}{zone}", text.trim_end_matches('Z'))
}
