//! Reads the artifacts of an earlier run, of dbt's or ours: `manifest.json`, `run_results.json`, `sources.json`.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use crate::diagnostic::{Code, Diagnostic, Result};
use crate::fs;
use crate::graph::state::{PreviousManifest, PreviousState};
use crate::manifest::time_of;
use crate::run::Batches;
use crate::yaml::exact;

/// Newest versions that are read; older ones are read as far as their fields go by today's names.
const MANIFEST_VERSION_MAX: u32 = 12;
const RUN_RESULTS_VERSION_MAX: u32 = 6;
const SOURCES_VERSION_MAX: u32 = 3;

/// An earlier `run_results.json`, as far as `retry` and `result:` need it.
#[derive(Debug, Clone, Default)]
pub struct PreviousResults {
    /// Unique id and status, in the order of the file.
    pub results: Vec<(String, String)>,
    /// The flags of the call.
    pub args: Map<String, Json>,
    /// Batches of models that were built in part.
    pub batches: HashMap<String, Batches>,
}

/// Reads what is in a folder of artifacts; `target` is the current folder, whose `sources.json` is compared with.
///
/// # Errors
/// `N0114` for a file that is no artifact or of a newer version, `N0101` for one that cannot be read.
pub fn previous_state(folder: &Path, shown: &str, target: &Path) -> Result<PreviousState> {
    Ok(PreviousState {
        folder: shown.to_owned(),
        manifest: manifest(&folder.join("manifest.json"))?,
        results: run_results(&folder.join("run_results.json"))?.map(|found| found.results),
        sources: sources(&folder.join("sources.json"))?,
        sources_current: sources(&target.join("sources.json"))?,
    })
}

#[derive(Deserialize)]
struct ManifestFile {
    #[serde(default)]
    metadata: Map<String, Json>,
    #[serde(default)]
    nodes: Map<String, Json>,
    #[serde(default)]
    sources: Map<String, Json>,
    #[serde(default)]
    exposures: Map<String, Json>,
    #[serde(default)]
    metrics: Map<String, Json>,
    #[serde(default)]
    semantic_models: Map<String, Json>,
    #[serde(default)]
    saved_queries: Map<String, Json>,
    #[serde(default)]
    unit_tests: Map<String, Json>,
    #[serde(default)]
    functions: Map<String, Json>,
    #[serde(default)]
    macros: HashMap<String, MacroText>,
}

#[derive(Deserialize)]
struct MacroText {
    #[serde(default)]
    macro_sql: String,
}

/// Reads a manifest; none where there is no such file.
fn manifest(path: &Path) -> Result<Option<PreviousManifest>> {
    let Some(text) = text_of(path)? else {
        return Ok(None);
    };
    let file: ManifestFile = parse(path, &text)?;
    check_version(path, &file.metadata, MANIFEST_VERSION_MAX)?;
    let mut others = file.sources;
    for section in [
        file.exposures,
        file.metrics,
        file.semantic_models,
        file.saved_queries,
        file.unit_tests,
        file.functions,
    ] {
        others.extend(section);
    }
    Ok(Some(PreviousManifest {
        nodes: file.nodes,
        others,
        macros: file
            .macros
            .into_iter()
            .map(|(id, found)| (id, found.macro_sql))
            .collect(),
    }))
}

#[derive(Deserialize)]
struct ResultsFile {
    #[serde(default)]
    metadata: Map<String, Json>,
    results: Vec<ResultRow>,
    #[serde(default)]
    args: Map<String, Json>,
}

#[derive(Deserialize)]
struct ResultRow {
    unique_id: String,
    status: String,
    max_loaded_at: Option<String>,
    batch_results: Option<BatchRows>,
}

#[derive(Deserialize)]
struct BatchRows {
    #[serde(default)]
    successful: Vec<(String, String)>,
    #[serde(default)]
    failed: Vec<(String, String)>,
}

impl BatchRows {
    /// Returns what is to be built again; none where all or nothing was built: then the model is built as a whole.
    fn unfinished(&self) -> Option<Batches> {
        let time = |text: &String| {
            let zoned = DateTime::parse_from_rfc3339(text)
                .map(|t| t.with_timezone(&Utc))
                .ok();
            zoned.or_else(|| time_of(text))
        };
        let stretches = |rows: &[(String, String)]| -> Option<Vec<_>> {
            rows.iter()
                .map(|(from, to)| Some((time(from)?, time(to)?)))
                .collect()
        };
        (!self.successful.is_empty() && !self.failed.is_empty()).then_some(())?;
        Some(Batches {
            successful: stretches(&self.successful)?,
            failed: stretches(&self.failed)?,
        })
    }
}

/// Reads `run_results.json`; none where there is no such file.
///
/// # Errors
/// `N0114` for a file that is no such artifact or of a newer version, `N0101` for one that cannot be read.
pub fn run_results(path: &Path) -> Result<Option<PreviousResults>> {
    let Some(text) = text_of(path)? else {
        return Ok(None);
    };
    // Vars may have whole numbers that JSON would round.
    let exact = exact::mark(&text).unwrap_or_else(|_| (&*text).into());
    let file: ResultsFile = parse(path, &exact)?;
    check_version(path, &file.metadata, RUN_RESULTS_VERSION_MAX)?;
    let batches = file
        .results
        .iter()
        .filter_map(|row| Some((row.unique_id.clone(), row.batch_results.as_ref()?.unfinished()?)))
        .collect();
    Ok(Some(PreviousResults {
        batches,
        results: file
            .results
            .into_iter()
            .map(|row| (row.unique_id, row.status))
            .collect(),
        args: file.args,
    }))
}

fn sources(path: &Path) -> Result<Option<BTreeMap<String, Option<String>>>> {
    let Some(text) = text_of(path)? else {
        return Ok(None);
    };
    let file: ResultsFile = parse(path, &text)?;
    check_version(path, &file.metadata, SOURCES_VERSION_MAX)?;
    Ok(Some(
        file.results
            .into_iter()
            .map(|row| (row.unique_id, row.max_loaded_at))
            .collect(),
    ))
}

/// Returns the text of an artifact; none where there is no such file.
fn text_of(path: &Path) -> Result<Option<String>> {
    if !path.is_file() {
        return Ok(None);
    }
    fs::read(path).map(Some)
}

fn parse<T: for<'a> Deserialize<'a>>(path: &Path, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| {
        Diagnostic::error(
            Code::ARTIFACT,
            format!("`{}` is no artifact of a run: {error}", path.display()),
        )
        .hint("Write it anew by running the command that makes it.")
    })
}

/// Refuses a version of which nothing is known yet.
fn check_version(path: &Path, metadata: &Map<String, Json>, max: u32) -> Result<()> {
    let schema = metadata
        .get("dbt_schema_version")
        .and_then(Json::as_str)
        .unwrap_or_default();
    let version = schema
        .rsplit_once("/v")
        .and_then(|(_, rest)| rest.trim_end_matches(".json").parse::<u32>().ok());
    match version {
        Some(version) if version > max => Err(Diagnostic::error(
            Code::ARTIFACT,
            format!(
                "`{}` is written in version {version} of its format; the newest that is read is {max}",
                path.display()
            ),
        )
        .hint("Write it with dbt 1.11 or with nexus.")),
        Some(_) => Ok(()),
        None => Err(Diagnostic::error(
            Code::ARTIFACT,
            format!(
                "`{}` does not say which version of its format it has",
                path.display()
            ),
        )
        .hint("Name the folder of the artifacts that dbt or nexus wrote: its `target`.")),
    }
}
