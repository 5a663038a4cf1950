//! How a node ended, with all that `run_results.json` tells of it.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value as Json};

use super::batches::Stretch;
use crate::diagnostic::Diagnostic;
use crate::events::{Ran, Status};
use crate::manifest::{Node, NodeId};

/// A phase of a node's work: `compile` or `execute`.
#[derive(Debug, Clone)]
pub struct Timing {
    pub name: &'static str,
    pub started_at: DateTime<Utc>,
    pub completed_at: DateTime<Utc>,
}

/// The result of one node.
#[derive(Debug, Clone)]
pub struct NodeResult {
    pub node: Arc<Node>,
    pub status: Status,
    pub timing: Vec<Timing>,
    /// Name of the worker thread.
    pub thread: String,
    pub elapsed: Duration,
    pub message: Option<String>,
    /// Rows that failed a test.
    pub failures: Option<u64>,
    pub adapter_response: Map<String, Json>,
    /// The SQL, where the node was compiled.
    pub compiled_code: Option<String>,
    /// Where that SQL was written, as shown to people.
    pub compiled_at: Option<String>,
    /// The ephemeral models whose SQL was put into it: id and text.
    pub ctes: Vec<(NodeId, String)>,
    /// Macros that its template itself called while it was compiled.
    pub macros: Vec<Arc<str>>,
    pub diagnostic: Option<Box<Diagnostic>>,
    /// What became of the batches of a model that is built in batches.
    pub batches: Option<Batches>,
}

/// The batches that were built, and those that were not.
#[derive(Debug, Clone, Default)]
pub struct Batches {
    pub successful: Vec<Stretch>,
    pub failed: Vec<Stretch>,
}

impl NodeResult {
    /// Returns what logs for programs tell of the work.
    pub(super) fn ran(&self) -> Ran {
        let phase = |timing: &Timing| (timing.name, timing.started_at, timing.completed_at);
        Ran {
            thread: self.thread.clone(),
            timing: self.timing.iter().map(phase).collect(),
            adapter_response: self.adapter_response.clone(),
        }
    }

    /// Returns the result of a node that was not begun.
    pub fn skipped(node: &Arc<Node>, message: Option<String>) -> Self {
        Self {
            node: node.clone(),
            status: Status::Skipped,
            timing: Vec::new(),
            thread: std::thread::current().name().unwrap_or("MainThread").to_owned(),
            elapsed: Duration::ZERO,
            message,
            failures: None,
            adapter_response: Map::new(),
            compiled_code: None,
            compiled_at: None,
            ctes: Vec::new(),
            macros: Vec::new(),
            diagnostic: None,
            batches: None,
        }
    }
}

/// The end of a run.
#[derive(Debug, Default)]
pub struct Outcome {
    /// In the order in which nodes ended.
    pub results: Vec<NodeResult>,
    pub elapsed: Duration,
    pub interrupted: bool,
}

impl Outcome {
    /// Says whether any node or test failed.
    pub fn failed(&self) -> bool {
        let behind_error = |r: &NodeResult| r.status == Status::Skipped && r.diagnostic.is_some();
        self.results
            .iter()
            .any(|r| r.status.is_failure() || behind_error(r))
    }

    /// Counts the results by status, in order of first appearance.
    pub fn tally(&self) -> Vec<(Status, usize)> {
        let mut tally: Vec<(Status, usize)> = Vec::new();
        for result in &self.results {
            match tally.iter_mut().find(|(s, _)| *s == result.status) {
                Some((_, count)) => *count += 1,
                None => tally.push((result.status, 1)),
            }
        }
        tally
    }
}
