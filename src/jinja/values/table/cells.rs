//! Cells of record batches as Python's values, and the types that agate finds in them.

use arrow::array::{Array, AsArray};
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, IntervalUnit, TimeUnit, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use minijinja::Value;

use crate::jinja::python::{Decimal, Number, format, int_value, none, number, str_of};
use crate::jinja::values::datetime::{self, Moment};
use crate::jinja::values::{Dict, List, PyObject, to_json};

/// The precision in which whole numbers of 128 bits come.
const HUGE_PRECISION: u8 = 38;

/// The type of a table's column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Integer,
    Number,
    Date,
    DateTime,
    Boolean,
    Text,
    /// Only agate's own reading of values makes this; dbt makes a span of time in a result text.
    TimeDelta,
}

impl Kind {
    /// The name of agate's class.
    pub fn name(self) -> &'static str {
        match self {
            Self::Integer => "Integer",
            Self::Number => "Number",
            Self::Date => "Date",
            Self::DateTime => "DateTime",
            Self::Boolean => "Boolean",
            Self::Text => "Text",
            Self::TimeDelta => "TimeDelta",
        }
    }

    /// Finds the type that all values of a column have; a column of nulls is of integers, as in dbt.
    pub fn of(values: &[Value]) -> Self {
        let mut found: Option<Self> = None;
        for value in values.iter().filter(|v| !v.is_none()) {
            let kind = Self::of_one(value);
            found = Some(match (found, kind) {
                (None, kind) => kind,
                (Some(old), kind) if old == kind => kind,
                (Some(Self::Integer | Self::Number), Self::Integer | Self::Number) => Self::Number,
                (Some(Self::Date | Self::DateTime), Self::Date | Self::DateTime) => Self::DateTime,
                _ => return Self::Text,
            });
        }
        found.unwrap_or(Self::Integer)
    }

    fn of_one(value: &Value) -> Self {
        if value.kind() == minijinja::value::ValueKind::Bool {
            return Self::Boolean;
        }
        match number(value) {
            Some(Number::Int(_)) => return Self::Integer,
            Some(_) => return Self::Number,
            None => {}
        }
        match Moment::of(value) {
            Some(Moment::Date(_)) => Self::Date,
            Some(Moment::DateTime(..)) => Self::DateTime,
            _ => Self::Text,
        }
    }

    /// Makes a value one of this type.
    pub fn cast(self, value: Value) -> Value {
        if value.is_none() {
            return value;
        }
        match self {
            Self::Number => match number(&value) {
                Some(Number::Int(i)) => Decimal::new(i, 0).value(),
                Some(Number::Float(f)) => Decimal::of_float(f).map_or(value, Decimal::value),
                _ => value,
            },
            Self::Text if value.as_str().is_none() => Value::from(str_of(&value)),
            _ => value,
        }
    }
}

/// Writes lists and structures as the text that dbt makes of them.
fn container(value: Value) -> Value {
    let json = crate::jinja::values::from_json(&to_json(&value));
    format::json(&json, false, None).map_or(value, Value::from)
}

/// Returns a cell of a result, with lists and structures as JSON text.
pub(super) fn flat(column: &dyn Array, row: usize) -> Value {
    let value = cell(column, row);
    match column.data_type() {
        DataType::List(_)
        | DataType::LargeList(_)
        | DataType::FixedSizeList(..)
        | DataType::Struct(_)
        | DataType::Map(..)
            if !value.is_none() =>
        {
            container(value)
        }
        _ => value,
    }
}

