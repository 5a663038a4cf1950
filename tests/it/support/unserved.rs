//! Targets at whose addresses nobody answers, for what needs no server.

use serde_json::{Value as Json, json};

/// A target of each database. Nobody answers at their addresses: the models are compiled without a server.
pub fn targets() -> Vec<Json> {
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
