//! YAML as PyYAML's `safe_dump` writes it: block style, lists not indented, strings quoted where they must be.

use minijinja::Value;
use minijinja::value::ValueKind;

use super::python::{items, str_of};
use super::values::datetime::Moment;
use super::values::pairs;
use super::yaml_scalar;

const DEPTH_MAX: usize = 60;

/// Writes a value as a document.
pub(crate) fn dump(value: &Value, sort: bool) -> String {
    let mut out = String::new();
    match container(value) {
        Some(true) => write(value, sort, 0, &mut out),
        Some(false) => {
            out.push_str(empty(value));
            out.push('\n');
        }
        None => {
            scalar(value, false, 0, &mut out);
            let quoted = out.starts_with(['\'', '"']);
            out.push('\n');
            // PyYAML ends a plain scalar's document explicitly.
            if !quoted {
                out.push_str("...\n");
            }
        }
    }
    out
}

/// Says whether a value is a container, and whether it has items.
fn container(value: &Value) -> Option<bool> {
    match value.kind() {
        ValueKind::Map | ValueKind::Seq | ValueKind::Iterable => Some(value.len().unwrap_or(0) > 0),
        _ => None,
    }
}

fn empty(value: &Value) -> &'static str {
    if value.kind() == ValueKind::Map {
        "{}"
    } else {
        "[]"
    }
}

fn write(value: &Value, sort: bool, depth: usize, out: &mut String) {
    if depth > DEPTH_MAX {
        return;
    }
    let pad = "  ".repeat(depth);
    if value.kind() == ValueKind::Map {
        let mut all = pairs(value).unwrap_or_default();
        if sort {
            all.sort_by_key(|(key, _)| str_of(key));
        }
        for (i, (key, item)) in all.iter().enumerate() {
            if i > 0 {
                out.push_str(&pad);
            }
            scalar(key, true, depth, out);
            out.push(':');
            match container(item) {
                Some(true) if item.kind() == ValueKind::Map => {
                    out.push('\n');
                    out.push_str(&"  ".repeat(depth + 1));
                    write(item, sort, depth + 1, out);
                }
                Some(true) => {
                    out.push('\n');
                    out.push_str(&pad);
                    write(item, sort, depth, out);
                }
                other => leaf(item, other.is_some(), depth, out),
            }
        }
        return;
    }
    for (i, item) in items(value).unwrap_or_default().iter().enumerate() {
        if i > 0 {
            out.push_str(&pad);
        }
        out.push('-');
        match container(item) {
            Some(true) => {
                out.push(' ');
                write(item, sort, depth + 1, out);
            }
            other => leaf(item, other.is_some(), depth, out),
        }
    }
}

fn leaf(value: &Value, is_container: bool, depth: usize, out: &mut String) {
    out.push(' ');
    if is_container {
        out.push_str(empty(value));
    } else {
        scalar(value, false, depth, out);
    }
    out.push('\n');
}

fn scalar(value: &Value, is_key: bool, depth: usize, out: &mut String) {
    match value.kind() {
        ValueKind::None | ValueKind::Undefined => out.push_str("null"),
        ValueKind::Bool => out.push_str(if value.is_true() { "true" } else { "false" }),
        ValueKind::Number => out.push_str(&str_of(value)),
        _ if Moment::of(value).is_some() => out.push_str(&str_of(value)),
        _ => yaml_scalar::write(&str_of(value), is_key, 2 * (depth + 1), out),
    }
}
