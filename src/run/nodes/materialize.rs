//! Models, seeds and snapshots: calls the materialization macro that the project, a package or we provide.

use std::sync::Arc;

use super::Done;
use super::statement::Statement;
use crate::adapters::{Relation, Session};
use crate::compile::{CompiledNode, Context, NodeHost};
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::events::Status;
use crate::jinja::{Called, Engine, Host, MacroInfo};
use crate::manifest::NodeKind;

/// Builds a node by its materialization; the catalog learns the relations that the macro returns.
///
/// # Errors
/// `N0308` where there is no such materialization or it returns no relations; what the macro or database raised.
pub fn run(
    cx: &Arc<Context>,
    compiled: &CompiledNode,
    session: &Arc<Session>,
    host: &Arc<NodeHost>,
) -> Result<Done> {
    let called = call(cx, compiled, host)?;
    let name = compiled.node.config.materialized();
    for relation in relations(&called, name)? {
        session.cache_added(&relation);
    }
    let main = Statement::named(&called, "main").ok_or_else(|| {
        fault(format!(
            "the materialization `{name}` ran no statement named `main`"
        ))
        .hint("Put its SQL in {% call statement('main') %}…{% endcall %}.")
    })?;
    Ok(Done {
        status: Status::Success,
        message: Some(main.message.clone()),
        failures: None,
        adapter_response: main.adapter_response.clone(),
        batches: None,
        diagnostic: None,
    })
}

/// Returns the relations that a materialization says it made.
pub(super) fn relations(called: &Called, name: &str) -> Result<Vec<Relation>> {
    let returned = called
        .returned
        .as_ref()
        .and_then(|v| v.get_attr("relations").ok());
    let relations: Option<Vec<_>> = returned.and_then(|list| {
        list.try_iter()
            .ok()
            .map(|items| items.map(|v| Engine::as_relation(&v)).collect())
    });
    let Some(relations) = relations else {
        return Err(fault(format!(
            "the materialization `{name}` did not return a list of relations"
        ))
        .hint("End it with {{ return({'relations': [target_relation]}) }}."));
    };
    let no_relation = || {
        fault(format!(
            "the materialization `{name}` returned something in `relations` that is no relation"
        ))
    };
    relations.into_iter().map(|r| r.ok_or_else(no_relation)).collect()
}

/// Calls the materialization macro of a node.
pub(super) fn call(cx: &Arc<Context>, compiled: &CompiledNode, host: &Arc<NodeHost>) -> Result<Called> {
    let node = &compiled.node;
    let name = node.config.materialized();
    let Some(found) = cx.engine.find_materialization(&node.package, name) else {
        let known = cx.engine.macros().filter_map(|m| {
            let rest = m.name.strip_prefix("materialization_")?;
            rest.rsplit_once('_').map(|(name, _)| name)
        });
        return Err(fault(format!("no materialization named `{name}` was found")).did_you_mean(name, known));
    };
    if cx.engine.replaces_built_in(&found, name) {
        host.warn(override_of(&found, name))?;
    }
    let language = if node.is_python() { "python" } else { "sql" };
    let languages = found.supported_languages.iter().flatten();
    if node.kind == NodeKind::Model && !languages.into_iter().any(|l| l == language) {
        return Err(fault(format!(
            "the materialization `{name}` does not build models in {language}"
        ))
        .hint("Choose another materialization, such as `table`, or give it `supported_languages`."));
    }
    let shared: Arc<dyn Host> = host.clone();
    cx.engine.call(&found.unique_id, Vec::new(), Vec::new(), &shared)
}

/// Says that a package's materialization stands in for a built-in one.
pub(super) fn override_of(found: &MacroInfo, name: &str) -> Diagnostic {
    let message = format!(
        "the package `{}` takes the place of the built-in materialization `{name}`",
        found.package
    );
    Diagnostic::warning(Code::DEPRECATED, message)
        .event("PackageMaterializationOverrideDeprecation")
        .at(found.span.clone())
        .hint("Give the project a materialization of that name that returns what the package's returns, and leave `require_explicit_package_overrides_for_builtin_materializations` on.")
}

fn fault(message: String) -> Diagnostic {
    Diagnostic::error(Code::MATERIALIZATION, message)
}
