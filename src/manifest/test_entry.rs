//! The entry of a generic test, taken apart: which test it calls, with what, how it is configured.

use serde_json::{Map, Value as Json};

use super::generic_tests::CONFIG_KEYS;
use crate::diagnostic::{Code, Result};
use crate::yaml::{Document, Fields, Node, Shape, Value, misfits};

/// What a test's entry says.
pub(super) struct Said {
    pub namespace: Option<String>,
    pub name: String,
    pub custom_name: Option<String>,
    /// Arguments in dbt's order, without `model`.
    pub args: Map<String, Json>,
    /// The configuration, dbt's keys first.
    pub config: Map<String, Json>,
    pub description: String,
}

/// The keys beside a test's arguments.
const SHAPE: Shape = Shape::Fields(&Fields {
    what: "a test",
    required: &[],
    known: &[&[
        ("name", Shape::Text),
        ("description", Shape::Text),
        ("config", Shape::Mapping),
    ]],
    open: true,
});

/// Takes an entry apart. `column` is the name of the column that it stands at; with `nests` arguments stand under
/// `arguments`.
///
/// # Errors
/// `N0211` for the first thing that dbt would refuse, at its place.
pub(super) fn take_apart(
    document: &Document,
    test: &Node,
    column: Option<&str>,
    nests: bool,
) -> Result<Said> {
    let (full, given) = called(document, test)?;
    if let Some(given) = given {
        check(document, &full, given, nests)?;
    }
    let (namespace, name) = match full.split_once('.') {
        Some((namespace, name)) => (Some(namespace.to_owned()), name.to_owned()),
        None => (None, full),
    };
    let mut values = given.map(object).unwrap_or_default();
    values.shift_remove("test_name");
    let nested = match values.get("arguments") {
        Some(_) if nests => values.shift_remove("arguments"),
        _ => None,
    };
    if let Some(column) = column {
        values.insert("column_name".into(), column.into());
    }
    if let Some(Json::Object(nested)) = nested {
        values.extend(nested);
    }
    let mut within = match values.shift_remove("config") {
        Some(Json::Object(config)) => Some(config),
        _ => None,
    };
    let (mut config, mut args) = (Map::new(), Map::new());
    for key in CONFIG_KEYS {
        let beside = values
            .shift_remove(*key)
            .filter(|value| within.is_none() || is_truthy(value));
        let value = beside.or_else(|| within.as_mut()?.shift_remove(*key));
        config.extend(value.map(|value| ((*key).to_owned(), value)));
    }
    config.extend(within.into_iter().flatten());
    let text = |value: Json| value.as_str().map(str::to_owned);
    let custom_name = values.shift_remove("name").and_then(text);
    let description = values.shift_remove("description").and_then(text);
    args.extend(values);
    Ok(Said {
        namespace,
        name,
        custom_name,
        args,
        config,
        description: description.unwrap_or_default(),
    })
}

/// Returns the name of the test that an entry calls, and the mapping with what it is given.
fn called<'n>(document: &Document, test: &'n Node) -> Result<(String, Option<&'n Node>)> {
    let fault = |node: &Node, message: String| document.error(node, Code::GENERIC_TEST, message);
    match &test.value {
        Value::Str(name) => Ok((name.to_string(), None)),
        Value::Map(map) => match (test.get("test_name"), map.entries.as_slice()) {
            (Some(name), _) => Ok((name.key_text(), Some(test))),
            (None, [(key, value)]) if value.as_map().is_some() => Ok((key.key_text(), Some(value))),
            (None, [(key, value)]) => {
                let name = key.key_text();
                let is = if value.is_null() { "empty" } else { value.kind() };
                let message = format!("the arguments of the test `{name}` must be a mapping, but are {is}");
                let fault = fault(value, message);
                Err(match value.is_null() {
                    true => fault.hint(format!("Write `- {name}`, without the colon.")),
                    false => fault,
                })
            }
            _ => {
                let message = "a test must be a name, or a mapping with one key: the test's name".to_owned();
                Err(fault(test, message).hint("Indent the test's arguments two blanks deeper than its name."))
            }
        },
        _ => Err(fault(
            test,
            format!("a test must be a name or a mapping, but is {}", test.kind()),
        )),
    }
}

/// Refuses what the keys beside the arguments cannot be, and what is said twice.
fn check(document: &Document, name: &str, given: &Node, nests: bool) -> Result<()> {
    let what = format!("test `{name}`");
    let nested = given.get("arguments").filter(|_| nests);
    for of in std::iter::once(given).chain(nested) {
        if let Some(fault) = misfits(document, of, &SHAPE, &what, Code::GENERIC_TEST)
            .into_iter()
            .next()
            .filter(|_| of.as_map().is_some())
        {
            return Err(fault);
        }
        if let Some(key) = key_of(of, "model") {
            let message = format!("the test `{name}` has an argument `model`, which dbt gives it");
            let fault = document.error(key, Code::GENERIC_TEST, message);
            return Err(fault.hint("Take it out: the model is the one that the test stands at."));
        }
    }
    let Some(config) = given.get("config") else {
        return Ok(());
    };
    for key in CONFIG_KEYS {
        if let Some(beside) = given.get(key).filter(|value| is_truthy(&value.to_json()))
            && config.get(key).is_some()
        {
            let message = format!("{what} has `{key}` both beside and within `config`");
            let fault = document.error(beside, Code::GENERIC_TEST, message);
            return Err(fault.hint("Keep the one within `config`."));
        }
    }
    Ok(())
}

fn key_of<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    let map = node.as_map()?;
    map.entries
        .iter()
        .map(|(key, _)| key)
        .find(|key| key.as_str() == Some(name))
}

fn object(node: &Node) -> Map<String, Json> {
    match node.to_json() {
        Json::Object(map) => map,
        _ => Map::new(),
    }
}

/// Says whether Python would take a value for true.
fn is_truthy(value: &Json) -> bool {
    match value {
        Json::Null | Json::Bool(false) => false,
        Json::Bool(true) => true,
        Json::Number(number) => number.as_f64() != Some(0.0),
        Json::String(text) => !text.is_empty(),
        Json::Array(items) => !items.is_empty(),
        Json::Object(map) => !map.is_empty(),
    }
}
