//! A node's configuration: dbt's keys in dbt's order, defaults included, and how levels are laid over each other.

use serde_json::{Map, Value as Json, json};

use super::NodeKind;

/// The resolved configuration of a node, shared by nodes that have the same.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Config {
    /// All keys as the manifest shows them (`pre-hook` with a hyphen), in its order.
    pub values: Map<String, Json>,
}

impl Config {
    pub fn get(&self, key: &str) -> Option<&Json> {
        self.values.get(key)
    }

    pub fn str(&self, key: &str) -> Option<&str> {
        self.values.get(key).and_then(Json::as_str)
    }

    pub fn bool(&self, key: &str) -> Option<bool> {
        self.values.get(key).and_then(Json::as_bool)
    }

    pub fn materialized(&self) -> &str {
        self.str("materialized").unwrap_or("")
    }

    pub fn enabled(&self) -> bool {
        self.bool("enabled").unwrap_or(true)
    }

    /// Returns the tags, sorted out of lists and single words.
    pub fn tags(&self) -> Vec<&str> {
        match self.values.get("tags") {
            Some(Json::Array(items)) => items.iter().filter_map(Json::as_str).collect(),
            Some(Json::String(one)) => vec![one],
            _ => Vec::new(),
        }
    }

    /// Returns dbt's defaults for a kind of node.
    pub(super) fn defaults(kind: NodeKind) -> Self {
        let few = match kind {
            NodeKind::UnitTest => {
                Some(json!({ "tags": [], "meta": {}, "enabled": true, "static_analysis": null }))
            }
            NodeKind::Exposure => Some(json!({ "enabled": true, "tags": [], "meta": {} })),
            NodeKind::SemanticModel => Some(json!({ "enabled": true, "group": null, "meta": {} })),
            NodeKind::Metric => Some(json!({ "enabled": true, "group": null, "meta": {} })),
            NodeKind::SavedQuery => Some(json!({
                "enabled": true, "group": null, "meta": {}, "export_as": null, "schema": null,
                "cache": { "enabled": false },
            })),
            _ => None,
        };
        if let Some(few) = few {
            return Self { values: object(few) };
        }
        let mut values = object(json!({
            "enabled": true, "alias": null, "schema": null, "database": null, "tags": [], "meta": {}, "group": null,
            "static_analysis": null,
        }));
        if kind == NodeKind::Test {
            values.insert("schema".into(), json!("dbt_test__audit"));
            values.extend(object(json!({
                "materialized": "test", "severity": "ERROR", "store_failures": null, "store_failures_as": null,
                "where": null, "limit": null, "fail_calc": "count(*)", "warn_if": "!= 0", "error_if": "!= 0",
            })));
            return Self { values };
        }
        let materialized = match kind {
            NodeKind::Seed => "seed",
            NodeKind::Snapshot => "snapshot",
            NodeKind::Function => "function",
            _ => "view",
        };
        values.extend(object(json!({
            "materialized": materialized, "incremental_strategy": null, "batch_size": null, "lookback": 1,
            "begin": null, "persist_docs": {}, "post-hook": [], "pre-hook": [], "quoting": {}, "column_types": {},
            "full_refresh": null, "unique_key": null, "on_schema_change": "ignore",
            "on_configuration_change": "apply", "grants": {}, "packages": [],
            "docs": { "show": true, "node_color": null },
            "contract": { "enforced": false, "alias_types": true }, "event_time": null, "concurrent_batches": null,
        })));
        match kind {
            NodeKind::Seed => values.extend(object(json!({ "delimiter": ",", "quote_columns": null }))),
            NodeKind::Function => values.extend(object(json!({
                "type": "scalar", "volatility": null, "runtime_version": null, "entry_point": null,
            }))),
            NodeKind::Model => values.extend(object(json!({ "access": "protected", "freshness": null }))),
            NodeKind::Snapshot => values.extend(object(json!({
                "strategy": null, "target_schema": null, "target_database": null, "updated_at": null,
                "check_cols": null, "snapshot_meta_column_names": {
                    "dbt_valid_to": null, "dbt_valid_from": null, "dbt_scd_id": null, "dbt_updated_at": null,
                    "dbt_is_deleted": null },
                "dbt_valid_to_current": null,
            }))),
            _ => {}
        }
        Self { values }
    }

    /// Says whether only one of `store_failures` and `store_failures_as` is set.
    pub(super) fn keeps_failures_unclearly(&self) -> bool {
        let set = |key: &str| self.values.get(key).is_some_and(|v| !v.is_null());
        set("store_failures") || set("store_failures_as")
    }

    /// Brings `store_failures` and `store_failures_as` of a test into step: the second decides where it is set.
    pub(super) fn settle_failures(&mut self) {
        if self.str("materialized") != Some("test") || !self.keeps_failures_unclearly() {
            return;
        }
        let keep = match (self.str("store_failures_as"), self.bool("store_failures")) {
            (Some(form), _) => Json::Bool(form != "ephemeral"),
            (None, Some(keep)) => {
                let form = if keep { "table" } else { "ephemeral" };
                self.values.insert("store_failures_as".into(), form.into());
                return;
            }
            (None, None) => return,
        };
        self.values.insert("store_failures".into(), keep);
    }

    /// Keeps of a model's `freshness` what dbt keeps: `build_after` with all its keys; a form without it says nothing.
    pub(super) fn settle_freshness(&mut self) {
        let Some(freshness) = self.values.get_mut("freshness").filter(|f| !f.is_null()) else {
            return;
        };
        *freshness = match freshness.get("build_after") {
            Some(Json::Object(after)) => {
                let value = |key: &str| after.get(key).cloned().unwrap_or_default();
                let on = after.get("updates_on").cloned().unwrap_or_else(|| "any".into());
                json!({ "build_after": { "count": value("count"), "period": value("period"), "updates_on": on } })
            }
            _ => Json::Null,
        };
    }

