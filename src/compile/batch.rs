//! One stretch of time of a model that is built in batches, and what its refs are limited to.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Value as Json, json};

use crate::adapters::Relation;
use crate::jinja::{self, Engine, Value};
use crate::manifest::{ColumnInfo, Config, Node};

/// A stretch of time: from `start`, up to and without `end`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The start without hyphens: `20240229`.
    pub id: String,
    /// The start as files and log lines show it: `2024-02-29`.
    pub label: String,
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    /// The table is there and is added to: templates see `is_incremental()` as true.
    pub incremental: bool,
}

impl Batch {
    /// Returns the node without the hooks that belong to other batches.
    pub fn node(node: &Node, first: bool, last: bool) -> Arc<Node> {
        let mut config = Config::clone(&node.config);
        for (key, keep) in [("pre-hook", first), ("post-hook", last)] {
            if !keep {
                config.values.insert(key.into(), json!([]));
            }
        }
        let mut node = node.clone();
        node.config = Arc::new(config);
        Arc::new(node)
    }

    /// Returns `model` as the batch's templates see it: its times are times, not text.
    pub(super) fn model(&self, json: &Json) -> Value {
        let Json::Object(fields) = json else {
            return Engine::value(json);
        };
        let times = || [Engine::datetime(self.start), Engine::datetime(self.end)];
        let entry = |(key, value): (&String, &Json)| {
            let mut value = Engine::value(value);
            if key == "config"
                && let Json::Object(config) = &json["config"]
            {
                let [start, end] = times();
                let mut entries: Vec<(String, Value)> = config
                    .iter()
                    .map(|(k, v)| (k.clone(), Engine::value(v)))
                    .collect();
                entries.push(("__dbt_internal_microbatch_event_time_start".into(), start));
                entries.push(("__dbt_internal_microbatch_event_time_end".into(), end));
                value = jinja::dict(entries);
            }
            (key.clone(), value)
        };
        let mut entries: Vec<(String, Value)> = fields.iter().map(entry).collect();
        let [start, end] = times();
        let batch = jinja::dict(vec![
            ("id".into(), Value::from(self.id.as_str())),
            ("event_time_start".into(), start),
            ("event_time_end".into(), end),
        ]);
        entries.push(("batch".into(), batch));
        jinja::dict(entries)
    }
}

/// From the first time, up to and without the second.
pub(super) type Window = (DateTime<Utc>, DateTime<Utc>);

/// Limits a relation to the rows of a stretch of time, by the column in which it keeps their time.
pub(super) fn limit(relation: &Relation, column: &str, (start, end): Window) -> String {
    format!(
        "(select * from {relation} where {column} >= '{}' and {column} < '{}')",
        text(&start),
        text(&end)
    )
}

/// Writes a time as Python's `str` does.
fn text(at: &DateTime<Utc>) -> String {
    let fraction = if at.timestamp_subsec_micros() == 0 {
        ""
    } else {
        "%.6f"
    };
    at.format(&format!("%Y-%m-%d %H:%M:%S{fraction}+00:00"))
        .to_string()
}

/// Returns the column that holds a node's time, quoted where its column or its source says so.
pub(super) fn event_time<'a>(
    config: &Config,
    mut columns: impl Iterator<Item = &'a ColumnInfo>,
    quoting: Option<&Json>,
    quote: char,
) -> Option<String> {
    let name = config.str("event_time")?;
    let of_column = columns.find(|c| &*c.name == name).and_then(|c| c.quote);
    let of_table = quoting.and_then(|q| q.get("column")).and_then(Json::as_bool);
    Some(if of_column.or(of_table).unwrap_or(false) {
        format!("{quote}{name}{quote}")
    } else {
        name.to_owned()
    })
}
