//! The host that resolves: what a template of a node may ask while compiling and running.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use indexmap::IndexSet;

use super::Context;
use super::batch::{self, Batch};
use super::ephemeral::cte_name;
use crate::adapters::{Policy, Relation, RelationKind, Session};
use crate::diagnostic::{Code, Diagnostic, Result, SourceFile};
use crate::events::{self, Event, Level};
use crate::jinja::{Engine, Host, RefCall, Value};
use crate::manifest::{Node, NodeId, NodeKind, RefTarget};

/// Serves one node in one rendering, or in one materialization.
pub struct NodeHost {
    cx: Arc<Context>,
    node: Arc<Node>,
    session: Option<Arc<Session>>,
    /// Names that only this rendering has, such as `sql` and `pre_hooks`.
    members: BTreeMap<&'static str, Value>,
    model: OnceLock<Value>,
    compiled_code: Option<String>,
    /// The stretch of time to which refs are limited.
    batch: Option<Arc<Batch>>,
    /// What the rendering left behind; guards these fields alone.
    left: Mutex<Left>,
}

#[derive(Default)]
struct Left {
    ephemeral: IndexSet<NodeId>,
    /// Macros that the template itself called.
    macros: IndexSet<Arc<str>>,
    written: Option<String>,
}

impl NodeHost {
    /// Returns a host that compiles a node. Without a session templates see no database.
    pub fn new(cx: Arc<Context>, node: Arc<Node>, session: Option<Arc<Session>>) -> Self {
        Self {
            cx,
            node,
            session,
            members: BTreeMap::new(),
            model: OnceLock::new(),
            compiled_code: None,
            batch: None,
            left: Mutex::default(),
        }
    }

    /// Gives the node's compiled SQL, as `sql`, `compiled_code` and in `model`.
    #[must_use]
    pub fn with_compiled(mut self, code: &str) -> Self {
        self.members.insert("sql", Value::from(code));
        self.members.insert("compiled_code", Value::from(code));
        self.compiled_code = Some(code.to_owned());
        self
    }

    /// Limits refs and sources to the rows of a batch.
    #[must_use]
    pub fn with_batch(mut self, batch: &Arc<Batch>) -> Self {
        self.batch = Some(batch.clone());
        self
    }

    /// Gives a name that only this rendering has.
    #[must_use]
    pub fn with_member(mut self, name: &'static str, value: Value) -> Self {
        self.members.insert(name, value);
        self
    }

    /// Returns the ephemeral models that were referred to, in order.
    pub fn ephemeral(&self) -> Vec<NodeId> {
        self.left
            .lock()
            .map(|l| l.ephemeral.iter().cloned().collect())
            .unwrap_or_default()
    }

    /// Returns the macros that the template itself called, in order of first call.
    pub fn macros(&self) -> Vec<Arc<str>> {
        self.left
            .lock()
            .map(|l| l.macros.iter().cloned().collect())
            .unwrap_or_default()
    }

    /// Returns the SQL that the materialization said it ran, for `target/run`.
    pub fn written(&self) -> Option<String> {
        self.left.lock().ok().and_then(|l| l.written.clone())
    }

    fn is_free(&self) -> bool {
        matches!(self.node.kind, NodeKind::Operation | NodeKind::SqlOperation)
    }

    /// Returns the relation, without rows where the run is to have none, limited to the batch or the sample.
    fn relation_value(&self, relation: &Relation, event_time: Option<String>) -> Value {
        let mut relation = relation.clone();
        if self.cx.options.empty {
            relation.replacement = Some(Arc::from(format!(
                "(select * from {relation} where false limit 0)"
            )));
        }
        if let (Some(window), Some(column)) = (self.window(), event_time) {
            relation.replacement = Some(Arc::from(batch::limit(&relation, &column, window)));
        }
        Engine::relation(relation)
    }

