//! What an earlier run left behind, and how a node of today differs from its earlier self.
//!
//! Nodes are compared in the form that `manifest.json` keeps, so that the earlier run may be dbt's or ours. Which
//! fields count for which kind of node is dbt's choice.

mod contract;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use serde_json::{Map, Value as Json};

pub(super) use contract::{Change, compare as compare_contracts, of_removed as removed_contract};

/// The artifacts of an earlier run.
#[derive(Debug, Clone, Default)]
pub struct PreviousState {
    /// The folder as it was given, for messages.
    pub folder: String,
    pub manifest: Option<PreviousManifest>,
    /// Unique id and status of each result.
    pub results: Option<Vec<(String, String)>>,
    /// When each source was last loaded, as `sources.json` tells; none where looking failed.
    pub sources: Option<BTreeMap<String, Option<String>>>,
    /// The same of the current target folder.
    pub sources_current: Option<BTreeMap<String, Option<String>>>,
}

/// The parts of an earlier `manifest.json` that are compared.
#[derive(Debug, Clone, Default)]
pub struct PreviousManifest {
    /// Models, seeds, snapshots, tests and so on: what dbt keeps under `nodes`.
    pub nodes: Map<String, Json>,
    /// Sources, exposures, unit tests, functions and the like.
    pub others: Map<String, Json>,
    /// The text of each macro.
    pub macros: HashMap<String, String>,
}

impl PreviousManifest {
    /// Returns a node's earlier self.
    pub fn get(&self, id: &str) -> Option<&Json> {
        self.nodes.get(id).or_else(|| self.others.get(id))
    }
}

/// A macro of today.
#[derive(Debug, Clone)]
pub struct MacroFacts {
    pub text: String,
    pub depends_on: Vec<Arc<str>>,
}

/// The earlier run and what of today it takes to compare with it.
#[derive(Debug, Default)]
pub struct Comparison {
    pub previous: PreviousState,
    /// Macros of the project and its packages by unique id; those that come with the program are left out, since they
    /// differ from those that come with dbt.
    pub macros: BTreeMap<Arc<str>, MacroFacts>,
    /// Sources are compared by database and schema as they are written, not as they come out.
    pub unrendered_sources: bool,
    /// The day of this run, `2026-01-31`: a model may go after its deprecation date.
    pub today: String,
}

impl Comparison {
    /// Returns the macros that are new, changed or gone, and all that call such a macro.
    pub(super) fn changed_macros(&self) -> HashSet<Arc<str>> {
        let Some(old) = &self.previous.manifest else {
            return HashSet::new();
        };
        let is_changed = |id: &Arc<str>| match self.macros.get(id) {
            Some(facts) => old.macros.get(&**id).is_none_or(|text| *text != facts.text),
            None => false,
        };
        let mut changed: HashSet<Arc<str>> =
            self.macros.keys().filter(|id| is_changed(id)).cloned().collect();
        let mut callers: HashMap<&Arc<str>, Vec<&Arc<str>>> = HashMap::new();
        for (id, facts) in &self.macros {
            for called in &facts.depends_on {
                callers.entry(called).or_default().push(id);
            }
        }
        let mut pending: Vec<Arc<str>> = changed.iter().cloned().collect();
        while let Some(id) = pending.pop() {
            for caller in callers.get(&id).into_iter().flatten() {
                if changed.insert((*caller).clone()) {
                    pending.push((*caller).clone());
                }
            }
        }
        changed
    }
}

/// A node of today beside its earlier self.
pub(super) struct Pair<'a> {
    pub new: &'a Json,
    pub old: Option<&'a Json>,
    pub unrendered_sources: bool,
}

