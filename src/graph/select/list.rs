//! Rows of `ls`: one line a node, sorted by unique id, in dbt's four forms.

use indexmap::IndexSet;
use serde_json::{Map, Value as Json, json};

use super::index::Entry;
use crate::manifest::{Manifest, NodeId, NodeKind};

/// The form of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ListForm {
    Name,
    Path,
    /// What `--select` takes to find the node.
    #[default]
    Selector,
    /// One object a line, with the keys asked for.
    Json,
}

/// Returns the rows of the selected nodes.
///
/// `keys` are those of the JSON form, `config.materialized` for nested ones; none: dbt's usual ten. `artifact` gives a node as the manifest file has it; it is asked only for keys beyond the usual ones.
pub fn list(
    manifest: &Manifest,
    ids: &IndexSet<NodeId>,
    form: ListForm,
    keys: &[String],
    artifact: &dyn Fn(&NodeId) -> Option<Map<String, Json>>,
) -> Vec<String> {
    let mut sorted: Vec<&NodeId> = ids.iter().collect();
    sorted.sort_unstable();
    sorted
        .into_iter()
        .filter_map(|id| Some((id, entry(manifest, id)?)))
        .map(|(id, entry)| match form {
            ListForm::Name => search_name(entry),
            ListForm::Path => entry.original_path().to_owned(),
            ListForm::Selector => selector(entry),
            ListForm::Json if keys.is_empty() => to_python_json(&usual_keys(id, entry)),
            ListForm::Json => to_python_json(&chosen_keys(id, entry, keys, artifact)),
        })
        .collect()
}

fn entry<'a>(manifest: &'a Manifest, id: &NodeId) -> Option<Entry<'a>> {
    let node = manifest.nodes.get(id).map(Entry::Node);
    node.or_else(|| manifest.sources.get(id).map(Entry::Source))
}

/// The name as `ref` or `source` would be written with dots.
fn search_name(entry: Entry<'_>) -> String {
    match entry {
        Entry::Node(node) if entry.is_versioned() => match &node.version {
            Some(Json::String(version)) => format!("{}.v{version}", node.name),
            Some(version) => format!("{}.v{version}", node.name),
            None => node.name.to_string(),
        },
        Entry::Source(source) => format!("{}.{}", source.source_name, source.name),
        Entry::Node(_) => entry.name().to_owned(),
    }
}

fn selector(entry: Entry<'_>) -> String {
    match entry {
        Entry::Source(source) => format!("source:{}.{}.{}", source.package, source.source_name, source.name),
        Entry::Node(node) if node.kind == NodeKind::UnitTest => {
            format!("unit_test:{}.{}", node.package, node.versioned_name())
        }
        Entry::Node(node) if node.kind.is_described() => {
            format!("{}:{}.{}", node.kind.word(), node.package, node.name)
        }
        Entry::Node(_) => entry.fqn().join("."),
    }
}

/// The keys of the JSON form that are shown unasked.
pub const USUAL_KEYS: [&str; 10] = [
    "name",
    "resource_type",
    "package_name",
    "original_file_path",
    "unique_id",
    "alias",
    "config",
    "tags",
    "depends_on",
    "source_name",
];

/// Returns the keys that dbt shows unasked, in its order.
fn usual_keys(id: &NodeId, entry: Entry<'_>) -> Map<String, Json> {
    let mut row = Map::new();
    let mut put = |key: &str, value: Json| {
        row.insert(key.to_owned(), value);
    };
    put("name", json!(entry.name()));
    put("resource_type", json!(entry.resource_type()));
    put("package_name", json!(entry.package()));
    put("original_file_path", json!(entry.original_path()));
    put("unique_id", json!(id.as_str()));
    match entry {
        Entry::Node(node) if node.kind.is_described() => {
            // What its artifact has of these, in the artifact's order.
            for key in node.extra.keys() {
                match key.as_str() {
                    "tags" => put(key, json!(node.tags)),
                    "config" => put(key, Json::Object(node.config.values.clone())),
                    "depends_on" => put(key, json!({ "macros": [], "nodes": ids_json(&node.depends_on) })),
                    _ => {}
                }
            }
        }
        Entry::Node(node) => {
            let is_unit_test = node.kind == NodeKind::UnitTest;
            if !is_unit_test {
                put("alias", json!(&*node.alias));
            }
            if !is_unit_test {
                put("config", Json::Object(node.config.values.clone()));
                put("tags", json!(node.tags));
            }
            let macros: Vec<&str> = node.depends_on_macros.iter().map(|m| &**m).collect();
            let mut depends_on = Map::new();
            depends_on.insert("macros".to_owned(), json!(macros));
            if node.kind != NodeKind::Seed {
                depends_on.insert("nodes".to_owned(), ids_json(&node.depends_on));
            }
            put("depends_on", Json::Object(depends_on));
            if is_unit_test {
                put("config", Json::Object(node.config.values.clone()));
            }
        }
        Entry::Source(source) => {
            put("source_name", json!(&*source.source_name));
            put("tags", json!(entry.tags()));
            put("config", Json::Object(source.config.values.clone()));
        }
    }
    row
}

fn ids_json(ids: &[NodeId]) -> Json {
    ids.iter().map(|id| Json::from(id.as_str())).collect()
}

fn chosen_keys(
    id: &NodeId,
    entry: Entry<'_>,
    keys: &[String],
    artifact: &dyn Fn(&NodeId) -> Option<Map<String, Json>>,
) -> Map<String, Json> {
    let usual = usual_keys(id, entry);
    let mut whole: Option<Map<String, Json>> = None;
    let mut row = Map::new();
    for key in keys {
        let mut path = key.split('.');
        let first = path.next().unwrap_or(key);
        let root = match usual.get(first) {
            Some(value) => Some(value),
            None => whole
                .get_or_insert_with(|| artifact(id).unwrap_or_default())
                .get(first),
        };
        let Some(value) = root.and_then(|root| path.try_fold(root, |value, part| value.get(part))) else {
            continue;
        };
        // A nested key without a value is left out; one of the node itself is shown as null.
        if key.contains('.') && value.is_null() {
            continue;
        }
        row.insert(key.clone(), value.clone());
    }
    row
}

/// Writes JSON as Python's `json.dumps` does: a space after `,` and `:`, other than ASCII escaped.
fn to_python_json(row: &Map<String, Json>) -> String {
    let mut out = String::new();
    write_object(&mut out, row);
    out
}

fn write_object(out: &mut String, map: &Map<String, Json>) {
    out.push('{');
    for (i, (key, value)) in map.iter().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        write_string(out, key);
        out.push_str(": ");
        write_value(out, value);
    }
    out.push('}');
}

fn write_value(out: &mut String, value: &Json) {
    match value {
        Json::String(text) => write_string(out, text),
        Json::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                write_value(out, item);
            }
            out.push(']');
        }
        Json::Object(map) => write_object(out, map),
        Json::Null | Json::Bool(_) | Json::Number(_) => out.push_str(&value.to_string()),
    }
}

fn write_string(out: &mut String, text: &str) {
    use std::fmt::Write as _;
    for c in Json::from(text).to_string().chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
}
