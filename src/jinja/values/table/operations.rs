//! What agate's tables can do: choose columns and rows, sort, group, join.

use minijinja::{Error, ErrorKind, State, Value};

use super::print::Limits;
use super::{Kind, Mapped, TableValue, row_values};
use crate::jinja::args::Args;
use crate::jinja::python::{Number, error, items, none, number, operators, str_of};
use crate::jinja::values::Dict;

fn given(value: Option<Value>) -> Option<Value> {
    value.filter(|v| !v.is_none() && !v.is_undefined())
}

fn yes(value: Option<Value>) -> bool {
    value.is_some_and(|v| v.is_true())
}

/// Returns one key or the keys of a sequence.
fn keys(value: &Value) -> Result<Vec<Value>, Error> {
    if value.as_str().is_some() || number(value).is_some() {
        Ok(vec![value.clone()])
    } else {
        items(value)
    }
}

/// Says whether a value is a macro or another function.
fn is_function(value: &Value) -> bool {
    value.as_str().is_none() && value.kind() == minijinja::value::ValueKind::Plain
}

impl TableValue {
    /// Runs a method.
    pub(super) fn run(&self, state: &mut State, method: &str, args: Args) -> Result<Value, Error> {
        match method {
            "print_table" | "print_structure" | "print_csv" | "print_json" => {
                let text = self.printed(method, args)?;
                if let Some(root) = crate::jinja::render::root(state) {
                    root.host.print(text.strip_suffix('\n').unwrap_or(&text));
                }
                Ok(none())
            }
            "select" | "exclude" => {
                let [key] = args.exactly(method, ["key"])?;
                let wanted = keys(&key)?;
                let places = wanted.iter().map(|n| self.index_of(n));
                if method == "select" {
                    return Ok(self.pick(&places.collect::<Result<Vec<_>, _>>()?));
                }
                // A name that is not there is no column to leave out.
                let gone: Vec<usize> = places.filter_map(Result::ok).collect();
                let keep: Vec<usize> = (0..self.names.len()).filter(|i| !gone.contains(i)).collect();
                Ok(self.pick(&keep))
            }
            "rename" => self.rename(args),
            "limit" => self.limit(args),
            "where" | "find" => {
                let [test] = args.exactly(method, ["test"])?;
                let mut kept = Vec::new();
                for row in self.rows.iter() {
                    if test.call(state, std::slice::from_ref(row))?.is_true() {
                        if method == "find" {
                            return Ok(row.clone());
                        }
                        kept.push(row.clone());
                    }
                }
                Ok(if method == "find" {
                    none()
                } else {
                    self.with_rows(kept)
                })
            }
            "order_by" => self.order_by(state, args),
            "distinct" => self.distinct(state, args),
            "group_by" => self.group_by(state, args),
            "join" => self.join(args),
            "merge" => {
                let [tables, ..] = args.required(method, ["tables", "row_names", "column_names"], 1)?;
                merge(&items(&tables.unwrap_or_default())?)
            }
            _ => Err(Error::new(
                ErrorKind::UnknownMethod,
                format!("'Table' object has no attribute '{method}'"),
            )),
        }
    }

