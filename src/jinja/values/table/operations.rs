//! What agate's tables can do: choose columns and rows, sort, group, join.

use minijinja::{Error, ErrorKind, State, Value};

use super::print::Limits;
use super::{TableValue, bars, files, groups, html, join, reshape, row_values};
use crate::diagnostic::{Code, Diagnostic};
use crate::jinja::args::Args;
use crate::jinja::errors::raise;
use crate::jinja::python::{error, items, none, number, operators, str_of};
use crate::jinja::values::Dict;

/// Why a method of agate is not there.
pub(super) fn refused(class: &str, method: &str) -> Error {
    let (what, hint) = match method {
        "from_csv" | "from_json" | "from_fixed" => {
            ("reads files", "Read the file with SQL, or make it a seed.")
        }
        "aggregate" | "having" | "compute" => (
            "takes objects of agate, which dbt gives no template",
            "Aggregate with SQL, or with `pivot`, which counts.",
        ),
        "to_csv" | "to_json" => ("writes a file for each table", "Write the tables one by one."),
        _ => ("draws a picture", "Use `print_bars`, which draws with letters."),
    };
    raise(
        Diagnostic::error(
            Code::NOT_YET,
            format!("`{method}` of an agate.{class} {what}: nexus does not have it"),
        )
        .hint(hint),
    )
}

/// Prints a text that ends with a line break.
pub(super) fn print(state: &State, text: &str) {
    if let Some(root) = crate::jinja::render::root(state) {
        root.host.print(text.strip_suffix('\n').unwrap_or(text));
    }
}

pub(super) fn given(value: Option<Value>) -> Option<Value> {
    value.filter(|v| !v.is_none() && !v.is_undefined())
}

pub(super) fn yes(value: Option<Value>) -> bool {
    value.is_some_and(|v| v.is_true())
}

/// Returns one key or the keys of a sequence.
pub(super) fn keys(value: &Value) -> Result<Vec<Value>, Error> {
    if value.as_str().is_some() || number(value).is_some() {
        Ok(vec![value.clone()])
    } else {
        items(value)
    }
}

/// Says whether a value is a macro or another function.
pub(super) fn is_function(value: &Value) -> bool {
    value.as_str().is_none() && value.kind() == minijinja::value::ValueKind::Plain
}

impl TableValue {
    /// Runs a method.
    pub(super) fn run(&self, state: &mut State, method: &str, args: Args) -> Result<Value, Error> {
        match method {
            "print_table" | "print_structure" | "print_csv" | "print_json" => {
                let text = self.printed(method, args)?;
                print(state, &text);
                Ok(none())
            }
            "print_bars" => {
                let text = bars::text(self, args)?;
                print(state, &text);
                Ok(none())
            }
            "print_html" => {
                let text = html::text(self, args)?;
                print(state, &text);
                Ok(none())
            }
            "select" | "exclude" => self.choose(method, args),
            "rename" => self.rename(args),
            "limit" => self.limit(args),
            "where" | "find" => self.filter(state, method, args),
            "order_by" => self.order_by(state, args),
            "distinct" => self.distinct(state, args),
            "group_by" => groups::group_by(self, state, args),
            "join" => join::join(self, state, args),
            "merge" => reshape::merge(args),
            "normalize" => reshape::normalize(self, args),
            "denormalize" => reshape::denormalize(self, args),
            "pivot" => reshape::pivot(self, state, args),
            "homogenize" => reshape::homogenize(self, state, args),
            "from_object" => reshape::from_object(args),
            "bins" => bars::bins(self, args),
            "to_csv" | "to_json" => files::write(self, state, method, args),
            "aggregate" | "compute" | "from_csv" | "from_json" | "from_fixed" | "bar_chart"
            | "column_chart" | "line_chart" | "scatterplot" => Err(refused("Table", method)),
            _ => Err(Error::new(
                ErrorKind::UnknownMethod,
                format!("'Table' object has no attribute '{method}'"),
            )),
        }
    }

