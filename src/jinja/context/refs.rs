//! `ref`, `source`, `var`, `env_var`, `doc`: asked of the host.

use std::sync::Arc;

use minijinja::{Error, State, Value};

use super::Function;
use crate::diagnostic::{Code, Diagnostic};
use crate::jinja::args::Args;
use crate::jinja::errors::raise;
use crate::jinja::host::RefCall;
use crate::jinja::python::{none, str_of, type_name};
use crate::jinja::render::Root;
use crate::jinja::values::Absorbing;

const SECRET_PREFIX: &str = "DBT_ENV_SECRET";

pub(super) fn function(name: &str) -> Option<(&'static str, Function)> {
    Some(match name {
        "ref" => ("ref", reference),
        "source" => ("source", source),
        "metric" => ("metric", metric),
        "function" => ("function", database_function),
        "var" => ("var", var),
        "env_var" => ("env_var", env_var),
        "doc" => ("doc", doc),
        _ => return None,
    })
}

fn wrong(message: String) -> Error {
    raise(Diagnostic::error(Code::JINJA_CALL, message))
}

fn text(value: &Value, what: &str) -> Result<Arc<str>, Error> {
    value
        .as_str()
        .map(Arc::from)
        .ok_or_else(|| wrong(format!("{what} must be a string, but is {}", type_name(value))))
}

fn reference(root: &Arc<Root>, _state: &mut State, args: Args) -> Result<Value, Error> {
    let mut version = None;
    let mut numeric = false;
    for (name, value) in &args.named {
        match &**name {
            "v" | "version" => {
                if !value.is_none() && !value.is_undefined() {
                    version = Some(Arc::from(str_of(value)));
                    numeric = value.is_number();
                }
            }
            _ => return Err(wrong(format!("`ref` takes no keyword argument `{name}`"))),
        }
    }
    if args.positional.iter().any(Absorbing::is) {
        return Ok(Absorbing::value());
    }
    let call = match args.positional.as_slice() {
        [name] => RefCall {
            package: None,
            name: text(name, "the name given to `ref`")?,
            version,
            numeric,
        },
        [package, name] => RefCall {
            package: Some(text(package, "the package given to `ref`")?),
            name: text(name, "the name given to `ref`")?,
            version,
            numeric,
        },
        other => {
            return Err(raise(
                Diagnostic::error(
                    Code::JINJA_CALL,
                    format!("`ref` takes one or two arguments, but {} were given", other.len()),
                )
                .hint("Write `ref('model')` or `ref('package', 'model')`."),
            ));
        }
    };
    root.host.reference(&call).map_err(raise)
}

fn source(root: &Arc<Root>, _state: &mut State, args: Args) -> Result<Value, Error> {
    if args.positional.iter().any(Absorbing::is) {
        return Ok(Absorbing::value());
    }
    match (args.positional.as_slice(), args.named.as_slice()) {
        ([source, table], []) => {
            let source = text(source, "the source given to `source`")?;
            let table = text(table, "the table given to `source`")?;
            root.host.source(&source, &table).map_err(raise)
        }
        (other, _) => Err(raise(
            Diagnostic::error(
                Code::JINJA_CALL,
                format!("`source` takes two arguments, but {} were given", other.len()),
            )
            .hint("Write `source('source', 'table')`."),
        )),
    }
}

fn metric(_root: &Arc<Root>, _state: &mut State, _args: Args) -> Result<Value, Error> {
    Err(raise(Diagnostic::error(
        Code::NOT_YET,
        "`metric` is not supported in templates",
    )))
}

fn database_function(root: &Arc<Root>, _state: &mut State, args: Args) -> Result<Value, Error> {
    if args.positional.iter().any(Absorbing::is) {
        return Ok(Absorbing::value());
    }
    let (package, name) = match (args.positional.as_slice(), args.named.as_slice()) {
        ([name], []) => (None, name),
        ([package, name], []) => (Some(package), name),
        (other, _) => {
            return Err(raise(
                Diagnostic::error(
                    Code::JINJA_CALL,
                    format!(
                        "`function` takes one or two arguments, but {} were given",
                        other.len()
                    ),
                )
                .hint("Write `function('name')` or `function('package', 'name')`."),
            ));
        }
    };
    let package = package
        .map(|p| text(p, "the package given to `function`"))
        .transpose()?;
    let name = text(name, "the name given to `function`")?;
    root.host.function(package.as_deref(), &name).map_err(raise)
}

fn var(root: &Arc<Root>, _state: &mut State, args: Args) -> Result<Value, Error> {
    let [name, default] = args.required("var", ["var_name", "default"], 1)?;
    let name = str_of(&name.unwrap_or_default());
    if let Some(found) = root.host.var(&name) {
        // A string with a template in it is rendered, as dbt does.
        if let Some(text) = found.as_str()
            && text.contains('{')
        {
            return root.render_text(text).map(Value::from);
        }
        return Ok(found);
    }
    match default {
        Some(default) => Ok(default),
        None if !root.host.execute() => Ok(none()),
        None => Err(raise(
            Diagnostic::error(Code::UNKNOWN_VAR, format!("the variable `{name}` is not set and has no default")).hint(
                format!("Set it under `vars:` in dbt_project.yml, pass `--vars '{{{name}: …}}'`, or give a default: `var('{name}', …)`."),
            ),
        )),
    }
}

fn env_var(root: &Arc<Root>, _state: &mut State, args: Args) -> Result<Value, Error> {
    let [name, default] = args.required("env_var", ["var", "default"], 1)?;
    let name = str_of(&name.unwrap_or_default());
    if name.starts_with(SECRET_PREFIX) {
        return Err(raise(
            Diagnostic::error(
                Code::ENV_VAR,
                format!("the secret environment variable `{name}` may not be used here"),
            )
            .hint("Secrets can be read in profiles.yml and packages.yml only."),
        ));
    }
    if let Some(found) = root.host.env_var(&name) {
        return Ok(Value::from(found));
    }
    match default.filter(|d| !d.is_none()) {
        Some(default) => Ok(default),
        None => Err(raise(missing_env(&name))),
    }
}

/// Says that an environment variable is not set.
pub(crate) fn missing_env(name: &str) -> Diagnostic {
    Diagnostic::error(
        Code::ENV_VAR,
        format!("the environment variable `{name}` is not set"),
    )
    .hint(format!("Set it, or give a default: `env_var('{name}', '…')`."))
}

fn doc(root: &Arc<Root>, _state: &mut State, args: Args) -> Result<Value, Error> {
    let found = match args.positional.as_slice() {
        [name] => root.host.doc(None, &str_of(name)),
        [package, name] => root.host.doc(Some(&str_of(package)), &str_of(name)),
        other => {
            return Err(wrong(format!(
                "`doc` takes one or two arguments, but {} were given",
                other.len()
            )));
        }
    };
    found.map(Value::from).map_err(raise)
}
