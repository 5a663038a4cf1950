//! What MetricFlow refuses of a semantic layer that is well formed: names, roles, windows, filters.
//!
//! dbt runs these rules while parsing, where a project has semantic models and metrics. Each rule stands in the file of
//! what it is about; all faults are collected.

mod elements;
mod filters;
mod labels;
mod measures;
mod metrics;
mod names;
mod queries;
mod spines;
mod windows;

use std::collections::HashMap;

use serde_json::Value as Json;

use super::model::GRAINS;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span};
use crate::manifest::parse::Parsing;
use crate::manifest::properties::Entry;
use crate::manifest::{Manifest, Node, NodeKind};
use crate::yaml::Node as Yaml;

/// The semantic layer as the rules see it.
struct Layer<'a> {
    manifest: &'a Manifest,
    models: Vec<&'a Node>,
    metrics: Vec<&'a Node>,
    queries: Vec<&'a Node>,
    entries: HashMap<(&'a str, &'a str, &'a str), &'a Entry>,
    /// Granularities that time spines add.
    own_grains: Vec<String>,
    faults: Diagnostics,
}

/// Checks the semantic layer of a project.
pub(super) fn check(cx: &Parsing<'_>, manifest: &Manifest, entries: &[Entry], faults: &mut Diagnostics) {
    let of = |kind: NodeKind| -> Vec<&Node> {
        let nodes = manifest.nodes.values().filter(|node| node.kind == kind);
        nodes.map(|node| &**node).collect()
    };
    let (models, metrics) = (of(NodeKind::SemanticModel), of(NodeKind::Metric));
    if models.is_empty() || metrics.is_empty() {
        return;
    }
    let mut layer = Layer {
        manifest,
        models,
        metrics,
        queries: of(NodeKind::SavedQuery),
        entries: entries
            .iter()
            .filter(|e| matches!(e.section, "semantic_models" | "metrics" | "saved_queries"))
            .map(|entry| ((entry.section, &*entry.package, &*entry.name), entry))
            .collect(),
        own_grains: spines::own_grains(manifest),
        faults: Diagnostics::default(),
    };
    names::check(&mut layer);
    elements::check(&mut layer);
    measures::check(&mut layer);
    windows::check(&mut layer);
    labels::check(&mut layer);
    metrics::check(&mut layer);
    filters::check(&mut layer);
    queries::check(&mut layer);
    spines::check(&mut layer);
    spines::deprecations(cx, &mut layer);
    faults.0.append(&mut layer.faults.0);
}

impl<'a> Layer<'a> {
    fn entry(&self, node: &Node) -> Option<&'a Entry> {
        let section = match node.kind {
            NodeKind::SemanticModel => "semantic_models",
            NodeKind::Metric => "metrics",
            _ => "saved_queries",
        };
        self.entries.get(&(section, &*node.package, &*node.name)).copied()
    }

    /// Returns where a value stands, by the keys that lead to it; as near as the file knows.
    fn place(&self, node: &Node, path: &[&str]) -> Option<Span> {
        let Some(entry) = self.entry(node) else {
            return node.declared_at.clone();
        };
        let mut at: &Yaml = &entry.node;
        for key in path {
            let found = match at.as_seq() {
                Some(items) => items
                    .iter()
                    .find(|item| item.get("name").map_or_else(|| item.key_text(), Yaml::key_text) == *key),
                None => at.get(key),
            };
            match found {
                Some(found) => at = found,
                None => break,
            }
        }
        if at.as_map().is_some() {
            // The name of a thing stands for all of it.
            at = at.get("name").unwrap_or(at);
        }
        Some(at.span(&entry.file.document.file))
    }

    fn error(&mut self, node: &Node, path: &[&str], what: String, hint: &str) {
        let fault = self.diagnostic(
            Diagnostic::error(Code::SEMANTIC, message(node, &what)),
            node,
            path,
        );
        self.faults.push(fault.hint(hint));
    }

    fn warn(&mut self, node: &Node, path: &[&str], what: String, hint: &str) {
        let warning =
            Diagnostic::warning(Code::SEMANTIC, message(node, &what)).event("SemanticValidationFailure");
        let warning = self.diagnostic(warning, node, path);
        self.faults.push(warning.hint(hint));
    }

    fn diagnostic(&self, diagnostic: Diagnostic, node: &Node, path: &[&str]) -> Diagnostic {
        diagnostic.at(self.place(node, path))
    }

    fn is_grain(&self, word: &str) -> bool {
        GRAINS.contains(&word) || self.own_grains.iter().any(|own| own == word)
    }
}

fn message(node: &Node, what: &str) -> String {
    format!(
        "the {} `{}` {what}",
        node.kind.word().replace('_', " "),
        node.name
    )
}

/// Returns the items of a list in a node or a record.
fn list<'j>(json: &'j Json, key: &str) -> impl Iterator<Item = &'j Json> + Clone {
    json[key].as_array().into_iter().flatten()
}

/// Returns the items of a list of a node.
fn listed<'n>(node: &'n Node, key: &str) -> impl Iterator<Item = &'n Json> + Clone {
    node.extra.get(key).and_then(Json::as_array).into_iter().flatten()
}

/// Returns a text, empty where there is none.
fn text<'j>(json: &'j Json, key: &str) -> &'j str {
    json[key].as_str().unwrap_or_default()
}

/// Returns a field of a node as text, empty where there is none.
fn field<'n>(node: &'n Node, key: &str) -> &'n str {
    node.extra.get(key).and_then(Json::as_str).unwrap_or_default()
}

/// Returns names in quotes.
fn quoted<T: std::fmt::Display>(names: impl IntoIterator<Item = T>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
