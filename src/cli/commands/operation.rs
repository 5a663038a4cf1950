//! `run-operation`: calls a macro.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use indexmap::IndexSet;

use crate::artifacts::run_results_v6::{self, RunResult, RunResults, Timing};
use crate::cli::args::OperationArgs;
use crate::cli::arguments::of_operation;
use crate::cli::options::dictionary;
use crate::cli::workspace::{Workspace, open};
use crate::cli::{Call, Outcome, exit};
use crate::diagnostic::{Code, Result};
use crate::events::{Event, Level, Status};
use crate::jinja::Engine;
use crate::manifest;
use crate::report::told;
use crate::run::run_macro;

pub(super) fn run(call: &Call, args: &OperationArgs) -> Outcome {
    let kwargs = dictionary("--args", &args.args)?;
    let workspace = open(call)?;
    let node = manifest::inline_node(&workspace.manifest, "", &*workspace.adapter)?;
    let context = workspace.context(call, &IndexSet::new());
    let session = Arc::new(workspace.session(call));
    let kwargs = kwargs
        .iter()
        .map(|(k, v)| (k.clone(), Engine::value(v)))
        .collect();
    let started_at = call.invocation.now();
    let begun = Instant::now();
    let done = run_macro(&context, node, &args.name, kwargs, &session);
    let found = workspace
        .engine
        .find_macro(&workspace.manifest.project_name, &args.name);
    if let Some(found) = found.filter(|_| call.options.write_json) {
        let moments = (started_at, begun.elapsed());
        write_result(call, &workspace, &found.unique_id, done.is_ok(), moments)?;
    }
    match done {
        Ok(()) => Ok(exit::OK),
        Err(error) if call.face.as_dbt => {
            call.sink.send(Event::Log {
                level: Level::Error,
                message: format!(
                    "Encountered an error while running operation: {}",
                    told(&error, call.options.log.colour)
                ),
                node: None,
            });
            // dbt gives another exit code where there is no such macro.
            let is_missing = error.code() == Code::JINJA_UNDEFINED && error.span().is_none();
            if is_missing {
                return Err(error.into());
            }
            Ok(exit::FAILED)
        }
        Err(error) => {
            call.show(&error.into());
            Ok(exit::FAILED)
        }
    }
}

/// Writes `run_results.json`, in which the macro stands as a node.
fn write_result(
    call: &Call,
    workspace: &Workspace,
    id: &str,
    is_well: bool,
    (started_at, elapsed): (DateTime<Utc>, Duration),
) -> Result<()> {
    let timing = |name: &'static str, from: DateTime<Utc>, to: DateTime<Utc>| Timing {
        name,
        started_at: Some(from),
        completed_at: Some(to),
    };
    let result = RunResult {
        status: if is_well { Status::Success } else { Status::Error },
        timing: vec![
            timing("compile", call.invocation.started_at, started_at),
            timing("execute", started_at, call.invocation.now()),
        ],
        thread_id: "MainThread".to_owned(),
        execution_time: elapsed.as_secs_f64(),
        adapter_response: Default::default(),
        message: None,
        failures: Some(u64::from(!is_well)),
        unique_id: id.to_owned(),
        compiled: Some(false),
        compiled_code: None,
        relation_name: None,
        batch_results: None,
    };
    let results = RunResults {
        results: vec![result],
        elapsed,
        args: of_operation(&workspace.context_options.args),
        dbt_version: manifest::DBT_VERSION,
    };
    let path = workspace.project.target_path.join("run_results.json");
    run_results_v6::write(&path, &results, &call.invocation)
}
