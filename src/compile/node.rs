//! Compiles one node.

use std::sync::Arc;

use serde_json::Value as Json;

use super::ephemeral::{Cte, collect, inject};
use super::{Context, NodeHost};
use crate::adapters::Session;
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::jinja::{Host, Value};
use crate::manifest::{Node, NodeId, NodeKind, TestMetadata};

/// A node with its SQL.
#[derive(Debug, Clone)]
pub struct CompiledNode {
    pub node: Arc<Node>,
    /// The SQL with ephemeral parents put in; empty for a seed.
    pub code: String,
    /// The ephemeral parents that were put in.
    pub ctes: Vec<Cte>,
}

/// Compiles a node. A session is needed only where a template asks the database.
///
/// # Errors
/// What the template raised, with its place and macro stack.
pub fn compile(cx: &Arc<Context>, node: &Arc<Node>, session: Option<&Arc<Session>>) -> Result<CompiledNode> {
    if node.kind == NodeKind::Seed {
        return Ok(CompiledNode {
            node: node.clone(),
            code: String::new(),
            ctes: Vec::new(),
        });
    }
    let (code, direct) = render(cx, node, session)?;
    let ctes = collect(cx, &direct, session)?;
    Ok(CompiledNode {
        node: node.clone(),
        code: inject(&code, &ctes),
        ctes,
    })
}

/// Renders a node's own template; returns its text and the ephemeral models it refers to.
pub(super) fn render(
    cx: &Arc<Context>,
    node: &Arc<Node>,
    session: Option<&Arc<Session>>,
) -> Result<(String, Vec<NodeId>)> {
    let host = Arc::new(NodeHost::new(cx.clone(), node.clone(), session.cloned()));
    let shared: Arc<dyn Host> = host.clone();
    let metadata = node.test.as_ref().and_then(|t| t.metadata.as_ref());
    let rendered = match metadata {
        Some(metadata) => generic_test(cx, node, metadata, &shared),
        None => cx.engine.render(&node.file, node.range, &shared).map(|r| r.text),
    };
    let text = rendered.map_err(|e| e.at(node.declared_at.clone()))?;
    Ok((text, host.ephemeral()))
}

/// Renders a generic test: its arguments are templates of their own, made values before the macro is called.
fn generic_test(
    cx: &Arc<Context>,
    node: &Node,
    metadata: &TestMetadata,
    host: &Arc<dyn Host>,
) -> Result<String> {
    let mut kwargs = Vec::with_capacity(metadata.kwargs.len());
    for (key, value) in &metadata.kwargs {
        kwargs.push((key.clone(), argument(cx, node, key, value, host)?));
    }
    cx.engine.call_test(&metadata.macro_id, kwargs, host)
}

/// Makes a value of a test's argument. The column's name is never a template; `ref('x')` needs no braces.
fn argument(cx: &Arc<Context>, node: &Node, key: &str, value: &Json, host: &Arc<dyn Host>) -> Result<Value> {
    let Json::String(text) = value else {
        return nested(cx, node, key, value, host);
    };
    if key == "column_name" {
        return Ok(Value::from(text.as_str()));
    }
    let trimmed = text.trim_start();
    let is_call = ["ref", "source"].iter().any(|name| {
        trimmed
            .strip_prefix(name)
            .is_some_and(|rest| rest.trim_start().starts_with('('))
            && text.trim_end().ends_with(')')
    });
    if is_call {
        return cx
            .engine
            .render_value(&node.id.0, &format!("{{{{ {text} }}}}"), host);
    }
    cx.engine.render_value(&node.id.0, text, host)
}

fn nested(cx: &Arc<Context>, node: &Node, key: &str, value: &Json, host: &Arc<dyn Host>) -> Result<Value> {
    match value {
        Json::Array(items) => {
            let values: Result<Vec<Value>> = items.iter().map(|v| argument(cx, node, "", v, host)).collect();
            Ok(crate::jinja::list(values?))
        }
        Json::Object(map) => {
            let entries: Result<Vec<(String, Value)>> = map
                .iter()
                .map(|(k, v)| Ok((k.clone(), argument(cx, node, "", v, host)?)))
                .collect();
            Ok(crate::jinja::dict(entries?))
        }
        Json::String(_) => Err(Diagnostic::error(
            Code::INTERNAL,
            format!("argument `{key}` was not expected here"),
        )),
        other => Ok(crate::jinja::Engine::value(other)),
    }
}
