//! Rows of a seed as `seed --show` shows them: the first ten of its file.

use std::path::Path;

use serde_json::Value as Json;

use crate::events::SeedSample;
use crate::jinja::seed_table;
use crate::manifest::Node;

const ROWS_MAX: usize = 10;

/// Returns the first rows; none where the file is gone meanwhile.
pub(super) fn of(node: &Node) -> Option<SeedSample> {
    let root = node.extra.get("root_path").and_then(Json::as_str)?;
    let typed = node.config.get("column_types").and_then(Json::as_object);
    let typed: Vec<&str> = typed
        .into_iter()
        .flatten()
        .map(|(name, _)| name.as_str())
        .collect();
    let delimiter = node.config.str("delimiter").unwrap_or(",");
    let path = Path::new(root).join(&*node.original_path);
    let table = seed_table(&path, &node.original_path, delimiter, &typed, ROWS_MAX).ok()?;
    let relation = &node.relation;
    let part = |part: &Option<std::sync::Arc<str>>| part.as_deref().unwrap_or_default().to_owned();
    Some(SeedSample {
        relation: format!("{}.{}", part(&relation.schema), part(&relation.identifier)),
        table,
    })
}
