//! Methods that compare one fact of a node: tag, group, access, package, file, source, exposure, resource type.

use crate::diagnostic::Result;
use crate::graph::bits::Bits;
use crate::graph::select::error;
use crate::graph::select::expr::Criterion;
use crate::graph::select::glob::Glob;
use crate::graph::select::index::{Entry, Index};
use crate::manifest::NodeKind;

/// dbt's words for kinds of resource.
const RESOURCE_TYPES: [&str; 19] = [
    "model",
    "analysis",
    "test",
    "snapshot",
    "operation",
    "seed",
    "rpc",
    "sql_operation",
    "doc",
    "source",
    "macro",
    "exposure",
    "metric",
    "group",
    "saved_query",
    "semantic_model",
    "unit_test",
    "fixture",
    "function",
];

pub(super) fn tag(index: &Index<'_>, value: &str) -> Bits {
    let mut found = index.none();
    let tags = index.tags();
    match Glob::new(value) {
        Glob::Exact(tag) => {
            for at in tags.get(tag.as_str()).into_iter().flatten() {
                found.insert(*at);
            }
        }
        pattern => {
            for at in tags
                .iter()
                .filter(|(tag, _)| pattern.fits(tag))
                .flat_map(|(_, members)| members)
            {
                found.insert(*at);
            }
        }
    }
    found
}

pub(super) fn group(index: &Index<'_>, value: &str) -> Bits {
    let pattern = Glob::new(value);
    index.filter(|entry| match entry {
        // Of what is only described, dbt looks at metrics alone.
        Entry::Node(node) if node.kind.is_described() && node.kind != NodeKind::Metric => false,
        Entry::Node(node) => node
            .config
            .str("group")
            .or(node.group.as_deref())
            .is_some_and(|group| !group.is_empty() && pattern.fits(group)),
        Entry::Source(_) => false,
    })
}

pub(super) fn access(index: &Index<'_>, value: &str) -> Bits {
    index.filter(|entry| match entry {
        Entry::Node(node) => {
            node.kind == NodeKind::Model && node.access.as_deref().unwrap_or("protected") == value
        }
        Entry::Source(_) => false,
    })
}

/// `this` is the root project.
pub(super) fn package(index: &Index<'_>, value: &str) -> Bits {
    let pattern = Glob::new(if value == "this" {
        index.project_name
    } else {
        value
    });
    index.filter(|entry| pattern.fits(entry.package()))
}

/// Compares the file's name, with and without its ending.
pub(super) fn file(index: &Index<'_>, value: &str) -> Bits {
    let pattern = Glob::new(value);
    index.filter(|entry| {
        let path = entry.original_path();
        let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
        let stem = match name.rsplit_once('.') {
            Some((stem, _)) if !stem.is_empty() => stem,
            _ => name,
        };
        pattern.fits(name) || pattern.fits(stem)
    })
}

/// `source`, `source.table` or `package.source.table`.
pub(super) fn source(index: &Index<'_>, criterion: &Criterion) -> Result<Bits> {
    let parts: Vec<&str> = criterion.value.split('.').collect();
    let (package, source, table) = match parts.as_slice() {
        [source] => ("*", *source, "*"),
        [source, table] => ("*", *source, *table),
        [package, source, table] => (*package, *source, *table),
        _ => {
            let form = "`source:name`, `source:name.table` or `source:package.name.table`";
            return Err(error::too_many_parts(criterion, form));
        }
    };
    let (package, source, table) = (Glob::new(package), Glob::new(source), Glob::new(table));
    Ok(index.filter(|entry| match entry {
        Entry::Source(s) => package.fits(&s.package) && source.fits(&s.source_name) && table.fits(&s.name),
        Entry::Node(_) => false,
    }))
}

/// `name` or `package.name` of what is only described: an exposure, a metric and the like.
pub(super) fn described(index: &Index<'_>, criterion: &Criterion, kind: NodeKind) -> Result<Bits> {
    let (package, name) = package_and_name(criterion)?;
    Ok(index.filter(|entry| match entry {
        Entry::Node(node) => node.kind == kind && package.fits(&node.package) && name.fits(&node.name),
        Entry::Source(_) => false,
    }))
}

/// `name` or `package.name`; a versioned model's unit tests are found by the name that all of them have.
pub(super) fn unit_test(index: &Index<'_>, criterion: &Criterion) -> Result<Bits> {
    let (package, name) = package_and_name(criterion)?;
    Ok(index.filter(|entry| match entry {
        Entry::Node(node) => {
            node.kind == NodeKind::UnitTest && package.fits(&node.package) && name.fits(&node.name)
        }
        Entry::Source(_) => false,
    }))
}

fn package_and_name(criterion: &Criterion) -> Result<(Glob, Glob)> {
    let parts: Vec<&str> = criterion.value.split('.').collect();
    match parts.as_slice() {
        [name] => Ok((Glob::new("*"), Glob::new(name))),
        [package, name] => Ok((Glob::new(package), Glob::new(name))),
        _ => {
            let word = criterion.method.word();
            let form = format!("`{word}:name` or `{word}:package.name`");
            Err(error::too_many_parts(criterion, &form))
        }
    }
}

pub(super) fn resource_type(index: &Index<'_>, criterion: &Criterion) -> Result<Bits> {
    if !RESOURCE_TYPES.contains(&criterion.value.as_str()) {
        return Err(error::unknown_value(criterion, "resource type", &RESOURCE_TYPES));
    }
    Ok(index.filter(|entry| entry.resource_type() == criterion.value))
}
