//! Python's string methods, and the few of tuples and numbers.

use minijinja::value::ValueKind;
use minijinja::{Error, ErrorKind, State, Value};

use super::{Number, error, int_value, items, none, number, repr_of, str_of, tuple, type_name};
use crate::jinja::args::Args;
use crate::jinja::values::List;

/// Answers methods that minijinja does not know.
pub(crate) fn method(state: &mut State, value: &Value, name: &str, args: &[Value]) -> Result<Value, Error> {
    if value.is_safe()
        && let Some(result) = super::markup::method(state, value, name, args)
    {
        return result;
    }
    let args = Args::new(args)?;
    if value.kind() == ValueKind::Bytes
        && let Some(bytes) = value.as_bytes()
    {
        return super::bytes::method(bytes, name, args);
    }
    if let Some(text) = value.as_str() {
        return string(text, name, args);
    }
    if value.is_undefined() {
        return Err(Error::from(ErrorKind::UndefinedError));
    }
    match (value.kind(), name) {
        (ValueKind::Seq, "index" | "count") => {
            let [wanted] = args.exactly(name, ["value"])?;
            let all = items(value)?;
            if name == "count" {
                return Ok(Value::from(all.iter().filter(|x| **x == wanted).count()));
            }
            all.iter()
                .position(|x| *x == wanted)
                .map(Value::from)
                .ok_or_else(|| error(format!("{} is not in the sequence", repr_of(&wanted))))
        }
        (ValueKind::Number, "is_integer") => Ok(Value::from(match number(value) {
            Some(Number::Float(f)) => f.fract() == 0.0,
            _ => true,
        })),
        (ValueKind::Number | ValueKind::Bool, "bit_length") => match number(value) {
            Some(Number::Int(i)) => Ok(Value::from(128 - i.unsigned_abs().leading_zeros())),
            _ => Err(Error::from(ErrorKind::UnknownMethod)),
        },
        (ValueKind::Map, "items" | "keys" | "values" | "get") => map_method(value, name, args),
        _ => Err(Error::new(
            ErrorKind::UnknownMethod,
            format!("'{}' object has no attribute '{name}'", type_name(value)),
        )),
    }
}

/// Methods of maps that are not our own dictionaries.
fn map_method(value: &Value, name: &str, args: Args) -> Result<Value, Error> {
    let all = crate::jinja::values::pairs(value)?;
    Ok(match name {
        "items" => List::value(all.into_iter().map(|(k, v)| tuple(vec![k, v])).collect()),
        "keys" => List::value(all.into_iter().map(|(k, _)| k).collect()),
        "values" => List::value(all.into_iter().map(|(_, v)| v).collect()),
        _ => {
            let [key, default] = args.required("get", ["key", "default"], 1)?;
            let key = key.unwrap_or_default();
            let found = all.into_iter().find(|(k, _)| *k == key).map(|(_, v)| v);
            found.or(default).unwrap_or_else(none)
        }
    })
}

fn given(value: Option<Value>) -> Option<Value> {
    value.filter(|v| !v.is_none() && !v.is_undefined())
}

fn integer(value: Option<&Value>) -> Option<i128> {
    match number(value?)? {
        Number::Int(i) => Some(i),
        Number::Float(_) | Number::Decimal(_) => None,
    }
}

fn strings(texts: impl IntoIterator<Item = impl AsRef<str>>) -> Value {
    List::value(texts.into_iter().map(|t| Value::from(t.as_ref())).collect())
}

