//! Jinja2's tests: what stands after `is`.

use minijinja::value::{Rest, ValueKind};
use minijinja::{Environment, Error, Value};

use super::context::{Bound, Group};
use super::python::operators::{self, Comparison, compare};
use super::python::{Number, error, is_namespace, number, str_of};
use super::render::MacroRef;
use super::values::{Absorbing, PyObject};

/// All names, for "did you mean".
pub(crate) const NAMES: &[&str] = &[
    "boolean",
    "callable",
    "defined",
    "divisibleby",
    "eq",
    "equalto",
    "escaped",
    "even",
    "false",
    "filter",
    "float",
    "ge",
    "greaterthan",
    "gt",
    "in",
    "integer",
    "iterable",
    "le",
    "lessthan",
    "lower",
    "lt",
    "mapping",
    "ne",
    "none",
    "number",
    "odd",
    "sameas",
    "sequence",
    "string",
    "test",
    "true",
    "undefined",
    "upper",
];

pub(crate) fn register(env: &mut Environment<'static>) {
    for name in NAMES {
        env.add_test(*name, move |args: Rest<Value>| run(name, &args));
    }
}

fn run(name: &str, args: &[Value]) -> Result<bool, Error> {
    let none = Value::UNDEFINED;
    let value = args.first().unwrap_or(&none);
    let other = args.get(1);
    let needed = || other.ok_or_else(|| error(format!("the test `{name}` needs an argument")));
    let int = |v: &Value| match number(v) {
        Some(Number::Int(i)) => Ok(i),
        _ => Err(error(format!("the test `{name}` needs an integer"))),
    };
    let undefined = value.is_undefined() || Absorbing::is(value);
    Ok(match name {
        "defined" => !undefined,
        "undefined" => undefined,
        "none" => value.is_none(),
        "boolean" => value.kind() == ValueKind::Bool,
        "true" => value.kind() == ValueKind::Bool && value.is_true(),
        "false" => value.kind() == ValueKind::Bool && !value.is_true(),
        "integer" => value.kind() == ValueKind::Number && value.is_integer(),
        "float" => value.kind() == ValueKind::Number && !value.is_integer(),
        "number" => number(value).is_some(),
        "string" => value.kind() == ValueKind::String,
        "mapping" => match value.downcast_object_ref::<Group>() {
            Some(group) => group.is_dictionary(),
            None => value.kind() == ValueKind::Map && !is_namespace(value),
        },
        "escaped" => value.is_safe(),
        "sequence" => {
            matches!(
                value.kind(),
                ValueKind::Seq | ValueKind::Map | ValueKind::String | ValueKind::Bytes
            ) && !is_namespace(value)
        }
        "iterable" => {
            undefined
                || matches!(
                    value.kind(),
                    ValueKind::Seq
                        | ValueKind::Map
                        | ValueKind::String
                        | ValueKind::Bytes
                        | ValueKind::Iterable
                ) && !is_namespace(value)
        }
        "callable" => {
            value.downcast_object_ref::<MacroRef>().is_some()
                || value.downcast_object_ref::<Bound>().is_some()
                || match value.downcast_object_ref::<Group>() {
                    Some(group) => group.call.is_some(),
                    None => {
                        value.kind() == ValueKind::Plain && value.downcast_object_ref::<PyObject>().is_none()
                    }
                }
        }
        "even" => int(value)? % 2 == 0,
        "odd" => int(value)? % 2 != 0,
        "divisibleby" => {
            let by = int(needed()?)?;
            if by == 0 {
                return Err(error("integer modulo by zero"));
            }
            int(value)? % by == 0
        }
        "eq" | "equalto" => operators::equal(value, needed()?),
        "ne" => !operators::equal(value, needed()?),
        "lt" | "lessthan" => compare(Comparison::Less, value, needed()?)?,
        "le" => compare(Comparison::LessOrEqual, value, needed()?)?,
        "gt" | "greaterthan" => compare(Comparison::Greater, value, needed()?)?,
        "ge" => compare(Comparison::GreaterOrEqual, value, needed()?)?,
        "in" => operators::contains(needed()?, value)?,
        "sameas" => same(value, needed()?),
        "lower" => {
            let text = str_of(value);
            text.chars().any(char::is_alphabetic) && text.to_lowercase() == text
        }
        "upper" => {
            let text = str_of(value);
            text.chars().any(char::is_alphabetic) && text.to_uppercase() == text
        }
        "filter" => super::filters::NAMES.contains(&&*str_of(value)),
        "test" => NAMES.contains(&&*str_of(value)),
        _ => false,
    })
}

fn same(a: &Value, b: &Value) -> bool {
    match (a.as_object(), b.as_object()) {
        (Some(_), Some(_)) => a == b,
        (None, None) => a.kind() == b.kind() && a == b,
        _ => false,
    }
}

/// Runs a test by name, for `select` and `reject`.
pub(crate) fn test(name: &str, args: &[Value]) -> Result<bool, Error> {
    let symbol = match name {
        "==" => "eq",
        "!=" => "ne",
        "<" => "lt",
        "<=" => "le",
        ">" => "gt",
        ">=" => "ge",
        other => other,
    };
    if !NAMES.contains(&symbol) {
        return Err(Error::new(
            minijinja::ErrorKind::UnknownTest,
            format!("test {name} is unknown"),
        ));
    }
    run(symbol, args)
}
