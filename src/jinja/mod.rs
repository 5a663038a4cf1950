//! The dbt language on stock minijinja: templates in, text out.
//!
//! All that a template may ask of the world goes through the trait [`Host`]: the manifest's host records while it
//! parses (`execute` is false), the compiler's host resolves. This room alone uses minijinja's machinery.

mod engine;
mod host;

pub use engine::{
    BlockKind, BlockSource, Called, Engine, MacroFile, MacroInfo, MacroKind, Rendered, Resolution, Scan,
    ScannedConfig, Stored, YamlRenderer,
};
pub use host::{Host, RefCall};

pub use minijinja::Value;

/// Makes a list value.
pub fn list(_items: Vec<Value>) -> Value {
    todo!()
}

/// Makes a dictionary value.
pub fn dict(_entries: Vec<(String, Value)>) -> Value {
    todo!()
}
