//! Python's meaning of values: how they print, what operators do, which methods strings have.

pub(crate) mod bytes;
mod decimal;
pub(crate) mod format;
pub(crate) mod literal;
pub(crate) mod markup;
pub(crate) mod operators;
pub(crate) mod strings;
pub(crate) mod translate;

pub(crate) use decimal::Decimal;

use std::cmp::Ordering;

use minijinja::value::{Tuple, ValueKind};
use minijinja::{Error, ErrorKind, Value};

use super::values::{Dict, Endless, List, PyObject, RelationValue};

const REPR_DEPTH_MAX: usize = 60;

/// A number as operators see it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Number {
    Int(i128),
    Float(f64),
    Decimal(Decimal),
}

impl Number {
    pub fn float(self) -> f64 {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "Python's int to float rounds as well")]
            Self::Int(i) => i as f64,
            Self::Float(f) => f,
            Self::Decimal(d) => d.float(),
        }
    }

    /// Orders two numbers; none where one is no number.
    pub fn compare(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => Some(a.cmp(&b)),
            (Self::Decimal(a), b) => Some(a.compare(b)),
            (a, Self::Decimal(b)) => Some(b.compare(a).reverse()),
            (a, b) => a.float().partial_cmp(&b.float()),
        }
    }
}

/// Returns the number in a value; `true` is 1, as in Python.
pub(crate) fn number(value: &Value) -> Option<Number> {
    match value.kind() {
        ValueKind::Bool => Some(Number::Int(i128::from(value.is_true()))),
        ValueKind::Number if value.is_integer() => i128::try_from(value.clone()).ok().map(Number::Int),
        ValueKind::Number => f64::try_from(value.clone()).ok().map(Number::Float),
        ValueKind::Plain => PyObject::get::<Decimal>(value).map(|d| Number::Decimal(*d)),
        _ => None,
    }
}

pub(crate) fn int_value(i: i128) -> Value {
    match i64::try_from(i) {
        Ok(small) => Value::from(small),
        Err(_) => Value::from(i),
    }
}

pub(crate) fn none() -> Value {
    Value::from(())
}

pub(crate) fn tuple(items: Vec<Value>) -> Value {
    Value::from_object(Tuple::new(items))
}

pub(crate) fn error(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidOperation, message.into())
}

/// Returns the items of anything that Python would iterate over.
pub(crate) fn items(value: &Value) -> Result<Vec<Value>, Error> {
    if let Some(list) = value.downcast_object_ref::<List>() {
        return Ok(list.snapshot());
    }
    if value.is_undefined() {
        return Ok(Vec::new());
    }
    match value.kind() {
        ValueKind::None | ValueKind::Bool | ValueKind::Number => {
            Err(error(format!("'{}' object is not iterable", type_name(value))))
        }
        ValueKind::Bytes => {
            let bytes = value.as_bytes().unwrap_or_default();
            Ok(bytes.iter().map(|b| Value::from(*b)).collect())
        }
        _ if Endless::of(value).is_some() => Err(error(
            "an endless iterator cannot be read to its end; take a part of it with `itertools.islice` or `zip`",
        )),
        _ => Ok(value.try_iter()?.collect()),
    }
}

/// Returns Python's name of a value's type.
pub(crate) fn type_name(value: &Value) -> &'static str {
    match value.kind() {
        ValueKind::Undefined => "Undefined",
        ValueKind::None => "NoneType",
        ValueKind::Bool => "bool",
        ValueKind::Number if value.is_integer() => "int",
        ValueKind::Number => "float",
        ValueKind::String => "str",
        ValueKind::Bytes => "bytes",
        ValueKind::Seq if value.is_tuple() => "tuple",
        ValueKind::Seq => "list",
        ValueKind::Map => "dict",
        _ => value
            .downcast_object_ref::<PyObject>()
            .map_or("object", |object| object.0.class()),
    }
}

/// Returns `str(value)`.
pub(crate) fn str_of(value: &Value) -> String {
    match value.as_str() {
        Some(text) if value.kind() == ValueKind::String => text.to_owned(),
        _ => {
            let mut out = String::new();
            write_str(value, &mut out);
            out
        }
    }
}

