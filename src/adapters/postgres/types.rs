//! Rows of text, as the simple query protocol brings them, as Arrow columns of the types that the server names.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryBuilder, BooleanBuilder, Date32Builder, Decimal128Builder, Float64Builder, Int16Builder,
    Int32Builder, Int64Builder, IntervalMonthDayNanoBuilder, StringArray, StringBuilder,
    Time64MicrosecondBuilder, TimestampMicrosecondBuilder,
};
use arrow::datatypes::{DataType, Field as ArrowField, IntervalMonthDayNanoType, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Timelike};

use crate::adapters::RelationKind;

/// A column of a result: its name and the number of its type.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub name: String,
    pub oid: u32,
    pub modifier: i32,
}

const BOOL: u32 = 16;
const BYTEA: u32 = 17;
const INT8: u32 = 20;
const INT2: u32 = 21;
const INT4: u32 = 23;
const OID: u32 = 26;
const FLOAT4: u32 = 700;
const FLOAT8: u32 = 701;
const DATE: u32 = 1082;
const TIME: u32 = 1083;
const TIMESTAMP: u32 = 1114;
const TIMESTAMPTZ: u32 = 1184;
const INTERVAL: u32 = 1186;
const NUMERIC: u32 = 1700;

/// The digits that a decimal column holds. One less than the most, which elsewhere marks whole numbers of 128 bits.
const PRECISION: u8 = 37;

/// Rows are put together in batches of so many, or of so many bytes.
const ROWS_MAX: usize = 8192;
const BYTES_MAX: usize = 64 << 20;

/// Gathers rows.
pub(super) struct Rows {
    fields: Vec<Field>,
    open: Vec<StringBuilder>,
    full: Vec<Vec<StringArray>>,
    rows: usize,
    bytes: usize,
}

impl Rows {
    pub(super) fn new(fields: Vec<Field>) -> Self {
        Self {
            open: fields.iter().map(|_| StringBuilder::new()).collect(),
            full: Vec::new(),
            rows: 0,
            bytes: 0,
            fields,
        }
    }

    /// Appends a row: a text, or none for null, for each column.
    pub(super) fn push<'a>(&mut self, mut cell: impl FnMut(usize) -> Option<&'a [u8]>) {
        for (index, column) in self.open.iter_mut().enumerate() {
            match cell(index) {
                Some(bytes) => {
                    self.bytes += bytes.len();
                    column.append_value(String::from_utf8_lossy(bytes));
                }
                None => column.append_null(),
            }
        }
        self.rows += 1;
        if self.rows >= ROWS_MAX || self.bytes >= BYTES_MAX {
            self.close();
        }
    }

    fn close(&mut self) {
        self.full
            .push(self.open.iter_mut().map(StringBuilder::finish).collect());
        (self.rows, self.bytes) = (0, 0);
    }

    /// Returns all rows; times with a zone are shown in `zone`.
    pub(super) fn finish(mut self, zone: &str) -> Result<(SchemaRef, Vec<RecordBatch>), ArrowError> {
        if self.rows > 0 {
            self.close();
        }
        let mut columns: Vec<Vec<ArrayRef>> = Vec::new();
        let mut arrow_fields = Vec::new();
        for (index, field) in self.fields.iter().enumerate() {
            let texts: Vec<&StringArray> = self.full.iter().map(|batch| &batch[index]).collect();
            let (kind, arrays) = typed(field, &texts, zone);
            arrow_fields.push(ArrowField::new(&field.name, kind, true));
            columns.push(arrays);
        }
        let schema: SchemaRef = Arc::new(Schema::new(arrow_fields));
        let batches = (0..self.full.len())
            .map(|batch| {
                let arrays = columns.iter().map(|column| column[batch].clone()).collect();
                RecordBatch::try_new(schema.clone(), arrays)
            })
            .collect::<Result<_, _>>()?;
        Ok((schema, batches))
    }
}

