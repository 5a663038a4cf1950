//! Configurations of BigQuery and Snowflake as the statements that they become, in a first run and in a second one.
//! `tests/lab/beside_dbt.py` compares the same projects (tests/lab/configurations) with dbt's statements.

use serde_json::{Value as Json, json};

use crate::support::environment::Environment;
use crate::support::lab::Lab;
use crate::support::shop::{profile, succeeds};

const STRETCH: [&str; 4] = [
    "--event-time-start",
    "2024-01-01",
    "--event-time-end",
    "2024-01-02",
];

/// A statement on one line, without the comment of the query and with `x` for the schema.
fn plain(sql: &str, schema: &str) -> String {
    let mut rest = sql.replace(schema, "x");
    while let Some((before, after)) = rest.split_once("/*") {
        let after = after.split_once("*/").map_or("", |(_, after)| after);
        rest = format!("{before}{after}");
    }
    let lines = rest.lines().map(|line| line.split(" --").next().unwrap());
    lines
        .flat_map(str::split_whitespace)
        .collect::<Vec<_>>()
        .join(" ")
}

/// The statements that two runs of a project send about its schema, but for questions about the catalog.
fn statements(kind: &str, field: &str) -> (Environment, impl Fn() -> Vec<String>) {
    let lab = Lab::of(kind);
    let shop = Environment::of_project(&format!("tests/lab/configurations/{kind}"));
    let schema = format!("configured_{}", std::process::id());
    let mut output = lab.output.clone();
    output[field] = json!(schema.clone());
    output["threads"] = json!(1);
    profile(&shop, &output);
    let name = schema;
    let sent = move || {
        let lines = lab.lines("statements.jsonl").into_iter();
        lines
            .map(|line| {
                serde_json::from_str::<Json>(&line).unwrap()["sql"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .filter(|sql| sql.contains(&name))
            .map(|sql| plain(&sql, &name))
            .filter(|sql| !["show ", "describe "].iter().any(|word| sql.starts_with(word)))
            .collect()
    };
    (shop, sent)
}

#[test]
fn configurations_of_bigquery() {
    let (shop, sent) = statements("bigquery", "dataset");
    for _ in 0..2 {
        succeeds(&shop.nexus(&[&["run", "--exclude", "i_ing"][..], &STRETCH].concat()));
    }
    // The stand-in has no partitions by the time of ingestion, so the first statement is all that there is.
    let run = shop.nexus(&["run", "--select", "i_ing"]);
    assert!(
        run.stdout.contains("Unrecognized name: _PARTITIONDATE"),
        "{}",
        run.stdout
    );
    insta::assert_snapshot!("configurations_of_bigquery", sent().join("\n"));
}

#[test]
fn configurations_of_snowflake() {
    let (shop, sent) = statements("snowflake", "schema");
    for _ in 0..2 {
        succeeds(&shop.nexus(&[&["run"][..], &STRETCH].concat()));
    }
    insta::assert_snapshot!("configurations_of_snowflake", sent().join("\n"));
}
