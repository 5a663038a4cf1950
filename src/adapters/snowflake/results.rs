//! Rows of an answer as Arrow batches of plain types: from Arrow streams, or from JSON where the server sends that.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, BooleanArray, Date32Array, Decimal128Array, Float64Array,
    Int64Array, RecordBatch, StringArray, Time64NanosecondArray, TimestampMicrosecondArray,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Decimal128Type, Field, Int32Type, Int64Type, Schema, SchemaRef, TimeUnit};
use arrow::error::ArrowError;
use serde_json::Value as Json;

use crate::adapters::Column;

/// The zone in which all moments are handed on.
const UTC: &str = "UTC";
/// Digits after the point that a moment keeps.
const MICRO: u32 = 6;

/// What a column holds, in the server's words.
#[derive(Debug, Clone)]
pub(super) struct RowType {
    pub(super) name: String,
    kind: String,
    scale: u32,
    precision: u8,
}

impl RowType {
    /// Reads `rowtype` of an answer.
    pub(super) fn all_of(data: &Json) -> Vec<Self> {
        let list = data.get("rowtype").and_then(Json::as_array);
        list.into_iter().flatten().map(Self::of).collect()
    }

    fn of(json: &Json) -> Self {
        let text = |name: &str| json.get(name).and_then(Json::as_str).unwrap_or_default();
        let number = |name: &str| json.get(name).and_then(Json::as_u64);
        Self {
            name: text("name").to_owned(),
            kind: text("type").to_ascii_lowercase(),
            scale: number("scale").and_then(|n| u32::try_from(n).ok()).unwrap_or(0),
            precision: number("precision")
                .and_then(|n| u8::try_from(n).ok())
                .unwrap_or(38)
                .clamp(1, 38),
        }
    }

    /// Returns a query's column, its type in the words that Python's driver has for it.
    pub(super) fn into_column(self) -> Column {
        Column {
            name: self.name,
            dtype: self.kind.to_ascii_uppercase(),
            char_size: None,
            numeric_precision: None,
            numeric_scale: None,
        }
    }

    /// The plain type in which the column is handed on.
    fn data_type(&self) -> DataType {
        match self.kind.as_str() {
            "fixed" if self.scale == 0 && self.precision <= 18 => DataType::Int64,
            "fixed" => DataType::Decimal128(self.precision, i8::try_from(self.scale).unwrap_or(0)),
            "real" => DataType::Float64,
            "boolean" => DataType::Boolean,
            "date" => DataType::Date32,
            "time" => DataType::Time64(TimeUnit::Nanosecond),
            "timestamp_ntz" => DataType::Timestamp(TimeUnit::Microsecond, None),
            "timestamp_ltz" | "timestamp_tz" => DataType::Timestamp(TimeUnit::Microsecond, Some(UTC.into())),
            "binary" => DataType::Binary,
            _ => DataType::Utf8,
        }
    }
}

pub(super) fn schema(types: &[RowType]) -> SchemaRef {
    let field = |t: &RowType| Field::new(&t.name, t.data_type(), true);
    Arc::new(Schema::new(types.iter().map(field).collect::<Vec<_>>()))
}

/// Makes whole numbers of 64 bits of columns that may hold larger ones but do not: most whole numbers of Snowflake are
/// declared with 38 digits.
pub(super) fn with_small_integers(
    types: &[RowType],
    batches: Vec<RecordBatch>,
) -> (SchemaRef, Vec<RecordBatch>) {
    let declared = schema(types);
    let fits = |column: &ArrayRef| {
        let units = column.as_primitive::<Decimal128Type>();
        units.iter().flatten().all(|n| i64::try_from(n).is_ok())
    };
    let fields: Vec<Field> = declared
        .fields()
        .iter()
        .enumerate()
        .map(|(index, field)| match field.data_type() {
            DataType::Decimal128(_, 0) if batches.iter().all(|batch| fits(batch.column(index))) => {
                Field::new(field.name(), DataType::Int64, true)
            }
            _ => Field::clone(field),
        })
        .collect();
    let narrowed: SchemaRef = Arc::new(Schema::new(fields));
    let narrow = |batch: &RecordBatch| {
        let columns = batch.columns().iter().zip(narrowed.fields());
        let columns = columns
            .map(|(column, field)| cast(column, field.data_type()))
            .collect::<Result<Vec<_>, _>>()?;
        let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        RecordBatch::try_new_with_options(narrowed.clone(), columns, &options)
    };
    match batches.iter().map(narrow).collect::<Result<Vec<_>, _>>() {
        Ok(narrow) => (narrowed, narrow),
        Err(_) => (declared, batches),
    }
}

