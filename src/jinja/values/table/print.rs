//! Tables as text: agate's printed table, its structure, CSV and JSON.

use minijinja::{Error, Value};

use std::sync::Arc;

use super::{Kind, Mapped, TableValue, row_values};
use crate::jinja::args::Args;
use crate::jinja::python::{Decimal, Number, format, number, str_of};
use crate::jinja::values::{Dict, PyObject};

pub(super) const ELLIPSIS: &str = "...";
/// Stands after a number whose decimal places were cut.
const CUT_MARK: char = '…';

/// What `print_table` shows; none means no limit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub rows: Option<usize>,
    pub columns: Option<usize>,
    pub width: Option<usize>,
    pub precision: Option<usize>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            rows: Some(20),
            columns: Some(6),
            width: Some(20),
            precision: Some(3),
        }
    }
}

impl Limits {
    /// Reads the arguments of `print_table` and `print_html`.
    pub fn of(method: &str, args: Args) -> Result<Self, Error> {
        let names = [
            "max_rows",
            "max_columns",
            "output",
            "max_column_width",
            "locale",
            "max_precision",
        ];
        let [rows, columns, _, width, _, precision] = args.optional(method, names)?;
        let plain = Self::default();
        let size = |v: &Option<Value>, default: Option<usize>| match v {
            None => default,
            Some(v) => v.as_usize(),
        };
        Ok(Self {
            rows: size(&rows, plain.rows),
            columns: size(&columns, plain.columns),
            width: size(&width, plain.width),
            precision: size(&precision, plain.precision),
        })
    }
}

fn length(text: &str) -> usize {
    text.chars().count()
}

pub(super) fn shorten(text: String, width: Option<usize>) -> String {
    match width {
        Some(width) if length(&text) > width => {
            let kept: String = text.chars().take(width.saturating_sub(ELLIPSIS.len())).collect();
            kept + ELLIPSIS
        }
        _ => text,
    }
}

/// Writes a number with marks between thousands and this many decimal places.
pub(super) fn decimal_text(d: Decimal, places: usize, cut: bool) -> String {
    let rounded = d.round(i32::try_from(places).unwrap_or(0)).unwrap_or(d);
    let spec = if rounded.is_zero() { rounded.abs() } else { rounded };
    let text = format::grouped(&spec.plain());
    if cut { format!("{text}{CUT_MARK}") } else { text }
}

impl TableValue {
    /// Writes rows of texts as agate prints a table, each cell with at most 50 characters.
    pub fn of_texts<const N: usize>(heads: &[&str; N], rows: &[[&str; N]]) -> String {
        let rows: Vec<Value> = rows
            .iter()
            .map(|row| {
                Mapped::row(
                    &Arc::default(),
                    row.iter().map(|cell| Value::from(*cell)).collect(),
                )
            })
            .collect();
        let table = Self {
            names: Arc::new(heads.iter().map(|head| Value::from(*head)).collect()),
            types: Arc::new(vec![Kind::Text; N]),
            rows: Arc::new(rows.into()),
            row_names: None,
        };
        table.text(Limits {
            rows: None,
            width: Some(50),
            ..Limits::default()
        })
    }

    /// Writes the first rows, with all columns, as agate's `print_table` does.
    pub fn first_rows(&self, rows_max: usize) -> String {
        self.text(Limits {
            rows: Some(rows_max),
            columns: None,
            ..Limits::default()
        })
    }

    /// Writes the table as agate's `print_table` does.
    pub(super) fn text(&self, limits: Limits) -> String {
        let shown_rows = limits.rows.unwrap_or(usize::MAX).min(self.rows.len());
        let shown_columns = limits.columns.unwrap_or(usize::MAX).min(self.names.len());
        let columns_cut = shown_columns < self.names.len();
        let mut heads: Vec<String> = self.names[..shown_columns]
            .iter()
            .map(|name| shorten(str_of(name), limits.width))
            .collect();
        if columns_cut {
            heads.push(ELLIPSIS.to_owned());
        }
        let places: Vec<Option<(usize, bool)>> = (0..shown_columns)
            .map(|i| self.places(i, shown_rows, limits.precision))
            .collect();
        let mut lines: Vec<Vec<String>> = Vec::new();
        for row in &self.rows[..shown_rows] {
            let mut line: Vec<String> = row_values(row)
                .iter()
                .zip(&places)
                .map(|(value, places)| shorten(cell_text(value, *places), limits.width))
                .collect();
            if columns_cut {
                line.push(ELLIPSIS.to_owned());
            }
            lines.push(line);
        }
        let widths: Vec<usize> = heads
            .iter()
            .enumerate()
            .map(|(i, head)| {
                let cells = lines.iter().filter_map(|line| line.get(i));
                cells.chain([head]).map(|c| length(c)).max().unwrap_or(0)
            })
            .collect();
        let mut out = String::new();
        self.write_line(&heads, &widths, &mut out);
        let rules: Vec<String> = widths.iter().map(|w| "-".repeat(*w)).collect();
        out.push_str(&format!("| {} |\n", rules.join(" | ")));
        for line in &lines {
            self.write_line(line, &widths, &mut out);
        }
        if shown_rows < self.rows.len() {
            let more = vec![ELLIPSIS.to_owned(); heads.len()];
            self.write_line(&more, &widths, &mut out);
        }
        out
    }

