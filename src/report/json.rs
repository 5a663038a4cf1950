//! The JSON form: one object a line, with dbt's event names, codes and fields, so that programs that read dbt's log
//! read this one.
//!
//! dbt's events on its own phases, and on connections beyond their use, are left out; nothing that a run's progress or
//! results could be told from is.

mod finished;
mod statements;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value as Json, json};

use super::Output;
use super::dbt::{kind, shown_kind, summary};
use super::lines::{Line, Tint, batch, deprecations, is_described, long_duration, plural, sample_header};
use crate::diagnostic::{Diagnostic, Severity, event_code, render_text};
use crate::events::{Event, Level, NodeRef, SeedSample, Sink, Status};

/// Events that are shown however little is asked for.
const PRINTED: [&str; 3] = ["PrintEvent", "ShowNode", "CompiledNode"];
const WIDTH: usize = 80;
/// The version of the form of dbt's log.
const LOG_VERSION: u32 = 3;

/// Writes a run for a program.
pub struct JsonSink {
    out: Output,
    invocation_id: Arc<str>,
    quiet: bool,
    debug: bool,
    now: Box<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    /// What later events tell of earlier ones; guarded for looking up and noting alone.
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    /// Nodes that run, and since when.
    running: HashMap<Arc<str>, (Arc<NodeRef>, DateTime<Utc>)>,
    /// How many of each kind ran.
    kinds: BTreeMap<String, usize>,
    failures: Vec<Ended>,
    warnings: Vec<Ended>,
}

/// A node that failed or warned.
struct Ended {
    node: Arc<NodeRef>,
    status: Status,
    message: String,
    compiled: Option<String>,
    diagnostic: Option<Box<Diagnostic>>,
}

/// One event under dbt's name.
struct Told {
    level: &'static str,
    name: &'static str,
    code: &'static str,
    message: String,
    data: Json,
}