/// Reads the batches of an Arrow stream.
pub(super) fn from_arrow(bytes: &[u8], types: &[RowType]) -> Result<Vec<RecordBatch>, ArrowError> {
    if bytes.is_empty() {
        return Ok(Vec::new());
    }
    let schema = schema(types);
    let reader = arrow::ipc::reader::StreamReader::try_new(bytes, None)?;
    let mut batches = Vec::new();
    for batch in reader {
        let batch = batch?;
        if batch.num_columns() != types.len() {
            return Err(fault(
                "a part of the result has another number of columns than the result",
            ));
        }
        let columns = types
            .iter()
            .zip(batch.columns())
            .map(|(kind, column)| plain(kind, column))
            .collect::<Result<Vec<_>, _>>()?;
        let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        batches.push(RecordBatch::try_new_with_options(
            schema.clone(),
            columns,
            &options,
        )?);
    }
    Ok(batches)
}

fn fault(message: &str) -> ArrowError {
    ArrowError::ParseError(message.to_owned())
}

/// The column in its plain type.
fn plain(kind: &RowType, column: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let wanted = kind.data_type();
    match kind.kind.as_str() {
        "fixed" if column.data_type().is_integer() && kind.scale > 0 => {
            // Integers of the smallest width hold the digits; the point is said in the column's type.
            let units = cast(column, &DataType::Int64)?;
            let units = units.as_primitive::<Int64Type>();
            let scaled: Decimal128Array = units.iter().map(|n| n.map(i128::from)).collect();
            let DataType::Decimal128(precision, scale) = wanted else {
                return Err(fault("a number's type has no scale"));
            };
            Ok(Arc::new(scaled.with_precision_and_scale(precision, scale)?))
        }
        "time" if column.data_type().is_integer() => {
            let units = cast(column, &DataType::Int64)?;
            // fakesnow and the server alike say the scale in which the integer counts.
            let factor = 10_i64.pow(9_u32.saturating_sub(kind.scale));
            let times = units.as_primitive::<Int64Type>().iter();
            Ok(Arc::new(
                times
                    .map(|n| n.map(|n| n.saturating_mul(factor)))
                    .collect::<Time64NanosecondArray>(),
            ))
        }
        "timestamp_ntz" | "timestamp_ltz" | "timestamp_tz" => moments(kind, column, &wanted),
        _ => cast(column, &wanted),
    }
}

/// Moments come as counts in a scale, or as structures of seconds, nanoseconds and (with a zone) its minutes.
fn moments(kind: &RowType, column: &ArrayRef, wanted: &DataType) -> Result<ArrayRef, ArrowError> {
    let micros: TimestampMicrosecondArray = if column.data_type().is_integer() {
        let units = cast(column, &DataType::Int64)?;
        let units = units.as_primitive::<Int64Type>();
        units
            .iter()
            .map(|n| n.map(|n| in_micros(n, kind.scale)))
            .collect()
    } else if let Some(parts) = column.as_struct_opt() {
        let part = |name: &str| parts.column_by_name(name);
        let epoch = part("epoch").ok_or_else(|| fault("a moment has no seconds"))?;
        let epoch = cast(epoch, &DataType::Int64)?;
        let epoch = epoch.as_primitive::<Int64Type>();
        let fraction = part("fraction").map(|f| cast(f, &DataType::Int32)).transpose()?;
        let fraction = fraction.as_ref().map(|f| f.as_primitive::<Int32Type>());
        let at = |row: usize| {
            if parts.is_null(row) || epoch.is_null(row) {
                return None;
            }
            let seconds = epoch.value(row);
            Some(match fraction {
                Some(nanos) => seconds
                    .saturating_mul(1_000_000)
                    .saturating_add(i64::from(nanos.value(row)) / 1000),
                None => in_micros(seconds, kind.scale),
            })
        };
        (0..column.len()).map(at).collect()
    } else {
        return cast(column, wanted);
    };
    Ok(match wanted {
        DataType::Timestamp(_, Some(zone)) => Arc::new(micros.with_timezone(zone.clone())),
        _ => Arc::new(micros),
    })
}

fn in_micros(units: i64, scale: u32) -> i64 {
    if scale <= MICRO {
        units.saturating_mul(10_i64.pow(MICRO - scale))
    } else {
        units.div_euclid(10_i64.pow((scale - MICRO).min(18)))
    }
}

/// Makes a batch of rows that came as JSON: lists of texts and nulls.
pub(super) fn from_json(rows: &[Json], types: &[RowType]) -> Result<RecordBatch, ArrowError> {
    let columns = types
        .iter()
        .enumerate()
        .map(|(index, kind)| {
            let texts: Vec<Option<&str>> = rows
                .iter()
                .map(|row| row.get(index).and_then(Json::as_str))
                .collect();
            column_of_texts(kind, &texts)
        })
        .collect::<Result<Vec<_>, _>>()?;
    let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(rows.len()));
    RecordBatch::try_new_with_options(schema(types), columns, &options)
}

