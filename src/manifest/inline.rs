//! Nodes that stand in no file: SQL given on the command line.

use std::sync::Arc;

use serde_json::Map;

use super::{Config, Manifest, Node, NodeId, NodeKind};
use crate::adapters::{Adapter, Relation};
use crate::diagnostic::{Result, SourceFile, Span};

/// Makes a node of SQL given with `--inline`. Its `ref` calls are answered when it is compiled.
///
/// # Errors
/// None today; the form leaves room for SQL that is refused.
pub fn inline_node(manifest: &Manifest, sql: &str, adapter: &dyn Adapter) -> Result<Arc<Node>> {
    let name: Arc<str> = "inline_query".into();
    let package = manifest.project_name.clone();
    let file = SourceFile::new("--inline", sql);
    let mut relation = Relation::new(Some(adapter.database()), Some(adapter.schema()), Some(&name));
    relation.belong_to(adapter.dialect());
    let empty: Arc<str> = "".into();
    Ok(Arc::new(Node {
        id: NodeId::new(format!("sql_operation.{package}.{name}")),
        kind: NodeKind::SqlOperation,
        path: "sql/inline_query".into(),
        original_path: "from remote system".into(),
        fqn: vec![package.clone(), "sql".into(), name.clone()],
        relation,
        alias: name.clone(),
        raw_code: sql.into(),
        declared_at: Some(Span::new(&file, 0, 0)),
        file,
        range: None,
        config: Arc::new(Config::defaults(NodeKind::SqlOperation)),
        unrendered_config: Arc::default(),
        tags: Vec::new(),
        description: empty.clone(),
        columns: Arc::default(),
        group: None,
        access: None,
        version: None,
        latest_version: None,
        patch_path: None,
        refs: Vec::new(),
        sources: Vec::new(),
        ref_spans: Vec::new(),
        source_spans: Vec::new(),
        depends_on_macros: Vec::new(),
        depends_on: Vec::new(),
        checksum: ("none", empty),
        created_at: 0.0,
        test: None,
        extra: Map::new(),
        name,
        package,
    }))
}