    fn write_line(&self, cells: &[String], widths: &[usize], out: &mut String) {
        let padded: Vec<String> = cells
            .iter()
            .zip(widths)
            .enumerate()
            .map(|(i, (cell, width))| match self.types.get(i) {
                Some(Kind::Text) => format!(" {cell:<width$} "),
                _ => format!(" {cell:>width$} "),
            })
            .collect();
        out.push_str(&format!("|{}|\n", padded.join("|")));
    }

    /// Returns the decimal places of a column of numbers, and whether some are cut.
    pub(super) fn places(&self, column: usize, rows: usize, most: Option<usize>) -> Option<(usize, bool)> {
        if self.types.get(column) != Some(&Kind::Number) {
            return None;
        }
        let values = self.values_of(column);
        let needed = values.iter().take(rows).filter_map(PyObject::get::<Decimal>);
        let needed = needed.map(|d| d.places()).max().unwrap_or(0);
        let shown = needed.min(most.unwrap_or(usize::MAX));
        Some((shown, shown < needed))
    }

    /// Writes the names and types of the columns, as `str(table)` does.
    pub(super) fn structure(&self) -> String {
        let columns = vec![
            self.names.to_vec(),
            self.types.iter().map(|t| Value::from(t.name())).collect(),
        ];
        let names = vec![Value::from("column"), Value::from("data_type")];
        let limits = Limits {
            rows: None,
            width: None,
            ..Limits::default()
        };
        Self::of_columns(names, columns)
            .downcast_object_ref::<Self>()
            .map(|table| {
                let texts = Self {
                    types: vec![Kind::Text, Kind::Text].into(),
                    ..table.clone()
                };
                texts.text(limits)
            })
            .unwrap_or_default()
    }

    pub(super) fn csv(&self) -> String {
        let quoted = |text: String| {
            if text.contains([',', '"', '\n', '\r']) {
                format!("\"{}\"", text.replace('"', "\"\""))
            } else {
                text
            }
        };
        let mut out = String::new();
        let heads: Vec<String> = self.names.iter().map(|n| quoted(str_of(n))).collect();
        out.push_str(&heads.join(","));
        out.push('\n');
        for row in self.rows.iter() {
            let cells: Vec<String> = row_values(row)
                .iter()
                .map(|v| {
                    if v.is_none() {
                        String::new()
                    } else {
                        quoted(plain_text(v))
                    }
                })
                .collect();
            out.push_str(&cells.join(","));
            out.push('\n');
        }
        out
    }

    pub(super) fn json(
        &self,
        key: Option<usize>,
        lines: bool,
        indent: Option<usize>,
    ) -> Result<String, Error> {
        let object = |row: &Value| {
            let values = row_values(row);
            let pairs = self.names.iter().cloned().zip(values.iter().map(json_value));
            Dict::of(pairs)
        };
        if lines {
            let mut out = String::new();
            for row in self.rows.iter() {
                out.push_str(&format::json_unicode(&object(row), None)?);
                out.push('\n');
            }
            return Ok(out);
        }
        let whole = match key {
            Some(key) => Dict::of(self.rows.iter().map(|row| {
                let name = row_values(row).get(key).map(str_of).unwrap_or_default();
                (Value::from(name), object(row))
            })),
            None => crate::jinja::list(self.rows.iter().map(object).collect()),
        };
        format::json_unicode(&whole, indent)
    }
}

pub(super) fn cell_text(value: &Value, places: Option<(usize, bool)>) -> String {
    if value.is_none() {
        return String::new();
    }
    match (places, number(value)) {
        (Some((places, cut)), Some(Number::Decimal(d))) => decimal_text(d, places, cut),
        _ => str_of(value),
    }
}

/// Dates in the ISO form, all else as its text.
pub(super) fn plain_text(value: &Value) -> String {
    match crate::jinja::values::datetime::Moment::of(value) {
        Some(moment) => moment.iso('T'),
        None => str_of(value),
    }
}

pub(super) fn json_value(value: &Value) -> Value {
    match number(value) {
        Some(Number::Decimal(d)) => Value::from(d.float()),
        Some(_) => value.clone(),
        None if value.is_none() => value.clone(),
        None => Value::from(plain_text(value)),
    }
}
