//! Functions of dbt and Jinja2 that stand on their own: logging, conversion, sets, hashes.

use std::collections::HashMap;
use std::sync::Arc;

use md5::{Digest, Md5};
use minijinja::value::{Object, Rest, ValueOrKwargs};
use minijinja::{Environment, Error, State, Value};

use super::Function;
use crate::diagnostic::{Code, Diagnostic};
use crate::events::Level;
use crate::jinja::args::Args;
use crate::jinja::errors::raise;
use crate::jinja::python::{self, Number, error, int_value, items, none, number, str_of, tuple};
use crate::jinja::render::{Root, return_value};
use crate::jinja::values::{Dict, Endless, List, PySet, View, from_json, from_yaml, pairs};
use crate::jinja::yaml_text;
use crate::yaml::exact;

const RANGE_MAX: i128 = 1_000_000;

pub(super) fn function(name: &str) -> Option<(&'static str, Function)> {
    Some(match name {
        "return" => ("return", return_),
        "log" => ("log", log),
        "print" => ("print", print),
        "fromjson" => ("fromjson", fromjson),
        "tojson" => ("tojson", tojson),
        "fromyaml" => ("fromyaml", fromyaml),
        "toyaml" => ("toyaml", toyaml),
        "set" => ("set", |_, _, args| set(args, "set")),
        "set_strict" => ("set_strict", |_, _, args| set(args, "set_strict")),
        "zip" => ("zip", |_, _, args| zip(args, false)),
        "zip_strict" => ("zip_strict", |_, _, args| zip(args, true)),
        "local_md5" => ("local_md5", local_md5),
        "diff_of_two_dicts" => ("diff_of_two_dicts", diff),
        "render" => ("render", render),
        "write" => ("write", write),
        "try_or_compiler_error" => ("try_or_compiler_error", try_or),
        "adapter_macro" => ("adapter_macro", |_, _, args| {
            let name = args.positional.first().map(str_of).unwrap_or_default();
            Err(raise(
                Diagnostic::error(
                    Code::JINJA_CALL,
                    format!("`adapter_macro('{name}')` is not part of dbt any more"),
                )
                .hint("Use `adapter.dispatch`, and call what it gives."),
            ))
        }),
        "undefined_error" => ("undefined_error", |_, _, args| {
            let [message] = args.exactly("undefined_error", ["msg"])?;
            Err(raise(Diagnostic::error(Code::JINJA_UNDEFINED, str_of(&message))))
        }),
        _ => return None,
    })
}

fn return_(_root: &Arc<Root>, state: &mut State, args: Args) -> Result<Value, Error> {
    let [value] = args.optional("return", ["data"])?;
    Err(return_value(state, value.unwrap_or_else(none)))
}

fn log(root: &Arc<Root>, _state: &mut State, args: Args) -> Result<Value, Error> {
    let [message, info] = args.required("log", ["msg", "info"], 1)?;
    let level = if info.is_some_and(|i| i.is_true()) {
        Level::Info
    } else {
        Level::Debug
    };
    root.host.log(level, &str_of(&message.unwrap_or_default()));
    Ok(Value::from(""))
}

fn print(root: &Arc<Root>, _state: &mut State, args: Args) -> Result<Value, Error> {
    let [message] = args.exactly("print", ["msg"])?;
    root.host.print(&str_of(&message));
    Ok(Value::from(""))
}

fn fromjson(_root: &Arc<Root>, _state: &mut State, args: Args) -> Result<Value, Error> {
    let [text, default] = args.required("fromjson", ["string", "default"], 1)?;
    let text = text.unwrap_or_default();
    let Some(text) = text.as_str() else {
        return Err(error(format!(
            "the JSON object must be str, not {}",
            python::type_name(&text)
        )));
    };
    let exact = exact::mark(text).map_err(beyond_128_bits)?;
    Ok(match serde_json::from_str(&exact) {
        Ok(json) => from_json(&json),
        Err(_) => default.unwrap_or_else(none),
    })
}

fn tojson(_root: &Arc<Root>, _state: &mut State, args: Args) -> Result<Value, Error> {
    let [value, default, sort_keys] = args.required("tojson", ["value", "default", "sort_keys"], 1)?;
    let _ = default;
    let value = value.unwrap_or_default();
    python::format::json(&value, sort_keys.is_some_and(|s| s.is_true()), None).map(Value::from)
}

fn fromyaml(_root: &Arc<Root>, _state: &mut State, args: Args) -> Result<Value, Error> {
    let [text, default] = args.required("fromyaml", ["value", "default"], 1)?;
    Ok(
        match crate::yaml::parse_text("<fromyaml>", &str_of(&text.unwrap_or_default())) {
            Ok(document) => {
                from_yaml(&document.root).map_err(|number| beyond_128_bits(&number.key_text()))?
            }
            Err(_) => default.unwrap_or_else(none),
        },
    )
}

fn beyond_128_bits(number: &str) -> Error {
    error(format!("the whole number {number} does not fit into 128 bits"))
}