/// Returns a cell as a template value.
pub(crate) fn cell(column: &dyn Array, row: usize) -> Value {
    if column.is_null(row) {
        return none();
    }
    match column.data_type() {
        DataType::Null => none(),
        DataType::Boolean => Value::from(column.as_boolean().value(row)),
        DataType::Int8 => Value::from(i64::from(column.as_primitive::<Int8Type>().value(row))),
        DataType::Int16 => Value::from(i64::from(column.as_primitive::<Int16Type>().value(row))),
        DataType::Int32 => Value::from(column.as_primitive::<Int32Type>().value(row)),
        DataType::Int64 => Value::from(column.as_primitive::<Int64Type>().value(row)),
        DataType::UInt8 => Value::from(i64::from(column.as_primitive::<UInt8Type>().value(row))),
        DataType::UInt16 => Value::from(i64::from(column.as_primitive::<UInt16Type>().value(row))),
        DataType::UInt32 => Value::from(column.as_primitive::<UInt32Type>().value(row)),
        DataType::UInt64 => int_value(i128::from(column.as_primitive::<UInt64Type>().value(row))),
        DataType::Float32 => Value::from(f64::from(column.as_primitive::<Float32Type>().value(row))),
        DataType::Float64 => Value::from(column.as_primitive::<Float64Type>().value(row)),
        DataType::Decimal128(precision, scale) => {
            let units = column.as_primitive::<Decimal128Type>().value(row);
            if *scale == 0 && *precision == HUGE_PRECISION {
                return int_value(units);
            }
            Decimal::new(units, -i32::from(*scale)).value()
        }
        DataType::Utf8 => Value::from(column.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => Value::from(column.as_string::<i64>().value(row)),
        DataType::Utf8View => Value::from(column.as_string_view().value(row)),
        DataType::Binary => Value::from_bytes(column.as_binary::<i32>().value(row).to_vec()),
        DataType::LargeBinary => Value::from_bytes(column.as_binary::<i64>().value(row).to_vec()),
        DataType::BinaryView => Value::from_bytes(column.as_binary_view().value(row).to_vec()),
        DataType::Date32 => {
            let days = column.as_primitive::<Date32Type>().value(row);
            datetime::date_from_days(days)
        }
        DataType::Time32(_) | DataType::Time64(_) => datetime::time_from_iso(&display(column, row))
            .unwrap_or_else(|| Value::from(display(column, row))),
        DataType::Interval(IntervalUnit::MonthDayNano) => interval(column, row),
        DataType::Timestamp(unit, Some(zone)) => zoned(column, row, *unit, zone),
        DataType::Timestamp(_, None) => datetime::from_iso(&display(column, row), false)
            .unwrap_or_else(|| Value::from(display(column, row))),
        DataType::List(_) => list(&*column.as_list::<i32>().value(row)),
        DataType::LargeList(_) => list(&*column.as_list::<i64>().value(row)),
        DataType::FixedSizeList(..) => list(&*column.as_fixed_size_list().value(row)),
        DataType::Struct(fields) => {
            let parts = column.as_struct();
            Dict::of(
                fields
                    .iter()
                    .enumerate()
                    .map(|(i, f)| (f.name().as_str(), cell(parts.column(i), row))),
            )
        }
        DataType::Map(..) => {
            let entries = column.as_map().value(row);
            Dict::of((0..entries.len()).map(|i| (cell(entries.column(0), i), cell(entries.column(1), i))))
        }
        _ => Value::from(display(column, row)),
    }
}

/// A moment in a time zone: of UTC, shown in the zone.
fn zoned(column: &dyn Array, row: usize, unit: TimeUnit, zone: &str) -> Value {
    let plain = DataType::Timestamp(unit, None);
    let utc = column
        .to_data()
        .into_builder()
        .data_type(plain)
        .build()
        .map(arrow::array::make_array)
        .map(|column| display(&*column, row));
    let at = utc.ok().and_then(|text| datetime::at_zone(&text, zone));
    at.unwrap_or_else(|| Value::from(display(column, row)))
}

fn list(inner: &dyn Array) -> Value {
    List::value((0..inner.len()).map(|i| cell(inner, i)).collect())
}

/// A span of time: a month counts for thirty days, as in DuckDB's Python client.
fn interval(column: &dyn Array, row: usize) -> Value {
    use arrow::datatypes::IntervalMonthDayNanoType;
    let span = column.as_primitive::<IntervalMonthDayNanoType>().value(row);
    let days = i64::from(span.months) * 30 + i64::from(span.days);
    let micros = days
        .saturating_mul(86_400_000_000)
        .saturating_add(span.nanoseconds / 1000);
    PyObject::value(Moment::Delta(chrono::Duration::microseconds(micros)))
}

fn display(column: &dyn Array, row: usize) -> String {
    arrow::util::display::array_value_to_string(column, row).unwrap_or_default()
}