/// Turns a column's texts into its type; where one of them does not fit (`infinity`, dates before Christ), all stay text.
fn typed(field: &Field, texts: &[&StringArray], zone: &str) -> (DataType, Vec<ArrayRef>) {
    let text = || {
        let arrays = texts.iter().map(|array| Arc::new((*array).clone()) as ArrayRef);
        (DataType::Utf8, arrays.collect())
    };
    let kind = match field.oid {
        BOOL => DataType::Boolean,
        INT2 => DataType::Int16,
        INT4 => DataType::Int32,
        INT8 | OID => DataType::Int64,
        FLOAT4 | FLOAT8 => DataType::Float64,
        NUMERIC => match scale(field.modifier, texts) {
            Some(scale) => DataType::Decimal128(PRECISION, scale),
            None => return text(),
        },
        BYTEA => DataType::Binary,
        DATE => DataType::Date32,
        TIME => DataType::Time64(arrow::datatypes::TimeUnit::Microsecond),
        TIMESTAMP => DataType::Timestamp(arrow::datatypes::TimeUnit::Microsecond, None),
        TIMESTAMPTZ => DataType::Timestamp(arrow::datatypes::TimeUnit::Microsecond, Some(zone.into())),
        INTERVAL => DataType::Interval(arrow::datatypes::IntervalUnit::MonthDayNano),
        _ => return text(),
    };
    let arrays: Option<Vec<ArrayRef>> = texts.iter().map(|texts| convert(&kind, texts)).collect();
    match arrays {
        Some(arrays) => (kind, arrays),
        None => text(),
    }
}

/// Makes an array by a builder of its own type; none where a text does not fit.
macro_rules! build {
    ($texts:expr, $builder:expr, $parse:expr) => {{
        let mut builder = $builder;
        for text in $texts {
            match text {
                Some(text) => builder.append_value($parse(text)?),
                None => builder.append_null(),
            }
        }
        Some(Arc::new(builder.finish()) as ArrayRef)
    }};
}

fn convert(kind: &DataType, texts: &StringArray) -> Option<ArrayRef> {
    match kind {
        DataType::Boolean => build!(texts, BooleanBuilder::new(), |text: &str| match text {
            "t" => Some(true),
            "f" => Some(false),
            _ => None,
        }),
        DataType::Int16 => build!(texts, Int16Builder::new(), |text: &str| text.parse().ok()),
        DataType::Int32 => build!(texts, Int32Builder::new(), |text: &str| text.parse().ok()),
        DataType::Int64 => build!(texts, Int64Builder::new(), |text: &str| text.parse().ok()),
        DataType::Float64 => build!(texts, Float64Builder::new(), |text: &str| text.parse().ok()),
        DataType::Decimal128(_, scale) => build!(
            texts,
            Decimal128Builder::new().with_data_type(kind.clone()),
            |text: &str| units(text, *scale)
        ),
        DataType::Binary => build!(texts, BinaryBuilder::new(), bytes),
        DataType::Date32 => build!(texts, Date32Builder::new(), days),
        DataType::Time64(_) => build!(texts, Time64MicrosecondBuilder::new(), |text: &str| {
            let time = NaiveTime::parse_from_str(text, "%H:%M:%S%.f").ok()?;
            Some(
                i64::from(time.num_seconds_from_midnight()) * 1_000_000 + i64::from(time.nanosecond() / 1000),
            )
        }),
        DataType::Timestamp(_, None) => build!(texts, TimestampMicrosecondBuilder::new(), |text: &str| {
            let moment = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").ok()?;
            Some(moment.and_utc().timestamp_micros())
        }),
        DataType::Timestamp(_, Some(_)) => build!(
            texts,
            TimestampMicrosecondBuilder::new().with_data_type(kind.clone()),
            zoned
        ),
        DataType::Interval(_) => build!(texts, IntervalMonthDayNanoBuilder::new(), interval),
        _ => None,
    }
}

fn days(text: &str) -> Option<i32> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    let days = date
        .signed_duration_since(NaiveDate::from_ymd_opt(1970, 1, 1)?)
        .num_days();
    i32::try_from(days).ok()
}

