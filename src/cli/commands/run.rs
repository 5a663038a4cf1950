//! `run`, `build`, `test`, `seed`: the commands that change the database.

use indexmap::IndexSet;

use crate::artifacts;
use crate::cli::args::{BuildArgs, RunArgs, SeedArgs};
use crate::cli::workspace::{Workspace, open};
use crate::cli::{Call, Outcome, exit};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::events::{Event, Level};
use crate::manifest::NodeId;
use crate::run::{self, Action};

pub(super) fn run(call: &Call, args: &RunArgs) -> Outcome {
    execute(call, args, &["model"], false)
}

pub(super) fn build(call: &Call, args: &BuildArgs) -> Outcome {
    execute(call, &args.run, &["model", "seed", "snapshot", "test"], true)
}

pub(super) fn test(call: &Call, args: &RunArgs) -> Outcome {
    execute(call, args, &["test"], false)
}

pub(super) fn seed(call: &Call, args: &SeedArgs) -> Outcome {
    execute(call, &args.run, &["seed"], false)
}

fn execute(call: &Call, args: &RunArgs, kinds: &[&str], tests_gate: bool) -> Outcome {
    let workspace = open(call)?;
    let selection = workspace.select(call, &args.select, kinds)?;
    if selection.is_empty() {
        nothing(call);
        return finish(call, &workspace, &run::Outcome::default());
    }
    let outcome = over(call, &workspace, &selection, tests_gate)?;
    finish(call, &workspace, &outcome)
}

fn over(
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
        artifacts::run_results_v6::write(&path, outcome, &call.invocation, &workspace.context_options.args)?;
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

/// Says that the selection is empty.
pub(super) fn nothing(call: &Call) {
    let warning = Diagnostic::warning(
        Code::NOTHING_SELECTED,
        "the selection fits no node; nothing was done",
    )
    .hint("Check --select and --exclude, and `enabled` in the configuration.");
    call.sink.send(Event::Diagnostic(Box::new(warning)));
    call.sink.send(Event::Log {
        level: Level::Debug,
        message: "nothing to do".into(),
        node: None,
    });
}
