//! Nodes in the form of `manifest.json` version 12, which templates see as `model` and `graph`.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Value as Json, json};

use super::{ColumnInfo, Manifest, Node, NodeKind, SourceNode};
use crate::jinja::RefCall;

impl Serialize for ColumnInfo {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &self.name)?;
        map.serialize_entry("description", &self.description)?;
        map.serialize_entry("meta", &self.meta)?;
        map.serialize_entry("data_type", &self.data_type)?;
        map.serialize_entry("constraints", &self.constraints)?;
        map.serialize_entry("quote", &self.quote)?;
        map.serialize_entry("config", &json!({ "meta": self.meta, "tags": self.tags }))?;
        map.serialize_entry("tags", &self.tags)?;
        map.serialize_entry("granularity", &self.granularity)?;
        map.serialize_entry("doc_blocks", &self.doc_blocks)?;
        for (key, value) in &self.others {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

/// What compiling a node gave, for the artifact.
#[derive(Debug, Clone, Default)]
pub struct CompiledView {
    pub code: String,
    /// `target/compiled/…` as shown; empty where nothing was written.
    pub path: String,
    /// Macros that the template itself called while it was compiled, in order.
    pub macros: Vec<std::sync::Arc<str>>,
    /// Ephemeral models put in: id and text.
    pub ctes: Vec<(super::NodeId, String)>,
}

/// A node with what compiling gave, as the artifact has it.
pub struct NodeView<'a> {
    pub node: &'a Node,
    pub compiled: Option<&'a CompiledView>,
}

impl Serialize for NodeView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.node.test {
            Some(test) if test.unit.is_some() => self.node.serialize(serializer),
            None if self.node.kind.is_described() => self.node.serialize(serializer),
            _ => self.node.write(serializer, self.compiled),
        }
    }
}

/// A `ref` call as the artifact has it.
struct Ref<'a>(&'a RefCall);

impl Serialize for Ref<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("name", &self.0.name)?;
        map.serialize_entry("package", &self.0.package)?;
        // A number stays one: `ref('x', v=1)` is not `ref('x', v='1')` in the artifact.
        let number: Option<serde_json::Number> = self
            .0
            .version
            .as_deref()
            .filter(|_| self.0.numeric)
            .and_then(|v| v.parse().ok());
        match number {
            Some(number) => map.serialize_entry("version", &number)?,
            None => map.serialize_entry("version", &self.0.version)?,
        }
        map.end()
    }
}

struct DependsOn<'a>(&'a Node, Option<&'a CompiledView>);

impl Serialize for DependsOn<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        // What only compiling calls is added at the end, as dbt does.
        let parsed = &self.0.depends_on_macros;
        let compiled = self.1.map(|c| c.macros.as_slice()).unwrap_or_default();
        let macros: Vec<&str> = parsed
            .iter()
            .chain(compiled.iter().filter(|m| !parsed.contains(m)))
            .map(|m| &**m)
            .collect();
        map.serialize_entry("macros", &macros)?;
        if self.0.kind != NodeKind::Seed {
            let nodes: Vec<&str> = self.0.depends_on.iter().map(super::NodeId::as_str).collect();
            map.serialize_entry("nodes", &nodes)?;
        }
        map.end()
    }
}

struct Metadata<'a>(&'a super::TestMetadata);

impl Serialize for Metadata<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("name", &self.0.name)?;
        map.serialize_entry("kwargs", &self.0.kwargs)?;
        map.serialize_entry("namespace", &self.0.namespace)?;
        map.end()
    }
}

impl Node {
    /// Returns the relation's name as artifacts show it; none where the node builds nothing.
    pub fn relation_name(&self) -> Option<String> {
        let builds = match self.kind {
            NodeKind::Model => !self.is_ephemeral(),
            NodeKind::Seed | NodeKind::Snapshot => true,
            NodeKind::Test => self.config.bool("store_failures") == Some(true),
            _ => false,
        };
        builds.then(|| self.relation.path())
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Some(unit) = self.test.as_ref().and_then(|t| t.unit.as_ref()) {
            return unit.write(self, serializer);
        }
        if self.kind.is_described() {
            return self.write_described(serializer);
        }
        self.write(serializer, None)
    }
}

