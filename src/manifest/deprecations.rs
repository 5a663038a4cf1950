//! What is taken in properties and names, but deprecated.

use std::collections::HashMap;

use super::generic_tests::CONFIG_KEYS;
use super::parse::Parsing;
use super::properties::Entry;
use super::{Manifest, NodeKind};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span};
use crate::jinja::stray_tags as stray_tags_of;
use crate::project::{PackageKind, ResourceKind};
use crate::yaml::{Document, Node as Yaml, Value};

fn deprecated(event: &'static str, message: String) -> Diagnostic {
    Diagnostic::warning(Code::DEPRECATED, message).event(event)
}

/// Finds what is deprecated in files and names.
pub(super) fn find(cx: &Parsing<'_>, manifest: &Manifest, entries: &[Entry], faults: &mut Diagnostics) {
    let mut seen = Vec::new();
    for entry in entries {
        let file = &entry.file;
        if !seen.iter().any(|known| std::sync::Arc::ptr_eq(known, file)) {
            seen.push(file.clone());
            faults.extend(file.document.warnings.iter().cloned());
        }
        if entry.section == "exposures" {
            faults.extend(exposure_name(entry));
        }
    }
    stray_tags(cx, faults);
    spaces(cx, manifest, faults);
    same_names(cx, manifest, faults);
}

/// Tags between the blocks of files of macros and snapshots mean nothing.
fn stray_tags(cx: &Parsing<'_>, faults: &mut Diagnostics) {
    let packages = cx.project.packages.iter();
    for package in packages.filter(|package| package.kind != PackageKind::Internal) {
        for resource in &package.files {
            let allowed: &[&str] = match resource.kind {
                ResourceKind::Macro => &["macro", "materialization", "test", "data_test"],
                ResourceKind::Snapshot => &["snapshot"],
                _ => continue,
            };
            let file = &resource.file;
            for (keyword, start, end) in stray_tags_of(file.text(), allowed) {
                let message =
                    format!("the tag `{keyword}` stands outside of all blocks, where it means nothing");
                faults.push(
                    deprecated("UnexpectedJinjaBlockDeprecation", message)
                        .at(Span::new(file, start, end))
                        .hint("Take it out, or move it into a block."),
                );
            }
        }
    }
}

/// An exposure's name must be letters, digits, underscores and dashes.
fn exposure_name(entry: &Entry) -> Option<Diagnostic> {
    let fits = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    if !entry.name.is_empty() && entry.name.chars().all(fits) {
        return None;
    }
    let message = format!(
        "the name of the exposure `{}` has other characters than letters, digits, `_` and `-`",
        entry.name
    );
    let place = entry.node.get("name").map(|n| n.span(&entry.file.document.file));
    Some(
        deprecated("ExposureNameDeprecation", message)
            .at(place)
            .hint("Put that text into `label:`, and choose a simple `name:`."),
    )
}

/// Names with blanks: errors, or one warning where the project asks for that.
fn spaces(cx: &Parsing<'_>, manifest: &Manifest, faults: &mut Diagnostics) {
    let found: Vec<_> = manifest.nodes.values().filter(|n| n.name.contains(' ')).collect();
    let message =
        |node: &super::Node| format!("the name of the {} `{}` has a blank", node.kind.word(), node.name);
    if cx
        .project
        .behaviour("require_resource_names_without_spaces", true)
    {
        for node in found {
            faults.push(
                Diagnostic::error(Code::PROPERTY_TARGET, message(node))
                    .at(node.declared_at.clone())
                    .hint("Write the name, which is also that of its file, without blanks."),
            );
        }
    } else if let Some(first) = found.first() {
        let count = found.len();
        faults.push(
            deprecated("ResourceNamesWithSpacesDeprecation", message(first))
                .at(first.declared_at.clone())
                .note(format!("names with blanks in all: {count}"))
                .hint("Write the name, which is also that of its file, without blanks."),
        );
    }
}

/// Two resources of a package with relations under one name, such as a model and a seed.
fn same_names(cx: &Parsing<'_>, manifest: &Manifest, faults: &mut Diagnostics) {
    let mut known: HashMap<(&str, &str), &super::Node> = HashMap::new();
    for node in manifest.nodes.values() {
        let is_relational = matches!(node.kind, NodeKind::Model | NodeKind::Seed | NodeKind::Snapshot);
        if !is_relational || node.version.is_some() {
            continue;
        }
        let Some(other) = known.insert((&node.package, &node.name), node) else {
            continue;
        };
        let message = format!("`{}` and `{}` have one name", other.id, node.id);
        let hint = "Rename one of the two.";
        faults.push(
            if cx
                .project
                .behaviour("require_unique_project_resource_names", false)
            {
                Diagnostic::error(Code::DUPLICATE, message)
                    .at(node.declared_at.clone())
                    .hint(hint)
            } else {
                deprecated("DuplicateNameDistinctNodeTypesDeprecation", message)
                    .at(node.declared_at.clone())
                    .hint(hint)
            },
        );
    }
}

/// Says whether `arguments:` of a generic test holds its arguments, rather than being one of them.
pub(super) fn nests_arguments(cx: &Parsing<'_>) -> bool {
    cx.project
        .behaviour("require_generic_test_arguments_property", true)
}

/// Finds arguments of a generic test that stand beside `arguments:`, and configuration beside `config:`.
pub(super) fn of_test(cx: &Parsing<'_>, test: &Yaml, on: &str, document: &Document) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let Value::Map(map) = &test.value else {
        return found;
    };
    let (name, body) = match (test.get("test_name"), map.entries.as_slice()) {
        (Some(name), _) => (name.key_text(), test),
        (None, [(key, value)]) => (key.key_text(), value),
        _ => return found,
    };
    let empty = Vec::new();
    let keys = body.as_map().map_or(&empty, |map| &map.entries);
    let place = test.span(&document.file);
    if !nests_arguments(cx) {
        if keys.iter().any(|(key, _)| key.as_str() == Some("arguments")) {
            let message = format!("the test `{name}` on `{on}` has an argument named `arguments`");
            found.push(deprecated("ArgumentsPropertyInGenericTestDeprecation", message).at(place));
        }
        return found;
    }
    for (key, _) in keys
        .iter()
        .filter(|(key, _)| CONFIG_KEYS.contains(&key.key_text().as_str()))
    {
        let text = key.key_text();
        let message = format!("`{text}` of the test `{name}` on `{on}` stands outside of its `config:`");
        found.push(
            deprecated("PropertyMovedToConfigDeprecation", message)
                .at(key.span(&document.file))
                .hint(format!("Write `config: {{{text}: …}}`.")),
        );
    }
    let nested = body.get("arguments");
    let has_arguments = nested.is_some_and(|node| {
        node.as_map().is_some_and(|map| !map.entries.is_empty())
            || (node.as_map().is_none() && !node.is_null())
    });
    let is_argument = |key: &str| {
        let is_known = matches!(
            key,
            "config" | "description" | "name" | "arguments" | "test_name" | "column_name"
        );
        !(is_known || CONFIG_KEYS.contains(&key))
    };
    if let Some((key, _)) = keys.iter().find(|(key, _)| is_argument(&key.key_text()))
        && !has_arguments
    {
        let message = format!("the arguments of the test `{name}` on `{on}` stand outside of `arguments:`");
        found.push(
            deprecated("MissingArgumentsPropertyInGenericTestDeprecation", message)
                .at(key.span(&document.file))
                .hint("Put them under `arguments:`, below the test's name."),
        );
    }
    found
}
