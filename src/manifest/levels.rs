//! Configuration trees of project files: what applies to a node by its folders, each folder worked out once.

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use serde_json::{Map, Value as Json};

use super::config::Aliases;
use super::{Config, NodeKind};
use crate::project::Project;
use crate::yaml::{Node as Yaml, Value};

/// The trees of all packages for one command.
pub(super) struct Levels<'p> {
    project: &'p Project,
    pub aliases: Aliases,
    /// Resolved folders by kind, package and fqn without the last part. Guards the map alone.
    folders: Mutex<HashMap<Key, Arc<Folder>>>,
}

/// Kind, package and folders of a node.
type Key = (NodeKind, Arc<str>, Vec<Arc<str>>);

/// What the trees say of a folder.
pub(super) struct Folder {
    aliases: Aliases,
    /// Defaults with the package's own levels laid over them.
    pub base: Arc<Config>,
    /// What the root project says of a package's nodes; applied last.
    pub over: Vec<Map<String, Json>>,
    pub unrendered: Arc<Map<String, Json>>,
    /// Deeper keys of the trees name files in this folder: the node's own name must be looked up too.
    pub by_name: bool,
    fits: Arc<AtomicBool>,
    /// What nodes of this folder came to, by what they say themselves: most say the same. Guards the map alone.
    settled: Mutex<HashMap<Vec<u8>, Settled>>,
}

/// A node's configuration, shared by all nodes of a folder that say the same.
#[derive(Clone)]
pub(super) struct Settled {
    pub config: Arc<Config>,
    pub unrendered: Arc<Map<String, Json>>,
    /// Whether the configuration was looked through without a fault.
    pub fits: Arc<AtomicBool>,
}

impl<'p> Levels<'p> {
    pub fn new(project: &'p Project, aliases: Aliases) -> Self {
        Self {
            project,
            aliases,
            folders: Mutex::default(),
        }
    }

    /// Returns what applies to a node of a package with this fqn.
    pub fn folder(&self, kind: NodeKind, package: &Arc<str>, fqn: &[Arc<str>]) -> Arc<Folder> {
        let parents = fqn.split_last().map_or(fqn, |(_, parents)| parents);
        let folder = self.of_parents(kind, package, parents);
        if folder.by_name {
            Arc::new(self.work_out(kind, package, fqn))
        } else {
            folder
        }
    }

    /// Returns what applies to the nodes of a folder; those of a folder that is `by_name` have to be asked for one
    /// by one.
    pub fn of_parents(&self, kind: NodeKind, package: &Arc<str>, parents: &[Arc<str>]) -> Arc<Folder> {
        let key = (kind, package.clone(), parents.to_vec());
        let known = self.folders.lock().ok().and_then(|f| f.get(&key).cloned());
        known.unwrap_or_else(|| {
            let made = Arc::new(self.work_out(kind, package, parents));
            if let Ok(mut folders) = self.folders.lock() {
                folders.insert(key, made.clone());
            }
            made
        })
    }

    /// Returns the levels of the `sources:` trees for a table, outermost first.
    pub fn of_sources(&self, package: &Arc<str>, fqn: &[Arc<str>]) -> Vec<Map<String, Json>> {
        let mut levels = Vec::new();
        let root = self.project.root();
        let own = self.project.package(package);
        let over = (*package != root.name).then_some(root);
        for package in own.into_iter().chain(over) {
            walk(package.project.section("sources"), fqn, |level| {
                levels.push(level)
            });
        }
        levels
    }

    /// Returns what the trees say where each level takes the place of the one before, of `tags` and `meta` too.
    pub fn innermost(&self, kind: NodeKind, package: &Arc<str>, fqn: &[Arc<str>]) -> Map<String, Json> {
        let root = self.project.root();
        let own = self.project.package(package);
        let over = (*package != root.name).then_some(root);
        let mut found = Map::new();
        for package in own.into_iter().chain(over) {
            for section in sections(kind) {
                walk(package.project.section(section), fqn, |level| {
                    lay_unrendered(&mut found, level, self.aliases);
                });
            }
        }
        found
    }

