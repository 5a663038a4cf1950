//! No two resources build one relation.

use std::collections::HashMap;

use super::Manifest;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// Refuses models, seeds and snapshots that share database, schema and name with another, ephemeral ones too, as dbt
/// does.
pub(super) fn check(manifest: &Manifest, faults: &mut Diagnostics) {
    let mut first = HashMap::with_capacity(manifest.nodes.len());
    for node in manifest.nodes.values().filter(|n| n.kind.is_refable()) {
        let relation = node.relation.path();
        let Some(other) = first.insert(relation, node) else {
            continue;
        };
        let place = |span: &Option<crate::diagnostic::Span>| {
            span.as_ref()
                .map_or_else(|| node.original_path.to_string(), ToString::to_string)
        };
        faults.push(
            Diagnostic::error(
                Code::DUPLICATE_RELATION,
                format!(
                    "{} `{}` and {} `{}` would both build {}",
                    other.kind.word(),
                    other.name,
                    node.kind.word(),
                    node.name,
                    node.relation.path()
                ),
            )
            .at(node.declared_at.clone())
            .note(format!(
                "`{}` stands in {}",
                other.name,
                place(&other.declared_at)
            ))
            .hint("Give one of them another `alias` or `schema`."),
        );
    }
}
