//! The DAG on petgraph: links, order, cycles, and selection.

mod dag;
pub mod select;

pub use dag::{Graph, Ready, RunOrder, link};