    /// Returns the stretch of time whose rows refs and sources give: that of the batch, of the sample, or of both.
    fn window(&self) -> Option<batch::Window> {
        let batch = self.batch.as_ref().map(|b| (b.start, b.end));
        let is_sampled = matches!(self.node.kind, NodeKind::Model | NodeKind::Snapshot);
        match (batch, self.cx.options.sample.filter(|_| is_sampled)) {
            (Some(batch), Some(sample)) => Some((batch.0.max(sample.0), batch.1.min(sample.1))),
            (batch, sample) => batch.or(sample),
        }
    }

    /// Returns the relation of another environment that a ref means, where it does.
    fn deferred(&self, target: &Node) -> Result<Option<Relation>> {
        let Some(deferral) = &self.cx.deferral else {
            return Ok(None);
        };
        let is_selected = self.cx.selected.binary_search(&target.id).is_ok();
        deferral.relation(target, is_selected, self.session.as_deref())
    }

    fn model(&self) -> Value {
        self.model
            .get_or_init(|| {
                let mut json = crate::manifest::node_json(&self.node);
                let of_node = |node: &Node| match self.deferred(node) {
                    Ok(Some(elsewhere)) => Some(elsewhere.path()),
                    _ => node.relation_name(),
                };
                crate::manifest::resolve_foreign_keys(
                    &self.cx.manifest,
                    &self.node.package,
                    &mut json,
                    &of_node,
                );
                self.translate_types(&mut json);
                crate::manifest::without_nulls(&mut json);
                if let (Some(code), Some(object)) = (&self.compiled_code, json.as_object_mut()) {
                    object.insert("compiled".into(), true.into());
                    object.insert("compiled_code".into(), code.as_str().into());
                }
                match &self.batch {
                    Some(batch) => batch.model(&json),
                    None => Engine::value(&json),
                }
            })
            .clone()
    }

    /// Writes the types of columns as the database names them, unless the contract says `alias_types: false`.
    fn translate_types(&self, model: &mut serde_json::Value) {
        let contract = self.node.config.get("contract");
        let wanted = contract
            .and_then(|c| c.get("alias_types"))
            .and_then(serde_json::Value::as_bool);
        let (Some(session), true) = (&self.session, wanted != Some(false)) else {
            return;
        };
        let columns = model
            .get_mut("columns")
            .and_then(serde_json::Value::as_object_mut);
        for column in columns.into_iter().flat_map(|c| c.values_mut()) {
            if let Some(serde_json::Value::String(kind)) = column.get_mut("data_type") {
                *kind = session.adapter().dialect().translated_type(kind).to_owned();
            }
        }
    }

    /// Returns the names of a snapshot's own columns: those of the configuration, else dbt's.
    fn snapshot_columns(&self) -> Option<Value> {
        let given = self.node.config.get("snapshot_meta_column_names")?.as_object()?;
        let named = |(key, value): (&String, &serde_json::Value)| {
            (key.clone(), Value::from(value.as_str().unwrap_or(key)))
        };
        Some(crate::jinja::dict(given.iter().map(named).collect()))
    }

    fn event_time(&self, target: &Node) -> Option<String> {
        let quote = target.relation.quote_character;
        batch::event_time(&target.config, target.columns.values(), None, quote)
    }

    fn not_inferred(&self, what: &str, call: &str) -> Diagnostic {
        Diagnostic::error(
            Code::UNKNOWN_REF,
            format!(
                "{} `{}` depends on {what}, which was not seen while the project was parsed",
                self.node.kind.word(),
                self.node.name
            ),
        )
        .hint(format!(
            "Add `-- depends_on: {{{{ {call} }}}}` to the top of `{}`.",
            self.node.original_path
        ))
    }
}

impl Host for NodeHost {
    fn execute(&self) -> bool {
        true
    }

    fn package(&self) -> &str {
        &self.node.package
    }

