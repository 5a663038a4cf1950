//! The dbt language on stock minijinja: templates in, text out.
//!
//! All that a template may ask of the world goes through the trait [`Host`]: the manifest's host records while it
//! parses (`execute` is false), the compiler's host resolves. This room alone uses minijinja's machinery.
//!
//! A template goes through `lower` (its tokens are walked once: syntax is checked and Python's meaning is written
//! out as calls), is rendered by minijinja in `render`, and asks `context` for every name it does not define.
//! `index` finds macros by name; `scan` reads what a template says without rendering it.

mod args;
mod blocks;
mod checks;
mod context;
mod engine;
mod errors;
mod filters;
mod host;
mod index;
mod lower;
mod misfit;
mod python;
mod reach;
mod render;
mod scan;
mod values;
mod where_filter;
mod yaml_render;
mod yaml_scalar;
mod yaml_text;

#[cfg(test)]
mod tests;

pub use blocks::stray_tags;
pub use context::DBT_VERSION;
pub(crate) use context::seed_table;
pub use engine::{
    BlockKind, BlockSource, Called, Engine, MacroFile, MacroInfo, MacroKind, Rendered, Resolution, Scan,
    ScannedConfig, SourceCall,
};
pub use host::{Host, RefCall};
pub use where_filter::{Item, ItemKind, Location, item_of, items_of};
pub use yaml_render::YamlRenderer;

use std::sync::Arc;

pub use minijinja::Value;

/// Makes a list as templates see it: it can be changed in place.
pub fn list(items: Vec<Value>) -> Value {
    values::List::value(items)
}

/// Makes a tuple.
pub fn tuple(items: Vec<Value>) -> Value {
    python::tuple(items)
}

/// Returns a dictionary that calls `told` whenever a template looks into it.
pub fn watched(dictionary: Value, told: Arc<dyn Fn() + Send + Sync>) -> Value {
    values::Watched::value(dictionary, told)
}

/// Makes a dictionary as templates see it: it can be changed in place.
pub fn dict(entries: Vec<(String, Value)>) -> Value {
    values::Dict::of(entries)
}

/// Returns the moment that a value of a query is; without a time zone it counts as UTC. None for what is no timestamp.
pub fn instant(value: &Value) -> Option<chrono::DateTime<chrono::Utc>> {
    values::datetime::Moment::of(value)?.instant()
}

/// Makes an object of a class as templates see it: a dictionary that can be asked for `to_dict()`.
pub fn record(class: &'static str, entries: Vec<(String, Value)>) -> Value {
    values::Dict::of_class(class, entries)
}

/// Makes a moment as templates see it, in UTC and without a time zone.
pub fn moment(at: chrono::DateTime<chrono::Utc>) -> Value {
    values::datetime::Moment::DateTime(at.naive_utc(), None).value()
}

/// Writes a JSON value as Python's `str` does.
pub fn python_str(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        other => python_repr(other),
    }
}

/// Writes a JSON value as Python's `repr` does.
pub fn python_repr(value: &serde_json::Value) -> String {
    let mut out = String::new();
    python::write_json(value, &mut out, 0);
    out
}

/// Reads a literal of Python; none where the text is anything else.
pub fn python_literal(text: &str) -> Option<serde_json::Value> {
    python::literal::read(text, false)
}

/// Writes a text as Python's `repr` does.
pub fn python_quoted(text: &str, out: &mut String) {
    python::write_quoted(text, out);
}
