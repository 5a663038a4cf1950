//! Constraints of contracts in dbt's full form, and the checksum of a contract.

use std::fmt::Write;

use serde_json::{Map, Value as Json, json};
use sha2::Digest;

use super::ColumnInfo;

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
