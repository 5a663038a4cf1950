//! The rows of a table: there, or in a seed's file until somebody looks at them.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use minijinja::Value;
use minijinja::value::{Enumerator, Object, ObjectRepr};

use super::{Mapped, SeedSource, row_values};
use crate::jinja::python::{Number, none, number, repr_of, tuple};

/// Rows, which are read at first use where they come from a file.
#[derive(Debug, Default)]
pub(super) struct Rows {
    found: OnceLock<Vec<Value>>,
    seed: Option<(SeedSource, Arc<Vec<Value>>)>,
}

impl Rows {
    pub fn of_seed(source: SeedSource, names: Arc<Vec<Value>>) -> Self {
        Self {
            found: OnceLock::new(),
            seed: Some((source, names)),
        }
    }

    pub fn are_unread(&self) -> bool {
        self.seed.is_some() && self.found.get().is_none()
    }

    pub fn source(&self) -> Option<&SeedSource> {
        self.seed.as_ref().map(|(source, _)| source)
    }

    /// Returns what is known of a seed's file without reading its rows.
    pub fn member(&self, name: &str) -> Option<Value> {
        let source = self.source()?;
        Some(match name {
            "original_abspath" => Value::from(source.path.as_str()),
            "row_count" => Value::from(source.shape.rows),
            "has_short_rows" => Value::from(source.shape.has_short_rows),
            _ => return None,
        })
    }
}

impl From<Vec<Value>> for Rows {
    fn from(rows: Vec<Value>) -> Self {
        Self {
            found: OnceLock::from(rows),
            seed: None,
        }
    }
}

impl Deref for Rows {
    type Target = Vec<Value>;

    fn deref(&self) -> &Vec<Value> {
        self.found.get_or_init(|| {
            let Some((source, names)) = &self.seed else {
                return Vec::new();
            };
            let rows = source.read().into_iter();
            rows.map(|values| Mapped::row(names, values)).collect()
        })
    }
}

/// Rows as a list of tuples, made when it is looked at.
#[derive(Debug)]
struct Matrix(Arc<Rows>);

pub(super) fn matrix_of(rows: Arc<Rows>) -> Value {
    Value::from_object(Matrix(rows))
}

impl Matrix {
    fn row(&self, at: usize) -> Option<Value> {
        self.0.get(at).map(|row| tuple(row_values(row)))
    }
}

impl Object for Matrix {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let Number::Int(index) = number(key)? else {
            return None;
        };
        let count = i128::try_from(self.0.len()).ok()?;
        self.row(usize::try_from(if index < 0 { index + count } else { index }).ok()?)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(
            (0..self.0.len())
                .map(|i| self.row(i).unwrap_or_else(none))
                .collect(),
        )
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.0.len())
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: Vec<String> = (0..self.0.len())
            .filter_map(|i| self.row(i))
            .map(|row| repr_of(&row))
            .collect();
        write!(f, "[{}]", rows.join(", "))
    }
}
