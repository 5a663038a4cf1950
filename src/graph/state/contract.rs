//! Changes of a contract, and which of them break those who read the model.

use serde_json::{Map, Value as Json};

/// Kinds of constraint that the database enforces.
const ENFORCED: [&str; 5] = ["check", "not_null", "unique", "primary_key", "foreign_key"];

/// Whether a contract is as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::graph) enum Change {
    None,
    /// It differs, and no reader can notice.
    Harmless,
    /// What a reader may notice, one sentence a change.
    Breaking(Vec<String>),
}

/// Compares the contract of a model with its earlier self.
pub(in crate::graph) fn compare(new: &Json, old: &Json) -> Change {
    let (was, is) = (is_enforced(old), is_enforced(new));
    if !was {
        return if is { Change::Harmless } else { Change::None };
    }
    if is && same_terms(new, old) {
        return Change::None;
    }
    let found = breaking_changes(new, old);
    if found.is_empty() {
        Change::Harmless
    } else {
        Change::Breaking(found)
    }
}

/// Compares all that a contract says: columns with types and constraints, and what the materialization enforces.
fn same_terms(new: &Json, old: &Json) -> bool {
    let (new_columns, old_columns) = (columns(new), columns(old));
    let same_columns = new_columns.len() == old_columns.len()
        && old_columns.iter().all(|(name, was)| {
            new_columns.get(name).is_some_and(|is| {
                data_type(is) == data_type(was) && same_constraints(constraints(is), constraints(was))
            })
        });
    let bound = |node: &Json| enforces(node).then(|| materialized(node).to_owned());
    same_columns
        && bound(new) == bound(old)
        && (!enforces(new) || same_constraints(constraints(new), constraints(old)))
}

fn same_constraints(new: &[Json], old: &[Json]) -> bool {
    new.len() == old.len() && new.iter().zip(old).all(|(a, b)| same_constraint(a, b))
}

/// Says what the removal of a node breaks: nothing without a contract, or past its deprecation date.
pub(in crate::graph) fn of_removed(old: &Json, today: &str) -> Option<String> {
    if old.get("resource_type").and_then(Json::as_str) != Some("model") || !is_enforced(old) {
        return None;
    }
    let deprecated = old.get("deprecation_date").and_then(Json::as_str);
    if deprecated.is_some_and(|date| date < today) {
        return None;
    }
    let id = old.get("unique_id").and_then(Json::as_str).unwrap_or_default();
    let is_disabled = old.pointer("/config/enabled") == Some(&Json::Bool(false));
    let how = if is_disabled {
        "disabled"
    } else {
        "deleted or renamed"
    };
    Some(format!("the model `{id}`, which has a contract, was {how}"))
}

/// Returns the changes that break readers, given that the contract was enforced before.
fn breaking_changes(new: &Json, old: &Json) -> Vec<String> {
    let mut found = Vec::new();
    if !is_enforced(new) {
        found.push("the contract is no longer enforced".to_owned());
    }
    let (new_columns, old_columns) = (columns(new), columns(old));
    // In the order of their names, so that messages do not change.
    let mut names: Vec<&String> = old_columns.keys().collect();
    names.sort_unstable();
    let mut constrained = false;
    for name in names {
        let was = &old_columns[name];
        constrained |= !constraints(was).is_empty();
        let Some(is) = new_columns.get(name) else {
            found.push(format!("the column `{name}` was removed"));
            continue;
        };
        let (before, after) = (data_type(was), data_type(is));
        if base_type(&before) != base_type(&after) {
            let shown = |t: &Json| t.as_str().unwrap_or("none").to_owned();
            found.push(format!(
                "the type of the column `{name}` changed from {} to {}",
                shown(&before),
                shown(&after)
            ));
        }
        if enforces(old) {
            for lost in lost(was, is) {
                found.push(format!(
                    "the constraint `{lost}` of the column `{name}` was removed"
                ));
            }
        }
    }
    if enforces(old) {
        for lost in lost(old, new) {
            found.push(format!("the constraint `{lost}` was removed"));
        }
        if !enforces(new) && (constrained || !constraints(old).is_empty()) {
            found.push(format!(
                "the materialization changed from {} to {}, which does not enforce constraints",
                materialized(old),
                materialized(new)
            ));
        }
    }
    found
}

fn columns(node: &Json) -> Map<String, Json> {
    node.get("columns")
        .and_then(Json::as_object)
        .cloned()
        .unwrap_or_default()
}

fn data_type(column: &Json) -> Json {
    column.get("data_type").cloned().unwrap_or_default()
}

fn is_enforced(node: &Json) -> bool {
    node.pointer("/contract/enforced") == Some(&Json::Bool(true))
}

fn materialized(node: &Json) -> &str {
    node.pointer("/config/materialized")
        .and_then(Json::as_str)
        .unwrap_or_default()
}

fn enforces(node: &Json) -> bool {
    matches!(materialized(node), "table" | "incremental")
}

/// Returns a type without its size, in small letters: `varchar(3)` and `VARCHAR(10)` are one.
fn base_type(data_type: &Json) -> String {
    let text = data_type.as_str().unwrap_or_default();
    text.split('(').next().unwrap_or_default().trim().to_lowercase()
}

fn constraints(node: &Json) -> &[Json] {
    node.get("constraints")
        .and_then(Json::as_array)
        .map_or(&[], Vec::as_slice)
}

/// Compares constraints: what is left out stands for its default.
fn same_constraint(a: &Json, b: &Json) -> bool {
    let null = &Json::Null;
    let keys = ["type", "name", "expression", "to", "to_columns", "columns"];
    let warns = |c: &Json, key: &str| c.get(key).and_then(Json::as_bool).unwrap_or(true);
    keys.iter()
        .all(|key| super::alike(a.get(key).unwrap_or(null), b.get(key).unwrap_or(null)))
        && ["warn_unenforced", "warn_unsupported"]
            .iter()
            .all(|key| warns(a, key) == warns(b, key))
}

/// Returns the enforced constraints that are there no longer, by name or kind.
fn lost(old: &Json, new: &Json) -> Vec<String> {
    let text = |c: &Json, key: &str| c.get(key).and_then(Json::as_str).map(str::to_owned);
    constraints(old)
        .iter()
        .filter(|c| text(c, "type").is_some_and(|kind| ENFORCED.contains(&kind.as_str())))
        .filter(|was| !constraints(new).iter().any(|is| same_constraint(was, is)))
        .filter_map(|c| text(c, "name").or_else(|| text(c, "type")))
        .collect()
}
