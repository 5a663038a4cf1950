//! `show`: the first rows of a node or of SQL given on the command line.

use std::sync::Arc;

use indexmap::IndexSet;

use crate::cli::args::ShowArgs;
use crate::cli::workspace::open;
use crate::cli::{Call, Outcome, exit};
use crate::compile;
use crate::diagnostic::{Code, Diagnostic};
use crate::manifest;
use crate::report::{render_table, rows, rows_as_json};
use crate::run::preview;

pub(super) fn run(call: &Call, args: &ShowArgs) -> Outcome {
    if args.inline.is_none() && args.select.select.is_empty() && args.select.selector.is_none() {
        return Err(Diagnostic::error(Code::USAGE, "`show` needs a node or a query")
            .hint("Give --select NAME or --inline \"select …\".")
            .into());
    }
    let workspace = open(call)?;
    let nodes = match &args.inline {
        Some(sql) => vec![manifest::inline_node(
            &workspace.manifest,
            sql,
            &*workspace.adapter,
        )?],
        None => {
            let kinds = ["model", "seed", "snapshot", "analysis", "test"];
            let ids = workspace.select(call, &args.select, &kinds)?;
            // Tests follow their nodes in a selection; they are shown when asked for by name.
            let named = |name: &str| {
                args.select
                    .select
                    .iter()
                    .any(|s| s.split('.').next_back() == Some(name))
            };
            ids.iter()
                .filter_map(|id| workspace.manifest.nodes.get(id))
                .filter(|n| n.kind != manifest::NodeKind::Test || named(&n.name))
                .cloned()
                .collect()
        }
    };
    if nodes.is_empty() {
        super::run::nothing(call);
        return Ok(exit::OK);
    }
    let context = workspace.context(call, &IndexSet::new());
    let session = Arc::new(workspace.session(call));
    let limit = usize::try_from(args.limit).ok();
    for node in nodes {
        let compiled = if node.kind == manifest::NodeKind::Seed {
            let code = format!("select * from {}", node.relation);
            compile::CompiledNode {
                node: node.clone(),
                code,
                ctes: Vec::new(),
                macros: Vec::new(),
            }
        } else {
            compile::compile(&context, &node, Some(&session))?
        };
        let shown = preview(&context, &compiled, &session, limit)?;
        print(args, &node.name, &shown);
    }
    Ok(exit::OK)
}

fn print(args: &ShowArgs, name: &str, shown: &crate::run::Preview) {
    if args.output == "json" {
        let rows: Vec<_> = shown.batches.iter().flat_map(rows::json).collect();
        println!(
            "{:#}",
            serde_json::json!({ "node": name, "show": rows_as_json(&shown.columns, &rows) })
        );
        return;
    }
    let numeric: Vec<bool> = shown
        .schema
        .as_ref()
        .map(|s| s.fields().iter().map(|f| f.data_type().is_numeric()).collect())
        .unwrap_or_default();
    let rows: Vec<_> = shown.batches.iter().flat_map(rows::text).collect();
    if args.inline.is_none() {
        println!("Previewing node '{name}':");
    } else {
        println!("Previewing inline node:");
    }
    println!("{}", render_table(&shown.columns, &numeric, &rows));
}
