//! Models that are built in batches of time: each batch is compiled and built like a model of its own.
//!
//! The first batch runs alone, and where it fails the others are not begun; those between may run side by side as far
//! as threads are free; the last runs when all others have ended. Hooks before the model belong to the first batch,
//! those behind it to the last.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value as Json;

use super::{Done, materialize};
use crate::adapters::{RelationKind, Session};
use crate::compile::{Batch, Context, NodeHost, compile_batch};
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::events::{Event, NodeRef, Status};
use crate::jinja::Value;
use crate::manifest::{Node, in_batches, time_of};
use crate::run::batches::{BatchSize, Span, Stretch};
use crate::run::comment;
use crate::run::execute::{RunOptions, node_ref};
use crate::run::result::Batches;
use crate::run::worker::point_at_model;

/// Says whether a model is built in batches.
pub fn applies(cx: &Context, node: &Node) -> bool {
    in_batches(&cx.engine, &cx.manifest, node)
}

/// Builds a model batch by batch. A batch's failure is part of the result; the table keeps what the others built.
///
/// # Errors
/// Where the batches cannot be told: the configuration or the database.
pub fn run(
    cx: &Arc<Context>,
    node: &Arc<Node>,
    session: &Arc<Session>,
    options: &RunOptions,
) -> Result<Done> {
    let size = node.config.str("batch_size").and_then(BatchSize::from_word);
    let (Some(size), Some(begin)) = (size, node.config.str("begin").and_then(time_of)) else {
        return Err(Diagnostic::error(
            Code::CONFIG,
            format!(
                "microbatch model `{}` has no `batch_size` or no `begin`",
                node.name
            ),
        ));
    };
    let incremental = is_incremental(cx, node, session)?;
    let previous = options.batches.get(&node.id);
    let stretches = match previous {
        Some(previous) => previous.failed.clone(),
        None => Span {
            size,
            begin,
            start: options.event_time.map(|(start, _)| start),
            end: options
                .event_time
                .map_or(cx.invocation.started_at, |(_, end)| end),
            lookback: node.config.get("lookback").and_then(Json::as_i64).unwrap_or(1),
            incremental,
        }
        .batches(),
    };
    let model = Model {
        cx,
        node,
        options,
        size,
        stretches: &stretches,
        shown: node_ref(cx, node),
        ended: Mutex::default(),
    };
    model.build(session, incremental);
    let mut done = model.done();
    if let (Some(previous), Some(batches)) = (previous, &mut done.batches) {
        batches.successful.extend(previous.successful.iter().copied());
    }
    Ok(done)
}

/// Says whether the table is there and is added to.
fn is_incremental(cx: &Context, node: &Node, session: &Session) -> Result<bool> {
    let part = |part: &Option<Arc<str>>| part.as_deref().unwrap_or_default().to_owned();
    let relation = &node.relation;
    let found = session
        .get_relation(
            &part(&relation.database),
            &part(&relation.schema),
            &part(&relation.identifier),
        )
        .map_err(|e| e.diagnostic(None))?;
    let flag = cx.options.flags.get("FULL_REFRESH").and_then(Json::as_bool);
    let full_refresh = node.config.bool("full_refresh").or(flag).unwrap_or(false);
    Ok(!full_refresh && found.is_some_and(|r| r.kind == Some(RelationKind::Table)))
}

/// A model while its batches are built.
struct Model<'a> {
    cx: &'a Arc<Context>,
    node: &'a Arc<Node>,
    options: &'a RunOptions,
    size: BatchSize,
    stretches: &'a [Stretch],
    shown: Arc<NodeRef>,
    /// How batches ended, by index. Guards the list alone.
    ended: Mutex<Vec<(usize, Option<Diagnostic>)>>,
}

