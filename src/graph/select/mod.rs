//! Selection: `--select`, `--exclude`, `--selector` and `selectors.yml` to a set of nodes, with dbt's meaning.
//!
//! `parse` and `yaml` turn text into an [`expr::Expr`], `resolve` asks the methods for the nodes of each criterion and
//! combines the sets. The language as users see it stands in `docs/selection.md`.

mod definitions;
mod error;
mod expr;
mod glob;
mod index;
mod list;
mod methods;
mod parse;
mod resolve;
mod yaml;

pub use definitions::definitions;
pub use expr::{Criterion, Method};
pub use list::{ListForm, USUAL_KEYS, list};
pub use parse::parse_criterion;

use std::sync::Arc;

use indexmap::IndexSet;

use super::Graph;
use super::state::Comparison;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::manifest::{Manifest, NodeId};
use crate::project::Project;

/// How tests follow the nodes they test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IndirectSelection {
    /// A test is selected with any node that it reads.
    #[default]
    Eager,
    /// A test is selected with all nodes that it reads.
    Cautious,
    /// As cautious, and nodes above the selected ones count as selected.
    Buildable,
    /// No test is selected that is not named.
    Empty,
}

impl IndirectSelection {
    pub const WORDS: [&'static str; 4] = ["eager", "cautious", "buildable", "empty"];

    /// Returns the mode with dbt's word for it.
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "eager" => Self::Eager,
            "cautious" => Self::Cautious,
            "buildable" => Self::Buildable,
            "empty" => Self::Empty,
            _ => return None,
        })
    }
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
    /// Keeps models without text: `ls` shows them, nothing else runs them.
    pub include_empty: bool,
    /// The earlier run that `state`, `result` and `source_status` compare with.
    pub state: Option<Arc<Comparison>>,
}

/// The nodes a command works on.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// In topological order.
    pub ids: IndexSet<NodeId>,
    /// `N0404` for each criterion of the command line that fits no node.
    pub warnings: Vec<Diagnostic>,
}

/// Resolves a selection to ids in topological order.
///
/// `--selector` goes before `--select` and `--exclude`; without any of them the default of `selectors.yml` applies.
///
/// # Errors
/// `N0401`–`N0403`, `N0110` where `selectors.yml` is not well formed, `N0405` and `N0406` for methods that
/// compare with an earlier run; all faults together. An empty result is no error here.
pub fn select(
    project: &Project,
    manifest: &Manifest,
    graph: &Graph,
    options: &SelectOptions,
) -> Result<Selection, Diagnostics> {
    resolve::resolve(project, manifest, graph, options)
}

/// Checks `selectors.yml`, of which a selection may use a part only, and says what in it may not be meant.
///
/// # Errors
/// `N0110`, `N0401`–`N0403`.
pub fn check_selectors(project: &Project) -> Result<(), Diagnostics> {
    match &project.selectors {
        Some(file) => yaml::Selectors::parse(&file.document).map(drop),
        None => Ok(()),
    }
}

/// Returns the resource types of a command: `default` and `all` in what was given stand for the command's own lists.
pub fn resource_types(given: &[String], default: &[&str], all: &[&str]) -> Vec<String> {
    let own = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
    if given.is_empty() {
        return own(default);
    }
    let mut types: IndexSet<String> = IndexSet::new();
    for word in given {
        match word.to_lowercase().as_str() {
            "default" => types.extend(own(default)),
            "all" => types.extend(own(all)),
            word => {
                types.insert(word.to_owned());
            }
        }
    }
    types.into_iter().collect()
}

#[cfg(test)]
mod tests;
