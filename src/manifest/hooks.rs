//! What the hooks of a node call: they are rendered while parsing, as dbt does, for their macros, refs and sources.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::host::{ParseHost, Recorded};
use super::parse::Parsing;
use super::{Config, NodeKind};
use crate::adapters::Relation;
use crate::diagnostic::Result;
use crate::jinja::Host;

/// The node whose hooks they are, as their templates see it.
pub(super) struct Owner<'a> {
    pub kind: NodeKind,
    pub package: &'a Arc<str>,
    pub name: &'a str,
    pub alias: &'a str,
    pub fqn: &'a [Arc<str>],
    pub original_path: &'a str,
    pub relation: &'a Relation,
    pub config: &'a Config,
}

/// Renders the hooks of a configuration and returns what they called; nothing where no hook is a template.
///
/// # Errors
/// What a hook raised; without a place, for a hook may come from any level of the configuration.
pub(super) fn calls(cx: &Parsing<'_>, owner: &Owner<'_>) -> Result<Recorded> {
    let templates: Vec<&str> = ["pre-hook", "post-hook"]
        .iter()
        .filter_map(|key| owner.config.get(key)?.as_array())
        .flatten()
        .filter_map(|hook| hook.get("sql").and_then(Json::as_str))
        .filter(|sql| sql.contains("{{") || sql.contains("{%"))
        .collect();
    if templates.is_empty() {
        return Ok(Recorded::default());
    }
    let host = ParseHost::new(cx.shared.clone(), owner.package.clone());
    let host = Arc::new(host.with_node(owner.relation.clone(), owner.model()));
    let shared: Arc<dyn Host> = host.clone();
    for sql in templates {
        cx.engine.render_str("hook", sql, &shared)?;
    }
    Ok(host.recorded())
}

impl Owner<'_> {
    fn model(&self) -> Json {
        let fqn: Vec<&str> = self.fqn.iter().map(|part| &**part).collect();
        json!({
            "resource_type": self.kind.word(), "name": self.name, "package_name": &**self.package,
            "original_file_path": self.original_path, "alias": self.alias, "fqn": fqn,
            "unique_id": format!("{}.{}.{}", self.kind.word(), self.package, self.name),
            "database": self.relation.database.as_deref(), "schema": self.relation.schema.as_deref(),
            "config": self.config.values, "columns": {}, "tags": self.config.tags(), "meta": {}, "description": "",
            "language": "sql", "refs": [], "sources": [], "depends_on": { "macros": [], "nodes": [] },
        })
    }
}

impl Recorded {
    /// Adds what hooks called: each macro once, refs and sources as they come.
    pub fn add_hooks(&mut self, hooks: Recorded) {
        for called in hooks.macros {
            if !self.macros.contains(&called) {
                self.macros.push(called);
            }
        }
        self.refs.extend(hooks.refs);
        self.sources.extend(hooks.sources);
    }
}