    fn reference(&self, call: &RefCall) -> Result<Value> {
        let kind = self.node.kind.word();
        let target = match self.cx.manifest.resolve_ref(call, &self.node.package) {
            RefTarget::Found(target) => target,
            RefTarget::Disabled(target) => {
                return Err(Diagnostic::error(
                    Code::DISABLED_REF,
                    format!(
                        "{kind} `{}` depends on `{}`, which is disabled",
                        self.node.name, call.name
                    ),
                )
                .note(format!(
                    "`{}` is declared in {}",
                    target.name, target.original_path
                )));
            }
            RefTarget::Ambiguous(ids) => {
                let ids: Vec<&str> = ids.iter().map(NodeId::as_str).collect();
                return Err(Diagnostic::error(
                    Code::AMBIGUOUS_REF,
                    format!("`{}` fits more than one node: {}", call.name, ids.join(", ")),
                )
                .hint("Name the package in the first argument of ref()."));
            }
            RefTarget::Missing => {
                return Err(Diagnostic::error(
                    Code::UNKNOWN_REF,
                    format!(
                        "{kind} `{}` depends on a node named `{}`, which was not found",
                        self.node.name, call.name
                    ),
                )
                .did_you_mean(&call.name, self.cx.manifest.refables.keys().map(|k| &**k)));
            }
        };
        if !self.is_free() && target.id != self.node.id && !self.node.depends_on.contains(&target.id) {
            return Err(self.not_inferred(&format!("`{}`", target.name), &format!("ref('{}')", target.name)));
        }
        if target.is_ephemeral() {
            if let Ok(mut left) = self.left.lock() {
                left.ephemeral.insert(target.id.clone());
            }
            let mut relation = target.relation.clone();
            relation.identifier = Some(Arc::from(cte_name(target)));
            relation.kind = Some(RelationKind::Cte);
            relation.include = Policy {
                database: false,
                schema: false,
                identifier: true,
            };
            relation.quote.identifier = false;
            return Ok(self.relation_value(&relation, self.event_time(target)));
        }
        let event_time = self.event_time(target);
        Ok(match self.deferred(target)? {
            Some(relation) => self.relation_value(&relation, event_time),
            None => self.relation_value(&target.relation, event_time),
        })
    }

    fn source(&self, source: &str, table: &str) -> Result<Value> {
        let Some(target) = self.cx.manifest.resolve_source(source, table, &self.node.package) else {
            return Err(Diagnostic::error(
                Code::UNKNOWN_SOURCE,
                format!(
                    "{} `{}` depends on a source named `{source}.{table}`, which was not found",
                    self.node.kind.word(),
                    self.node.name
                ),
            ));
        };
        if !self.is_free() && !self.node.depends_on.contains(&target.id) {
            let call = format!("source('{source}', '{table}')");
            return Err(self.not_inferred(&format!("the source `{source}.{table}`"), &call));
        }
        let event_time = batch::event_time(
            &target.config,
            target.columns.values(),
            target.extra.get("quoting"),
            target.relation.quote_character,
        );
        Ok(self.relation_value(&target.relation, event_time))
    }

    fn function(&self, package: Option<&str>, name: &str) -> Result<Value> {
        let kind = self.node.kind.word();
        let Some(target) = self
            .cx
            .manifest
            .resolve_function(package, name, &self.node.package)
        else {
            let known = self
                .cx
                .manifest
                .nodes
                .values()
                .filter(|n| n.kind == NodeKind::Function);
            return Err(Diagnostic::error(
                Code::UNKNOWN_REF,
                format!(
                    "{kind} `{}` depends on a function named `{name}`, which was not found",
                    self.node.name
                ),
            )
            .did_you_mean(name, known.map(|n| &*n.name)));
        };
        Ok(Engine::relation(target.relation.clone()))
    }

    fn set_config(&self, _entries: Vec<(Arc<str>, Value)>) -> Result<()> {
        // The configuration was settled while parsing; dbt ignores config() here too.
        Ok(())
    }

