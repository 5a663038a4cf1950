//! `context` and `builtins`: all names of the context, and those that are dbt's own, as dictionaries.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, ErrorKind, State, Value};

use super::NAMES;
use crate::jinja::args::Args;
use crate::jinja::python::{none, tuple};
use crate::jinja::render::Root;
use crate::jinja::values::{List, View};

struct Whole {
    root: Arc<Root>,
    /// Without macros and packages, which may take a name of dbt's.
    own_only: bool,
}

pub(super) fn context(root: &Arc<Root>) -> Value {
    Value::from_object(Whole {
        root: root.clone(),
        own_only: false,
    })
}

pub(super) fn builtins(root: &Arc<Root>) -> Value {
    Value::from_object(Whole {
        root: root.clone(),
        own_only: true,
    })
}

impl Whole {
    fn find(&self, name: &str) -> Option<Value> {
        if self.own_only {
            super::lookup(&self.root, name)
        } else {
            self.root.lookup(name)
        }
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = NAMES
            .iter()
            .filter(|name| super::lookup(&self.root, name).is_some())
            .map(|name| (*name).to_owned())
            .collect();
        if !self.own_only {
            let index = self.root.index();
            names.extend(index.names(self.root.host.package()).map(str::to_owned));
            names.extend(index.package_names().map(str::to_owned));
            names.sort();
            names.dedup();
        }
        names
    }
}

impl fmt::Debug for Whole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<context>")
    }
}

impl Object for Whole {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.find(key.as_str()?)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.names().into_iter().map(Value::from).collect())
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }

    fn call_method(
        self: &Arc<Self>,
        state: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        let value = |name: &str| self.find(name).unwrap_or_else(none);
        match method {
            "get" => {
                let [name, default] = Args::new(args)?.required("get", ["key", "default"], 1)?;
                let found = name.as_ref().and_then(Value::as_str).and_then(|n| self.find(n));
                Ok(found.or(default).unwrap_or_else(none))
            }
            "keys" => Ok(View::value(
                "dict_keys",
                self.names().into_iter().map(Value::from).collect(),
            )),
            "values" => Ok(List::value(self.names().iter().map(|n| value(n)).collect())),
            "items" => {
                let pair = |n: String| tuple(vec![Value::from(n.as_str()), value(&n)]);
                Ok(View::value(
                    "dict_items",
                    self.names().into_iter().map(pair).collect(),
                ))
            }
            _ => match self.find(method) {
                Some(found) => found.call(state, args),
                None => Err(Error::from(ErrorKind::UnknownMethod)),
            },
        }
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<context>")
    }
}
