//! Query results as templates see them: a table in the manner of agate, made of Arrow batches.

mod cells;
mod operations;
mod print;
mod sequence;

use std::fmt;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, State, Value};

pub(crate) use cells::{Kind, cell};
pub(crate) use sequence::Mapped;

use crate::jinja::args::Args;
use crate::jinja::python::{error, none, repr_of, tuple};

use super::List;

/// A table: named columns and rows.
#[derive(Debug, Clone, Default)]
pub(crate) struct TableValue {
    names: Arc<Vec<Value>>,
    types: Arc<Vec<Kind>>,
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
        let names = unique_names(schema.fields().iter().map(|f| f.name().as_str()));
        let columns: Vec<Vec<Value>> = (0..names.len())
            .map(|i| {
                let cells = batches.iter().flat_map(|batch| {
                    let column = batch.column(i).clone();
                    (0..batch.num_rows()).map(move |row| cells::flat(&column, row))
                });
                cells.collect()
            })
            .collect();
        Self::of_columns(names, columns)
    }

    /// Makes a table of columns, whose types are those of their values.
    pub fn of_columns(names: Vec<Value>, columns: Vec<Vec<Value>>) -> Value {
        let types: Vec<Kind> = columns.iter().map(|values| Kind::of(values)).collect();
        let count = columns.iter().map(Vec::len).max().unwrap_or(0);
        let mut columns: Vec<_> = columns
            .into_iter()
            .zip(&types)
            .map(|(values, kind)| values.into_iter().map(|v| kind.cast(v)))
            .collect();
        let rows = (0..count)
            .map(|_| {
                columns
                    .iter_mut()
                    .map(|c| c.next().unwrap_or_else(none))
                    .collect()
            })
            .collect();
        Self::value(names, types, rows)
    }

    fn value(names: Vec<Value>, types: Vec<Kind>, rows: Vec<Vec<Value>>) -> Value {
        let names = Arc::new(names);
        let rows = rows
            .into_iter()
            .map(|values| Mapped::row(&names, values))
            .collect();
        Value::from_object(Self {
            names,
            types: Arc::new(types),
            rows: Arc::new(rows),
        })
    }

    /// Makes a table of the same columns with other rows.
    fn with_rows(&self, rows: Vec<Value>) -> Value {
        Value::from_object(Self {
            names: self.names.clone(),
            types: self.types.clone(),
            rows: Arc::new(rows),
        })
    }

    /// Returns the rows as a list of tuples, as `load_result(…)['data']` has them.
    pub fn matrix(&self) -> Value {
        List::value(self.rows.iter().map(|row| tuple(row_values(row))).collect())
    }

    /// Returns the type of a column.
    pub fn kind_of(&self, index: usize) -> Option<Kind> {
        self.types.get(index).copied()
    }

    fn values_of(&self, index: usize) -> Vec<Value> {
        let cell = |row: &Value| {
            let row = row.downcast_object_ref::<Mapped>();
            row.and_then(|r| r.values().get(index).cloned())
                .unwrap_or_else(none)
        };
        self.rows.iter().map(cell).collect()
    }

    fn columns(&self) -> Value {
        let column = |(i, name): (usize, &Value)| {
            let kind = self.types.get(i).copied().unwrap_or(Kind::Text);
            Mapped::column(i, name.clone(), kind, self.values_of(i))
        };
        let columns = self.names.iter().enumerate().map(column).collect();
        Mapped::named("MappedSequence", Some(self.names.clone()), columns)
    }

    fn rows(&self) -> Value {
        Mapped::named("MappedSequence", None, self.rows.to_vec())
    }

    fn member(&self, name: &str) -> Option<Value> {
        Some(match name {
            "columns" => self.columns(),
            "rows" => self.rows(),
            "column_names" => tuple(self.names.to_vec()),
            "column_types" => tuple(self.types.iter().map(|t| Value::from(t.name())).collect()),
            "row_names" => none(),
            _ => return None,
        })
    }

    fn index_of(&self, name: &Value) -> Result<usize, Error> {
        if let Some(i) = name.as_usize().filter(|i| *i < self.names.len()) {
            return Ok(i);
        }
        self.names
            .iter()
            .position(|n| n == name)
            .ok_or_else(|| error(format!("the table has no column {}", repr_of(name))))
    }
}

/// Gives a number to names that come again, as dbt does: `a`, `a_2`.
fn unique_names<'a>(names: impl Iterator<Item = &'a str>) -> Vec<Value> {
    let mut seen: std::collections::HashMap<&str, usize> = std::collections::HashMap::new();
    names
        .map(|name| {
            let count = seen.entry(name).or_default();
            *count += 1;
            match *count {
                1 => Value::from(name),
                n => Value::from(format!("{name}_{n}")),
            }
        })
        .collect()
}

fn row_values(row: &Value) -> Vec<Value> {
    row.downcast_object_ref::<Mapped>()
        .map(|m| m.values().to_vec())
        .unwrap_or_default()
}

impl Object for TableValue {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Iterable
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str() {
            Some(name) => self.member(name),
            None => self.rows().get_item(key).ok().filter(|v| !v.is_undefined()),
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.rows.to_vec())
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.rows.len())
    }

    fn call_method(
        self: &Arc<Self>,
        state: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        self.run(state, method, Args::new(args)?)
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.structure())
    }
}
