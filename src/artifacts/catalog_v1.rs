//! `catalog.json`, schema version 1: the relations of nodes and sources as the database has them.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use chrono::{DateTime, SecondsFormat, Utc};
use indexmap::{IndexMap, IndexSet};
use serde_json::{Map, Value as Json, json};

use crate::diagnostic::Result;
use crate::fs;
use crate::invocation::Invocation;
use crate::manifest::{DBT_VERSION, Manifest, Node, NodeId, NodeKind};
use crate::run::CatalogRow;

const SCHEMA: &str = "https://schemas.getdbt.com/dbt/catalog/v1.json";

/// A relation's database, schema and name in lower case.
type Key = [String; 3];

/// Returns the artifact. `selected` limits it to some nodes and sources.
pub fn catalog(
    manifest: &Manifest,
    rows: &[CatalogRow],
    selected: Option<&IndexSet<NodeId>>,
    invocation: &Invocation,
) -> Json {
    let tables = tables(rows);
    let is_wanted = |id: &&NodeId| selected.is_none_or(|ids| ids.contains(*id));
    let find = |id: &NodeId, key: &Key| {
        let mut table = tables.get(key)?.clone();
        table.insert("unique_id".into(), id.as_str().into());
        Some((id.to_string(), Json::Object(table)))
    };
    // Of several nodes under one name the last one has the table, whether it builds it or not: as in dbt.
    let in_catalog = |node: &Node| !matches!(node.kind, NodeKind::UnitTest | NodeKind::Function);
    let nodes = manifest.nodes.iter().filter(|(_, node)| in_catalog(node));
    let by_key: IndexMap<Key, &NodeId> = nodes.map(|(id, node)| (node.relation.folded(), id)).collect();
    let nodes: Map<String, Json> = by_key
        .iter()
        .filter(|(_, id)| is_wanted(id))
        .filter_map(|(key, id)| find(id, key))
        .collect();
    let sources: Map<String, Json> = manifest
        .sources
        .iter()
        .filter(|(id, _)| is_wanted(id))
        .filter_map(|(id, source)| find(id, &source.relation.folded()))
        .collect();
    let time = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Micros, true);
    json!({
        "metadata": {
            "dbt_schema_version": SCHEMA,
            "dbt_version": DBT_VERSION,
            "generated_at": time(invocation.now()),
            "invocation_id": &*invocation.id,
            "invocation_started_at": time(invocation.started_at),
            "env": super::run_results_v6::carried(invocation),
        },
        "nodes": nodes,
        "sources": sources,
        "errors": null,
    })
}

/// Writes the artifact, whole or not at all.
///
/// # Errors
/// `N0101` where it cannot be written.
pub fn write(path: &Path, catalog: &Json) -> Result<()> {
    fs::write_atomic(path, catalog.to_string().as_bytes())
}

/// Puts the columns of each relation together.
fn tables(rows: &[CatalogRow]) -> HashMap<Key, Map<String, Json>> {
    let mut tables: HashMap<Key, Map<String, Json>> = HashMap::new();
    for row in rows {
        let part = |name: &str| row.get(name).and_then(Json::as_str).unwrap_or_default();
        let key = ["table_database", "table_schema", "table_name"].map(|name| part(name).to_lowercase());
        let table = tables.entry(key).or_insert_with(|| table(row));
        let column = part("column_name").to_owned();
        if let Some(Json::Object(columns)) = table.get_mut("columns") {
            let get = |name: &str| row.get(name).cloned().unwrap_or_default();
            columns.insert(
                column.clone(),
                json!({
                    "type": get("column_type"), "index": get("column_index"), "name": column,
                    "comment": get("column_comment"),
                }),
            );
        }
    }
    tables
}

/// Returns a relation without columns, with the statistics that the macro gives as `stats:size:value` and so on; with
/// `__` for the colons where the database takes none in names.
fn table(row: &CatalogRow) -> Map<String, Json> {
    let get = |name: &str| row.get(name).cloned().unwrap_or_default();
    let mut stats: BTreeMap<String, Map<String, Json>> = BTreeMap::new();
    for (name, value) in row {
        let parts = name
            .strip_prefix("stats:")
            .and_then(|rest| rest.split_once(':'))
            .or_else(|| {
                name.strip_prefix("stats__")
                    .and_then(|rest| rest.rsplit_once("__"))
            });
        if let Some((id, field)) = parts {
            let stat = stats.entry(id.to_owned()).or_default();
            stat.insert("id".into(), id.into());
            stat.insert(field.to_owned(), value.clone());
        }
    }
    stats.retain(|_, stat| stat.get("include").and_then(Json::as_bool) == Some(true));
    let has_stats = !stats.is_empty();
    let mut all: Map<String, Json> = stats
        .into_iter()
        .map(|(id, stat)| (id, Json::Object(stat)))
        .collect();
    all.insert(
        "has_stats".into(),
        json!({
            "id": "has_stats", "label": "Has Stats?", "value": has_stats, "include": false,
            "description": "Indicates whether there are statistics for this table",
        }),
    );
    let mut table = Map::new();
    table.insert(
        "metadata".into(),
        json!({
            "type": get("table_type"), "schema": get("table_schema"), "name": get("table_name"),
            "database": get("table_database"), "comment": get("table_comment"), "owner": get("table_owner"),
        }),
    );
    table.insert("columns".into(), json!({}));
    table.insert("stats".into(), Json::Object(all));
    table
}
