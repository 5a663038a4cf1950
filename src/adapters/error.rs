//! What can go wrong with a database, with its kind and whether a retry may help.

use thiserror::Error;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    Auth,
    Missing,
    Denied,
    Syntax,
    Conflict,
    Network,
    Limit,
    Config,
    Cancelled,
    Unsupported,
    Other,
}

/// An error of a database or of its settings.
#[derive(Debug, Clone, Error)]
#[error("{message}")]
pub struct AdapterError {
    pub kind: ErrorKind,
    /// A retry of the same statement may succeed.
    pub temporary: bool,
    /// What the database said, whole.
    pub message: String,
    /// Line (from 1) and column (from 1) in the statement, where the database says it.
    pub position: Option<(u32, u32)>,
}

impl AdapterError {
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            temporary: false,
            message: message.into(),
            position: None,
        }
    }
}
