//! Properties files: which entry describes what, its strings rendered where dbt renders them.

use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexMap;
use rayon::prelude::*;
use serde_json::{Map, Value as Json};

use super::parse::Parsing;
use super::{ColumnInfo, Refused, shapes};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Result};
use crate::project::{Package, PackageKind, ResourceFile, ResourceKind, published};
use crate::yaml::{self, Document, Mapping, Node as Yaml, Value};

/// The sections of a properties file that name resources by `name`.
const SECTIONS: &[&str] = &[
    "models",
    "seeds",
    "snapshots",
    "analyses",
    "sources",
    "macros",
    "exposures",
    "data_tests",
    "tests",
    "groups",
    "metrics",
    "semantic_models",
    "saved_queries",
    "unit_tests",
    "functions",
];

/// An entry of a properties file.
pub(super) struct Entry {
    pub section: &'static str,
    pub name: Arc<str>,
    pub package: Arc<str>,
    pub file: Arc<PropertiesFile>,
    pub node: Yaml,
    /// A source's entry before rendering, where it has templates.
    pub raw: Option<Yaml>,
}

/// A properties file.
pub(super) struct PropertiesFile {
    pub document: Document,
    pub resource: ResourceFile,
}

impl Entry {
    pub fn get(&self, key: &str) -> Option<&Yaml> {
        self.node.get(key).filter(|n| !n.is_null())
    }

    pub fn error(&self, node: &Yaml, code: Code, message: impl Into<String>) -> Diagnostic {
        self.file.document.error(node, code, message)
    }

    /// Returns `package://path`, as nodes show where their properties stand.
    pub fn patch_path(&self) -> Arc<str> {
        format!("{}://{}", self.package, self.file.resource.original_path).into()
    }

    /// Returns the configuration of a node's entry: `config:` and the keys that may stand beside it.
    pub fn config(&self) -> Map<String, Json> {
        node_config_of(&self.node)
    }

    pub fn description(&self, cx: &Parsing<'_>) -> Result<Arc<str>> {
        description(cx, &self.package, &self.file, &self.node)
    }
}

/// Returns the configuration of a node's entry, or of a version of it. Other keys beside `config:`, `tags` among them, say
/// nothing in dbt.
pub(super) fn node_config_of(node: &Yaml) -> Map<String, Json> {
    config_with(node, &["meta", "docs", "group", "contract", "access"])
}

/// Returns the configuration of a column, a source or another entry that is no node of its own.
pub(super) fn config_of(node: &Yaml) -> Map<String, Json> {
    config_with(node, &["tags", "meta", "docs", "group", "access", "enabled"])
}

/// Returns what stands under some keys, then in `config:`.
fn config_with(node: &Yaml, keys: &[&str]) -> Map<String, Json> {
    let mut config = Map::new();
    for key in keys {
        if let Some(value) = node.get(key).filter(|n| !n.is_null()) {
            config.insert((*key).to_owned(), value.to_json());
        }
    }
    if let Some(Json::Object(map)) = node.get("config").map(Yaml::to_json) {
        for (key, value) in map {
            match (config.get_mut(&key), &value) {
                (Some(Json::Object(old)), Json::Object(new)) if key == "meta" => old.extend(new.clone()),
                (Some(Json::Array(old)), Json::Array(new)) if key == "tags" => old.extend(new.clone()),
                _ => {
                    config.insert(key, value);
                }
            }
        }
    }
    config
}

/// Reads the properties files of all packages in parallel.
pub(super) fn read(cx: &Parsing<'_>, refused: &mut Refused, faults: &mut Diagnostics) -> Vec<Entry> {
    let files: Vec<(&Arc<Package>, &ResourceFile)> = cx
        .project
        .packages
        .iter()
        .flat_map(|p| {
            p.files
                .iter()
                .filter(|f| f.kind == ResourceKind::Properties)
                .map(move |f| (p, f))
        })
        .collect();
    let read: Vec<(Vec<Entry>, Refused, Diagnostics)> = files
        .par_iter()
        .map(|(package, file)| read_file(cx, package, file))
        .collect();
    let mut entries = Vec::new();
    for (found, unfit, told) in read {
        entries.extend(found);
        refused.extend(unfit);
        faults.extend(told.0);
    }
    entries
}

