//! The kinds of node and what is known of each after parsing.

use std::fmt;
use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::{Map, Value as Json};

use super::{Config, UnitTest};
use crate::adapters::Relation;
use crate::diagnostic::{SourceFile, Span};
use crate::jinja::RefCall;

/// A unique id such as `model.shop.orders`. Cheap to clone.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub Arc<str>);

impl NodeId {
    pub fn new(id: impl Into<Arc<str>>) -> Self {
        Self(id.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::borrow::Borrow<str> for NodeId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NodeKind {
    Model,
    Seed,
    Snapshot,
    /// Generic or singular data test; see [`Node::test`].
    Test,
    Analysis,
    /// Rows given to a model's query beside the rows that it must give; see [`TestInfo::unit`].
    UnitTest,
    /// A function of the database, from `functions/`.
    Function,
    /// What stands outside and reads nodes: a dashboard, an application.
    Exposure,
    SemanticModel,
    Metric,
    SavedQuery,
    /// A hook of `on-run-start` or `on-run-end`.
    Operation,
    /// SQL given on the command line (`--inline`).
    SqlOperation,
}

impl NodeKind {
    pub(super) const ALL: [Self; 13] = [
        Self::Model,
        Self::Seed,
        Self::Snapshot,
        Self::Test,
        Self::Analysis,
        Self::UnitTest,
        Self::Function,
        Self::Exposure,
        Self::SemanticModel,
        Self::Metric,
        Self::SavedQuery,
        Self::Operation,
        Self::SqlOperation,
    ];

    /// Returns dbt's `resource_type`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Seed => "seed",
            Self::Snapshot => "snapshot",
            Self::Test => "test",
            Self::Analysis => "analysis",
            Self::UnitTest => "unit_test",
            Self::Function => "function",
            Self::Exposure => "exposure",
            Self::SemanticModel => "semantic_model",
            Self::Metric => "metric",
            Self::SavedQuery => "saved_query",
            Self::Operation => "operation",
            Self::SqlOperation => "sql_operation",
        }
    }

    /// Says whether the artifact holds it under `nodes`; the others have a section of their own.
    pub fn is_among_nodes(self) -> bool {
        !self.is_described() && !matches!(self, Self::UnitTest | Self::Function)
    }

    /// Says whether properties alone describe it: it has no SQL of its own.
    pub fn is_described(self) -> bool {
        matches!(
            self,
            Self::Exposure | Self::SemanticModel | Self::Metric | Self::SavedQuery
        )
    }

    /// Says whether `ref` can name it.
    pub fn is_refable(self) -> bool {
        matches!(self, Self::Model | Self::Seed | Self::Snapshot)
    }
}

/// A documented column.
#[derive(Debug, Clone, Default)]
pub struct ColumnInfo {
    pub name: Arc<str>,
    pub description: Arc<str>,
    pub data_type: Option<Arc<str>>,
    pub meta: Map<String, Json>,
    pub tags: Vec<Arc<str>>,
    pub quote: Option<bool>,
    pub constraints: Vec<Json>,
    /// The grain of a time spine's column: `day`.
    pub granularity: Option<Arc<str>>,
    /// Ids of the docs blocks that its description calls.
    pub doc_blocks: Vec<Arc<str>>,
    /// Keys that dbt has no meaning for, which the artifact keeps.
    pub others: Vec<(Arc<str>, Json)>,
}

/// What a generic test is made of.
#[derive(Debug, Clone)]
pub struct TestMetadata {
    /// `unique`.
    pub name: Arc<str>,
    /// Package of the test where one was written: `dbt_utils`.
    pub namespace: Option<Arc<str>>,
    /// All arguments as the artifact shows them, `model` as its Jinja text.
    pub kwargs: Map<String, Json>,
    /// The macro that renders it: `macro.dbt.test_unique`.
    pub macro_id: Arc<str>,
}

/// What is particular to a test node.
#[derive(Debug, Clone, Default)]
pub struct TestInfo {
    /// None for a singular test.
    pub metadata: Option<TestMetadata>,
    pub column_name: Option<Arc<str>>,
    /// The YAML key of the file's entry: `models.orders`.
    pub file_key_name: Option<Arc<str>>,
    /// The node that it tests.
    pub attached_node: Option<NodeId>,
    /// What a unit test is made of; none for other tests.
    pub unit: Option<Arc<UnitTest>>,
}

/// A hook of a node or of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Hook {
    pub sql: Arc<str>,
    pub transaction: bool,
    pub index: Option<usize>,
}

