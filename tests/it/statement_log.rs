//! Statements in logs: `--debug` and the log file show what goes to the database, in dbt's form.

use serde_json::Value as Json;

use crate::support::environment::Environment;

fn project() -> Environment {
    let environment = Environment::empty();
    environment
        .write("dbt_project.yml", "name: told\nversion: '1.0'\nprofile: told\n")
        .write(
            "profiles.yml",
            "told: {target: dev, outputs: {dev: {type: duckdb, path: told.duckdb}}}\n",
        )
        .write(
            "models/one.sql",
            "{{ config(materialized='table') }} select '{{ var('word', 'none') }}' as word\n",
        );
    environment
}

#[test]
fn each_statement_of_a_node_is_told_with_its_answer() {
    let project = project();
    let output = project.nexus(&["run", "--debug", "--log-format", "json"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let events: Vec<Json> = output
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let of_model: Vec<&Json> = events
        .iter()
        .filter(|event| event["data"]["conn_name"] == "model.told.one")
        .collect();
    let sent: Vec<String> = of_model
        .iter()
        .filter(|event| event["info"]["name"] == "SQLQuery")
        .map(|event| {
            let sql = event["data"]["sql"].as_str().unwrap();
            let sql = sql.rsplit("*/").next().unwrap_or(sql).trim();
            sql.split_whitespace().take(2).collect::<Vec<_>>().join(" ")
        })
        .collect();
    assert_eq!(sent, ["BEGIN", "create table", "alter table", "COMMIT"]);
    let used = of_model
        .iter()
        .filter(|event| event["info"]["name"] == "ConnectionUsed");
    assert_eq!(used.count(), sent.len());
    let create = of_model.iter().find(|event| {
        event["data"]["sql"]
            .as_str()
            .is_some_and(|sql| sql.contains("create"))
    });
    let create = create.unwrap();
    assert_eq!(create["info"]["code"], "E016");
    assert_eq!(create["info"]["level"], "debug");
    assert_eq!(create["data"]["node_info"]["unique_id"], "model.told.one");
    assert_eq!(create["data"]["node_info"]["node_status"], "executing");
    let answered: Vec<&Json> = events
        .iter()
        .filter(|event| event["info"]["name"] == "SQLQueryStatus")
        .filter(|event| event["data"]["node_info"]["unique_id"] == "model.told.one")
        .collect();
    assert_eq!(answered.len(), sent.len());
    assert!(answered.iter().all(|event| event["data"]["status"] == "OK"));
}

#[test]
fn the_log_file_and_the_terminal_show_statements_without_secrets() {
    let project = project();
    // A secret of the environment that reaches the SQL by another way.
    let mut command = project.command();
    command.env("DBT_ENV_SECRET_WORD", "xyzzy-9").args([
        "run",
        "--debug",
        "--log-path",
        "logs",
        "--vars",
        "word: xyzzy-9",
    ]);
    let output = command.output().unwrap();
    let terminal = String::from_utf8_lossy(&output.stdout).into_owned();
    let file = std::fs::read_to_string(project.path().join("logs/dbt.log")).unwrap();
    for text in [&terminal, &file] {
        assert!(text.contains("On model.told.one: BEGIN\n"), "{text}");
        assert!(text.contains("SQL status: OK in "), "{text}");
        assert!(text.contains("select '*****' as word"), "{text}");
        assert!(!text.contains("xyzzy"), "{text}");
    }
    assert!(
        file.contains("Using duckdb connection \"model.told.one\"\n"),
        "{file}"
    );
}

#[test]
fn without_debug_no_statement_is_told() {
    let project = project();
    for arguments in [vec!["run"], vec!["run", "--log-format", "json"]] {
        let output = project.nexus(&arguments);
        assert_eq!(output.code, Some(0), "{}", output.stderr);
        assert!(!output.stdout.contains("COMMIT"), "{}", output.stdout);
    }
}
