//! agate's sets of tables: what grouping makes.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, State, Value};

use super::operations::{given, is_function, refused};
use super::print::Limits;
use super::types::{self, DataType};
use super::{Kind, Mapped, TableValue, row_values};
use crate::jinja::args::Args;
use crate::jinja::python::{error, items, operators, tuple};
use crate::jinja::values::PyObject;

/// Tables with names, or sets of such; all tables have the same columns.
#[derive(Debug)]
pub(super) struct TableSet {
    keys: Vec<Value>,
    values: Vec<Value>,
    key_name: Value,
    key_kind: Kind,
    /// The columns of the tables, for sets without any.
    sample: TableValue,
}

/// A table's rows by the values of a key.
pub(super) struct Groups {
    pub name: Value,
    pub kind: Kind,
    pub tables: Vec<(Value, TableValue)>,
}

/// Groups the rows of a table, by a column or by what a function makes of a row.
pub(super) fn group(
    table: &TableValue,
    state: &mut State,
    key: &Value,
    key_name: Option<Value>,
    key_kind: Option<Kind>,
) -> Result<Groups, Error> {
    let (name, kind) = if is_function(key) {
        (Value::from("group"), Kind::Text)
    } else {
        let at = table.index_of(key)?;
        (table.names[at].clone(), table.types[at])
    };
    let kind = key_kind.unwrap_or(kind);
    let mut groups: Vec<(Value, Vec<usize>)> = Vec::new();
    for (at, row) in table.rows.iter().enumerate() {
        let found = table.key_of(state, row, key)?.into_iter().next();
        let found = types::cast(kind, &found.unwrap_or_default())?;
        match groups
            .iter_mut()
            .find(|(known, _)| operators::equal(known, &found))
        {
            Some((_, rows)) => rows.push(at),
            None => groups.push((found, vec![at])),
        }
    }
    let tables = groups
        .into_iter()
        .map(|(name, rows)| (name, table.with_rows(&rows)));
    Ok(Groups {
        name: key_name.unwrap_or(name),
        kind,
        tables: tables.collect(),
    })
}

/// `table.group_by(...)`.
pub(super) fn group_by(table: &TableValue, state: &mut State, args: Args) -> Result<Value, Error> {
    let [key, name, kind] = args.required("group_by", ["key", "key_name", "key_type"], 1)?;
    let kind = given(kind).and_then(|kind| PyObject::get::<DataType>(&kind).map(|k| k.0));
    let groups = group(table, state, &key.unwrap_or_default(), given(name), kind)?;
    let (keys, values) = groups
        .tables
        .into_iter()
        .map(|(key, table)| (key, Value::from_object(table)))
        .unzip();
    Ok(Value::from_object(TableSet {
        keys,
        values,
        key_name: groups.name,
        key_kind: groups.kind,
        sample: table.with_rows(&[]),
    }))
}

impl TableSet {
    /// Calls a method of every table.
    fn each(&self, state: &mut State, method: &str, args: &[Value]) -> Result<Value, Error> {
        let made = self
            .values
            .iter()
            .map(|table| table.call_method(state, method, args));
        let values: Vec<Value> = made.collect::<Result<_, _>>()?;
        let sample = match values
            .first()
            .map(|v| (v.downcast_object_ref(), v.downcast_object_ref()))
        {
            Some((Some(table), _)) => TableValue::with_rows(table, &[]),
            Some((_, Some(set))) => Self::sample(set),
            _ => self.sample.clone(),
        };
        Ok(Value::from_object(Self {
            keys: self.keys.clone(),
            values,
            key_name: self.key_name.clone(),
            key_kind: self.key_kind,
            sample,
        }))
    }

    fn sample(&self) -> TableValue {
        self.sample.clone()
    }

    /// Puts the tables one after another, with the key of each in front.
    fn merge(&self, args: Args) -> Result<Value, Error> {
        let [groups, name, kind] = args.optional("merge", ["groups", "group_name", "group_type"])?;
        let groups = given(groups).map(|g| items(&g)).transpose()?;
        if groups.as_ref().is_some_and(|g| g.len() != self.keys.len()) {
            return Err(error("merge() needs as many groups as there are tables"));
        }
        let kind = given(kind).and_then(|kind| PyObject::get::<DataType>(&kind).map(|k| k.0));
        let kind = kind.unwrap_or(self.key_kind);
        let mut rows = Vec::new();
        for (key, table) in groups.as_ref().unwrap_or(&self.keys).iter().zip(&self.values) {
            let Some(table) = table.downcast_object_ref::<TableValue>() else {
                return Err(error("merge() puts tables together, not sets of them"));
            };
            let key = types::cast(kind, key)?;
            for row in table.rows.iter() {
                rows.push([vec![key.clone()], row_values(row)].concat());
            }
        }
        let name = given(name).unwrap_or_else(|| self.key_name.clone());
        let names = [vec![name], self.sample.names.to_vec()].concat();
        let kinds = [vec![kind], self.sample.types.to_vec()].concat();
        Ok(TableValue::value(
            super::operations::unique(&names, "_"),
            kinds,
            rows,
        ))
    }

    fn structure(&self) -> String {
        let count = |table: &Value| table.len().unwrap_or(0).to_string();
        let rows = self.keys.iter().zip(&self.values).take(20);
        let rows = rows.map(|(key, table)| {
            vec![
                types::read(Kind::Text, key).unwrap_or_default(),
                Value::from(count(table)),
            ]
        });
        let names = vec![Value::from("table"), Value::from("rows")];
        TableValue::of_rows(names, vec![Kind::Text; 2], rows.collect()).text(Limits {
            width: None,
            ..Limits::default()
        })
    }

    fn mapped(&self) -> Mapped {
        Mapped::of("TableSet", Some(self.keys.clone().into()), self.values.clone())
    }
}

impl Object for TableSet {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Iterable
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str() {
            Some("key_name") => Some(self.key_name.clone()),
            Some("key_type") => Some(DataType::value(self.key_kind)),
            Some("column_names") => Some(tuple(self.sample.names.to_vec())),
            Some("column_types") => Some(tuple(
                self.sample.types.iter().map(|t| DataType::value(*t)).collect(),
            )),
            _ => Arc::new(self.mapped()).get_value(key),
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
        state: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        match method {
            "bins" | "compute" | "denormalize" | "distinct" | "exclude" | "find" | "group_by"
            | "homogenize" | "join" | "limit" | "normalize" | "order_by" | "pivot" | "select" | "where" => {
                self.each(state, method, args)
            }
            "merge" => self.merge(Args::new(args)?),
            "print_structure" => {
                super::operations::print(state, &self.structure());
                Ok(Value::from(()))
            }
            "aggregate" | "having" | "bar_chart" | "column_chart" | "line_chart" | "scatterplot"
            | "from_csv" | "from_json" | "to_csv" | "to_json" => Err(refused("TableSet", method)),
            _ => Arc::new(self.mapped()).call_method(state, method, args),
        }
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.structure())
    }
}
