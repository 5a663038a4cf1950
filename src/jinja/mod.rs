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
mod python;
mod render;
mod scan;
mod values;
mod yaml_render;
mod yaml_text;

#[cfg(test)]
mod tests;

pub use engine::{
    BlockKind, BlockSource, Called, Engine, MacroFile, MacroInfo, MacroKind, Rendered, Resolution, Scan,
    ScannedConfig,
};
pub use host::{Host, RefCall};
pub use yaml_render::YamlRenderer;

pub use minijinja::Value;
