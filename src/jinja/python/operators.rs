//! Python's operators on template values.

use std::cmp::Ordering;

use minijinja::value::ValueKind;
use minijinja::{Error, Value};

use super::super::context::Group;
use super::super::values::{self, Absorbing, Dict, List, PySet};
use super::{Number, error, int_value, items, markup, number, str_of, tuple, type_name};

const LENGTH_MAX: usize = 100_000_000;
const EQUAL_DEPTH_MAX: usize = 60;

/// A binary operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Add,
    Sub,
    Mul,
    Div,
    FloorDiv,
    Mod,
    Pow,
}

impl Operator {
    fn sign(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
            Self::FloorDiv => "//",
            Self::Mod => "%",
            Self::Pow => "** or pow()",
        }
    }
}

/// Applies an operator as Python does.
pub(crate) fn apply(operator: Operator, a: &Value, b: &Value) -> Result<Value, Error> {
    if let (Some(a), Some(b)) = (number(a), number(b)) {
        return arithmetic(operator, a, b);
    }
    for operand in [a, b] {
        if operand.is_undefined() {
            return Err(Error::new(
                minijinja::ErrorKind::UndefinedError,
                format!("an operand of `{}` is undefined", operator.sign()),
            ));
        }
    }
    if let Some(result) = values::datetime::operate(operator, a, b) {
        return result;
    }
    match operator {
        Operator::Add => add(a, b),
        Operator::Mul => match (number(a), number(b)) {
            (_, Some(Number::Int(n))) => repeat(a, n),
            (Some(Number::Int(n)), _) => repeat(b, n),
            _ => None,
        },
        Operator::Mod if a.is_safe() => a.as_str().map(|text| {
            super::format::percent(text, &markup::escape_arguments(b)).map(|made| markup::safe(str_of(&made)))
        }),
        Operator::Mod => a.as_str().map(|text| super::format::percent(text, b)),
        Operator::Sub => match (a.downcast_object_ref::<PySet>(), b.downcast_object_ref::<PySet>()) {
            (Some(x), Some(y)) => Some(Ok(x.difference(&y.snapshot()))),
            _ => None,
        },
        _ => None,
    }
    .unwrap_or_else(|| Err(unsupported(operator, a, b)))
}

fn unsupported(operator: Operator, a: &Value, b: &Value) -> Error {
    if operator == Operator::Add && a.as_str().is_some() {
        return error(format!(
            "can only concatenate str (not \"{}\") to str",
            type_name(b)
        ));
    }
    mismatch(operator, type_name(a), type_name(b))
}

fn mismatch(operator: Operator, a: &str, b: &str) -> Error {
    error(format!(
        "unsupported operand type(s) for {}: '{a}' and '{b}'",
        operator.sign()
    ))
}

fn add(a: &Value, b: &Value) -> Option<Result<Value, Error>> {
    if let (Some(x), Some(y)) = (a.as_str(), b.as_str()) {
        if a.is_safe() || b.is_safe() {
            return Some(Ok(markup::safe(markup::escape(a) + &markup::escape(b))));
        }
        return Some(Ok(Value::from(format!("{x}{y}"))));
    }
    if a.kind() == ValueKind::Seq && b.kind() == ValueKind::Seq && a.is_tuple() == b.is_tuple() {
        let joined = items(a).and_then(|mut x| {
            x.extend(items(b)?);
            Ok(x)
        });
        return Some(joined.map(|x| if a.is_tuple() { tuple(x) } else { List::value(x) }));
    }
    None
}

fn repeat(value: &Value, times: i128) -> Option<Result<Value, Error>> {
    let times = usize::try_from(times.max(0)).unwrap_or(usize::MAX);
    let length = value.len().unwrap_or(0);
    if length.saturating_mul(times) > LENGTH_MAX {
        return Some(Err(error("the result of `*` is too long")));
    }
    if let Some(text) = value.as_str() {
        return Some(Ok(markup::like(value, text.repeat(times))));
    }
    if value.kind() == ValueKind::Seq {
        return Some(items(value).map(|x| {
            let all: Vec<Value> = (0..times).flat_map(|_| x.iter().cloned()).collect();
            if value.is_tuple() {
                tuple(all)
            } else {
                List::value(all)
            }
        }));
    }
    None
}

