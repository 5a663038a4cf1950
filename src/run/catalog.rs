//! What the database holds of a project's relations: tables, columns, comments.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use crate::adapters::{Policy, Relation, Session};
use crate::compile::{Context, NodeHost};
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::jinja::{Engine, Host, Value, list};
use crate::manifest::inline_node;

/// A column of a relation, by the names that the macro `get_catalog` gives: `table_name`, `column_type`, ….
pub type CatalogRow = Map<String, Json>;

/// Asks the macro `get_catalog`, which projects may override, for all schemas that the project uses.
///
/// # Errors
/// What the macro or the database raised.
pub fn catalog(cx: &Arc<Context>, session: &Arc<Session>) -> Result<Vec<CatalogRow>> {
    let mut schemas: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let nodes = cx.manifest.nodes.values();
    let built = nodes.filter(|node| node.relation_name().is_some());
    let relations = built
        .map(|node| &node.relation)
        .chain(cx.manifest.sources.values().map(|source| &source.relation));
    for relation in relations {
        if let (Some(database), Some(schema)) = (&relation.database, &relation.schema) {
            schemas.entry(database).or_default().insert(schema);
        }
    }
    let node = inline_node(&cx.manifest, "", &**session.adapter())?;
    let host: Arc<dyn Host> = Arc::new(NodeHost::new(cx.clone(), node, Some(session.clone())));
    let Some(found) = cx.engine.find_macro(&cx.manifest.project_name, "get_catalog") else {
        let message = "no macro named `get_catalog` was found";
        return Err(Diagnostic::error(Code::JINJA_UNDEFINED, message));
    };
    let mut rows = Vec::new();
    for (database, schemas) in schemas {
        let mut information_schema = Relation::new(Some(database), Some("information_schema"), None);
        let dialect = session.adapter().dialect();
        information_schema.belong_to(dialect);
        if !dialect.quotes_names() {
            information_schema.quote = Policy {
                database: false,
                schema: false,
                identifier: false,
            };
        }
        let names = schemas.into_iter().map(Value::from).collect();
        let arguments = vec![
            (
                "information_schema".to_owned(),
                Engine::relation(information_schema),
            ),
            ("schemas".to_owned(), list(names)),
        ];
        let called = cx.engine.call(&found.unique_id, Vec::new(), arguments, &host)?;
        rows.extend(rows_of(&called.returned.unwrap_or_default()));
    }
    Ok(rows)
}

fn rows_of(table: &Value) -> Vec<CatalogRow> {
    let attribute = |name: &str| table.get_attr(name).ok().and_then(|v| v.try_iter().ok());
    let names: Vec<String> = attribute("column_names")
        .into_iter()
        .flatten()
        .map(|name| Engine::text(&name).to_lowercase())
        .collect();
    let row = |row: Value| {
        let cells = row.try_iter().into_iter().flatten();
        let cells = names.iter().zip(cells);
        cells
            .map(|(name, cell)| (name.clone(), json(name, &cell)))
            .collect()
    };
    attribute("rows").into_iter().flatten().map(row).collect()
}

/// Returns a cell. What names or describes something is a text, even where it looks like a number.
fn json(name: &str, cell: &Value) -> Json {
    let is_text = name != "column_index" && (name.starts_with("table_") || name.starts_with("column_"));
    if is_text && !cell.is_none() && !cell.is_undefined() {
        return Engine::text(cell).into();
    }
    Engine::json(cell)
}
