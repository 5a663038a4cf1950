//! What is asked of Snowflake, BigQuery and Databricks about what is there: once a schema, however many relations.
//! PostgreSQL has its own test in `postgres_statements`.

use serde_json::{Value as Json, json};

use crate::support::environment::Environment;
use crate::support::front::{Front, Reply};
use crate::support::lab::Lab;
use crate::support::shop::{profile, succeeds};

const EACH: usize = 6;

/// A project of some tables in the target's schema, and as many views in another, built on this output.
fn built(output: &Json) -> Environment {
    let shop = Environment::empty();
    shop.write(
        "dbt_project.yml",
        "name: shop\nprofile: shop\nmodels:\n  shop:\n    tables: {+materialized: table}\n    \
         others: {+materialized: view, +schema: others}\n",
    );
    for n in 0..EACH {
        shop.write(&format!("models/tables/t{n}.sql"), "select 1 as id");
        let view = format!("select * from {{{{ ref('t{n}') }}}}");
        shop.write(&format!("models/others/v{n}.sql"), &view);
    }
    profile(&shop, output);
    succeeds(&shop.nexus(&["run"]));
    shop
}

/// The engine's output with a schema that no other run has.
fn output(lab: &Lab, field: &str) -> (Json, String) {
    let mut output = lab.output.clone();
    let schema = format!("t_questions_{}", std::process::id());
    output[field] = json!(schema);
    output["threads"] = json!(4);
    (output, schema)
}

#[test]
fn snowflake_is_asked_once_a_schema() {
    let lab = Lab::of("snowflake");
    let (output, schema) = output(&lab, "schema");
    let shop = built(&output);
    let before = lab.lines("statements.jsonl").len();
    succeeds(&shop.nexus(&["run"]));
    let said: Vec<String> = lab.lines("statements.jsonl")[before..]
        .iter()
        .map(|line| {
            serde_json::from_str::<Json>(line).unwrap()["sql"]
                .to_string()
                .to_lowercase()
        })
        .filter(|sql| sql.contains(&schema))
        .collect();
    let questions: Vec<&String> = said
        .iter()
        .filter(|sql| {
            ["\"show ", "\"describe ", "\"desc ", "information_schema"]
                .iter()
                .any(|w| sql.contains(w))
        })
        .collect();
    assert_eq!(questions.len(), 2, "one listing a schema: {questions:#?}");
    assert!(
        questions.iter().all(|sql| sql.contains("show objects in schema")),
        "{questions:#?}"
    );
}

#[test]
fn bigquery_is_asked_once_a_dataset() {
    let lab = Lab::of("bigquery");
    let (mut output, dataset) = output(&lab, "dataset");
    let engine = output["api_endpoint"]
        .as_str()
        .unwrap()
        .rsplit(':')
        .next()
        .unwrap();
    let front = Front::of(engine.parse().unwrap(), |_, _| Reply::Pass);
    output["api_endpoint"] = json!(front.address());
    let shop = built(&output);
    let before = front.requests().len();
    succeeds(&shop.nexus(&["run"]));
    let asked: Vec<String> = front.requests()[before..]
        .iter()
        .map(|request| request.line.clone())
        .collect();
    let path = |line: &String| line.split([' ', '?']).nth(1).unwrap_or_default().to_owned();
    let listed = |end: &str| {
        asked
            .iter()
            .filter(|line| line.starts_with("GET") && path(line).ends_with(end))
            .count()
    };
    assert_eq!(listed("/datasets"), 1, "{asked:#?}");
    assert_eq!(listed(&format!("/datasets/{dataset}/tables")), 1, "{asked:#?}");
    assert_eq!(
        listed(&format!("/datasets/{dataset}_others/tables")),
        1,
        "{asked:#?}"
    );
    // The rows that a table has got are in its answer only when it is asked; dbt asks so too. Before it is replaced,
    // its layout is looked at, for a table with other partitions cannot be replaced.
    let of_one = |n: usize| {
        asked
            .iter()
            .filter(|line| path(line).ends_with(&format!("/tables/t{n}")))
            .count()
    };
    assert!((0..EACH).all(|n| of_one(n) <= 2), "{asked:#?}");
    let of_view = |n: usize| {
        asked
            .iter()
            .filter(|line| path(line).ends_with(&format!("/tables/v{n}")))
            .count()
    };
    assert!((0..EACH).all(|n| of_view(n) == 0), "{asked:#?}");
}

#[test]
fn databricks_is_asked_once_a_schema() {
    let lab = Lab::of("databricks");
    let (output, schema) = output(&lab, "schema");
    let shop = built(&output);
    let before = lab.lines("requests.jsonl").len();
    succeeds(&shop.nexus(&["run"]));
    let questions: Vec<String> = lab.lines("requests.jsonl")[before..]
        .iter()
        .filter_map(|line| {
            Some(
                serde_json::from_str::<Json>(line).unwrap()["body"]["statement"]
                    .as_str()?
                    .to_lowercase(),
            )
        })
        .filter(|sql| sql.contains(&schema))
        .filter(|sql| {
            ["information_schema", "describe ", "show "]
                .iter()
                .any(|word| sql.contains(word))
        })
        .collect();
    assert_eq!(questions.len(), 2, "one listing a schema: {questions:#?}");
    assert!(
        questions
            .iter()
            .all(|sql| sql.contains("information_schema.tables")),
        "{questions:#?}"
    );
}
