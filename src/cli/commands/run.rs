//! `run`, `build`, `test`, `seed`, `snapshot`, `clone`: the commands that change the database.

use std::sync::atomic::Ordering;

use indexmap::IndexSet;

use crate::artifacts::manifest_v12::{self, Compiled};
use crate::artifacts::run_results_v6::{self, BatchResults, RunResult, RunResults, Timing};
use crate::cli::args::{BuildArgs, RunArgs, SeedArgs};
use crate::cli::workspace::{Workspace, open, warn};
use crate::cli::{Call, Outcome, exit};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::manifest::{self, CompiledView, NodeId, NodeKind};
use crate::run::{self, Action};

pub(super) fn run(call: &Call, args: &RunArgs) -> Outcome {
    execute(call, args, &["model"], false)
}

pub(super) fn build(call: &Call, args: &BuildArgs) -> Outcome {
    let kinds = [
        "model",
        "seed",
        "snapshot",
        "test",
        "unit_test",
        "function",
        "exposure",
        "saved_query",
    ];
    execute(call, &args.run, &kinds, true)
}

pub(super) fn test(call: &Call, args: &RunArgs) -> Outcome {
    execute(call, args, &["test", "unit_test"], false)
}

pub(super) fn seed(call: &Call, args: &SeedArgs) -> Outcome {
    execute(call, &args.run, &["seed"], false)
}

pub(super) fn snapshot(call: &Call, args: &RunArgs) -> Outcome {
    execute(call, args, &["snapshot"], false)
}

pub(super) fn clone(call: &Call, args: &RunArgs) -> Outcome {
    let workspace = open(call)?;
    let selection = workspace.select(call, &args.select, &["model", "seed", "snapshot"])?;
    if selection.is_empty() {
        nothing(call)?;
        return finish(call, &workspace, &run::Outcome::default());
    }
    let context = workspace.context(call, &selection);
    let options = workspace.run_options(call, Action::Clone);
    let outcome = run::execute(&context, &workspace.session(call), &selection, &options)?;
    finish(call, &workspace, &outcome)
}

fn execute(call: &Call, args: &RunArgs, kinds: &[&str], tests_gate: bool) -> Outcome {
    let workspace = open(call)?;
    let mut selection = workspace.select(call, &args.select, kinds)?;
    if tests_gate {
        // `build` runs unit tests right before the model that they test, and only there, as dbt does.
        let models = selection.clone();
        selection.retain(|id| match workspace.manifest.nodes.get(id) {
            Some(node) if node.kind == NodeKind::UnitTest => {
                node.depends_on.iter().any(|model| models.contains(model))
            }
            _ => true,
        });
    }
    if selection.is_empty() {
        nothing(call)?;
        return finish(call, &workspace, &run::Outcome::default());
    }
    let outcome = over(call, &workspace, &selection, tests_gate)?;
    finish(call, &workspace, &outcome)
}

pub(super) fn over(
    call: &Call,
    workspace: &Workspace,
    selection: &IndexSet<NodeId>,
    tests_gate: bool,
) -> Result<run::Outcome, Diagnostics> {
    let context = workspace.context(call, selection);
    let session = workspace.session(call);
    let mut options = workspace.run_options(call, Action::Run);
    options.tests_gate = tests_gate;
    run::execute(&context, &session, selection, &options)
}

/// Writes `run_results.json` and gives the exit code.
pub(super) fn finish(call: &Call, workspace: &Workspace, outcome: &run::Outcome) -> Outcome {
    if call.options.write_json {
        let path = workspace.project.target_path.join("run_results.json");
        run_results_v6::write(&path, &results(outcome, workspace), &call.invocation)?;
    }
    if call.options.write_json && !outcome.results.is_empty() {
        let compiled = compiled(outcome, workspace, call);
        let Workspace {
            project,
            manifest,
            engine,
            adapter,
            ..
        } = workspace;
        let path = project.target_path.join("manifest.json");
        manifest_v12::write(
            &path,
            project,
            manifest,
            engine,
            &call.invocation,
            adapter.kind(),
            &compiled,
        )?;
    }
    if outcome.interrupted {
        return Ok(exit::INTERRUPTED);
    }
    let warned = call.options.warn_error
        && outcome
            .results
            .iter()
            .any(|r| r.status == crate::events::Status::Warn);
    Ok(if outcome.failed() || warned {
        exit::FAILED
    } else {
        exit::OK
    })
}

/// Says that the selection is empty; for nexus itself, where no warning about a part of it has said so.
///
/// # Errors
/// The warning, where it is asked to be an error.
pub(super) fn nothing(call: &Call) -> Result<(), Diagnostics> {
    let (said, event) = match (call.face.as_dbt, call.options.which) {
        (false, _) => ("the selection fits no node; nothing was done", "NothingToDo"),
        (true, "list") => ("No nodes selected!", "NoNodesSelected"),
        (true, _) => (
            "Nothing to do. Try checking your model configs and model specification args",
            "NothingToDo",
        ),
    };
    if !call.face.as_dbt && call.warned_of_selection.load(Ordering::Relaxed) {
        return Ok(());
    }
    let warning = Diagnostic::warning(Code::NOTHING_SELECTED, said)
        .hint("Check --select and --exclude, and `enabled` in the configuration.")
        .event(event);
    warn(call, &[warning])
}

/// Puts the outcome into the artifact's form.
fn results(outcome: &run::Outcome, workspace: &Workspace) -> RunResults {
    let one = |r: &run::NodeResult| {
        let mut result = RunResult::of_node(&r.node, r.status, r.compiled_code.clone());
        let timing = |t: &run::Timing| Timing {
            name: t.name,
            started_at: Some(t.started_at),
            completed_at: Some(t.completed_at),
        };
        result.timing = r.timing.iter().map(timing).collect();
        result.thread_id.clone_from(&r.thread);
        result.execution_time = r.elapsed.as_secs_f64();
        result.adapter_response.clone_from(&r.adapter_response);
        result.message.clone_from(&r.message);
        result.failures = r.failures;
        result.batch_results = r.batches.as_ref().map(|b| BatchResults {
            successful: b.successful.clone(),
            failed: b.failed.clone(),
        });
        result
    };
    RunResults {
        results: outcome.results.iter().map(one).collect(),
        elapsed: outcome.elapsed,
        args: workspace.context_options.args.clone(),
        dbt_version: manifest::DBT_VERSION,
    }
}

/// Returns what was compiled, for the manifest.
fn compiled(outcome: &run::Outcome, workspace: &Workspace, call: &Call) -> Compiled {
    let options = workspace.run_options(call, Action::Compile);
    let one = |r: &run::NodeResult| {
        let code = r.compiled_code.clone()?;
        let path = options.compiled_path(&r.node).unwrap_or_default();
        Some((
            r.node.id.clone(),
            CompiledView {
                // What came out empty was not written.
                path: if code.is_empty() {
                    String::new()
                } else {
                    path.display().to_string()
                },
                code,
                macros: r.macros.clone(),
                ctes: r.ctes.clone(),
            },
        ))
    };
    outcome.results.iter().filter_map(one).collect()
}
