//! `source freshness`: how old the data of sources is.

use std::time::Instant;

use indexmap::IndexMap;

use crate::artifacts::sources_v3;
use crate::cli::args::FreshnessArgs;
use crate::cli::workspace::{open, warn};
use crate::cli::{Call, Outcome, exit};
use crate::diagnostic::{Code, Diagnostic};
use crate::events::{Event, Status};
use crate::manifest::Manifest;
use crate::run::{Action, freshness, has_freshness};

pub(super) fn run(call: &Call, args: &FreshnessArgs) -> Outcome {
    let workspace = open(call)?;
    let selection = workspace.select(call, &args.select, &["source"])?;
    let mut sources: Vec<_> = selection
        .iter()
        .filter_map(|id| workspace.manifest.sources.get(id))
        .filter(|source| has_freshness(source))
        .cloned()
        .collect();
    sources.sort_by(|a, b| a.id.cmp(&b.id));
    if sources.is_empty() {
        super::run::nothing(call)?;
    }
    let begun = Instant::now();
    let context = workspace.context(call, &selection);
    let session = workspace.session(call);
    let mut options = workspace.run_options(call, Action::Run);
    options.project_hooks = workspace
        .project
        .behaviour("source_freshness_run_project_hooks", true);
    if !options.project_hooks {
        warn(call, &unheard_hooks(&workspace.manifest))?;
    }
    call.sink.send(Event::RunStarted {
        total: sources.len(),
        threads: options.threads,
        target: options.target_name.clone(),
    });
    let (results, hooks_went_well) = freshness(&context, &session, &sources, &options);
    let elapsed = begun.elapsed();
    if call.options.write_json {
        let path = match &args.output {
            Some(path) => call.invocation.cwd.join(path),
            None => workspace.project.target_path.join("sources.json"),
        };
        sources_v3::write(&path, &results, elapsed, &call.invocation)?;
    }
    let mut tally: IndexMap<&str, (Status, usize)> = IndexMap::new();
    for result in &results {
        tally.entry(result.status.word()).or_insert((result.status, 0)).1 += 1;
    }
    call.sink.send(Event::RunFinished {
        tally: tally.into_values().collect(),
        elapsed,
        interrupted: call.invocation.cancel.is_cancelled(),
        samples: Vec::new(),
    });
    let failed = !hooks_went_well || results.iter().any(|result| result.status.is_failure());
    let warned = call.options.warn_error && results.iter().any(|result| result.status == Status::Warn);
    Ok(if failed || warned { exit::FAILED } else { exit::OK })
}

/// Warns of each kind of hook that the project has and its flags keep from running.
fn unheard_hooks(manifest: &Manifest) -> Vec<Diagnostic> {
    let place = |kind: &str| {
        let mut hooks = manifest.nodes.values();
        hooks.find(|node| node.tags.iter().any(|tag| **tag == *kind))
    };
    let kinds = ["on-run-start", "on-run-end"];
    let found = kinds.into_iter().filter_map(|kind| Some((kind, place(kind)?)));
    found
        .map(|(kind, hook)| {
            let message = format!("`source freshness` does not run the hooks of `{kind}`");
            Diagnostic::warning(Code::DEPRECATED, message)
                .event("SourceFreshnessProjectHooksNotRun")
                .at(hook.declared_at.clone())
                .hint("Take `source_freshness_run_project_hooks: false` out of `flags:`.")
        })
        .collect()
}
