//! agate's sequences whose items have names: rows, columns, and the rows and columns of a table.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, ErrorKind, State, Value};

use super::cells::Kind;
use super::types::DataType;
use crate::jinja::args::Args;
use crate::jinja::python::{Number, error, none, number, operators, repr_of, tuple};
use crate::jinja::values::Dict;

/// What of a sequence its text shows.
const SAMPLE: usize = 5;

/// A sequence whose items have names: a row, or the columns of a table.
#[derive(Debug)]
pub(crate) struct Mapped {
    keys: Option<Arc<Vec<Value>>>,
    values: Vec<Value>,
    class: &'static str,
    /// The column's facts, where this is a column.
    column: Option<ColumnFacts>,
}

#[derive(Debug)]
struct ColumnFacts {
    index: usize,
    name: Value,
    kind: Kind,
}

impl Mapped {
    pub fn row(names: &Arc<Vec<Value>>, values: Vec<Value>) -> Value {
        Self::named("Row", Some(names.clone()), values)
    }

    pub fn named(class: &'static str, keys: Option<Arc<Vec<Value>>>, values: Vec<Value>) -> Value {
        Value::from_object(Self::of(class, keys, values))
    }

    pub fn of(class: &'static str, keys: Option<Arc<Vec<Value>>>, values: Vec<Value>) -> Self {
        Self {
            keys,
            values,
            class,
            column: None,
        }
    }

    pub fn column(index: usize, name: Value, kind: Kind, values: Vec<Value>) -> Value {
        Value::from_object(Self {
            keys: None,
            values,
            class: "Column",
            column: Some(ColumnFacts { index, name, kind }),
        })
    }

    pub fn values(&self) -> &[Value] {
        &self.values
    }

    fn find(&self, key: &Value) -> Option<Value> {
        let at = self.keys.as_ref()?.iter().position(|k| k == key)?;
        self.values.get(at).cloned()
    }

    fn keys_or_fail(&self) -> Result<&Arc<Vec<Value>>, Error> {
        self.keys
            .as_ref()
            .ok_or_else(|| error(format!("the items of this agate.{} have no names", self.class)))
    }

    fn sorted(&self) -> Result<Vec<Value>, Error> {
        let mut keyed: Vec<(Value, Value)> = self
            .values
            .iter()
            .filter(|v| !v.is_none())
            .map(|v| (v.clone(), v.clone()))
            .collect();
        operators::sort_by_key(&mut keyed, false)?;
        Ok(keyed.into_iter().map(|(_, v)| v).collect())
    }

    fn column_method(&self, method: &str) -> Result<Value, Error> {
        let known = || self.values.iter().filter(|v| !v.is_none());
        Ok(match method {
            "values_distinct" => {
                let mut distinct: Vec<Value> = Vec::new();
                for value in &self.values {
                    if !distinct.iter().any(|d| operators::equal(d, value)) {
                        distinct.push(value.clone());
                    }
                }
                tuple(distinct)
            }
            "values_without_nulls" => tuple(known().cloned().collect()),
            "values_sorted" => {
                let mut sorted = self.sorted()?;
                sorted.resize(self.values.len(), none());
                crate::jinja::list(sorted)
            }
            "values_without_nulls_sorted" => crate::jinja::list(self.sorted()?),
            _ => return Err(Error::from(ErrorKind::UnknownMethod)),
        })
    }
}

impl Object for Mapped {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        if let Some(Number::Int(index)) = number(key) {
            let length = i128::try_from(self.values.len()).ok()?;
            let index = if index < 0 { index + length } else { index };
            return self.values.get(usize::try_from(index).ok()?).cloned();
        }
        if let (Some(column), Some(name)) = (&self.column, key.as_str()) {
            match name {
                "name" => return Some(column.name.clone()),
                "data_type" => return Some(DataType::value(column.kind)),
                "index" => return Some(Value::from(column.index)),
                _ => {}
            }
        }
        self.find(key)
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
        let pairs = |keys: &Arc<Vec<Value>>| {
            let pairs = keys.iter().cloned().zip(self.values.iter().cloned());
            pairs.collect::<Vec<_>>()
        };
        match method {
            "values" => Ok(tuple(self.values.clone())),
            "keys" => Ok(self.keys.as_ref().map_or_else(none, |keys| tuple(keys.to_vec()))),
            "items" => {
                let all = pairs(self.keys_or_fail()?);
                Ok(tuple(all.into_iter().map(|(k, v)| tuple(vec![k, v])).collect()))
            }
            "dict" => Ok(Dict::ordered(pairs(self.keys_or_fail()?))),
            "get" => {
                let [key, default] = Args::new(args)?.required("get", ["key", "default"], 1)?;
                let found = self.find(&key.unwrap_or_default());
                Ok(found.or(default.filter(Value::is_true)).unwrap_or_else(none))
            }
            "index" => {
                let [wanted] = Args::new(args)?.exactly("index", ["value"])?;
                self.values
                    .iter()
                    .position(|v| operators::equal(v, &wanted))
                    .map(Value::from)
                    .ok_or_else(|| error(format!("{} is not in the sequence", repr_of(&wanted))))
            }
            "count" => {
                let [wanted] = Args::new(args)?.exactly("count", ["value"])?;
                let same = self.values.iter().filter(|v| operators::equal(v, &wanted));
                Ok(Value::from(same.count()))
            }
            _ if self.column.is_some() => self.column_method(method),
            _ => Err(Error::from(ErrorKind::UnknownMethod)),
        }
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<String> = self.values.iter().take(SAMPLE).map(repr_of).collect();
        let more = if self.values.len() > SAMPLE { ", ..." } else { "" };
        write!(f, "<agate.{}: ({}{more})>", self.class, texts.join(", "))
    }
}
