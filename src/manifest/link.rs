//! Links: what each `ref` and `source` means, and errors for those that mean nothing.

use std::sync::Arc;

use indexmap::IndexSet;
use rayon::prelude::*;
use serde_json::Value as Json;

use super::names::version_text;
use super::parse::Parsing;
use super::{Manifest, Node, NodeId, NodeKind, RefTarget, SourceNode};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span};
use crate::jinja::RefCall;

/// Fills `depends_on` of all nodes.
pub(super) fn link(cx: &Parsing<'_>, manifest: &mut Manifest, faults: &mut Diagnostics) {
    let _ = cx;
    let nodes: Vec<Arc<Node>> = manifest.nodes.values().cloned().collect();
    let linked: Vec<Result<Vec<NodeId>, Vec<Diagnostic>>> =
        nodes.par_iter().map(|node| of_node(manifest, node)).collect();
    drop(nodes);
    let mut off = Vec::new();
    for (node, result) in manifest.nodes.values_mut().zip(linked) {
        match result {
            // What a unit test depends on is known: the model that it tests.
            Ok(_) if node.kind == NodeKind::UnitTest => {}
            Ok(ids) => Arc::make_mut(node).depends_on = ids,
            // A test of a disabled model is switched off with it.
            Err(_) if node.is_test_of_disabled() => off.push(node.id.clone()),
            // A test of what does not exist is left out with a warning, as in dbt.
            Err(found) if node.kind == NodeKind::Test => {
                manifest
                    .warnings
                    .extend(found.into_iter().map(Diagnostic::as_warning));
                Arc::make_mut(node)
                    .extra
                    .insert(WITHOUT_TARGET.into(), true.into());
                off.push(node.id.clone());
            }
            Err(found) => faults.extend(found),
        }
    }
    for id in off {
        if let Some(mut node) = manifest.nodes.shift_remove(&id) {
            let off = Arc::make_mut(&mut node);
            Arc::make_mut(&mut off.config)
                .values
                .insert("enabled".into(), false.into());
            manifest.disabled.entry(id).or_default().push(node);
        }
    }
}

impl Node {
    /// Says whether it is a generic test of a disabled node.
    pub fn is_test_of_disabled(&self) -> bool {
        let attached = self
            .test
            .as_ref()
            .filter(|t| t.metadata.is_some())
            .and_then(|t| t.attached_node.as_ref());
        attached.is_some_and(|id| id.as_str().ends_with(DISABLED))
    }

    /// Says whether it is a test that is switched off because what it tests is disabled or does not exist.
    pub fn is_test_without_target(&self) -> bool {
        self.is_test_of_disabled() || self.extra.contains_key(WITHOUT_TARGET)
    }
}

/// Marks a test whose node does not exist.
const WITHOUT_TARGET: &str = "without_target";

/// Marks the attached node of a test whose model is disabled.
pub(super) const DISABLED: &str = "\u{0}disabled";

struct Wanted<'a> {
    /// "model", and its name.
    kind: &'a str,
    name: &'a str,
    package: &'a str,
    place: Option<&'a Span>,
}

impl Wanted<'_> {
    /// Returns "model `orders`".
    fn what(&self) -> String {
        format!("{} `{}`", self.kind, self.name)
    }
}

