//! The JSON form: one object a line, with dbt's event names and fields.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::Output;
use super::lines::{Line, Tint, batch, finished, long_duration, plural};
use crate::diagnostic::{Severity, render_text};
use crate::events::{Event, Level, NodeRef, Sink, Status};

/// Events that are shown however little is asked for.
const PRINTED: [&str; 3] = ["PrintEvent", "ShowNode", "CompiledNode"];

/// Writes a run for a program.
pub struct JsonSink {
    out: Output,
    invocation_id: Arc<str>,
    quiet: bool,
    debug: bool,
    now: Box<dyn Fn() -> chrono::DateTime<chrono::Utc> + Send + Sync>,
}

impl JsonSink {
    pub fn new(
        out: Output,
        invocation_id: Arc<str>,
        quiet: bool,
        debug: bool,
        now: impl Fn() -> chrono::DateTime<chrono::Utc> + Send + Sync + 'static,
    ) -> Self {
        Self {
            out,
            invocation_id,
            quiet,
            debug,
            now: Box::new(now),
        }
    }

    fn emit(&self, level: &str, name: &str, code: &str, message: String, data: Json) {
        if (self.quiet && level != "error" && !PRINTED.contains(&name)) || (!self.debug && level == "debug") {
            return;
        }
        let value = json!({
            "data": data,
            "info": {
                "category": "",
                "code": code,
                "extra": {},
                "invocation_id": &*self.invocation_id,
                "level": level,
                "msg": message,
                "name": name,
                "pid": std::process::id(),
                "thread": std::thread::current().name().unwrap_or("MainThread"),
                "ts": (self.now)().to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
            }
        });
        self.out.write(&format!("{value}\n"));
    }
}

fn node_info(node: &NodeRef, status: &str) -> Json {
    json!({
        "unique_id": &*node.unique_id,
        "node_name": &*node.name,
        "node_path": &*node.path,
        "node_status": status,
        "resource_type": node.resource_type,
        "materialized": &*node.materialized,
        "node_relation": { "relation_name": &*node.relation },
    })
}

fn result_event(node: &NodeRef) -> (&'static str, &'static str) {
    match node.resource_type {
        "test" => ("LogTestResult", "Q007"),
        "seed" => ("LogSeedResult", "Q016"),
        "snapshot" => ("LogSnapshotResult", "Q015"),
        "operation" => ("LogHookEndLine", "Q033"),
        "source" => ("LogFreshnessResult", "Q018"),
        _ => ("LogModelResult", "Q012"),
    }
}

