//! A seed's file as a table: columns and types are known at once, the rows are read when somebody looks at them.

use std::sync::Arc;

use minijinja::Value;

use super::types::decimal;
use crate::adapters::seed_cell;
use crate::diagnostic::SourceFile;
use crate::jinja::python::{Decimal, none};
use crate::jinja::values::datetime::{Moment, from_iso, strptime};
use crate::sql::{SeedShape, SeedType};

/// A CSV file, and what is known of it.
#[derive(Debug)]
pub(crate) struct SeedSource {
    pub file: Arc<SourceFile>,
    pub path: String,
    pub delimiter: char,
    pub shape: SeedShape,
}

impl SeedSource {
    /// Reads the values of all rows.
    pub fn read(&self) -> Vec<Vec<Value>> {
        let text = self.file.text();
        let body = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(true)
            .flexible(true)
            .delimiter(u8::try_from(self.delimiter).unwrap_or(b','))
            .from_reader(body.as_bytes());
        let columns = &self.shape.columns;
        // The file was checked when its shape was read.
        let records = reader.records().filter_map(Result::ok);
        records
            .map(|record| {
                let cell = |(i, column): (usize, &crate::sql::SeedColumn)| {
                    seed_cell(&record, i).map_or_else(none, |text| value(text, column.kind))
                };
                columns.iter().enumerate().map(cell).collect()
            })
            .collect()
    }
}

/// Makes a field of a CSV file that is not null a value of its column's type.
fn value(text: &str, kind: SeedType) -> Value {
    let trimmed = text.trim();
    let found = match kind {
        SeedType::Integer | SeedType::BigInteger | SeedType::Float => decimal(text).map(Decimal::value),
        SeedType::Date => strptime(trimmed, "%Y-%m-%d").map(|moment| match moment {
            Moment::DateTime(at, _) => Moment::Date(at.date()).value(),
            other => other.value(),
        }),
        SeedType::Timestamp => strptime(trimmed, "%Y-%m-%d %H:%M:%S")
            .map(Moment::value)
            .or_else(|| from_iso(trimmed, true)),
        SeedType::Boolean => Some(Value::from(
            trimmed.replace(',', "").trim().eq_ignore_ascii_case("true"),
        )),
        SeedType::Text => None,
    };
    found.unwrap_or_else(|| Value::from(text))
}
