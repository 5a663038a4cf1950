//! What a worker does with one node: compile, run, write what was run.

use std::sync::Arc;
use std::time::Instant;

use super::comment;
use super::execute::{Action, RunOptions};
use super::nodes::{Done, clone, materialize, microbatch, operation, test, unit_test};
use super::result::{NodeResult, Timing};
use crate::adapters::Session;
use crate::compile::{CompiledNode, Context, NodeHost, compile};
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::events::Status;
use crate::manifest::{Node, NodeKind};

/// Runs one node to its result. Never panics on what a template or database does; a panic of ours is an error too.
pub fn work(cx: &Arc<Context>, node: &Arc<Node>, session: &Arc<Session>, options: &RunOptions) -> NodeResult {
    let begun = Instant::now();
    let mut result = NodeResult::skipped(node, None);
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        steps(cx, node, session, options, &mut result)
    }));
    let outcome = outcome.unwrap_or_else(|_| {
        Err(Diagnostic::error(
            Code::INTERNAL,
            format!("nexus itself failed while it ran `{}`", node.id),
        )
        .hint("This is a bug in nexus: please report it with the SQL of the node."))
    });
    match outcome {
        Ok(done) => {
            result.status = done.status;
            result.message = done.message;
            result.failures = done.failures;
            result.adapter_response = done.adapter_response;
            result.batches = done.batches;
            result.diagnostic = done.diagnostic;
        }
        Err(diagnostic) => {
            let is_run = options.action == Action::Run;
            (result.status, result.message) = match is_run.then(|| cx.skipped_because(node)).flatten() {
                // The ephemeral model failed; what reads it is skipped, as in dbt.
                Some(why) => {
                    result.timing.clear();
                    (Status::Skipped, Some(why))
                }
                None => {
                    let place = cx.failed_inside(node).unwrap_or(node);
                    (
                        Status::Error,
                        Some(told(
                            place,
                            &diagnostic,
                            session.adapter().dialect().error_title(),
                        )),
                    )
                }
            };
            result.diagnostic = Some(Box::new(diagnostic));
        }
    }
    // What a failed node left open must not leak into the next; without a transaction this does nothing.
    if let Err(error) = session.rollback()
        && result.diagnostic.is_none()
        && result.status != Status::Skipped
    {
        result.status = Status::Error;
        result.message = Some(error.to_string());
        result.diagnostic = Some(Box::new(error.diagnostic(None)));
    }
    result.elapsed = begun.elapsed();
    result
}

