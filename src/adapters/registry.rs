//! The kinds of database, one line each.

use std::sync::Arc;

use super::Adapter;
use crate::diagnostic::Result;
use crate::yaml::{Document, Node};

/// Returns the adapter for a profile's output, its settings checked; `target` is the output's mapping, rendered.
///
/// # Errors
/// `N0106` where the type is unknown or a setting is missing or wrong, at its place in the file.
pub fn adapter_for(_document: &Document, _target: &Node) -> Result<Arc<dyn Adapter>> {
    todo!()
}

/// Returns the types that profiles may name.
pub fn adapter_types() -> &'static [&'static str] {
    &["duckdb"]
}
