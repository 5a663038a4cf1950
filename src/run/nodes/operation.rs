//! Operations: hooks of `on-run-start` and `on-run-end`, and macros called by name.

use std::sync::Arc;

use super::Done;
use crate::adapters::{Execute, Session};
use crate::compile::{Context, NodeHost};
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::events::Status;
use crate::jinja::{Host, Value};
use crate::manifest::Node;

/// Renders a hook and runs its SQL; a hook that renders to nothing does nothing. What the database refuses is a result.
///
/// # Errors
/// What the template raised.
pub fn hook(
    cx: &Arc<Context>,
    node: &Arc<Node>,
    session: &Arc<Session>,
    host: &Arc<NodeHost>,
) -> Result<(Done, String)> {
    let shared: Arc<dyn Host> = host.clone();
    let sql = cx
        .engine
        .render(&node.file, node.range, &shared)
        .map_err(|e| e.at(node.declared_at.clone()))?
        .text;
    // dbt names the hook in its message and keeps nothing of what the database answered.
    let name = title(node);
    let mut done = Done {
        status: Status::Success,
        message: Some(format!("{name} passed")),
        failures: Some(0),
        adapter_response: Default::default(),
        batches: None,
        diagnostic: None,
    };
    if !sql.trim().is_empty()
        && let Err(error) = session.execute(&sql, Execute::default())
    {
        let diagnostic = error
            .diagnostic(Some((node.id.as_str(), &sql)))
            .at(node.declared_at.clone());
        done.status = Status::Error;
        done.message = Some(format!("{name} failed, error:\n {}", diagnostic.words()));
        done.failures = Some(1);
        done.diagnostic = Some(Box::new(diagnostic));
    }
    Ok((done, sql))
}

/// Names a hook of the project in its messages: package, kind and number.
pub fn title(node: &Node) -> String {
    let kind = node.tags.first().map_or("hook", |kind| &**kind);
    let index = node
        .extra
        .get("index")
        .and_then(serde_json::Value::as_u64)
        .unwrap_or_default();
    format!("{}.{kind}.{index}", node.package)
}

/// Calls a macro by name with keyword arguments, as `run-operation` does; `node` is a stand-in for its context.
///
/// # Errors
/// `N0302` where there is no such macro; what it raised.
pub fn run_macro(
    cx: &Arc<Context>,
    node: Arc<Node>,
    name: &str,
    kwargs: Vec<(String, Value)>,
    session: &Arc<Session>,
) -> Result<()> {
    let Some(found) = cx.engine.find_macro(&node.package, name) else {
        return Err(Diagnostic::error(
            Code::JINJA_UNDEFINED,
            format!("no macro named `{name}` was found"),
        )
        .did_you_mean(name, cx.engine.macros().map(|m| &*m.name)));
    };
    let host: Arc<dyn Host> = Arc::new(NodeHost::new(cx.clone(), node, Some(session.clone())));
    let called = cx.engine.call(&found.unique_id, Vec::new(), kwargs, &host);
    let ended = if called.is_ok() {
        session.commit()
    } else {
        session.rollback()
    };
    called?;
    ended.map_err(|e| e.diagnostic(None))
}
