//! A project named `shop` on an engine of tests/lab: its profile, the rows it shows, and what its runs left behind.

use serde_json::{Value as Json, json};

use super::environment::{Environment, Output};

/// Writes a profile whose one target is this output.
pub fn profile(environment: &Environment, output: &Json) {
    let profiles = json!({"shop": {"target": "lab", "outputs": {"lab": output}}});
    environment.write("profiles.yml", &profiles.to_string());
}

/// A project on this output with one table, of a word and a number that is a variable.
pub fn one_table(output: &Json) -> Environment {
    let environment = Environment::empty();
    environment.write(
        "dbt_project.yml",
        "name: shop\nprofile: shop\nmodels: {shop: {+materialized: table}}\n",
    );
    environment.write(
        "models/one.sql",
        "select 'word of mine' as word, {{ var('n', 1) }} as n",
    );
    profile(&environment, output);
    environment
}

pub fn succeeds(output: &Output) {
    assert_eq!(output.code, Some(0), "{}\n{}", output.stdout, output.stderr);
}

/// Returns the rows of a query, each as a JSON object.
pub fn rows(environment: &Environment, sql: &str) -> Json {
    let shown = environment.nexus(&[
        "--quiet", "show", "--inline", sql, "--limit", "-1", "--output", "json",
    ]);
    succeeds(&shown);
    let text = &shown.stdout[shown.stdout.find('{').unwrap()..];
    serde_json::from_str::<Json>(text).unwrap()["show"].clone()
}

/// Returns an artifact of the target folder.
pub fn artifact(environment: &Environment, name: &str) -> Json {
    let text = std::fs::read_to_string(environment.path().join("target").join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Returns the results of the last run, one a node.
pub fn results(environment: &Environment) -> Vec<Json> {
    let results = artifact(environment, "run_results.json");
    results["results"].as_array().unwrap().clone()
}

/// Returns what the database answered for a node of the last run.
pub fn response(environment: &Environment, id: &str) -> Json {
    let results = results(environment);
    let result = results.iter().find(|r| r["unique_id"] == id).unwrap();
    result["adapter_response"].clone()
}
