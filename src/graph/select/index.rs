//! What methods look things up by: members with their facts, and indexes built once when first needed.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use serde_json::Value as Json;

use crate::diagnostic::Diagnostic;
use crate::graph::Graph;
use crate::graph::bits::Bits;
use crate::graph::state::Comparison;
use crate::manifest::{Config, Manifest, Node, NodeId, NodeKind, SourceNode};
use crate::project::Project;

/// A member of the graph with what stands behind it.
#[derive(Clone, Copy)]
pub(super) enum Entry<'a> {
    Node(&'a Arc<Node>),
    Source(&'a Arc<SourceNode>),
}

impl<'a> Entry<'a> {
    pub fn id(self) -> &'a NodeId {
        match self {
            Self::Node(n) => &n.id,
            Self::Source(s) => &s.id,
        }
    }

    pub fn package(self) -> &'a str {
        match self {
            Self::Node(n) => &n.package,
            Self::Source(s) => &s.package,
        }
    }

    pub fn name(self) -> &'a str {
        match self {
            Self::Node(n) => &n.name,
            Self::Source(s) => &s.name,
        }
    }

    pub fn original_path(self) -> &'a str {
        match self {
            Self::Node(n) => &n.original_path,
            Self::Source(s) => &s.original_path,
        }
    }

    /// Returns the path of the YAML file that describes the node, without its package.
    pub fn patch_path(self) -> Option<&'a str> {
        let Self::Node(node) = self else {
            return None;
        };
        let path = node.patch_path.as_deref()?;
        Some(path.split_once("://").map_or(path, |(_, path)| path))
    }

    pub fn fqn(self) -> &'a [Arc<str>] {
        match self {
            Self::Node(n) => &n.fqn,
            Self::Source(s) => &s.fqn,
        }
    }

    pub fn tags(self) -> Vec<&'a str> {
        match self {
            Self::Node(n) => n.tags.iter().map(|t| &**t).collect(),
            Self::Source(s) => s.tags.iter().map(|t| &**t).collect(),
        }
    }

    pub fn config(self) -> Option<&'a Config> {
        match self {
            Self::Node(n) => Some(&n.config),
            Self::Source(s) => Some(&s.config),
        }
    }

    /// Returns the configuration that the method `config` looks at: unit tests, functions and what is only described
    /// have none, as in dbt.
    pub fn searched_config(self) -> Option<&'a Config> {
        match self {
            Self::Node(n)
                if matches!(n.kind, NodeKind::UnitTest | NodeKind::Function) || n.kind.is_described() =>
            {
                None
            }
            _ => self.config(),
        }
    }

    /// Returns dbt's `resource_type`.
    pub fn resource_type(self) -> &'static str {
        match self {
            Self::Node(n) => n.kind.word(),
            Self::Source(_) => "source",
        }
    }

    pub fn is_versioned(self) -> bool {
        matches!(self, Self::Node(n) if n.kind == NodeKind::Model && n.version.as_ref().is_some_and(|v| *v != Json::Null))
    }

    /// Says whether it has no text to run; of seeds, unit tests, functions and what is only described, none is empty.
    pub fn is_empty(self) -> bool {
        matches!(self, Self::Node(n) if !matches!(n.kind, NodeKind::Seed | NodeKind::UnitTest | NodeKind::Function)
            && !n.kind.is_described()
            && n.raw_code.trim().is_empty())
    }
}

/// The project as methods see it.
pub(super) struct Index<'a> {
    pub graph: &'a Graph,
    pub project_name: &'a str,
    /// By graph position.
    pub entries: Vec<Entry<'a>>,
    pub manifest: &'a Manifest,
    /// The earlier run, where one was given.
    pub comparison: Option<&'a Comparison>,
    project: &'a Project,
    warnings: RefCell<Vec<Diagnostic>>,
    tags: OnceCell<BTreeMap<&'a str, Vec<u32>>>,
    names: OnceCell<Names<'a>>,
    paths: OnceCell<Paths<'a>>,
}

impl<'a> Index<'a> {
    pub fn new(
        project: &'a Project,
        manifest: &'a Manifest,
        graph: &'a Graph,
        comparison: Option<&'a Comparison>,
    ) -> Self {
        let mut entries: Vec<Entry<'a>> = manifest.nodes.values().map(Entry::Node).collect();
        entries.extend(manifest.sources.values().map(Entry::Source));
        Self {
            graph,
            project_name: &manifest.project_name,
            entries,
            manifest,
            comparison,
            project,
            warnings: RefCell::default(),
            tags: OnceCell::new(),
            names: OnceCell::new(),
            paths: OnceCell::new(),
        }
    }

    /// Keeps a warning, once.
    pub fn warn(&self, warning: Diagnostic) {
        let mut warnings = self.warnings.borrow_mut();
        if !warnings
            .iter()
            .any(|w| w.message() == warning.message() && w.notes() == warning.notes())
        {
            warnings.push(warning);
        }
    }

    pub fn take_warnings(&self) -> Vec<Diagnostic> {
        self.warnings.take()
    }

    pub fn none(&self) -> Bits {
        Bits::new(self.graph.len())
    }

