//! What selection and `ls` ask of parsed nodes, as compact JSON, and back: names, paths, tags,
//! configuration and edges, without any text of a template.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexMap;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::{Config, Manifest, Node, NodeId, NodeKind, SourceNode, TestInfo, TestMetadata};
use crate::adapters::Relation;
use crate::diagnostic::SourceFile;

/// A text by its place in the table of texts.
type Text = u32;

/// Nodes of a part of the outline: parts are read by several threads.
const PART_NODES: usize = 2048;

/// What all nodes point into, and the sources.
#[derive(Serialize, Deserialize)]
struct Head<'a> {
    project_name: Text,
    #[serde(borrow)]
    texts: Vec<Cow<'a, str>>,
    configs: Vec<Map<String, Json>>,
    sources: Vec<SourceRow>,
}

#[derive(Serialize, Deserialize)]
struct NodeRow {
    /// Place in [`NodeKind::ALL`].
    kind: u8,
    id: Text,
    name: Text,
    package: Text,
    path: Text,
    original_path: Text,
    alias: Text,
    fqn: Vec<Text>,
    config: u32,
    tags: Vec<Text>,
    group: Option<Text>,
    access: Option<Text>,
    version: Option<Json>,
    latest_version: Option<Json>,
    patch_path: Option<Text>,
    macros: Vec<Text>,
    nodes: Vec<Text>,
    test: Option<TestRow>,
    /// Of a node that is described only: the keys of its own fields.
    own_keys: Vec<Text>,
}

#[derive(Serialize, Deserialize)]
struct TestRow {
    /// Name and package of a generic test.
    generic: Option<(Text, Option<Text>)>,
}

#[derive(Serialize, Deserialize)]
struct SourceRow {
    id: Text,
    source_name: Text,
    name: Text,
    package: Text,
    path: Text,
    original_path: Text,
    fqn: Vec<Text>,
    config: u32,
    tags: Vec<Text>,
}

/// Numbers texts and configurations, each once.
#[derive(Default)]
struct Tables<'a> {
    texts: Vec<&'a str>,
    of_text: HashMap<&'a str, Text>,
    configs: Vec<&'a Arc<Config>>,
    of_config: HashMap<*const Config, u32>,
}

impl<'a> Tables<'a> {
    fn text(&mut self, text: &'a str) -> Text {
        let next = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        *self.of_text.entry(text).or_insert_with(|| {
            self.texts.push(text);
            next
        })
    }

    fn all<T: AsRef<str> + 'a>(&mut self, texts: &'a [T]) -> Vec<Text> {
        texts.iter().map(|text| self.text(text.as_ref())).collect()
    }

    fn ids(&mut self, ids: &'a [NodeId]) -> Vec<Text> {
        ids.iter().map(|id| self.text(id.as_str())).collect()
    }

    fn config(&mut self, config: &'a Arc<Config>) -> u32 {
        let next = u32::try_from(self.configs.len()).unwrap_or(u32::MAX);
        *self.of_config.entry(Arc::as_ptr(config)).or_insert_with(|| {
            self.configs.push(config);
            next
        })
    }

    fn node(&mut self, node: &'a Node) -> NodeRow {
        let generic = |test: &'a TestInfo, tables: &mut Self| {
            let metadata = test.metadata.as_ref()?;
            let namespace = metadata.namespace.as_deref().map(|n| tables.text(n));
            Some((tables.text(&metadata.name), namespace))
        };
        let own_keys: Vec<&'a str> = match node.kind.is_described() {
            true => node.extra.keys().map(String::as_str).collect(),
            false => Vec::new(),
        };
        NodeRow {
            kind: NodeKind::ALL
                .iter()
                .position(|k| *k == node.kind)
                .map_or(0, |at| at as u8),
            id: self.text(node.id.as_str()),
            name: self.text(&node.name),
            package: self.text(&node.package),
            path: self.text(&node.path),
            original_path: self.text(&node.original_path),
            alias: self.text(&node.alias),
            fqn: self.all(&node.fqn),
            config: self.config(&node.config),
            tags: self.all(&node.tags),
            group: node.group.as_deref().map(|text| self.text(text)),
            access: node.access.as_deref().map(|text| self.text(text)),
            version: node.version.clone(),
            latest_version: node.latest_version.clone(),
            patch_path: node.patch_path.as_deref().map(|text| self.text(text)),
            macros: self.all(&node.depends_on_macros),
            nodes: self.ids(&node.depends_on),
            test: node.test.as_deref().map(|test| TestRow {
                generic: generic(test, self),
            }),
            own_keys: own_keys.into_iter().map(|key| self.text(key)).collect(),
        }
    }

    fn source(&mut self, source: &'a SourceNode) -> SourceRow {
        SourceRow {
            id: self.text(source.id.as_str()),
            source_name: self.text(&source.source_name),
            name: self.text(&source.name),
            package: self.text(&source.package),
            path: self.text(&source.path),
            original_path: self.text(&source.original_path),
            fqn: self.all(&source.fqn),
            config: self.config(&source.config),
            tags: self.all(&source.tags),
        }
    }
}

