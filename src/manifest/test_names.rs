//! What a generic test is called: its short and full name, the text that its id hashes, the code that dbt shows for it.

use std::fmt::Write;

use serde_json::{Map, Value as Json};

use super::files::md5_hex;
use crate::jinja::{python_quoted, python_str};

/// The longest name that is kept whole, in characters.
const WHOLE_MAX: usize = 63;
/// How much of a longer one stays readable, in characters.
const HEAD: usize = 30;

/// A test as it is called: `dbt_utils.accepted_range` with its arguments.
#[derive(Clone, Copy)]
pub(super) struct Called<'a> {
    pub namespace: Option<&'a str>,
    pub name: &'a str,
    pub args: &'a Map<String, Json>,
}

pub(super) struct Names {
    /// Another than the full name where that is too long for a relation.
    pub short: Option<String>,
    pub full: String,
}

impl Called<'_> {
    /// Returns the names of the test on `target`: `orders`, `orders_v2`, `shop_raw` for a source's table.
    pub fn names(&self, target: &str, of_source: bool) -> Names {
        let mut full = String::with_capacity(96);
        if let Some(namespace) = self.namespace {
            full.push_str(namespace);
            full.push('_');
        }
        if of_source {
            full.push_str("source_");
        }
        full.push_str(self.name);
        full.push('_');
        full.push_str(target);
        let head = full.len();
        full.push('_');
        let mut keys: Vec<&String> = self.args.keys().filter(|k| *k != "model").collect();
        keys.sort_unstable();
        let mut begun = false;
        let mut part = |value: &Json| {
            if std::mem::replace(&mut begun, true) {
                full.push_str("__");
            }
            match value {
                Json::String(text) => clean(text, &mut full),
                other => clean(&python_str(other), &mut full),
            }
        };
        for key in keys {
            match &self.args[key] {
                Json::Object(map) => map.values().for_each(&mut part),
                Json::Array(items) => items.iter().for_each(&mut part),
                one => part(one),
            }
        }
        let short = (full.chars().count() > WHOLE_MAX).then(|| {
            let head: String = full[..head].chars().take(HEAD).collect();
            format!("{head}_{}", md5_hex(&full))
        });
        Names { short, full }
    }

    /// Returns the end of the test's id: of its name, and of its metadata as Python's `repr` of them, keys sorted and
    /// scalars as text.
    pub fn hash(&self, full_name: &str) -> String {
        let mut text = String::with_capacity(full_name.len() + 192);
        text.push_str(full_name);
        text.push_str("{'kwargs': ");
        write_map(self.args, &mut text);
        text.push_str(", 'name': ");
        python_quoted(self.name, &mut text);
        text.push_str(", 'namespace': ");
        python_quoted(self.namespace.unwrap_or("None"), &mut text);
        text.push('}');
        let mut hash = md5_hex(&text);
        hash.split_off(hash.len() - 10)
    }

    /// Returns the template that dbt shows as the test's code.
    pub fn raw_code(&self, config: &Map<String, Json>) -> String {
        let mut code = String::with_capacity(self.name.len() + 48);
        code.push_str("{{ ");
        if let Some(namespace) = self.namespace {
            code.push_str(namespace);
            code.push('.');
        }
        code.push_str("test_");
        code.push_str(self.name);
        code.push_str("(**_dbt_generic_test_kwargs) }}");
        if config.is_empty() {
            return code;
        }
        code.push_str("{{ config(");
        for (i, (key, value)) in config.iter().enumerate() {
            if i > 0 {
                code.push(',');
            }
            // Writing to a text cannot fail.
            let _ = match value {
                Json::String(text) => write!(code, "{key}=\"{}\"", text.replace('"', "\\\"")),
                other => write!(code, "{key}={}", python_str(other)),
            };
        }
        code.push_str(") }}");
        code
    }
}

/// Appends a text, each run of other characters turned into one underscore.
fn clean(text: &str, out: &mut String) {
    let mut gap = false;
    for c in text.chars() {
        let fits = c.is_ascii_alphanumeric() || c == '_';
        if fits {
            out.push(c);
        } else if !gap {
            out.push('_');
        }
        gap = !fits;
    }
}

fn write_map(map: &Map<String, Json>, out: &mut String) {
    let mut entries: Vec<(&String, &Json)> = map.iter().collect();
    entries.sort_unstable_by_key(|(key, _)| *key);
    out.push('{');
    for (i, (key, value)) in entries.into_iter().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        python_quoted(key, out);
        out.push_str(": ");
        write_value(value, out);
    }
    out.push('}');
}

fn write_value(value: &Json, out: &mut String) {
    match value {
        Json::Object(map) => write_map(map, out),
        Json::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                write_value(item, out);
            }
            out.push(']');
        }
        Json::String(text) => python_quoted(text, out),
        scalar => python_quoted(&python_str(scalar), out),
    }
}