fn toyaml(_root: &Arc<Root>, _state: &mut State, args: Args) -> Result<Value, Error> {
    let [value, _, sort_keys] = args.required("toyaml", ["value", "default", "sort_keys"], 1)?;
    let sort = sort_keys.is_some_and(|s| s.is_true());
    Ok(Value::from(yaml_text::dump(&value.unwrap_or_default(), sort)))
}

fn set(args: Args, name: &str) -> Result<Value, Error> {
    let [value, default] = args.required(name, ["value", "default"], 1)?;
    match items(&value.unwrap_or_default()) {
        Ok(items) => Ok(PySet::value(items)),
        Err(failure) if name == "set_strict" => Err(failure),
        Err(_) => Ok(default.unwrap_or_else(none)),
    }
}

fn zip(args: Args, strict: bool) -> Result<Value, Error> {
    let default = args
        .named
        .into_iter()
        .find(|(n, _)| n == "default")
        .map(|(_, v)| v);
    let endless = args.positional.iter().any(|list| Endless::of(list).is_some());
    let shortest = args
        .positional
        .iter()
        .filter(|list| Endless::of(list).is_none())
        .filter_map(Value::len)
        .min();
    let read = |list: &Value| match (Endless::of(list), shortest) {
        // As many as the shortest list has: an endless one is read no further.
        (Some(endless), Some(count)) => Ok(endless.take(count)),
        _ => items(list),
    };
    let lists = args.positional.iter().map(read).collect::<Result<Vec<_>, _>>();
    let lists = match lists {
        Ok(lists) => lists,
        Err(failure) if strict || endless => return Err(failure),
        Err(_) => return Ok(default.unwrap_or_else(none)),
    };
    let length = lists.iter().map(Vec::len).min().unwrap_or(0);
    let rows = (0..length).map(|i| tuple(lists.iter().map(|l| l[i].clone()).collect()));
    Ok(View::value("zip", rows.collect()))
}

fn local_md5(_root: &Arc<Root>, _state: &mut State, args: Args) -> Result<Value, Error> {
    let [value] = args.exactly("local_md5", ["value"])?;
    let digest = Md5::digest(str_of(&value).as_bytes());
    Ok(Value::from(
        digest.iter().map(|b| format!("{b:02x}")).collect::<String>(),
    ))
}

fn diff(_root: &Arc<Root>, _state: &mut State, args: Args) -> Result<Value, Error> {
    let [a, b] = args.exactly("diff_of_two_dicts", ["dict_a", "dict_b"])?;
    let lower = |v: &Value| str_of(v).to_lowercase();
    let mut other: HashMap<String, Vec<String>> = HashMap::new();
    for (key, values) in pairs(&b)? {
        other.insert(lower(&key), items(&values)?.iter().map(lower).collect());
    }
    let mut out = Vec::new();
    for (key, values) in pairs(&a)? {
        match other.get(&lower(&key)) {
            None => out.push((key, values)),
            Some(known) => {
                let left: Vec<Value> = items(&values)?
                    .into_iter()
                    .filter(|v| !known.contains(&lower(v)))
                    .collect();
                if !left.is_empty() {
                    out.push((key, List::value(left)));
                }
            }
        }
    }
    Ok(Dict::of(out))
}

fn render(root: &Arc<Root>, _state: &mut State, args: Args) -> Result<Value, Error> {
    let [text] = args.exactly("render", ["string"])?;
    root.render_text(&str_of(&text)).map(Value::from)
}

fn write(root: &Arc<Root>, _state: &mut State, args: Args) -> Result<Value, Error> {
    let [payload] = args.exactly("write", ["payload"])?;
    root.host.write(&str_of(&payload));
    Ok(Value::from(""))
}

fn try_or(_root: &Arc<Root>, state: &mut State, mut args: Args) -> Result<Value, Error> {
    if args.positional.len() < 2 {
        return Err(error("try_or_compiler_error() needs a message and a function"));
    }
    let message = str_of(&args.positional.remove(0));
    let function = args.positional.remove(0);
    let mut values = args.positional;
    if !args.named.is_empty() {
        values.push(Value::from(minijinja::value::Kwargs::from_iter(args.named)));
    }
    function
        .call(state, &values)
        .map_err(|_| raise(Diagnostic::error(Code::JINJA_RAISED, message)))
}

/// Registers Jinja2's own global functions.
pub(super) fn register(env: &mut Environment<'static>) {
    env.remove_global("debug");
    env.add_function("range", |args: Rest<ValueOrKwargs>| range(&args.into_values()));
    env.add_global("dict", Value::from_object(DictClass));
    env.add_function(
        "namespace",
        |values: Rest<ValueOrKwargs>| -> Result<Value, Error> {
            // As `dict`: mappings and keywords together.
            let args = Args::new(&values.into_values())?;
            let mut given = Vec::new();
            for value in &args.positional {
                given.extend(pairs(value)?);
            }
            given.extend(args.named.into_iter().map(|(k, v)| (Value::from(k), v)));
            let given: std::collections::BTreeMap<Value, Value> = given.into_iter().collect();
            minijinja::functions::namespace(Some(ValueOrKwargs::from(Value::from(given))))
        },
    );
    env.add_function("joiner", |separator: Option<Value>| {
        let separator = separator.unwrap_or_else(|| Value::from(", "));
        Value::from_object(Turns::new(vec![Value::from(""), separator], true))
    });
    env.add_function("cycler", |items: Rest<Value>| {
        Value::from_object(Turns::new(items.to_vec(), false))
    });
}

