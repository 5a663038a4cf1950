//! Loads a CSV file by inserts of many rows, for databases of the protocol that take no rows from the client.

use super::copy;
use crate::adapters::seed_cell;
use crate::adapters::{AdapterError, CsvFile, Relation};
use crate::sql::Dialect;

/// A statement is sent when it has so many bytes; Redshift takes 16 MB.
const SEND_AT: usize = 512 * 1024;

/// Sends the file's rows by `run`; returns how many there were.
pub(super) fn send(
    relation: &Relation,
    file: &CsvFile<'_>,
    dialect: &dyn Dialect,
    run: &mut dyn FnMut(&str) -> Result<(), AdapterError>,
) -> Result<u64, AdapterError> {
    let names: Vec<String> = file
        .columns
        .iter()
        .map(|name| dialect.quote_identifier(name))
        .collect();
    let head = format!("insert into {} ({}) values ", relation.path(), names.join(", "));
    let mut sql = head.clone();
    let mut count = 0;
    copy::each_record(file, &mut |record| {
        if sql.len() > head.len() {
            sql.push_str(", ");
        }
        let values: Vec<String> = (0..file.columns.len())
            .map(|index| match seed_cell(record, index) {
                Some(value) => dialect.string_literal(value),
                None => "null".to_owned(),
            })
            .collect();
        sql.push('(');
        sql.push_str(&values.join(", "));
        sql.push(')');
        count += 1;
        if sql.len() >= SEND_AT {
            run(&sql)?;
            sql.truncate(head.len());
        }
        Ok(())
    })?;
    if sql.len() > head.len() {
        run(&sql)?;
    }
    Ok(count)
}
