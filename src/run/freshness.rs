//! How fresh sources are: the newest row of each, against the database's clock and the limits of its properties.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Map, Value as Json};

use super::comment::{self, QueryComment};
use super::execute::{RunOptions, hooks, may_go_on};
use super::nodes::statement::Statement;
use super::result::{Outcome, Timing};
use crate::adapters::Session;
use crate::compile::{Context, NodeHost};
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::events::{Event, NodeRef, Ran, Status};
use crate::jinja::{Engine, Host, Value, instant};
use crate::manifest::{Node, SourceNode, inline_node};

/// What was found of one source.
#[derive(Debug, Clone)]
pub struct SourceFreshness {
    pub source: Arc<SourceNode>,
    /// `Pass`, `Warn`, or `Error` for data that is too old and for a check that failed.
    pub status: Status,
    /// None where the check failed.
    pub age: Option<Age>,
    pub adapter_response: Map<String, Json>,
    pub timing: Vec<Timing>,
    pub thread: String,
    pub elapsed: Duration,
    pub diagnostic: Option<Box<Diagnostic>>,
}

/// When a source was last loaded, as seen at a moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Age {
    pub max_loaded_at: DateTime<Utc>,
    pub snapshotted_at: DateTime<Utc>,
}

impl Age {
    pub fn seconds(&self) -> f64 {
        let between = self.snapshotted_at - self.max_loaded_at;
        between.num_seconds() as f64 + f64::from(between.subsec_nanos()) / 1e9
    }
}

/// Says whether a source has a limit that its age can exceed.
pub fn has_freshness(source: &SourceNode) -> bool {
    ["warn_after", "error_after"]
        .iter()
        .any(|limit| seconds_of(source, limit).is_some())
}

/// Returns a limit in seconds; none where it is not set.
fn seconds_of(source: &SourceNode, limit: &str) -> Option<f64> {
    let limit = source.config.get("freshness")?.get(limit)?;
    let unit = match limit.get("period")?.as_str()? {
        "minute" => 60.0,
        "hour" => 3600.0,
        "day" => 86400.0,
        _ => return None,
    };
    Some(limit.get("count")?.as_f64()? * unit)
}

/// Runs the project's `on-run-start` hooks, checks sources in parallel, and runs the `on-run-end` hooks. The results
/// stand in the order of the sources; the second value says whether all hooks went well.
pub fn freshness(
    cx: &Arc<Context>,
    session: &Session,
    sources: &[Arc<SourceNode>],
    options: &RunOptions,
) -> (Vec<SourceFreshness>, bool) {
    let main = Arc::new(session.sibling());
    let mut outcome = Outcome::default();
    let started = hooks(cx, &main, "on-run-start", options, &mut outcome);
    let results = if may_go_on(&outcome, options) {
        check(cx, session, sources, options)
    } else {
        Vec::new()
    };
    let ended = hooks(cx, &main, "on-run-end", options, &mut outcome);
    (results, started && ended)
}

fn check(
    cx: &Arc<Context>,
    session: &Session,
    sources: &[Arc<SourceNode>],
    options: &RunOptions,
) -> Vec<SourceFreshness> {
    let total = sources.len();
    let next = AtomicUsize::new(0);
    let (answer, answers) = crossbeam_channel::unbounded();
    std::thread::scope(|scope| {
        for n in 0..options.threads.clamp(1, total.max(1)) {
            let (answer, next, session) = (answer.clone(), &next, session.sibling());
            let worker = move || {
                let session = Arc::new(session);
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(source) = sources.get(index) else { return };
                    let checked = one(cx, &session, source, (index + 1, total), &options.comment);
                    if answer.send((index, checked)).is_err() {
                        return;
                    }
                }
            };
            let name = format!("Thread-{} (worker)", n + 1);
            let started = std::thread::Builder::new()
                .name(name)
                .stack_size(64 << 20)
                .spawn_scoped(scope, worker);
            if let Err(error) = started {
                let message = format!("could not start a worker thread: {error}");
                let fault = Diagnostic::error(Code::INTERNAL, message);
                cx.sink.send(Event::Diagnostic(Box::new(fault)));
            }
        }
    });
    drop(answer);
    let mut all: Vec<(usize, SourceFreshness)> = answers.into_iter().collect();
    all.sort_by_key(|(index, _)| *index);
    all.into_iter().map(|(_, result)| result).collect()
}

