//! The parsed project: nodes, sources, macros, docs, tests, with their configuration and references resolved.

mod access;
mod arguments;
mod check_config;
mod check_source;
mod config;
mod constraint_targets;
mod constraints;
mod csv_rows;
mod deprecations;
mod described;
mod doc_blocks;
mod entry_rules;
mod exposures;
mod external;
mod files;
mod generic_tests;
mod groups;
mod hooks;
mod host;
mod inline;
mod json;
mod levels;
mod link;
mod macro_patches;
mod microbatch;
mod name_search;
mod names;
mod node;
mod one_relation;
mod operations;
mod outline;
mod parse;
mod primary_keys;
mod properties;
mod python_models;
mod python_text;
mod query_comment;
mod refused;
mod semantic;
mod shapes;
mod time_spine;
pub use semantic::LEGACY_TIME_SPINE;
mod sources;
mod test_entry;
mod test_names;
mod unit_tests;
mod versions;

pub use arguments::test_arguments;
pub use config::Config;
pub use constraints::resolve_foreign_keys;
pub use inline::inline_node;
pub use json::{CompiledView, NodeView, graph_json, node_json, resource_json, without_nulls};
pub use microbatch::{in_batches, time_of};
pub use name_search::NameSearch;
pub use node::{ColumnInfo, Doc, Hook, Node, NodeId, NodeKind, SourceNode, TestInfo, TestMetadata};
pub use outline::{read_outline, write_outline};
pub use parse::{ParseOptions, parse};
pub use refused::Refused;
pub use unit_tests::{UnitInput, UnitInputKind, UnitOverrides, UnitRows, UnitTest};

/// The version of dbt whose behaviour and artifact formats are ours.
pub const DBT_VERSION: &str = crate::jinja::DBT_VERSION;

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::{Map, Value as Json};

use crate::diagnostic::Diagnostic;
use crate::jinja::RefCall;

/// The parsed project. Immutable once parsed; shared by all threads.
#[derive(Default)]
pub struct Manifest {
    pub project_name: Arc<str>,
    /// All enabled nodes by unique id: models, seeds, snapshots, tests, analyses, operations (hooks).
    pub nodes: IndexMap<NodeId, Arc<Node>>,
    pub sources: IndexMap<NodeId, Arc<SourceNode>>,
    pub docs: IndexMap<Arc<str>, Doc>,
    /// Disabled nodes by unique id.
    pub disabled: IndexMap<NodeId, Vec<Arc<Node>>>,
    pub disabled_sources: Vec<Arc<SourceNode>>,
    /// Groups as the artifact has them, by unique id.
    pub groups: Map<String, Json>,
    /// Patches of macros (description, arguments) by unique id.
    pub macro_patches: BTreeMap<Arc<str>, Json>,
    /// Vars by package as nodes see them: command line over root over package.
    pub vars: Arc<crate::manifest::Vars>,
    pub warnings: Vec<Diagnostic>,
    /// Index for `ref`: name to ids of referable nodes (models, seeds, snapshots).
    pub refables: BTreeMap<Arc<str>, Vec<NodeId>>,
    /// Names of what stands in the files, but could not be parsed: nobody shall be told that it is not there.
    pub refused: Refused,
    /// Index for `source`: (source, table) to ids.
    pub source_index: BTreeMap<(Arc<str>, Arc<str>), Vec<NodeId>>,
    pub name_search: NameSearch,
    /// Models with the project's own macro for the strategy `microbatch` are built in batches too.
    pub batches_own_strategy: bool,
    /// Values of env vars that templates read.
    pub env_vars: BTreeMap<String, String>,
}

/// Which vars a package sees.
#[derive(Debug, Default)]
pub struct Vars {
    pub command_line: Map<String, Json>,
    /// `vars:` of each package's project file, by package name, root included.
    pub by_package: BTreeMap<Arc<str>, Map<String, Json>>,
    pub root: Arc<str>,
}

impl Vars {
    /// Returns a var as a package sees it: command line, then the root's entry for the package, then the root's
    /// global entries, then the package's own, in dbt's order.
    pub fn get(&self, package: &str, name: &str) -> Option<&Json> {
        if let Some(found) = self.command_line.get(name) {
            return Some(found);
        }
        let scoped = |vars: &'_ Map<String, Json>| matches!(vars.get(package), Some(Json::Object(_)));
        for vars in [self.by_package.get(&self.root), self.by_package.get(package)]
            .into_iter()
            .flatten()
        {
            let own = vars
                .get(package)
                .filter(|_| scoped(vars))
                .and_then(|own| own.get(name));
            if let Some(found) = own.or_else(|| vars.get(name)) {
                return Some(found);
            }
        }
        None
    }

    /// Returns all vars that a package sees, laid over each other.
    pub fn seen_by(&self, package: &str) -> Map<String, Json> {
        let mut all = Map::new();
        for vars in [self.by_package.get(package), self.by_package.get(&self.root)]
            .into_iter()
            .flatten()
        {
            all.extend(vars.clone());
            if let Some(Json::Object(own)) = vars.get(package) {
                all.extend(own.clone());
            }
        }
        all.extend(self.command_line.clone());
        all
    }
}

/// What a `ref` found.
#[derive(Debug, Clone)]
pub enum RefTarget<'a> {
    Found(&'a Arc<Node>),
    /// The node exists but is disabled.
    Disabled(&'a Arc<Node>),
    /// Several nodes fit.
    Ambiguous(Vec<NodeId>),
    Missing,
}

impl Manifest {
    /// Finds what a `ref` means, as seen from a package.
    pub fn resolve_ref(&self, call: &RefCall, from_package: &str) -> RefTarget<'_> {
        link::resolve_ref(self, call, from_package)
    }

    /// Finds a function, as seen from a package.
    pub fn resolve_function(
        &self,
        package: Option<&str>,
        name: &str,
        from_package: &str,
    ) -> Option<&Arc<Node>> {
        let by = |package: &str| self.nodes.get(format!("function.{package}.{name}").as_str());
        match package {
            Some(package) => by(package),
            None => {
                let mut nearest = self.name_search.packages(from_package).into_iter();
                nearest.find_map(by).or_else(|| {
                    let mut functions = self.nodes.values().filter(|n| n.kind == NodeKind::Function);
                    functions.find(|n| *n.name == *name)
                })
            }
        }
    }

    /// Finds a source table, as seen from a package.
    pub fn resolve_source(&self, source: &str, table: &str, from_package: &str) -> Option<&Arc<SourceNode>> {
        link::resolve_source(self, source, table, from_package)
    }
}
