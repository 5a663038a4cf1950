//! The engine: macros of all packages, static extraction, and rendering.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::{Host, RefCall, Value};
use crate::adapters::Relation;
use crate::diagnostic::{Diagnostics, Result, SourceFile, Span};
use crate::invocation::Invocation;
use crate::project::RenderYaml;
use crate::yaml;

/// A file of macros.
#[derive(Debug, Clone)]
pub struct MacroFile {
    pub package: Arc<str>,
    /// Relative to the package, as in `macros/star.sql`.
    pub original_path: Arc<str>,
    pub file: Arc<SourceFile>,
}

/// How names of macros are found.
#[derive(Debug, Clone, Default)]
pub struct Resolution {
    pub root_package: Arc<str>,
    /// Internal packages, nearest first: `dbt_duckdb`, `dbt`.
    pub internal: Vec<Arc<str>>,
    /// `dispatch:` of the root project: namespace to search order.
    pub dispatch: BTreeMap<String, Vec<String>>,
    /// The adapter's type and its parents, nearest first: `["duckdb"]`.
    pub adapter_types: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MacroKind {
    Macro,
    /// `materialization name, adapter='x'` or `default`.
    Materialization,
    /// `test name(...)`: a macro named `test_name`.
    GenericTest,
}

/// A macro as the manifest shows it.
#[derive(Debug, Clone)]
pub struct MacroInfo {
    /// `macro.<package>.<name>`.
    pub unique_id: Arc<str>,
    pub package: Arc<str>,
    /// As dbt names it: `star`, `materialization_table_default`, `test_unique`.
    pub name: Arc<str>,
    pub kind: MacroKind,
    pub original_path: Arc<str>,
    pub file: Arc<SourceFile>,
    /// The whole block, from its opening tag to the end of its closing tag, and the opening tag's name.
    pub span: Span,
    /// `supported_languages` of a materialization.
    pub supported_languages: Option<Vec<String>>,
}

/// A config entry found without rendering.
#[derive(Debug, Clone)]
pub struct ScannedConfig {
    pub key: Arc<str>,
    pub value: Json,
    pub span: Span,
}

/// What a template says without being rendered.
#[derive(Debug, Clone, Default)]
pub struct Scan {
    /// In order of the source, duplicates kept.
    pub refs: Vec<(RefCall, Option<Span>)>,
    pub sources: Vec<((Arc<str>, Arc<str>), Option<Span>)>,
    /// One entry a keyword of each `config(...)` call, in order.
    pub config: Vec<ScannedConfig>,
    /// Unique ids of macros called from the template itself, in order of first call.
    pub macros: Vec<Arc<str>>,
    /// Something is dynamic: the lists above are not to be used, the template must be rendered.
    pub must_render: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockKind {
    Docs,
    Snapshot,
    Test,
    Macro,
    Materialization,
}

/// A top-level block of a file: `{% docs name %}…{% enddocs %}`, `{% snapshot name %}…`.
#[derive(Debug, Clone)]
pub struct BlockSource {
    pub kind: BlockKind,
    pub name: Arc<str>,
    /// Bytes of the whole block and of what stands between its tags.
    pub outer: (u32, u32),
    pub inner: (u32, u32),
}

/// A rendered template.
#[derive(Debug, Clone, Default)]
pub struct Rendered {
    pub text: String,
}

/// What a macro call gave: its returned value (none where it only rendered text) and its text.
#[derive(Debug, Clone)]
pub struct Called {
    pub returned: Option<Value>,
    pub text: String,
    /// What `store_result` kept, by name: `main` is a materialization's own statement.
    pub results: BTreeMap<String, Stored>,
}

/// A statement's result as `store_result` kept it.
#[derive(Debug, Clone, Default)]
pub struct Stored {
    /// The response as text, for example `OK`.
    pub message: String,
    pub adapter_response: Map<String, Json>,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Json>>,
}

/// All macros of a project, ready to render. `Send + Sync`; built once, shared by all threads.
pub struct Engine {}

impl Engine {
    /// Indexes the macros of all files; bodies are compiled when first used.
    ///
    /// # Errors
    /// Syntax errors and macros defined twice in one package, all together.
    pub fn build(
        _files: Vec<MacroFile>,
        _resolution: Resolution,
        _invocation: &Invocation,
    ) -> Result<Self, Diagnostics> {
        todo!()
    }

