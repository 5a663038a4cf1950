//! What each kind of node does when it runs.

pub mod clone;
pub mod materialize;
pub mod microbatch;
pub mod operation;
pub mod show;
mod statement;
mod table_diff;
pub mod test;
pub mod unit_test;

use serde_json::{Map, Value as Json};

use super::result::Batches;
use crate::diagnostic::Diagnostic;
use crate::events::Status;

/// What running a node gave.
#[derive(Debug, Clone)]
pub struct Done {
    pub status: Status,
    /// The short word for the line, such as `OK` or `INSERT 3`.
    pub message: Option<String>,
    pub failures: Option<u64>,
    pub adapter_response: Map<String, Json>,
    /// Of a model that is built in batches.
    pub batches: Option<Batches>,
    /// Why it failed, where the failure is part of what was done.
    pub diagnostic: Option<Box<Diagnostic>>,
}