    fn choose(&self, method: &str, args: Args) -> Result<Value, Error> {
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

    fn filter(&self, state: &mut State, method: &str, args: Args) -> Result<Value, Error> {
        let [test] = args.exactly(method, ["test"])?;
        let mut kept = Vec::new();
        for (at, row) in self.rows.iter().enumerate() {
            if test.call(state, std::slice::from_ref(row))?.is_true() {
                if method == "find" {
                    return Ok(row.clone());
                }
                kept.push(at);
            }
        }
        Ok(match method {
            "find" => none(),
            _ => Value::from_object(self.with_rows(&kept)),
        })
    }

    pub(super) fn printed(&self, method: &str, args: Args) -> Result<String, Error> {
        match method {
            "print_table" => Ok(self.text(Limits::of(method, args)?)),
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
        let mut picked = Self::of_rows(names, types, rows);
        picked.row_names = self.row_names.clone();
        Value::from_object(picked)
    }

    fn rename(&self, args: Args) -> Result<Value, Error> {
        let names = [
            "column_names",
            "row_names",
            "slug_columns",
            "slug_rows",
            "separator",
        ];
        let [columns, rows, slug_columns, slug_rows, separator] = args.optional("rename", names)?;
        let renamed = |names: Value, old: &[Value]| match names.downcast_object_ref::<Dict>() {
            Some(map) => Ok(old
                .iter()
                .map(|n| map.get(n).unwrap_or_else(|| n.clone()))
                .collect()),
            None => items(&names),
        };
        let separator = given(separator).map_or_else(|| "_".to_owned(), |s| str_of(&s));
        let mut columns = match given(columns) {
            Some(names) => renamed(names, &self.names)?,
            None => self.names.to_vec(),
        };
        if columns.len() != self.names.len() {
            return Err(error("rename() needs as many names as there are columns"));
        }
        if yes(slug_columns) {
            let changed = columns != *self.names;
            columns = slugs(&columns, &separator)?;
            if changed {
                columns = unique(&columns, &separator);
            }
        }
        let old_rows = self.row_names.as_deref();
        let mut row_names = match given(rows) {
            Some(names) => Some(renamed(names, old_rows.map_or(&[][..], |names| names))?),
            None => old_rows.cloned(),
        };
        if yes(slug_rows) {
            row_names = match row_names {
                Some(names) => Some(unique(&slugs(&names, &separator)?, &separator)),
                None => None,
            };
        }
        let rows = self.rows.iter().map(row_values).collect();
        let table = Self::of_rows(unique(&columns, "_"), self.types.to_vec(), rows);
        Ok(Value::from_object(table.named(row_names)))
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
        let places = crate::jinja::list((0..self.rows.len()).map(Value::from).collect());
        let kept = operators::slice(&places, &part(start), &part(stop), &part(step))?;
        let kept: Vec<usize> = items(&kept)?.iter().filter_map(Value::as_usize).collect();
        Ok(Value::from_object(self.with_rows(&kept)))
    }

    /// Returns what a row is sorted or grouped by: some of its values, or what a function makes of it.
    pub(super) fn key_of(&self, state: &mut State, row: &Value, key: &Value) -> Result<Vec<Value>, Error> {
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
        for (at, row) in self.rows.iter().enumerate() {
            // Nulls come last: they sort after everything that is there.
            let parts = self.key_of(state, row, &key)?.into_iter().map(|v| {
                let missing = v.is_none();
                let shown = if missing { Value::from(0) } else { v };
                (Value::from(missing), shown)
            });
            let flat = parts.flat_map(|(missing, v)| [missing, v]).collect();
            keyed.push((crate::jinja::list(flat), Value::from(at)));
        }
        operators::sort_by_key(&mut keyed, yes(reverse))?;
        let kept: Vec<usize> = keyed.iter().filter_map(|(_, at)| at.as_usize()).collect();
        Ok(Value::from_object(self.with_rows(&kept)))
    }

    fn distinct(&self, state: &mut State, args: Args) -> Result<Value, Error> {
        let [key] = args.optional("distinct", ["key"])?;
        let key = given(key);
        // agate compares nothing where the key is a sequence, and keeps all rows.
        if key
            .as_ref()
            .is_some_and(|key| key.as_str().is_none() && !is_function(key) && number(key).is_none())
        {
            return Ok(Value::from_object(self.clone()));
        }
        let mut seen: Vec<Vec<Value>> = Vec::new();
        let mut kept = Vec::new();
        for (at, row) in self.rows.iter().enumerate() {
            let of_row = match &key {
                Some(key) => self.key_of(state, row, key)?,
                None => row_values(row),
            };
            let same = |other: &Vec<Value>| other.iter().zip(&of_row).all(|(a, b)| operators::equal(a, b));
            if !seen.iter().any(same) {
                seen.push(of_row);
                kept.push(at);
            }
        }
        Ok(Value::from_object(self.with_rows(&kept)))
    }
}

/// Returns names of small letters, digits and separators.
fn slugs(names: &[Value], separator: &str) -> Result<Vec<Value>, Error> {
    let slug = |name: &Value| {
        let text = str_of(name);
        if !text.is_ascii() {
            return Err(error(format!(
                "`{text}` has letters that nexus cannot write in ASCII: rename it by `column_names`"
            )));
        }
        let words: Vec<String> = text
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect();
        Ok(Value::from(words.join(separator)))
    };
    names.iter().map(slug).collect()
}

/// Gives numbers to names that come again.
pub(super) fn unique(names: &[Value], separator: &str) -> Vec<Value> {
    let mut out: Vec<Value> = Vec::new();
    for name in names {
        let mut found = name.clone();
        let mut number = 2;
        while out.contains(&found) {
            found = Value::from(format!("{name}{separator}{number}"));
            number += 1;
        }
        out.push(found);
    }
    out
}
