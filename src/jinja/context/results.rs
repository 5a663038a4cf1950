//! Results of statements, kept by name for the length of a render.

use std::any::Any;
use std::sync::Arc;

use minijinja::{Error, State, Value};

use super::Function;
use crate::adapters::Response;
use crate::diagnostic::{Code, Diagnostic};
use crate::jinja::args::Args;
use crate::jinja::errors::raise;
use crate::jinja::python::{none, str_of};
use crate::jinja::render::{Root, lock};
use crate::jinja::values::{Dict, List, Opaque, PyObject, TableValue};

pub(super) fn function(name: &str) -> Option<(&'static str, Function)> {
    Some(match name {
        "load_result" => ("load_result", load),
        "store_result" => ("store_result", store),
        "store_raw_result" => ("store_raw_result", store_raw),
        _ => return None,
    })
}

/// What the database answered besides rows.
#[derive(Debug)]
pub(crate) struct AnswerValue {
    message: String,
    code: Value,
    rows_affected: Value,
    query_id: Value,
    retries: u32,
    /// What only this database says.
    more: serde_json::Map<String, serde_json::Value>,
}

impl AnswerValue {
    pub fn value(response: &Response) -> Value {
        let text = |t: &Option<String>| t.as_deref().map_or_else(none, Value::from);
        PyObject::value(Self {
            message: response.message.clone(),
            code: text(&response.code),
            rows_affected: response.rows_affected.map_or_else(none, Value::from),
            query_id: text(&response.query_id),
            retries: response.retries,
            more: response.more.clone(),
        })
    }
}

impl Opaque for AnswerValue {
    fn text(&self) -> String {
        self.message.clone()
    }

    fn member(&self, name: &str) -> Option<Value> {
        Some(match name {
            "_message" | "message" => Value::from(&*self.message),
            "code" => self.code.clone(),
            "rows_affected" => self.rows_affected.clone(),
            "query_id" => self.query_id.clone(),
            "retries" if self.retries > 0 => Value::from(self.retries),
            "_names" => List::value(self.more.keys().map(|name| Value::from(name.as_str())).collect()),
            _ => crate::jinja::Engine::value(self.more.get(name)?),
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn load(root: &Arc<Root>, _state: &mut State, args: Args) -> Result<Value, Error> {
    let [name] = args.exactly("load_result", ["name"])?;
    let name = str_of(&name);
    let mut results = lock(&root.results);
    match results.get_mut(&name) {
        None => Ok(none()),
        Some(slot) if name == "main" => Ok(slot.clone().unwrap_or_else(none)),
        Some(slot) => slot.take().ok_or_else(|| {
            raise(
                Diagnostic::error(
                    Code::JINJA_RUNTIME,
                    format!("the result of the statement `{name}` was loaded before"),
                )
                .hint("Keep the result in a variable: it can be loaded once."),
            )
        }),
    }
}

fn store(root: &Arc<Root>, _state: &mut State, args: Args) -> Result<Value, Error> {
    let [name, response, table] = args.required("store_result", ["name", "response", "agate_table"], 2)?;
    keep(
        root,
        &name.unwrap_or_default(),
        response.unwrap_or_default(),
        table,
    );
    Ok(Value::from(""))
}

fn keep(root: &Arc<Root>, name: &Value, response: Value, table: Option<Value>) {
    let table = table
        .filter(|t| !t.is_none() && !t.is_undefined())
        .unwrap_or_else(|| TableValue::of_batches(None, &[]));
    let data = match table.downcast_object_ref::<TableValue>() {
        Some(table) => table.matrix(),
        None => List::value(Vec::new()),
    };
    let result = Dict::of([("response", response), ("data", data), ("table", table)]);
    lock(&root.results).insert(str_of(name), Some(result));
}

fn store_raw(root: &Arc<Root>, _state: &mut State, args: Args) -> Result<Value, Error> {
    let names = ["name", "message", "code", "rows_affected", "agate_table"];
    let [name, message, code, rows_affected, table] = args.required("store_raw_result", names, 1)?;
    let response = PyObject::value(AnswerValue {
        message: message.map(|m| str_of(&m)).unwrap_or_default(),
        code: code.unwrap_or_else(none),
        rows_affected: rows_affected.unwrap_or_else(none),
        query_id: none(),
        retries: 0,
        more: serde_json::Map::new(),
    });
    keep(root, &name.unwrap_or_default(), response, table);
    Ok(Value::from(""))
}