impl Sink for JsonSink {
    fn send(&self, event: Event) {
        match event {
            Event::Started { version } => {
                let message = format!("Running with nexus={version}");
                self.emit(
                    "info",
                    "MainReportVersion",
                    "A001",
                    message,
                    json!({ "version": version }),
                );
            }
            Event::AdapterRegistered { name } => {
                let version = crate::COMPATIBLE_ADAPTER_VERSION;
                let data = json!({ "adapter_name": name, "adapter_version": format!("={version}") });
                let message = format!("Registered adapter: {name}={version}");
                self.emit("info", "AdapterRegistered", "E034", message, data);
            }
            Event::Parsed { counts, elapsed } => {
                let stats: Vec<String> = counts
                    .resources
                    .iter()
                    .filter(|(_, n)| *n > 0)
                    .map(|(noun, n)| plural(*n, noun))
                    .collect();
                let stat_line = stats.join(", ");
                let data = json!({ "stat_line": stat_line, "elapsed": elapsed.as_secs_f64() });
                self.emit("info", "FoundStats", "W006", format!("Found {stat_line}"), data);
            }
            Event::RunStarted {
                total,
                threads,
                target,
            } => {
                let message = format!("Concurrency: {} (target='{target}')", plural(threads, "thread"));
                let data = json!({ "num_threads": threads, "target_name": target, "node_count": total });
                self.emit("info", "ConcurrencyLine", "Q026", message, data);
            }
            Event::NodeStarted { index, total, node } => {
                let head = format!("START {}", node.label);
                let line = Line {
                    index,
                    total,
                    head: &head,
                    status: "RUN",
                    tint: Tint::Plain,
                    elapsed: None,
                };
                let message = line.render(80, false);
                let data = json!({
                    "description": &*node.label, "index": index, "total": total,
                    "node_info": node_info(&node, "started"),
                });
                self.emit("info", "LogStartLine", "Q011", message, data);
            }
            Event::NodeFinished {
                index,
                total,
                node,
                status,
                message,
                failures,
                elapsed,
                diagnostic,
                ..
            } => {
                let (head, word, tint) = finished(&node, status, &message, failures);
                let line = Line {
                    index,
                    total,
                    head: &head,
                    status: &word,
                    tint,
                    elapsed: Some(elapsed),
                };
                let text = line.render(80, false);
                let level = match status {
                    Status::Warn => "warn",
                    s if s.is_failure() => "error",
                    _ => "info",
                };
                let (name, code) = if status == Status::Skipped {
                    ("SkippingDetails", "Q034")
                } else {
                    result_event(&node)
                };
                let data = json!({
                    "description": &*node.label, "index": index, "total": total, "status": status.word(),
                    "execution_time": elapsed.as_secs_f64(), "num_failures": failures, "result_message": message,
                    "node_info": node_info(&node, status.word()),
                });
                self.emit(level, name, code, text, data);
                if let Some(diagnostic) = diagnostic {
                    let data = json!({ "msg": render_text(&diagnostic, false), "node_info": node_info(&node, status.word()) });
                    self.emit(
                        "error",
                        "RunResultError",
                        "Z024",
                        diagnostic.message().to_owned(),
                        data,
                    );
                }
            }
            Event::Batch {
                index,
                total,
                node,
                description,
                ended,
            } => {
                let text = batch((index, total), &description, ended.as_ref(), (80, false));
                let status = ended.as_ref().map_or("started", |(status, _, _)| status.word());
                let (name, code) = if ended.is_none() {
                    ("LogStartBatch", "Q045")
                } else {
                    ("LogBatchResult", "Q046")
                };
                let level = if status == Status::Error.word() {
                    "error"
                } else {
                    "info"
                };
                let data = json!({
                    "description": description, "batch_index": index, "total_batches": total, "status": status,
                    "execution_time": ended.map_or(0.0, |(_, _, elapsed)| elapsed.as_secs_f64()),
                    "node_info": node_info(&node, status),
                });
                self.emit(level, name, code, text, data);
            }
            Event::RunFinished {
                tally,
                elapsed,
                interrupted,
            } => {
                let stats: serde_json::Map<String, Json> = tally
                    .iter()
                    .map(|(s, n)| (s.word().to_owned(), json!(n)))
                    .collect();
                let message = format!("Finished running in {}.", long_duration(elapsed));
                let data = json!({
                    "execution_time": elapsed.as_secs_f64(), "stats": stats, "keyboard_interrupt": interrupted,
                });
                self.emit("info", "FinishedRunningStats", "E047", message, data);
            }
            Event::Log { level, message, node } => {
                let word = match level {
                    Level::Debug => "debug",
                    Level::Info => "info",
                    Level::Warn => "warn",
                    Level::Error => "error",
                };
                let data = json!({ "msg": message, "node_info": node.as_deref().map(|n| json!({ "unique_id": n })) });
                self.emit(word, "JinjaLogInfo", "I062", message, data);
            }
            Event::Print { message } => {
                let data = json!({ "msg": message });
                self.emit("info", "PrintEvent", "Z052", message, data);
            }
            Event::Shown {
                name,
                code,
                text,
                data,
            } => self.emit("info", name, code, text, data),
            Event::Diagnostic(diagnostic) => {
                let level = if diagnostic.severity() == Severity::Error {
                    "error"
                } else {
                    "warn"
                };
                let place = diagnostic.span().map(ToString::to_string);
                let data = json!({ "code": diagnostic.code().0, "place": place, "text": render_text(&diagnostic, false) });
                self.emit(
                    level,
                    "Diagnostic",
                    diagnostic.code().0,
                    diagnostic.message().to_owned(),
                    data,
                );
            }
        }
    }
}
