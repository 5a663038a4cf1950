//! Text that is marked as safe for HTML, as markupsafe has it: what is joined to it is escaped.

use minijinja::value::ValueKind;
use minijinja::{Error, State, Value};

use super::{items, str_of, strings, tuple};
use crate::jinja::args::Args;
use crate::jinja::values::{Dict, List, pairs};

/// Marks a text as safe.
pub(crate) fn safe(text: impl Into<String>) -> Value {
    Value::from_safe_string(text.into())
}

/// Gives a text the mark that another value has.
pub(crate) fn like(value: &Value, text: String) -> Value {
    if value.is_safe() {
        safe(text)
    } else {
        Value::from(text)
    }
}

/// Escapes a value's text, where it is not safe already.
pub(crate) fn escape(value: &Value) -> String {
    if value.is_safe() {
        str_of(value)
    } else {
        escape_text(&str_of(value))
    }
}

pub(crate) fn escape_text(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('>', "&gt;")
        .replace('<', "&lt;")
        .replace('\'', "&#39;")
        .replace('"', "&#34;")
}

/// Escapes what a format takes: texts, and texts within containers.
pub(crate) fn escape_arguments(value: &Value) -> Value {
    match value.kind() {
        ValueKind::String => Value::from(escape(value)),
        ValueKind::Seq if value.is_tuple() => match items(value) {
            Ok(all) => tuple(all.iter().map(escape_arguments).collect()),
            Err(_) => value.clone(),
        },
        ValueKind::Map => match pairs(value) {
            Ok(all) => Dict::of(all.iter().map(|(k, v)| (k.clone(), escape_arguments(v)))),
            Err(_) => value.clone(),
        },
        _ => value.clone(),
    }
}

/// Runs a method of safe text; none where it is one that gives no text.
pub(crate) fn method(
    state: &mut State,
    value: &Value,
    name: &str,
    args: &[Value],
) -> Option<Result<Value, Error>> {
    let escaped = |from: usize| -> Vec<Value> {
        let escape_one = |(i, v): (usize, &Value)| if i >= from { escape_arguments(v) } else { v.clone() };
        args.iter().enumerate().map(escape_one).collect()
    };
    let args = match name {
        "join" => match Args::new(args).and_then(|a| a.exactly("join", ["iterable"])) {
            Ok([list]) => match items(&list) {
                Ok(all) => vec![List::value(all.iter().map(|v| Value::from(escape(v))).collect())],
                Err(failure) => return Some(Err(failure)),
            },
            Err(failure) => return Some(Err(failure)),
        },
        "replace" | "ljust" | "rjust" | "center" => escaped(1),
        "format" | "format_map" => escaped(0),
        "capitalize" | "title" | "lower" | "upper" | "lstrip" | "rstrip" | "strip" | "translate"
        | "expandtabs" | "swapcase" | "zfill" | "casefold" | "removeprefix" | "removesuffix" | "split"
        | "rsplit" | "splitlines" | "partition" | "rpartition" => args.to_vec(),
        "unescape" => {
            let text = str_of(value);
            let plain = text
                .replace("&#34;", "\"")
                .replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&");
            return Some(Ok(Value::from(plain)));
        }
        _ => return None,
    };
    let plain = Value::from(str_of(value));
    Some(strings::method(state, &plain, name, &args).map(mark))
}

/// Marks a text, or the texts of a list.
fn mark(value: Value) -> Value {
    if let Some(text) = value.as_str() {
        return safe(text);
    }
    match items(&value) {
        Ok(all) if value.is_tuple() => tuple(all.into_iter().map(mark).collect()),
        Ok(all) => List::value(all.into_iter().map(mark).collect()),
        Err(_) => value,
    }
}
