//! Arrow rows as text cells and as JSON values.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, StringArray, make_array};
use arrow::datatypes::{
    DataType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow::record_batch::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions, array_value_to_string};
use serde_json::Value as Json;

/// Returns each row's cells as a person reads them; a null is empty.
pub fn text(batch: &RecordBatch) -> Vec<Vec<String>> {
    let options = FormatOptions::default().with_display_error(true);
    let columns: Vec<ArrayRef> = batch.columns().iter().map(without_zone).collect();
    let formatters: Vec<Option<ArrayFormatter<'_>>> = columns
        .iter()
        .map(|c| ArrayFormatter::try_new(c.as_ref(), &options).ok())
        .collect();
    (0..batch.num_rows())
        .map(|row| {
            formatters
                .iter()
                .map(|f| f.as_ref().map_or_else(String::new, |f| f.value(row).to_string()))
                .collect()
        })
        .collect()
}

/// A column of moments in a zone as the texts of these moments in UTC; another column as it is.
fn without_zone(column: &ArrayRef) -> ArrayRef {
    let DataType::Timestamp(unit, Some(_)) = column.data_type() else {
        return column.clone();
    };
    let data = column
        .to_data()
        .into_builder()
        .data_type(DataType::Timestamp(*unit, None));
    let Ok(plain) = data.build().map(make_array) else {
        return column.clone();
    };
    let texts = (0..plain.len()).map(|row| {
        let text = array_value_to_string(&plain, row)
            .ok()
            .filter(|_| plain.is_valid(row))?;
        Some(format!("{text}+00:00"))
    });
    Arc::new(StringArray::from_iter(texts))
}

/// Returns each row's values; what JSON has no form for is text.
pub fn json(batch: &RecordBatch) -> Vec<Vec<Json>> {
    let texts = text(batch);
    texts
        .into_iter()
        .enumerate()
        .map(|(row, cells)| {
            batch
                .columns()
                .iter()
                .zip(cells)
                .map(|(column, cell)| value(column.as_ref(), row, cell))
                .collect()
        })
        .collect()
}

fn value(column: &dyn Array, row: usize, cell: String) -> Json {
    if column.is_null(row) {
        return Json::Null;
    }
    let float = |f: f64| serde_json::Number::from_f64(f).map_or(Json::Null, Json::Number);
    match column.data_type() {
        DataType::Boolean => Json::from(column.as_boolean().value(row)),
        DataType::Int8 => Json::from(column.as_primitive::<Int8Type>().value(row)),
        DataType::Int16 => Json::from(column.as_primitive::<Int16Type>().value(row)),
        DataType::Int32 => Json::from(column.as_primitive::<Int32Type>().value(row)),
        DataType::Int64 => Json::from(column.as_primitive::<Int64Type>().value(row)),
        DataType::UInt8 => Json::from(column.as_primitive::<UInt8Type>().value(row)),
        DataType::UInt16 => Json::from(column.as_primitive::<UInt16Type>().value(row)),
        DataType::UInt32 => Json::from(column.as_primitive::<UInt32Type>().value(row)),
        DataType::UInt64 => Json::from(column.as_primitive::<UInt64Type>().value(row)),
        DataType::Float32 => float(f64::from(column.as_primitive::<Float32Type>().value(row))),
        DataType::Float64 => float(column.as_primitive::<Float64Type>().value(row)),
        DataType::Decimal128(_, _) => cell.parse::<f64>().map_or(Json::from(cell.as_str()), float),
        _ => Json::from(cell),
    }
}
