//! Manifests built by hand for the tests of this room.

use std::path::PathBuf;
use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::{Map, Value as Json, json};

use crate::adapters::Relation;
use crate::diagnostic::{SourceFile, Span};
use crate::jinja::RefCall;
use crate::manifest::{Config, Manifest, Node, NodeId, NodeKind, SourceNode, TestInfo, TestMetadata, Vars};
use crate::project::{Package, PackageKind, Project, ProjectFile, ResourceFile, ResourceKind, SelectorFile};

pub(super) fn id(text: &str) -> NodeId {
    NodeId::new(text)
}

/// Returns a manifest of nodes, sources and exposures by id, each with what it depends on.
pub(super) fn manifest(members: &[(&str, &[&str])]) -> Manifest {
    let mut manifest = empty();
    for (text, depends_on) in members {
        let depends_on: Vec<NodeId> = depends_on.iter().map(|d| id(d)).collect();
        match text.split('.').next() {
            Some("source") => {
                manifest.sources.insert(id(text), Arc::new(source(text)));
            }
            _ => {
                let mut node = node(text);
                node.depends_on = depends_on;
                manifest.nodes.insert(id(text), Arc::new(node));
            }
        }
    }
    manifest
}

fn empty() -> Manifest {
    Manifest {
        batches_own_strategy: false,
        project_name: "shop".into(),
        nodes: IndexMap::new(),
        sources: IndexMap::new(),
        docs: IndexMap::new(),
        disabled: IndexMap::new(),
        disabled_sources: Vec::new(),
        groups: Map::new(),
        macro_patches: std::collections::BTreeMap::new(),
        vars: Arc::new(Vars::default()),
        warnings: Vec::new(),
        refables: std::collections::BTreeMap::new(),
        refused: crate::manifest::Refused::default(),
        source_index: std::collections::BTreeMap::new(),
        name_search: crate::manifest::NameSearch {
            root: "shop".into(),
            own_package_first: false,
        },
        env_vars: std::collections::BTreeMap::new(),
    }
}

/// Returns a node whose facts follow from its id: `model.shop.orders`, `test.shop.unique_orders_id.0a1b`.
pub(super) fn node(text: &str) -> Node {
    let parts: Vec<&str> = text.split('.').collect();
    let (package, name) = (parts[1], parts[2]);
    let (kind, folder) = match parts[0] {
        "model" => (NodeKind::Model, "models"),
        "seed" => (NodeKind::Seed, "seeds"),
        "snapshot" => (NodeKind::Snapshot, "snapshots"),
        "test" => (NodeKind::Test, "tests"),
        "analysis" => (NodeKind::Analysis, "analyses"),
        "exposure" => (NodeKind::Exposure, "models"),
        _ => (NodeKind::Operation, "hooks"),
    };
    let is_generic = kind == NodeKind::Test && parts.len() > 3;
    let metadata = is_generic.then(|| TestMetadata {
        name: name.split('_').next().unwrap_or(name).into(),
        namespace: None,
        kwargs: Map::new(),
        macro_id: "macro.dbt.test".into(),
    });
    let path: Arc<str> = format!("{name}.sql").into();
    let original_path: Arc<str> = format!("{folder}/{path}").into();
    let file = SourceFile::new(original_path.clone(), "select 1");
    Node {
        id: id(text),
        kind,
        name: name.into(),
        package: package.into(),
        path,
        original_path,
        fqn: vec![package.into(), name.into()],
        relation: Relation::new(None, None, Some(name)),
        alias: name.into(),
        raw_code: "select 1".into(),
        declared_at: Some(Span::new(&file, 0, 6)),
        file,
        range: None,
        config: config(json!({"materialized": "view", "enabled": true, "tags": []})),
        unrendered_config: Arc::default(),
        tags: Vec::new(),
        description: "".into(),
        columns: Arc::default(),
        group: None,
        access: (kind == NodeKind::Model).then(|| "protected".into()),
        version: None,
        latest_version: None,
        patch_path: None,
        refs: Vec::new(),
        sources: Vec::new(),
        ref_spans: Vec::new(),
        source_spans: Vec::new(),
        depends_on_macros: Vec::new(),
        depends_on: Vec::new(),
        checksum: ("sha256", "".into()),
        created_at: 0.0,
        test: (kind == NodeKind::Test).then(|| {
            Box::new(TestInfo {
                metadata,
                ..TestInfo::default()
            })
        }),
        extra: Map::new(),
    }
}

pub(super) fn config(values: Json) -> Arc<Config> {
    let Json::Object(values) = values else {
        return Arc::default();
    };
    Arc::new(Config { values })
}

/// Gives a node a `ref` to another that stands at a span of a text.
pub(super) fn with_ref(node: &mut Node, to: &str, text: &str) {
    let file = SourceFile::new(node.original_path.clone(), text);
    let start = u32::try_from(text.find(to).unwrap_or(0)).unwrap_or(0);
    let end = start + u32::try_from(to.len()).unwrap_or(0);
    node.refs.push(RefCall {
        package: None,
        name: to.into(),
        version: None,
        numeric: false,
    });
    node.ref_spans.push(Some(Span::new(&file, start, end)));
    node.file = file;
}

fn source(text: &str) -> SourceNode {
    let parts: Vec<&str> = text.split('.').collect();
    SourceNode {
        id: id(text),
        source_name: parts[2].into(),
        name: parts[3].into(),
        package: parts[1].into(),
        path: "models/sources.yml".into(),
        original_path: "models/sources.yml".into(),
        fqn: parts[1..].iter().map(|p| Arc::from(*p)).collect(),
        relation: Relation::new(None, Some(parts[2]), Some(parts[3])),
        identifier: parts[3].into(),
        config: config(json!({"enabled": true})),
        unrendered_config: Arc::default(),
        description: "".into(),
        source_description: "".into(),
        columns: Arc::default(),
        declared_at: None,
        tags: Vec::new(),
        loader: "".into(),
        created_at: 0.0,
        extra: Map::new(),
    }
}

/// Returns a project of these files, with the text of its `selectors.yml` where there is one.
pub(super) fn project(files: &[&str], selectors: Option<crate::yaml::Document>) -> Project {
    let resource = |path: &&str| ResourceFile {
        kind: ResourceKind::Model,
        search_path: "models".into(),
        path: (*path).into(),
        original_path: (*path).into(),
        absolute: PathBuf::from(path),
        file: SourceFile::new(*path, ""),
    };
    Project {
        root_dir: PathBuf::from("/project"),
        packages: vec![Arc::new(Package {
            name: "shop".into(),
            kind: PackageKind::Root,
            root_dir: PathBuf::from("/project"),
            project: ProjectFile::synthetic("shop"),
            files: files.iter().map(resource).collect(),
        })],
        profile: None,
        vars: Map::new(),
        target_path: PathBuf::from("/project/target"),
        selectors: selectors.map(|document| SelectorFile { document }),
        warnings: Vec::new(),
    }
}