impl Node {
    fn write<S: Serializer>(
        &self,
        serializer: S,
        compiled: Option<&CompiledView>,
    ) -> Result<S::Ok, S::Error> {
        let null = None::<()>;
        let config = &self.config.values;
        let is_seed = self.kind == NodeKind::Seed;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("database", &self.relation.database)?;
        map.serialize_entry("schema", &self.relation.schema)?;
        map.serialize_entry("name", &self.name)?;
        map.serialize_entry("resource_type", self.kind.word())?;
        map.serialize_entry("package_name", &self.package)?;
        map.serialize_entry("path", &self.path)?;
        map.serialize_entry("original_file_path", &self.original_path)?;
        map.serialize_entry("unique_id", self.id.as_str())?;
        map.serialize_entry("fqn", &self.fqn)?;
        map.serialize_entry("alias", &self.alias)?;
        let (name, checksum) = &self.checksum;
        map.serialize_entry("checksum", &Checksum { name, checksum })?;
        map.serialize_entry("config", config)?;
        map.serialize_entry("tags", &self.tags)?;
        map.serialize_entry("description", &self.description)?;
        map.serialize_entry("columns", &*self.columns)?;
        map.serialize_entry("meta", config.get("meta").unwrap_or(&Json::Null))?;
        map.serialize_entry("group", &self.group)?;
        match config.get("docs") {
            Some(docs) => map.serialize_entry("docs", docs)?,
            None => map.serialize_entry("docs", &DOCS)?,
        }
        map.serialize_entry("patch_path", &self.patch_path)?;
        map.serialize_entry("build_path", &null)?;
        map.serialize_entry("unrendered_config", &*self.unrendered_config)?;
        map.serialize_entry("created_at", &self.created_at)?;
        map.serialize_entry("relation_name", &self.relation_name())?;
        map.serialize_entry("raw_code", &self.raw_code)?;
        map.serialize_entry("doc_blocks", self.extra.get("doc_blocks").unwrap_or(&json!([])))?;
        if is_seed {
            map.serialize_entry("root_path", &self.extra.get("root_path"))?;
            map.serialize_entry("depends_on", &DependsOn(self, compiled))?;
            return map.end();
        }
        map.serialize_entry("language", if self.is_python() { "python" } else { "sql" })?;
        map.serialize_entry("refs", &self.refs.iter().map(Ref).collect::<Vec<_>>())?;
        map.serialize_entry("sources", &self.sources)?;
        map.serialize_entry("metrics", &[(); 0])?;
        let no_functions = json!([]);
        map.serialize_entry("functions", self.extra.get("functions").unwrap_or(&no_functions))?;
        map.serialize_entry("depends_on", &DependsOn(self, compiled))?;
        let path = compiled.map(|c| c.path.as_str()).filter(|p| !p.is_empty());
        map.serialize_entry("compiled_path", &path)?;
        if let Some(compiled) = compiled {
            map.serialize_entry("compiled", &true)?;
            map.serialize_entry("compiled_code", &compiled.code)?;
            map.serialize_entry("extra_ctes_injected", &true)?;
            let ctes: Vec<Json> = compiled
                .ctes
                .iter()
                .map(|(id, sql)| json!({ "id": id.as_str(), "sql": sql }))
                .collect();
            map.serialize_entry("extra_ctes", &ctes)?;
        }
        map.serialize_entry("contract", &self.contract())?;
        self.of_kind(&mut map)?;
        map.end()
    }
}

/// What documentation shows of a node that says nothing about it.
#[derive(serde::Serialize)]
struct Docs {
    show: bool,
    node_color: (),
}

const DOCS: Docs = Docs {
    show: true,
    node_color: (),
};

#[derive(serde::Serialize)]
struct Contract {
    enforced: bool,
    alias_types: bool,
    checksum: Option<String>,
}

#[derive(serde::Serialize)]
struct Checksum<'a> {
    name: &'a str,
    checksum: &'a str,
}

impl Node {
    fn contract(&self) -> Contract {
        let config = self.config.get("contract");
        let part = |key: &str, otherwise: bool| {
            config
                .and_then(|c| c.get(key))
                .and_then(Json::as_bool)
                .unwrap_or(otherwise)
        };
        let enforced = part("enforced", false);
        let checksum = (enforced && self.kind == NodeKind::Model).then(|| {
            super::constraints::checksum(
                self.columns.values(),
                self.config.materialized(),
                self.extra.get("constraints"),
            )
        });
        Contract {
            enforced,
            alias_types: part("alias_types", true),
            checksum,
        }
    }