    /// Returns the members that a test holds for.
    pub fn filter(&self, mut test: impl FnMut(Entry<'a>) -> bool) -> Bits {
        let members = self.iter().filter(|(_, entry)| test(*entry)).map(|(at, _)| at);
        Bits::of(self.graph.len(), members)
    }

    pub fn iter(&self) -> impl Iterator<Item = (u32, Entry<'a>)> + '_ {
        (0_u32..).zip(self.entries.iter().copied())
    }

    pub fn entry(&self, at: u32) -> Entry<'a> {
        self.entries[at as usize]
    }

    /// Returns the members of each tag.
    pub fn tags(&self) -> &BTreeMap<&'a str, Vec<u32>> {
        self.tags.get_or_init(|| {
            let mut tags: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
            for (at, entry) in self.iter() {
                for tag in entry.tags() {
                    tags.entry(tag).or_default().push(at);
                }
            }
            tags
        })
    }

    pub fn names(&self) -> &Names<'a> {
        self.names.get_or_init(|| Names::new(self.iter()))
    }

    pub fn paths(&self) -> &Paths<'a> {
        self.paths.get_or_init(|| Paths::new(self.iter(), self.project))
    }
}

/// The qualified names of nodes and exposures; sources have none that `fqn` finds.
pub(super) struct Names<'a> {
    /// By graph position; empty text where there is none.
    pub qualified: Vec<QualifiedName<'a>>,
    by_leaf: HashMap<String, Vec<u32>>,
    /// By the first part of the name, and by the first part after the package.
    by_head: HashMap<String, Vec<u32>>,
}

/// A name such as `shop.staging.stg_orders`.
#[derive(Default)]
pub(super) struct QualifiedName<'a> {
    pub text: String,
    /// Where the name without its package starts.
    pub unscoped: usize,
    /// The node's own name, which may hold dots itself; a versioned model's without the version.
    pub leaf: &'a str,
}

impl<'a> Names<'a> {
    fn new(entries: impl Iterator<Item = (u32, Entry<'a>)>) -> Self {
        let mut names = Self {
            qualified: Vec::new(),
            by_leaf: HashMap::new(),
            by_head: HashMap::new(),
        };
        for (at, entry) in entries {
            let fqn = entry.fqn();
            if matches!(entry, Entry::Source(_)) || fqn.is_empty() {
                names.qualified.push(QualifiedName::default());
                continue;
            }
            let text = fqn.join(".");
            let unscoped = (fqn[0].len() + 1).min(text.len());
            let leaf = match entry.is_versioned() {
                true if fqn.len() > 1 => {
                    let versioned = format!("{}_{}", fqn[fqn.len() - 2], fqn[fqn.len() - 1]);
                    push(&mut names.by_leaf, &versioned, at);
                    &fqn[fqn.len() - 2]
                }
                _ => &fqn[fqn.len() - 1],
            };
            push(&mut names.by_leaf, leaf, at);
            for part in [&text[..], &text[unscoped..]] {
                push(&mut names.by_head, part.split('.').next().unwrap_or(part), at);
            }
            names.qualified.push(QualifiedName { text, unscoped, leaf });
        }
        names
    }

    /// Returns nodes of this own name, or of `name_version` for a versioned model.
    pub fn with_leaf(&self, leaf: &str) -> &[u32] {
        self.by_leaf.get(leaf).map_or(&[], Vec::as_slice)
    }

    pub fn with_head(&self, head: &str) -> &[u32] {
        self.by_head.get(head).map_or(&[], Vec::as_slice)
    }
}

fn push(map: &mut HashMap<String, Vec<u32>>, key: &str, at: u32) {
    match map.get_mut(key) {
        Some(list) => list.push(at),
        None => {
            map.insert(key.to_owned(), vec![at]);
        }
    }
}

/// The paths of the root project, and who stands at or below each.
pub(super) struct Paths<'a> {
    /// Files and folders of the root project: a pattern finds nothing else, even for nodes of other packages.
    pub files: HashSet<&'a str>,
    pub folders: HashSet<&'a str>,
    /// Members by their file, the folders above it, and the YAML file that describes them.
    members: HashMap<&'a str, Vec<u32>>,
}

impl<'a> Paths<'a> {
    fn new(entries: impl Iterator<Item = (u32, Entry<'a>)>, project: &'a Project) -> Self {
        let mut paths = Self {
            files: HashSet::new(),
            folders: HashSet::new(),
            members: HashMap::new(),
        };
        for file in project
            .packages
            .first()
            .into_iter()
            .flat_map(|package| &package.files)
        {
            paths.files.insert(&file.original_path);
            for folder in folders_above(&file.original_path) {
                if !paths.folders.insert(folder) {
                    break;
                }
            }
        }
        for (at, entry) in entries {
            let path = entry.original_path();
            let own = std::iter::once(path)
                .chain(folders_above(path))
                .chain(entry.patch_path());
            for path in own {
                paths.members.entry(path).or_default().push(at);
            }
        }
        paths
    }

    pub fn members(&self, path: &str) -> &[u32] {
        self.members.get(path).map_or(&[], Vec::as_slice)
    }
}

/// Returns the folders above a path, the nearest first; the topmost is `.`, as for Python.
fn folders_above(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(path.rsplit_once('/').map(|(folder, _)| folder), |folder| {
        folder.rsplit_once('/').map(|(above, _)| above)
    })
    .chain(std::iter::once("."))
}
