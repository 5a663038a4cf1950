//! A CSV file as `insert` statements of many rows each.

use crate::adapters::seed_cell;
use crate::adapters::{AdapterError, Column, CsvFile, ErrorKind, Relation};
use crate::sql::Dialect;

use super::dialect::SparkDialect;

/// A statement holds at most so much text, and so many rows.
const TEXT_BYTES_MAX: usize = 1024 * 1024;
const ROWS_MAX: usize = 10_000;

/// Gives `insert` the statements that bring a file's rows into a table; returns the number of rows.
pub(super) fn load(
    relation: &Relation,
    types: &[Column],
    file: &CsvFile<'_>,
    mut insert: impl FnMut(&str) -> Result<(), AdapterError>,
) -> Result<u64, AdapterError> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(u8::try_from(file.delimiter).unwrap_or(b','))
        .flexible(file.has_short_rows)
        .from_path(file.path)
        .map_err(|e| unreadable(&e))?;
    let head = head(relation, types, file.columns);
    let mut values = String::new();
    let (mut rows, mut total) = (0, 0);
    for record in reader.records() {
        let record = record.map_err(|e| unreadable(&e))?;
        if !values.is_empty() {
            values.push_str(", ");
        }
        values.push_str(&row(&record, file.columns.len()));
        rows += 1;
        total += 1;
        if rows == ROWS_MAX || values.len() > TEXT_BYTES_MAX {
            insert(&format!("{head}{values} as seed_rows({})", names(file.columns)))?;
            values.clear();
            rows = 0;
        }
    }
    if rows > 0 {
        insert(&format!("{head}{values} as seed_rows({})", names(file.columns)))?;
    }
    Ok(total)
}

/// `insert into t (a, b) select cast(a as int), cast(b as string) from values `.
fn head(relation: &Relation, types: &[Column], columns: &[String]) -> String {
    let cast = |name: &String| {
        let quoted = SparkDialect.quote_identifier(name);
        match types.iter().find(|c| c.name.eq_ignore_ascii_case(name)) {
            Some(column) => format!("cast({quoted} as {})", column.dtype),
            None => quoted,
        }
    };
    let casts: Vec<String> = columns.iter().map(cast).collect();
    format!(
        "insert into {} ({}) select {} from values ",
        relation.path(),
        names(columns),
        casts.join(", ")
    )
}

fn names(columns: &[String]) -> String {
    let quoted: Vec<String> = columns
        .iter()
        .map(|name| SparkDialect.quote_identifier(name))
        .collect();
    quoted.join(", ")
}

/// A row's literals. Texts are typed, so that a column of nulls is one of texts too.
fn row(record: &csv::StringRecord, width: usize) -> String {
    let cells: Vec<String> = (0..width)
        .map(|at| match seed_cell(record, at) {
            None => "cast(null as string)".to_owned(),
            Some(text) => SparkDialect.string_literal(text),
        })
        .collect();
    format!("({})", cells.join(", "))
}

fn unreadable(fault: &csv::Error) -> AdapterError {
    AdapterError::new(
        ErrorKind::Other,
        format!("the seed's file could not be read: {fault}"),
    )
}
