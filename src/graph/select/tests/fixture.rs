//! The project of `tests/projects/selection`, its manifest taken from dbt's.

use std::sync::Arc;

use serde_json::Value as Json;

use crate::diagnostic::Diagnostics;
use crate::graph::select::{IndirectSelection, SelectOptions, Selection, select};
use crate::graph::{Graph, link, testing};
use crate::manifest::{Config, Manifest, NodeId};
use crate::project::Project;

pub(super) const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/projects/selection");

pub(super) struct Fixture {
    pub project: Project,
    pub manifest: Manifest,
    pub graph: Graph,
}

impl Fixture {
    /// Returns the project, with this text as its `selectors.yml` where there is one.
    pub fn new(selectors: Option<&str>) -> Self {
        let text = std::fs::read_to_string(format!("{ROOT}/members.json")).unwrap();
        let members: Json = serde_json::from_str(&text).unwrap();
        let files: Vec<&str> = items(&members["files"]).iter().filter_map(Json::as_str).collect();
        let selectors = selectors.map(|text| crate::yaml::parse_text("selectors.yml", text).unwrap());
        let project = testing::project(&files, selectors);
        let manifest = manifest(&members);
        let graph = link(&manifest).unwrap();
        Self {
            project,
            manifest,
            graph,
        }
    }

    pub fn try_select(&self, options: &SelectOptions) -> Result<Selection, Diagnostics> {
        select(&self.project, &self.manifest, &self.graph, options)
    }

    /// Returns the sorted ids that an expression selects.
    pub fn select(&self, expression: &str) -> Vec<String> {
        let options = SelectOptions {
            select: vec![expression.to_owned()],
            include_empty: true,
            ..SelectOptions::default()
        };
        sorted(&self.try_select(&options).unwrap())
    }
}

pub(super) fn sorted(selection: &Selection) -> Vec<String> {
    let mut ids: Vec<String> = selection.ids.iter().map(ToString::to_string).collect();
    ids.sort();
    ids
}

/// Reads flags as the command line does, with the kinds that `ls` shows.
pub(super) fn options(arguments: &str) -> SelectOptions {
    let mut options = SelectOptions {
        include_empty: true,
        ..SelectOptions::default()
    };
    let mut types = Vec::new();
    let mut flag = String::new();
    for word in arguments.split('\'').enumerate().flat_map(|(at, text)| {
        let words: Vec<&str> = if at % 2 == 1 {
            vec![text]
        } else {
            text.split_whitespace().collect()
        };
        words
    }) {
        if word.starts_with("--") {
            word.clone_into(&mut flag);
            continue;
        }
        let word = word.to_owned();
        match flag.as_str() {
            "--select" => options.select.push(word),
            "--exclude" => options.exclude.push(word),
            "--selector" => options.selector = Some(word),
            "--indirect-selection" => options.indirect = IndirectSelection::from_word(&word).unwrap(),
            "--resource-type" => types.push(word),
            "--exclude-resource-type" => options.exclude_resource_types.push(word),
            other => panic!("the fixture uses {other}"),
        }
    }
    let default = ["model", "snapshot", "seed", "test", "source", "exposure"];
    let all = [
        "model", "snapshot", "seed", "test", "source", "exposure", "analysis",
    ];
    options.resource_types = super::super::resource_types(&types, &default, &all);
    options
}

fn items(value: &Json) -> &[Json] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn strings(value: &Json) -> Vec<Arc<str>> {
    items(value)
        .iter()
        .filter_map(Json::as_str)
        .map(Arc::from)
        .collect()
}

fn text(member: &Json, key: &str) -> Arc<str> {
    member[key].as_str().unwrap_or_default().into()
}

fn config(member: &Json) -> Arc<Config> {
    testing::config(member["config"].clone())
}

fn manifest(members: &Json) -> Manifest {
    let mut manifest = testing::manifest(&[]);
    let ids = |value: &Json| -> Vec<NodeId> { strings(value).into_iter().map(NodeId::new).collect() };
    for member in items(&members["nodes"]) {
        let mut node = testing::node(&text(member, "unique_id"));
        node.name = text(member, "name");
        node.original_path = text(member, "original_file_path");
        node.fqn = strings(&member["fqn"]);
        node.config = config(member);
        node.tags = node.config.tags().into_iter().map(Arc::from).collect();
        node.access = member["access"].as_str().map(Arc::from);
        node.version = Some(member["version"].clone()).filter(|v| !v.is_null());
        node.latest_version = Some(member["latest_version"].clone()).filter(|v| !v.is_null());
        node.patch_path = member["patch_path"].as_str().map(Arc::from);
        node.alias = text(member, "alias");
        node.depends_on = ids(&member["depends_on"]);
        node.depends_on_macros = strings(&member["macros"]);
        if member["empty"] == true {
            node.raw_code = "\n".into();
        }
        if let Some(metadata) = node.test.as_mut().and_then(|test| test.metadata.as_mut()) {
            metadata.name = text(member, "test_name");
        }
        manifest.nodes.insert(node.id.clone(), Arc::new(node));
    }
    for member in items(&members["sources"]) {
        let id = text(member, "unique_id");
        let mut made = testing::manifest(&[(&*id, &[])]);
        for (id, source) in made.sources.drain(..) {
            let mut source = Arc::unwrap_or_clone(source);
            source.original_path = text(member, "original_file_path");
            source.fqn = strings(&member["fqn"]);
            source.tags = strings(&member["tags"]);
            source.config = config(member);
            manifest.sources.insert(id, Arc::new(source));
        }
    }
    for member in items(&members["exposures"]) {
        let id = text(member, "unique_id");
        let mut made = testing::manifest(&[(&*id, &[])]);
        for (id, exposure) in made.nodes.drain(..) {
            let mut exposure = Arc::unwrap_or_clone(exposure);
            exposure.original_path = text(member, "original_file_path");
            exposure.fqn = strings(&member["fqn"]);
            exposure.tags = strings(&member["tags"]);
            exposure.config = config(member);
            exposure.depends_on = ids(&member["depends_on"]);
            exposure.extra = ["tags", "config", "depends_on"]
                .map(|key| (key.to_owned(), Json::Null))
                .into_iter()
                .collect();
            manifest.nodes.insert(id, Arc::new(exposure));
        }
    }
    manifest
}
