//! `ls`: the selected nodes.

use std::mem::ManuallyDrop;
use std::sync::Arc;

use serde_json::{Map, Value as Json, json};

use crate::cli::args::LsArgs;
use crate::cli::say::say;
use crate::cli::workspace::{open, select_in};
use crate::cli::{Call, Outcome, exit, remembered};
use crate::diagnostic::{Code, Diagnostic};
use crate::events::Event;
use crate::fs::Stamp;
use crate::graph::Graph;
use crate::graph::select::{ListForm, USUAL_KEYS, list};
use crate::graph::state::Comparison;
use crate::manifest::{self, Manifest, NodeId};
use crate::project::Project;

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
    let keys = args.output_keys.iter().flat_map(|keys| keys.split_whitespace());
    let keys: Vec<String> = keys.map(str::to_owned).collect();
    let begun = Stamp::now();
    let listing = if has_usual_keys(&keys) {
        remembered::recall(call)
    } else {
        None
    };
    match listing {
        Some(found) => {
            // The process ends next: giving thousands of nodes back one by one would be waited for.
            let found = ManuallyDrop::new(found);
            let of = (&found.project, &found.manifest, &found.graph);
            // An outline has nothing beyond the usual keys, which is all that is asked for.
            show(call, args, &keys, of, None, &|_| None)
        }
        None => {
            let workspace = open(call)?;
            remembered::keep(call, &workspace, begun);
            let of = (&workspace.project, &*workspace.manifest, &*workspace.graph);
            let artifact = |id: &NodeId| match manifest::resource_json(&workspace.manifest, id) {
                Some(Json::Object(map)) => Some(map),
                _ => None,
            };
            let earlier = workspace.earlier.comparison.clone();
            show(call, args, &keys, of, earlier, &artifact)
        }
    }
}

/// Says whether an outline of the project has all that these keys of the JSON form ask for.
fn has_usual_keys(keys: &[String]) -> bool {
    keys.iter()
        .all(|key| USUAL_KEYS.contains(&key.split('.').next().unwrap_or(key)))
}

fn show(
    call: &Call,
    args: &LsArgs,
    keys: &[String],
    of: (&Project, &Manifest, &Graph),
    earlier: Option<Arc<Comparison>>,
    artifact: &dyn Fn(&NodeId) -> Option<Map<String, Json>>,
) -> Outcome {
    let manifest = of.1;
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
    let selection = select_in(call, &select, KINDS, of, earlier)?;
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
    let mut out = Vec::new();
    for row in list(manifest, &selection, form, keys, artifact) {
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
        say!("{}", out.join("\n"));
    }
    Ok(exit::OK)
}
