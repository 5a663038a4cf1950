//! Query results as templates see them: a table in the manner of agate, made of Arrow batches.

use std::fmt;
use std::sync::Arc;

use arrow::array::{Array, AsArray};
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, SchemaRef, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow::record_batch::RecordBatch;
use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, ErrorKind, State, Value};

use crate::jinja::args::Args;
use crate::jinja::python::{Number, error, int_value, items, none, number, repr_of, str_of, tuple};

use super::{Dict, List, View, datetime};

/// A table: named columns and rows.
#[derive(Debug, Clone, Default)]
pub(crate) struct TableValue {
    names: Arc<Vec<Value>>,
    types: Arc<Vec<&'static str>>,
    rows: Arc<Vec<Value>>,
}

impl TableValue {
    /// Makes a table of what a database answered.
    pub fn of_batches(schema: Option<&SchemaRef>, batches: &[RecordBatch]) -> Value {
        let schema = schema
            .cloned()
            .or_else(|| batches.first().map(RecordBatch::schema));
        let Some(schema) = schema else {
            return Value::from_object(Self::default());
        };
        let names: Vec<Value> = schema
            .fields()
            .iter()
            .map(|f| Value::from(f.name().as_str()))
            .collect();
        let types = schema
            .fields()
            .iter()
            .map(|f| agate_type(f.data_type()))
            .collect();
        let mut rows = Vec::new();
        for batch in batches {
            for row in 0..batch.num_rows() {
                rows.push(batch.columns().iter().map(|column| cell(column, row)).collect());
            }
        }
        Self::value(names, types, rows)
    }

    pub fn value(names: Vec<Value>, types: Vec<&'static str>, rows: Vec<Vec<Value>>) -> Value {
        let names = Arc::new(names);
        let rows = rows
            .into_iter()
            .map(|values| Mapped::value(names.clone(), values, "Row"))
            .collect();
        Value::from_object(Self {
            names,
            types: Arc::new(types),
            rows: Arc::new(rows),
        })
    }

    /// Returns the rows as a list of tuples, as `load_result(…)['data']` has them.
    pub fn matrix(&self) -> Value {
        List::value(self.rows.iter().map(|row| tuple(row_values(row))).collect())
    }

    fn column(&self, index: usize) -> Value {
        let values = self
            .rows
            .iter()
            .map(|row| row_values(row).get(index).cloned().unwrap_or_default());
        Value::from_object(TableColumn {
            index,
            name: self.names.get(index).cloned().unwrap_or_default(),
            kind: self.types.get(index).copied().unwrap_or("Text"),
            values: values.collect(),
        })
    }

    fn columns(&self) -> Value {
        let columns = (0..self.names.len()).map(|i| self.column(i)).collect();
        Mapped::value(self.names.clone(), columns, "MappedSequence")
    }

    fn pick(&self, keep: &[usize]) -> Value {
        let names = keep.iter().filter_map(|i| self.names.get(*i).cloned()).collect();
        let types = keep.iter().filter_map(|i| self.types.get(*i).copied()).collect();
        let rows = self
            .rows
            .iter()
            .map(|row| {
                let values = row_values(row);
                keep.iter().filter_map(|i| values.get(*i).cloned()).collect()
            })
            .collect();
        Self::value(names, types, rows)
    }

    fn member(&self, name: &str) -> Option<Value> {
        Some(match name {
            "columns" => self.columns(),
            "rows" => Mapped::value(Arc::default(), self.rows.to_vec(), "MappedSequence"),
            "column_names" => tuple(self.names.to_vec()),
            "column_types" => tuple(self.types.iter().map(|t| Value::from(*t)).collect()),
            _ => return None,
        })
    }

    fn index_of(&self, name: &Value) -> Result<usize, Error> {
        self.names
            .iter()
            .position(|n| n == name)
            .ok_or_else(|| error(format!("the table has no column {}", repr_of(name))))
    }

