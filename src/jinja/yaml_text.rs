//! YAML as PyYAML's `safe_dump` writes it: block style, lists not indented, strings quoted where they must be.

use minijinja::Value;
use minijinja::value::ValueKind;

use super::python::{items, str_of};
use super::values::pairs;

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
            let text = scalar(value);
            out.push_str(&text);
            out.push('\n');
            // PyYAML ends a plain scalar's document explicitly.
            if !text.starts_with(['\'', '"']) {
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
            out.push_str(&scalar(key));
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
                other => leaf(item, other.is_some(), out),
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
            other => leaf(item, other.is_some(), out),
        }
    }
}

fn leaf(value: &Value, is_container: bool, out: &mut String) {
    out.push(' ');
    if is_container {
        out.push_str(empty(value));
    } else {
        out.push_str(&scalar(value));
    }
    out.push('\n');
}

fn scalar(value: &Value) -> String {
    match value.kind() {
        ValueKind::None | ValueKind::Undefined => "null".to_owned(),
        ValueKind::Bool => if value.is_true() { "true" } else { "false" }.to_owned(),
        ValueKind::Number => str_of(value),
        _ => text(&str_of(value)),
    }
}

fn text(text: &str) -> String {
    if text.chars().any(|c| c.is_control() && c != '\n') {
        return serde_json::to_string(text).unwrap_or_default();
    }
    if text.contains('\n') {
        return format!("'{}'", text.replace('\'', "''").replace('\n', "\n\n"));
    }
    let first = text.chars().next();
    let special = first.is_none_or(|c| "-?:,[]{}#&*!|>'\"%@`".contains(c) && !(c == '-' && plain_dash(text)))
        || text.contains(": ")
        || text.contains(" #")
        || text.ends_with(':')
        || text.starts_with(' ')
        || text.ends_with(' ')
        || resolves(text);
    if special {
        format!("'{}'", text.replace('\'', "''"))
    } else {
        text.to_owned()
    }
}

fn plain_dash(text: &str) -> bool {
    text.len() > 1 && !text.starts_with("- ") && !text.starts_with("---")
}

/// Says whether a plain text would be read back as something else than a string.
fn resolves(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let word = matches!(
        &*lower,
        "" | "~" | "null" | "true" | "false" | "yes" | "no" | "on" | "off" | "y" | "n" | "=" | "<<"
    ) && !matches!(&*lower, "y" | "n");
    let number = text.trim_start_matches(['+', '-']);
    let digits = number.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && number
            .chars()
            .all(|c| c.is_ascii_digit() || "_.:eE+-xabcdefABCDEFoO".contains(c))
        && number.chars().any(|c| c.is_ascii_digit())
        && (number.replace('_', "").parse::<f64>().is_ok()
            || number.starts_with("0x")
            || number.starts_with("0o")
            || number.contains(':'));
    let date = text.len() == 10 && chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok();
    word || digits || date || lower == ".inf" || lower == ".nan"
}