fn arithmetic(operator: Operator, a: Number, b: Number) -> Result<Value, Error> {
    if matches!(a, Number::Decimal(_)) || matches!(b, Number::Decimal(_)) {
        return super::decimal::arithmetic(operator, a, b).unwrap_or_else(|| {
            let class = |n| match n {
                Number::Decimal(_) => "decimal.Decimal",
                _ => "float",
            };
            Err(mismatch(operator, class(a), class(b)))
        });
    }
    let overflow = || error("an integer is too large");
    if let (Number::Int(x), Number::Int(y)) = (a, b) {
        return match operator {
            Operator::Add => x.checked_add(y).map(int_value).ok_or_else(overflow),
            Operator::Sub => x.checked_sub(y).map(int_value).ok_or_else(overflow),
            Operator::Mul => x.checked_mul(y).map(int_value).ok_or_else(overflow),
            Operator::Div if y == 0 => Err(error("division by zero")),
            Operator::Div => Ok(Value::from(a.float() / b.float())),
            Operator::FloorDiv | Operator::Mod if y == 0 => Err(error("integer modulo by zero")),
            Operator::FloorDiv => {
                let q = x.checked_div(y).ok_or_else(overflow)?;
                let down = i128::from(x % y != 0 && ((x < 0) != (y < 0)));
                Ok(int_value(q - down))
            }
            Operator::Mod => {
                let r = x.checked_rem(y).ok_or_else(overflow)?;
                Ok(int_value(if r != 0 && ((r < 0) != (y < 0)) { r + y } else { r }))
            }
            Operator::Pow if y < 0 => Ok(Value::from(a.float().powf(b.float()))),
            Operator::Pow => u32::try_from(y)
                .ok()
                .and_then(|y| x.checked_pow(y))
                .map(int_value)
                .ok_or_else(overflow),
        };
    }
    let (x, y) = (a.float(), b.float());
    Ok(Value::from(match operator {
        Operator::Add => x + y,
        Operator::Sub => x - y,
        Operator::Mul => x * y,
        Operator::Div | Operator::FloorDiv | Operator::Mod if y == 0.0 => {
            return Err(error("float division by zero"));
        }
        Operator::Div => x / y,
        Operator::FloorDiv => (x / y).floor(),
        Operator::Mod => {
            let r = x % y;
            if r != 0.0 && ((r < 0.0) != (y < 0.0)) {
                r + y
            } else {
                r
            }
        }
        Operator::Pow => x.powf(y),
    }))
}

/// Negates a number or a time span.
pub(crate) fn negate(value: &Value) -> Result<Value, Error> {
    match number(value) {
        Some(Number::Int(i)) => i
            .checked_neg()
            .map(int_value)
            .ok_or_else(|| error("an integer is too large")),
        Some(Number::Float(f)) => Ok(Value::from(-f)),
        Some(Number::Decimal(d)) => Ok(d.negated().value()),
        None => values::datetime::negate(value)
            .ok_or_else(|| error(format!("bad operand type for unary -: '{}'", type_name(value)))),
    }
}

/// Joins values as `~` does.
pub(crate) fn concat(values: &[Value]) -> Value {
    let mut out = String::new();
    for value in values {
        super::write_str(value, &mut out);
    }
    Value::from(out)
}

/// Slices a string, list or tuple as Python does.
pub(crate) fn slice(value: &Value, start: &Value, stop: &Value, step: &Value) -> Result<Value, Error> {
    let part = |v: &Value| match number(v) {
        Some(Number::Int(i)) => Ok(Some(i)),
        _ if v.is_none() || v.is_undefined() => Ok(None),
        _ => Err(error("slice indices must be integers or None")),
    };
    let (start, stop, step) = (part(start)?, part(stop)?, part(step)?.unwrap_or(1));
    if step == 0 {
        return Err(error("slice step cannot be zero"));
    }
    if let Some(text) = value.as_str() {
        let chars: Vec<char> = text.chars().collect();
        let picked: String = indices(chars.len(), start, stop, step)
            .into_iter()
            .map(|i| chars[i])
            .collect();
        return Ok(markup::like(value, picked));
    }
    if value.downcast_object_ref::<Dict>().is_some() {
        return Err(error("a dictionary cannot be sliced"));
    }
    let all = items(value)?;
    let picked = indices(all.len(), start, stop, step)
        .into_iter()
        .map(|i| all[i].clone())
        .collect();
    let row = value.downcast_object_ref::<values::Mapped>().is_some();
    Ok(if value.is_tuple() || row {
        tuple(picked)
    } else {
        List::value(picked)
    })
}

fn indices(length: usize, start: Option<i128>, stop: Option<i128>, step: i128) -> Vec<usize> {
    let length = i128::try_from(length).unwrap_or(0);
    let clamp = |i: i128, low: i128, high: i128| (if i < 0 { i + length } else { i }).clamp(low, high);
    let mut out = Vec::new();
    if step > 0 {
        let mut at = start.map_or(0, |i| clamp(i, 0, length));
        let end = stop.map_or(length, |i| clamp(i, 0, length));
        while at < end {
            out.extend(usize::try_from(at));
            at = at.saturating_add(step);
        }
    } else {
        let mut at = start.map_or(length - 1, |i| clamp(i, -1, length - 1));
        let end = stop.map_or(-1, |i| clamp(i, -1, length - 1));
        while at > end {
            out.extend(usize::try_from(at));
            at = at.saturating_add(step);
        }
    }
    out
}

