//! Configuration trees of project files: what applies to a node by its folders, each folder worked out once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde_json::{Map, Value as Json};

use super::{Config, NodeKind};
use crate::project::Project;
use crate::yaml::{Node as Yaml, Value};

/// The trees of all packages for one command.
pub(super) struct Levels<'p> {
    project: &'p Project,
    /// Resolved folders by kind, package and fqn without the last part. Guards the map alone.
    folders: Mutex<HashMap<Key, Arc<Folder>>>,
}

/// Kind, package and folders of a node.
type Key = (NodeKind, Arc<str>, Vec<Arc<str>>);

/// What the trees say of a folder.
pub(super) struct Folder {
    /// Defaults with the package's own levels laid over them.
    pub base: Arc<Config>,
    /// What the root project says of a package's nodes; applied last.
    pub over: Vec<Map<String, Json>>,
    pub unrendered: Arc<Map<String, Json>>,
    /// Deeper keys of the trees name files in this folder: the node's own name must be looked up too.
    by_name: bool,
}

impl<'p> Levels<'p> {
    pub fn new(project: &'p Project) -> Self {
        Self { project, folders: Mutex::default() }
    }

    /// Returns what applies to a node of a package with this fqn.
    pub fn folder(&self, kind: NodeKind, package: &Arc<str>, fqn: &[Arc<str>]) -> Arc<Folder> {
        let parents = fqn.split_last().map_or(fqn, |(_, parents)| parents);
        let key = (kind, package.clone(), parents.to_vec());
        let known = self.folders.lock().ok().and_then(|f| f.get(&key).cloned());
        let folder = known.unwrap_or_else(|| {
            let made = Arc::new(self.work_out(kind, package, parents));
            if let Ok(mut folders) = self.folders.lock() {
                folders.insert(key, made.clone());
            }
            made
        });
        if folder.by_name { Arc::new(self.work_out(kind, package, fqn)) } else { folder }
    }

    /// Returns the levels of the `sources:` trees for a table, outermost first.
    pub fn of_sources(&self, package: &Arc<str>, fqn: &[Arc<str>]) -> Vec<Map<String, Json>> {
        let mut levels = Vec::new();
        let root = self.project.root();
        let own = self.project.package(package);
        let over = (*package != root.name).then_some(root);
        for package in own.into_iter().chain(over) {
            walk(package.project.section("sources"), fqn, |level| levels.push(level));
        }
        levels
    }

    fn work_out(&self, kind: NodeKind, package: &Arc<str>, fqn: &[Arc<str>]) -> Folder {
        let mut base = Config::defaults(kind);
        let mut unrendered = Map::new();
        let mut by_name = false;
        let root = self.project.root();
        if let Some(own) = self.project.package(package) {
            for (rendered, raw) in sections(kind).iter().map(|s| trees(own, s)) {
                by_name |= walk(rendered, fqn, |level| base.lay(&level));
                walk(raw, fqn, |level| lay_unrendered(&mut unrendered, level));
            }
        }
        let mut over = Vec::new();
        if *package != root.name {
            for (rendered, raw) in sections(kind).iter().map(|s| trees(root, s)) {
                by_name |= walk(rendered, fqn, |level| over.push(level));
                walk(raw, fqn, |level| lay_unrendered(&mut unrendered, level));
            }
        }
        Folder { base: Arc::new(base), over, unrendered: Arc::new(unrendered), by_name }
    }
}

/// Lays an unrendered level over another: keys give way, as dbt keeps the last level only.
pub(super) fn lay_unrendered(into: &mut Map<String, Json>, level: Map<String, Json>) {
    for (key, value) in level {
        into.insert(super::config::canonical(&key).to_owned(), value);
    }
}

/// Returns the section names of a kind; `tests` is kept as `data_tests`.
fn sections(kind: NodeKind) -> &'static [&'static str] {
    match kind {
        NodeKind::Seed => &["seeds"],
        NodeKind::Snapshot => &["snapshots"],
        NodeKind::Test => &["data_tests"],
        _ => &["models"],
    }
}

fn trees<'a>(package: &'a crate::project::Package, section: &str) -> (Option<&'a Yaml>, Option<&'a Yaml>) {
    let raw = package.project.unrendered_sections.iter().find(|(n, _)| n == section).map(|(_, node)| node);
    (package.project.section(section), raw)
}

/// Gives each level on the way down the fqn, outermost first; says whether the tree goes deeper than the fqn.
fn walk(tree: Option<&Yaml>, fqn: &[Arc<str>], mut give: impl FnMut(Map<String, Json>)) -> bool {
    let Some(mut at) = tree else { return false };
    give(level(at));
    for part in fqn {
        match at.get(part).filter(|n| n.as_map().is_some()) {
            Some(next) => {
                at = next;
                give(level(at));
            }
            None => return false,
        }
    }
    // Any mapping below may be named after a node.
    at.as_map().is_some_and(|map| map.iter().any(|(k, v)| !k.starts_with('+') && v.as_map().is_some()))
}

/// Returns the configuration of one level: `+key` of any value, plain keys that are no mappings.
fn level(node: &Yaml) -> Map<String, Json> {
    let Some(map) = node.as_map() else { return Map::new() };
    let mut found = Map::new();
    for (key, value) in map.iter() {
        match key.strip_prefix('+') {
            Some(key) => {
                found.insert(key.trim().to_owned(), value.to_json());
            }
            None if !matches!(value.value, Value::Map(_)) => {
                found.insert(key.to_owned(), value.to_json());
            }
            None => {}
        }
    }
    found
}

/// Builds a node's configuration from its folder, its properties and its own `config()`.
pub(super) fn settle(folder: &Folder, patch: Option<&Map<String, Json>>, call: &Map<String, Json>) -> Arc<Config> {
    let patched = patch.is_some_and(|p| !p.is_empty());
    if !patched && call.is_empty() && folder.over.is_empty() && !folder.base.keeps_failures_unclearly() {
        return folder.base.clone();
    }
    let mut config = (*folder.base).clone();
    if let Some(patch) = patch {
        config.lay(patch);
    }
    config.lay(call);
    for level in &folder.over {
        config.lay(level);
    }
    config.settle_failures();
    Arc::new(config)
}

/// Builds `unrendered_config`: the folders' levels, then properties, then the call.
pub(super) fn settle_unrendered(
    folder: &Folder,
    patch: Option<&Map<String, Json>>,
    call: &Map<String, Json>,
) -> Arc<Map<String, Json>> {
    let patched = patch.is_some_and(|p| !p.is_empty());
    if !patched && call.is_empty() {
        return folder.unrendered.clone();
    }
    let mut all = (*folder.unrendered).clone();
    for level in patch.into_iter().chain([call]) {
        lay_unrendered(&mut all, level.clone());
    }
    Arc::new(all)
}
