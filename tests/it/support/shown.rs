//! Rows of a query, as `show` gives them.

use serde_json::Value as Json;

use super::environment::Environment;

/// Runs a query on a built project and returns its rows, each cell as text.
pub fn rows(project: &Environment, sql: &str) -> Vec<Vec<String>> {
    // Times are what is asked for here, so the output is read as it is, not redacted.
    let arguments = ["show", "--limit", "-1", "--output", "json", "--inline", sql];
    let output = project.command().args(arguments).output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let json: Json = serde_json::from_slice(&output.stdout).unwrap();
    let text = |cell: &Json| cell.as_str().map_or_else(|| cell.to_string(), str::to_owned);
    let rows = json["show"].as_array().unwrap();
    rows.iter()
        .map(|row| row.as_object().unwrap().values().map(text).collect())
        .collect()
}
