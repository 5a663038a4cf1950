//! `compile`: writes SQL, and shows it where one node is asked for.

use std::sync::Arc;

use indexmap::IndexSet;
use serde_json::json;

use super::run::{finish, nothing};
use crate::cli::args::CompileArgs;
use crate::cli::workspace::open;
use crate::cli::{Call, Outcome};
use crate::compile;
use crate::manifest::{self, NodeKind};
use crate::run::{self, Action};

pub(super) fn run(call: &Call, args: &CompileArgs) -> Outcome {
    let workspace = open(call)?;
    if let Some(sql) = &args.inline {
        let node = manifest::inline_node(&workspace.manifest, sql, &*workspace.adapter)?;
        let context = workspace.context(call, &IndexSet::new());
        let session = Arc::new(workspace.session(call));
        let compiled = compile::compile(&context, &node, (!args.no_introspect).then_some(&session))?;
        show(args, "inline_query", "sql_operation", &compiled.code);
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
        nothing(call);
        return finish(call, &workspace, &run::Outcome::default());
    }
    let context = workspace.context(call, &selection);
    let session = workspace.session(call);
    let mut options = workspace.run_options(call, Action::Compile);
    options.introspect = !args.no_introspect;
    let outcome = run::execute(&context, &session, &selection, &options)?;
    if !args.select.select.is_empty() {
        let models = outcome.results.iter().filter(|r| r.node.kind != NodeKind::Test);
        let one = match models.clone().count() {
            1 => models.clone().next(),
            _ => outcome.results.first().filter(|_| outcome.results.len() == 1),
        };
        if let Some((result, code)) = one.and_then(|r| r.compiled_code.as_ref().map(|c| (r, c))) {
            show(args, &result.node.name, result.node.id.as_str(), code);
        }
    }
    finish(call, &workspace, &outcome)
}

fn show(args: &CompileArgs, name: &str, id: &str, code: &str) {
    if args.output == "json" {
        println!("{:#}", json!({ "node": name, "unique_id": id, "compiled": code }));
    } else {
        println!("{code}");
    }
}