/// Writes the outline of a manifest: parts, each behind its length in bytes (eight, little-endian). The first is the head, the others are nodes.
///
/// Returns none where it cannot be written, which is no fault: there is then nothing to read.
pub fn write_outline(manifest: &Manifest) -> Option<Vec<u8>> {
    let mut tables = Tables::default();
    let project_name = tables.text(&manifest.project_name);
    let nodes: Vec<NodeRow> = manifest.nodes.values().map(|node| tables.node(node)).collect();
    let sources: Vec<SourceRow> = manifest.sources.values().map(|s| tables.source(s)).collect();
    let head = Head {
        project_name,
        configs: tables
            .configs
            .iter()
            .map(|config| config.values.clone())
            .collect(),
        texts: tables.texts.into_iter().map(Cow::Borrowed).collect(),
        sources,
    };
    let mut out = Vec::new();
    add_part(&mut out, &head)?;
    for nodes in nodes.chunks(PART_NODES) {
        add_part(&mut out, &nodes)?;
    }
    Some(out)
}

fn add_part(out: &mut Vec<u8>, part: &impl Serialize) -> Option<()> {
    let bytes = serde_json::to_vec(part).ok()?;
    out.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
    out.extend_from_slice(&bytes);
    Some(())
}

/// Returns the parts of an outline, without their lengths.
fn parts(mut bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let mut parts = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk::<8>()?;
        let (part, rest) = rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
        parts.push(part);
        bytes = rest;
    }
    Some(parts)
}

/// Reads an outline. Its nodes have what selection and the usual keys of `ls` need; all else is empty.
///
/// Returns none where the bytes are no outline.
pub fn read_outline(bytes: &[u8]) -> Option<Manifest> {
    let parts = parts(bytes)?;
    let (head, parts) = parts.split_first()?;
    let head: Head<'_> = serde_json::from_slice(head).ok()?;
    let reader = Reader {
        texts: head.texts.iter().map(|text| Arc::from(&**text)).collect(),
        configs: head
            .configs
            .into_iter()
            .map(|values| Arc::new(Config { values }))
            .collect(),
        file: SourceFile::new("", ""),
        nothing: Arc::default(),
        columns: Arc::default(),
        relation: Relation::new(None, None, None),
        empty: Arc::from(""),
    };
    let of_parts: Option<Vec<Vec<Arc<Node>>>> = parts
        .par_iter()
        .map(|part| {
            let rows: Vec<NodeRow> = serde_json::from_slice(part).ok()?;
            rows.into_iter()
                .map(|row| reader.node(row).map(Arc::new))
                .collect()
        })
        .collect();
    let of_parts = of_parts?;
    let mut nodes = IndexMap::with_capacity(of_parts.iter().map(Vec::len).sum());
    nodes.extend(of_parts.into_iter().flatten().map(|node| (node.id.clone(), node)));
    let mut sources = IndexMap::with_capacity(head.sources.len());
    for row in head.sources {
        let source = reader.source(row)?;
        sources.insert(source.id.clone(), Arc::new(source));
    }
    Some(Manifest {
        project_name: reader.text(head.project_name)?,
        nodes,
        sources,
        ..Manifest::default()
    })
}

