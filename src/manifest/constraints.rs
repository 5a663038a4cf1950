//! Constraints of contracts in dbt's full form, and the checksum of a contract.

use std::fmt::Write;
use std::sync::Arc;

use serde_json::{Map, Value as Json, json};
use sha2::Digest;

use super::{ColumnInfo, Manifest, Node, RefTarget};
use crate::jinja::RefCall;

/// Returns a constraint with every field that artifacts show, defaults included. A constraint of a model, unlike that of a
/// column, names columns.
pub(super) fn full(given: &Json, of_model: bool) -> Json {
    let part = |key: &str, otherwise: Json| {
        given
            .get(key)
            .filter(|v| !v.is_null())
            .cloned()
            .unwrap_or(otherwise)
    };
    let mut constraint = json!({
        "type": part("type", Json::Null),
        "name": part("name", Json::Null),
        "expression": part("expression", Json::Null),
        "warn_unenforced": part("warn_unenforced", json!(true)),
        "warn_unsupported": part("warn_unsupported", json!(true)),
        "to": part("to", Json::Null),
        "to_columns": part("to_columns", json!([])),
    });
    if of_model && let Json::Object(map) = &mut constraint {
        map.insert("columns".into(), part("columns", json!([])));
    }
    constraint
}

impl Node {
    /// Says whether a constraint of the model or of a column points to another relation.
    pub fn has_foreign_keys(&self) -> bool {
        let own = self.extra.get("constraints").and_then(Json::as_array);
        let of_columns = self.columns.values().flat_map(|c| &c.constraints);
        own.into_iter()
            .flatten()
            .chain(of_columns)
            .any(|c| c.get("type").and_then(Json::as_str) == Some("foreign_key"))
    }
}

/// Puts relations in place of the refs and sources to which foreign keys of a model, in its artifact's form, point.
/// `of_node` says the relation of what a ref means.
pub fn resolve_foreign_keys(
    manifest: &Manifest,
    package: &str,
    model: &mut Json,
    of_node: &dyn Fn(&Node) -> Option<String>,
) {
    let Some(fields) = model.as_object_mut() else {
        return;
    };
    let mut lists: Vec<&mut Json> = Vec::new();
    for (key, value) in fields.iter_mut() {
        match (key.as_str(), value) {
            ("constraints", list) => lists.push(list),
            ("columns", Json::Object(columns)) => {
                lists.extend(columns.values_mut().filter_map(|c| c.get_mut("constraints")));
            }
            _ => {}
        }
    }
    for constraint in lists.into_iter().filter_map(Json::as_array_mut).flatten() {
        if constraint.get("type").and_then(Json::as_str) != Some("foreign_key") {
            continue;
        }
        let to = constraint.get("to").and_then(Json::as_str);
        if let Some(relation) = to.and_then(|to| relation_of(manifest, package, to, of_node)) {
            constraint["to"] = Json::String(relation);
        }
    }
}

/// Returns the relation that `ref('model')` or `source('source', 'table')` means.
fn relation_of(
    manifest: &Manifest,
    package: &str,
    call: &str,
    of_node: &dyn Fn(&Node) -> Option<String>,
) -> Option<String> {
    let (function, rest) = call.trim().split_once('(')?;
    let arguments = rest.trim_end().strip_suffix(')')?;
    let mut names: Vec<&str> = Vec::new();
    let mut version = None;
    let quotes = ['\'', '"'];
    for argument in arguments.split(',').map(str::trim).filter(|a| !a.is_empty()) {
        match argument.split_once('=') {
            Some((_, value)) => version = Some(Arc::from(value.trim().trim_matches(quotes))),
            None => names.push(argument.trim_matches(quotes)),
        }
    }
    match (function.trim(), names.as_slice()) {
        ("source", [source, table]) => {
            let found = manifest.resolve_source(source, table, package)?;
            Some(found.relation.path())
        }
        ("ref", [.., name]) => {
            let call = RefCall {
                package: (names.len() > 1).then(|| Arc::from(names[0])),
                name: Arc::from(*name),
                version,
                numeric: false,
            };
            match manifest.resolve_ref(&call, package) {
                RefTarget::Found(node) => of_node(node),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Returns the checksum of an enforced contract: SHA-256 over columns by name with type and constraints, and, for what is
/// stored, materialization and constraints of the model; all written as dbt's Python prints them.
pub(super) fn checksum<'a>(
    columns: impl Iterator<Item = &'a ColumnInfo>,
    materialized: &str,
    constraints: Option<&Json>,
) -> String {
    let mut sorted: Vec<&ColumnInfo> = columns.collect();
    sorted.sort_by(|a, b| a.name.cmp(&b.name));
    let mut state = String::new();
    for column in sorted {
        let _ = write!(
            state,
            "|{}{}",
            column.name,
            column.data_type.as_deref().unwrap_or("None")
        );
        state.push_str(&printed(column.constraints.iter(), "ColumnLevelConstraint"));
    }
    if matches!(materialized, "table" | "incremental") {
        state.push_str(materialized);
        let own = constraints.and_then(Json::as_array);
        state.push_str(&printed(own.into_iter().flatten(), "ModelLevelConstraint"));
    }
    sha2::Sha256::digest(state.as_bytes())
        .iter()
        .fold(String::new(), |mut out, byte| {
            let _ = write!(out, "{byte:02x}");
            out
        })
}

/// A list of constraints as Python prints dataclasses.
fn printed<'a>(constraints: impl Iterator<Item = &'a Json>, class: &str) -> String {
    let each: Vec<String> = constraints
        .map(|constraint| {
            let empty = Map::new();
            let fields: Vec<String> = constraint
                .as_object()
                .unwrap_or(&empty)
                .iter()
                .map(|(key, value)| match (key.as_str(), value) {
                    ("type", Json::String(kind)) => format!("type=<ConstraintType.{kind}: '{kind}'>"),
                    _ => format!("{key}={}", python(value)),
                })
                .collect();
            format!("{class}({})", fields.join(", "))
        })
        .collect();
    format!("[{}]", each.join(", "))
}

fn python(value: &Json) -> String {
    match value {
        Json::Null => "None".to_owned(),
        Json::Bool(true) => "True".to_owned(),
        Json::Bool(false) => "False".to_owned(),
        Json::Array(items) => {
            let items: Vec<String> = items.iter().map(python).collect();
            format!("[{}]", items.join(", "))
        }
        Json::String(text) => {
            let mut quoted = String::new();
            crate::jinja::python_quoted(text, &mut quoted);
            quoted
        }
        other => other.to_string(),
    }
}