fn column_of_texts(kind: &RowType, texts: &[Option<&str>]) -> Result<ArrayRef, ArrowError> {
    let wanted = kind.data_type();
    let all = texts.iter().copied();
    Ok(match kind.kind.as_str() {
        "boolean" => Arc::new(
            all.map(|t| t.map(|t| matches!(t, "1" | "true" | "TRUE" | "True")))
                .collect::<BooleanArray>(),
        ),
        "date" => Arc::new(
            all.map(|t| t.and_then(|t| t.parse().ok()))
                .collect::<Date32Array>(),
        ),
        "time" => {
            let nanos = all.map(|t| t.and_then(|t| fixed_point(t, 9)));
            Arc::new(nanos.collect::<Time64NanosecondArray>())
        }
        "timestamp_ntz" | "timestamp_ltz" | "timestamp_tz" => {
            // A zone's minutes follow after a blank; the moment itself is UTC.
            let micros = all.map(|t| t.and_then(|t| fixed_point(t.split(' ').next()?, MICRO)));
            let micros: TimestampMicrosecondArray = micros.collect();
            match wanted {
                DataType::Timestamp(_, Some(zone)) => Arc::new(micros.with_timezone(zone)),
                _ => Arc::new(micros),
            }
        }
        "binary" => Arc::new(BinaryArray::from_iter(all.map(|t| t.and_then(bytes_of_hex)))),
        "fixed" if wanted == DataType::Int64 => Arc::new(
            all.map(|t| t.and_then(|t| t.parse().ok()))
                .collect::<Int64Array>(),
        ),
        "real" => Arc::new(
            all.map(|t| t.and_then(|t| t.parse().ok()))
                .collect::<Float64Array>(),
        ),
        "fixed" => cast(&StringArray::from_iter(all), &wanted)?,
        _ => Arc::new(StringArray::from_iter(all)),
    })
}

/// Reads `-12.345` as a whole number of units of ten to the minus `digits`.
fn fixed_point(text: &str, digits: u32) -> Option<i64> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let width = usize::try_from(digits).ok()?;
    let fraction: String = fraction
        .chars()
        .chain(std::iter::repeat('0'))
        .take(width)
        .collect();
    let units = whole
        .parse::<i64>()
        .ok()?
        .checked_mul(10_i64.pow(digits))?
        .checked_add(fraction.parse::<i64>().unwrap_or(0))?;
    Some(if negative { -units } else { units })
}

fn bytes_of_hex(text: &str) -> Option<Vec<u8>> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use arrow::array::{Array, AsArray};
    use arrow::datatypes::{DataType, Date32Type, Decimal128Type, Int64Type, TimestampMicrosecondType};
    use serde_json::json;

    use super::{RowType, fixed_point, from_json, in_micros};

    #[test]
    fn rows_of_json_get_their_types() {
        let data = json!({"rowtype": [
            {"name": "N", "type": "fixed", "precision": 10, "scale": 0},
            {"name": "D", "type": "fixed", "precision": 10, "scale": 2},
            {"name": "T", "type": "timestamp_tz", "scale": 9},
            {"name": "B", "type": "boolean"},
            {"name": "DAY", "type": "date"},
            {"name": "V", "type": "variant"},
        ]});
        let types = RowType::all_of(&data);
        let rows = [
            json!(["42", "1.50", "1.250000000 1440", "true", "19000", "{\"a\": 1}"]),
            json!([null, null, null, null, null, null]),
        ];
        let batch = from_json(&rows, &types).unwrap();
        assert_eq!(batch.column(0).as_primitive::<Int64Type>().value(0), 42);
        assert_eq!(batch.column(1).as_primitive::<Decimal128Type>().value(0), 150);
        assert_eq!(
            batch
                .column(2)
                .as_primitive::<TimestampMicrosecondType>()
                .value(0),
            1_250_000
        );
        assert!(matches!(
            batch.column(2).data_type(),
            DataType::Timestamp(_, Some(_))
        ));
        assert!(batch.column(3).as_boolean().value(0));
        assert_eq!(batch.column(4).as_primitive::<Date32Type>().value(0), 19000);
        assert_eq!(batch.column(5).as_string::<i32>().value(0), "{\"a\": 1}");
        assert!(batch.columns().iter().all(|column| column.is_null(1)));
    }

    #[test]
    fn points_and_scales() {
        assert_eq!(fixed_point("-0.5", 6), Some(-500_000));
        assert_eq!(
            fixed_point("1700000000.123456789", 6),
            Some(1_700_000_000_123_456)
        );
        assert_eq!(in_micros(-1, 9), -1);
        assert_eq!(in_micros(1_500, 3), 1_500_000);
    }
}
