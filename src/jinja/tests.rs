//! Tests of the engine: fixtures made with dbt's own Jinja, and behaviour that has no text to compare.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::json;

use super::*;
use crate::adapters::{Relation, Session};
use crate::diagnostic::{Diagnostic, Result, SourceFile};
use crate::events::Level;
use crate::invocation::{Cancel, Invocation};

mod behaviour;
mod fixtures;
mod static_scan;
mod values;
mod yaml_strings;

/// A host that records what templates ask.
#[derive(Default)]
pub(crate) struct Recorder {
    pub parsing: bool,
    pub package: String,
    pub refs: Mutex<Vec<String>>,
    pub sources: Mutex<Vec<String>>,
    pub configs: Mutex<Vec<(String, Value)>>,
    pub macros: Mutex<Vec<String>>,
    pub messages: Mutex<Vec<String>>,
    pub vars: serde_json::Map<String, serde_json::Value>,
}

impl Host for Recorder {
    fn execute(&self) -> bool {
        !self.parsing
    }
    fn package(&self) -> &str {
        &self.package
    }
    fn reference(&self, call: &RefCall) -> Result<Value> {
        let package = call.package.as_ref().map(|p| format!("{p}.")).unwrap_or_default();
        let version = call
            .version
            .as_ref()
            .map(|v| format!(".v{v}"))
            .unwrap_or_default();
        self.refs
            .lock()
            .unwrap()
            .push(format!("{package}{}{version}", call.name));
        Ok(Engine::relation(Relation::new(
            Some("db"),
            Some("main"),
            Some(&call.name),
        )))
    }
    fn source(&self, source: &str, table: &str) -> Result<Value> {
        self.sources.lock().unwrap().push(format!("{source}.{table}"));
        Ok(Engine::relation(Relation::new(
            Some("db"),
            Some(source),
            Some(table),
        )))
    }
    fn set_config(&self, entries: Vec<(Arc<str>, Value)>) -> Result<()> {
        let entries = entries.into_iter().map(|(k, v)| (k.to_string(), v));
        self.configs.lock().unwrap().extend(entries);
        Ok(())
    }
    fn get_config(&self, key: &str) -> Option<Value> {
        let configs = self.configs.lock().unwrap();
        configs
            .iter()
            .rev()
            .find(|(k, _)| k == key)
            .map(|(_, v)| v.clone())
    }
    fn var(&self, name: &str) -> Option<Value> {
        self.vars.get(name).map(Engine::value)
    }
    fn env_var(&self, name: &str) -> Option<String> {
        (name == "HOME_TOWN").then(|| "Aachen".to_owned())
    }
    fn doc(&self, _package: Option<&str>, name: &str) -> Result<String> {
        Ok(format!("doc of {name}"))
    }
    fn macro_called(&self, unique_id: &Arc<str>, depth: usize) {
        if depth == 0 {
            self.macros.lock().unwrap().push(unique_id.to_string());
        }
    }
    fn member(&self, name: &str) -> Option<Value> {
        match name {
            "this" => Some(Engine::relation(Relation::new(
                Some("db"),
                Some("main"),
                Some("self"),
            ))),
            "target" => Some(Engine::value(
                &json!({"name": "dev", "schema": "main", "type": "duckdb"}),
            )),
            "model" => Some(Engine::value(&json!({
                "name": "self", "columns": {}, "config": {}, "raw_code": "", "checksum": {"name": "sha256"},
                "depends_on": {"macros": [], "nodes": []},
            }))),
            "from_json" => Some(Engine::value(&json!({"a": [1, 2.5, null, true, "x"], "b": {}}))),
            _ => None,
        }
    }
    fn log(&self, level: Level, message: &str) {
        self.messages
            .lock()
            .unwrap()
            .push(format!("{level:?}: {message}"));
    }
    fn print(&self, message: &str) {
        self.messages.lock().unwrap().push(message.to_owned());
    }
    fn warn(&self, warning: Diagnostic) -> Result<()> {
        self.messages.lock().unwrap().push(warning.message().to_owned());
        Ok(())
    }
    fn session(&self) -> Option<&Session> {
        None
    }
    fn write(&self, _payload: &str) {}
}

pub(crate) fn invocation() -> Invocation {
    Invocation {
        args: Vec::new(),
        env: BTreeMap::from([("HOME_TOWN".to_owned(), "Aachen".to_owned())]),
        cwd: "/".into(),
        home: None,
        started_at: chrono::DateTime::from_timestamp(1_700_000_000, 0).unwrap(),
        id: Arc::from("00000000-0000-4000-8000-000000000000"),
        cancel: Cancel::default(),
        asked: Default::default(),
    }
}

/// Builds an engine of (package, path, text).
pub(crate) fn engine(files: &[(&str, &str, &str)]) -> Engine {
    try_engine(files).unwrap_or_else(|errors| panic!("{errors:?}"))
}

pub(crate) fn try_engine(files: &[(&str, &str, &str)]) -> Result<Engine, crate::diagnostic::Diagnostics> {
    let files = files
        .iter()
        .map(|(package, path, text)| MacroFile {
            package: Arc::from(*package),
            original_path: Arc::from(*path),
            file: SourceFile::new(*path, *text),
        })
        .collect();
    let resolution = Resolution {
        root_package: Arc::from("root"),
        internal: vec![Arc::from("dbt_duckdb"), Arc::from("dbt")],
        dispatch: BTreeMap::from([("utils".to_owned(), vec!["root".to_owned(), "utils".to_owned()])]),
        adapter_types: vec!["duckdb".to_owned()],
        quoting: BTreeMap::new(),
        packages_override_built_ins: false,
    };
    Engine::build(files, resolution, &invocation())
}

pub(crate) fn host() -> Arc<Recorder> {
    Arc::new(Recorder {
        package: "root".to_owned(),
        ..Recorder::default()
    })
}

pub(crate) fn parsing_host() -> Arc<Recorder> {
    Arc::new(Recorder {
        package: "root".to_owned(),
        parsing: true,
        ..Recorder::default()
    })
}

pub(crate) fn render_with(engine: &Engine, text: &str, host: &Arc<Recorder>) -> Result<String> {
    let host: Arc<dyn Host> = host.clone();
    engine.render_str("models/m.sql", text, &host)
}