    /// Lays a level over this configuration: lists of tags and hooks grow, `meta` and the like merge, the rest gives
    /// way.
    pub(super) fn lay(&mut self, level: &Map<String, Json>, aliases: Aliases) {
        for (key, value) in level {
            let key = canonical(key, aliases);
            match key {
                "tags" | "packages" => append(&mut self.values, key, strings(value)),
                "pre-hook" | "post-hook" => append(&mut self.values, key, hooks(value)),
                "meta" | "quoting" | "column_types" => merge(&mut self.values, key, value),
                "docs" | "contract" => merge_known(&mut self.values, key, value),
                "snapshot_meta_column_names" => meta_names(&mut self.values, value),
                "grants" => grants(&mut self.values, value),
                _ => {
                    self.values.insert(key.to_owned(), value.clone());
                }
            }
        }
    }
}

/// Other names that a database has for keys, each with the usual one.
pub(super) type Aliases = &'static [(&'static str, &'static str)];

/// Returns the spelling under which a key is kept.
pub(super) fn canonical(key: &str, aliases: Aliases) -> &str {
    match key {
        "pre_hook" => "pre-hook",
        "post_hook" => "post-hook",
        other => {
            let usual = aliases.iter().find(|(alias, _)| *alias == other);
            usual.map_or(other, |(_, usual)| usual)
        }
    }
}

fn object(value: Json) -> Map<String, Json> {
    match value {
        Json::Object(map) => map,
        _ => Map::new(),
    }
}

fn strings(value: &Json) -> Vec<Json> {
    match value {
        Json::Array(items) => items.clone(),
        Json::Null => Vec::new(),
        other => vec![other.clone()],
    }
}

/// Returns hooks in dbt's form: SQL, whether in the transaction, index.
fn hooks(value: &Json) -> Vec<Json> {
    strings(value)
        .into_iter()
        .map(|hook| {
            let parsed = match &hook {
                Json::String(text) => serde_json::from_str::<Json>(text).ok().filter(Json::is_object),
                Json::Object(_) => Some(hook.clone()),
                _ => None,
            };
            match parsed {
                Some(Json::Object(map)) => json!({
                    "sql": map.get("sql").cloned().unwrap_or_default(),
                    "transaction": map.get("transaction").cloned().unwrap_or(Json::Bool(true)),
                    "index": map.get("index").cloned().unwrap_or_default(),
                }),
                _ => json!({ "sql": hook, "transaction": true, "index": null }),
            }
        })
        .collect()
}

fn append(values: &mut Map<String, Json>, key: &str, mut more: Vec<Json>) {
    match values.get_mut(key) {
        Some(Json::Array(list)) => list.append(&mut more),
        _ => {
            values.insert(key.to_owned(), Json::Array(more));
        }
    }
}

fn merge(values: &mut Map<String, Json>, key: &str, value: &Json) {
    let Json::Object(new) = value else {
        if !value.is_null() {
            values.insert(key.to_owned(), value.clone());
        }
        return;
    };
    match values.get_mut(key) {
        Some(Json::Object(old)) => old.extend(new.clone()),
        _ => {
            values.insert(key.to_owned(), value.clone());
        }
    }
}

/// Merges a mapping whose keys are fixed: others are dropped, as by dbt, whose schema of the artifact does not have them.
fn merge_known(values: &mut Map<String, Json>, key: &str, value: &Json) {
    let (Json::Object(new), Some(Json::Object(old))) = (value, values.get_mut(key)) else {
        return merge(values, key, value);
    };
    for (name, slot) in old.iter_mut() {
        if let Some(value) = new.get(name) {
            *slot = value.clone();
        }
    }
}

/// Names of a snapshot's own columns: those that a level does not give have dbt's names.
fn meta_names(values: &mut Map<String, Json>, value: &Json) {
    let names = [
        "dbt_valid_to",
        "dbt_valid_from",
        "dbt_scd_id",
        "dbt_updated_at",
        "dbt_is_deleted",
    ];
    let mut whole: Map<String, Json> = names.into_iter().map(|n| (n.to_owned(), Json::Null)).collect();
    match value {
        Json::Object(given) => whole.extend(given.clone()),
        Json::Null => {}
        // What it should be is told where the settled configuration is checked.
        other => {
            values.insert("snapshot_meta_column_names".into(), other.clone());
            return;
        }
    }
    values.insert("snapshot_meta_column_names".into(), Json::Object(whole));
}

/// `+select: [x]` adds to the grantees, `select: [x]` replaces them.
fn grants(values: &mut Map<String, Json>, value: &Json) {
    let Json::Object(new) = value else {
        if !value.is_null() {
            values.insert("grants".into(), value.clone());
        }
        return;
    };
    let entry = values.entry("grants").or_insert_with(|| Json::Object(Map::new()));
    let Json::Object(old) = entry else { return };
    for (key, grantees) in new {
        match key.strip_prefix('+') {
            Some(key) => match old.get_mut(key) {
                Some(Json::Array(list)) => list.extend(strings(grantees)),
                _ => {
                    old.insert(key.to_owned(), Json::Array(strings(grantees)));
                }
            },
            None => {
                old.insert(key.clone(), Json::Array(strings(grantees)));
            }
        }
    }
}
