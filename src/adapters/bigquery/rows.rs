//! Rows of answers, `{"f": [{"v": …}]}`, as Arrow.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanBuilder, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch,
    StringArray, Time64MicrosecondArray, TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use serde_json::{Map, Value as Json};

use crate::adapters::{AdapterError, ErrorKind};

/// Digits of NUMERIC, all and behind the point.
const NUMERIC: (u8, i8) = (38, 9);

/// Returns the Arrow schema of an answer.
pub(super) fn schema(fields: &[Json]) -> SchemaRef {
    let fields: Vec<Field> = fields
        .iter()
        .map(|f| Field::new(f["name"].as_str().unwrap_or_default(), kind(f), true))
        .collect();
    Arc::new(Schema::new(fields))
}

/// Values with parts are texts of JSON; so are numbers with more digits than Arrow's smaller decimal holds.
fn kind(field: &Json) -> DataType {
    if field["mode"].as_str() == Some("REPEATED") {
        return DataType::Utf8;
    }
    match field["type"].as_str().unwrap_or_default() {
        "INTEGER" | "INT64" => DataType::Int64,
        "FLOAT" | "FLOAT64" => DataType::Float64,
        "BOOLEAN" | "BOOL" => DataType::Boolean,
        "NUMERIC" => DataType::Decimal128(NUMERIC.0, NUMERIC.1),
        "DATE" => DataType::Date32,
        "TIME" => DataType::Time64(TimeUnit::Microsecond),
        "DATETIME" => DataType::Timestamp(TimeUnit::Microsecond, None),
        "TIMESTAMP" => DataType::Timestamp(TimeUnit::Microsecond, Some("+00:00".into())),
        _ => DataType::Utf8,
    }
}

/// Turns a page of rows into a batch.
///
/// # Errors
/// Kind `Other` where a value is not of its column's type.
pub(super) fn batch(schema: &SchemaRef, fields: &[Json], rows: &[Json]) -> Result<RecordBatch, AdapterError> {
    let columns = fields
        .iter()
        .enumerate()
        .map(|(index, field)| column(field, schema.field(index).data_type(), rows, index))
        .collect::<Result<Vec<_>, _>>()?;
    let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(rows.len()));
    RecordBatch::try_new_with_options(schema.clone(), columns, &options).map_err(|e| {
        AdapterError::new(
            ErrorKind::Other,
            format!("an answer of BigQuery could not be read: {e}"),
        )
    })
}

fn column(field: &Json, kind: &DataType, rows: &[Json], index: usize) -> Result<ArrayRef, AdapterError> {
    let values = rows.iter().map(|row| &row["f"][index]["v"]);
    let bad = |value: &Json| {
        AdapterError::new(
            ErrorKind::Other,
            format!(
                "BigQuery answered with {value} in the column `{}` of type {}, which could not be read",
                field["name"].as_str().unwrap_or_default(),
                field["type"].as_str().unwrap_or_default()
            ),
        )
    };
    // Reads each value that is there by a function that may find it wrong.
    macro_rules! read {
        ($parse:expr) => {
            values
                .map(|value| match value.as_str() {
                    None => Ok(None),
                    Some(text) => $parse(text).map(Some).ok_or_else(|| bad(value)),
                })
                .collect::<Result<_, _>>()?
        };
    }
    Ok(match kind {
        DataType::Int64 => {
            let all: Vec<Option<i64>> = read!(|t: &str| t.parse().ok());
            Arc::new(Int64Array::from(all))
        }
        DataType::Float64 => {
            let all: Vec<Option<f64>> = read!(|t: &str| t.parse().ok());
            Arc::new(Float64Array::from(all))
        }
        DataType::Boolean => {
            let all: Vec<Option<bool>> = read!(|t: &str| t.parse().ok());
            let mut builder = BooleanBuilder::with_capacity(all.len());
            all.into_iter().for_each(|v| builder.append_option(v));
            Arc::new(builder.finish())
        }
        DataType::Decimal128(precision, scale) => {
            let all: Vec<Option<i128>> = read!(|t: &str| decimal(t, *scale));
            let array = Decimal128Array::from(all).with_precision_and_scale(*precision, *scale);
            Arc::new(array.map_err(|e| AdapterError::new(ErrorKind::Other, e.to_string()))?)
        }
        DataType::Date32 => {
            let all: Vec<Option<i32>> = read!(days);
            Arc::new(Date32Array::from(all))
        }
        DataType::Time64(_) => {
            let all: Vec<Option<i64>> = read!(time);
            Arc::new(Time64MicrosecondArray::from(all))
        }
        DataType::Timestamp(_, zone) => {
            let all: Vec<Option<i64>> = match zone {
                Some(_) => read!(|t: &str| t.parse().ok()),
                None => read!(datetime),
            };
            Arc::new(TimestampMicrosecondArray::from(all).with_timezone_opt(zone.clone()))
        }
        _ => {
            let texts: Vec<Option<String>> = values.map(|value| text(value, field)).collect();
            Arc::new(StringArray::from(texts))
        }
    })
}

