//! JSON to template values and back.

use minijinja::Value;
use minijinja::value::{ObjectRepr, ValueKind};
use serde_json::{Map, Number as JsonNumber, Value as Json};

use crate::jinja::python::{Decimal, Number, int_value, none, number, str_of};

use crate::yaml::{Node, Value as Yaml, exact};

use super::{Absorbing, Dict, List, PyObject, RelationValue, datetime};

const DEPTH_MAX: usize = 100;

/// Makes a value; lists and dictionaries are mutable.
pub(crate) fn from_json(json: &Json) -> Value {
    match json {
        Json::Null => none(),
        Json::Bool(b) => Value::from(*b),
        Json::Number(n) => match (n.as_i64(), n.as_u64()) {
            (Some(i), _) => Value::from(i),
            (None, Some(u)) => Value::from(u),
            _ => Value::from(n.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(s) => exact::marked(s).map_or_else(|| Value::from(s.as_str()), int_value),
        Json::Array(items) => List::value(items.iter().map(from_json).collect()),
        Json::Object(map) => Dict::of(map.iter().map(|(k, v)| (k.as_str(), from_json(v)))),
    }
}

/// Makes a value of YAML as PyYAML reads it: dates are dates, keys keep their types.
///
/// # Errors
/// The first whole number that 128 bits do not hold.
pub(crate) fn from_yaml(node: &Node) -> Result<Value, &Node> {
    Ok(match &node.value {
        Yaml::Null => none(),
        Yaml::Bool(b) => Value::from(*b),
        Yaml::Int(i) => Value::from(*i),
        Yaml::BigInt(digits) => Value::from(digits.parse::<i128>().map_err(|_| node)?),
        Yaml::Float(f) => Value::from(*f),
        Yaml::Str(text) => Value::from(&**text),
        Yaml::Date(text) => datetime::from_text(text),
        Yaml::Seq(items) => List::value(items.iter().map(from_yaml).collect::<Result<_, _>>()?),
        Yaml::Map(map) => {
            let pairs = map.entries.iter();
            let pairs = pairs.map(|(key, value)| Ok((from_yaml(key)?, from_yaml(value)?)));
            Dict::of(pairs.collect::<Result<Vec<_>, _>>()?)
        }
    })
}

/// Makes JSON as artifacts have it: relations and times as text, tuples and sets as lists.
pub(crate) fn to_json(value: &Value) -> Json {
    convert(value, 0)
}

fn convert(value: &Value, depth: usize) -> Json {
    if depth > DEPTH_MAX {
        return Json::Null;
    }
    if let Some(text) = value.as_str() {
        return Json::from(text);
    }
    match value.kind() {
        ValueKind::Undefined | ValueKind::None | ValueKind::Invalid => Json::Null,
        ValueKind::Bool => Json::Bool(value.is_true()),
        ValueKind::Number => match number(value) {
            Some(Number::Int(i)) => match (i64::try_from(i), u64::try_from(i)) {
                (Ok(i), _) => Json::from(i),
                (_, Ok(u)) => Json::from(u),
                _ => Json::from(i.to_string()),
            },
            Some(Number::Float(f)) => JsonNumber::from_f64(f).map_or(Json::Null, Json::Number),
            Some(Number::Decimal(_)) | None => Json::Null,
        },
        _ if Absorbing::is(value) => Json::Null,
        _ if PyObject::get::<Decimal>(value).is_some() => {
            let f = number(value).map_or(f64::NAN, Number::float);
            JsonNumber::from_f64(f).map_or(Json::Null, Json::Number)
        }
        _ if value.downcast_object_ref::<PyObject>().is_some() => Json::from(str_of(value)),
        _ if value.downcast_object_ref::<RelationValue>().is_some() => Json::from(str_of(value)),
        _ => {
            let Some(object) = value.as_object() else {
                return Json::from(value.to_string());
            };
            match object.repr() {
                ObjectRepr::Map => {
                    let pairs = object.try_iter_pairs().into_iter().flatten();
                    Json::Object(
                        pairs
                            .map(|(k, v)| (key_text(&k), convert(&v, depth + 1)))
                            .collect::<Map<_, _>>(),
                    )
                }
                ObjectRepr::Seq | ObjectRepr::Iterable => {
                    let items = object.try_iter().into_iter().flatten();
                    Json::Array(items.map(|x| convert(&x, depth + 1)).collect())
                }
                _ => Json::from(str_of(value)),
            }
        }
    }
}

/// Returns the first whole number within a value that JSON would not hold.
pub(crate) fn first_beyond_64_bits(value: &Value) -> Option<i128> {
    find_beyond(value, 0)
}

fn find_beyond(value: &Value, depth: usize) -> Option<i128> {
    if value.kind() == ValueKind::Number {
        return match number(value) {
            Some(Number::Int(i)) if i64::try_from(i).is_err() && u64::try_from(i).is_err() => Some(i),
            _ => None,
        };
    }
    let object = value.as_object().filter(|_| depth < DEPTH_MAX)?;
    match object.repr() {
        ObjectRepr::Map => object
            .try_iter_pairs()?
            .find_map(|(_, item)| find_beyond(&item, depth + 1)),
        ObjectRepr::Seq => object.try_iter()?.find_map(|item| find_beyond(&item, depth + 1)),
        _ => None,
    }
}

/// Returns a dictionary's key as JSON has it.
pub(crate) fn key_text(key: &Value) -> String {
    match key.kind() {
        ValueKind::Bool => if key.is_true() { "true" } else { "false" }.to_owned(),
        ValueKind::None => "null".to_owned(),
        _ => str_of(key),
    }
}
