//! The compiled demo, read by the parsers of other projects in the language of each database. No server is asked: what
//! a database would surely not take is found before there is one.

use std::path::Path;
use std::process::Command;

use serde_json::{Value as Json, json};

use crate::support::environment::{Environment, ROOT};

/// A target of each database. Nobody answers at their addresses: the models are compiled without a server.
fn targets() -> Vec<Json> {
    let served = |kind: &str| {
        json!({"type": kind, "host": "127.0.0.1", "port": 9, "user": "u", "password": "none", "dbname": "lab",
            "schema": "demo", "retries": 0})
    };
    let snowflake = json!({
        "type": "snowflake", "account": "a", "user": "u", "password": "none", "protocol": "http", "host": "127.0.0.1",
        "port": 9, "connect_retries": 0, "database": "lab", "schema": "demo",
    });
    let bigquery = json!({
        "type": "bigquery", "method": "oauth-secrets", "token": "none", "project": "lab", "dataset": "demo",
        "api_endpoint": "http://127.0.0.1:9", "job_retry_deadline_seconds": 1, "job_retries": 0,
    });
    let databricks = json!({
        "type": "databricks", "host": "http://127.0.0.1:9", "token": "none", "http_path": "/sql/1.0/warehouses/w",
        "catalog": "lab", "schema": "demo", "connect_retries": 0,
    });
    let duckdb = json!({"type": "duckdb"});
    vec![
        duckdb,
        served("postgres"),
        served("redshift"),
        snowflake,
        bigquery,
        databricks,
    ]
}

#[test]
fn every_compiled_statement_of_the_demo_is_one_of_its_database() {
    let demo = Path::new(ROOT).join("examples/demo");
    let home = std::env::var("HOME").unwrap_or_default();
    let cache = std::env::var("NEXUS_CACHE").unwrap_or_else(|_| format!("{home}/.cache/nexus"));
    for output in targets() {
        let kind = output["type"].as_str().unwrap().to_owned();
        let out = Environment::empty();
        let profiles = json!({"demo": {"target": "lab", "outputs": {"lab": output}}});
        out.write("profiles.yml", &profiles.to_string());
        let target = out.path().join("target");
        let compiled = out.nexus(&[
            "compile",
            "--quiet",
            "--no-introspect",
            "--project-dir",
            demo.to_str().unwrap(),
            "--profiles-dir",
            ".",
            "--target-path",
            target.to_str().unwrap(),
            "--log-path",
            "logs",
        ]);
        assert_eq!(
            compiled.code,
            Some(0),
            "{kind}: {}{}",
            compiled.stdout,
            compiled.stderr
        );
        let read = Command::new(Path::new(&cache).join("lab/snowflake/bin/python"))
            .arg(Path::new(ROOT).join("tests/lab/statements.py"))
            .args(["--dialect", &kind, "--sqlparser"])
            .arg(target.join("compiled"))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&read.stdout);
        assert!(
            read.status.success(),
            "{said}{}",
            String::from_utf8_lossy(&read.stderr)
        );
        let count = said.split(' ').next().and_then(|count| count.parse::<u32>().ok());
        assert!(count.is_some_and(|count| count > 500), "{said}");
    }
}
