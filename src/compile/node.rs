//! Compiles one node.

use std::sync::Arc;

use super::ephemeral::{Cte, collect, inject};
use super::{Batch, Context, NodeHost};
use crate::adapters::Session;
use crate::diagnostic::{Result, SourceFile};
use crate::jinja::Host;
use crate::manifest::{Node, NodeId, NodeKind, TestMetadata, test_arguments};

/// A node with its SQL.
#[derive(Debug, Clone)]
pub struct CompiledNode {
    pub node: Arc<Node>,
    /// The SQL with ephemeral parents put in; empty for a seed.
    pub code: String,
    /// The ephemeral parents that were put in.
    pub ctes: Vec<Cte>,
    /// Macros that its template itself called, in order of first call.
    pub macros: Vec<Arc<str>>,
}

/// What is rendered for a model in Python: a macro of dbt's, which a project may override.
const PYTHON_POSTFIX: &str = "{{ py_script_postfix(model) }}";

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
            macros: Vec::new(),
        });
    }
    if let Some(test) = node.test.as_ref().and_then(|t| t.unit.as_ref()) {
        return super::unit_test::compile(cx, node, test, session);
    }
    compile_batch(cx, node, None, session)
}

/// Compiles a node for one batch: its refs give the batch's rows alone.
///
/// # Errors
/// What the template raised, with its place and macro stack.
pub fn compile_batch(
    cx: &Arc<Context>,
    node: &Arc<Node>,
    batch: Option<&Arc<Batch>>,
    session: Option<&Arc<Session>>,
) -> Result<CompiledNode> {
    let Rendered { code, direct, macros } = render(cx, node, batch, session)?;
    if node.is_python() {
        // Nothing is put into a model in Python but what answers `dbt.ref` and its like, at the end.
        return Ok(CompiledNode {
            node: node.clone(),
            code: format!("{}\n\n{code}", node.raw_code),
            ctes: Vec::new(),
            macros,
        });
    }
    let ctes = collect(cx, &direct, session)?;
    Ok(CompiledNode {
        node: node.clone(),
        code: inject(&code, &ctes),
        ctes,
        macros,
    })
}

/// What rendering a node's own template gave.
pub(super) struct Rendered {
    pub code: String,
    /// The ephemeral models that it refers to.
    pub direct: Vec<NodeId>,
    pub macros: Vec<Arc<str>>,
}

/// Renders a node's own template.
pub(super) fn render(
    cx: &Arc<Context>,
    node: &Arc<Node>,
    batch: Option<&Arc<Batch>>,
    session: Option<&Arc<Session>>,
) -> Result<Rendered> {
    let mut host = NodeHost::new(cx.clone(), node.clone(), session.cloned());
    if let Some(batch) = batch {
        host = host.with_batch(batch);
    }
    if node.kind == NodeKind::Operation {
        // A run hook that is only compiled has no run to tell of.
        for name in ["results", "schemas", "database_schemas"] {
            host = host.with_member(name, crate::jinja::Value::UNDEFINED);
        }
    }
    let host = Arc::new(host);
    let shared: Arc<dyn Host> = host.clone();
    let metadata = node.test.as_ref().and_then(|t| t.metadata.as_ref());
    let rendered = match metadata {
        Some(metadata) => generic_test(cx, node, metadata, &shared),
        None if node.is_python() => {
            let postfix = SourceFile::new("py_script_postfix", PYTHON_POSTFIX);
            cx.engine.render(&postfix, None, &shared).map(|r| r.text)
        }
        None => cx.engine.render(&node.file, node.range, &shared).map(|r| r.text),
    };
    let code = rendered.map_err(|e| e.at(node.declared_at.clone()))?;
    Ok(Rendered {
        code,
        direct: host.ephemeral(),
        macros: host.macros(),
    })
}

/// Renders a generic test: its arguments are templates of their own, made values before the macro is called.
fn generic_test(
    cx: &Arc<Context>,
    node: &Node,
    metadata: &TestMetadata,
    host: &Arc<dyn Host>,
) -> Result<String> {
    let kwargs = test_arguments(&cx.engine, &node.id.0, &metadata.kwargs, host)?;
    cx.engine.call_test(&metadata.macro_id, kwargs, host)
}
