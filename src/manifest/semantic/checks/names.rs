//! Names: their form, what is reserved, what comes twice.

use std::collections::HashMap;

use super::super::model::GRAINS;
use super::{Layer, listed, quoted, text};
use crate::manifest::Node;

/// Words of SQL that no element may be called.
const KEYWORDS: [&str; 26] = [
    "AND", "AS", "CREATE", "DISTINCT", "FOR", "FROM", "FULL", "HAVING", "IN", "INNER", "INTO", "IS", "JOIN",
    "LEFT", "LIKE", "NATURAL", "NOT", "NULL", "ON", "OR", "RIGHT", "SELECT", "UNION", "USING", "WHERE",
    "WITH",
];

/// The lists of a semantic model, and what their items are.
pub(super) const ELEMENTS: [(&str, &str); 3] = [
    ("measures", "measure"),
    ("entities", "entity"),
    ("dimensions", "dimension"),
];

/// Says what is wrong with a name.
pub(super) fn fault_of(name: &str) -> Option<(String, &'static str)> {
    let ends = |c: Option<char>, digits: bool| {
        c.is_some_and(|c| c.is_ascii_lowercase() || digits && c.is_ascii_digit())
    };
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let sound = name.len() > 1
        && ends(name.chars().next(), false)
        && ends(name.chars().last(), true)
        && name.chars().all(inner)
        && !name.contains("__");
    if !sound {
        return Some((
            format!("has the name `{name}`, which MetricFlow does not take"),
            "A name has two or more small letters, digits and single underscores, begins with a letter and does not end with an underscore.",
        ));
    }
    if GRAINS.contains(&name) {
        return Some((
            format!("has the name `{name}`, which is that of a granularity"),
            "Choose another name.",
        ));
    }
    matches!(name, "metric_time" | "mf_internal_uuid").then(|| {
        (
            format!("has the name `{name}`, which MetricFlow keeps for itself"),
            "Choose another name.",
        )
    })
}

pub(super) fn check(layer: &mut Layer<'_>) {
    for nodes in [layer.models.clone(), layer.metrics.clone(), layer.queries.clone()] {
        let mut seen: HashMap<&str, &Node> = HashMap::new();
        for node in nodes {
            if let Some((what, hint)) = fault_of(&node.name) {
                layer.error(node, &["name"], what, hint);
            }
            if let Some(first) = seen.insert(&node.name, node) {
                let what = format!("has the name of another one, in `{}`", first.original_path);
                layer.error(
                    node,
                    &["name"],
                    what,
                    "Give one of them another name: names count over all packages.",
                );
            }
        }
    }
    for model in layer.models.clone() {
        elements(layer, model);
        keywords(layer, model);
    }
}

fn elements(layer: &mut Layer<'_>, model: &Node) {
    let mut seen: HashMap<&str, &str> = HashMap::new();
    for (section, kind) in ELEMENTS {
        for item in listed(model, section) {
            let name = text(item, "name");
            if let Some(other) = seen.get(name) {
                let what = format!("has the name `{name}` twice, for a {kind} and for a {other}");
                layer.error(model, &[section, name], what, "Give one of them another name.");
            } else {
                seen.insert(name, kind);
            }
            if let Some((what, hint)) = fault_of(name) {
                let what = what.replacen("has the name", &format!("has a {kind} with the name"), 1);
                layer.error(model, &[section, name], what, hint);
            }
        }
    }
}

fn keywords(layer: &mut Layer<'_>, model: &Node) {
    let relation = model.extra.get("node_relation").map(|r| text(r, "relation_name"));
    let parts = relation.unwrap_or_default().split('.').map(str::to_uppercase);
    let reserved: Vec<String> = parts.filter(|part| KEYWORDS.contains(&part.as_str())).collect();
    if !reserved.is_empty() {
        let what = format!(
            "stands on a relation with the words {} of SQL in its name",
            quoted(reserved)
        );
        layer.error(model, &["model"], what, "Rename the model, or quote its name.");
    }
    for (section, kind) in ELEMENTS {
        for item in listed(model, section) {
            let name = text(item, "name");
            if KEYWORDS.contains(&name.to_uppercase().as_str()) {
                let what = format!("has a {kind} with the name `{name}`, a word of SQL");
                layer.error(
                    model,
                    &[section, name],
                    what,
                    "Choose another name, and write the column as `expr`.",
                );
            }
        }
    }
}
