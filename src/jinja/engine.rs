//! The engine: macros of all packages, static extraction, and rendering.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;

use minijinja::value::Kwargs;

use super::errors::{self, Place};
pub(crate) use super::host::RefCall;
use super::index::Index;
use super::render::{self, PRELUDE, Root, Shared};
use super::values::{RelationValue, first_beyond_64_bits, from_json, to_json};
use super::{Host, Value, blocks, context, lower, scan};
use crate::adapters::Relation;
use crate::diagnostic::{Diagnostics, Result, SourceFile, Span};
use crate::invocation::Invocation;

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
    /// `quoting:` of the root project, as far as it says something.
    pub quoting: BTreeMap<String, bool>,
    /// A package's materialization takes the place of a built-in one of that name.
    pub packages_override_built_ins: bool,
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

/// The source and the table of a `source` call.
pub type SourceCall = (Arc<str>, Arc<str>);

/// What a template says without being rendered.
#[derive(Debug, Clone, Default)]
pub struct Scan {
    /// In order of the source, duplicates kept.
    pub refs: Vec<(RefCall, Option<Span>)>,
    pub sources: Vec<(SourceCall, Option<Span>)>,
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
    /// What `store_result` kept, by name: a dictionary of `response`, `data` and `table`.
    pub results: BTreeMap<String, Value>,
}

/// All macros of a project, ready to render. `Send + Sync`; built once, shared by all threads.
#[derive(Debug)]
pub struct Engine {
    shared: Arc<Shared>,
    infos: Vec<Arc<MacroInfo>>,
}

impl Engine {
    /// Indexes the macros of all files; bodies are compiled when first used.
    ///
    /// # Errors
    /// Syntax errors and macros defined twice in one package, all together.
    pub fn build(
        files: Vec<MacroFile>,
        resolution: Resolution,
        invocation: &Invocation,
    ) -> Result<Self, Diagnostics> {
        let index = Arc::new(Index::build(&files, resolution)?);
        let infos = index.entries.iter().map(|e| e.info.clone()).collect();
        let env = render::environment(&index);
        Ok(Self {
            shared: Arc::new(Shared {
                index,
                env,
                facts: context::Constants::of(invocation),
            }),
            infos,
        })
    }

    fn index(&self) -> &Index {
        &self.shared.index
    }

    fn info(&self, entry: usize) -> Arc<MacroInfo> {
        self.infos[entry].clone()
    }

    /// Iterates over all macros in the order of packages, files and places.
    pub fn macros(&self) -> impl Iterator<Item = &Arc<MacroInfo>> {
        self.infos.iter()
    }

    /// Returns a macro by its unique id.
    pub fn macro_by_id(&self, unique_id: &str) -> Option<Arc<MacroInfo>> {
        self.index().by_id(unique_id).map(|entry| self.info(entry))
    }

    /// Returns the macros that a macro calls by name (`depends_on.macros`), found in its source.
    pub fn macro_dependencies(&self, info: &MacroInfo) -> Vec<Arc<str>> {
        match self.index().by_id(&info.unique_id) {
            Some(entry) => scan::dependencies(self.index(), entry),
            None => Vec::new(),
        }
    }

    /// Says whether a macro, or one that it may come to call, refs or configures.
    pub fn records(&self, unique_id: &str) -> bool {
        self.index()
            .by_id(unique_id)
            .is_some_and(|entry| super::reach::records(self.index(), entry))
    }

    /// Returns the names of a macro's parameters, for properties files and `run-operation`.
    ///
    /// # Errors
    /// `N0301` where the macro does not parse.
    pub fn parameters(&self, info: &MacroInfo) -> Result<Vec<Arc<str>>> {
        match self.index().by_id(&info.unique_id) {
            Some(entry) => Ok(self.index().entries[entry].lowered()?.params.clone()),
            None => Ok(Vec::new()),
        }
    }

    /// Says whether a macro takes keyword arguments of any name.
    ///
    /// # Errors
    /// `N0301` where the macro does not parse.
    pub fn takes_any_keyword(&self, info: &MacroInfo) -> Result<bool> {
        match self.index().by_id(&info.unique_id) {
            Some(entry) => Ok(self.index().entries[entry].lowered()?.kwargs),
            None => Ok(true),
        }
    }

    /// Finds a macro as seen from a package: that package itself, the root, internal packages — in dbt's order; a
    /// `package.name` form is looked up in that package.
    pub fn find_macro(&self, from_package: &str, name: &str) -> Option<Arc<MacroInfo>> {
        use super::index::Found;
        let entry = match name.split_once('.') {
            Some((package, name)) => self.index().qualified(package, name)?,
            None => match self.index().resolve(from_package, name)? {
                Found::Macro(entry) => entry,
                Found::Package(_) => return None,
            },
        };
        Some(self.info(entry))
    }

