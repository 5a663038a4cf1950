//! What all nodes of one command share: the manifest, the engine, and the values that every template sees.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, OnceLock};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value as Json, json};

use super::deferral::Deferral;
use super::ephemeral::Ephemeral;
use crate::events::Sink;
use crate::graph::Graph;
use crate::invocation::Invocation;
use crate::jinja::{Engine, Value};
use crate::manifest::{Manifest, NodeId};

/// The flags and names that templates see.
#[derive(Debug, Clone, Default)]
pub struct ContextOptions {
    /// `target` without secrets.
    pub target: Map<String, Json>,
    /// `flags` by their upper-case names.
    pub flags: Map<String, Json>,
    /// `invocation_args_dict`.
    pub args: Map<String, Json>,
    /// A test that warns fails.
    pub strict_tests: bool,
    /// Null and duplicate keys of a delta are an error where no config allows them.
    pub strict_keys: bool,
    /// `--empty`: refs and sources give no row.
    pub empty: bool,
    /// `--sample`: refs and sources give the rows of this stretch of time.
    pub sample: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

/// The shared part of every rendering of one command.
pub struct Context {
    pub manifest: Arc<Manifest>,
    pub graph: Arc<Graph>,
    pub engine: Arc<Engine>,
    pub invocation: Arc<Invocation>,
    pub sink: Arc<dyn Sink>,
    pub options: ContextOptions,
    /// Unique ids of the selection, sorted, for `selected_resources`.
    pub selected: Vec<NodeId>,
    /// Where refs to nodes that are not built here go.
    pub deferral: Option<Arc<Deferral>>,
    target: Value,
    flags: Value,
    graph_value: OnceLock<Value>,
    /// Ephemeral models compiled so far. Guards the map alone: nothing is compiled while it is held.
    pub(super) ephemeral: Mutex<HashMap<NodeId, Arc<Ephemeral>>>,
    /// Ephemeral models that could not be compiled. Guards the set alone.
    pub(super) broken_ephemeral: Mutex<BTreeSet<NodeId>>,
}

impl Context {
    pub fn new(
        manifest: Arc<Manifest>,
        graph: Arc<Graph>,
        engine: Arc<Engine>,
        invocation: Arc<Invocation>,
        sink: Arc<dyn Sink>,
        options: ContextOptions,
    ) -> Self {
        let target = Engine::value(&Json::Object(options.target.clone()));
        let flags = Engine::value(&Json::Object(options.flags.clone()));
        Self {
            manifest,
            graph,
            engine,
            invocation,
            sink,
            options,
            selected: Vec::new(),
            deferral: None,
            target,
            flags,
            graph_value: OnceLock::new(),
            ephemeral: Mutex::default(),
            broken_ephemeral: Mutex::default(),
        }
    }

    /// Returns a name that every template sees, or none where it is not one of those.
    pub fn member(&self, name: &str) -> Option<Value> {
        let text = |s: &str| Some(Value::from(s));
        match name {
            "target" | "env" => Some(self.target.clone()),
            "flags" => Some(self.flags.clone()),
            "graph" => Some(self.graph_value()),
            "project_name" => text(&self.manifest.project_name),
            "invocation_id" => text(&self.invocation.id),
            "selected_resources" => {
                let ids: Vec<&str> = self.selected.iter().map(NodeId::as_str).collect();
                Some(Engine::value(&json!(ids)))
            }
            "invocation_args_dict" => Some(Engine::value(&Json::Object(self.options.args.clone()))),
            "dbt_metadata_envs" => {
                let envs: Map<String, Json> = self
                    .invocation
                    .env
                    .iter()
                    .filter_map(|(k, v)| {
                        let name = k.strip_prefix("DBT_ENV_CUSTOM_ENV_")?;
                        Some((name.to_owned(), Json::from(v.as_str())))
                    })
                    .collect();
                Some(Engine::value(&Json::Object(envs)))
            }
            // Read by the built-in macros that bring a delta in.
            "_keys_must_hold" => Some(Value::from(self.options.strict_keys)),
            "thread_id" => text(std::thread::current().name().unwrap_or("MainThread")),
            _ => None,
        }
    }

    /// Returns the `graph` variable: made when a template first asks for it.
    fn graph_value(&self) -> Value {
        self.graph_value
            .get_or_init(|| Engine::value(&crate::manifest::graph_json(&self.manifest)))
            .clone()
    }
}
