//! The trait through which a template reaches everything outside of itself.

use std::sync::Arc;

use super::Value;
use crate::adapters::Session;
use crate::diagnostic::{Code, Diagnostic, Result, SourceFile};
use crate::events::Level;

/// The arguments of a `ref` call.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RefCall {
    pub package: Option<Arc<str>>,
    pub name: Arc<str>,
    /// `v=` or `version=`, as text.
    pub version: Option<Arc<str>>,
    /// The version was given as a number: artifacts show it so.
    pub numeric: bool,
}

/// What a template may ask. One host serves one rendering at a time.
///
/// Errors carry no place: the engine adds the place of the call and the macro stack.
pub trait Host: Send + Sync {
    /// Says whether this is a real run (`execute` in templates) rather than parsing.
    fn execute(&self) -> bool;

    /// Returns the package of the node: its macros are found before built-in ones, its vars apply.
    fn package(&self) -> &str;

    /// Answers `ref(...)` with a relation value (see `Engine::relation`).
    fn reference(&self, call: &RefCall) -> Result<Value>;

    /// Answers `source(...)`.
    fn source(&self, source: &str, table: &str) -> Result<Value>;

    /// Answers `function(...)` with a relation value.
    ///
    /// # Errors
    /// Where there is no such function; by default always.
    fn function(&self, _package: Option<&str>, name: &str) -> Result<Value> {
        Err(Diagnostic::error(
            Code::UNKNOWN_REF,
            format!("a function named `{name}` was not found"),
        ))
    }

    /// Takes the keyword arguments of `config(...)`; keys in the form given (`pre_hook`).
    fn set_config(&self, entries: Vec<(Arc<str>, Value)>) -> Result<()>;

    /// Answers `config.get(key)`; none where unset.
    fn get_config(&self, key: &str) -> Option<Value>;

    /// Answers `var(name)` for the node's package; none where unset (then the default or an error applies).
    fn var(&self, name: &str) -> Option<Value>;

    /// Answers `env_var(name)`; none where unset.
    fn env_var(&self, name: &str) -> Option<String>;

    /// Answers `doc(...)`.
    fn doc(&self, package: Option<&str>, name: &str) -> Result<String>;

    /// Is told each macro call with its nesting: 0 is a call from the node's own template.
    fn macro_called(&self, unique_id: &Arc<str>, depth: usize);

    /// Returns what a call of a macro gives instead of what the macro would: what a unit test overrides.
    fn replaced_macro(&self, _unique_id: &str) -> Option<Value> {
        None
    }

    /// Returns any other name of the context: `this`, `model`, `graph`, `target`, `flags`, `pre_hooks`, `sql`,
    /// `results`, `selected_resources`, … None means the name is not defined here.
    fn member(&self, name: &str) -> Option<Value>;

    /// `log(...)`: debug unless `info=true`.
    fn log(&self, level: Level, message: &str);

    /// `print(...)`.
    fn print(&self, message: &str);

    /// `exceptions.warn(...)` and deprecations.
    ///
    /// # Errors
    /// The warning, where it is to be an error.
    fn warn(&self, warning: Diagnostic) -> Result<()>;

    /// Is told that the template looks at what is another thing at each call: the clock, the call's id or flags.
    fn varies(&self) {}

    /// Returns the database session; none while parsing.
    fn session(&self) -> Option<&Session>;

    /// Returns the file that the node is written in, and where in it the node begins.
    fn written_in(&self) -> Option<(Arc<SourceFile>, u32)> {
        None
    }

    /// `write(payload)`: keeps the text as the node's executed SQL under `target/run`.
    fn write(&self, payload: &str);
}