fn one(
    cx: &Arc<Context>,
    session: &Arc<Session>,
    source: &Arc<SourceNode>,
    (index, total): (usize, usize),
    comment: &QueryComment,
) -> SourceFreshness {
    let begun = Instant::now();
    let started_at = cx.invocation.now();
    let node = Arc::new(NodeRef {
        unique_id: source.id.0.clone(),
        name: source.name.clone(),
        resource_type: "source",
        label: format!("freshness of {}.{}", source.source_name, source.name).into(),
        path: source.original_path.clone(),
        materialized: Arc::from(""),
        relation: source.relation.path().into(),
        details: super::details::of_source(source),
    });
    cx.sink.send(Event::NodeStarted {
        index,
        total,
        node: node.clone(),
    });
    let asked = ask(cx, session, source, comment);
    // What a failed check left open must not leak into the next.
    let closed = session.rollback().map_err(|e| e.diagnostic(None));
    let (status, age, adapter_response, diagnostic) = match asked.and_then(|found| closed.map(|()| found)) {
        Ok((age, response)) => (judge(source, &age), Some(age), response, None),
        Err(error) => (
            Status::Error,
            None,
            Map::new(),
            Some(Box::new(error.at(source.declared_at.clone()))),
        ),
    };
    let word = match (status, age) {
        (Status::Error, None) => "ERROR",
        (Status::Error, Some(_)) => "ERROR STALE",
        (Status::Warn, _) => "WARN",
        _ => "PASS",
    };
    let elapsed = begun.elapsed();
    let completed_at = cx.invocation.now();
    let thread = std::thread::current().name().unwrap_or("MainThread").to_owned();
    let ran = Ran {
        thread: thread.clone(),
        // Nothing of a source is compiled; dbt tells of the two moments all the same.
        timing: vec![
            ("compile", started_at, started_at),
            ("execute", started_at, completed_at),
        ],
        adapter_response: adapter_response.clone(),
    };
    cx.sink.send(Event::NodeFinished {
        index,
        total,
        node,
        status,
        message: word.to_owned(),
        failures: None,
        elapsed,
        compiled: None,
        ran: Box::new(ran),
        diagnostic: diagnostic.clone(),
    });
    SourceFreshness {
        source: source.clone(),
        status,
        age,
        adapter_response,
        timing: vec![Timing {
            name: "execute",
            started_at,
            completed_at,
        }],
        thread,
        elapsed,
        diagnostic,
    }
}

/// Judges an age: a limit is exceeded by more than it, and the limit for errors comes first.
fn judge(source: &SourceNode, age: &Age) -> Status {
    let exceeded = |limit: &str| seconds_of(source, limit).is_some_and(|limit| age.seconds() > limit);
    if exceeded("error_after") {
        Status::Error
    } else if exceeded("warn_after") {
        Status::Warn
    } else {
        Status::Pass
    }
}

