//! The host that records: what a template asks while the project is parsed (`execute` is false).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::{Map, Value as Json};

use super::{Doc, NameSearch, Vars};
use crate::adapters::{Relation, Session};
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::events::{self, Event, Level, Sink};
use crate::invocation::Asked;
use crate::jinja::{Engine, Host, RefCall, Value};

/// What all recording hosts share.
pub(super) struct Shared {
    pub vars: Arc<Vars>,
    pub docs: Arc<BTreeMap<Arc<str>, Doc>>,
    pub env: Arc<BTreeMap<String, String>>,
    pub asked: Asked,
    pub name_search: NameSearch,
    /// `target`, `flags` and the like.
    pub context: Arc<Map<String, Json>>,
    pub sink: Arc<dyn Sink>,
}

/// What a rendering said.
#[derive(Debug, Clone, Default)]
pub(super) struct Recorded {
    pub refs: Vec<RefCall>,
    pub sources: Vec<(Arc<str>, Arc<str>)>,
    /// Functions: package where one was written, and name.
    pub functions: Vec<(Option<Arc<str>>, Arc<str>)>,
    pub config: Map<String, Json>,
    pub macros: Vec<Arc<str>>,
}

/// Records for one node.
pub(super) struct ParseHost {
    shared: Arc<Shared>,
    package: Arc<str>,
    this: Option<Relation>,
    model: Option<Json>,
    /// Names that only this rendering has.
    members: Vec<(&'static str, Value)>,
    /// A macro that is not there is an error, as where templates are run.
    is_strict: bool,
    recorded: Mutex<Recorded>,
}

impl ParseHost {
    pub fn new(shared: Arc<Shared>, package: Arc<str>) -> Self {
        Self {
            shared,
            package,
            this: None,
            model: None,
            members: Vec::new(),
            is_strict: false,
            recorded: Mutex::default(),
        }
    }

    /// Gives the node's own relation and a first view of the node.
    pub fn with_node(mut self, this: Relation, model: Json) -> Self {
        self.this = Some(this);
        self.model = Some(model);
        self
    }

    /// Serves a template that is final as it stands.
    pub fn strict(mut self, members: Vec<(&'static str, Value)>) -> Self {
        self.members = members;
        self.is_strict = true;
        self
    }

    pub fn recorded(&self) -> Recorded {
        self.recorded.lock().map(|r| r.clone()).unwrap_or_default()
    }

    fn record(&self, change: impl FnOnce(&mut Recorded)) {
        if let Ok(mut recorded) = self.recorded.lock() {
            change(&mut recorded);
        }
    }

    fn own(&self) -> Value {
        match &self.this {
            Some(relation) => Engine::relation(relation.clone()),
            None => Engine::relation(Relation::new(None, None, Some("unknown"))),
        }
    }
}

impl Host for ParseHost {
    fn execute(&self) -> bool {
        self.is_strict
    }

    fn package(&self) -> &str {
        &self.package
    }

    fn reference(&self, call: &RefCall) -> Result<Value> {
        self.record(|r| r.refs.push(call.clone()));
        Ok(self.own())
    }

    fn source(&self, source: &str, table: &str) -> Result<Value> {
        self.record(|r| r.sources.push((Arc::from(source), Arc::from(table))));
        Ok(self.own())
    }

    fn function(&self, package: Option<&str>, name: &str) -> Result<Value> {
        self.record(|r| r.functions.push((package.map(Arc::from), Arc::from(name))));
        Ok(self.own())
    }

    fn set_config(&self, entries: Vec<(Arc<str>, Value)>) -> Result<()> {
        for (key, value) in &entries {
            if let Some(number) = Engine::first_beyond_64_bits(value) {
                let message =
                    format!("`{key}` has the whole number {number}, which does not fit into 64 bits");
                let fault = Diagnostic::error(Code::CONFIG, message);
                return Err(fault.hint("Make a text of it: `… | string`."));
            }
        }
        self.record(|r| {
            for (key, value) in entries {
                super::parse::add_call(&mut r.config, &key, Engine::json(&value));
            }
        });
        Ok(())
    }

    fn get_config(&self, _key: &str) -> Option<Value> {
        // The configuration is not settled yet: dbt answers with an empty text here.
        Some(Value::from(""))
    }

    fn var(&self, name: &str) -> Option<Value> {
        self.shared.vars.get(&self.package, name).map(Engine::value)
    }

    fn env_var(&self, name: &str) -> Option<String> {
        self.shared.asked.variable(name);
        self.shared.env.get(name).cloned()
    }

    fn doc(&self, package: Option<&str>, name: &str) -> Result<String> {
        let docs = &self.shared.docs;
        let of = |package: &str| docs.get(format!("doc.{package}.{name}").as_str());
        let found = match package {
            Some(package) => of(package),
            None => {
                let mut nearest = self.shared.name_search.packages(&self.package).into_iter();
                nearest
                    .find_map(of)
                    .or_else(|| docs.values().find(|doc| *doc.name == *name))
            }
        };
        found.map(|doc| doc.contents.to_string()).ok_or_else(|| {
            Diagnostic::error(Code::DOC, format!("the docs block `{name}` was not found"))
                .did_you_mean(name, self.shared.docs.values().map(|d| &*d.name))
        })
    }

    fn macro_called(&self, unique_id: &Arc<str>, depth: usize) {
        if depth == 0 {
            self.record(|r| {
                if !r.macros.contains(unique_id) {
                    r.macros.push(unique_id.clone());
                }
            });
        }
    }

    fn member(&self, name: &str) -> Option<Value> {
        if let Some((_, value)) = self.members.iter().find(|(known, _)| *known == name) {
            return Some(value.clone());
        }
        match name {
            "this" => Some(self.own()),
            "model" => Some(
                self.model
                    .as_ref()
                    .map_or_else(|| Engine::value(&Json::Object(Map::new())), Engine::value),
            ),
            "graph" => Some(Engine::value(
                &serde_json::json!({ "nodes": {}, "sources": {}, "exposures": {}, "groups": {}, "metrics": {}, "semantic_models": {}, "saved_queries": {}, "functions": {} }),
            )),
            "database" => self
                .this
                .as_ref()
                .and_then(|r| r.database.as_deref())
                .map(Value::from),
            "schema" => self
                .this
                .as_ref()
                .and_then(|r| r.schema.as_deref())
                .map(Value::from),
            "selected_resources" | "pre_hooks" | "post_hooks" => {
                Some(Engine::value(&Json::Array(Vec::new())))
            }
            "sql" | "compiled_code" => Some(Value::from("")),
            "dbt_metadata_envs" => Some(Engine::value(&Json::Object(Map::new()))),
            "thread_id" => Some(Value::from("MainThread")),
            "flags" | "invocation_args_dict" => {
                let asked = self.shared.asked.clone();
                let value = Engine::value(self.shared.context.get(name)?);
                Some(crate::jinja::watched(value, Arc::new(move || asked.varying())))
            }
            _ => self.shared.context.get(name).map(Engine::value),
        }
    }

    fn log(&self, level: Level, message: &str) {
        self.shared.sink.send(Event::Log {
            level,
            message: message.to_owned(),
            node: None,
        });
    }

    fn print(&self, message: &str) {
        self.shared.sink.send(Event::Print {
            message: message.to_owned(),
        });
    }

    fn warn(&self, warning: Diagnostic) -> Result<()> {
        events::warn(&*self.shared.sink, warning)
    }

    fn varies(&self) {
        self.shared.asked.varying();
    }

    fn session(&self) -> Option<&Session> {
        None
    }

    fn write(&self, _payload: &str) {}
}
