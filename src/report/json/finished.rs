//! How a node or batch ended, under the name and with the fields that dbt has for its kind.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value as Json, json};

use super::{Told, add_group, hook, line, node_info};
use crate::events::{Event, NodeRef, Status};
use crate::report::lines::finished;

/// Returns the event that tells of a finished node.
pub(super) fn told(event: &Event, info: &Json) -> Told {
    let Event::NodeFinished {
        index,
        total,
        node,
        status,
        message,
        failures,
        elapsed,
        ..
    } = event
    else {
        return Told {
            level: "debug",
            name: "Note",
            code: "Z050",
            message: String::new(),
            data: Json::Null,
        };
    };
    let (head, word, _) = finished(node, *status, message, *failures);
    let time = (*status != Status::Skipped).then_some(*elapsed);
    let text = line(*index, *total, &head, &word, time);
    let level = match status {
        Status::Warn => "warn",
        Status::Error | Status::Fail => "error",
        _ => "info",
    };
    let (name, code, fields) = fields(node, *status, message, *failures);
    let mut data = fields;
    for (key, value) in [("index", json!(index)), ("node_info", info.clone())] {
        data.insert(key.into(), value);
    }
    let total_key = if name == "LogTestResult" {
        "num_models"
    } else {
        "total"
    };
    data.insert(total_key.into(), json!(total));
    if let Some(elapsed) = time {
        data.insert("execution_time".into(), elapsed.as_secs_f64().into());
    }
    let mut data = Json::Object(data);
    if hook(node).is_none() {
        add_group(&mut data, node);
    }
    Told {
        level,
        name,
        code,
        message: text,
        data,
    }
}

/// Returns name, code and the fields of a kind of node.
fn fields(
    node: &NodeRef,
    status: Status,
    message: &str,
    failures: Option<u64>,
) -> (&'static str, &'static str, Map<String, Json>) {
    let relation = &node.details.info.get("node_relation");
    let part = |key: &str| relation.and_then(|relation| relation.get(key)).cloned();
    let word = status.word();
    let label = &*node.label;
    let (name, code, fields) = if let Some(statement) = hook(node) {
        let fields = json!({ "statement": statement, "status": word });
        ("LogHookEndLine", "Q033", fields)
    } else if status == Status::Skipped {
        let fields = json!({ "resource_type": node.resource_type, "schema": part("schema"), "node_name": &*node.name });
        ("SkippingDetails", "Q034", fields)
    } else if status == Status::NoOp {
        let fields = json!({ "description": label, "status": "" });
        ("LogNodeNoOpResult", "Q019", fields)
    } else {
        match node.resource_type {
            "test" | "unit_test" => {
                let name = label.split_once(' ').map_or(label, |(_, name)| name);
                let attached = node.details.attached_node.as_deref().unwrap_or_default();
                let fields = json!({
                    "name": name, "status": word, "num_failures": failures.unwrap_or(0), "attached_node": attached,
                });
                ("LogTestResult", "Q007", fields)
            }
            "seed" => {
                let fields = json!({
                    "status": word, "result_message": message, "schema": part("schema"), "relation": part("alias"),
                });
                ("LogSeedResult", "Q016", fields)
            }
            "snapshot" => {
                let fields = json!({
                    "status": word, "description": &*node.relation, "result_message": message,
                    "cfg": node.details.config,
                });
                ("LogSnapshotResult", "Q015", fields)
            }
            "source" => {
                let name = label.strip_prefix("freshness of ").unwrap_or(label);
                let (source, table) = name.split_once('.').unwrap_or((name, ""));
                let status = if message == "ERROR" { "runtime error" } else { word };
                let fields = json!({ "status": status, "source_name": source, "table_name": table });
                ("LogFreshnessResult", "Q018", fields)
            }
            "function" => {
                let fields = json!({ "description": label, "status": word });
                ("LogFunctionResult", "Q047", fields)
            }
            _ => {
                let status = if status == Status::Error { word } else { message };
                let fields = json!({ "description": label, "status": status });
                ("LogModelResult", "Q012", fields)
            }
        }
    };
    match fields {
        Json::Object(fields) => (name, code, fields),
        _ => (name, code, Map::new()),
    }
}

/// Returns dbt's `run_result` of a finished node.
pub(super) fn run_result(event: &Event) -> Json {
    let Event::NodeFinished {
        status,
        message,
        failures,
        elapsed,
        ran,
        ..
    } = event
    else {
        return Json::Null;
    };
    let time = |at: &DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Micros, true);
    let phases = ran.timing.iter();
    let timing: Vec<Json> = phases
        .map(|(name, from, to)| json!({ "name": name, "started_at": time(from), "completed_at": time(to) }))
        .collect();
    json!({
        "adapter_response": ran.adapter_response,
        "execution_time": elapsed.as_secs_f64(),
        "message": message,
        "num_failures": failures.unwrap_or(0),
        "status": status.word(),
        "thread": ran.thread,
        "timing_info": timing,
    })
}

/// Returns the event of a batch that begins or ended.
pub(super) fn batch(
    (index, total): (usize, usize),
    node: &NodeRef,
    description: &str,
    ended: Option<(Status, String, Duration)>,
    started_at: Option<DateTime<Utc>>,
    text: String,
) -> Told {
    let info = node_info(node, "executing", started_at, None);
    let mut data = json!({ "description": description, "batch_index": index, "total_batches": total, "node_info": info });
    let (name, code, level) = match &ended {
        None => ("LogStartBatch", "Q045", "info"),
        Some((Status::Error, _, _)) => ("LogBatchResult", "Q046", "error"),
        Some(_) => ("LogBatchResult", "Q046", "info"),
    };
    if let (Some((status, word, elapsed)), Some(data)) = (ended, data.as_object_mut()) {
        let said = match status {
            Status::Error | Status::Skipped => status.word().to_owned(),
            _ => word,
        };
        data.insert("status".into(), said.into());
        data.insert("execution_time".into(), elapsed.as_secs_f64().into());
    }
    Told {
        level,
        name,
        code,
        message: text,
        data,
    }
}
