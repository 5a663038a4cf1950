//! A statement's result, as `store_result` kept it in a template, read back for the runner.

use serde_json::{Map, Value as Json};

use crate::jinja::{Called, Engine, Value};

/// What a named statement of a macro gave.
#[derive(Debug, Clone, Default)]
pub struct Statement {
    /// The database's answer in a word, such as `OK`.
    pub message: String,
    pub adapter_response: Map<String, Json>,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Json>>,
}

impl Statement {
    /// Returns the statement with this name, where the macro ran one.
    pub fn named(called: &Called, name: &str) -> Option<Self> {
        called.results.get(name).map(Self::of)
    }

    /// Reads what `load_result` gives.
    pub fn of(kept: &Value) -> Self {
        let attribute = |value: &Value, name: &str| value.get_attr(name).ok().filter(|v| !v.is_undefined());
        let response = attribute(kept, "response").unwrap_or_default();
        let mut adapter_response = Map::new();
        let own = attribute(&response, "_names")
            .and_then(|names| Some(names.try_iter().ok()?.map(|name| Engine::text(&name)).collect()))
            .unwrap_or_else(Vec::new);
        let common = ["_message", "code", "rows_affected", "query_id", "retries"];
        for key in common.into_iter().chain(own.iter().map(String::as_str)) {
            if let Some(value) = attribute(&response, key).filter(|v| !v.is_none()) {
                adapter_response.insert(key.to_owned(), Engine::json(&value));
            }
        }
        let columns = attribute(kept, "table")
            .and_then(|table| attribute(&table, "column_names"))
            .and_then(|names| {
                names
                    .try_iter()
                    .ok()
                    .map(|names| names.map(|n| Engine::text(&n)).collect())
            })
            .unwrap_or_default();
        let rows = attribute(kept, "data").map(|data| Engine::json(&data));
        let rows = match rows {
            Some(Json::Array(rows)) => rows.into_iter().map(cells).collect(),
            _ => Vec::new(),
        };
        Self {
            message: Engine::text(&response),
            adapter_response,
            columns,
            rows,
        }
    }
}

fn cells(row: Json) -> Vec<Json> {
    match row {
        Json::Array(cells) => cells,
        other => vec![other],
    }
}