/// A decimal number times ten to the power of `scale`.
fn decimal(text: &str, scale: i8) -> Option<i128> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let scale = usize::try_from(scale).ok()?;
    if fraction.len() > scale {
        return None;
    }
    let digits = format!("{whole}{fraction:0<scale$}");
    let number: i128 = digits.parse().ok()?;
    Some(if negative { -number } else { number })
}

fn days(text: &str) -> Option<i32> {
    let date: NaiveDate = text.parse().ok()?;
    i32::try_from((date - NaiveDate::default()).num_days()).ok()
}

fn time(text: &str) -> Option<i64> {
    let time: NaiveTime = text.parse().ok()?;
    Some(i64::from(time.num_seconds_from_midnight()) * 1_000_000 + i64::from(time.nanosecond() / 1000))
}

fn datetime(text: &str) -> Option<i64> {
    let at: NaiveDateTime = text.parse().ok()?;
    Some(at.and_utc().timestamp_micros())
}

/// A value as text; one with parts as JSON.
fn text(value: &Json, field: &Json) -> Option<String> {
    match value {
        Json::Null => None,
        Json::String(text) => Some(text.clone()),
        other => Some(nested(other, field).to_string()),
    }
}

/// A value with parts as JSON means it: lists of values, structures by their fields' names, numbers as numbers.
fn nested(value: &Json, field: &Json) -> Json {
    match value {
        Json::Array(items) => Json::Array(items.iter().map(|item| nested(&item["v"], field)).collect()),
        Json::Object(row) => {
            let fields = field["fields"].as_array().map(Vec::as_slice).unwrap_or_default();
            let cells = row
                .get("f")
                .and_then(Json::as_array)
                .map(Vec::as_slice)
                .unwrap_or_default();
            let pairs = fields.iter().zip(cells).map(|(part, cell)| {
                let name = part["name"].as_str().unwrap_or_default().to_owned();
                (name, nested(&cell["v"], part))
            });
            Json::Object(pairs.collect::<Map<_, _>>())
        }
        Json::String(text) => match field["type"].as_str().unwrap_or_default() {
            "INTEGER" | "INT64" | "FLOAT" | "FLOAT64" | "BOOLEAN" | "BOOL" => {
                serde_json::from_str(text).unwrap_or_else(|_| value.clone())
            }
            "TIMESTAMP" => text
                .parse()
                .ok()
                .and_then(chrono::DateTime::from_timestamp_micros)
                .map_or_else(|| value.clone(), |at| at.to_rfc3339().into()),
            _ => value.clone(),
        },
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use arrow::util::display::array_value_to_string;
    use serde_json::json;

    use super::{batch, schema};

    #[test]
    fn values_of_every_type_are_read() {
        let fields = [
            json!({"name": "i", "type": "INTEGER"}),
            json!({"name": "n", "type": "NUMERIC"}),
            json!({"name": "t", "type": "TIMESTAMP"}),
            json!({"name": "d", "type": "DATETIME"}),
            json!({"name": "s", "type": "RECORD", "mode": "REPEATED", "fields": [{"name": "a", "type": "INTEGER"}]}),
        ];
        let rows = [
            json!({"f": [{"v": "1"}, {"v": "-1.5"}, {"v": "1704103200000001"}, {"v": "2024-01-01T00:00:00.5"},
                {"v": [{"v": {"f": [{"v": "7"}]}}]}]}),
            json!({"f": [{"v": null}, {"v": null}, {"v": null}, {"v": null}, {"v": null}]}),
        ];
        let schema = schema(&fields);
        let batch = batch(&schema, &fields, &rows).unwrap();
        let shown: Vec<String> = (0..5)
            .map(|c| array_value_to_string(batch.column(c), 0).unwrap())
            .collect();
        assert_eq!(
            shown,
            [
                "1",
                "-1.500000000",
                "2024-01-01T10:00:00.000001Z",
                "2024-01-01T00:00:00.500",
                "[{\"a\":7}]"
            ]
        );
        assert!((0..5).all(|c| batch.column(c).is_null(1)));
    }

    #[test]
    fn a_value_that_does_not_fit_is_named() {
        let fields = [json!({"name": "i", "type": "INTEGER"})];
        let error = batch(&schema(&fields), &fields, &[json!({"f": [{"v": "x"}]})]).unwrap_err();
        assert!(error.message.contains("`i`"), "{}", error.message);
    }
}