fn of_node(manifest: &Manifest, node: &Node) -> Result<Vec<NodeId>, Vec<Diagnostic>> {
    let mut ids = IndexSet::with_capacity(node.refs.len() + node.sources.len());
    let mut faults = Vec::new();
    let wanted = Wanted {
        kind: node.kind.word(),
        name: &node.name,
        package: &node.package,
        place: node.declared_at.as_ref(),
    };
    // Sources first, as dbt lists them.
    for (i, source) in node.sources.iter().enumerate() {
        match one_source(
            manifest,
            &wanted,
            source,
            node.source_spans.get(i).and_then(Option::as_ref),
        ) {
            Ok(id) => {
                ids.insert(id);
            }
            Err(_) if manifest.refused.has_table(&source.0, &source.1) => {}
            Err(fault) => faults.push(fault),
        }
    }
    for (i, call) in node.refs.iter().enumerate() {
        match one_ref(
            manifest,
            &wanted,
            call,
            node.ref_spans.get(i).and_then(Option::as_ref),
        ) {
            Ok(id) => {
                ids.insert(id);
            }
            Err(_) if manifest.refused.has(&call.name) => {}
            Err(fault) => faults.push(fault),
        }
    }
    for call in node
        .extra
        .get("functions")
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
    {
        match one_function(manifest, &wanted, call) {
            Ok(id) => {
                ids.insert(id);
            }
            Err(_) if is_refused(manifest, call) => {}
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() {
        Ok(ids.into_iter().collect())
    } else {
        Err(faults)
    }
}

/// Says whether a call of `function` names one that could not be parsed.
fn is_refused(manifest: &Manifest, call: &Json) -> bool {
    let name = call.as_array().and_then(|parts| parts.last()?.as_str());
    name.is_some_and(|name| manifest.refused.has(name))
}

/// Returns the versions of a model as they are written in names, none where it has none.
fn versions_of(manifest: &Manifest, name: &str) -> Vec<String> {
    let models = manifest
        .nodes
        .values()
        .filter(|n| n.kind == NodeKind::Model && &*n.name == name);
    let versions = models.filter_map(|n| n.version.as_ref().filter(|v| !v.is_null()));
    versions.map(super::names::version_text).collect()
}

fn one_ref(
    manifest: &Manifest,
    wanted: &Wanted<'_>,
    call: &RefCall,
    place: Option<&Span>,
) -> Result<NodeId, Diagnostic> {
    let found = match resolve_ref(manifest, call, wanted.package) {
        RefTarget::Found(node) => return Ok(node.id.clone()),
        other => other,
    };
    let what = wanted.what();
    let place = place.or(wanted.place).cloned();
    let named = match &call.version {
        Some(version) => format!("{}.v{version}", call.name),
        None => call.name.to_string(),
    };
    match found {
        // Answered above; whether the reference is allowed is checked in `access`.
        RefTarget::Found(node) => Ok(node.id.clone()),
        RefTarget::Disabled(node) => {
            let stands = node
                .declared_at
                .as_ref()
                .map_or_else(|| node.original_path.to_string(), ToString::to_string);
            Err(Diagnostic::error(Code::DISABLED_REF, format!("{what} depends on `{named}`, which is disabled"))
                .at(place)
                .note(format!("`{named}` stands in {stands}; it is switched off by `enabled: false` there, in its properties, or in dbt_project.yml"))
                .hint(format!("Enable `{named}`, or remove the reference.")))
        }
        RefTarget::Ambiguous(ids) => {
            let ids: Vec<&str> = ids.iter().map(NodeId::as_str).collect();
            Err(Diagnostic::error(
                Code::AMBIGUOUS_REF,
                format!("{what} depends on `{named}`, which fits {} nodes", ids.len()),
            )
            .at(place)
            .note(format!("they are {}", ids.join(", ")))
            .hint("Name the package first: ref('package', 'name')."))
        }
        RefTarget::Missing => {
            let package = call
                .package
                .as_deref()
                .map(|p| format!(" in package `{p}`"))
                .unwrap_or_default();
            let versions = versions_of(manifest, &call.name);
            if let (Some(version), false) = (&call.version, versions.is_empty()) {
                return Err(Diagnostic::error(
                    Code::VERSION,
                    format!(
                        "{what} depends on version {version} of `{}`{package}, which was not found",
                        call.name
                    ),
                )
                .at(place)
                .hint(format!("It has the versions {}.", versions.join(", "))));
            }
            let names = manifest.refables.keys().map(|k| &**k);
            Err(Diagnostic::error(
                Code::UNKNOWN_REF,
                format!("{what} depends on a node named `{named}`{package}, which was not found"),
            )
            .at(place)
            .did_you_mean(&call.name, names))
        }
    }
}

/// Finds a function: `[name]` or `[package, name]`.
fn one_function(manifest: &Manifest, wanted: &Wanted<'_>, call: &Json) -> Result<NodeId, Diagnostic> {
    let parts: Vec<&str> = call
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Json::as_str)
        .collect();
    let (package, name) = match parts.as_slice() {
        [package, name] => (Some(*package), *name),
        [name] => (None, *name),
        _ => (None, ""),
    };
    if let Some(found) = manifest.resolve_function(package, name, wanted.package) {
        return Ok(found.id.clone());
    }
    let what = wanted.what();
    let mut off = manifest.disabled.values().flatten();
    let is_off = off.any(|n| n.kind == NodeKind::Function && *n.name == *name);
    let (code, end) = if is_off {
        (Code::DISABLED_REF, "which is disabled")
    } else {
        (Code::UNKNOWN_REF, "which was not found")
    };
    let known = manifest.nodes.values().filter(|n| n.kind == NodeKind::Function);
    Err(Diagnostic::error(
        code,
        format!("{what} depends on a function named `{name}`, {end}"),
    )
    .at(wanted.place.cloned())
    .did_you_mean(name, known.filter(|_| !is_off).map(|n| &*n.name)))
}

fn one_source(
    manifest: &Manifest,
    wanted: &Wanted<'_>,
    (source, table): &(Arc<str>, Arc<str>),
    place: Option<&Span>,
) -> Result<NodeId, Diagnostic> {
    if let Some(found) = resolve_source(manifest, source, table, wanted.package) {
        return Ok(found.id.clone());
    }
    let what = wanted.what();
    let off = manifest
        .disabled_sources
        .iter()
        .any(|s| s.source_name == *source && s.name == *table);
    let place = place.or(wanted.place).cloned();
    if off {
        return Err(Diagnostic::error(
            Code::UNKNOWN_SOURCE,
            format!("{what} depends on the source `{source}.{table}`, which is disabled"),
        )
        .at(place));
    }
    let full = format!("{source}.{table}");
    let names: Vec<String> = manifest
        .source_index
        .keys()
        .map(|(s, t)| format!("{s}.{t}"))
        .collect();
    Err(Diagnostic::error(
        Code::UNKNOWN_SOURCE,
        format!("{what} depends on a source named `{full}`, which was not found"),
    )
    .at(place)
    .did_you_mean(&full, names.iter().map(String::as_str)))
}

/// Finds what a `ref` means as seen from a package: in the packages that come first, then in all.
pub(super) fn resolve_ref<'a>(manifest: &'a Manifest, call: &RefCall, from: &str) -> RefTarget<'a> {
    let fits = |node: &Node| {
        call.package.as_deref().is_none_or(|p| *node.package == *p)
            && match (&call.version, &node.version) {
                (Some(wanted), Some(version)) => **wanted == version_text(version),
                (Some(_), None) => false,
                (None, Some(version)) => node.latest_version.as_ref() == Some(version),
                (None, None) => true,
            }
    };
    let named = manifest
        .refables
        .get(&call.name)
        .map(Vec::as_slice)
        .unwrap_or_default();
    if let [only] = named
        && let Some(node) = manifest.nodes.get(only).filter(|n| fits(n))
    {
        return RefTarget::Found(node);
    }
    let found: Vec<&Arc<Node>> = named
        .iter()
        .filter_map(|id| manifest.nodes.get(id))
        .filter(|n| fits(n))
        .collect();
    let [first, second] = manifest.name_search.packages(from).map(|package| {
        let of_package = found.iter().copied().filter(|n| *n.package == *package);
        of_package.collect::<Vec<&Arc<Node>>>()
    });
    let nearest = [first, second, found.clone()]
        .into_iter()
        .find(|list| !list.is_empty());
    match nearest.as_deref() {
        Some([one]) => RefTarget::Found(one),
        Some(many) => RefTarget::Ambiguous(many.iter().map(|n| n.id.clone()).collect()),
        None => {
            let mut disabled = manifest.disabled.values().flatten();
            match disabled.find(|n| n.kind.is_refable() && n.name == call.name && fits(n)) {
                Some(node) => RefTarget::Disabled(node),
                None => RefTarget::Missing,
            }
        }
    }
}

/// Finds a source table as seen from a package: in the packages that come first, then in all.
pub(super) fn resolve_source<'a>(
    manifest: &'a Manifest,
    source: &str,
    table: &str,
    from: &str,
) -> Option<&'a Arc<SourceNode>> {
    let key = (Arc::from(source), Arc::from(table));
    let found: Vec<&Arc<SourceNode>> = manifest
        .source_index
        .get(&key)?
        .iter()
        .filter_map(|id| manifest.sources.get(id))
        .collect();
    let by = |package: &str| found.iter().find(|s| *s.package == *package).copied();
    let mut nearest = manifest.name_search.packages(from).into_iter();
    nearest.find_map(by).or_else(|| found.first().copied())
}
