//! Model versions: which file holds which version of which model.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::names::version_text;
use super::properties::Entry;
use crate::diagnostic::{Code, Diagnostics};
use crate::yaml::Node as Yaml;

/// A version of a model as its properties declare it.
pub(super) struct Version<'e> {
    pub entry: &'e Entry,
    pub node: &'e Yaml,
    pub v: Json,
    pub latest: Json,
}

/// Versions by package, and there by file stem and by model.
pub(super) struct Versions<'e> {
    by_file: HashMap<&'e str, HashMap<String, Version<'e>>>,
    models: HashMap<&'e str, HashMap<&'e str, Vec<Json>>>,
}

impl<'e> Versions<'e> {
    /// `has_file` says whether a package has a model's file of a stem.
    pub fn new(
        entries: &'e [Entry],
        has_file: &dyn Fn(&str, &str) -> bool,
        faults: &mut Diagnostics,
    ) -> Self {
        let mut made = Self {
            by_file: HashMap::new(),
            models: HashMap::new(),
        };
        for entry in entries.iter().filter(|e| e.section == "models") {
            let Some(list) = entry.get("versions").and_then(Yaml::as_seq) else {
                continue;
            };
            let numbers: Vec<Json> = list
                .iter()
                .filter_map(|v| v.get("v").map(Yaml::to_json))
                .collect();
            let latest = entry
                .get("latest_version")
                .map(Yaml::to_json)
                .or_else(|| latest(&numbers))
                .unwrap_or_default();
            for node in list {
                let Some(v) = node.get("v").map(Yaml::to_json) else {
                    faults.push(entry.error(node, Code::YAML_SHAPE, "a version has no `v`"));
                    continue;
                };
                let stem = match node.get("defined_in") {
                    Some(file) if !file.is_null() => file.key_text(),
                    _ => format!("{}_v{}", entry.name, version_text(&v)),
                };
                // The latest version may stand in a file without a suffix.
                let stem = if v == latest && !has_file(&entry.package, &stem) {
                    entry.name.to_string()
                } else {
                    stem
                };
                let version = Version {
                    entry,
                    node,
                    v,
                    latest: latest.clone(),
                };
                made.by_file
                    .entry(&*entry.package)
                    .or_default()
                    .insert(stem, version);
            }
            made.models
                .entry(&*entry.package)
                .or_default()
                .insert(&*entry.name, numbers);
        }
        made
    }

    /// Returns the version that a file holds.
    pub fn of_file(&self, package: &str, stem: &str) -> Option<&Version<'e>> {
        self.by_file.get(package)?.get(stem)
    }

    /// Says whether a model has versions.
    pub fn has(&self, package: &str, name: &str) -> bool {
        self.models
            .get(package)
            .is_some_and(|models| models.contains_key(name))
    }

    /// Returns the versions of a model in the order of the file.
    pub fn of_model(&self, package: &str, name: &str) -> &[Json] {
        self.models
            .get(package)
            .and_then(|models| models.get(name))
            .map_or(&[], Vec::as_slice)
    }
}

/// Returns a version's columns: those of the model that it includes, then its own.
pub(super) fn columns<'y>(model: &'y Yaml, version: &'y Yaml) -> Vec<&'y Yaml> {
    let list = |node: &'y Yaml| node.get("columns").and_then(Yaml::as_seq).unwrap_or_default();
    let rule = list(version)
        .iter()
        .find(|c| c.get("include").is_some() || c.get("exclude").is_some());
    let names = |key: &str, name: &str| {
        rule.and_then(|r| r.get(key))
            .is_some_and(|value| match value.as_seq() {
                Some(items) => items.iter().any(|i| i.key_text() == name),
                None => matches!(&*value.key_text(), "all" | "*"),
            })
    };
    let included = |column: &Yaml| {
        let Some(name) = column.get("name").map(Yaml::key_text) else {
            return false;
        };
        rule.is_none() || (names("include", &name) && !names("exclude", &name))
    };
    let base = list(model).iter().filter(|c| included(c));
    base.chain(list(version).iter().filter(|c| c.get("name").is_some()))
        .collect()
}

/// Returns the greatest version: by number where all are numbers, else by text.
fn latest(numbers: &[Json]) -> Option<Json> {
    let all: Option<Vec<f64>> = numbers.iter().map(|v| version_text(v).parse().ok()).collect();
    match all {
        Some(values) => {
            let best = values.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
            numbers.get(best.0).cloned()
        }
        None => numbers.iter().max_by_key(|v| version_text(v)).cloned(),
    }
}

/// Returns `orders.v2` for display, and the suffix of ids.
pub(super) fn suffix(v: &Json) -> Arc<str> {
    format!("v{}", version_text(v)).into()
}

/// Lays a version's configuration over that of its model, as dbt does: dictionaries are merged, lists put before those of the model.
pub(super) fn merge_config(model: &mut Map<String, Json>, version: Map<String, Json>) {
    for (key, own) in version {
        match (model.get_mut(&key), own) {
            (Some(Json::Object(inner)), Json::Object(own)) => merge_config(inner, own),
            (Some(Json::Array(items)), Json::Array(mut own)) => {
                own.append(items);
                *items = own;
            }
            (_, own) => {
                model.insert(key, own);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_versions_configuration_is_merged_into_that_of_its_model() {
        let Json::Object(mut model) =
            json!({"tags": ["t"], "meta": {"a": 1, "b": {"c": 1}}, "materialized": "view"})
        else {
            unreachable!("an object stands above");
        };
        let Json::Object(version) = json!({"tags": ["v"], "meta": {"b": {"d": 2}}, "materialized": "table"})
        else {
            unreachable!("an object stands above");
        };
        merge_config(&mut model, version);
        assert_eq!(
            Json::Object(model),
            json!({"tags": ["v", "t"], "meta": {"a": 1, "b": {"c": 1, "d": 2}}, "materialized": "table"})
        );
    }
}