    /// Writes the table as agate's `print_table` does.
    fn print(&self) -> String {
        let cells: Vec<Vec<String>> = self
            .rows
            .iter()
            .map(|row| {
                let show = |v: &Value| if v.is_none() { String::new() } else { str_of(v) };
                row_values(row).iter().map(show).collect()
            })
            .collect();
        let heads: Vec<String> = self.names.iter().map(str_of).collect();
        let widths: Vec<usize> = heads
            .iter()
            .enumerate()
            .map(|(i, head)| {
                let cells = cells.iter().filter_map(|row| row.get(i));
                cells.chain([head]).map(|c| c.chars().count()).max().unwrap_or(0)
            })
            .collect();
        let line = |row: &[String], numeric: bool| {
            let cells = row.iter().zip(&widths).enumerate().map(|(i, (cell, width))| {
                if numeric && matches!(self.types.get(i), Some(&("Integer" | "Number"))) {
                    format!(" {cell:>width$} ")
                } else {
                    format!(" {cell:<width$} ")
                }
            });
            format!("|{}|\n", cells.collect::<Vec<_>>().join("|"))
        };
        let rule: Vec<String> = widths.iter().map(|w| "-".repeat(w + 2)).collect();
        let mut out = line(&heads, false);
        out.push_str(&format!("|{}|\n", rule.join("+")));
        for row in &cells {
            out.push_str(&line(row, true));
        }
        out
    }
}

fn row_values(row: &Value) -> Vec<Value> {
    row.downcast_object_ref::<Mapped>()
        .map(|m| m.values.clone())
        .unwrap_or_default()
}

impl Object for TableValue {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Iterable
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.member(key.as_str()?)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.rows.to_vec())
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.rows.len())
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }

    fn call_method(
        self: &Arc<Self>,
        state: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        let args = Args::new(args)?;
        match method {
            "print_table" => {
                if let Some(root) = crate::jinja::render::root(state) {
                    root.host.print(self.print().trim_end_matches('\n'));
                }
                Ok(none())
            }
            "select" | "exclude" => {
                let [key] = args.exactly(method, ["key"])?;
                let wanted = if key.as_str().is_some() {
                    vec![key]
                } else {
                    items(&key)?
                };
                let mut keep = wanted
                    .iter()
                    .map(|n| self.index_of(n))
                    .collect::<Result<Vec<_>, _>>()?;
                if method == "exclude" {
                    keep = (0..self.names.len()).filter(|i| !keep.contains(i)).collect();
                } else {
                    keep.sort_unstable();
                }
                Ok(self.pick(&keep))
            }
            "rename" => {
                let [names] = args.optional(method, ["column_names"])?;
                let names = names.unwrap_or_default();
                let new: Vec<Value> = match names.downcast_object_ref::<Dict>() {
                    Some(map) => self
                        .names
                        .iter()
                        .map(|n| map.get(n).unwrap_or_else(|| n.clone()))
                        .collect(),
                    None => items(&names)?,
                };
                let rows = self.rows.iter().map(row_values).collect();
                Ok(Self::value(new, self.types.to_vec(), rows))
            }
            "limit" => {
                let [count] = args.exactly(method, ["start_or_stop"])?;
                let Some(Number::Int(count)) = number(&count) else {
                    return Err(error("limit() needs an integer"));
                };
                let count = usize::try_from(count).unwrap_or(0);
                let rows = self.rows.iter().take(count).map(row_values).collect();
                Ok(Self::value(self.names.to_vec(), self.types.to_vec(), rows))
            }
            "to_json" | "print_json" | "to_csv" => {
                Err(error(format!("a table's `{method}` is not supported")))
            }
            _ => Err(Error::from(ErrorKind::UnknownMethod)),
        }
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // agate prints a table's structure: its columns and their types.
        let names: Vec<String> = self.names.iter().map(str_of).collect();
        let width = names
            .iter()
            .map(|n| n.chars().count())
            .chain([6])
            .max()
            .unwrap_or(6);
        let kind_width = self.types.iter().map(|t| t.len()).chain([9]).max().unwrap_or(9);
        writeln!(f, "| {:<width$} | {:<kind_width$} |", "column", "data_type")?;
        writeln!(f, "| {} | {} |", "-".repeat(width), "-".repeat(kind_width))?;
        for (name, kind) in names.iter().zip(self.types.iter()) {
            writeln!(f, "| {name:<width$} | {kind:<kind_width$} |")?;
        }
        Ok(())
    }
}

/// A sequence whose items have names: a row, or the columns of a table.
#[derive(Debug)]
pub(crate) struct Mapped {
    keys: Arc<Vec<Value>>,
    values: Vec<Value>,
    class: &'static str,
}

impl Mapped {
    fn value(keys: Arc<Vec<Value>>, values: Vec<Value>, class: &'static str) -> Value {
        Value::from_object(Self { keys, values, class })
    }

    fn named(&self, key: &Value) -> Option<Value> {
        let at = self.keys.iter().position(|k| k == key)?;
        self.values.get(at).cloned()
    }
}

