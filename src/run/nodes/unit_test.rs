//! Unit tests: the rows that a model's query made, beside the rows that it had to make.

use std::cmp::Ordering;
use std::sync::Arc;

use super::statement::Statement;
use super::table_diff::{Cell, difference};
use super::{Done, materialize};
use crate::compile::{CompiledNode, Context, NodeHost};
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::events::Status;
use crate::jinja::{Engine, Value};

/// The column that tells actual rows from expected ones.
const SIDE: &str = "actual_or_expected";

/// Runs a unit test. A difference is a result, not an error.
///
/// # Errors
/// What the materialization or the database raised.
pub fn run(cx: &Arc<Context>, compiled: &CompiledNode, host: &Arc<NodeHost>) -> Result<Done> {
    let called = materialize::call(cx, compiled, host).map_err(|e| {
        e.note(format!(
            "this happened while unit test `{}` ran: do the types of its rows fit those of the model?",
            compiled.node.name
        ))
    })?;
    let main = Statement::named(&called, "main").ok_or_else(|| fault("ran no statement named `main`"))?;
    let columns: Vec<String> = main.columns.iter().map(|c| c.to_lowercase()).collect();
    let Some(side) = columns.iter().position(|c| c == SIDE) else {
        return Err(fault(&format!("gave no column named `{SIDE}`")));
    };
    let names: Vec<&str> = columns
        .iter()
        .filter(|c| *c != SIDE)
        .map(String::as_str)
        .collect();
    let data = called
        .results
        .get("main")
        .and_then(|kept| kept.get_attr("data").ok());
    let rows: Vec<Vec<Value>> = data
        .as_ref()
        .and_then(|data| data.try_iter().ok())
        .map(|rows| {
            rows.filter_map(|row| Some(row.try_iter().ok()?.collect()))
                .collect()
        })
        .unwrap_or_default();
    let rows_of = |which: &str| -> Vec<Vec<Cell>> {
        let mut found: Vec<Vec<&Value>> = rows
            .iter()
            .filter(|row| row.get(side).and_then(Value::as_str) == Some(which))
            .map(|row| {
                row.iter()
                    .enumerate()
                    .filter(|(at, _)| *at != side)
                    .map(|(_, v)| v)
                    .collect()
            })
            .collect();
        found.sort_by(|a, b| by_values(a, b));
        found
            .iter()
            .map(|row| row.iter().map(|value| cell(value)).collect())
            .collect()
    };
    let found = difference(&names, rows_of("expected"), rows_of("actual"));
    let (status, message) = match found {
        Some(table) => (
            Status::Fail,
            Some(format!("\n\nactual differs from expected:\n\n{table}\n")),
        ),
        None => (Status::Pass, None),
    };
    Ok(Done {
        status,
        failures: Some(u64::from(message.is_some())),
        message,
        adapter_response: main.adapter_response.clone(),
        batches: None,
        diagnostic: None,
    })
}

/// Compares rows by their values, nulls last.
fn by_values(a: &[&Value], b: &[&Value]) -> Ordering {
    let pairs = a.iter().zip(b).map(|(a, b)| {
        let number = |value: &Value| match value.as_str() {
            Some(_) => None,
            None => Engine::text(value).parse::<f64>().ok(),
        };
        a.is_none()
            .cmp(&b.is_none())
            .then_with(|| match (number(a), number(b)) {
                (Some(a), Some(b)) => a.total_cmp(&b),
                _ => Engine::text(a).cmp(&Engine::text(b)),
            })
    });
    pairs.fold(Ordering::Equal, Ordering::then)
}

/// Returns a value's text as Python shows it; truth is written small within rows that are new or gone.
fn cell(value: &Value) -> Cell {
    let text = (!value.is_none() && !value.is_undefined()).then(|| Engine::text(value));
    let in_whole_row = text
        .as_ref()
        .filter(|_| value.as_str().is_none())
        .and_then(|text| match text.as_str() {
            "True" => Some("true".to_owned()),
            "False" => Some("false".to_owned()),
            _ => None,
        });
    Cell { text, in_whole_row }
}

fn fault(what: &str) -> Diagnostic {
    Diagnostic::error(
        Code::MATERIALIZATION,
        format!("the unit test's materialization {what}"),
    )
}
