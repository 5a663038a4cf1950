//! Query results as templates see them: a table in the manner of agate, made of Arrow batches.

mod bars;
mod cells;
mod files;
mod groups;
mod html;
mod join;
mod operations;
mod print;
mod reshape;
mod rows;
mod seed;
mod sequence;
mod types;

use std::fmt;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, State, Value};

pub(crate) use cells::{Kind, cell};
pub(crate) use seed::SeedSource;
pub(crate) use sequence::Mapped;

use crate::jinja::args::Args;
use crate::jinja::python::{Decimal, error, none, repr_of, str_of, tuple};

use self::rows::Rows;
use self::types::DataType;
use super::{List, PyObject};
use crate::sql::SeedType;

/// A table: named columns and rows.
#[derive(Debug, Clone, Default)]
pub(crate) struct TableValue {
    names: Arc<Vec<Value>>,
    types: Arc<Vec<Kind>>,
    rows: Arc<Rows>,
    row_names: Option<Arc<Vec<Value>>>,
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
        Value::from_object(Self::of_rows(names, types, rows))
    }

    fn of_rows(names: Vec<Value>, types: Vec<Kind>, rows: Vec<Vec<Value>>) -> Self {
        let names = Arc::new(names);
        let rows: Vec<Value> = rows
            .into_iter()
            .map(|values| Mapped::row(&names, values))
            .collect();
        Self {
            names,
            types: Arc::new(types),
            rows: Arc::new(rows.into()),
            row_names: None,
        }
    }

    /// Makes a table of a seed's file, whose rows are read when they are first looked at.
    pub fn of_seed(source: SeedSource) -> Value {
        let kind = |kind: SeedType| match kind {
            // Where there is no value at all, the first type that is tried fits.
            SeedType::Integer if source.shape.rows == 0 => Kind::Integer,
            SeedType::Integer | SeedType::BigInteger | SeedType::Float => Kind::Number,
            SeedType::Date => Kind::Date,
            SeedType::Timestamp => Kind::DateTime,
            SeedType::Boolean => Kind::Boolean,
            SeedType::Text => Kind::Text,
        };
        let columns = &source.shape.columns;
        let names: Arc<Vec<Value>> = Arc::new(columns.iter().map(|c| Value::from(&*c.name)).collect());
        Value::from_object(Self {
            names: names.clone(),
            types: Arc::new(columns.iter().map(|c| kind(c.kind)).collect()),
            rows: Arc::new(Rows::of_seed(source, names)),
            row_names: None,
        })
    }

    /// Makes a table of some of the rows, by their places.
    fn with_rows(&self, kept: &[usize]) -> Self {
        let pick = |of: &[Value]| -> Vec<Value> { kept.iter().filter_map(|i| of.get(*i).cloned()).collect() };
        Self {
            names: self.names.clone(),
            types: self.types.clone(),
            rows: Arc::new(pick(&self.rows).into()),
            row_names: self.row_names.as_ref().map(|names| Arc::new(pick(names))),
        }
    }

    /// Gives the rows names.
    fn named(mut self, row_names: Option<Vec<Value>>) -> Self {
        self.row_names = row_names.map(Arc::new);
        self
    }

    /// Returns the rows as a list of tuples, as `load_result(…)['data']` has them.
    pub fn matrix(&self) -> Value {
        if self.rows.are_unread() {
            return rows::matrix_of(self.rows.clone());
        }
        List::value(self.rows.iter().map(|row| tuple(row_values(row))).collect())
    }

    /// Returns the type that a column has in a database; none for spans of time, which seeds do not have.
    pub fn seed_type_of(&self, index: usize) -> Option<Option<SeedType>> {
        if let Some(source) = self.rows.source() {
            return source.shape.columns.get(index).map(|column| Some(column.kind));
        }
        Some(match self.types.get(index).copied()? {
            Kind::Integer => Some(SeedType::Integer),
            Kind::Number => {
                let values = self.values_of(index);
                let whole = values
                    .iter()
                    .filter_map(PyObject::get::<Decimal>)
                    .all(|d| d.places() == 0);
                Some(if whole { SeedType::Integer } else { SeedType::Float })
            }
            Kind::Date => Some(SeedType::Date),
            Kind::DateTime => Some(SeedType::Timestamp),
            Kind::Boolean => Some(SeedType::Boolean),
            Kind::Text => Some(SeedType::Text),
            Kind::TimeDelta => None,
        })
    }

    fn values_of(&self, index: usize) -> Vec<Value> {
        let cell = |row: &Value| {
            let row = row.downcast_object_ref::<Mapped>();
            row.and_then(|r| r.values().get(index).cloned())
                .unwrap_or_else(none)
        };
        self.rows.iter().map(cell).collect()
    }

    /// Returns the table with its times as text, as Python writes them.
    pub fn with_times_as_text(&self) -> Value {
        let column = |i: usize| {
            let values = self.values_of(i);
            match self.types.get(i) {
                Some(Kind::DateTime) => values.iter().map(|value| Value::from(str_of(value))).collect(),
                _ => values,
            }
        };
        Self::of_columns(self.names.to_vec(), (0..self.names.len()).map(column).collect())
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
        Mapped::named("MappedSequence", self.row_names.clone(), self.rows.to_vec())
    }

    fn member(&self, name: &str) -> Option<Value> {
        Some(match name {
            "columns" => self.columns(),
            "rows" => self.rows(),
            "column_names" => tuple(self.names.to_vec()),
            "column_types" => tuple(self.types.iter().map(|t| DataType::value(*t)).collect()),
            "row_names" => self
                .row_names
                .as_ref()
                .map_or_else(none, |names| tuple(names.to_vec())),
            _ => self.rows.member(name)?,
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
            Some(name) => self.member(name).or_else(|| {
                let at = self.row_names.as_ref()?.iter().position(|n| n == key)?;
                self.rows.get(at).cloned()
            }),
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