/// Asks the database through the macros that projects may override.
fn ask(
    cx: &Arc<Context>,
    session: &Arc<Session>,
    source: &Arc<SourceNode>,
    comment: &QueryComment,
) -> Result<(Age, Map<String, Json>)> {
    if cx.invocation.cancel.is_cancelled() {
        let message = "the run was interrupted before this source was checked";
        return Err(Diagnostic::error(Code::INTERRUPTED, message));
    }
    let node = stand_in(cx, session, source)?;
    comment::apply(comment, cx, &node, session)?;
    let view = serde_json::to_value(&**source).unwrap_or_default();
    let host = NodeHost::new(cx.clone(), node, Some(session.clone()))
        .with_member("model", Engine::value(&view))
        .with_member("this", Engine::relation(source.relation.clone()));
    let host: Arc<dyn Host> = Arc::new(host);
    let text = |key: &str| source.config.str(key);
    let mut arguments = vec![("source".to_owned(), Engine::relation(source.relation.clone()))];
    let name = match (text("loaded_at_query"), text("loaded_at_field")) {
        (Some(query), _) => {
            let query = cx.engine.render_str("loaded_at_query", query, &host)?;
            arguments.push(("loaded_at_query".to_owned(), Value::from(query)));
            "collect_freshness_custom_sql"
        }
        (None, Some(field)) => {
            let filter = source.config.get("freshness").and_then(|f| f.get("filter"));
            arguments.push(("loaded_at_field".to_owned(), Value::from(field)));
            arguments.push(("filter".to_owned(), Engine::value(filter.unwrap_or(&Json::Null))));
            "collect_freshness"
        }
        (None, None) => {
            let message = format!(
                "the freshness of source `{}.{}` cannot be told: it has no `loaded_at_field`, and {} does not tell when a table was changed",
                source.source_name,
                source.name,
                session.adapter().kind()
            );
            return Err(Diagnostic::error(Code::FRESHNESS, message)
                .hint("Add `loaded_at_field:` or `loaded_at_query:` to the source's `config:`."));
        }
    };
    let Some(found) = cx.engine.find_macro(&cx.manifest.project_name, name) else {
        let message = format!("no macro named `{name}` was found");
        return Err(Diagnostic::error(Code::JINJA_UNDEFINED, message));
    };
    let called = cx.engine.call(&found.unique_id, Vec::new(), arguments, &host)?;
    let answer = called.returned.unwrap_or_default();
    let part = |of: &Value, name: &str| of.get_attr(name).ok().filter(|part| !part.is_undefined());
    let response = Statement::of(&answer).adapter_response;
    let table = match part(&answer, "table") {
        Some(table) => table,
        // A macro of the project's may give the table alone, as it did in older versions.
        None => {
            if part(&answer, "rows").is_some() {
                let message = format!("the macro `{name}` of `{}` gives a table alone", found.package);
                let warning = Diagnostic::warning(Code::DEPRECATED, message)
                    .event("CollectFreshnessReturnSignature")
                    .at(found.span.clone())
                    .hint("Let it return what `load_result` gives, not its `table`.");
                host.warn(warning)?;
            }
            answer
        }
    };
    Ok((age_of(&table, source)?, response))
}

/// Reads the one row of two moments that the macros give.
fn age_of(table: &Value, source: &SourceNode) -> Result<Age> {
    let what = format!("{}.{}", source.source_name, source.name);
    let cell = |at: usize| {
        let rows = table.get_attr("rows").ok()?;
        let row = rows.get_item_by_index(0).ok()?;
        row.get_item_by_index(at).ok().filter(|cell| !cell.is_undefined())
    };
    let (Some(loaded), Some(now)) = (cell(0), cell(1)) else {
        let message = format!("the query for the freshness of source `{what}` gave no row of two columns");
        return Err(Diagnostic::error(Code::FRESHNESS, message));
    };
    let moment = |value: &Value, column: &str| {
        instant(value).ok_or_else(|| {
            let message =
                format!("the freshness of source `{what}` cannot be told: `{column}` is `{value}`, which is no timestamp");
            Diagnostic::error(Code::FRESHNESS, message)
                .hint("Cast it in `loaded_at_field:`, for example `loaded_at::timestamp`.")
        })
    };
    // A table without rows counts as loaded infinitely long ago.
    let max_loaded_at = if loaded.is_none() {
        NaiveDate::from_ymd_opt(1, 1, 1)
            .and_then(|day| day.and_hms_opt(0, 0, 0))
            .map(|time| time.and_utc())
            .unwrap_or_default()
    } else {
        moment(&loaded, "max_loaded_at")?
    };
    Ok(Age {
        max_loaded_at,
        snapshotted_at: moment(&now, "snapshotted_at")?,
    })
}

/// Returns a node in whose place templates of a source are rendered.
fn stand_in(cx: &Arc<Context>, session: &Session, source: &SourceNode) -> Result<Arc<Node>> {
    let mut node = Arc::unwrap_or_clone(inline_node(&cx.manifest, "", &**session.adapter())?);
    node.id = source.id.clone();
    node.name = source.name.clone();
    node.package = source.package.clone();
    node.relation = source.relation.clone();
    node.declared_at.clone_from(&source.declared_at);
    node.original_path = source.original_path.clone();
    Ok(Arc::new(node))
}