    /// Writes the fields that only this kind of node has.
    fn of_kind<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        let null = None::<()>;
        match self.kind {
            NodeKind::Model => {
                map.serialize_entry("access", self.access.as_deref().unwrap_or("protected"))?;
                map.serialize_entry("constraints", self.extra.get("constraints").unwrap_or(&json!([])))?;
                map.serialize_entry("version", &self.version)?;
                map.serialize_entry("latest_version", &self.latest_version)?;
                map.serialize_entry("deprecation_date", &self.extra.get("deprecation_date"))?;
                map.serialize_entry("primary_key", self.extra.get("primary_key").unwrap_or(&json!([])))?;
                map.serialize_entry("time_spine", &self.extra.get("time_spine"))?;
            }
            NodeKind::Test => {
                if let Some(test) = &self.test
                    && let Some(metadata) = &test.metadata
                {
                    map.serialize_entry("column_name", &test.column_name)?;
                    map.serialize_entry("file_key_name", &test.file_key_name)?;
                    let attached = test
                        .attached_node
                        .as_ref()
                        .map(|id| id.as_str().trim_end_matches(super::link::DISABLED));
                    map.serialize_entry("attached_node", &attached)?;
                    map.serialize_entry("test_metadata", &Metadata(metadata))?;
                }
            }
            NodeKind::Function => {
                map.serialize_entry("arguments", &self.extra.get("arguments"))?;
                map.serialize_entry("returns", &self.extra.get("returns"))?;
            }
            NodeKind::Operation => map.serialize_entry("index", &self.extra.get("index"))?,
            _ => {
                let _ = null;
            }
        }
        Ok(())
    }
}

impl Serialize for SourceNode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let config = &self.config.values;
        let extra = |key: &str| self.extra.get(key).cloned().unwrap_or(Json::Null);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("database", &self.relation.database)?;
        map.serialize_entry("schema", &self.relation.schema)?;
        map.serialize_entry("name", &self.name)?;
        map.serialize_entry("resource_type", "source")?;
        map.serialize_entry("package_name", &self.package)?;
        map.serialize_entry("path", &self.path)?;
        map.serialize_entry("original_file_path", &self.original_path)?;
        map.serialize_entry("unique_id", self.id.as_str())?;
        map.serialize_entry("fqn", &self.fqn)?;
        map.serialize_entry("source_name", &self.source_name)?;
        map.serialize_entry("source_description", &self.source_description)?;
        map.serialize_entry("loader", &self.loader)?;
        map.serialize_entry("identifier", &self.identifier)?;
        map.serialize_entry("quoting", &extra("quoting"))?;
        map.serialize_entry("loaded_at_field", &extra("loaded_at_field"))?;
        map.serialize_entry("loaded_at_query", &extra("loaded_at_query"))?;
        map.serialize_entry("freshness", &extra("freshness"))?;
        map.serialize_entry("external", &extra("external"))?;
        map.serialize_entry("description", &self.description)?;
        map.serialize_entry("columns", &*self.columns)?;
        map.serialize_entry("meta", config.get("meta").unwrap_or(&Json::Null))?;
        map.serialize_entry("source_meta", &extra("source_meta"))?;
        map.serialize_entry("tags", &self.tags)?;
        map.serialize_entry("config", config)?;
        map.serialize_entry("patch_path", &None::<()>)?;
        map.serialize_entry("unrendered_config", &*self.unrendered_config)?;
        map.serialize_entry("relation_name", &self.relation.to_string())?;
        map.serialize_entry("created_at", &self.created_at)?;
        map.serialize_entry("unrendered_database", &extra("unrendered_database"))?;
        map.serialize_entry("unrendered_schema", &extra("unrendered_schema"))?;
        map.serialize_entry("doc_blocks", self.extra.get("doc_blocks").unwrap_or(&json!([])))?;
        map.end()
    }
}

