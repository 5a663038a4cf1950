//! `show`: the first rows of a node or of SQL given on the command line.

use std::sync::Arc;

use indexmap::IndexSet;
use serde_json::json;

use crate::cli::args::ShowArgs;
use crate::cli::workspace::open;
use crate::cli::{Call, Outcome, exit};
use crate::compile;
use crate::diagnostic::{Code, Diagnostic};
use crate::events::Event;
use crate::manifest::{self, Node};
use crate::report::{render_table, rows, rows_as_json};
use crate::run::{Preview, preview};

pub(super) fn run(call: &Call, args: &ShowArgs) -> Outcome {
    if args.inline.is_none()
        && args.inline_direct.is_none()
        && args.select.select.is_empty()
        && args.select.selector.is_none()
    {
        return Err(Diagnostic::error(Code::USAGE, "`show` needs a node or a query")
            .hint("Give --select NAME or --inline \"select …\".")
            .into());
    }
    let workspace = open(call)?;
    let raw = args
        .inline_direct
        .as_ref()
        .map(|sql| format!("{{% raw %}}{sql}{{% endraw %}}"));
    let nodes = match args.inline.as_ref().or(raw.as_ref()) {
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
        super::run::nothing(call)?;
        return Ok(exit::OK);
    }
    let context = workspace.context(call, &IndexSet::new());
    let session = Arc::new(workspace.session(call));
    let limit = usize::try_from(args.limit).ok();
    super::compile::begin(call, &workspace);
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
            compile::compile(&context, &node, call.options.introspect.then_some(&session))?
        };
        let shown = preview(&context, &compiled, &session, limit)?;
        print(call, args, &node, &shown);
    }
    Ok(exit::OK)
}

fn print(call: &Call, args: &ShowArgs, node: &Node, shown: &Preview) {
    let is_inline = args.inline.is_some() || args.inline_direct.is_some();
    let as_dbt = call.face.as_dbt;
    let name = node.versioned_name();
    let is_json = args.output.eq_ignore_ascii_case("json");
    let rows: Vec<_> = shown.batches.iter().flat_map(rows::json).collect();
    let rows_json = rows_as_json(&shown.columns, &rows);
    let preview = if is_json {
        rows_json.to_string()
    } else {
        table(shown, as_dbt.then_some(COLUMNS_OF_DBT))
    };
    let text = if is_json && as_dbt && is_inline {
        format!("{:#}", json!({ "show": rows_json }))
    } else if is_json {
        format!("{:#}", json!({ "node": name, "show": rows_json }))
    } else if as_dbt && call.options.log.quiet {
        preview.clone()
    } else if is_inline {
        format!("Previewing inline node:\n{preview}")
    } else {
        format!("Previewing node '{name}':\n{preview}")
    };
    call.sink.send(Event::Shown {
        name: "ShowNode",
        code: "Q041",
        text,
        data: json!({
            "node_name": name, "unique_id": node.id.as_str(), "preview": preview, "is_inline": is_inline,
            "output_format": args.output, "quiet": call.options.log.quiet,
        }),
    });
}

/// How many columns dbt shows of rows.
const COLUMNS_OF_DBT: usize = 6;

/// Lays rows out; beyond the most columns, one of dots stands for the rest.
fn table(shown: &Preview, columns_max: Option<usize>) -> String {
    let mut columns = shown.columns.clone();
    let mut numeric: Vec<bool> = shown
        .schema
        .as_ref()
        .map(|s| s.fields().iter().map(|f| f.data_type().is_numeric()).collect())
        .unwrap_or_default();
    let mut rows: Vec<_> = shown.batches.iter().flat_map(rows::text).collect();
    if let Some(most) = columns_max.filter(|most| columns.len() > *most) {
        let dots = || "...".to_owned();
        columns.truncate(most);
        columns.push(dots());
        numeric.truncate(most);
        for row in &mut rows {
            row.truncate(most);
            row.push(dots());
        }
    }
    render_table(&columns, &numeric, &rows)
}
