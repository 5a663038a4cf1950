//! Runs a selection: scheduler, workers, and what each kind of node does.
//!
//! A node runs on a worker thread with a database session of its own. What a node does is written in macros
//! (materializations) that projects may override; this room calls them, keeps the order of the graph, skips what
//! stands behind a failure, and tells every step as an event.

mod batches;
mod catalog;
mod comment;
mod details;
mod execute;
mod freshness;
mod nodes;
mod permits;
mod result;
mod results;
mod seed_sample;
mod worker;

pub use batches::Stretch;
pub use catalog::{CatalogRow, catalog};
pub use comment::QueryComment;
pub use execute::{Action, RunOptions, execute};
pub use freshness::{Age, SourceFreshness, freshness, has_freshness};
pub use nodes::operation::run_macro;
pub use nodes::show::{Preview, preview};
pub use permits::Permits;
pub use result::{Batches, NodeResult, Outcome, Timing};