/// Returns `pprint.pformat(value)` on one line: dictionaries sorted by their keys.
pub(crate) fn pretty(value: &Value) -> Result<Value, Error> {
    if let Some(dict) = value.downcast_object_ref::<Dict>() {
        let mut all: Vec<(Value, Value)> = Vec::new();
        for (key, item) in dict.snapshot() {
            let key_text = Value::from(repr_of(&key));
            all.push((key_text, tuple(vec![key, pretty(&item)?])));
        }
        operators::sort_by_key(&mut all, false)?;
        let mut out = indexmap::IndexMap::new();
        for (_, pair) in all {
            if let [key, item] = items(&pair)?.as_slice() {
                out.insert(key.clone(), item.clone());
            }
        }
        return Ok(Dict::value(out));
    }
    if value.downcast_object_ref::<List>().is_some() {
        return Ok(List::value(
            items(value)?.iter().map(pretty).collect::<Result<_, _>>()?,
        ));
    }
    Ok(value.clone())
}

/// Returns `repr(value)`.
pub(crate) fn repr_of(value: &Value) -> String {
    let mut out = String::new();
    write_repr(value, &mut out, 0);
    out
}

pub(crate) fn write_str(value: &Value, out: &mut String) {
    match value.as_str() {
        Some(text) if value.kind() == ValueKind::String => out.push_str(text),
        _ if value.is_undefined() => {}
        _ => write_repr_or_str(value, out, 0, false),
    }
}

fn write_repr(value: &Value, out: &mut String, depth: usize) {
    if let Some(text) = value.as_str()
        && value.kind() == ValueKind::String
    {
        let (open, close) = if value.is_safe() {
            ("Markup(", ")")
        } else {
            ("", "")
        };
        out.push_str(open);
        write_quoted(text, out);
        out.push_str(close);
        return;
    }
    write_repr_or_str(value, out, depth, true);
}

fn write_repr_or_str(value: &Value, out: &mut String, depth: usize, repr: bool) {
    if depth > REPR_DEPTH_MAX {
        out.push_str("...");
        return;
    }
    match value.kind() {
        ValueKind::Undefined => out.push_str("Undefined"),
        ValueKind::None => out.push_str("None"),
        ValueKind::Bool => out.push_str(if value.is_true() { "True" } else { "False" }),
        ValueKind::Number => match number(value) {
            Some(Number::Float(f)) => out.push_str(&float(f)),
            _ => out.push_str(&value.to_string()),
        },
        _ => write_object(value, out, depth, repr),
    }
}

fn write_object(value: &Value, out: &mut String, depth: usize, repr: bool) {
    if let Some(object) = value.downcast_object_ref::<PyObject>() {
        out.push_str(&if repr { object.0.repr() } else { object.0.text() });
        return;
    }
    if let Some(relation) = value.downcast_object_ref::<RelationValue>().filter(|_| repr) {
        out.push_str(&relation.repr());
        return;
    }
    if let Some(bytes) = value.as_bytes() {
        out.push_str(&bytes::repr(bytes));
        return;
    }
    if let Some(dict) = value.downcast_object_ref::<Dict>() {
        if let Some(class) = dict.class() {
            write_record(class, dict, out, depth);
            return;
        }
        write_pairs(dict.snapshot().into_iter(), out, depth);
        return;
    }
    let Some(object) = value.as_object() else {
        out.push_str(&value.to_string());
        return;
    };
    use minijinja::value::ObjectRepr;
    match object.repr() {
        ObjectRepr::Seq if !prints_itself(value) => {
            let items: Vec<Value> = object.try_iter().into_iter().flatten().collect();
            let (open, close) = if value.is_tuple() { ('(', ')') } else { ('[', ']') };
            out.push(open);
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                write_repr(item, out, depth + 1);
            }
            if value.is_tuple() && items.len() == 1 {
                out.push(',');
            }
            out.push(close);
        }
        ObjectRepr::Map if is_namespace(value) => {
            out.push_str("<Namespace ");
            write_pairs(object.try_iter_pairs().into_iter().flatten(), out, depth);
            out.push('>');
        }
        ObjectRepr::Map if is_plain_map(value) => {
            write_pairs(object.try_iter_pairs().into_iter().flatten(), out, depth);
        }
        _ => out.push_str(&value.to_string()),
    }
}

