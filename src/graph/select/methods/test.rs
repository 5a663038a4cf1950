//! `test_name` and `test_type`.

use crate::diagnostic::Result;
use crate::graph::bits::Bits;
use crate::graph::select::error;
use crate::graph::select::expr::Criterion;
use crate::graph::select::glob::Glob;
use crate::graph::select::index::{Entry, Index};
use crate::manifest::NodeKind;

/// Finds generic tests by the name of what they are made of, `unique`, not `unique_orders_id`; unit tests by their own.
pub(super) fn name(index: &Index<'_>, value: &str) -> Bits {
    let pattern = Glob::new(value);
    index.filter(|entry| match entry {
        Entry::Node(node) if node.kind == NodeKind::UnitTest => pattern.fits(&node.name),
        Entry::Node(node) => {
            let metadata = node.test.as_ref().and_then(|test| test.metadata.as_ref());
            metadata.is_some_and(|metadata| pattern.fits(&metadata.name))
        }
        Entry::Source(_) => false,
    })
}

pub(super) fn kind(index: &Index<'_>, criterion: &Criterion) -> Result<Bits> {
    let (generic, singular, unit) = match criterion.value.as_str() {
        // `schema` is dbt's old word.
        "generic" | "schema" => (true, false, false),
        "singular" => (false, true, false),
        "data" => (true, true, false),
        "unit" => (false, false, true),
        _ => {
            let known = ["generic", "singular", "data", "unit"];
            return Err(error::unknown_value(criterion, "type of test", &known));
        }
    };
    Ok(index.filter(|entry| match entry {
        Entry::Node(node) if node.kind == NodeKind::Test => {
            let is_generic = node.test.as_ref().is_some_and(|test| test.metadata.is_some());
            if is_generic { generic } else { singular }
        }
        Entry::Node(node) => unit && node.kind == NodeKind::UnitTest,
        _ => false,
    }))
}