/// The tables of the head, and what all its nodes share.
struct Reader {
    texts: Vec<Arc<str>>,
    configs: Vec<Arc<Config>>,
    file: Arc<SourceFile>,
    nothing: Arc<Map<String, Json>>,
    columns: Arc<IndexMap<Arc<str>, super::ColumnInfo>>,
    relation: Relation,
    empty: Arc<str>,
}

impl Reader {
    fn text(&self, at: Text) -> Option<Arc<str>> {
        self.texts.get(at as usize).cloned()
    }

    fn all(&self, places: &[Text]) -> Option<Vec<Arc<str>>> {
        places.iter().map(|at| self.text(*at)).collect()
    }

    fn maybe(&self, place: Option<Text>) -> Option<Option<Arc<str>>> {
        place.map_or(Some(None), |at| self.text(at).map(Some))
    }

    fn test(&self, row: &TestRow) -> Option<Box<TestInfo>> {
        let metadata = match row.generic {
            Some((name, namespace)) => Some(TestMetadata {
                name: self.text(name)?,
                namespace: self.maybe(namespace)?,
                kwargs: Map::new(),
                macro_id: self.empty.clone(),
            }),
            None => None,
        };
        Some(Box::new(TestInfo {
            metadata,
            ..TestInfo::default()
        }))
    }

    fn node(&self, row: NodeRow) -> Option<Node> {
        let test = match &row.test {
            Some(test) => Some(self.test(test)?),
            None => None,
        };
        let own_keys = self.all(&row.own_keys)?;
        Some(Node {
            id: NodeId(self.text(row.id)?),
            kind: *NodeKind::ALL.get(usize::from(row.kind))?,
            name: self.text(row.name)?,
            package: self.text(row.package)?,
            path: self.text(row.path)?,
            original_path: self.text(row.original_path)?,
            fqn: self.all(&row.fqn)?,
            relation: self.relation.clone(),
            alias: self.text(row.alias)?,
            raw_code: self.empty.clone(),
            file: self.file.clone(),
            range: None,
            declared_at: None,
            config: self.configs.get(row.config as usize)?.clone(),
            unrendered_config: self.nothing.clone(),
            tags: self.all(&row.tags)?,
            description: self.empty.clone(),
            columns: self.columns.clone(),
            group: self.maybe(row.group)?,
            access: self.maybe(row.access)?,
            version: row.version,
            latest_version: row.latest_version,
            patch_path: self.maybe(row.patch_path)?,
            refs: Vec::new(),
            sources: Vec::new(),
            ref_spans: Vec::new(),
            source_spans: Vec::new(),
            depends_on_macros: self.all(&row.macros)?,
            depends_on: self.all(&row.nodes)?.into_iter().map(NodeId).collect(),
            checksum: ("none", self.empty.clone()),
            created_at: 0.0,
            test,
            extra: own_keys.iter().map(|key| (key.to_string(), Json::Null)).collect(),
        })
    }

    fn source(&self, row: SourceRow) -> Option<SourceNode> {
        Some(SourceNode {
            id: NodeId(self.text(row.id)?),
            source_name: self.text(row.source_name)?,
            name: self.text(row.name)?,
            package: self.text(row.package)?,
            path: self.text(row.path)?,
            original_path: self.text(row.original_path)?,
            fqn: self.all(&row.fqn)?,
            relation: self.relation.clone(),
            identifier: self.empty.clone(),
            config: self.configs.get(row.config as usize)?.clone(),
            unrendered_config: self.nothing.clone(),
            description: self.empty.clone(),
            source_description: self.empty.clone(),
            columns: self.columns.clone(),
            declared_at: None,
            tags: self.all(&row.tags)?,
            loader: self.empty.clone(),
            created_at: 0.0,
            extra: Map::new(),
        })
    }
}