/// A node that can be compiled: model, seed, snapshot, test, analysis, operation.
#[derive(Debug, Clone)]
pub struct Node {
    pub id: NodeId,
    pub kind: NodeKind,
    pub name: Arc<str>,
    pub package: Arc<str>,
    /// Relative to its search path; for a generic test its file name (`unique_orders_id.sql`).
    pub path: Arc<str>,
    /// Relative to the package.
    pub original_path: Arc<str>,
    pub fqn: Vec<Arc<str>>,
    /// What it builds; for a node without relation (ephemeral, test) its parts still name where it would be.
    pub relation: Relation,
    pub alias: Arc<str>,
    /// The text to render, and its file. For a generic test the generated call; for a snapshot block its inside.
    pub raw_code: Arc<str>,
    pub file: Arc<SourceFile>,
    /// The stretch of `file` that is this node's template; none: all of it.
    pub range: Option<(u32, u32)>,
    /// Where the node is declared, for messages: its SQL file's start or its YAML entry.
    pub declared_at: Option<Span>,
    pub config: Arc<Config>,
    pub unrendered_config: Arc<Map<String, Json>>,
    /// Tags that selection sees: those of the configuration, and for a test those of its column.
    pub tags: Vec<Arc<str>>,
    pub description: Arc<str>,
    pub columns: Arc<IndexMap<Arc<str>, ColumnInfo>>,
    pub group: Option<Arc<str>>,
    pub access: Option<Arc<str>>,
    pub version: Option<Json>,
    pub latest_version: Option<Json>,
    /// `package://models/schema.yml` of its properties.
    pub patch_path: Option<Arc<str>>,
    /// Refs in order of first call, without duplicates.
    pub refs: Vec<RefCall>,
    pub sources: Vec<(Arc<str>, Arc<str>)>,
    /// Places of refs and sources in `file`, for errors: same order, where known.
    pub ref_spans: Vec<Option<Span>>,
    pub source_spans: Vec<Option<Span>>,
    pub depends_on_macros: Vec<Arc<str>>,
    /// Ids of nodes and sources it needs, in order, without duplicates.
    pub depends_on: Vec<NodeId>,
    /// Name and hex digest of its checksum: (`sha256`, …).
    pub checksum: (&'static str, Arc<str>),
    /// Seconds since 1970 at which it was parsed.
    pub created_at: f64,
    pub test: Option<Box<TestInfo>>,
    /// Further fields of the artifact that nothing here interprets (`constraints`, `docs`, `freshness`, …). Of a node
    /// that is described only: its own fields, in the artifact's order.
    pub extra: Map<String, Json>,
}

/// Says whether a file of models is written in Python.
pub(super) fn is_python(path: &str) -> bool {
    path.ends_with(".py")
}

impl Node {
    /// Says whether the node is a model in Python.
    pub fn is_python(&self) -> bool {
        self.kind == NodeKind::Model && is_python(&self.original_path)
    }

    /// Says whether the node is an ephemeral model.
    pub fn is_ephemeral(&self) -> bool {
        self.kind == NodeKind::Model && self.config.materialized() == "ephemeral"
    }

    /// Returns the name with the version, as unit tests of versioned models show it: `checks_v2`.
    pub fn versioned_name(&self) -> String {
        match &self.version {
            Some(Json::String(version)) => format!("{}_v{version}", self.name),
            Some(version) if !version.is_null() => format!("{}_v{version}", self.name),
            _ => self.name.to_string(),
        }
    }

    /// Returns where compiled and run SQL of the node goes below `target/compiled` and `target/run`.
    pub fn build_path(&self) -> String {
        match (&self.test, self.kind) {
            // dbt names the folder of the properties file twice.
            (_, NodeKind::UnitTest) => {
                let folder = self
                    .original_path
                    .rsplit_once('/')
                    .map_or("", |(folder, _)| folder);
                let name = self.versioned_name();
                format!("{}/{}/{folder}/{name}.sql", self.package, self.original_path)
            }
            (Some(test), _) if test.metadata.is_some() => {
                format!("{}/{}/{}", self.package, self.original_path, self.path)
            }
            // A snapshot written in YAML shares its file with other things.
            (_, NodeKind::Snapshot)
                if self.path.rsplit('/').next() != self.original_path.rsplit('/').next() =>
            {
                format!("{}/{}/{}", self.package, self.original_path, self.path)
            }
            (_, NodeKind::Operation) => format!("{}/{}/{}", self.package, self.original_path, self.path),
            _ => format!("{}/{}", self.package, self.original_path),
        }
    }
}

/// A table of a source.
#[derive(Debug, Clone)]
pub struct SourceNode {
    pub id: NodeId,
    pub source_name: Arc<str>,
    pub name: Arc<str>,
    pub package: Arc<str>,
    pub path: Arc<str>,
    pub original_path: Arc<str>,
    pub fqn: Vec<Arc<str>>,
    pub relation: Relation,
    pub identifier: Arc<str>,
    pub config: Arc<Config>,
    pub unrendered_config: Arc<Map<String, Json>>,
    pub description: Arc<str>,
    pub source_description: Arc<str>,
    pub columns: Arc<IndexMap<Arc<str>, ColumnInfo>>,
    pub declared_at: Option<Span>,
    pub tags: Vec<Arc<str>>,
    pub loader: Arc<str>,
    pub created_at: f64,
    /// Further fields of the artifact: `freshness`, `loaded_at_field`, `quoting`, `meta`, `source_meta`, ….
    pub extra: Map<String, Json>,
}

/// A docs block.
#[derive(Debug, Clone)]
pub struct Doc {
    pub unique_id: Arc<str>,
    pub package: Arc<str>,
    pub name: Arc<str>,
    pub path: Arc<str>,
    pub original_path: Arc<str>,
    pub contents: Arc<str>,
}