    /// Finds a macro of any package by its name alone: of that package first, then the root, then others.
    pub fn macro_of_any_package(&self, from_package: &str, name: &str) -> Option<Arc<MacroInfo>> {
        self.index()
            .local(from_package, name)
            .map(|entry| self.info(entry))
    }

    /// Finds the materialization macro for a node of a package: adapter-specific before default; within each the
    /// root's before packages' before built-ins. A package takes a built-in's place only where the project lets it.
    pub fn find_materialization(&self, from_package: &str, name: &str) -> Option<Arc<MacroInfo>> {
        self.index()
            .materialization(from_package, name)
            .map(|entry| self.info(entry))
    }

    /// Says whether a materialization that was found under a name is a package's in place of a built-in one.
    pub fn replaces_built_in(&self, found: &MacroInfo, name: &str) -> bool {
        let index = self.index();
        !index.is_internal(&found.package)
            && found.package != index.resolution.root_package
            && index.has_built_in_materialization(name)
    }

    /// Finds refs, sources, configs and macro calls without rendering, as seen from `package`.
    ///
    /// # Errors
    /// `N0301` with the place of a syntax error.
    pub fn scan(&self, file: &Arc<SourceFile>, package: &str) -> Result<Scan> {
        self.scan_range(file, None, package)
    }

    /// Scans a stretch of a file, such as a snapshot's inside.
    ///
    /// # Errors
    /// `N0301` with the place of a syntax error.
    pub fn scan_range(
        &self,
        file: &Arc<SourceFile>,
        range: Option<(u32, u32)>,
        package: &str,
    ) -> Result<Scan> {
        scan::scan(self.index(), file, whole(file, range), package)
    }

    /// Finds the top-level blocks of a file; text between them is ignored.
    ///
    /// # Errors
    /// `N0301` where a block is never closed.
    pub fn blocks(&self, file: &Arc<SourceFile>) -> Result<Vec<BlockSource>> {
        let found = blocks::find(file.text()).map_err(|fault| errors::of_fault(&fault, file, 0))?;
        Ok(found.into_iter().map(|b| b.source).collect())
    }

    /// Renders a stretch of a file (all of it where `range` is none) for a node.
    ///
    /// # Errors
    /// Whatever the template or a macro it calls fails with, at the innermost place, with the macro calls.
    pub fn render(
        &self,
        file: &Arc<SourceFile>,
        range: Option<(u32, u32)>,
        host: &Arc<dyn Host>,
    ) -> Result<Rendered> {
        let (start, end) = whole(file, range);
        let source = &file.text()[start as usize..end as usize];
        // A text without tags stays as it is, its last newline included, as in dbt.
        if !["{{", "{%", "{#"].iter().any(|mark| source.contains(mark)) {
            return Ok(Rendered {
                text: source.to_owned(),
            });
        }
        let lowered = lower::lower(source, PRELUDE).map_err(|fault| errors::of_fault(&fault, file, start))?;
        let place = Place {
            file,
            base: start,
            map: &lowered.map,
        };
        let failed = |e: minijinja::Error| errors::diagnose(&e, Some(&place), self.index(), host.package());
        let root = Root::new(&self.shared, host);
        let template = self
            .shared
            .env
            .template_from_named_str("t", &lowered.text)
            .map_err(failed)?;
        let text = template.render(Value::from_dyn_object(root)).map_err(failed)?;
        Ok(Rendered { text })
    }

    /// Renders a text that stands in no file, such as a hook; `name` is shown in errors.
    ///
    /// # Errors
    /// As [`Engine::render`].
    pub fn render_str(&self, name: &str, text: &str, host: &Arc<dyn Host>) -> Result<String> {
        let file = SourceFile::new(name, text);
        self.render(&file, None, host).map(|r| r.text)
    }

    /// Calls a macro by unique id.
    ///
    /// # Errors
    /// As [`Engine::render`]; an unknown id is `N0302`.
    pub fn call(
        &self,
        unique_id: &str,
        args: Vec<Value>,
        kwargs: Vec<(String, Value)>,
        host: &Arc<dyn Host>,
    ) -> Result<Called> {
        let Some(entry) = self.index().by_id(unique_id) else {
            return Err(errors::unknown_name(unique_id, self.index(), host.package()));
        };
        let failed = |e: minijinja::Error| errors::diagnose(&e, None, self.index(), host.package());
        let root = Root::new(&self.shared, host);
        let mut captured = self
            .shared
            .env
            .get_template("prelude")
            .and_then(|t| t.render_captured(Value::from_dyn_object(root.clone())))
            .map_err(failed)?;
        let mut values = args;
        if !kwargs.is_empty() {
            values.push(Value::from(Kwargs::from_iter(kwargs)));
        }
        let mut called = captured
            .with_state_mut(|state| render::invoke(&root, entry, state, &values))
            .map_err(failed)?;
        let mut results = render::lock(&root.results);
        called.results = std::mem::take(&mut *results)
            .into_iter()
            .filter_map(|(name, kept)| Some((name, kept?)))
            .collect();
        Ok(called)
    }

