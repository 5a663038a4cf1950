//! `clone`: stands the relation of another environment in for a node's own.

use std::sync::Arc;

use super::statement::Statement;
use super::{Done, materialize};
use crate::adapters::Session;
use crate::compile::{Context, NodeHost};
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::events::Status;
use crate::jinja::Host;
use crate::manifest::Node;

/// Calls the macro of the materialization `clone`; without a relation to clone it does nothing.
///
/// # Errors
/// What the macro or the database raised.
pub fn run(cx: &Arc<Context>, node: &Arc<Node>, session: &Arc<Session>) -> Result<Done> {
    let mut host = NodeHost::new(cx.clone(), node.clone(), Some(session.clone()));
    let other = cx.deferral.as_ref().and_then(|d| d.relations.get(&node.id));
    if let Some(other) = other {
        let name = other.shown.clone().unwrap_or_else(|| other.relation.to_string());
        host = host.with_compiled(&format!("select * from {name}"));
    }
    let Some(found) = cx.engine.find_materialization(&cx.manifest.project_name, "clone") else {
        return Err(Diagnostic::error(
            Code::MATERIALIZATION,
            "no materialization named `clone` was found",
        ));
    };
    let shared: Arc<dyn Host> = Arc::new(host);
    if cx.engine.replaces_built_in(&found, "clone") {
        shared.warn(materialize::override_of(&found, "clone"))?;
    }
    let called = cx
        .engine
        .call(&found.unique_id, Vec::new(), Vec::new(), &shared)?;
    for relation in materialize::relations(&called, "clone")? {
        session.cache_added(&relation);
    }
    let main = Statement::named(&called, "main");
    let (message, adapter_response) = match main {
        Some(main) => (main.message, main.adapter_response),
        None => ("No-op".to_owned(), Default::default()),
    };
    Ok(Done {
        status: Status::Success,
        message: Some(message),
        failures: None,
        adapter_response,
        batches: None,
        diagnostic: None,
    })
}
