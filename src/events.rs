//! What a run tells the world: the interface between those who work and those who report.
//!
//! Events carry plain data and no borrowed state, so any sink can keep them.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::diagnostic::{Diagnostic, Result};

/// How a node ended, in dbt's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Success,
    Pass,
    Warn,
    Fail,
    Error,
    Skipped,
    PartialSuccess,
    NoOp,
}

impl Status {
    /// Returns the word in `run_results.json`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Error => "error",
            Self::Skipped => "skipped",
            Self::PartialSuccess => "partial success",
            Self::NoOp => "no-op",
        }
    }

    /// Says whether the program must end with exit code 1.
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Fail | Self::Error | Self::PartialSuccess)
    }
}

/// Counts of a project, for the head of a run.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    /// Singular noun and number, in the order to show.
    pub resources: Vec<(String, usize)>,
}

/// A node as reports name it.
#[derive(Debug, Clone)]
pub struct NodeRef {
    pub unique_id: Arc<str>,
    pub name: Arc<str>,
    pub resource_type: &'static str,
    /// What is being built: `sql table model main.orders`, `test not_null_orders_id`.
    pub label: Arc<str>,
    pub path: Arc<str>,
    pub materialized: Arc<str>,
    /// `"db"."schema"."name"`, empty where it builds no relation.
    pub relation: Arc<str>,
    /// What logs for programs tell of it beside this.
    pub details: NodeDetails,
}

/// A node as logs for programs tell of it, in dbt's form.
#[derive(Debug, Clone, Default)]
pub struct NodeDetails {
    /// `node_info` without what changes in a run: status and times.
    pub info: serde_json::Map<String, serde_json::Value>,
    /// Name, package and owner of its group.
    pub group: Option<serde_json::Value>,
    /// The node that a generic test is attached to.
    pub attached_node: Option<Arc<str>>,
    /// The configuration of a snapshot, as texts.
    pub config: serde_json::Map<String, serde_json::Value>,
}

/// What was done for a node: its worker, the phases of its work, the database's answer.
#[derive(Debug, Clone, Default)]
pub struct Ran {
    /// `Thread-1 (worker)`.
    pub thread: String,
    /// Name, start and end of each phase.
    pub timing: Vec<(&'static str, DateTime<Utc>, DateTime<Utc>)>,
    pub adapter_response: serde_json::Map<String, serde_json::Value>,
}

/// The first rows of a seed as a table.
#[derive(Debug, Clone)]
pub struct SeedSample {
    /// `main.raw_orders`.
    pub relation: String,
    pub table: String,
}

#[derive(Debug, Clone)]
pub enum Event {
    /// The program starts: version.
    Started { version: &'static str },
    /// The target's kind of database is known: `duckdb`.
    AdapterRegistered { name: String },
    /// The project is parsed.
    Parsed { counts: Counts, elapsed: Duration },
    /// The run begins with so many nodes on so many threads, against a target.
    RunStarted {
        total: usize,
        threads: usize,
        target: String,
    },
    NodeStarted {
        index: usize,
        total: usize,
        node: Arc<NodeRef>,
    },
    /// A node ended. `message` is dbt's short result such as `OK` or `CREATE VIEW`, `failures` a test's count.
    NodeFinished {
        index: usize,
        total: usize,
        node: Arc<NodeRef>,
        status: Status,
        message: String,
        failures: Option<u64>,
        elapsed: Duration,
        /// Where its compiled SQL stands, if it was compiled.
        compiled: Option<String>,
        ran: Box<Ran>,
        diagnostic: Option<Box<Diagnostic>>,
    },
    /// A batch of a model begins, or ended: `batch 2024-02-29 of main.visits`.
    Batch {
        index: usize,
        total: usize,
        node: Arc<NodeRef>,
        description: String,
        /// How it ended: status, word, time; none at its beginning.
        ended: Option<(Status, String, Duration)>,
    },
    /// A statement leaves for the database; only sinks that [want it](Sink::wants_statements) are told.
    StatementSent {
        /// The node that it is for; empty where it is for none.
        connection: Arc<str>,
        /// The target's kind of database.
        adapter: &'static str,
        sql: String,
    },
    /// The database answered a statement.
    StatementAnswered {
        connection: Arc<str>,
        message: String,
        elapsed: Duration,
    },
    /// The run is over: how many ended how.
    RunFinished {
        tally: Vec<(Status, usize)>,
        elapsed: Duration,
        interrupted: bool,
        /// Rows of seeds, where they are to be shown.
        samples: Vec<SeedSample>,
    },
    /// A template or the program says something. Debug lines go to logs only.
    Log {
        level: Level,
        message: String,
        node: Option<Arc<str>>,
    },
    /// A template's `print()`: goes to standard output as it is.
    Print { message: String },
    /// What a command was asked to show, such as rows or SQL: goes to standard output as it is. `name` and `code` are
    /// those of dbt's event, `data` its fields.
    Shown {
        name: &'static str,
        code: &'static str,
        text: String,
        data: serde_json::Value,
    },
    /// The deprecations of the call, when it ends: name and code of dbt's event, how often.
    Deprecations {
        counts: Vec<(&'static str, &'static str, usize)>,
        /// Only the first of each kind was shown.
        more: bool,
    },
    /// A warning or error outside of a node.
    Diagnostic(Box<Diagnostic>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Debug,
    Info,
    Warn,
    Error,
}

/// Takes events from any thread.
pub trait Sink: Send + Sync {
    fn send(&self, event: Event);

    /// Says whether statements and their answers are to be told.
    fn wants_statements(&self) -> bool {
        false
    }

    /// Says what becomes of a warning that comes up, and counts it if it is a deprecation.
    fn judge(&self, _warning: &Diagnostic) -> Fate {
        Fate::Warning
    }
}

/// What becomes of a warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Error,
    Warning,
    Silence,
}

/// Tells a warning that comes up.
///
/// # Errors
/// The warning itself, where `--warn-error` or its options say so.
pub fn warn(sink: &dyn Sink, warning: Diagnostic) -> Result<()> {
    match sink.judge(&warning) {
        Fate::Error => return Err(warning.as_error()),
        Fate::Warning => sink.send(Event::Diagnostic(Box::new(warning))),
        Fate::Silence => {}
    }
    Ok(())
}

/// Drops everything: for parsing in tests and completion.
pub struct Silent;

impl Sink for Silent {
    fn send(&self, _event: Event) {}
}