impl JsonSink {
    pub fn new(
        out: Output,
        invocation_id: Arc<str>,
        quiet: bool,
        debug: bool,
        now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static,
    ) -> Self {
        Self {
            out,
            invocation_id,
            quiet,
            debug,
            now: Box::new(now),
            kept: Mutex::default(),
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn emit(&self, told: Told, thread: Option<&str>) {
        let Told {
            level,
            name,
            code,
            message,
            data,
        } = told;
        if (self.quiet && level != "error" && !PRINTED.contains(&name)) || (!self.debug && level == "debug") {
            return;
        }
        let current = std::thread::current();
        let thread = match thread.or(current.name()).unwrap_or("MainThread") {
            "main" => "MainThread",
            other => other,
        };
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
                "thread": thread,
                "ts": (self.now)().to_rfc3339_opts(SecondsFormat::Micros, true),
            }
        });
        self.out.write(&format!("{value}\n"));
    }

    fn tell(&self, level: &'static str, name: &'static str, code: &'static str, message: String, data: Json) {
        let told = Told {
            level,
            name,
            code,
            message,
            data,
        };
        self.emit(told, None);
    }

    fn blank(&self) {
        self.tell("info", "Formatting", "Z017", String::new(), json!({ "msg": "" }));
    }

    fn node_started(&self, index: usize, total: usize, node: &Arc<NodeRef>) {
        let now = (self.now)();
        let running = (node.clone(), now);
        self.kept().running.insert(node.unique_id.clone(), running);
        let info = node_info(node, "started", Some(now), None);
        let head = format!("START {}", node.label);
        let message = line(index, total, &head, "RUN", None);
        if let Some(statement) = hook(node) {
            let data = json!({ "statement": statement, "index": index, "total": total, "node_info": info });
            self.tell("info", "LogHookStartLine", "Q032", message, data);
            return;
        }
        let text = format!("Began running node {}", node.unique_id);
        self.tell("debug", "NodeStart", "Q024", text, json!({ "node_info": info }));
        if is_described(node) {
            return;
        }
        let data = json!({ "description": &*node.label, "index": index, "total": total, "node_info": info });
        self.tell("info", "LogStartLine", "Q011", message, data);
    }

    fn node_finished(&self, event: Event) {
        let Event::NodeFinished {
            node,
            status,
            message,
            compiled,
            diagnostic,
            ran,
            ..
        } = &event
        else {
            return;
        };
        let now = (self.now)();
        let (node, status, thread) = (node.clone(), *status, ran.thread.clone());
        let is_skipped = status == Status::Skipped;
        let started = {
            let mut kept = self.kept();
            *kept.kinds.entry(kind(&node)).or_default() += 1;
            let ended = Ended {
                node: node.clone(),
                status,
                message: message.clone(),
                compiled: compiled.clone(),
                diagnostic: diagnostic.clone(),
            };
            match status {
                Status::Error | Status::Fail => kept.failures.push(ended),
                Status::Warn if node.resource_type != "source" => kept.warnings.push(ended),
                _ => {}
            }
            kept.running.remove(&node.unique_id).map(|(_, since)| since)
        };
        if is_skipped && hook(&node).is_none() {
            // A node that is skipped was taken up, too.
            let text = format!("Began running node {}", node.unique_id);
            let info = node_info(&node, "started", Some(now), None);
            self.tell("debug", "NodeStart", "Q024", text, json!({ "node_info": info }));
        }
        let finished_at = (!is_skipped).then_some(now);
        let info = node_info(&node, status.word(), started.or(Some(now)), finished_at);
        let told = finished::told(&event, &info);
        let thread = Some(thread.as_str()).filter(|_| !is_skipped);
        self.emit(told, thread);
        if hook(&node).is_none() {
            let told = Told {
                level: "debug",
                name: "NodeFinished",
                code: "Q025",
                message: format!("Finished running node {}", node.unique_id),
                data: json!({ "node_info": info, "run_result": finished::run_result(&event) }),
            };
            self.emit(told, thread);
        }
    }

    fn run_finished(
        &self,
        tally: &[(Status, usize)],
        elapsed: Duration,
        interrupted: bool,
        samples: &[SeedSample],
    ) {
        let kept = std::mem::take(&mut *self.kept());
        let kinds = kept.kinds.iter();
        let ran: Vec<String> = kinds
            .map(|(kind, count)| plural(*count, &shown_kind(kind)))
            .collect();
        let stat_line = ran.join(", ");
        let long = long_duration(elapsed);
        let execution = format!(" in {}", long.split(" (").next().unwrap_or_default());
        let gap = if stat_line.is_empty() { "" } else { " " };
        let message = format!("Finished running{gap}{stat_line} in {long}.");
        let data = json!({
            "execution": execution, "execution_time": elapsed.as_secs_f64(), "stat_line": stat_line,
        });
        self.blank();
        self.tell("info", "FinishedRunningStats", "E047", message, data);
        for sample in samples {
            self.blank();
            let header = sample_header(sample);
            self.tell(
                "info",
                "SeedHeader",
                "Q004",
                header.clone(),
                json!({ "header": header }),
            );
            let data = json!({ "msg": sample.table });
            self.tell("info", "PrintEvent", "Z052", sample.table.clone(), data);
        }
        let count = |wanted: &[Status]| -> usize {
            let fitting = tally.iter().filter(|(status, _)| wanted.contains(status));
            fitting.map(|(_, count)| count).sum()
        };
        if kept.kinds.contains_key("source") {
            for failure in &kept.failures {
                self.ended(failure);
            }
            let done = "Done.".to_owned();
            self.tell("info", "FreshnessCheckComplete", "Q003", done, json!({}));
            return;
        }
        let errors = count(&[Status::Error, Status::Fail]);
        let (warnings, partial) = (count(&[Status::Warn]), count(&[Status::PartialSuccess]));
        let (message, _) = summary(errors, partial, warnings, interrupted);
        let data = json!({
            "keyboard_interrupt": interrupted, "num_errors": errors, "num_partial_success": partial,
            "num_warnings": warnings,
        });
        self.blank();
        self.tell("info", "EndOfRunSummary", "Z030", message, data);
        for ended in kept.failures.iter().chain(&kept.warnings) {
            self.ended(ended);
        }
        let total: usize = tally.iter().map(|(_, count)| count).sum();
        let (pass, skip, noop) = (
            count(&[Status::Success, Status::Pass]),
            count(&[Status::Skipped]),
            count(&[Status::NoOp]),
        );
        let error = errors + partial;
        let stats = json!({
            "error": error, "noop": noop, "pass": pass, "skip": skip, "total": total, "warn": warnings,
        });
        let message =
            format!("Done. PASS={pass} WARN={warnings} ERROR={error} SKIP={skip} NO-OP={noop} TOTAL={total}");
        self.blank();
        self.tell("info", "StatsLine", "Z023", message, json!({ "stats": stats }));
    }

    /// Tells at the end of a run of a node that failed or warned.
    fn ended(&self, ended: &Ended) {
        let Ended {
            node,
            status,
            message,
            compiled,
            diagnostic,
        } = ended;
        let info = node_info(node, "None", None, None);
        let warned = *status == Status::Warn;
        let (level, word) = if warned {
            ("warn", "Warning")
        } else {
            ("error", "Failure")
        };
        let head = format!("{word} in {} {} ({})", node.resource_type, node.name, node.path);
        let mut data = json!({
            "resource_type": node.resource_type, "node_name": &*node.name, "path": &*node.path, "node_info": info,
        });
        add_group(&mut data, node);
        self.blank();
        if warned {
            self.tell(level, "RunResultWarning", "Z021", head, data);
            let data = json!({ "msg": message, "node_info": info });
            self.tell(level, "RunResultWarningMessage", "Z046", message.clone(), data);
        } else {
            self.tell(level, "RunResultFailure", "Z022", head, data);
            let mut data = json!({ "msg": message, "node_info": info });
            add_group(&mut data, node);
            if let (Some(diagnostic), Some(data)) = (diagnostic, data.as_object_mut()) {
                data.insert("diagnostic".into(), fault(diagnostic));
            }
            self.tell(level, "RunResultError", "Z024", format!("  {message}"), data);
        }
        if let Some(path) = compiled {
            self.blank();
            let data = json!({ "path": path, "node_info": info });
            let text = format!("  compiled code at {path}");
            self.tell("info", "SQLCompiledPath", "Z026", text, data);
        }
        let kept = info["node_relation"]["relation_name"]
            .as_str()
            .unwrap_or_default();
        if node.resource_type == "test" && !kept.is_empty() {
            self.blank();
            let query = format!("select * from {kept}");
            let rule = "-".repeat(query.chars().count());
            let text = format!("  See test failures:\n  {rule}\n  {query}\n  {rule}");
            let data = json!({ "relation_name": kept, "node_info": info });
            self.tell("info", "CheckNodeTestFailure", "Z027", text, data);
        }
    }

    fn diagnostic(&self, diagnostic: &Diagnostic) {
        let mut data = fault(diagnostic);
        let message = diagnostic.message().to_owned();
        if diagnostic.severity() == Severity::Error {
            if let Some(data) = data.as_object_mut() {
                data.insert("exc".into(), message.as_str().into());
            }
            let message = format!("Encountered an error:\n{message}");
            self.tell("error", "MainEncounteredError", "Z002", message, data);
        } else {
            let name = diagnostic.event_name();
            let code = name.and_then(event_code).unwrap_or(diagnostic.code().0);
            self.tell("warn", name.unwrap_or("Diagnostic"), code, message, data);
        }
    }
}

