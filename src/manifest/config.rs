//! A node's configuration: dbt's keys in dbt's order, defaults included.

use serde_json::{Map, Value as Json};

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
}
