//! A node's SQL with refs, sources, vars and ephemeral parents resolved (`execute` is true).
//!
//! Takes a parsed node and gives a [`CompiledNode`]; writes nothing and runs nothing but what templates ask for.

mod batch;
mod context;
mod deferral;
mod ephemeral;
mod host;
mod node;
mod unit_test;

pub use batch::Batch;
pub use context::{Context, ContextOptions};
pub use deferral::{Deferral, Deferred};
pub use host::NodeHost;
pub use node::{CompiledNode, compile, compile_batch};