impl Sink for JsonSink {
    fn wants_statements(&self) -> bool {
        self.debug && !self.quiet
    }

    fn send(&self, event: Event) {
        match event {
            Event::Started { version } => {
                let data = json!({
                    "log_version": LOG_VERSION, "version": format!("={}", crate::COMPATIBLE_VERSION),
                    "nexus_version": version,
                });
                let message = format!("Running with nexus={version}");
                self.tell("info", "MainReportVersion", "A001", message, data);
            }
            Event::AdapterRegistered { name } => {
                let version = crate::COMPATIBLE_ADAPTER_VERSION;
                let data = json!({ "adapter_name": name, "adapter_version": format!("={version}") });
                let message = format!("Registered adapter: {name}={version}");
                self.tell("info", "AdapterRegistered", "E034", message, data);
            }
            Event::Parsed { counts, .. } => {
                let found = counts.resources.iter().filter(|(_, count)| *count > 0);
                let found: Vec<String> = found.map(|(noun, count)| plural(*count, noun)).collect();
                let stat_line = found.join(", ");
                let data = json!({ "stat_line": stat_line });
                self.tell("info", "FoundStats", "W006", format!("Found {stat_line}"), data);
            }
            Event::RunStarted {
                total,
                threads,
                target,
            } => {
                let message = format!("Concurrency: {threads} threads (target='{target}')");
                let data = json!({ "num_threads": threads, "target_name": target, "node_count": total });
                self.blank();
                self.tell("info", "ConcurrencyLine", "Q027", message, data);
                self.blank();
            }
            Event::NodeStarted { index, total, node } => self.node_started(index, total, &node),
            event @ Event::NodeFinished { .. } => self.node_finished(event),
            Event::Batch {
                index,
                total,
                node,
                description,
                ended,
            } => {
                let text = batch((index, total), &description, ended.as_ref(), (WIDTH, false));
                let started = self.kept().running.get(&node.unique_id).map(|(_, since)| *since);
                self.emit(
                    finished::batch((index, total), &node, &description, ended, started, text),
                    None,
                );
            }
            Event::RunFinished {
                tally,
                elapsed,
                interrupted,
                samples,
            } => self.run_finished(&tally, elapsed, interrupted, &samples),
            Event::Log { level, message, node } => {
                let (word, name, code) = match level {
                    Level::Debug => ("debug", "JinjaLogDebug", "I063"),
                    Level::Info => ("info", "JinjaLogInfo", "I062"),
                    Level::Warn => ("warn", "JinjaLogWarning", "I061"),
                    // All other errors come as diagnostics.
                    Level::Error => ("error", "RunningOperationCaughtError", "Q001"),
                };
                let info = node.as_deref().map(|id| json!({ "unique_id": id }));
                let data = match level {
                    Level::Error => json!({ "exc": message, "node_info": info }),
                    _ => json!({ "msg": message, "node_info": info }),
                };
                self.tell(word, name, code, message, data);
            }
            Event::StatementSent {
                connection,
                adapter,
                sql,
            } => self.sent(&connection, adapter, &sql),
            Event::StatementAnswered {
                connection,
                message,
                elapsed,
            } => self.answered(&connection, &message, elapsed),
            Event::Print { message } => {
                let data = json!({ "msg": message });
                self.tell("info", "PrintEvent", "Z052", message, data);
            }
            Event::Shown {
                name,
                code,
                text,
                data,
            } => self.tell("info", name, code, text, data),
            Event::Deprecations { counts, more } => {
                let summaries: Vec<Json> = counts
                    .iter()
                    .map(|(name, code, count)| {
                        json!({ "event_name": name, "event_code": code, "occurrences": count })
                    })
                    .collect();
                let data = json!({ "summaries": summaries, "show_all_hint": more });
                let text = deprecations(&counts, more);
                self.tell("warn", "DeprecationsSummary", "D028", text, data);
            }
            Event::Diagnostic(diagnostic) => self.diagnostic(&diagnostic),
        }
    }
}