fn steps(
    cx: &Arc<Context>,
    node: &Arc<Node>,
    session: &Arc<Session>,
    options: &RunOptions,
    result: &mut NodeResult,
) -> Result<Done> {
    let now = || cx.invocation.now();
    if cx.invocation.cancel.is_cancelled() {
        return Err(Diagnostic::error(
            Code::INTERRUPTED,
            "the run was interrupted before this node began",
        ));
    }
    if node.kind.is_described() {
        // Nothing is done for an exposure: its turn comes when all that it reads is there.
        result.timing = ["compile", "execute"]
            .map(|name| Timing {
                name,
                started_at: now(),
                completed_at: now(),
            })
            .to_vec();
        return Ok(Done {
            status: Status::NoOp,
            message: Some("NO-OP".to_owned()),
            failures: Some(0),
            adapter_response: Default::default(),
            batches: None,
            diagnostic: None,
        });
    }
    comment::apply(&options.comment, cx, node, session)?;
    let started_at = now();
    if node.kind == NodeKind::Operation && options.action == Action::Run {
        let host = Arc::new(with_run_members(
            NodeHost::new(cx.clone(), node.clone(), Some(session.clone())),
            options,
        ));
        // A hook is rendered and run in one go; dbt tells of two phases.
        result.timing.push(Timing {
            name: "compile",
            started_at,
            completed_at: started_at,
        });
        let (done, sql) = operation::hook(cx, node, session, &host)?;
        result.timing.push(Timing {
            name: "execute",
            started_at,
            completed_at: now(),
        });
        result.compiled_code = Some(sql);
        return Ok(done);
    }
    if options.action == Action::Run && microbatch::applies(cx, node) {
        result.timing.push(Timing {
            name: "compile",
            started_at,
            completed_at: now(),
        });
        let started_at = now();
        let done = microbatch::run(cx, node, session, options);
        result.timing.push(Timing {
            name: "execute",
            started_at,
            completed_at: now(),
        });
        return done;
    }
    if options.action == Action::Clone {
        return clone::run(cx, node, session);
    }
    let introspect = options.introspect.then_some(session);
    let compiled = compile(cx, node, introspect);
    result.timing.push(Timing {
        name: "compile",
        started_at,
        completed_at: now(),
    });
    let compiled = compiled?;
    options.write_compiled(&compiled)?;
    if node.kind != NodeKind::Seed {
        result.compiled_code = Some(compiled.code.clone());
        let written = options.compiled_path(node).filter(|_| !compiled.code.is_empty());
        result.compiled_at = written.map(|path| path.display().to_string());
        result.macros.clone_from(&compiled.macros);
        result.ctes = compiled
            .ctes
            .iter()
            .map(|c| (c.id.clone(), c.sql.clone()))
            .collect();
    }
    let started_at = now();
    let done = act(cx, &compiled, session, options);
    result.timing.push(Timing {
        name: "execute",
        started_at,
        completed_at: now(),
    });
    done.map_err(|e| point_at_model(e, &compiled, options))
}

fn act(
    cx: &Arc<Context>,
    compiled: &CompiledNode,
    session: &Arc<Session>,
    options: &RunOptions,
) -> Result<Done> {
    let node = &compiled.node;
    let nothing = Done {
        status: Status::Success,
        message: None,
        failures: None,
        adapter_response: Default::default(),
        batches: None,
        diagnostic: None,
    };
    if options.action == Action::Compile || node.kind == NodeKind::Analysis {
        return Ok(nothing);
    }
    let host = NodeHost::new(cx.clone(), node.clone(), Some(session.clone())).with_compiled(&compiled.code);
    let host = Arc::new(host);
    let done = match node.kind {
        NodeKind::Test => test::run(cx, compiled, &host),
        NodeKind::UnitTest => unit_test::run(cx, compiled, &host),
        _ => materialize::run(cx, compiled, session, &host),
    };
    if let Some(sql) = host.written() {
        options.write_run(node, &sql)?;
    }
    done
}

/// Writes an error as artifacts tell it, in dbt's form.
/// Returns the message of a failed node; `title` is the heading of what the database refused.
fn told(node: &Node, error: &Diagnostic, title: &str) -> String {
    let kind = match error.code().0.get(..3) {
        _ if error.code() == Code::JINJA_RAISED_DATABASE => "Database Error",
        Some("N02" | "N03") => "Compilation Error",
        Some("N05") => title,
        _ => "Runtime Error",
    };
    format!(
        "{kind} in {} {} ({})\n  {}",
        node.kind.word(),
        node.name,
        node.original_path,
        error.words().replace('\n', "\n  ")
    )
}

fn with_run_members(host: NodeHost, options: &RunOptions) -> NodeHost {
    let members = options.members.iter();
    members.fold(host, |host, (name, value)| host.with_member(name, value.clone()))
}

/// Adds where the compiled SQL stands, and the model as the place if no better one is known.
pub(super) fn point_at_model(error: Diagnostic, compiled: &CompiledNode, options: &RunOptions) -> Diagnostic {
    let node = &compiled.node;
    let error = match options.compiled_path(node) {
        Some(path) if !compiled.code.is_empty() => error.note(format!("compiled SQL at {}", path.display())),
        _ => error,
    };
    error.at(node.declared_at.clone())
}
