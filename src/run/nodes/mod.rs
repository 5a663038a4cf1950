//! What each kind of node does when it runs.

pub mod materialize;
pub mod operation;
pub mod show;
mod statement;
pub mod test;

use serde_json::{Map, Value as Json};

use crate::events::Status;

/// What running a node gave.
#[derive(Debug, Clone)]
pub struct Done {
    pub status: Status,
    /// The short word for the line, such as `OK` or `INSERT 3`.
    pub message: Option<String>,
    pub failures: Option<u64>,
    pub adapter_response: Map<String, Json>,
}