/// Returns dbt's `node_info`.
fn node_info(
    node: &NodeRef,
    status: &str,
    started_at: Option<DateTime<Utc>>,
    finished_at: Option<DateTime<Utc>>,
) -> Json {
    let time = |at: Option<DateTime<Utc>>| match at {
        Some(at) => at.format("%Y-%m-%dT%H:%M:%S%.6f").to_string(),
        None => String::new(),
    };
    let mut info: Map<String, Json> = node.details.info.clone();
    info.insert("node_status".into(), status.into());
    info.insert("node_started_at".into(), time(started_at).into());
    info.insert("node_finished_at".into(), time(finished_at).into());
    Json::Object(info)
}

/// Returns the name of a hook of the run: `shop.on-run-start.0`; none for other nodes.
fn hook(node: &NodeRef) -> Option<&str> {
    let of_hook = (node.resource_type == "operation").then_some(&*node.label)?;
    Some(of_hook.strip_prefix("hook: ").unwrap_or(of_hook))
}

fn add_group(data: &mut Json, node: &NodeRef) {
    if let (Some(group), Some(data)) = (&node.details.group, data.as_object_mut()) {
        data.insert("group".into(), group.clone());
    }
}

/// Returns what nexus itself says of a fault: its code, its place, the text with its frame.
fn fault(diagnostic: &Diagnostic) -> Json {
    let place = diagnostic.span().map(ToString::to_string);
    json!({ "code": diagnostic.code().0, "place": place, "text": render_text(diagnostic, false) })
}

fn line(index: usize, total: usize, head: &str, status: &str, elapsed: Option<Duration>) -> String {
    let line = Line {
        index,
        total,
        head,
        status,
        tint: Tint::Plain,
        elapsed,
    };
    line.render(WIDTH, false)
}
