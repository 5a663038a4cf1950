//! Jinja2's filters, and the few that dbt adds.

mod links;
mod numbers;
mod sequences;
mod text;

use minijinja::value::{Rest, ValueOrKwargs};
use minijinja::{Environment, Error, State, Value};

use super::args::Args;
use super::python::{Number, items, number, str_of};

pub(crate) type Filter = fn(&mut State, Args) -> Result<Value, Error>;

/// All names, for "did you mean".
pub(crate) const NAMES: &[&str] = &[
    "abs",
    "as_bool",
    "as_native",
    "as_number",
    "as_text",
    "attr",
    "batch",
    "capitalize",
    "center",
    "count",
    "d",
    "default",
    "dictsort",
    "e",
    "escape",
    "filesizeformat",
    "first",
    "float",
    "forceescape",
    "format",
    "groupby",
    "indent",
    "int",
    "is_list",
    "items",
    "join",
    "last",
    "length",
    "list",
    "lower",
    "map",
    "max",
    "min",
    "pprint",
    "random",
    "reject",
    "rejectattr",
    "replace",
    "reverse",
    "round",
    "safe",
    "select",
    "selectattr",
    "slice",
    "sort",
    "string",
    "striptags",
    "sum",
    "title",
    "tojson",
    "trim",
    "truncate",
    "unique",
    "upper",
    "urlencode",
    "urlize",
    "wordcount",
    "wordwrap",
    "xmlattr",
];

pub(crate) fn register(env: &mut Environment<'static>) {
    for name in NAMES {
        let Some(filter) = find(name) else { continue };
        env.add_filter(
            *name,
            move |state: &mut State, args: Rest<ValueOrKwargs>| -> Result<Value, Error> {
                filter(state, Args::new(&args.into_values())?)
            },
        );
    }
}

fn find(name: &str) -> Option<Filter> {
    text::find(name)
        .or_else(|| sequences::find(name))
        .or_else(|| numbers::find(name))
}

/// Runs a filter by name, for `map`.
pub(crate) fn run(state: &mut State, name: &str, value: Value, mut args: Args) -> Result<Value, Error> {
    let Some(filter) = find(name) else {
        return Err(Error::new(
            minijinja::ErrorKind::UnknownFilter,
            format!("filter {name} is unknown"),
        ));
    };
    args.positional.insert(0, value);
    filter(state, args)
}

/// Returns a value's attribute by a path such as `a.b.0`; undefined where it is not there.
pub(crate) fn attribute(value: &Value, path: &Value) -> Value {
    if let Some(Number::Int(_)) = number(path) {
        return value.get_item(path).unwrap_or_default();
    }
    let mut found = value.clone();
    for part in str_of(path).split('.') {
        let key = part
            .parse::<u64>()
            .map_or_else(|_| Value::from(part), Value::from);
        found = found.get_item(&key).unwrap_or_default();
    }
    found
}

/// Returns an integer argument, or a default.
pub(crate) fn int_or(value: Option<&Value>, otherwise: i128) -> i128 {
    match value.and_then(number) {
        Some(Number::Int(i)) => i,
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a filter's size is cut to an integer"
        )]
        Some(Number::Float(f)) => f as i128,
        Some(Number::Decimal(d)) => d.truncated().unwrap_or(otherwise),
        None => otherwise,
    }
}

/// Returns the items of what a filter is applied to.
pub(crate) fn all(value: Option<Value>) -> Result<Vec<Value>, Error> {
    items(&value.unwrap_or_default())
}