impl Object for Mapped {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match number(key) {
            Some(Number::Int(index)) => self.values.get(usize::try_from(index).ok()?).cloned(),
            _ => self.named(key),
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.values.clone())
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.values.len())
    }

    fn call_method(
        self: &Arc<Self>,
        _state: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        let pairs = || self.keys.iter().cloned().zip(self.values.iter().cloned());
        match method {
            "values" => Ok(tuple(self.values.clone())),
            "keys" => Ok(tuple(self.keys.to_vec())),
            "items" => Ok(View::value(
                "zip",
                pairs().map(|(k, v)| tuple(vec![k, v])).collect(),
            )),
            "dict" => Ok(Dict::of(pairs())),
            "get" => {
                let [key, default] = Args::new(args)?.required("get", ["key", "default"], 1)?;
                let found = self.named(&key.unwrap_or_default());
                Ok(found.or(default).unwrap_or_else(none))
            }
            _ => Err(Error::from(ErrorKind::UnknownMethod)),
        }
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<String> = self.values.iter().map(repr_of).collect();
        write!(f, "<agate.{}: ({})>", self.class, texts.join(", "))
    }
}

/// A column of a table.
#[derive(Debug)]
struct TableColumn {
    index: usize,
    name: Value,
    kind: &'static str,
    values: Vec<Value>,
}

impl Object for TableColumn {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str() {
            Some("name") => Some(self.name.clone()),
            Some("data_type") => Some(Value::from(self.kind)),
            Some("index") => Some(Value::from(self.index)),
            Some(_) => None,
            None => self.values.get(key.as_usize()?).cloned(),
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.values.clone())
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.values.len())
    }

    fn call_method(
        self: &Arc<Self>,
        _state: &mut State<'_, '_>,
        method: &str,
        _args: &[Value],
    ) -> Result<Value, Error> {
        match method {
            "values" => Ok(tuple(self.values.clone())),
            "values_distinct" => {
                let distinct: indexmap::IndexSet<Value> = self.values.iter().cloned().collect();
                Ok(tuple(distinct.into_iter().collect()))
            }
            "values_without_nulls" => Ok(tuple(
                self.values.iter().filter(|v| !v.is_none()).cloned().collect(),
            )),
            _ => Err(Error::from(ErrorKind::UnknownMethod)),
        }
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<String> = self.values.iter().map(repr_of).collect();
        write!(f, "<agate.Column: ({})>", texts.join(", "))
    }
}

fn agate_type(data_type: &DataType) -> &'static str {
    match data_type {
        DataType::Boolean => "Boolean",
        DataType::Decimal128(_, 0) => "Integer",
        t if t.is_integer() => "Integer",
        t if t.is_numeric() => "Number",
        DataType::Date32 | DataType::Date64 => "Date",
        DataType::Timestamp(..) => "DateTime",
        DataType::Duration(_) | DataType::Interval(_) => "TimeDelta",
        _ => "Text",
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
        DataType::UInt64 => Value::from(column.as_primitive::<UInt64Type>().value(row)),
        DataType::Float32 => Value::from(f64::from(column.as_primitive::<Float32Type>().value(row))),
        DataType::Float64 => Value::from(column.as_primitive::<Float64Type>().value(row)),
        DataType::Decimal128(_, scale) => {
            let units = column.as_primitive::<Decimal128Type>().value(row);
            if *scale <= 0 {
                return int_value(units);
            }
            display(column, row)
                .parse::<f64>()
                .map_or_else(|_| none(), Value::from)
        }
        DataType::Utf8 => Value::from(column.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => Value::from(column.as_string::<i64>().value(row)),
        DataType::Utf8View => Value::from(column.as_string_view().value(row)),
        DataType::Date32 => {
            let days = column.as_primitive::<Date32Type>().value(row);
            datetime::date_from_days(days)
        }
        DataType::Timestamp(_, zone) => datetime::from_iso(&display(column, row), zone.is_some())
            .unwrap_or_else(|| Value::from(display(column, row))),
        DataType::List(_) => {
            let inner = column.as_list::<i32>().value(row);
            List::value((0..inner.len()).map(|i| cell(&inner, i)).collect())
        }
        DataType::Struct(fields) => {
            let parts = column.as_struct();
            Dict::of(
                fields
                    .iter()
                    .enumerate()
                    .map(|(i, f)| (f.name().as_str(), cell(parts.column(i), row))),
            )
        }
        _ => Value::from(display(column, row)),
    }
}

fn display(column: &dyn Array, row: usize) -> String {
    arrow::util::display::array_value_to_string(column, row).unwrap_or_default()
}
