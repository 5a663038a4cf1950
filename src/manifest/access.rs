//! Groups and access: who may refer to which model, and which references will stop to work.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value as Json;

use super::parse::Parsing;
use super::{Manifest, Node, NodeId, NodeKind};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// Checks groups, access and deprecations of all nodes.
pub(super) fn check(cx: &Parsing<'_>, manifest: &mut Manifest, faults: &mut Diagnostics) {
    let groups: BTreeSet<String> = manifest
        .groups
        .values()
        .filter_map(|group| group.get("name").and_then(Json::as_str).map(str::to_owned))
        .collect();
    for node in manifest.nodes.values() {
        let is_refused = |name: &str| manifest.refused.has(name);
        let unknown = unknown_group(node, &groups);
        faults.extend(unknown.filter(|_| !node.group.as_deref().is_some_and(is_refused)));
        faults.extend(public_ephemeral(node));
        for target in node.depends_on.iter().filter_map(|id| manifest.nodes.get(id)) {
            faults.extend(forbidden(cx, node, target));
        }
    }
    let warnings = deprecations(cx, manifest);
    manifest.warnings.extend(warnings);
}

fn unknown_group(node: &Node, groups: &BTreeSet<String>) -> Option<Diagnostic> {
    let group = node
        .group
        .as_deref()
        .filter(|g| !g.is_empty() && !groups.contains(*g))?;
    Some(
        Diagnostic::error(
            Code::CONFIG,
            format!(
                "{} `{}` is in a group named `{group}`, which was not found",
                node.kind.word(),
                node.name
            ),
        )
        .at(node.declared_at.clone())
        .did_you_mean(group, groups.iter().map(String::as_str))
        .hint("Declare the group under `groups:` in a properties file, with its owner."),
    )
}

fn public_ephemeral(node: &Node) -> Option<Diagnostic> {
    (node.is_ephemeral() && is(node, "public")).then(|| {
        Diagnostic::error(
            Code::ACCESS,
            format!(
                "model `{}` is public and ephemeral, which is no relation that others could read",
                node.name
            ),
        )
        .at(node.declared_at.clone())
        .hint("Materialize it as a view or table, or make it protected.")
    })
}

fn is(node: &Node, access: &str) -> bool {
    node.kind == NodeKind::Model && node.access.as_deref().unwrap_or("protected") == access
}

/// Refuses references to private models from other groups, and to any but public models of closed packages.
fn forbidden(cx: &Parsing<'_>, node: &Node, target: &Node) -> Option<Diagnostic> {
    let is_foreign = node.package != target.package;
    let is_closed = is_foreign
        && *target.package != *cx.project.root().name
        && cx
            .project
            .package(&target.package)
            .is_some_and(|p| p.project.restrict_access);
    let in_group = node.group.as_deref().is_some_and(|g| !g.is_empty()) && node.group == target.group;
    // A unit test looks at its model from the inside.
    let is_inside = node.kind == NodeKind::UnitTest;
    let reason = if is(target, "private") && !is_inside && (!in_group || is_closed) {
        match &target.group {
            Some(group) => format!("is private to the group `{group}`"),
            None => "is private, and in no group".to_owned(),
        }
    } else if is(target, "protected") && is_closed {
        format!(
            "is protected by the package `{}`, which restricts access",
            target.package
        )
    } else {
        return None;
    };
    let place = node.refs.iter().position(|call| call.name == target.name);
    let span = place.and_then(|at| node.ref_spans.get(at).cloned().flatten());
    Some(
        Diagnostic::error(
            Code::ACCESS,
            format!(
                "{} `{}` depends on `{}`, which {reason}",
                node.kind.word(),
                node.name,
                target.name
            ),
        )
        .at(span.or_else(|| node.declared_at.clone()))
        .hint(match node.kind {
            NodeKind::Exposure => {
                "An exposure is in no group: it can depend on protected and public models only."
            }
            _ => "Depend on another model, join its group, or change its access.",
        }),
    )
}

/// Warns of models past their date, and of those that depend on models with a date.
fn deprecations(cx: &Parsing<'_>, manifest: &Manifest) -> Vec<Diagnostic> {
    let today = cx.options.invocation.started_at.format("%Y-%m-%d").to_string();
    let mut warnings = Vec::new();
    let models = || manifest.nodes.values().filter(|n| n.kind == NodeKind::Model);
    if !models().any(|n| n.extra.contains_key("deprecation_date")) {
        return warnings;
    }
    let mut readers: HashMap<&NodeId, Vec<&Node>> = HashMap::new();
    for reader in models() {
        for id in &reader.depends_on {
            readers.entry(id).or_default().push(reader);
        }
    }
    for node in models() {
        let Some(date) = node.extra.get("deprecation_date").and_then(Json::as_str) else {
            continue;
        };
        let day = date.get(..10).unwrap_or(date);
        let is_past = day < today.as_str();
        if is_past {
            warnings.push(
                Diagnostic::warning(
                    Code::DEPRECATED,
                    format!("model `{}` was deprecated on {day}", shown(node)),
                )
                .at(node.declared_at.clone()),
            );
        }
        for child in readers.get(&node.id).into_iter().flatten() {
            let tense = if is_past {
                "was deprecated"
            } else {
                "will be deprecated"
            };
            let place = child.refs.iter().position(|call| call.name == node.name);
            let span = place.and_then(|at| child.ref_spans.get(at).cloned().flatten());
            let latest = node
                .latest_version
                .as_ref()
                .filter(|v| node.version.as_ref() != Some(*v));
            let found = Diagnostic::warning(
                Code::DEPRECATED,
                format!(
                    "model `{}` depends on `{}`, which {tense} on {day}",
                    child.name,
                    shown(node)
                ),
            )
            .at(span.or_else(|| child.declared_at.clone()));
            warnings.push(match latest {
                Some(latest) => found.hint(format!(
                    "The latest version is {}.",
                    super::names::version_text(latest)
                )),
                None => found,
            });
        }
    }
    warnings
}

fn shown(node: &Node) -> String {
    match node.version.as_ref().filter(|v| !v.is_null()) {
        Some(version) => format!("{}.v{}", node.name, super::names::version_text(version)),
        None => node.name.to_string(),
    }
}