impl Pair<'_> {
    fn kind(&self) -> &str {
        self.new
            .get("resource_type")
            .and_then(Json::as_str)
            .unwrap_or_default()
    }

    fn is_generic_test(&self) -> bool {
        self.new.get("test_metadata").is_some_and(|m| !m.is_null())
    }

    /// Says whether it is of a kind that has text or rows of its own.
    pub fn has_body(&self) -> bool {
        matches!(
            self.kind(),
            "model" | "seed" | "snapshot" | "test" | "analysis" | "operation" | "function"
        )
    }

    pub fn is_model(&self) -> bool {
        self.kind() == "model"
    }

    pub fn is_source(&self) -> bool {
        self.kind() == "source"
    }

    /// Says whether its configuration is compared on its own.
    pub fn has_configs(&self) -> bool {
        self.kind() != "unit_test"
    }

    /// `state:modified`, without what macros and contracts add.
    pub fn is_modified(&self) -> bool {
        let Some(old) = self.old else {
            // A source or exposure that was not there before is no change, for dbt.
            return self.has_body() || self.kind() == "unit_test";
        };
        let same = match self.kind() {
            "source" => {
                self.same_relation(old)
                    && self.same("fqn", old)
                    && self.same_config(old)
                    && self.same("quoting", old)
                    && self.same("freshness", old)
                    && self.same("loaded_at_field", old)
                    && self.same("external", old)
            }
            "exposure" => {
                let fields = ["fqn", "type", "owner", "maturity", "url", "description", "label"];
                fields.iter().all(|key| self.same(key, old))
                    && self.same_parents(old)
                    && self.same_config(old)
            }
            "unit_test" => self.same("checksum", old),
            "test" if self.is_generic_test() => self.same_config(old) && self.same("fqn", old),
            "semantic_model" => {
                let fields = [
                    "model",
                    "description",
                    "defaults",
                    "entities",
                    "dimensions",
                    "measures",
                    "config",
                    "primary_entity",
                    "group",
                ];
                fields.iter().all(|key| self.same(key, old))
            }
            "saved_query" => {
                let fields = ["description", "label", "config", "group", "tags"];
                let query = [
                    "/query_params/metrics",
                    "/query_params/group_by",
                    "/query_params/where",
                ];
                fields.iter().all(|key| self.same(key, old))
                    && query
                        .iter()
                        .all(|path| self.new.pointer(path) == old.pointer(path))
                    && exports(self.new) == exports(old)
            }
            _ if !self.has_body() => {
                let fields = ["type", "description", "label"];
                fields.iter().all(|key| self.same(key, old)) && self.same_config(old)
            }
            kind => {
                let of_kind: &[&str] = match kind {
                    "model" => &["latest_version", "deprecation_date"],
                    "function" => &["arguments", "returns"],
                    _ => &[],
                };
                self.same_body(old)
                    && self.same_config(old)
                    && self.same_descriptions(old)
                    && self.same("fqn", old)
                    && self.same_relation(old)
                    && of_kind.iter().all(|key| self.same(key, old))
                    && (kind != "model" || access(self.new) == access(old))
            }
        };
        !same
    }

    pub fn same_body(&self, old: &Json) -> bool {
        if self.kind() == "seed" {
            return self.same("checksum", old);
        }
        // Manifests of dbt before 1.3 say `raw_sql`.
        let text = |node: &Json| {
            let code = node.get("raw_code").or_else(|| node.get("raw_sql"));
            code.and_then(Json::as_str).unwrap_or_default().to_owned()
        };
        text(self.new) == text(old)
    }

    /// Compares the configuration as it is written.
    pub fn same_config(&self, old: &Json) -> bool {
        let own: &[&str] = match self.kind() {
            "source" | "exposure" => &[],
            "metric" | "semantic_model" | "saved_query" => &["group"],
            // These are part of the relation, or say nothing of what is built.
            _ => &["alias", "schema", "database", "tags", "group"],
        };
        let (Some(new), Some(old)) = (settings(self.new), settings(old)) else {
            // An exposure keeps what its configuration comes out as.
            return self.same("config", old);
        };
        let keys: BTreeSet<&String> = new.keys().chain(old.keys()).collect();
        keys.into_iter()
            .filter(|key| !own.contains(&key.as_str()))
            .all(|key| match (new.get(key), old.get(key)) {
                (Some(new), Some(old)) => equal(new, old),
                _ => false,
            })
    }

    /// Compares descriptions, where `persist_docs` brings them into the database.
    pub fn same_descriptions(&self, old: &Json) -> bool {
        let persists = |what: &str| {
            let docs = self.new.pointer("/config/persist_docs");
            docs.and_then(|d| d.get(what)).is_some_and(is_true)
        };
        let of_columns = |node: &Json| -> BTreeMap<String, String> {
            let columns = node.get("columns").and_then(Json::as_object);
            let text = |c: &Json| {
                c.get("description")
                    .and_then(Json::as_str)
                    .unwrap_or_default()
                    .to_owned()
            };
            columns
                .into_iter()
                .flatten()
                .map(|(name, column)| (name.clone(), text(column)))
                .collect()
        };
        (!persists("relation") || self.same("description", old))
            && (!persists("columns") || of_columns(self.new) == of_columns(old))
    }

    /// Compares where it is built, as it is configured: what the target adds does not count.
    pub fn same_relation(&self, old: &Json) -> bool {
        if self.kind() == "source" {
            let fields = if self.unrendered_sources {
                ["unrendered_database", "unrendered_schema", "identifier"]
            } else {
                ["database", "schema", "identifier"]
            };
            return fields.iter().all(|key| self.same(key, old));
        }
        let value = |node: &Json, key: &str| {
            settings(node)
                .and_then(|s| s.get(key))
                .cloned()
                .unwrap_or_default()
        };
        ["database", "schema", "alias"]
            .iter()
            .all(|key| equal(&value(self.new, key), &value(old, key)))
    }

    fn same_parents(&self, old: &Json) -> bool {
        let parents = |node: &Json| -> BTreeSet<String> {
            let list = node.pointer("/depends_on/nodes").and_then(Json::as_array);
            list.into_iter()
                .flatten()
                .filter_map(Json::as_str)
                .map(str::to_owned)
                .collect()
        };
        parents(self.new) == parents(old)
    }

    /// Compares one field; absent, null and empty are the same.
    fn same(&self, key: &str, old: &Json) -> bool {
        let null = &Json::Null;
        alike(self.new.get(key).unwrap_or(null), old.get(key).unwrap_or(null))
    }
}

