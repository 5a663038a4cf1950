//! Filters that make or use numbers.

use minijinja::value::ValueKind;
use minijinja::{Error, Value};

use super::{Filter, all, attribute, int_or};
use crate::jinja::python::operators::{self, Operator};
use crate::jinja::python::{Number, error, int_value, number, type_name};

pub(super) fn find(name: &str) -> Option<Filter> {
    Some(match name {
        "abs" => |_, args| {
            let [value] = args.exactly("abs", ["value"])?;
            match number(&value) {
                Some(Number::Int(i)) => Ok(int_value(i.abs())),
                Some(Number::Float(f)) => Ok(Value::from(f.abs())),
                Some(Number::Decimal(d)) => Ok(d.abs().value()),
                None => Err(error(format!(
                    "bad operand type for abs(): '{}'",
                    type_name(&value)
                ))),
            }
        },
        "int" => |_, args| {
            let [value, default, base] = args.required("int", ["value", "default", "base"], 1)?;
            let default = default.unwrap_or_else(|| Value::from(0));
            Ok(to_int(&value.unwrap_or_default(), int_or(base.as_ref(), 10)).unwrap_or(default))
        },
        "float" => |_, args| {
            let [value, default] = args.required("float", ["value", "default"], 1)?;
            let default = default.unwrap_or_else(|| Value::from(0.0));
            let value = value.unwrap_or_default();
            Ok(match number(&value) {
                Some(n) => Value::from(n.float()),
                None => value.as_str().and_then(parse_float).map_or(default, Value::from),
            })
        },
        "round" => |_, args| {
            let [value, precision, method] = args.required("round", ["value", "precision", "method"], 1)?;
            let value = value.unwrap_or_default();
            let Some(n) = number(&value) else {
                return Err(error(format!(
                    "type {} doesn't define __round__ method",
                    type_name(&value)
                )));
            };
            let precision = i32::try_from(int_or(precision.as_ref(), 0)).unwrap_or(0);
            let method = method
                .and_then(|m| m.as_str().map(str::to_owned))
                .unwrap_or_else(|| "common".to_owned());
            round(n, precision, &method)
        },
        "sum" => |_, args| {
            let [value, by, start] = args.required("sum", ["iterable", "attribute", "start"], 1)?;
            let mut total = start.unwrap_or_else(|| Value::from(0));
            for item in all(value)? {
                let item = match by.as_ref().filter(|b| !b.is_none()) {
                    Some(by) => attribute(&item, by),
                    None => item,
                };
                total = operators::apply(Operator::Add, &total, &item)?;
            }
            Ok(total)
        },
        "filesizeformat" => |_, args| {
            let [value, binary] = args.required("filesizeformat", ["value", "binary"], 1)?;
            let value = value.unwrap_or_default();
            let n = number(&value)
                .map(Number::float)
                .or_else(|| value.as_str().and_then(parse_float))
                .unwrap_or(0.0);
            Ok(Value::from(file_size(n, binary.is_some_and(|b| b.is_true()))))
        },
        _ => return None,
    })
}

fn parse_float(text: &str) -> Option<f64> {
    let text = text.trim().replace('_', "");
    text.parse().ok()
}

fn to_int(value: &Value, base: i128) -> Option<Value> {
    match number(value) {
        Some(Number::Int(i)) => return Some(int_value(i)),
        #[expect(clippy::cast_possible_truncation, reason = "int() cuts the fraction off")]
        Some(Number::Float(f)) => return f.is_finite().then(|| int_value(f as i128)),
        Some(Number::Decimal(d)) => return d.truncated().map(int_value),
        None => {}
    }
    if value.kind() != ValueKind::String {
        return None;
    }
    let text = value.as_str()?.trim().replace('_', "");
    if base != 10 {
        let base = u32::try_from(base).ok()?;
        let lower = text.to_ascii_lowercase();
        let prefix = match base {
            16 => "0x",
            8 => "0o",
            2 => "0b",
            _ => "",
        };
        let digits = lower.strip_prefix(prefix).unwrap_or(&lower);
        if let Ok(i) = i128::from_str_radix(digits, base.clamp(2, 36)) {
            return Some(int_value(i));
        }
    }
    if let Ok(i) = text.parse::<i128>() {
        return Some(int_value(i));
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "int(float()) cuts the fraction off"
    )]
    parse_float(&text)
        .filter(|f| f.is_finite())
        .map(|f| int_value(f as i128))
}

fn round(n: Number, precision: i32, method: &str) -> Result<Value, Error> {
    let factor = 10f64.powi(precision);
    Ok(match (method, n) {
        ("common", Number::Int(i)) if precision >= 0 => int_value(i),
        ("common", Number::Decimal(d)) => d.round(precision)?.value(),
        ("common", n) => {
            let f = n.float();
            let rounded = if precision >= 0 {
                // Python rounds the decimal text of a float, half to even on exact ties.
                format!("{f:.*}", usize::try_from(precision).unwrap_or(0))
                    .parse()
                    .unwrap_or(f)
            } else {
                (f * factor).round_ties_even() / factor
            };
            match n {
                #[expect(clippy::cast_possible_truncation, reason = "an integer stays one")]
                Number::Int(_) => int_value(rounded as i128),
                Number::Float(_) | Number::Decimal(_) => Value::from(rounded),
            }
        }
        ("ceil" | "floor", Number::Decimal(d)) => {
            let whole = d.shifted(precision).whole(method == "ceil");
            let whole = whole.ok_or_else(|| error("an integer is too large"))?;
            operators::apply(Operator::Div, &int_value(whole), &power_of_ten(precision))?
        }
        ("ceil", n) => Value::from((n.float() * factor).ceil() / factor),
        ("floor", n) => Value::from((n.float() * factor).floor() / factor),
        _ => return Err(error("method must be common, ceil or floor")),
    })
}

/// `10 ** n`: an integer, or a float where the power is negative.
fn power_of_ten(n: i32) -> Value {
    match u32::try_from(n).ok().and_then(|n| 10i128.checked_pow(n)) {
        Some(power) => int_value(power),
        None => Value::from(10f64.powi(n)),
    }
}

fn file_size(bytes: f64, binary: bool) -> String {
    let base: f64 = if binary { 1024.0 } else { 1000.0 };
    if (bytes - 1.0).abs() < f64::EPSILON {
        return "1 Byte".to_owned();
    }
    if bytes < base {
        return format!("{bytes:.0} Bytes");
    }
    let names = if binary {
        ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"]
    } else {
        ["kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"]
    };
    let mut unit = base;
    for name in names {
        unit *= base;
        if bytes < unit {
            return format!("{:.1} {name}", base * bytes / unit);
        }
    }
    format!("{:.1} {}", base * bytes / unit, names[7])
}
