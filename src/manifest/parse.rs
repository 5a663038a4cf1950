//! Turns a loaded project into a manifest.

use std::sync::Arc;

use super::{Manifest, RefTarget, SourceNode};
use crate::adapters::Adapter;
use crate::diagnostic::Diagnostics;
use crate::events::Sink;
use crate::invocation::Invocation;
use crate::jinja::{Engine, RefCall};
use crate::project::Project;

/// What parsing must know beside the project.
pub struct ParseOptions<'a> {
    pub invocation: &'a Invocation,
    pub adapter: Arc<dyn Adapter>,
    /// Values of `target`, `flags` and so on as templates see them, by name (see `compile::context`).
    pub context: Arc<serde_json::Map<String, serde_json::Value>>,
    pub sink: Arc<dyn Sink>,
}

/// Parses all files of all packages into nodes, in parallel, and links them.
///
/// # Errors
/// All faults together: syntax, unknown refs, duplicates, configuration.
pub fn parse(
    _project: &Project,
    _engine: &Arc<Engine>,
    _options: &ParseOptions<'_>,
) -> Result<Manifest, Diagnostics> {
    todo!()
}

pub(super) fn resolve_ref<'a>(_manifest: &'a Manifest, _call: &RefCall, _from: &str) -> RefTarget<'a> {
    todo!()
}

pub(super) fn resolve_source<'a>(
    _manifest: &'a Manifest,
    _source: &str,
    _table: &str,
    _from: &str,
) -> Option<&'a Arc<SourceNode>> {
    todo!()
}