fn settings(node: &Json) -> Option<&Map<String, Json>> {
    node.get("unrendered_config").and_then(Json::as_object)
}

/// Returns what counts of the exports of a saved query: names, and what is written of how they are stored.
fn exports(query: &Json) -> Vec<[Option<&Json>; 4]> {
    let all = query.get("exports").and_then(Json::as_array);
    all.into_iter()
        .flatten()
        .map(|export| {
            let written = |key: &str| export.get("unrendered_config").and_then(|config| config.get(key));
            [
                export.get("name"),
                written("export_as"),
                written("schema"),
                written("alias"),
            ]
        })
        .collect()
}

fn access(node: &Json) -> &str {
    node.get("access").and_then(Json::as_str).unwrap_or("protected")
}

/// The truth of a value, as Python has it.
fn is_true(value: &Json) -> bool {
    match value {
        Json::Null => false,
        Json::Bool(b) => *b,
        Json::Number(n) => n.as_f64() != Some(0.0),
        Json::String(s) => !s.is_empty(),
        Json::Array(a) => !a.is_empty(),
        Json::Object(o) => !o.is_empty(),
    }
}

/// Compares as Python does: 1, 1.0 and true are equal.
fn equal(a: &Json, b: &Json) -> bool {
    let number = |value: &Json| match value {
        Json::Bool(b) => Some(f64::from(u8::from(*b))),
        Json::Number(n) => n.as_f64(),
        _ => None,
    };
    match (a, b) {
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| equal(a, b)))
        }
        _ => match (number(a), number(b)) {
            (Some(a), Some(b)) => a.total_cmp(&b).is_eq(),
            _ => a == b,
        },
    }
}

/// As [`equal`], but what is absent from a mapping, null and empty are the same.
fn alike(a: &Json, b: &Json) -> bool {
    let is_nothing = |value: &Json| match value {
        Json::Null => true,
        Json::String(s) => s.is_empty(),
        Json::Array(a) => a.is_empty(),
        Json::Object(o) => o.is_empty(),
        _ => false,
    };
    match (a, b) {
        (Json::Object(a), Json::Object(b)) => {
            let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            let null = &Json::Null;
            keys.into_iter()
                .all(|key| alike(a.get(key).unwrap_or(null), b.get(key).unwrap_or(null)))
        }
        // A threshold without numbers is no threshold.
        (Json::Object(map), other) | (other, Json::Object(map)) if is_nothing(other) => {
            map.values().all(|value| alike(value, &Json::Null))
        }
        _ => (is_nothing(a) && is_nothing(b)) || equal(a, b),
    }
}

#[cfg(test)]
mod tests;
