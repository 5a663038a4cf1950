//! Rows of an answer as Arrow: from Arrow streams as they are, from JSON by the columns' types.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions, StringArray};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use serde_json::Value as Json;

use crate::adapters::{AdapterError, ErrorKind};

/// Returns the schema that a manifest's columns describe.
pub(super) fn schema(columns: &[Json]) -> SchemaRef {
    let field = |column: &Json| {
        let name = column.get("name").and_then(Json::as_str).unwrap_or_default();
        Field::new(name, data_type(column), true)
    };
    Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()))
}

/// Types without a counterpart come as text.
fn data_type(column: &Json) -> DataType {
    let number = |key: &str| column.get(key).and_then(Json::as_u64);
    match column.get("type_name").and_then(Json::as_str).unwrap_or_default() {
        "BOOLEAN" => DataType::Boolean,
        "BYTE" => DataType::Int8,
        "SHORT" => DataType::Int16,
        "INT" => DataType::Int32,
        "LONG" => DataType::Int64,
        "FLOAT" => DataType::Float32,
        "DOUBLE" => DataType::Float64,
        "DATE" => DataType::Date32,
        "TIMESTAMP" => DataType::Timestamp(TimeUnit::Microsecond, Some("+00:00".into())),
        "TIMESTAMP_NTZ" => DataType::Timestamp(TimeUnit::Microsecond, None),
        "DECIMAL" => DataType::Decimal128(
            number("type_precision")
                .and_then(|n| u8::try_from(n).ok())
                .unwrap_or(38),
            number("type_scale")
                .and_then(|n| i8::try_from(n).ok())
                .unwrap_or(18),
        ),
        _ => DataType::Utf8,
    }
}

/// Reads a stream of Arrow batches.
pub(super) fn from_arrow(bytes: &[u8]) -> Result<Vec<RecordBatch>, AdapterError> {
    let reader = arrow::ipc::reader::StreamReader::try_new(bytes, None).map_err(|e| damaged(&e))?;
    reader.collect::<Result<_, _>>().map_err(|e| damaged(&e))
}

/// Makes a batch of rows in which every value is a text or null.
pub(super) fn from_json(schema: &SchemaRef, rows: &[Json]) -> Result<RecordBatch, AdapterError> {
    let strict = CastOptions {
        safe: false,
        ..CastOptions::default()
    };
    let column = |(at, field): (usize, &Arc<Field>)| -> Result<ArrayRef, AdapterError> {
        let texts: StringArray = rows
            .iter()
            .map(|row| row.get(at).and_then(Json::as_str))
            .collect();
        cast_with_options(&texts, field.data_type(), &strict).map_err(|e| damaged(&e))
    };
    let columns = schema
        .fields()
        .iter()
        .enumerate()
        .map(column)
        .collect::<Result<_, _>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
    RecordBatch::try_new_with_options(schema.clone(), columns, &options).map_err(|e| damaged(&e))
}

fn damaged(fault: &arrow::error::ArrowError) -> AdapterError {
    AdapterError::new(
        ErrorKind::Other,
        format!("the rows that the workspace sent could not be read: {fault}"),
    )
}

#[cfg(test)]
mod tests {
    use arrow::util::display::{ArrayFormatter, FormatOptions};
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_become_values_of_the_columns_types() {
        let kinds = json!([
            {"name": "a", "type_name": "LONG"}, {"name": "b", "type_name": "BOOLEAN"},
            {"name": "c", "type_name": "DECIMAL", "type_precision": 10, "type_scale": 2},
            {"name": "d", "type_name": "TIMESTAMP"}, {"name": "e", "type_name": "DATE"},
            {"name": "f", "type_name": "ARRAY"}, {"name": "g", "type_name": "DOUBLE"},
        ]);
        let rows = json!([
            [
                "1",
                "true",
                "2.50",
                "2024-01-02T03:04:05.678Z",
                "2024-01-02",
                "[1]",
                "1.5E-3"
            ],
            [null, null, null, null, null, null, null]
        ]);
        let schema = schema(kinds.as_array().unwrap());
        let batch = from_json(&schema, rows.as_array().unwrap()).unwrap();
        let shown: Vec<String> = batch
            .columns()
            .iter()
            .map(|c| {
                ArrayFormatter::try_new(c, &FormatOptions::default())
                    .unwrap()
                    .value(0)
                    .to_string()
            })
            .collect();
        assert_eq!(
            shown,
            [
                "1",
                "true",
                "2.50",
                "2024-01-02T03:04:05.678Z",
                "2024-01-02",
                "[1]",
                "0.0015"
            ]
        );
        assert_eq!(batch.columns().iter().map(|c| c.null_count()).sum::<usize>(), 7);
        let wrong = json!([["x", null, null, null, null, null, null]]);
        assert!(from_json(&schema, wrong.as_array().unwrap()).is_err());
    }
}