/// Reads a moment with its distance from UTC, which the server may write in hours alone.
fn zoned(text: &str) -> Option<i64> {
    let sign = text.rfind(['+', '-']).filter(|at| *at > 10)?;
    let distance = match text.len() - sign {
        3 => format!("{text}00"),
        _ => text.to_owned(),
    };
    let moment = DateTime::parse_from_str(&distance, "%Y-%m-%d %H:%M:%S%.f%z").ok()?;
    Some(moment.timestamp_micros())
}

/// Reads `\x` and hexadecimal digits.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("\\x")?.as_bytes();
    let digit = |byte: u8| char::from(byte).to_digit(16);
    digits
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(digit(*high)? * 16 + digit(*low)?).ok(),
            _ => None,
        })
        .collect()
}

/// Reads a span as `IntervalStyle` `postgres` writes it: `1 year 2 mons -3 days 04:05:06.789`.
fn interval(text: &str) -> Option<arrow::datatypes::IntervalMonthDayNano> {
    let (mut months, mut days, mut nanos) = (0_i32, 0_i32, 0_i64);
    let mut words = text.split_whitespace();
    while let Some(word) = words.next() {
        if word.contains(':') {
            let (sign, clock) = match word.strip_prefix('-') {
                Some(clock) => (-1, clock),
                None => (1, word.strip_prefix('+').unwrap_or(word)),
            };
            let mut parts = clock.splitn(3, ':');
            let hours: i64 = parts.next()?.parse().ok()?;
            let minutes: i64 = parts.next()?.parse().ok()?;
            let (seconds, fraction) = match parts.next().unwrap_or("0").split_once('.') {
                Some((seconds, fraction)) => (
                    seconds.parse::<i64>().ok()?,
                    format!("{fraction:0<9}").parse().ok()?,
                ),
                None => (clock.rsplit(':').next()?.parse().ok()?, 0_i64),
            };
            let whole = hours.checked_mul(3600)?.checked_add(minutes * 60 + seconds)?;
            nanos = whole
                .checked_mul(1_000_000_000)?
                .checked_add(fraction)?
                .checked_mul(sign)?;
            continue;
        }
        let count: i32 = word.parse().ok()?;
        match words.next()?.trim_end_matches('s') {
            "year" => months = months.checked_add(count.checked_mul(12)?)?,
            "mon" => months = months.checked_add(count)?,
            "day" => days = count,
            _ => return None,
        }
    }
    Some(IntervalMonthDayNanoType::make_value(months, days, nanos))
}

/// The digits after the point: those that the type has, or as many as the longest value shows; none where the values do
/// not fit.
fn scale(modifier: i32, texts: &[&StringArray]) -> Option<i8> {
    let declared = (modifier >= 4).then(|| (modifier - 4) & 0x7ff);
    let shown = || {
        let all = texts.iter().flat_map(|array| array.iter().flatten());
        all.map(|text| text.split_once('.').map_or(0, |(_, fraction)| fraction.len()))
            .max()
            .unwrap_or(0)
    };
    let scale = match declared {
        Some(scale) => usize::try_from(scale).ok()?,
        None => shown(),
    };
    i8::try_from(scale).ok().filter(|scale| *scale <= 37)
}

/// Reads a number as so many units of its last digit.
fn units(text: &str, scale: i8) -> Option<i128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let wanted = usize::try_from(scale).ok()?;
    if fraction.len() > wanted || whole.len() + wanted > usize::from(PRECISION) {
        return None;
    }
    format!("{whole}{fraction:0<wanted$}").parse().ok()
}

/// Returns the kind of relation for a letter of `pg_class.relkind`.
pub(super) fn relation_kind(letter: &str) -> RelationKind {
    match letter {
        "v" => RelationKind::View,
        "m" => RelationKind::MaterializedView,
        _ => RelationKind::Table,
    }
}

