//! A file of a package, with what it is and where it stands.

use std::path::PathBuf;
use std::sync::Arc;

use crate::diagnostic::SourceFile;

/// What a file holds, by the path setting under which it was found and its ending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ResourceKind {
    /// `.sql` under `macro-paths`, and generic tests (`tests/generic`).
    Macro,
    /// `.sql` under `model-paths`.
    Model,
    /// `.csv` under `seed-paths`. The text is not read: the file is hashed and loaded when it runs.
    Seed,
    /// `.sql` under `snapshot-paths`.
    Snapshot,
    /// `.sql` under `test-paths`, not below `generic`.
    SingularTest,
    /// `.sql` under `analysis-paths`.
    Analysis,
    /// `.yml` or `.yaml` under any path setting.
    Properties,
    /// `.md` under `docs-paths` (by default every path setting).
    Docs,
    /// `.csv` or `.sql` under `tests/fixtures`.
    Fixture,
}

/// A file of a package.
#[derive(Debug, Clone)]
pub struct ResourceFile {
    pub kind: ResourceKind,
    /// The path setting it was found under, relative to the package: `models`.
    pub search_path: Arc<str>,
    /// Relative to the search path, forward slashes: `staging/orders.sql` (dbt's `path`).
    pub path: Arc<str>,
    /// Relative to the package: `models/staging/orders.sql` (dbt's `original_file_path`).
    pub original_path: Arc<str>,
    /// Absolute; for an embedded file the same as `original_path`.
    pub absolute: PathBuf,
    /// The text; empty for a seed. Its shown path is relative to the root project.
    pub file: Arc<SourceFile>,
}
