//! `config(…)` and what is asked of it, and `validation`.

use std::sync::Arc;

use minijinja::{Error, State, Value};

use super::{Bound, Group, group};
use crate::diagnostic::{Code, Diagnostic};
use crate::jinja::args::Args;
use crate::jinja::errors::raise;
use crate::jinja::python::{none, repr_of, str_of};
use crate::jinja::render::Root;
use crate::jinja::values::Dict;

pub(super) const METHODS: &[&str] = &[
    "get",
    "require",
    "set",
    "meta_get",
    "meta_require",
    "persist_relation_docs",
    "persist_column_docs",
];

pub(super) fn value(root: &Arc<Root>) -> Value {
    Group {
        name: "config",
        root: root.clone(),
        member: |root, name| match name {
            // `config.model` and the like are read as attributes by some packages.
            "model" => root.host.member("model"),
            _ => None,
        },
        method,
        call: Some(call),
    }
    .value()
}

fn call(root: &Arc<Root>, _state: &mut State, args: Args) -> Result<Value, Error> {
    let entries: Vec<(Arc<str>, Value)> = match (args.positional.as_slice(), args.named.is_empty()) {
        ([], false) => args.named.into_iter().map(|(k, v)| (Arc::from(k), v)).collect(),
        ([given], true) if given.downcast_object_ref::<Dict>().is_some() => {
            let dict = given
                .downcast_object_ref::<Dict>()
                .map(Dict::snapshot)
                .unwrap_or_default();
            dict.into_iter()
                .map(|(k, v)| (Arc::from(str_of(&k)), v))
                .collect()
        }
        _ => {
            return Err(raise(
                Diagnostic::error(
                    Code::JINJA_CALL,
                    "`config` takes keyword arguments or one dictionary",
                )
                .hint("Write for example `config(materialized='table')`."),
            ));
        }
    };
    root.host.set_config(entries).map_err(raise)?;
    Ok(Value::from(""))
}

fn method(root: &Arc<Root>, state: &mut State, method: &str, args: Args) -> Option<Result<Value, Error>> {
    if !METHODS.contains(&method) {
        return None;
    }
    Some(run(root, state, method, args))
}

fn run(root: &Arc<Root>, state: &mut State, method: &str, args: Args) -> Result<Value, Error> {
    if method == "set" {
        let [name, value] = args.exactly("config.set", ["name", "value"])?;
        root.host
            .set_config(vec![(Arc::from(str_of(&name)), value)])
            .map_err(raise)?;
        return Ok(Value::from(""));
    }
    if method == "persist_relation_docs" || method == "persist_column_docs" {
        let part = if method == "persist_relation_docs" {
            "relation"
        } else {
            "columns"
        };
        let asked = root
            .host
            .execute()
            .then(|| root.host.get_config("persist_docs"))
            .flatten();
        let found = asked
            .and_then(|docs| docs.get_attr(part).ok())
            .is_some_and(|v| v.is_true());
        return Ok(Value::from(found));
    }
    let [name, default, validator] = args.required(method, ["name", "default", "validator"], 1)?;
    if !root.host.execute() {
        return Ok(Value::from(""));
    }
    let name = str_of(&name.unwrap_or_default());
    let meta = method.starts_with("meta_");
    let found = if meta {
        root.host
            .get_config("meta")
            .and_then(|meta| meta.get_item(&Value::from(name.as_str())).ok())
            .filter(|v| !v.is_undefined())
    } else {
        root.host.get_config(&name)
    };
    let required = method.ends_with("require");
    // The second argument of `require` is its validator.
    let (default, validator) = if required {
        (None, default.or(validator))
    } else {
        (default, validator)
    };
    if found.is_none() && !meta {
        warn_of_meta(root, &name)?;
    }
    let value = match found {
        Some(value) => value,
        None if required => {
            return Err(raise(
                Diagnostic::error(Code::CONFIG, format!("the required config `{name}` is not set"))
                    .hint(format!("Set it in the model: `config({name}=…)`.")),
            ));
        }
        None => default.clone().unwrap_or_else(none),
    };
    let checks = required || default.is_some_and(|d| !d.is_none());
    if let Some(validator) = validator.filter(|v| checks && !v.is_none()) {
        validator.call(state, std::slice::from_ref(&value))?;
    }
    Ok(value)
}

/// Warns where what is asked of the configuration stands under its `meta`.
fn warn_of_meta(root: &Arc<Root>, name: &str) -> Result<(), Error> {
    let meta = root.host.get_config("meta");
    let stands_there = meta
        .and_then(|meta| meta.get_item(&Value::from(name)).ok())
        .is_some_and(|value| !value.is_undefined());
    if !stands_there {
        return Ok(());
    }
    let message = format!("`config.get('{name}')` found nothing, but `{name}` stands under `meta`");
    let warning = Diagnostic::warning(Code::CONFIG, message)
        .event("GetMetaKeyWarning")
        .hint(format!("Write `config.meta_get('{name}')`."));
    root.host.warn(warning).map_err(raise)
}

/// `validation.any[…]` and `validation.any(…)`.
pub(super) fn validation(root: &Arc<Root>) -> Value {
    group(root, "validation", |root, name| {
        (name == "any").then(|| {
            Bound::value(root, "any", |root, _, args| {
                let allowed = args.positional;
                Ok(Value::from_object(AnyOf {
                    allowed,
                    _root: root.clone(),
                }))
            })
        })
    })
}

struct AnyOf {
    allowed: Vec<Value>,
    _root: Arc<Root>,
}

impl std::fmt::Debug for AnyOf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("<validator>")
    }
}

impl minijinja::value::Object for AnyOf {
    fn call(self: &Arc<Self>, _state: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        let value = args.first().cloned().unwrap_or_default();
        if self.allowed.contains(&value) || self.allowed.iter().any(|a| a.as_object().is_some()) {
            return Ok(none());
        }
        let allowed: Vec<String> = self.allowed.iter().map(str_of).collect();
        Err(raise(Diagnostic::error(
            Code::CONFIG,
            format!(
                "the value {} is not one of {}",
                repr_of(&value),
                allowed.join(", ")
            ),
        )))
    }
}
