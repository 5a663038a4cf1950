//! What `on-run-end` hooks see as `results`: the nodes that ran, in the form of dbt's objects.

use std::sync::Arc;

use indexmap::IndexSet;

use super::result::{NodeResult, Outcome, Timing};
use crate::events::Status;
use crate::jinja::{self, Engine, Value};
use crate::manifest::NodeKind;

/// Returns `results`, one for each node (hooks of the project are none), and as `schemas` and `database_schemas` where
/// models, seeds and snapshots of the run stand that did not fail.
pub(super) fn for_hooks(outcome: &Outcome) -> Vec<(&'static str, Value)> {
    let results = outcome.results.iter();
    let nodes = results.filter(|result| result.node.kind != NodeKind::Operation);
    let mut places = IndexSet::new();
    for result in &outcome.results {
        let relation = &result.node.relation;
        let is_there = !result.status.is_failure() && result.status != Status::Skipped;
        if let (true, Some(schema)) = (result.node.kind.is_refable() && is_there, &relation.schema) {
            places.insert((relation.database.clone(), schema.clone()));
        }
    }
    let schemas: IndexSet<&str> = places.iter().map(|(_, schema)| &**schema).collect();
    let text = |text: &str| Value::from(text);
    let pair = |(database, schema): &(Option<Arc<str>>, Arc<str>)| {
        jinja::tuple(vec![Value::from(database.as_deref()), text(schema)])
    };
    vec![
        ("results", jinja::list(nodes.map(of_node).collect())),
        ("schemas", jinja::list(schemas.into_iter().map(text).collect())),
        ("database_schemas", jinja::list(places.iter().map(pair).collect())),
    ]
}

fn of_node(result: &NodeResult) -> Value {
    let value = |json: &serde_json::Value| Engine::value(json);
    let mut node = crate::manifest::node_json(&result.node);
    if let (Some(object), Some(code)) = (node.as_object_mut(), &result.compiled_code) {
        object.insert("compiled".into(), true.into());
        object.insert("compiled_code".into(), code.as_str().into());
    }
    let node = match node {
        serde_json::Value::Object(map) => map.iter().map(|(key, item)| (key.clone(), value(item))).collect(),
        _ => Vec::new(),
    };
    let entries = [
        ("status", Value::from(result.status.word())),
        (
            "timing",
            jinja::list(result.timing.iter().map(of_timing).collect()),
        ),
        ("thread_id", Value::from(&*result.thread)),
        ("execution_time", Value::from(result.elapsed.as_secs_f64())),
        (
            "adapter_response",
            value(&serde_json::json!(result.adapter_response)),
        ),
        ("message", value(&serde_json::json!(result.message))),
        ("failures", value(&serde_json::json!(result.failures))),
        ("node", jinja::record("Node", node)),
        ("agate_table", Value::from(())),
        ("batch_results", Value::from(())),
    ];
    jinja::record(
        "RunResult",
        entries.map(|(key, item)| (key.to_owned(), item)).into(),
    )
}

fn of_timing(timing: &Timing) -> Value {
    let entries = [
        ("name", Value::from(timing.name)),
        ("started_at", jinja::moment(timing.started_at)),
        ("completed_at", jinja::moment(timing.completed_at)),
    ];
    jinja::record(
        "TimingInfo",
        entries.map(|(key, item)| (key.to_owned(), item)).into(),
    )
}