/// The class `dict`: makes dictionaries.
#[derive(Debug)]
struct DictClass;

impl Object for DictClass {
    fn repr(self: &Arc<Self>) -> minijinja::value::ObjectRepr {
        minijinja::value::ObjectRepr::Plain
    }

    fn call(self: &Arc<Self>, _state: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        let args = Args::new(args)?;
        let mut out = indexmap::IndexMap::new();
        for given in &args.positional {
            out.extend(pairs(given)?);
        }
        out.extend(args.named.into_iter().map(|(k, v)| (Value::from(k), v)));
        Ok(Dict::value(out))
    }

    fn call_method(
        self: &Arc<Self>,
        state: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        Dict::of::<&str>([]).call_method(state, method, args)
    }

    fn render(self: &Arc<Self>, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("<class 'dict'>")
    }
}

/// `cycler` and `joiner`: values given in turn; a joiner stays at its last.
#[derive(Debug)]
struct Turns {
    items: Vec<Value>,
    at: std::sync::atomic::AtomicUsize,
    stays: bool,
}

impl Turns {
    fn new(items: Vec<Value>, stays: bool) -> Self {
        Self {
            items,
            at: std::sync::atomic::AtomicUsize::new(0),
            stays,
        }
    }

    fn current(&self) -> usize {
        self.at.load(std::sync::atomic::Ordering::Relaxed)
    }

    fn next(&self) -> Value {
        let at = self.current();
        let after = if self.stays {
            (at + 1).min(self.items.len() - 1)
        } else {
            (at + 1) % self.items.len().max(1)
        };
        self.at.store(after, std::sync::atomic::Ordering::Relaxed);
        self.items.get(at).cloned().unwrap_or_default()
    }
}

impl Object for Turns {
    fn repr(self: &Arc<Self>) -> minijinja::value::ObjectRepr {
        minijinja::value::ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        (key.as_str() == Some("current")).then(|| self.items.get(self.current()).cloned().unwrap_or_default())
    }

    fn call(self: &Arc<Self>, _state: &mut State<'_, '_>, _args: &[Value]) -> Result<Value, Error> {
        Ok(self.next())
    }

    fn call_method(
        self: &Arc<Self>,
        _state: &mut State<'_, '_>,
        method: &str,
        _args: &[Value],
    ) -> Result<Value, Error> {
        match method {
            "next" => Ok(self.next()),
            "reset" => {
                self.at.store(0, std::sync::atomic::Ordering::Relaxed);
                Ok(none())
            }
            _ => Err(Error::from(minijinja::ErrorKind::UnknownMethod)),
        }
    }
}

fn range(args: &[Value]) -> Result<Value, Error> {
    let part = |v: &Value| match number(v) {
        Some(Number::Int(i)) => Ok(i),
        _ => Err(error(format!(
            "'{}' object cannot be interpreted as an integer",
            python::type_name(v)
        ))),
    };
    let parts = args.iter().map(part).collect::<Result<Vec<_>, _>>()?;
    let (start, stop, step) = match parts.as_slice() {
        [stop] => (0, *stop, 1),
        [start, stop] => (*start, *stop, 1),
        [start, stop, step] => (*start, *stop, *step),
        _ => return Err(error("range takes one to three arguments")),
    };
    if step == 0 {
        return Err(error("range() arg 3 must not be zero"));
    }
    let count = ((stop - start + if step > 0 { step - 1 } else { step + 1 }) / step).max(0);
    if count > RANGE_MAX {
        return Err(error(format!("a range may have up to {RANGE_MAX} items")));
    }
    Ok(Value::from_object(Range { start, step, count }))
}

/// A range: a sequence that prints as Python's.
#[derive(Debug)]
pub(crate) struct Range {
    start: i128,
    step: i128,
    count: i128,
}

impl Object for Range {
    fn repr(self: &Arc<Self>) -> minijinja::value::ObjectRepr {
        minijinja::value::ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let Some(Number::Int(i)) = number(key) else {
            return None;
        };
        (0..self.count)
            .contains(&i)
            .then(|| int_value(self.start + i * self.step))
    }

    fn enumerate(self: &Arc<Self>) -> minijinja::value::Enumerator {
        minijinja::value::Enumerator::Seq(usize::try_from(self.count).unwrap_or(0))
    }

    fn render(self: &Arc<Self>, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let stop = self.start + self.count * self.step;
        match self.step {
            1 => write!(f, "range({}, {stop})", self.start),
            step => write!(f, "range({}, {stop}, {step})", self.start),
        }
    }
}
