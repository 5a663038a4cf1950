//! Data tests: count the rows that fail and judge the count by severity, `warn_if` and `error_if`.

use std::sync::Arc;

use serde_json::Value as Json;

use super::statement::Statement;
use super::{Done, materialize};
use crate::compile::{CompiledNode, Context, NodeHost};
use crate::diagnostic::{Code, Diagnostic, Result};
use crate::events::Status;

/// Runs a data test. A failing test is a result, not an error.
///
/// # Errors
/// What the macro or the database raised.
pub fn run(cx: &Arc<Context>, compiled: &CompiledNode, host: &Arc<NodeHost>) -> Result<Done> {
    let called = materialize::call(cx, compiled, host)?;
    let config = &compiled.node.config;
    let main = Statement::named(&called, "main").ok_or_else(|| fault("ran no statement named `main`"))?;
    let [row] = main.rows.as_slice() else {
        return Err(fault(&format!(
            "gave {} rows where one was expected",
            main.rows.len()
        )));
    };
    let cell = |name: &str| -> Result<&Json> {
        let at = main.columns.iter().position(|c| c.eq_ignore_ascii_case(name));
        at.and_then(|i| row.get(i))
            .ok_or_else(|| fault(&format!("gave no column named `{name}`")))
    };
    let failures = count(cell("failures")?).ok_or_else(|| fault("gave no number in `failures`"))?;
    let (warn, error) = (truth(cell("should_warn")?), truth(cell("should_error")?));
    let severity = config.str("severity").unwrap_or("ERROR");
    let rows = if failures == 1 {
        "1 result".to_owned()
    } else {
        format!("{failures} results")
    };
    // `--warn-error` makes a failure of a warning, under the condition for warnings.
    let is_strict = cx.options.strict_tests;
    let condition = |key: &str| config.str(key).unwrap_or("!= 0").to_owned();
    let (status, message) = if severity.eq_ignore_ascii_case("error") && error {
        (
            Status::Fail,
            Some(format!(
                "Got {rows}, configured to fail if {}",
                condition("error_if")
            )),
        )
    } else if warn && is_strict {
        (
            Status::Fail,
            Some(format!(
                "Got {rows}, configured to fail if {}",
                condition("warn_if")
            )),
        )
    } else if warn {
        (
            Status::Warn,
            Some(format!(
                "Got {rows}, configured to warn if {}",
                condition("warn_if")
            )),
        )
    } else {
        (Status::Pass, None)
    };
    let kept = if status == Status::Pass { 0 } else { failures };
    Ok(Done {
        status,
        message,
        failures: Some(kept),
        adapter_response: main.adapter_response.clone(),
        batches: None,
        diagnostic: None,
    })
}

fn count(value: &Json) -> Option<u64> {
    match value {
        Json::Null => Some(0),
        Json::Number(n) => n
            .as_u64()
            .or_else(|| n.as_f64().filter(|f| *f >= 0.0).map(|f| f as u64)),
        Json::String(s) => s.parse().ok(),
        _ => None,
    }
}

fn truth(value: &Json) -> bool {
    match value {
        Json::Bool(b) => *b,
        Json::Number(n) => n.as_f64() != Some(0.0),
        Json::String(s) => matches!(s.to_ascii_lowercase().as_str(), "true" | "t" | "1" | "yes" | "y"),
        _ => false,
    }
}

fn fault(what: &str) -> Diagnostic {
    Diagnostic::error(
        Code::MATERIALIZATION,
        format!("the test's materialization {what}"),
    )
}