fn read_file(
    cx: &Parsing<'_>,
    package: &Arc<Package>,
    resource: &ResourceFile,
) -> (Vec<Entry>, Refused, Diagnostics) {
    let mut refused = Refused::default();
    let mut document = match yaml::parse(&resource.file) {
        Ok(document) => document,
        Err(fault) => {
            refused.file(resource.file.text());
            return (Vec::new(), refused, fault.into());
        }
    };
    let published = match cx.options.adapter.published_keys() {
        Some(aliases) if package.kind != PackageKind::Internal => {
            published::of_properties(&document, aliases)
        }
        _ => published::Found::default(),
    };
    let root = std::mem::replace(
        &mut document.root,
        Yaml {
            value: Value::Null,
            start: 0,
            end: 0,
        },
    );
    let file = Arc::new(PropertiesFile {
        document,
        resource: resource.clone(),
    });
    let mut faults = Diagnostics::default();
    cx.note(published, &mut faults);
    let mut entries = Vec::new();
    let map = match root.value {
        Value::Map(map) => map,
        Value::Null => return (entries, refused, faults),
        _ => {
            faults.push(
                file.document
                    .error(&root, Code::YAML_SHAPE, "a properties file must be a mapping"),
            );
            refused.file(resource.file.text());
            return (entries, refused, faults);
        }
    };
    for (key, value) in map.entries {
        let Some(section) = key.as_str().and_then(|k| SECTIONS.iter().find(|s| **s == k)) else {
            continue;
        };
        let mut told = Diagnostics::default();
        let section = Section {
            name: section,
            key,
            value,
        };
        let of_data_tests = section.name == "data_tests";
        entries.extend(read_section(cx, package, &file, section, &mut refused, &mut told));
        // dbt leaves out what it does not understand of this section alone.
        let told = told.0.into_iter();
        faults.extend(told.map(|d| if of_data_tests { d.as_warning() } else { d }));
    }
    (entries, refused, faults)
}

/// A section of a properties file: its name, its key in the file, and what stands there.
struct Section {
    name: &'static str,
    key: Yaml,
    value: Yaml,
}

/// Reads the entries of a section, each rendered and checked by itself.
fn read_section(
    cx: &Parsing<'_>,
    package: &Package,
    file: &Arc<PropertiesFile>,
    section: Section,
    refused: &mut Refused,
    faults: &mut Diagnostics,
) -> Vec<Entry> {
    let Section {
        name: section,
        key,
        value,
    } = section;
    let text = file.document.file.text();
    let templated = text.contains("{{") || text.contains("{%");
    let items = match value.value {
        Value::Seq(items) => items,
        _ => {
            let message = format!("`{section}` must be a list, but is {}", value.kind());
            let place = if value.is_null() { &key } else { &value };
            let fault = file.document.error(place, Code::YAML_SHAPE, message);
            faults.push(if value.is_null() {
                fault.hint(format!(
                    "Write an entry below it, or `{section}: []`, or take the key out."
                ))
            } else {
                fault.hint("Write each entry as `- name: …`.")
            });
            return Vec::new();
        }
    };
    let mut entries = Vec::new();
    for item in items {
        let raw = (templated && section == "sources").then(|| item.clone());
        let item = if templated {
            match faults.take(render(
                cx,
                package,
                &file.document,
                &item,
                unrendered_key(section),
            )) {
                Some(rendered) => rendered,
                None => {
                    refused.entry(section, &item);
                    continue;
                }
            }
        } else {
            item
        };
        let item = if section == "sources" {
            by_usual_names(item, cx.options.adapter.config_aliases())
        } else {
            item
        };
        let name = match name_of(file, section, &item) {
            Ok(name) => name,
            Err(fault) => {
                faults.push(fault);
                continue;
            }
        };
        let misfits = shapes::check(section, &name, &file.document, &item);
        if !misfits.is_empty() {
            refused.entry(section, &item);
        } else {
            entries.push(Entry {
                section,
                name,
                package: package.name.clone(),
                file: file.clone(),
                node: item,
                raw,
            });
        }
        faults.extend(misfits);
    }
    entries
}

