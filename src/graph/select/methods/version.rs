//! `version`: latest, prerelease, old, none.

use std::cmp::Ordering;

use serde_json::Value as Json;

use crate::diagnostic::Result;
use crate::graph::bits::Bits;
use crate::graph::select::error;
use crate::graph::select::expr::Criterion;
use crate::graph::select::index::{Entry, Index};
use crate::manifest::{Node, NodeKind};

pub(super) fn search(index: &Index<'_>, criterion: &Criterion) -> Result<Bits> {
    let wanted: fn(&Node) -> bool = match criterion.value.as_str() {
        "latest" => |node| against_latest(node) == Some(Ordering::Equal),
        "prerelease" => |node| against_latest(node) == Some(Ordering::Greater),
        "old" => |node| against_latest(node) == Some(Ordering::Less),
        "none" => |node| version_of(node.version.as_ref()).is_none(),
        _ => {
            let known = ["latest", "prerelease", "old", "none"];
            return Err(error::unknown_value(criterion, "kind of version", &known));
        }
    };
    Ok(index.filter(|entry| match entry {
        Entry::Node(node) => node.kind == NodeKind::Model && wanted(node),
        Entry::Source(_) => false,
    }))
}

fn against_latest(node: &Node) -> Option<Ordering> {
    let version = version_of(node.version.as_ref())?;
    let latest = version_of(node.latest_version.as_ref())?;
    match (version.parse::<f64>(), latest.parse::<f64>()) {
        (Ok(version), Ok(latest)) => version.partial_cmp(&latest),
        _ => Some(version.cmp(&latest)),
    }
}

fn version_of(version: Option<&Json>) -> Option<String> {
    match version? {
        Json::Null => None,
        Json::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