#[expect(clippy::too_many_lines, reason = "one arm a method of Python's str")]
fn string(text: &str, name: &str, args: Args) -> Result<Value, Error> {
    let is = |test: fn(char) -> bool| Value::from(!text.is_empty() && text.chars().all(test));
    Ok(match name {
        "lower" => Value::from(text.to_lowercase()),
        "upper" => Value::from(text.to_uppercase()),
        "casefold" => Value::from(text.to_lowercase().replace('ß', "ss")),
        "title" => Value::from(title(text)),
        "capitalize" => Value::from(capitalize(text)),
        "swapcase" => Value::from(swapcase(text)),
        "strip" | "lstrip" | "rstrip" => {
            let [chars] = args.optional(name, ["chars"])?;
            let chars = given(chars).map(|c| str_of(&c));
            let drop = |c: char| chars.as_ref().map_or(c.is_whitespace(), |set| set.contains(c));
            Value::from(match name {
                "strip" => text.trim_matches(drop),
                "lstrip" => text.trim_start_matches(drop),
                _ => text.trim_end_matches(drop),
            })
        }
        "split" | "rsplit" => {
            let [sep, limit] = args.optional(name, ["sep", "maxsplit"])?;
            let limit = integer(limit.as_ref()).and_then(|l| usize::try_from(l).ok());
            split(
                text,
                given(sep).map(|s| str_of(&s)).as_deref(),
                limit,
                name == "rsplit",
            )?
        }
        "splitlines" => {
            let [keep] = args.optional(name, ["keepends"])?;
            splitlines(text, keep.is_some_and(|k| k.is_true()))
        }
        "partition" | "rpartition" => {
            let [sep] = args.exactly(name, ["sep"])?;
            let sep = str_of(&sep);
            let found = if name == "partition" {
                text.split_once(&*sep)
            } else {
                text.rsplit_once(&*sep)
            };
            let parts = match (found, name) {
                (Some((a, b)), _) => [a, &*sep, b],
                (None, "partition") => [text, "", ""],
                (None, _) => ["", "", text],
            };
            tuple(parts.iter().map(|p| Value::from(*p)).collect())
        }
        "join" => {
            let [list] = args.exactly(name, ["iterable"])?;
            let mut parts = Vec::new();
            for (i, item) in items(&list)?.iter().enumerate() {
                let Some(part) = item.as_str() else {
                    return Err(error(format!(
                        "sequence item {i}: expected str instance, {} found",
                        type_name(item)
                    )));
                };
                parts.push(part.to_owned());
            }
            Value::from(parts.join(text))
        }
        "replace" => {
            let [old, new, count] = args.required(name, ["old", "new", "count"], 2)?;
            let (old, new) = (str_of(&old.unwrap_or_default()), str_of(&new.unwrap_or_default()));
            match integer(count.as_ref()).and_then(|c| usize::try_from(c).ok()) {
                Some(count) => Value::from(text.replacen(&old, &new, count)),
                None => Value::from(text.replace(&old, &new)),
            }
        }
        "startswith" | "endswith" => {
            let [prefix, start, end] = args.required(name, ["prefix", "start", "end"], 1)?;
            let part = part_of(text, start.as_ref(), end.as_ref());
            let prefix = prefix.unwrap_or_default();
            let all = if prefix.as_str().is_some() {
                vec![prefix]
            } else {
                items(&prefix)?
            };
            let fits = |p: &Value| {
                let p = str_of(p);
                if name == "startswith" {
                    part.starts_with(&*p)
                } else {
                    part.ends_with(&*p)
                }
            };
            Value::from(all.iter().any(fits))
        }
        "find" | "rfind" | "index" | "rindex" => {
            let [sub, start, end] = args.required(name, ["sub", "start", "end"], 1)?;
            let sub = str_of(&sub.unwrap_or_default());
            let part = part_of(text, start.as_ref(), end.as_ref());
            let shift = integer(start.as_ref())
                .map_or(0, |s| if s < 0 { s + length(text) } else { s })
                .max(0);
            let found = if name.starts_with('r') {
                part.rfind(&*sub)
            } else {
                part.find(&*sub)
            };
            match found {
                Some(at) => int_value(shift + length(&part[..at])),
                None if name.ends_with("find") => Value::from(-1),
                None => return Err(error("substring not found")),
            }
        }
        "count" => {
            let [sub, start, end] = args.required(name, ["sub", "start", "end"], 1)?;
            let part = part_of(text, start.as_ref(), end.as_ref());
            Value::from(part.matches(&*str_of(&sub.unwrap_or_default())).count())
        }
        "format" => return super::format::format(text, &args.positional, &args.named),
        "format_map" => {
            let [map] = args.exactly(name, ["mapping"])?;
            let named: Vec<(String, Value)> = crate::jinja::values::pairs(&map)?
                .into_iter()
                .map(|(k, v)| (str_of(&k), v))
                .collect();
            return super::format::format(text, &[], &named);
        }
        "ljust" | "rjust" | "center" => {
            let [width, fill] = args.required(name, ["width", "fillchar"], 1)?;
            let fill = given(fill).map_or_else(|| " ".to_owned(), |f| str_of(&f));
            Value::from(justify(text, integer(width.as_ref()).unwrap_or(0), &fill, name))
        }
        "zfill" => {
            let [width] = args.exactly(name, ["width"])?;
            let missing = usize::try_from(integer(Some(&width)).unwrap_or(0) - length(text)).unwrap_or(0);
            let (sign, digits) = match text.strip_prefix(['-', '+']) {
                Some(rest) => (&text[..1], rest),
                None => ("", text),
            };
            Value::from(format!("{sign}{}{digits}", "0".repeat(missing)))
        }
        "expandtabs" => {
            let [size] = args.optional(name, ["tabsize"])?;
            Value::from(expand_tabs(text, integer(size.as_ref()).unwrap_or(8)))
        }
        "removeprefix" | "removesuffix" => {
            let [affix] = args.exactly(name, ["affix"])?;
            let affix = str_of(&affix);
            let cut = if name == "removeprefix" {
                text.strip_prefix(&*affix)
            } else {
                text.strip_suffix(&*affix)
            };
            Value::from(cut.unwrap_or(text))
        }
        "isdigit" | "isdecimal" => is(|c| c.is_ascii_digit()),
        "isnumeric" => is(char::is_numeric),
        "isalpha" => is(char::is_alphabetic),
        "isalnum" => is(char::is_alphanumeric),
        "isspace" => is(char::is_whitespace),
        "isascii" => Value::from(text.is_ascii()),
        "isprintable" => Value::from(text.chars().all(|c| !c.is_control())),
        "isupper" => {
            Value::from(text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase))
        }
        "islower" => {
            Value::from(text.chars().any(char::is_lowercase) && !text.chars().any(char::is_uppercase))
        }
        "istitle" => Value::from(text.chars().any(char::is_alphabetic) && title(text) == text),
        "isidentifier" => Value::from(
            text.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_')
                && text.chars().all(|c| c.is_alphanumeric() || c == '_'),
        ),
        "encode" => return super::bytes::encode(text, args),
        "translate" => {
            let [table] = args.exactly(name, ["table"])?;
            return super::translate::apply(text, &table);
        }
        "maketrans" => return super::translate::make_table(args),
        "__len__" => int_value(length(text)),
        _ => {
            return Err(Error::new(
                ErrorKind::UnknownMethod,
                format!("'str' object has no attribute '{name}'"),
            ));
        }
    })
}