    fn get_config(&self, key: &str) -> Option<Value> {
        let key = match key {
            "pre_hook" => "pre-hook",
            "post_hook" => "post-hook",
            "snapshot_table_column_names" => return self.snapshot_columns(),
            // dbt knows the hooks by the other spelling alone.
            "pre-hook" | "post-hook" => return None,
            other => other,
        };
        self.node.config.get(key).map(Engine::value)
    }

    fn var(&self, name: &str) -> Option<Value> {
        self.cx
            .manifest
            .vars
            .get(&self.node.package, name)
            .map(Engine::value)
    }

    fn env_var(&self, name: &str) -> Option<String> {
        self.cx.invocation.env_var(name).map(str::to_owned)
    }

    fn doc(&self, package: Option<&str>, name: &str) -> Result<String> {
        let manifest = &self.cx.manifest;
        let of = |package: &str| manifest.docs.get(format!("doc.{package}.{name}").as_str());
        let found = match package {
            Some(package) => of(package),
            None => {
                let mut nearest = manifest.name_search.packages(&self.node.package).into_iter();
                nearest
                    .find_map(of)
                    .or_else(|| manifest.docs.values().find(|doc| *doc.name == *name))
            }
        };
        found.map(|doc| doc.contents.to_string()).ok_or_else(|| {
            Diagnostic::error(Code::DOC, format!("the docs block `{name}` was not found"))
                .did_you_mean(name, manifest.docs.values().map(|d| &*d.name))
        })
    }

    fn macro_called(&self, unique_id: &Arc<str>, depth: usize) {
        if depth == 0
            && let Ok(mut left) = self.left.lock()
            && !left.macros.contains(unique_id)
        {
            left.macros.insert(unique_id.clone());
        }
    }

    fn member(&self, name: &str) -> Option<Value> {
        if let Some(value) = self.members.get(name) {
            return Some(value.clone());
        }
        match name {
            // A hook of the project belongs to no relation.
            "this" if self.is_free() => Some(Value::from(())),
            "this" => Some(Engine::relation(self.node.relation.clone())),
            "model" => Some(self.model()),
            "database" => self.node.relation.database.as_deref().map(Value::from),
            "schema" => self.node.relation.schema.as_deref().map(Value::from),
            "pre_hooks" => Some(
                self.node
                    .config
                    .get("pre-hook")
                    .map_or_else(|| Value::from(()), Engine::value),
            ),
            "post_hooks" => Some(
                self.node
                    .config
                    .get("post-hook")
                    .map_or_else(|| Value::from(()), Engine::value),
            ),
            "connection_name" => Some(Value::from(self.node.id.as_str())),
            "defer_relation" => {
                let deferral = self.cx.deferral.as_ref();
                let found = deferral.and_then(|d| d.relations.get(&self.node.id));
                Some(found.map_or_else(|| Value::from(()), |d| Engine::relation(d.relation.clone())))
            }
            _ => self.cx.member(name),
        }
    }

    fn log(&self, level: Level, message: &str) {
        let node = Some(self.node.id.0.clone());
        self.cx.sink.send(Event::Log {
            level,
            message: message.to_owned(),
            node,
        });
    }

    fn print(&self, message: &str) {
        self.cx.sink.send(Event::Print {
            message: message.to_owned(),
        });
    }

    fn warn(&self, warning: Diagnostic) -> Result<()> {
        events::warn(&*self.cx.sink, warning)
    }

    fn session(&self) -> Option<&Session> {
        self.session.as_deref()
    }

    fn written_in(&self) -> Option<(Arc<SourceFile>, u32)> {
        Some((self.node.file.clone(), self.node.range.map_or(0, |range| range.0)))
    }

    fn write(&self, payload: &str) {
        if let Ok(mut left) = self.left.lock() {
            left.written = Some(payload.to_owned());
        }
    }
}