    /// Iterates over all macros in the order of packages, files and places.
    pub fn macros(&self) -> impl Iterator<Item = &Arc<MacroInfo>> {
        std::iter::empty()
    }

    /// Returns the macros that a macro calls by name (`depends_on.macros`), found in its source.
    pub fn macro_dependencies(&self, _macro: &MacroInfo) -> Vec<Arc<str>> {
        todo!()
    }

    /// Finds an unqualified macro as seen from a package: root project, that package, internal packages — in
    /// dbt's order; a `package.name` form is looked up in that package.
    pub fn find_macro(&self, _from_package: &str, _name: &str) -> Option<Arc<MacroInfo>> {
        todo!()
    }

    /// Finds the materialization macro for a node of a package: adapter-specific before default, project before
    /// packages before built-ins, as dbt does.
    pub fn find_materialization(&self, _from_package: &str, _name: &str) -> Option<Arc<MacroInfo>> {
        todo!()
    }

    /// Finds refs, sources, configs and macro calls without rendering, as seen from `package`.
    ///
    /// # Errors
    /// `N0301` with the place of a syntax error.
    pub fn scan(&self, _file: &Arc<SourceFile>, _package: &str) -> Result<Scan> {
        todo!()
    }

    /// Finds the top-level blocks of a file; text between them is ignored.
    pub fn blocks(&self, _file: &Arc<SourceFile>) -> Result<Vec<BlockSource>> {
        todo!()
    }

    /// Renders a stretch of a file (all of it where `range` is none) for a node.
    pub fn render(
        &self,
        _file: &Arc<SourceFile>,
        _range: Option<(u32, u32)>,
        _host: &Arc<dyn Host>,
    ) -> Result<Rendered> {
        todo!()
    }

    /// Renders a text that stands in no file: a hook, inline SQL.
    pub fn render_str(&self, _name: &str, _text: &str, _host: &Arc<dyn Host>) -> Result<Rendered> {
        todo!()
    }

    /// Renders a text natively, to a value.
    pub fn render_value(&self, _name: &str, _text: &str, _host: &Arc<dyn Host>) -> Result<Value> {
        todo!()
    }

    /// Calls a macro by unique id.
    pub fn call(
        &self,
        _unique_id: &str,
        _args: Vec<Value>,
        _kwargs: Vec<(String, Value)>,
        _host: &Arc<dyn Host>,
    ) -> Result<Called> {
        todo!()
    }

    /// Renders a generic test's call: `test_<name>(**kwargs)` as dbt does, with `model` already made a value.
    ///
    /// Returns the SQL.
    pub fn call_test(
        &self,
        unique_id: &str,
        kwargs: Vec<(String, Value)>,
        host: &Arc<dyn Host>,
    ) -> Result<String> {
        self.call(unique_id, Vec::new(), kwargs, host).map(|c| c.text)
    }

    /// Makes the value that templates see for a relation.
    pub fn relation(_relation: Relation) -> Value {
        todo!()
    }

    /// Returns the relation inside of a value that [`Engine::relation`] made.
    pub fn as_relation(_value: &Value) -> Option<Relation> {
        todo!()
    }

    /// Makes a value from JSON; lists and dictionaries are mutable as in Python.
    pub fn value(_json: &Json) -> Value {
        todo!()
    }

    /// Turns a value into JSON as dbt stores it in artifacts (relations as text, tuples as lists).
    pub fn json(_value: &Value) -> Json {
        todo!()
    }
}

/// Renders strings in YAML files, without macros: `env_var`, `var`, `target`, filters.
pub struct YamlRenderer {}

impl YamlRenderer {
    pub fn new(_invocation: &Invocation) -> Self {
        Self {}
    }
}

impl RenderYaml for YamlRenderer {
    fn render(
        &self,
        _text: &str,
        _span: Span,
        _vars: &Map<String, Json>,
        _target: Option<&Json>,
    ) -> Result<yaml::Value> {
        todo!()
    }
}