impl Model<'_> {
    fn build(&self, session: &Arc<Session>, incremental: bool) {
        let Some(last) = self.stretches.len().checked_sub(1) else {
            return;
        };
        if !self.one(0, session, incremental) {
            for index in 1..=last {
                self.skip(index);
            }
            return;
        }
        let side_by_side = self.may_run_side_by_side();
        std::thread::scope(|scope| {
            for index in 1..last {
                let permit = side_by_side.then(|| self.options.permits.take()).flatten();
                let Some(permit) = permit else {
                    self.one(index, session, true);
                    continue;
                };
                let sibling = Arc::new(session.sibling());
                let build = move || {
                    let _permit = permit;
                    match comment::apply(&self.options.comment, self.cx, self.node, &sibling) {
                        Ok(()) => {
                            self.one(index, &sibling, true);
                        }
                        Err(error) => self.end(index, Some(error)),
                    }
                };
                let name = std::thread::current().name().unwrap_or("Thread").to_owned();
                let thread = std::thread::Builder::new().name(name).stack_size(64 << 20);
                if let Err(error) = thread.spawn_scoped(scope, build) {
                    let fault = format!("could not start a thread for a batch: {error}");
                    self.end(index, Some(Diagnostic::error(Code::INTERNAL, fault)));
                }
            }
        });
        if last > 0 {
            self.one(last, session, true);
        }
    }

    /// Says whether batches may run at once: as configured, else if the model does not read its own table.
    fn may_run_side_by_side(&self) -> bool {
        let reads_itself = || {
            self.node
                .raw_code
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .any(|word| word == "this")
        };
        let set = self.node.config.bool("concurrent_batches");
        set.unwrap_or_else(|| !reads_itself())
    }

    /// Builds one batch; says whether all went well.
    fn one(&self, index: usize, session: &Arc<Session>, incremental: bool) -> bool {
        if self.cx.invocation.cancel.is_cancelled() {
            let what = "the run was interrupted before this batch began";
            self.end(index, Some(Diagnostic::error(Code::INTERRUPTED, what)));
            return false;
        }
        let (start, end) = self.stretches[index];
        let label = self.size.label(start);
        let batch = Arc::new(Batch {
            id: label.replace('-', ""),
            label,
            start,
            end,
            incremental,
        });
        self.tell(index, &batch.label, None);
        let begun = Instant::now();
        let built = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            self.steps(index, &batch, session)
        }));
        let built = built.unwrap_or_else(|_| {
            let what = format!("nexus itself failed while it built a batch of `{}`", self.node.id);
            Err(Diagnostic::error(Code::INTERNAL, what)
                .hint("This is a bug in nexus: please report it with the SQL of the model."))
        });
        // What a failed batch left open must not leak into the next.
        let rolled_back = session.rollback().map_err(|e| e.diagnostic(None));
        let (status, word, fault) = match built.and_then(|done| rolled_back.map(|()| done)) {
            Ok(done) => (Status::Success, done.message.unwrap_or_default(), None),
            Err(error) => (Status::Error, "ERROR".to_owned(), Some(error)),
        };
        self.tell(index, &batch.label, Some((status, word, begun.elapsed())));
        self.end(index, fault);
        status == Status::Success
    }

    fn steps(&self, index: usize, batch: &Arc<Batch>, session: &Arc<Session>) -> Result<Done> {
        let last = self.stretches.len() - 1;
        let node = Batch::node(self.node, index == 0, index == last);
        let compiled = compile_batch(self.cx, &node, Some(batch), Some(session))?;
        self.options
            .write_batch("compiled", &node, batch, &compiled.code)?;
        let host = NodeHost::new(self.cx.clone(), node.clone(), Some(session.clone()))
            .with_batch(batch)
            .with_compiled(&compiled.code)
            .with_member("incremental_batch", Value::from(batch.incremental));
        let host = Arc::new(host);
        let done = materialize::run(self.cx, &compiled, session, &host);
        if let Some(sql) = host.written() {
            self.options.write_batch("run", &node, batch, &sql)?;
        }
        done.map_err(|e| point_at_model(e, &compiled, self.options))
    }

    fn skip(&self, index: usize) {
        let label = self.size.label(self.stretches[index].0);
        self.tell(
            index,
            &label,
            Some((Status::Skipped, "SKIPPED".into(), Duration::ZERO)),
        );
        let why = "the first batch failed";
        self.end(index, Some(Diagnostic::error(Code::MATERIALIZATION, why)));
    }

    fn tell(&self, index: usize, label: &str, ended: Option<(Status, String, Duration)>) {
        self.cx.sink.send(Event::Batch {
            index: index + 1,
            total: self.stretches.len(),
            node: self.shown.clone(),
            description: format!("batch {label} of {}", self.shown.relation),
            ended,
        });
    }

    fn end(&self, index: usize, fault: Option<Diagnostic>) {
        self.ended
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((index, fault));
    }

    fn done(self) -> Done {
        let mut ended = self.ended.into_inner().unwrap_or_else(PoisonError::into_inner);
        ended.sort_by_key(|(index, _)| *index);
        let mut batches = Batches::default();
        let mut first_fault = None;
        for (index, fault) in ended {
            let stretch = self.stretches[index];
            match fault {
                None => batches.successful.push(stretch),
                Some(fault) => {
                    batches.failed.push(stretch);
                    first_fault.get_or_insert(Box::new(fault));
                }
            }
        }
        let (built, failed) = (batches.successful.len(), batches.failed.len());
        let (status, message) = match (built, failed) {
            (_, 0) => (Status::Success, "SUCCESS".to_owned()),
            (0, _) => (Status::Error, "ERROR".to_owned()),
            _ => (
                Status::PartialSuccess,
                format!("PARTIAL SUCCESS ({built}/{})", built + failed),
            ),
        };
        Done {
            status,
            message: Some(message),
            failures: Some(0),
            adapter_response: Default::default(),
            batches: Some(batches),
            diagnostic: first_fault,
        }
    }
}
