//! `compile`: writes SQL, and shows it where one node is asked for.

use std::sync::Arc;

use indexmap::IndexSet;
use serde_json::json;

use super::run::{finish, nothing};
use crate::cli::args::CompileArgs;
use crate::cli::workspace::{Workspace, open};
use crate::cli::{Call, Outcome};
use crate::compile;
use crate::events::Event;
use crate::manifest::{self, Node, NodeKind};
use crate::run::{self, Action};

pub(super) fn run(call: &Call, args: &CompileArgs) -> Outcome {
    let workspace = open(call)?;
    if let Some(sql) = &args.inline {
        let node = manifest::inline_node(&workspace.manifest, sql, &*workspace.adapter)?;
        let context = workspace.context(call, &IndexSet::new());
        let session = Arc::new(workspace.session(call));
        let compiled = compile::compile(&context, &node, call.options.introspect.then_some(&session))?;
        begin(call, &workspace);
        show(call, args, &node, &compiled.code);
        return Ok(crate::cli::exit::OK);
    }
    let selection = workspace.select(
        call,
        &args.select,
        &[
            "model",
            "seed",
            "snapshot",
            "test",
            "analysis",
            "operation",
            "function",
        ],
    )?;
    if selection.is_empty() {
        nothing(call)?;
        return finish(call, &workspace, &run::Outcome::default());
    }
    let context = workspace.context(call, &selection);
    let session = workspace.session(call);
    let options = workspace.run_options(call, Action::Compile);
    let outcome = run::execute(&context, &session, &selection, &options)?;
    if !args.select.select.is_empty() {
        for result in shown(call, args, &outcome) {
            if let Some(code) = &result.compiled_code {
                show(call, args, &result.node, code);
            }
        }
    }
    finish(call, &workspace, &outcome)
}

/// Says how it goes on, as dbt does for SQL of the command line too.
pub(super) fn begin(call: &Call, workspace: &Workspace) {
    if call.face.as_dbt {
        call.sink.send(Event::RunStarted {
            total: 1,
            threads: call.options.load.threads.unwrap_or(workspace.threads),
            target: workspace.target_name.clone(),
        });
    }
}

/// Returns the results whose SQL is shown. dbt shows those whose name is a part of the first word of the selection;
/// nexus the one node, if one alone was compiled.
fn shown<'a>(call: &Call, args: &CompileArgs, outcome: &'a run::Outcome) -> Vec<&'a run::NodeResult> {
    let results = &outcome.results;
    if call.face.as_dbt {
        let first = args.select.select.first().map_or("", String::as_str);
        return results.iter().filter(|r| is_named(&r.node.name, first)).collect();
    }
    let models: Vec<_> = results.iter().filter(|r| r.node.kind != NodeKind::Test).collect();
    match (&models[..], results.first()) {
        ([one], _) => vec![one],
        (_, Some(first)) if results.len() == 1 => vec![first],
        _ => Vec::new(),
    }
}

/// Says whether dbt shows a node for the first word of a selection.
pub(super) fn is_named(name: &str, first: &str) -> bool {
    first.split(' ').next().is_some_and(|word| word.contains(name))
}

fn show(call: &Call, args: &CompileArgs, node: &Node, code: &str) {
    let is_inline = args.inline.is_some();
    let (name, id) = (&*node.name, node.id.as_str());
    let as_dbt = call.face.as_dbt;
    let text = match (args.output.to_lowercase().as_str(), as_dbt) {
        ("json", true) if is_inline => format!("{:#}", json!({ "compiled": code })),
        ("json", true) => format!("{:#}", json!({ "node": name, "compiled": code })),
        ("json", false) => format!("{:#}", json!({ "node": name, "unique_id": id, "compiled": code })),
        (_, false) => code.to_owned(),
        (_, true) if call.options.log.quiet => code.to_owned(),
        (_, true) if is_inline => format!("Compiled inline node is:\n{code}"),
        (_, true) => format!("Compiled node '{name}' is:\n{code}"),
    };
    call.sink.send(Event::Shown {
        name: "CompiledNode",
        code: "Q042",
        text,
        data: json!({
            "node_name": name, "unique_id": id, "compiled": code, "is_inline": is_inline,
            "output_format": args.output, "quiet": call.options.log.quiet,
        }),
    });
}