    fn work_out(&self, kind: NodeKind, package: &Arc<str>, fqn: &[Arc<str>]) -> Folder {
        let mut base = Config::defaults(kind);
        let mut unrendered = Map::new();
        let mut by_name = false;
        let root = self.project.root();
        if let Some(own) = self.project.package(package) {
            for (rendered, raw) in sections(kind).iter().map(|s| trees(own, s)) {
                by_name |= walk(rendered, fqn, |level| base.lay(&level, self.aliases));
                // Of these, dbt keeps what they say themselves.
                let raw = raw.filter(|_| {
                    !matches!(
                        kind,
                        NodeKind::Function | NodeKind::SemanticModel | NodeKind::SavedQuery
                    )
                });
                walk(raw, fqn, |level| {
                    lay_unrendered(&mut unrendered, level, self.aliases)
                });
            }
        }
        base.settle_freshness();
        let mut over = Vec::new();
        if *package != root.name {
            for (rendered, raw) in sections(kind).iter().map(|s| trees(root, s)) {
                by_name |= walk(rendered, fqn, |level| over.push(level));
                walk(raw, fqn, |level| {
                    lay_unrendered(&mut unrendered, level, self.aliases)
                });
            }
        }
        Folder {
            aliases: self.aliases,
            base: Arc::new(base),
            over,
            unrendered: Arc::new(unrendered),
            by_name,
            fits: Arc::default(),
            settled: Mutex::default(),
        }
    }
}

/// Lays an unrendered level over another: keys give way, as dbt keeps the last level only.
pub(super) fn lay_unrendered(into: &mut Map<String, Json>, level: Map<String, Json>, aliases: Aliases) {
    for (key, value) in level {
        match aliases.iter().find(|(alias, _)| *alias == key) {
            Some((_, usual)) => into.insert((*usual).to_owned(), value),
            None => into.insert(key, value),
        };
    }
}

/// Returns the section names of a kind; `tests` is kept as `data_tests`.
fn sections(kind: NodeKind) -> &'static [&'static str] {
    match kind {
        NodeKind::Seed => &["seeds"],
        NodeKind::Snapshot => &["snapshots"],
        NodeKind::Test => &["data_tests"],
        NodeKind::UnitTest => &["unit_tests"],
        NodeKind::Function => &["functions"],
        NodeKind::Exposure => &["exposures"],
        NodeKind::SemanticModel => &["semantic-models"],
        NodeKind::Metric => &["metrics"],
        NodeKind::SavedQuery => &["saved-queries"],
        _ => &["models"],
    }
}

fn trees<'a>(package: &'a crate::project::Package, section: &str) -> (Option<&'a Yaml>, Option<&'a Yaml>) {
    let raw = package
        .project
        .unrendered_sections
        .iter()
        .find(|(n, _)| n == section)
        .map(|(_, node)| node);
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
    at.as_map().is_some_and(|map| {
        map.iter()
            .any(|(k, v)| !k.starts_with('+') && v.as_map().is_some())
    })
}

/// Returns the configuration of one level: `+key` of any value, plain keys that are no mappings.
fn level(node: &Yaml) -> Map<String, Json> {
    let Some(map) = node.as_map() else {
        return Map::new();
    };
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

/// Builds a node's configuration, and its `unrendered_config`, from its folder, its properties and its own `config()`.
pub(super) fn settle(
    folder: &Folder,
    patch: Option<&Map<String, Json>>,
    call: &Map<String, Json>,
) -> Settled {
    let patch = patch.filter(|p| !p.is_empty());
    if patch.is_none() && call.is_empty() && folder.over.is_empty() && !folder.base.keeps_failures_unclearly()
    {
        return Settled {
            config: folder.base.clone(),
            unrendered: folder.unrendered.clone(),
            fits: folder.fits.clone(),
        };
    }
    // The written form tells apart what equality of maps does not: the order of their keys.
    let Ok(said) = serde_json::to_vec(&(patch, call)) else {
        return work_out(folder, patch, call);
    };
    if let Some(known) = folder.settled.lock().ok().and_then(|all| all.get(&said).cloned()) {
        return known;
    }
    let made = work_out(folder, patch, call);
    if let Ok(mut all) = folder.settled.lock() {
        all.insert(said, made.clone());
    }
    made
}

fn work_out(folder: &Folder, patch: Option<&Map<String, Json>>, call: &Map<String, Json>) -> Settled {
    let mut config = (*folder.base).clone();
    for level in patch.into_iter().chain([call]).chain(&folder.over) {
        config.lay(level, folder.aliases);
    }
    config.settle_failures();
    config.settle_freshness();
    let unrendered = if patch.is_none() && call.is_empty() {
        folder.unrendered.clone()
    } else {
        let mut all = (*folder.unrendered).clone();
        for level in patch.into_iter().chain([call]) {
            lay_unrendered(&mut all, level.clone(), folder.aliases);
        }
        Arc::new(all)
    };
    Settled {
        config: Arc::new(config),
        unrendered,
        fits: Arc::default(),
    }
}
