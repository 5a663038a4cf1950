//! Selection: `--select`, `--exclude`, `--selector` to a set of nodes.

use indexmap::IndexSet;

use super::Graph;
use crate::diagnostic::Diagnostics;
use crate::manifest::{Manifest, NodeId};
use crate::project::Project;

/// How tests follow the nodes they test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IndirectSelection {
    #[default]
    Eager,
    Cautious,
    Buildable,
    Empty,
}

/// What the command line asks for.
#[derive(Debug, Clone, Default)]
pub struct SelectOptions {
    pub select: Vec<String>,
    pub exclude: Vec<String>,
    pub selector: Option<String>,
    pub indirect: IndirectSelection,
    /// dbt's words (`model`, `test`, …) that the command handles; empty: all.
    pub resource_types: Vec<String>,
    pub exclude_resource_types: Vec<String>,
}

/// Resolves a selection to ids in topological order.
///
/// # Errors
/// `N0401`–`N0403`. An empty result is no error here.
pub fn select(
    _project: &Project,
    _manifest: &Manifest,
    _graph: &Graph,
    _options: &SelectOptions,
) -> Result<IndexSet<NodeId>, Diagnostics> {
    todo!()
}

pub enum ListForm {
    Name,
    Path,
    Json,
    Selector,
}
pub fn list(_m: &Manifest, _s: &IndexSet<NodeId>, _f: ListForm, _k: &[String]) -> Vec<String> {
    todo!()
}