fn length(text: &str) -> i128 {
    i128::try_from(text.chars().count()).unwrap_or(0)
}

fn part_of(text: &str, start: Option<&Value>, end: Option<&Value>) -> String {
    let none = none();
    let (start, end) = (start.unwrap_or(&none), end.unwrap_or(&none));
    super::operators::slice(&Value::from(text), start, end, &none)
        .map(|v| str_of(&v))
        .unwrap_or_default()
}

/// `str.title`: each run of letters begins in upper case.
pub(crate) fn title(text: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in text.chars() {
        if inside {
            out.extend(c.to_lowercase());
        } else {
            out.extend(c.to_uppercase());
        }
        inside = c.is_alphabetic();
    }
    out
}

pub(crate) fn capitalize(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first
            .to_uppercase()
            .chain(chars.as_str().to_lowercase().chars())
            .collect(),
        None => String::new(),
    }
}

fn swapcase(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_uppercase() {
            out.extend(c.to_lowercase());
        } else {
            out.extend(c.to_uppercase());
        }
    }
    out
}

fn split(text: &str, sep: Option<&str>, limit: Option<usize>, right: bool) -> Result<Value, Error> {
    let Some(sep) = sep else {
        return Ok(split_space(text, limit, right));
    };
    if sep.is_empty() {
        return Err(error("empty separator"));
    }
    let limit = limit.unwrap_or(usize::MAX).saturating_add(1);
    if right {
        let mut parts: Vec<&str> = text.rsplitn(limit, sep).collect();
        parts.reverse();
        return Ok(strings(parts));
    }
    Ok(strings(text.splitn(limit, sep)))
}

fn split_space(text: &str, limit: Option<usize>, right: bool) -> Value {
    let Some(limit) = limit else {
        return strings(text.split_whitespace());
    };
    let mut parts = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        if parts.len() == limit {
            parts.push(rest);
            break;
        }
        let cut = if right {
            rest.rfind(char::is_whitespace)
        } else {
            rest.find(char::is_whitespace)
        };
        let (part, left) = match cut {
            Some(at) if right => (rest[at..].trim_start(), rest[..at].trim_end()),
            Some(at) => (&rest[..at], rest[at..].trim_start()),
            None => (rest, ""),
        };
        parts.push(part);
        rest = left;
    }
    if right {
        parts.reverse();
    }
    strings(parts)
}

fn splitlines(text: &str, keep: bool) -> Value {
    let mut out = Vec::new();
    for line in text.split_inclusive('\n') {
        let bare = line.strip_suffix('\n').unwrap_or(line);
        let bare = bare.strip_suffix('\r').unwrap_or(bare);
        out.push(if keep { line } else { bare });
    }
    strings(out)
}

fn expand_tabs(text: &str, size: i128) -> String {
    let size = usize::try_from(size).unwrap_or(0);
    let mut out = String::new();
    let mut column = 0;
    for c in text.chars() {
        match c {
            '\t' if size > 0 => {
                let n = size - column % size;
                out.push_str(&" ".repeat(n));
                column += n;
            }
            '\t' => {}
            c => {
                column = if c == '\n' { 0 } else { column + 1 };
                out.push(c);
            }
        }
    }
    out
}

fn justify(text: &str, width: i128, fill: &str, side: &str) -> String {
    let missing = usize::try_from((width - length(text)).min(100_000)).unwrap_or(0);
    match side {
        "ljust" => format!("{text}{}", fill.repeat(missing)),
        "rjust" => format!("{}{text}", fill.repeat(missing)),
        _ => {
            // Python puts the odd one to the left where the width is odd.
            let left = missing / 2 + (missing & usize::try_from(width).unwrap_or(0) & 1);
            format!("{}{text}{}", fill.repeat(left), fill.repeat(missing - left))
        }
    }
}
