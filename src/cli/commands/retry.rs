//! `retry`: runs the earlier command again for the nodes that failed or were skipped.

use super::dispatch;
use crate::artifacts::read;
use crate::cli::args::RetryArgs;
use crate::cli::options;
use crate::cli::state::resolve;
use crate::cli::{Call, Outcome, exit, recorded};
use crate::diagnostic::{Code, Diagnostic};
use crate::jinja::YamlRenderer;
use crate::project;

pub(super) fn run(call: &Call, args: &RetryArgs) -> Outcome {
    let renderer = YamlRenderer::new(&call.invocation);
    // The target is checked when the command is run again.
    let unchecked = |_: &_, _: &_| Ok(());
    let project = project::load(&call.options.load, &call.invocation, &renderer, &unchecked)?;
    let folder = match &call.options.state.state {
        Some(path) => resolve(path, &project, &call.invocation),
        None => project.target_path.clone(),
    };
    let path = folder.join("run_results.json");
    let Some(previous) = read::run_results(&path)? else {
        return Err(Diagnostic::error(
            Code::STATE,
            format!(
                "there is no earlier run to retry: `{}` does not exist",
                path.display()
            ),
        )
        .hint("Run a command first, or give the folder of its artifacts with --state.")
        .into());
    };
    let cli = recorded::again(&previous.args, &call.options.global)?;
    let is_operation = cli.command.which() == "run-operation";
    let again = |(id, status): &(String, String)| {
        let failed = matches!(
            status.as_str(),
            "error" | "fail" | "skipped" | "runtime error" | "partial success"
        ) || (call.options.warn_error && status == "warn");
        failed && (is_operation || !id.starts_with("operation."))
    };
    let only: Vec<String> = previous
        .results
        .iter()
        .filter(|r| again(r))
        .map(|(id, _)| id.clone())
        .collect();
    if is_operation && only.is_empty() {
        return Ok(exit::OK);
    }
    let flags = project::read_flags(&call.options.load, &call.invocation);
    let mut options = options::resolve(&cli, &call.invocation, flags.values, call.face)?;
    options.log.clone_from(&call.options.log);
    options.full_refresh |= args.full_refresh;
    let call = Call {
        invocation: call.invocation.clone(),
        options,
        sink: call.sink.clone(),
        face: call.face,
        warned_of_selection: Default::default(),
        met: call.met.clone(),
        only: Some(only),
        batches: previous.batches,
    };
    dispatch(&cli.command, &call)
}