    /// Renders a text natively, as dbt does the arguments of tests: one expression keeps its value, other text is
    /// read as a Python literal where it is one.
    ///
    /// # Errors
    /// As [`Engine::render`].
    pub fn render_value(&self, name: &str, text: &str, host: &Arc<dyn Host>) -> Result<Value> {
        // A text is a literal only where a filter asks for it; `'1'` stays two quotes and a digit.
        let literal_of = |text: String| match super::python::literal::read(&text, false) {
            Some(json) => super::values::from_json(&json),
            None => Value::from(text),
        };
        if !["{{", "{%", "{#"].iter().any(|mark| text.contains(mark)) {
            return Ok(Value::from(text));
        }
        let file = SourceFile::new(name, text);
        let tokens = lower::tokenize(text).map_err(|fault| errors::of_fault(&fault, &file, 0))?;
        let count = tokens
            .iter()
            .filter(|t| t.kind == lower::Kind::VariableStart)
            .count();
        let alone = count == 1 && text.starts_with("{{") && text.ends_with("}}");
        if !alone {
            return self.render_str(name, text, host).map(Value::from);
        }
        let inner = text[2..text.len() - 2].trim_matches(['-', '+', ' ']);
        let wrapped = format!("{{% set native_value = {inner} %}}");
        let lowered = lower::lower(&wrapped, PRELUDE).map_err(|fault| errors::of_fault(&fault, &file, 0))?;
        let place = Place {
            file: &file,
            base: 0,
            map: &lowered.map,
        };
        let failed = |e: minijinja::Error| errors::diagnose(&e, Some(&place), self.index(), host.package());
        let root = Root::new(&self.shared, host);
        let template = self
            .shared
            .env
            .template_from_named_str("t", &lowered.text)
            .map_err(failed)?;
        let captured = template
            .render_captured(Value::from_dyn_object(root))
            .map_err(failed)?;
        let value = captured.state().lookup("native_value").unwrap_or_default();
        Ok(match value.as_str() {
            Some(text)
                if ["as_native", "as_number", "as_bool"]
                    .iter()
                    .any(|filter| inner.ends_with(filter)) =>
            {
                literal_of(text.to_owned())
            }
            _ => value,
        })
    }

    /// Renders a generic test's call: `test_<name>(**kwargs)` as dbt does, with `model` already made a value.
    ///
    /// Returns the SQL.
    ///
    /// # Errors
    /// As [`Engine::call`].
    pub fn call_test(
        &self,
        unique_id: &str,
        kwargs: Vec<(String, Value)>,
        host: &Arc<dyn Host>,
    ) -> Result<String> {
        self.call(unique_id, Vec::new(), kwargs, host)
            .map(|called| match called.returned {
                Some(value) => super::python::str_of(&value),
                None => called.text,
            })
    }

    /// Makes the value that templates see for a relation.
    pub fn relation(relation: Relation) -> Value {
        RelationValue::value(relation)
    }

    /// Returns the relation inside of a value that [`Engine::relation`] made.
    pub fn as_relation(value: &Value) -> Option<Relation> {
        RelationValue::get(value).cloned()
    }

    /// Makes a value from JSON; lists and dictionaries are mutable as in Python.
    pub fn value(json: &Json) -> Value {
        from_json(json)
    }

    /// Returns a time as templates see it: Python's `datetime` with UTC as its zone.
    pub fn datetime(at: chrono::DateTime<chrono::Utc>) -> Value {
        super::values::datetime::utc(at)
    }

    /// Says whether a package is one of those that nexus brings along.
    pub fn is_internal(&self, package: &str) -> bool {
        self.index().is_internal(package)
    }

    /// Turns a value into JSON as dbt stores it in artifacts (relations as text, tuples as lists).
    pub fn json(value: &Value) -> Json {
        to_json(value)
    }

    /// Returns the first whole number within a value that JSON would not hold.
    pub fn first_beyond_64_bits(value: &Value) -> Option<i128> {
        first_beyond_64_bits(value)
    }

    /// Returns the text that a value has in a template.
    pub fn text(value: &Value) -> String {
        super::python::str_of(value)
    }
}

fn whole(file: &Arc<SourceFile>, range: Option<(u32, u32)>) -> (u32, u32) {
    range.unwrap_or((0, lower::offset(file.text().len())))
}