fn name_of(file: &PropertiesFile, section: &str, item: &Yaml) -> Result<Arc<str>> {
    match item.get("name") {
        Some(name) if !name.is_null() => Ok(name.key_text().into()),
        _ if item.as_map().is_none() => {
            let message = format!(
                "an entry of `{section}` must be a mapping, but is {}",
                item.kind()
            );
            Err(file.document.error(item, Code::YAML_SHAPE, message))
        }
        _ => Err(file
            .document
            .error(
                item,
                Code::YAML_SHAPE,
                format!("an entry of `{section}` has no `name`"),
            )
            .hint("Add `name:` with the name of what the entry describes.")),
    }
}

/// Renames the keys of a source that the database has other names for.
fn by_usual_names(mut source: Yaml, aliases: &[(&str, &str)]) -> Yaml {
    if let Value::Map(map) = &mut source.value {
        for (key, _) in &mut map.entries {
            let usual = aliases.iter().find(|(alias, _)| key.as_str() == Some(alias));
            if let Some((_, usual)) = usual {
                key.value = Value::Str((*usual).into());
            }
        }
    }
    source
}

/// Returns the key of a section that holds templates of MetricFlow; none in most.
fn unrendered_key(section: &str) -> &'static str {
    match section {
        "metrics" => "filter",
        "saved_queries" => "where",
        _ => "",
    }
}

/// Renders the strings of an entry; descriptions, tests, hooks and the key that is named stay as they are.
fn render(cx: &Parsing<'_>, package: &Package, document: &Document, node: &Yaml, kept: &str) -> Result<Yaml> {
    render_key(cx, package, document, node, kept, "")
}

fn render_key(
    cx: &Parsing<'_>,
    package: &Package,
    document: &Document,
    node: &Yaml,
    kept: &str,
    key: &str,
) -> Result<Yaml> {
    if (!key.is_empty() && key == kept)
        || matches!(
            key,
            "description" | "tests" | "data_tests" | "pre_hook" | "post_hook" | "loaded_at_query"
        )
    {
        return Ok(node.clone());
    }
    let value = match &node.value {
        Value::Str(text) if text.contains("{{") || text.contains("{%") => {
            cx.render_yaml(&package.name, text, node.span(&document.file))?
        }
        Value::Seq(items) => Value::Seq(
            items
                .iter()
                .map(|n| render_key(cx, package, document, n, kept, ""))
                .collect::<Result<_>>()?,
        ),
        Value::Map(map) => {
            let entry = |(k, v): &(Yaml, Yaml)| {
                Ok((
                    k.clone(),
                    render_key(cx, package, document, v, kept, k.as_str().unwrap_or_default())?,
                ))
            };
            Value::Map(Mapping {
                entries: map.entries.iter().map(entry).collect::<Result<_>>()?,
            })
        }
        other => other.clone(),
    };
    Ok(Yaml {
        value,
        start: node.start,
        end: node.end,
    })
}

/// Returns an entry's description with its `doc()` calls answered.
pub(super) fn description(
    cx: &Parsing<'_>,
    package: &Arc<str>,
    file: &PropertiesFile,
    node: &Yaml,
) -> Result<Arc<str>> {
    let Some(found) = node.get("description").filter(|n| !n.is_null()) else {
        return Ok(cx.empty.clone());
    };
    let text = found.key_text();
    if !text.contains("{{") && !text.contains("{%") {
        return Ok(text.into());
    }
    let span = found.span(&file.document.file);
    cx.render_description(package, &text)
        .map(Arc::from)
        .map_err(|e| e.at(span))
}

/// Reads `columns:` of an entry.
pub(super) fn columns(
    cx: &Parsing<'_>,
    package: &Arc<str>,
    file: &PropertiesFile,
    node: &Yaml,
) -> Result<Arc<IndexMap<Arc<str>, ColumnInfo>>> {
    let Some(list) = node.get("columns").filter(|n| !n.is_null()) else {
        return Ok(cx.no_columns.clone());
    };
    let items: Vec<&Yaml> = file.document.expect_seq(list, "columns")?.iter().collect();
    columns_of(cx, package, file, &items)
}

