//! The first rows of a query.

use std::sync::Arc;

use arrow::record_batch::RecordBatch;

use crate::adapters::{Execute, Session};
use crate::compile::{CompiledNode, Context, NodeHost};
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::jinja::{Host, Value};

/// Rows of a query, as the database gave them.
#[derive(Debug, Clone)]
pub struct Preview {
    pub columns: Vec<String>,
    pub schema: Option<arrow::datatypes::SchemaRef>,
    pub batches: Vec<RecordBatch>,
}

/// Runs a compiled query and brings at most `limit` rows back. The limit is put in by the macro `get_limit_subquery_sql`.
///
/// # Errors
/// What the database raised, with its place in the compiled SQL.
pub fn preview(
    cx: &Arc<Context>,
    compiled: &CompiledNode,
    session: &Arc<Session>,
    limit: Option<usize>,
) -> Result<Preview> {
    let node = &compiled.node;
    let host: Arc<dyn Host> = Arc::new(NodeHost::new(cx.clone(), node.clone(), Some(session.clone())));
    let sql = match (limit, cx.engine.find_macro(&node.package, "get_show_sql")) {
        (Some(limit), Some(found)) => {
            let kwargs = vec![
                ("compiled_code".to_owned(), Value::from(compiled.code.as_str())),
                ("sql_header".to_owned(), Value::from(())),
                ("limit".to_owned(), Value::from(limit)),
            ];
            cx.engine.call(&found.unique_id, Vec::new(), kwargs, &host)?.text
        }
        _ => compiled.code.clone(),
    };
    if sql.trim().is_empty() {
        return Err(Diagnostic::error(
            Code::USAGE,
            format!("`{}` has no SQL to show", node.name),
        ));
    }
    let response = session
        .execute(&sql, Execute { fetch: true, limit })
        .map_err(|e| {
            e.diagnostic(Some((node.id.as_str(), &sql)))
                .at(node.declared_at.clone())
        })?;
    let columns = response
        .schema
        .as_ref()
        .map(|s| s.fields().iter().map(|f| f.name().clone()).collect())
        .unwrap_or_default();
    Ok(Preview {
        columns,
        schema: response.schema,
        batches: response.batches,
    })
}
