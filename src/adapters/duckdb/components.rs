//! Hands the rows of a query to the union-find in memory, and writes the components back through the appender.

use std::sync::Arc;

use duckdb::arrow::record_batch::RecordBatch;

use super::connection::DuckConnection;
use super::dialect::DuckDialect;
use crate::adapters::components::{ComponentCounts, Resolved, Sightings, resolve};
use crate::adapters::{AdapterError, ErrorKind, Relation};
use crate::sql::Dialect;

/// How the columns kind, name, value and component are stored. Looking for the best way takes DuckDB longer than all else that is done
/// here, and finds none for values and components, which hardly repeat within a block.
const COMPRESSION: [&str; 4] = ["dictionary", "dictionary", "uncompressed", "uncompressed"];

/// Reads `(group, kind, name, value)` rows and makes a table of `(kind, name, value, component)`.
pub(super) fn fill(
    connection: &DuckConnection,
    sql: &str,
    into: &Relation,
    columns: &[String; 4],
) -> Result<ComponentCounts, AdapterError> {
    let resolved = read(connection, sql)?;
    let counts = resolved.counts;
    let name = |part: &Option<Arc<str>>| part.as_deref().unwrap_or_default().to_owned();
    let (catalog, schema, table) = (name(&into.database), name(&into.schema), name(&into.identifier));
    let is_own = connection.is_own_format(&catalog)?;
    let columns: Vec<String> = columns
        .iter()
        .zip(COMPRESSION)
        .map(|(column, compression)| {
            let name = DuckDialect.quote_identifier(column);
            match is_own {
                true => format!("{name} varchar using compression {compression}"),
                false => format!("{name} varchar"),
            }
        })
        .collect();
    let create = format!("create table {} ({})", into.path(), columns.join(", "));
    connection.run(&create, |inner| inner.execute_batch(&create))?;
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

fn read(connection: &DuckConnection, sql: &str) -> Result<Resolved, AdapterError> {
    connection.run(sql, |inner| {
        let mut statement = inner.prepare(sql)?;
        drop(statement.stream_arrow([])?);
        let (answer, resolved) = resolve(|take| -> duckdb::Result<Result<(), AdapterError>> {
            while let Some(rows) = statement.step()? {
                if connection.is_cancelled() {
                    return Ok(Err(AdapterError::cancelled()));
                }
                let Some(batch) = Sightings::of(&RecordBatch::from(&rows)) else {
                    return Ok(Err(AdapterError::new(
                        ErrorKind::Unsupported,
                        "components are made of four text columns: group, kind, name, value",
                    )));
                };
                if !take(batch) {
                    break;
                }
            }
            Ok(Ok(()))
        });
        Ok(answer?.and_then(|()| {
            resolved.ok_or_else(|| {
                AdapterError::new(
                    ErrorKind::Limit,
                    "there are more identifiers than can be resolved in memory",
                )
            })
        }))
    })?
}
