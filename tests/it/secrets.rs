//! Secrets of profiles: in no line that is printed, no log and no file of `target`, on any database, whatever fails.

use std::path::Path;

use serde_json::{Value as Json, json};

use crate::support::environment::{Environment, Output};
use crate::support::front::{Front, Reply};
use crate::support::lab::Lab;
use crate::support::shop::profile;

/// What every secret of these profiles contains.
const SECRET: &str = "hush-hush-3141";

/// A name for the case, and the output of its profile. Nobody listens at the address.
fn unreachable() -> Vec<(&'static str, Json)> {
    let key = format!("-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----\n");
    let snowflake = |fields: Json| {
        let mut output = json!({"type": "snowflake", "account": "lab", "database": "d", "schema": "s", "user": "u",
            "host": "127.0.0.1", "port": 9, "protocol": "http", "connect_retries": 0});
        output
            .as_object_mut()
            .unwrap()
            .extend(fields.as_object().unwrap().clone());
        output
    };
    let bigquery = |fields: Json| {
        let mut output = json!({"type": "bigquery", "project": "p", "dataset": "d", "job_retries": 0,
            "api_endpoint": "http://127.0.0.1:9", "job_retry_deadline_seconds": 1});
        output
            .as_object_mut()
            .unwrap()
            .extend(fields.as_object().unwrap().clone());
        output
    };
    let databricks = |fields: Json| {
        let mut output = json!({"type": "databricks", "host": "http://127.0.0.1:9", "schema": "s",
            "http_path": "/sql/1.0/warehouses/w", "connect_retries": 0});
        output
            .as_object_mut()
            .unwrap()
            .extend(fields.as_object().unwrap().clone());
        output
    };
    let server = |kind: &str| {
        json!({"type": kind, "host": "127.0.0.1", "port": 9, "user": "u", "password": SECRET, "dbname": "d",
            "schema": "s", "retries": 0})
    };
    vec![
        ("postgres", server("postgres")),
        ("redshift", server("redshift")),
        ("snowflake, password", snowflake(json!({"password": SECRET}))),
        (
            "snowflake, key",
            snowflake(json!({"private_key": key, "private_key_passphrase": SECRET})),
        ),
        (
            "snowflake, token",
            snowflake(json!({"authenticator": "oauth", "token": SECRET})),
        ),
        (
            "snowflake, refresh token",
            snowflake(
                json!({"authenticator": "oauth", "token": SECRET, "oauth_client_id": "i",
                "oauth_client_secret": format!("{SECRET}-client")}),
            ),
        ),
        (
            "bigquery, token",
            bigquery(json!({"method": "oauth-secrets", "token": SECRET})),
        ),
        (
            "bigquery, refresh token",
            bigquery(
                json!({"method": "oauth-secrets", "refresh_token": SECRET, "client_id": "i",
                "client_secret": format!("{SECRET}-client"), "token_uri": "http://127.0.0.1:9/token"}),
            ),
        ),
        (
            "bigquery, key",
            bigquery(
                json!({"method": "service-account-json", "keyfile_json": {"type": "service_account",
                "client_email": "a@b.example", "private_key": key, "private_key_id": SECRET}}),
            ),
        ),
        ("databricks, token", databricks(json!({"token": SECRET}))),
        (
            "databricks, client",
            databricks(json!({"auth_type": "oauth", "client_id": "i", "client_secret": SECRET})),
        ),
        (
            "duckdb, secrets and attached databases",
            json!({"type": "duckdb", "path": "nowhere/at/all.duckdb",
                "secrets": [{"type": "s3", "key_id": SECRET, "secret": SECRET, "region": "x"}],
                "attach": [{"path": format!("postgres:host=127.0.0.1 port=9 password={SECRET}"), "alias": "other"}]}),
        ),
        (
            "duckdb, a secret that does not fit",
            json!({"type": "duckdb", "secrets": [{"type": "s3", "key_id": "k", "secret": SECRET, "no_such_key": SECRET}]}),
        ),
    ]
}

fn project(output: &Json) -> Environment {
    let environment = Environment::empty();
    environment.write(
        "dbt_project.yml",
        "name: shop\nprofile: shop\non-run-start: \"{{ log(target, info=true) }}\"\n",
    );
    environment.write(
        "models/one.sql",
        "select 1 as id -- {{ target }} {{ env_var('DBT_ENV_SECRET_OTHER', '') }}",
    );
    profile(&environment, output);
    environment
}

/// Fails where a secret is in the output or in a file that the call left.
fn silent(case: &str, environment: &Environment, output: &Output) {
    for text in [&output.stdout, &output.stderr] {
        assert!(!text.contains(SECRET), "{case}: {text}");
    }
    for folder in ["target", "logs"] {
        files(&environment.path().join(folder), &mut |path, bytes| {
            let text = String::from_utf8_lossy(bytes);
            assert!(!text.contains(SECRET), "{case}: {}: {text}", path.display());
        });
    }
}

fn files(folder: &Path, take: &mut dyn FnMut(&Path, &[u8])) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, take);
        } else {
            take(&path, &std::fs::read(&path).unwrap());
        }
    }
}

/// Every call that reaches for the database, as loud as it can be; says how many failed.
fn calls(case: &str, environment: &Environment) -> usize {
    let loud = [
        "--log-path",
        "logs",
        "--log-level",
        "debug",
        "--log-level-file",
        "debug",
    ];
    let mut failed = 0;
    for call in [
        &["debug"][..],
        &["run"],
        &["run", "--log-format", "json"],
        &["show", "--inline", "select 1"],
        &["compile", "--inline", "select {{ target }}"],
    ] {
        let mut arguments = call.to_vec();
        arguments.extend(loud);
        let output = environment.nexus(&arguments);
        silent(&format!("{case}: {call:?}"), environment, &output);
        failed += usize::from(output.code != Some(0));
    }
    failed
}

#[test]
fn no_output_shows_a_secret_where_the_database_cannot_be_reached() {
    for (case, output) in unreachable() {
        let failed = calls(case, &project(&output));
        assert!(failed >= 4, "{case}: only {failed} of the calls failed");
    }
}

#[test]
fn no_output_shows_a_secret_that_the_server_says() {
    // A server that gives back what it was sent, as some do in their errors.
    let front = Front::of(9, |request, _| {
        let said = format!("refused: {} {:?} {}", request.line, request.headers, request.body);
        let body = json!({"message": said, "error": {"code": 400, "message": said}, "error_description": said,
            "error_code": "BAD_REQUEST", "success": false, "code": "390100", "data": {}});
        Reply::Say(400, "Content-Type: application/json\r\n", body.to_string())
    });
    let address = front.address();
    for (case, mut output) in unreachable() {
        for (key, value) in [
            ("api_endpoint", json!(address)),
            ("token_uri", json!(format!("{address}/token"))),
            ("port", json!(front.port)),
        ] {
            if output.get(key).is_some() {
                output[key] = value;
            }
        }
        if case.starts_with("databricks") {
            output["host"] = json!(address);
        }
        calls(case, &project(&output));
    }
}

#[test]
fn no_output_shows_a_password_that_is_wrong() {
    let mut output = Lab::of("postgres").output;
    output["password"] = json!(SECRET);
    output["retries"] = json!(0);
    assert!(calls("postgres", &project(&output)) >= 4);
}