/// Reads columns.
pub(super) fn columns_of(
    cx: &Parsing<'_>,
    package: &Arc<str>,
    file: &PropertiesFile,
    items: &[&Yaml],
) -> Result<Arc<IndexMap<Arc<str>, ColumnInfo>>> {
    let mut columns = IndexMap::new();
    for item in items {
        let Some(name) = item.get("name") else {
            return Err(file
                .document
                .error(item, Code::YAML_SHAPE, "a column has no `name`"));
        };
        let name: Arc<str> = name.key_text().into();
        let text = |key: &str| {
            item.get(key)
                .filter(|n| !n.is_null())
                .map(|n| Arc::from(n.key_text()))
        };
        let config = config_of(item);
        let meta = match config.get("meta") {
            Some(Json::Object(map)) => map.clone(),
            _ => Map::new(),
        };
        let tags = match config.get("tags") {
            Some(Json::Array(items)) => items.iter().filter_map(Json::as_str).map(Arc::from).collect(),
            Some(Json::String(one)) => vec![Arc::from(one.as_str())],
            _ => Vec::new(),
        };
        let constraints = item.get("constraints").and_then(Yaml::as_seq).unwrap_or_default();
        let granularity = match item
            .get("granularity")
            .filter(|n| !n.is_null() && n.as_str() != Some(""))
        {
            Some(grain) => Some(super::time_spine::grain(grain, |message| {
                file.document.error(grain, Code::SEMANTIC, message)
            })?),
            None => None,
        };
        columns.insert(
            name.clone(),
            ColumnInfo {
                name,
                description: description(cx, package, file, item)?,
                data_type: text("data_type"),
                meta,
                tags,
                quote: item.get("quote").and_then(Yaml::as_bool),
                constraints: constraints
                    .iter()
                    .map(|c| super::constraints::full(&c.to_json(), false))
                    .collect(),
                granularity: granularity.map(Arc::from),
                doc_blocks: cx.doc_blocks(package, item),
                others: item.as_map().into_iter().flat_map(other_keys).collect(),
            },
        );
    }
    Ok(Arc::new(columns))
}

/// Returns the keys of a column that mean nothing to dbt.
fn other_keys(column: &crate::yaml::Mapping) -> impl Iterator<Item = (Arc<str>, Json)> {
    const KNOWN: [&str; 12] = [
        "name",
        "description",
        "meta",
        "data_type",
        "constraints",
        "docs",
        "config",
        "data_tests",
        "tests",
        "quote",
        "tags",
        "granularity",
    ];
    column
        .iter()
        .filter(|(key, _)| !KNOWN.contains(key))
        .map(|(key, value)| (Arc::from(key), value.to_json()))
}

/// Entries by section, package and name.
pub(super) struct Patches<'e> {
    by_name: HashMap<(&'static str, &'e str, &'e str), &'e Entry>,
}

impl<'e> Patches<'e> {
    /// Indexes the entries; a resource described twice is a fault.
    pub fn new(entries: &'e [Entry], faults: &mut Diagnostics) -> Self {
        let mut by_name: HashMap<(&'static str, &'e str, &'e str), &'e Entry> = HashMap::new();
        for entry in entries {
            // Sources have tables, and unit tests belong to models: their names alone say nothing.
            if matches!(entry.section, "sources" | "unit_tests") {
                continue;
            }
            let key = (entry.section, &*entry.package, &*entry.name);
            if let Some(first) = by_name.insert(key, entry) {
                let place = first.node.span(&first.file.document.file);
                faults.push(
                    entry
                        .error(
                            &entry.node,
                            Code::DUPLICATE,
                            format!("`{}` is described twice under `{}`", entry.name, entry.section),
                        )
                        .note(format!("the first description stands at {place}"))
                        .hint("Merge the two entries into one."),
                );
            }
        }
        Self { by_name }
    }

    pub fn get(&self, section: &'static str, package: &str, name: &str) -> Option<&'e Entry> {
        self.by_name.get(&(section, package, name)).copied()
    }
}
