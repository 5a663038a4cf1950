//! Primary keys of models, worked out from constraints and tests as dbt does.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::{Manifest, Node, NodeId, NodeKind};

/// Columns of a model by the tests that stand on them.
#[derive(Default)]
struct Tested {
    unique: BTreeSet<String>,
    unique_but_disabled: BTreeSet<String>,
    not_null: BTreeSet<String>,
}

/// Fills `primary_key` of all enabled models.
pub(super) fn infer(manifest: &mut Manifest) {
    let mut tested: HashMap<NodeId, Tested> = HashMap::new();
    for node in manifest
        .nodes
        .values()
        .chain(manifest.disabled.values().flatten())
    {
        note(&mut tested, node);
    }
    for (id, node) in &mut manifest.nodes {
        if node.kind != NodeKind::Model {
            continue;
        }
        let key = declared(node)
            .or_else(|| tested.remove(id).map(of_tests))
            .unwrap_or_default();
        if !key.is_empty() {
            Arc::make_mut(node).extra.insert("primary_key".into(), json!(key));
        }
    }
}

fn note(tested: &mut HashMap<NodeId, Tested>, node: &Node) {
    let Some(test) = &node.test else { return };
    let (Some(metadata), Some(on)) = (&test.metadata, &test.attached_node) else {
        return;
    };
    let unique = matches!(&*metadata.name, "unique" | "unique_combination_of_columns");
    if !unique && &*metadata.name != "not_null" {
        return;
    }
    let columns: Vec<String> = match (
        metadata.kwargs.get("column_name"),
        metadata.kwargs.get("combination_of_columns"),
    ) {
        (Some(Json::String(column)), _) => vec![column.clone()],
        (_, Some(Json::Array(columns))) => columns
            .iter()
            .filter_map(Json::as_str)
            .map(str::to_owned)
            .collect(),
        _ => return,
    };
    let of_model = tested.entry(on.clone()).or_default();
    match (unique, node.config.enabled()) {
        (true, true) => of_model.unique.extend(columns),
        (true, false) => of_model.unique_but_disabled.extend(columns),
        (false, _) => of_model.not_null.extend(columns),
    }
}

/// Returns the columns of a declared primary key: the model's constraint, else the first column's.
fn declared(node: &Node) -> Option<Vec<String>> {
    let is_key = |constraint: &Json| constraint.get("type").and_then(Json::as_str) == Some("primary_key");
    let constraints = node.extra.get("constraints").and_then(Json::as_array);
    if let Some(found) = constraints.into_iter().flatten().find(|c| is_key(c)) {
        let columns = found
            .get("columns")
            .and_then(Json::as_array)
            .into_iter()
            .flatten();
        let mut columns: Vec<String> = columns.filter_map(Json::as_str).map(str::to_owned).collect();
        columns.sort();
        return Some(columns);
    }
    let mut columns = node.columns.values();
    columns
        .find(|c| c.constraints.iter().any(is_key))
        .map(|c| vec![c.name.to_string()])
}

fn of_tests(tested: Tested) -> Vec<String> {
    let Tested {
        unique,
        unique_but_disabled,
        not_null,
    } = tested;
    let both: Vec<String> = not_null
        .into_iter()
        .filter(|c| unique.contains(c) || unique_but_disabled.contains(c))
        .collect();
    if !both.is_empty() {
        return both;
    }
    let chosen = if unique.is_empty() {
        unique_but_disabled
    } else {
        unique
    };
    chosen.into_iter().collect()
}
