//! What logs for programs tell of a node, in dbt's form.

use std::sync::Arc;

use serde_json::{Map, Value as Json, json};

use crate::adapters::Relation;
use crate::events::NodeDetails;
use crate::jinja::python_str;
use crate::manifest::{Manifest, Node, NodeKind, SourceNode};

pub(super) fn of_node(manifest: &Manifest, node: &Node) -> NodeDetails {
    let materialized = match node.kind {
        NodeKind::UnitTest => "",
        _ => node.config.materialized(),
    };
    let checksum = match node.kind {
        NodeKind::Test | NodeKind::UnitTest => "",
        _ => &*node.checksum.1,
    };
    let meta = node.config.values.get("meta").cloned();
    let info = json!({
        "materialized": materialized,
        "meta": meta.filter(Json::is_object).unwrap_or_else(|| json!({})),
        "node_checksum": checksum,
        "node_name": &*node.name,
        "node_path": &*node.path,
        "node_relation": node_relation(node),
        "resource_type": node.kind.word(),
        "unique_id": node.id.as_str(),
    });
    let attached = node.test.as_ref().and_then(|test| test.attached_node.as_ref());
    NodeDetails {
        info: object(info),
        group: node.group.as_deref().and_then(|name| group(manifest, node, name)),
        attached_node: attached.map(|id| Arc::from(id.as_str())),
        config: match node.kind {
            NodeKind::Snapshot => texts(&node.config.values),
            _ => Map::new(),
        },
    }
}

pub(super) fn of_source(source: &SourceNode) -> NodeDetails {
    let meta = source.config.values.get("meta").cloned();
    let info = json!({
        "materialized": "",
        "meta": meta.filter(Json::is_object).unwrap_or_else(|| json!({})),
        "node_checksum": "",
        "node_name": &*source.name,
        "node_path": &*source.path,
        "node_relation": relation(&source.relation, "", Some(source.relation.path())),
        "resource_type": "source",
        "unique_id": source.id.as_str(),
    });
    NodeDetails {
        info: object(info),
        ..NodeDetails::default()
    }
}

fn node_relation(node: &Node) -> Json {
    if node.kind == NodeKind::UnitTest {
        // Nothing but the schema of its model is known of it.
        let schema = node.relation.schema.as_deref().unwrap_or_default();
        return json!({ "alias": "", "database": "", "relation_name": "", "schema": schema });
    }
    let alias = if node.kind.is_described() {
        ""
    } else {
        &*node.alias
    };
    relation(&node.relation, alias, node.relation_name())
}

fn relation(relation: &Relation, alias: &str, name: Option<String>) -> Json {
    json!({
        "alias": alias,
        "database": relation.database.as_deref().unwrap_or_default(),
        "relation_name": name.unwrap_or_default(),
        "schema": relation.schema.as_deref().unwrap_or_default(),
    })
}

fn group(manifest: &Manifest, node: &Node, name: &str) -> Option<Json> {
    let found = manifest.groups.get(&format!("group.{}.{name}", node.package))?;
    let owner = found.get("owner").and_then(Json::as_object);
    Some(json!({
        "name": name,
        "package_name": &*node.package,
        "owner": owner.map(texts).unwrap_or_default(),
    }))
}

/// Writes each value as Python does; what is not set is left out.
fn texts(values: &Map<String, Json>) -> Map<String, Json> {
    let set = values.iter().filter(|(_, value)| !value.is_null());
    let text = |value: &Json| match value {
        Json::Object(map) => {
            let set = map.iter().filter(|(_, value)| !value.is_null());
            python_str(&Json::Object(
                set.map(|(key, value)| (key.clone(), value.clone())).collect(),
            ))
        }
        other => python_str(other),
    };
    set.map(|(key, value)| (key.clone(), Json::from(text(value))))
        .collect()
}

fn object(value: Json) -> Map<String, Json> {
    match value {
        Json::Object(map) => map,
        _ => Map::new(),
    }
}
