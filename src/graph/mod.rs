//! The DAG on petgraph: links, cycles, order of a run, and selection.
//!
//! Everything here is pure data over a parsed [`Manifest`](crate::manifest::Manifest): no file is read, no thread is
//! started. `run` takes a [`RunOrder`] and asks a [`Ready`] set what may start.

mod bits;
mod cycle;
mod dag;
mod order;
mod run_order;
pub mod select;
pub mod state;
#[cfg(test)]
mod testing;

pub use dag::{Graph, link};
pub use order::Ready;
pub use run_order::RunOrder;