impl Node {
    /// Writes what is only described: the common fields, then its own in their order.
    fn write_described<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &self.name)?;
        map.serialize_entry("resource_type", self.kind.word())?;
        map.serialize_entry("package_name", &self.package)?;
        map.serialize_entry("path", &self.path)?;
        map.serialize_entry("original_file_path", &self.original_path)?;
        map.serialize_entry("unique_id", self.id.as_str())?;
        map.serialize_entry("fqn", &self.fqn)?;
        for (key, value) in &self.extra {
            match key.as_str() {
                // Where none is written, dbt has empty text for exposures and metrics, null for the others.
                "description" => match self.kind {
                    NodeKind::SemanticModel | NodeKind::SavedQuery if self.description.is_empty() => {
                        map.serialize_entry(key, &Json::Null)?;
                    }
                    _ => map.serialize_entry(key, &self.description)?,
                },
                "tags" => map.serialize_entry(key, &self.tags)?,
                "meta" if value.is_null() => {
                    map.serialize_entry(key, self.config.get("meta").unwrap_or(&Json::Null))?;
                }
                "config" => map.serialize_entry(key, &self.config.values)?,
                "unrendered_config" => map.serialize_entry(key, &*self.unrendered_config)?,
                "group" => map.serialize_entry(key, &self.group)?,
                "refs" => map.serialize_entry(key, &self.refs.iter().map(Ref).collect::<Vec<_>>())?,
                "sources" => map.serialize_entry(key, &self.sources)?,
                "depends_on" => {
                    let nodes: Vec<&str> = self.depends_on.iter().map(super::NodeId::as_str).collect();
                    map.serialize_entry(key, &json!({ "macros": self.depends_on_macros, "nodes": nodes }))?;
                }
                _ => map.serialize_entry(key, value)?,
            }
        }
        map.serialize_entry("created_at", &self.created_at)?;
        map.end()
    }
}

/// Returns a node as `manifest.json` has it.
pub fn node_json(node: &Node) -> Json {
    // A node holds text, numbers and maps with text keys alone: all of it has a JSON form.
    serde_json::to_value(node).unwrap_or_default()
}

/// Returns a node or source as the manifest file has it.
pub fn resource_json(manifest: &Manifest, id: &super::NodeId) -> Option<Json> {
    let node = manifest.nodes.get(id).map(|node| node_json(node));
    let source = || serde_json::to_value(&**manifest.sources.get(id)?).ok();
    node.or_else(source)
}

/// Returns what templates see as `graph`.
pub fn graph_json(manifest: &Manifest) -> Json {
    let of = |fits: &dyn Fn(NodeKind) -> bool| -> Json {
        let nodes = manifest.nodes.iter().filter(|(_, node)| fits(node.kind));
        let nodes = nodes.map(|(id, node)| (id.to_string(), node_json(node)));
        Json::Object(nodes.collect())
    };
    let sources: serde_json::Map<String, Json> = manifest
        .sources
        .iter()
        .map(|(id, source)| {
            (
                id.to_string(),
                serde_json::to_value(&**source).unwrap_or_default(),
            )
        })
        .collect();
    json!({
        "nodes": of(&|kind| kind.is_among_nodes()),
        "sources": sources,
        "exposures": of(&|kind| kind == NodeKind::Exposure),
        "metrics": of(&|kind| kind == NodeKind::Metric),
        "groups": manifest.groups,
        "semantic_models": of(&|kind| kind == NodeKind::SemanticModel),
        "saved_queries": of(&|kind| kind == NodeKind::SavedQuery),
        "functions": of(&|kind| kind == NodeKind::Function),
    })
}

/// Takes away what is not set of a node as templates see it: of the node itself and of the records in it, but not of
/// what a user wrote.
pub fn without_nulls(json: &mut Json) {
    let Some(node) = json.as_object_mut() else { return };
    node.retain(|_, value| !value.is_null());
    for record in [
        "config",
        "docs",
        "contract",
        "checksum",
        "depends_on",
        "freshness",
    ] {
        if let Some(Json::Object(record)) = node.get_mut(record) {
            record.retain(|_, value| !value.is_null());
            for inner in ["docs", "contract"] {
                if let Some(Json::Object(inner)) = record.get_mut(inner) {
                    inner.retain(|_, value| !value.is_null());
                }
            }
        }
    }
    if let Some(Json::Object(columns)) = node.get_mut("columns") {
        for column in columns.values_mut().filter_map(Json::as_object_mut) {
            column.retain(|_, value| !value.is_null());
        }
    }
}