/// Orders two values as Python's `<` does, or says that they cannot be ordered.
pub(crate) fn order(a: &Value, b: &Value) -> Result<Ordering, Error> {
    if let (Some(x), Some(y)) = (number(a), number(b)) {
        return Ok(x.compare(y).unwrap_or(Ordering::Equal));
    }
    if let (Some(x), Some(y)) = (a.as_str(), b.as_str()) {
        return Ok(x.cmp(y));
    }
    if a.kind() == ValueKind::Seq && b.kind() == ValueKind::Seq {
        let (x, y) = (items(a)?, items(b)?);
        for (left, right) in x.iter().zip(&y) {
            match order(left, right)? {
                Ordering::Equal => {}
                other => return Ok(other),
            }
        }
        return Ok(x.len().cmp(&y.len()));
    }
    if a.kind() == b.kind() && a.as_object().is_some() && a.kind() != ValueKind::Map {
        return Ok(a.cmp(b));
    }
    Err(error(format!(
        "'<' not supported between instances of '{}' and '{}'",
        type_name(a),
        type_name(b)
    )))
}

/// Sorts as Python does, stably; a pair that cannot be ordered is an error.
pub(crate) fn sort_by_key(values: &mut [(Value, Value)], reverse: bool) -> Result<(), Error> {
    let mut fault = None;
    values.sort_by(|a, b| {
        let ordering = order(&a.0, &b.0).unwrap_or_else(|e| {
            fault.get_or_insert(e);
            Ordering::Equal
        });
        if reverse { ordering.reverse() } else { ordering }
    });
    fault.map_or(Ok(()), Err)
}

/// Reads an integer literal of any length.
pub(crate) fn big_integer(value: &Value) -> Result<Value, Error> {
    let text = str_of(value);
    text.parse::<i128>()
        .map(int_value)
        .map_err(|_| error(format!("the integer {text} is too large")))
}

/// Says whether two values are equal as Python's `==` does: decimals equal numbers, inside of sequences as well.
pub(crate) fn equal(a: &Value, b: &Value) -> bool {
    equal_within(a, b, EQUAL_DEPTH_MAX)
}

fn equal_within(a: &Value, b: &Value, depth: usize) -> bool {
    if a.as_str().is_some() || b.as_str().is_some() || depth == 0 {
        return a == b;
    }
    if a.kind() == ValueKind::Plain || b.kind() == ValueKind::Plain {
        return match (number(a), number(b)) {
            (Some(x), Some(y)) => x.compare(y) == Some(Ordering::Equal),
            (None, None) => a == b,
            _ => false,
        };
    }
    if a.kind() == ValueKind::Seq && b.kind() == ValueKind::Seq && a.len() == b.len() {
        // A row is a sequence of its own kind and equals whichever holds the same.
        let row = |v: &Value| v.downcast_object_ref::<values::Mapped>().is_some();
        if a.is_tuple() != b.is_tuple() && !row(a) && !row(b) {
            return false;
        }
        return match (items(a), items(b)) {
            (Ok(x), Ok(y)) => x.iter().zip(&y).all(|(x, y)| equal_within(x, y, depth - 1)),
            _ => false,
        };
    }
    a == b
}

/// Says whether a container holds a value, as Python's `in` does.
pub(crate) fn contains(container: &Value, value: &Value) -> Result<bool, Error> {
    if let Some(text) = container.as_str() {
        return match value.as_str() {
            Some(part) => Ok(text.contains(part)),
            None if Absorbing::is(value) => Ok(false),
            None => Err(error(format!(
                "'in <string>' requires string as left operand, not {}",
                type_name(value)
            ))),
        };
    }
    if container.is_undefined() {
        return Ok(false);
    }
    if let Some(group) = container.downcast_object_ref::<Group>() {
        return Ok(value.as_str().is_some_and(|name| group.has(name)));
    }
    match container.kind() {
        ValueKind::None | ValueKind::Bool | ValueKind::Number => Err(error(format!(
            "argument of type '{}' is not iterable",
            type_name(container)
        ))),
        ValueKind::Iterable => Ok(container.try_iter()?.any(|x| equal(&x, value))),
        ValueKind::Seq => Ok(items(container)?.iter().any(|x| equal(x, value))),
        ValueKind::Map => Ok(container
            .as_object()
            .is_some_and(|map| map.get_value(value).is_some())),
        _ => Ok(false),
    }
}

/// The comparisons that templates write as signs or words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
}

/// Compares two values as Python does.
pub(crate) fn compare(comparison: Comparison, a: &Value, b: &Value) -> Result<bool, Error> {
    let wanted: fn(Ordering) -> bool = match comparison {
        Comparison::Equal => return Ok(equal(a, b)),
        Comparison::NotEqual => return Ok(!equal(a, b)),
        Comparison::In => return contains(b, a),
        Comparison::NotIn => return contains(b, a).map(|found| !found),
        Comparison::Less => Ordering::is_lt,
        Comparison::LessOrEqual => Ordering::is_le,
        Comparison::Greater => Ordering::is_gt,
        Comparison::GreaterOrEqual => Ordering::is_ge,
    };
    // While parsing, what is not known yet is in no order.
    if Absorbing::is(a) || Absorbing::is(b) {
        return Ok(false);
    }
    if let (Some(x), Some(y)) = (number(a), number(b)) {
        return Ok(x.compare(y).is_some_and(wanted));
    }
    order(a, b).map(wanted)
}