    fn printed(&self, method: &str, args: Args) -> Result<String, Error> {
        let size = |v: &Option<Value>, default: Option<usize>| match v {
            None => default,
            Some(v) => v.as_usize(),
        };
        match method {
            "print_table" => {
                let names = [
                    "max_rows",
                    "max_columns",
                    "output",
                    "max_column_width",
                    "locale",
                    "max_precision",
                ];
                let [rows, columns, _, width, _, precision] = args.optional(method, names)?;
                let plain = Limits::default();
                Ok(self.text(Limits {
                    rows: size(&rows, plain.rows),
                    columns: size(&columns, plain.columns),
                    width: size(&width, plain.width),
                    precision: size(&precision, plain.precision),
                }))
            }
            "print_structure" => Ok(self.structure()),
            "print_csv" => Ok(self.csv()),
            _ => {
                let [key, newline, indent] = args.keywords(method, ["key", "newline", "indent"])?;
                let key = given(key).map(|k| self.index_of(&k)).transpose()?;
                self.json(key, yes(newline), given(indent).and_then(|i| i.as_usize()))
            }
        }
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

    fn rename(&self, args: Args) -> Result<Value, Error> {
        let [names, ..] = args.optional("rename", ["column_names", "row_names"])?;
        let Some(names) = given(names) else {
            return Ok(Value::from_object(self.clone()));
        };
        let new: Vec<Value> = match names.downcast_object_ref::<Dict>() {
            Some(map) => {
                let renamed = |n: &Value| map.get(n).unwrap_or_else(|| n.clone());
                self.names.iter().map(renamed).collect()
            }
            None => items(&names)?,
        };
        if new.len() != self.names.len() {
            return Err(error("column_names and column_types must be the same length."));
        }
        let rows = self.rows.iter().map(row_values).collect();
        Ok(Self::value(new, self.types.to_vec(), rows))
    }

    fn limit(&self, args: Args) -> Result<Value, Error> {
        let [first, second, step] = args.optional("limit", ["start_or_stop", "stop", "step"])?;
        let (second, step) = (given(second), given(step));
        let (start, stop) = if second.is_some() || step.is_some() {
            (given(first), second)
        } else {
            (None, given(first))
        };
        let part = |v: Option<Value>| v.unwrap_or_else(none);
        let rows = crate::jinja::list(self.rows.to_vec());
        let kept = operators::slice(&rows, &part(start), &part(stop), &part(step))?;
        Ok(self.with_rows(items(&kept)?))
    }

    /// Returns what a row is sorted or grouped by: some of its values, or what a function makes of it.
    fn key_of(&self, state: &mut State, row: &Value, key: &Value) -> Result<Vec<Value>, Error> {
        if is_function(key) {
            return Ok(vec![key.call(state, std::slice::from_ref(row))?]);
        }
        let values = row_values(row);
        keys(key)?
            .iter()
            .map(|k| Ok(values.get(self.index_of(k)?).cloned().unwrap_or_else(none)))
            .collect()
    }

    fn order_by(&self, state: &mut State, args: Args) -> Result<Value, Error> {
        let [key, reverse] = args.required("order_by", ["key", "reverse"], 1)?;
        let key = key.unwrap_or_default();
        let mut keyed = Vec::new();
        for row in self.rows.iter() {
            // Nulls come last: they sort after everything that is there.
            let parts = self.key_of(state, row, &key)?.into_iter().map(|v| {
                let missing = v.is_none();
                let shown = if missing { Value::from(0) } else { v };
                (Value::from(missing), shown)
            });
            let flat = parts.flat_map(|(missing, v)| [missing, v]).collect();
            keyed.push((crate::jinja::list(flat), row.clone()));
        }
        operators::sort_by_key(&mut keyed, yes(reverse))?;
        Ok(self.with_rows(keyed.into_iter().map(|(_, row)| row).collect()))
    }

    fn distinct(&self, state: &mut State, args: Args) -> Result<Value, Error> {
        let [key] = args.optional("distinct", ["key"])?;
        let key = given(key);
        let mut seen: Vec<Vec<Value>> = Vec::new();
        let mut kept = Vec::new();
        for row in self.rows.iter() {
            let of_row = match &key {
                Some(key) => self.key_of(state, row, key)?,
                None => row_values(row),
            };
            let same = |other: &Vec<Value>| other.iter().zip(&of_row).all(|(a, b)| operators::equal(a, b));
            if !seen.iter().any(same) {
                seen.push(of_row);
                kept.push(row.clone());
            }
        }
        Ok(self.with_rows(kept))
    }

    fn group_by(&self, state: &mut State, args: Args) -> Result<Value, Error> {
        let [key, ..] = args.required("group_by", ["key", "key_name", "key_type"], 1)?;
        let key = key.unwrap_or_default();
        let mut groups: Vec<(Value, Vec<Value>)> = Vec::new();
        for row in self.rows.iter() {
            let name = self
                .key_of(state, row, &key)?
                .into_iter()
                .next()
                .unwrap_or_else(none);
            match groups
                .iter_mut()
                .find(|(known, _)| operators::equal(known, &name))
            {
                Some((_, rows)) => rows.push(row.clone()),
                None => groups.push((name, vec![row.clone()])),
            }
        }
        let names: Vec<Value> = groups.iter().map(|(name, _)| name.clone()).collect();
        let tables = groups.into_iter().map(|(_, rows)| self.with_rows(rows)).collect();
        Ok(Mapped::named("TableSet", Some(names.into()), tables))
    }

    fn join(&self, args: Args) -> Result<Value, Error> {
        let names = [
            "right_table",
            "left_key",
            "right_key",
            "inner",
            "full_outer",
            "require_match",
            "columns",
        ];
        let [right, left_key, right_key, inner, full_outer, require, columns] =
            args.required("join", names, 1)?;
        let right = right.unwrap_or_default();
        let Some(right) = right.downcast_object_ref::<Self>() else {
            return Err(error("join() needs a table"));
        };
        let left_key = given(left_key).ok_or_else(|| error("join() needs the key of the left table"))?;
        let right_key = given(right_key).unwrap_or_else(|| left_key.clone());
        let places = |table: &Self, key: &Value| {
            keys(key)?
                .iter()
                .map(|k| table.index_of(k))
                .collect::<Result<Vec<_>, Error>>()
        };
        let (left_at, right_at) = (places(self, &left_key)?, places(right, &right_key)?);
        let full_outer = yes(full_outer);
        let wanted = given(columns).map(|c| items(&c)).transpose()?;
        // The right key is shown only where rows without a partner on the left are kept.
        let shown: Vec<usize> = (0..right.names.len())
            .filter(|i| match &wanted {
                Some(wanted) => wanted.contains(&right.names[*i]),
                None => full_outer || !right_at.contains(i),
            })
            .collect();
        let pick = |values: &[Value], at: &[usize]| -> Vec<Value> {
            at.iter()
                .map(|i| values.get(*i).cloned().unwrap_or_else(none))
                .collect()
        };
        let right_rows: Vec<(Vec<Value>, Vec<Value>)> = right
            .rows
            .iter()
            .map(|row| {
                let values = row_values(row);
                (pick(&values, &right_at), pick(&values, &shown))
            })
            .collect();
        let mut matched = vec![false; right_rows.len()];
        let mut out = Vec::new();
        for row in self.rows.iter() {
            let values = row_values(row);
            let key = pick(&values, &left_at);
            let before = out.len();
            for (i, (other, cells)) in right_rows.iter().enumerate() {
                if key.iter().zip(other).all(|(a, b)| operators::equal(a, b)) {
                    matched[i] = true;
                    out.push([values.as_slice(), cells.as_slice()].concat());
                }
            }
            if out.len() > before {
                continue;
            }
            if yes(require.clone()) {
                let shown: Vec<String> = key.iter().map(str_of).collect();
                return Err(error(format!(
                    "Left key \"{}\" does not have a matching right key.",
                    shown.join(", ")
                )));
            }
            if !yes(inner.clone()) {
                out.push([values, vec![none(); shown.len()]].concat());
            }
        }
        if full_outer {
            for ((_, cells), _) in right_rows.iter().zip(&matched).filter(|(_, matched)| !**matched) {
                out.push([vec![none(); self.names.len()], cells.clone()].concat());
            }
        }
        let mut all_names = self.names.to_vec();
        for i in &shown {
            let name = &right.names[*i];
            let taken = all_names.contains(name);
            all_names.push(if taken {
                Value::from(format!("{name}2"))
            } else {
                name.clone()
            });
        }
        let mut types = self.types.to_vec();
        types.extend(shown.iter().map(|i| right.types[*i]));
        Ok(Self::value(all_names, types, out))
    }
}

/// Puts the rows of tables one after another; columns are found by their names.
fn merge(tables: &[Value]) -> Result<Value, Error> {
    let mut names: Vec<Value> = Vec::new();
    let mut types: Vec<Kind> = Vec::new();
    let mut rows = Vec::new();
    let tables = tables
        .iter()
        .map(|t| {
            t.downcast_object_ref::<TableValue>()
                .ok_or_else(|| error("merge() needs tables"))
        })
        .collect::<Result<Vec<_>, _>>()?;
    for table in &tables {
        for (name, kind) in table.names.iter().zip(table.types.iter()) {
            if !names.contains(name) {
                names.push(name.clone());
                types.push(*kind);
            }
        }
    }
    for table in &tables {
        for row in table.rows.iter() {
            let cell = |name: &Value| match number(name) {
                Some(Number::Int(_)) => none(),
                _ => row
                    .get_item(name)
                    .ok()
                    .filter(|v| !v.is_undefined())
                    .unwrap_or_else(none),
            };
            rows.push(names.iter().map(cell).collect());
        }
    }
    Ok(TableValue::value(names, types, rows))
}
