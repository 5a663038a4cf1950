//! Foreign keys of a model: the relation in place of `ref('…')`.

use std::sync::Arc;

use serde_json::Value as Json;

use super::Context;
use crate::diagnostic::Result;
use crate::jinja::Host;
use crate::manifest::Node;

/// Returns the node with the relations that its foreign keys refer to.
///
/// # Errors
/// What the ref or source raised.
pub(super) fn resolved(cx: &Context, node: &Arc<Node>, host: &Arc<dyn Host>) -> Result<Arc<Node>> {
    let of_columns = || node.columns.values().flat_map(|c| &c.constraints);
    let of_model = || node.extra.get("constraints").and_then(Json::as_array);
    if !of_model()
        .into_iter()
        .flatten()
        .chain(of_columns())
        .any(is_foreign)
    {
        return Ok(node.clone());
    }
    let mut node = Node::clone(node);
    if let Some(Json::Array(constraints)) = node.extra.get_mut("constraints") {
        constraints.iter_mut().try_for_each(|c| resolve(cx, c, host))?;
    }
    for column in Arc::make_mut(&mut node.columns).values_mut() {
        column
            .constraints
            .iter_mut()
            .try_for_each(|c| resolve(cx, c, host))?;
    }
    Ok(Arc::new(node))
}

fn is_foreign(constraint: &Json) -> bool {
    constraint["type"] == "foreign_key" && constraint["to"].is_string()
}

fn resolve(cx: &Context, constraint: &mut Json, host: &Arc<dyn Host>) -> Result<()> {
    if is_foreign(constraint)
        && let Json::Object(fields) = constraint
        && let Some(Json::String(to)) = fields.get_mut("to")
        && !to.is_empty()
    {
        *to = cx.engine.render_str("to", &format!("{{{{ {to} }}}}"), host)?;
    }
    Ok(())
}
