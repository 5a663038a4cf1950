//! `ls`: the selected nodes.

use serde_json::json;

use crate::cli::args::LsArgs;
use crate::cli::workspace::open;
use crate::cli::{Call, Outcome, exit};
use crate::diagnostic::{Code, Diagnostic};
use crate::events::Event;
use crate::graph::select::{ListForm, list};
use crate::manifest::{self, NodeId};

/// All kinds that `ls` shows unless told otherwise.
const KINDS: &[&str] = &[
    "model",
    "seed",
    "snapshot",
    "test",
    "analysis",
    "source",
    "exposure",
    "semantic_model",
    "metric",
    "saved_query",
    "unit_test",
    "function",
];

pub(super) fn run(call: &Call, args: &LsArgs) -> Outcome {
    let workspace = open(call)?;
    let mut select = args.select.clone();
    // Of old, `--models` takes models alone, where `--select` takes nodes of every kind.
    let typed = &call.invocation.args;
    if typed
        .iter()
        .any(|word| matches!(word.as_str(), "-m" | "--model" | "--models"))
    {
        if !select.resource_type.is_empty() {
            return Err(Diagnostic::error(
                Code::USAGE,
                "`--models` and `--resource-type` exclude each other",
            )
            .hint("Write `--select` for `--models`.")
            .into());
        }
        select.resource_type = vec!["model".to_owned()];
    }
    let selection = workspace.select(call, &select, KINDS)?;
    if selection.is_empty() {
        super::run::nothing(call)?;
        return Ok(exit::OK);
    }
    let form = match args.output.to_lowercase().as_str() {
        "name" => ListForm::Name,
        "path" => ListForm::Path,
        "json" => ListForm::Json,
        _ => ListForm::Selector,
    };
    let artifact = |id: &NodeId| match manifest::resource_json(&workspace.manifest, id) {
        Some(serde_json::Value::Object(map)) => Some(map),
        _ => None,
    };
    // One argument may hold several keys.
    let keys = args.output_keys.iter().flat_map(|keys| keys.split_whitespace());
    let keys: Vec<String> = keys.map(str::to_owned).collect();
    let mut out = Vec::new();
    for row in list(&workspace.manifest, &selection, form, &keys, &artifact) {
        out.push(row);
    }
    if call.face.as_dbt || call.options.log.json() {
        for row in out {
            call.sink.send(Event::Shown {
                name: "PrintEvent",
                code: "Z052",
                data: json!({ "msg": row }),
                text: row,
            });
        }
    } else {
        println!("{}", out.join("\n"));
    }
    Ok(exit::OK)
}