/// Says whether a sequence prints in a way of its own.
fn prints_itself(value: &Value) -> bool {
    value.downcast_object_ref::<super::context::Range>().is_some()
        || value.downcast_object_ref::<super::values::Mapped>().is_some()
}

/// Says whether a value is what `namespace(…)` makes.
pub(crate) fn is_namespace(value: &Value) -> bool {
    value
        .as_object()
        .is_some_and(|object| object.type_name().ends_with("::Namespace"))
}

/// Says whether an object is one of minijinja's own maps, which print as dictionaries.
pub(crate) fn is_plain_map(value: &Value) -> bool {
    value.is_kwargs()
        || value
            .downcast_object_ref::<indexmap::IndexMap<Value, Value>>()
            .is_some()
}

/// Writes a dictionary of a class: `OrderedDict([('a', 1)])`, or `Path(schema='s')`.
fn write_record(class: &str, dict: &Dict, out: &mut String, depth: usize) {
    let entries = dict.snapshot();
    out.push_str(class);
    out.push('(');
    if class == super::values::ORDERED {
        let pairs: Vec<Value> = entries.into_iter().map(|(k, v)| tuple(vec![k, v])).collect();
        if !pairs.is_empty() {
            write_repr(&List::value(pairs), out, depth + 1);
        }
    } else {
        for (i, (key, item)) in entries.iter().enumerate() {
            if i > 0 {
                out.push_str(", ");
            }
            out.push_str(&str_of(key));
            out.push('=');
            write_repr(item, out, depth + 1);
        }
    }
    out.push(')');
}

fn write_pairs(pairs: impl Iterator<Item = (Value, Value)>, out: &mut String, depth: usize) {
    out.push('{');
    for (i, (key, item)) in pairs.enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        write_repr(&key, out, depth + 1);
        out.push_str(": ");
        write_repr(&item, out, depth + 1);
    }
    out.push('}');
}

/// Writes JSON as `repr` does the Python value it stands for.
pub(crate) fn write_json(json: &serde_json::Value, out: &mut String, depth: usize) {
    use serde_json::Value as Json;
    if depth > REPR_DEPTH_MAX {
        out.push_str("...");
        return;
    }
    match json {
        Json::String(text) => write_quoted(text, out),
        Json::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                write_json(item, out, depth + 1);
            }
            out.push(']');
        }
        Json::Object(map) => {
            out.push('{');
            for (i, (key, item)) in map.iter().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                write_quoted(key, out);
                out.push_str(": ");
                write_json(item, out, depth + 1);
            }
            out.push('}');
        }
        scalar => write_repr(&super::values::from_json(scalar), out, depth),
    }
}

/// Writes a string as `repr` does: single quotes unless only those stand in it.
pub(crate) fn write_quoted(text: &str, out: &mut String) {
    use std::fmt::Write;
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if (c as u32) < 0x20 || (0x7f..0xa1).contains(&(c as u32)) || c as u32 == 0xad => {
                let _ = write!(out, "\\x{:02x}", c as u32);
            }
            c if matches!(c as u32, 0x2028 | 0x2029 | 0x200b..=0x200f | 0xfeff | 0x3000 | 0x2000..=0x200a) => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push(quote);
}

/// Returns `repr` of a float: the shortest digits, an exponent below 1e-4 and from 1e16.
pub(crate) fn float(f: f64) -> String {
    if f.is_nan() {
        return "nan".to_owned();
    }
    if f.is_infinite() {
        return if f > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let scientific = format!("{f:e}");
    let Some((digits, exponent)) = scientific.split_once('e') else {
        return scientific;
    };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        let plain = format!("{f}");
        return if plain.contains('.') { plain } else { plain + ".0" };
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}