/// Returns the word that the Python library has for a type, by which contracts compare columns.
pub(super) fn python_name(oid: u32) -> String {
    let name = match oid {
        BOOL => "BOOLEAN",
        BYTEA => "BINARY",
        INT8 => "LONGINTEGER",
        INT2 | INT4 => "INTEGER",
        OID => "ROWID",
        18 | 19 | 25 | 1042 | 1043 => "STRING",
        FLOAT4 | FLOAT8 => "FLOAT",
        NUMERIC => "DECIMAL",
        DATE => "DATE",
        TIME | 1266 => "TIME",
        TIMESTAMP => "DATETIME",
        TIMESTAMPTZ => "DATETIMETZ",
        INTERVAL => "INTERVAL",
        114 => "JSON",
        3802 => "JSONB",
        199 => "JSONARRAY",
        3807 => "JSONBARRAY",
        1000 => "BOOLEANARRAY",
        1001 => "BINARYARRAY",
        1005..=1007 => "INTEGERARRAY",
        1016 => "LONGINTEGERARRAY",
        1002 | 1003 | 1009 | 1014 | 1015 => "STRINGARRAY",
        1021 | 1022 => "FLOATARRAY",
        1231 => "DECIMALARRAY",
        1182 => "DATEARRAY",
        1115 => "DATETIMEARRAY",
        1185 => "DATETIMETZARRAY",
        1187 => "INTERVALARRAY",
        1183 | 1270 => "TIMEARRAY",
        1028 => "ROWIDARRAY",
        other => return format!("unknown type_code {other}"),
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use arrow::util::display::array_value_to_string;

    use super::{Field, Rows, bytes, interval, units, zoned};

    fn shown(oid: u32, modifier: i32, texts: &[Option<&str>]) -> Vec<String> {
        let mut rows = Rows::new(vec![Field {
            name: "a".into(),
            oid,
            modifier,
        }]);
        for text in texts {
            rows.push(|_| text.map(str::as_bytes));
        }
        let (schema, batches) = rows.finish("UTC").unwrap();
        let mut out = vec![schema.field(0).data_type().to_string()];
        for batch in batches {
            out.extend((0..batch.num_rows()).map(|row| array_value_to_string(batch.column(0), row).unwrap()));
        }
        out
    }

    #[test]
    fn numbers_keep_the_digits_that_are_written() {
        assert_eq!(
            shown(1700, -1, &[Some("1.5"), None, Some("-22.25")]),
            ["Decimal128(37, 2)", "1.50", "", "-22.25"]
        );
        assert_eq!(shown(1700, -1, &[Some("NaN")]), ["Utf8", "NaN"]);
        assert_eq!(units("-0.05", 2), Some(-5));
        assert_eq!(units(&"9".repeat(40), 0), None);
    }

    #[test]
    fn what_does_not_fit_its_type_stays_text() {
        assert_eq!(
            shown(1082, -1, &[Some("infinity"), Some("2024-01-31")]),
            ["Utf8", "infinity", "2024-01-31"]
        );
        assert_eq!(shown(1082, -1, &[Some("2024-01-31")]), ["Date32", "2024-01-31"]);
        assert_eq!(shown(600, -1, &[Some("(1,2)")]), ["Utf8", "(1,2)"]);
    }

    #[test]
    fn moments_are_read_with_their_distance_from_utc() {
        assert_eq!(zoned("1970-01-01 01:00:00+01"), Some(0));
        assert_eq!(zoned("1970-01-01 00:00:00.5-00:30"), Some(1_800_500_000));
    }

    #[test]
    fn spans_are_read() {
        let span = interval("1 year -2 mons 3 days -04:05:06.5").unwrap();
        assert_eq!(
            (span.months, span.days, span.nanoseconds),
            (10, 3, -14_706_500_000_000)
        );
    }

    #[test]
    fn bytes_are_read_from_hexadecimal() {
        assert_eq!(bytes("\\x00ff"), Some(vec![0, 255]));
        assert_eq!(bytes("\\x0"), None);
    }
}
