//! `require-dbt-version`: whether a project or package works with the version of dbt that nexus stands in for.

use super::ProjectFile;
use super::packages::{Asked, asks_for};
use crate::COMPATIBLE_VERSION;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::yaml::Node;

/// Checks what a project file asks for; without `is_verified` only that it can be read.
pub(super) fn check(project: &ProjectFile, is_verified: bool, found: &mut Diagnostics) {
    let Some(node) = project.document.root.get("require-dbt-version") else {
        return;
    };
    let rendered = project.require_dbt_version.as_ref();
    let conditions: Vec<&str> = match rendered {
        Some(serde_json::Value::String(text)) => text.split(',').collect(),
        Some(serde_json::Value::Array(items)) => items.iter().filter_map(|item| item.as_str()).collect(),
        _ => return,
    };
    let name = &project.name;
    let fault = |node: &Node, message: String| project.document.error(node, Code::DBT_VERSION, message);
    let error: Diagnostic = match asks_for(&conditions, COMPATIBLE_VERSION) {
        Asked::Unreadable(condition) => fault(node, format!("`{condition}` is no condition for a version"))
            .hint("Write three numbers with a sign before them: `[\">=1.8.0\", \"<2.0.0\"]`."),
        Asked::Never if is_verified => fault(
            node,
            format!(
                "no version of dbt can be {}, as `{name}` asks for",
                conditions.join(" and ")
            ),
        )
        .hint("Correct the conditions, or give `--no-version-check`."),
        Asked::Another if is_verified => fault(
            node,
            format!(
                "`{name}` asks for dbt {}, and nexus stands in for dbt {COMPATIBLE_VERSION}",
                conditions.join(" and ")
            ),
        )
        .hint("Use a version of it that works with this dbt, or give `--no-version-check`."),
        _ => return,
    };
    found.push(error);
}
