//! Hands the rows of a query to the union-find in memory, and writes the components back through the appender.

use duckdb::arrow::array::{Array, AsArray, StringArray};
use duckdb::arrow::record_batch::RecordBatch;

use super::connection::{DuckConnection, cancelled};
use super::dialect::DuckDialect;
use crate::adapters::components::{ComponentCounts, Components, Member};
use crate::adapters::{AdapterError, ErrorKind, Relation};
use crate::sql::Dialect;

/// Reads `(group, kind, name, value)` rows and makes a table of `(kind, name, value, component)`.
pub(super) fn fill(
    connection: &DuckConnection,
    sql: &str,
    into: &Relation,
    columns: &[String; 4],
) -> Result<ComponentCounts, AdapterError> {
    let resolved = read(connection, sql)?.resolve();
    let counts = resolved.counts;
    let columns = columns
        .each_ref()
        .map(|c| format!("{} varchar", DuckDialect.quote_identifier(c)));
    let create = format!("create table {} ({})", into.path(), columns.join(", "));
    connection.run(&create, |inner| inner.execute_batch(&create))?;
    let name = |part: &Option<std::sync::Arc<str>>| part.as_deref().unwrap_or_default().to_owned();
    let (catalog, schema, table) = (name(&into.database), name(&into.schema), name(&into.identifier));
    connection.with_appender(&catalog, &schema, &table, |append| {
        resolved.batches(
            |e| {
                AdapterError::new(
                    ErrorKind::Other,
                    format!("the components could not be written: {e}"),
                )
            },
            append,
        )
    })?;
    Ok(counts)
}

fn read(connection: &DuckConnection, sql: &str) -> Result<Components, AdapterError> {
    connection.run(sql, |inner| {
        let mut statement = inner.prepare(sql)?;
        drop(statement.stream_arrow([])?);
        let mut components = Components::default();
        while let Some(rows) = statement.step()? {
            if connection.is_cancelled() {
                return Ok(Err(cancelled()));
            }
            if let Err(error) = take(&mut components, &RecordBatch::from(&rows)) {
                return Ok(Err(error));
            }
        }
        Ok(Ok(components))
    })?
}

fn take(components: &mut Components, batch: &RecordBatch) -> Result<(), AdapterError> {
    let [groups, kinds, names, values] = columns(batch)?;
    for row in 0..batch.num_rows() {
        // What has no kind, name or value is nobody; those who ask leave such rows out and report them.
        if kinds.is_null(row) || names.is_null(row) || values.is_null(row) {
            continue;
        }
        let member = Member {
            kind: kinds.value(row),
            name: names.value(row),
            value: values.value(row),
        };
        let group = groups.is_valid(row).then(|| groups.value(row));
        if !components.observe(group, member) {
            return Err(AdapterError::new(
                ErrorKind::Limit,
                "there are more identifiers than can be resolved in memory",
            ));
        }
    }
    Ok(())
}

fn columns(batch: &RecordBatch) -> Result<[&StringArray; 4], AdapterError> {
    let texts: Option<Vec<&StringArray>> = batch.columns().iter().map(|c| c.as_string_opt::<i32>()).collect();
    texts.and_then(|texts| texts.try_into().ok()).ok_or_else(|| {
        AdapterError::new(
            ErrorKind::Unsupported,
            "components are made of four text columns: group, kind, name, value",
        )
    })
}
