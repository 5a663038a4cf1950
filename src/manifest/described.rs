//! Resources that properties alone describe, as nodes: exposures, semantic models, metrics, saved queries.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::levels::settle;
use super::parse::Parsing;
use super::properties::Entry;
use super::sources::folders;
use super::{Config, Manifest, Node, NodeId, NodeKind};
use crate::adapters::Relation;
use crate::diagnostic::{Diagnostics, Result, SourceFile};
use crate::yaml::Node as Yaml;

/// Adds a node, or keeps it aside where its configuration switches it off.
pub(super) fn add(manifest: &mut Manifest, node: Result<Node>, faults: &mut Diagnostics) {
    let Some(node) = faults.take(node) else { return };
    if node.config.enabled() {
        manifest.nodes.insert(node.id.clone(), Arc::new(node));
    } else {
        manifest
            .disabled
            .entry(node.id.clone())
            .or_default()
            .push(Arc::new(node));
    }
}

/// Returns the node of an entry. `fields` are the artifact's own fields of its kind, in order; what a [`Node`] holds
/// itself (`config`, `tags`, `depends_on`, …) stands there as a placeholder.
pub(super) fn node(
    cx: &Parsing<'_>,
    entry: &Entry,
    kind: NodeKind,
    fields: Map<String, Json>,
) -> Result<Node> {
    let mut fqn = vec![entry.package.clone()];
    fqn.extend(folders(entry));
    fqn.push(entry.name.clone());
    let folder = cx.levels.folder(kind, &entry.package, &fqn);
    let patch = own_config(entry);
    let mut settled = settle(&folder, Some(&patch), &Map::new());
    if kind != NodeKind::Exposure {
        // dbt knows no tags in the configuration of these kinds: the last level that has some takes the place of others.
        let around = cx.levels.innermost(kind, &entry.package, &fqn);
        let over = folder.over.iter().rev().find_map(|level| level.get("tags"));
        if let Some(tags) = over.or_else(|| patch.get("tags")).or_else(|| around.get("tags")) {
            Arc::make_mut(&mut settled.config)
                .values
                .insert("tags".into(), tags.clone());
        }
    }
    let group = settled.config.str("group").map(Arc::from);
    Ok(Node {
        id: NodeId::new(format!("{}.{}.{}", kind.word(), entry.package, entry.name)),
        kind,
        name: entry.name.clone(),
        package: entry.package.clone(),
        path: entry.file.resource.path.clone(),
        original_path: entry.file.resource.original_path.clone(),
        fqn,
        relation: Relation::new(None, None, Some(&entry.name)),
        alias: entry.name.clone(),
        raw_code: cx.empty.clone(),
        file: SourceFile::new(&*entry.name, ""),
        range: None,
        declared_at: Some(entry.node.span(&entry.file.document.file)),
        tags: settled.config.tags().into_iter().map(Arc::from).collect(),
        config: settled.config,
        unrendered_config: settled.unrendered,
        description: entry.description(cx)?,
        columns: cx.no_columns.clone(),
        group,
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
        checksum: ("none", cx.empty.clone()),
        created_at: cx.created_at,
        test: None,
        extra: fields,
    })
}

/// Returns what stands under `config:` of an entry, and nothing of what may stand beside it.
pub(super) fn own_config(entry: &Entry) -> Map<String, Json> {
    match entry.get("config").map(Yaml::to_json) {
        Some(Json::Object(config)) => config,
        _ => Map::new(),
    }
}

/// Returns tags as written: one word, or a list.
pub(super) fn tags_of(written: Json) -> Vec<Arc<str>> {
    match written {
        Json::String(one) => vec![Arc::from(one)],
        Json::Array(more) => more.iter().filter_map(Json::as_str).map(Arc::from).collect(),
        _ => Vec::new(),
    }
}

/// Returns the tags of a configuration and those that stand beside it, sorted, each once.
pub(super) fn all_tags(config: &Config, beside: Json) -> Vec<Arc<str>> {
    let mut tags: Vec<Arc<str>> = config.tags().into_iter().map(Arc::from).collect();
    tags.extend(tags_of(beside));
    tags.sort_unstable();
    tags.dedup();
    tags
}
