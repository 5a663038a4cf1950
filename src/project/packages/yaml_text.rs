//! Writes YAML as dbt does (PyYAML's block style, keys sorted, lists indented), so that both tools leave the same file.

use serde_json::Value as Json;

use super::lock::sorted;

/// Returns a mapping as the text of a file.
pub(super) fn write(value: &Json) -> String {
    let mut out = String::new();
    block(value, 0, &mut out);
    out
}

// The depth is that of a file that the YAML parser, which bounds it, has read.
fn block(value: &Json, indent: usize, out: &mut String) {
    match value {
        Json::Object(map) => {
            for (i, (key, value)) in sorted(map).into_iter().enumerate() {
                if i > 0 {
                    out.push_str(&" ".repeat(indent));
                }
                out.push_str(&scalar(key));
                out.push(':');
                child(value, indent, out);
            }
        }
        Json::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push_str(&" ".repeat(indent));
                }
                out.push_str("- ");
                if is_block(item) {
                    block(item, indent + 2, out);
                } else {
                    out.push_str(&flow(item));
                    out.push('\n');
                }
            }
        }
        other => {
            out.push_str(&flow(other));
            out.push('\n');
        }
    }
}

/// Writes what stands behind a key.
fn child(value: &Json, indent: usize, out: &mut String) {
    if is_block(value) {
        out.push('\n');
        out.push_str(&" ".repeat(indent + 2));
        block(value, indent + 2, out);
    } else {
        out.push(' ');
        out.push_str(&flow(value));
        out.push('\n');
    }
}

fn is_block(value: &Json) -> bool {
    match value {
        Json::Object(map) => !map.is_empty(),
        Json::Array(items) => !items.is_empty(),
        _ => false,
    }
}

fn flow(value: &Json) -> String {
    match value {
        Json::String(text) => scalar(text),
        other => other.to_string(),
    }
}

/// Writes a string, in quotes where it would mean something else without.
fn scalar(text: &str) -> String {
    if text.chars().any(|c| !(' '..='~').contains(&c)) {
        return double_quoted(text);
    }
    let bytes = text.as_bytes();
    let before_space = |i: usize| bytes.get(i + 1).is_none_or(|b| *b == b' ');
    let has_indicator = text.starts_with("---")
        || text.starts_with("...")
        || bytes.iter().enumerate().any(|(i, b)| match b {
            b':' => before_space(i),
            b'#' => i == 0 || bytes[i - 1] == b' ',
            b'?' | b'-' => i == 0 && before_space(i),
            b',' | b'[' | b']' | b'{' | b'}' | b'&' | b'*' | b'!' | b'|' | b'>' | b'\'' | b'"' | b'%'
            | b'@' | b'`' => i == 0,
            _ => false,
        });
    let is_plain = !has_indicator
        && !text.is_empty()
        && !text.starts_with(' ')
        && !text.ends_with(' ')
        && crate::yaml::parse_text("", text).is_ok_and(|d| d.root.as_str() == Some(text));
    if is_plain {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

fn double_quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            ' '..='~' => out.push(c),
            c if u32::from(c) <= 0xFF => out.push_str(&format!("\\x{:02X}", u32::from(c))),
            c if u32::from(c) <= 0xFFFF => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push_str(&format!("\\U{:08X}", u32::from(c))),
        }
    }
    out.push('"');
    out
}
