use serde_json::{Value as Json, json};

use super::Config;
use crate::adapters::tests::profile;
use crate::invocation::Invocation;

fn read(settings: &Json) -> Result<Config, String> {
    let document = profile(settings);
    Config::read(&document, &document.root, &Invocation::default()).map_err(|e| e.message().to_owned())
}

fn message(settings: &Json) -> String {
    read(settings).err().expect("the target does not fit")
}

#[test]
fn older_names_and_defaults_are_those_of_dbt() {
    let config = read(&json!({
        "type": "bigquery", "method": "oauth", "project": "p", "dataset": "d", "timeout_seconds": 60, "retries": 3,
    }))
    .expect("the target fits");
    assert_eq!(
        (&*config.project, &*config.execution_project, &*config.dataset),
        ("p", "p", "d")
    );
    assert_eq!(config.job_retries, 3);
    assert_eq!(config.public["job_execution_timeout_seconds"], 60);
    assert_eq!(config.public["priority"], Json::Null);
    assert_eq!(config.endpoint, "https://bigquery.googleapis.com");
    assert_eq!(config.scopes.len(), 4);
}

#[test]
fn database_and_schema_serve_too_but_not_with_their_other_names() {
    let config = read(&json!({"method": "oauth", "database": "p", "schema": "d"})).expect("the target fits");
    assert_eq!((&*config.project, &*config.dataset), ("p", "d"));
    let twice = json!({"method": "oauth", "project": "p", "database": "q", "schema": "d"});
    assert_eq!(
        message(&twice),
        "`database` and `project` are two names of one field, and both are set"
    );
}

#[test]
fn what_is_missing_or_cannot_be_used_is_named() {
    let cases = [
        (
            json!({"project": "p", "dataset": "d"}),
            "the target has no `method`, which says how to log in",
        ),
        (
            json!({"method": "oauth", "dataset": "d"}),
            "the target has no `project`, and the credentials name none",
        ),
        (
            json!({"method": "oauth", "project": "p"}),
            "the target has no `dataset`, which says where relations go",
        ),
        (
            json!({"method": "external-oauth-wif", "project": "p", "dataset": "d"}),
            "the method `external-oauth-wif` (workload identity federation) is not there",
        ),
        (
            json!({"method": "password", "project": "p", "dataset": "d"}),
            "the method `password` is not known",
        ),
        (
            json!({"method": "oauth", "project": "p", "dataset": "d", "priority": "fast"}),
            "`priority` cannot be `fast`",
        ),
        (
            json!({"method": "oauth", "project": "p", "dataset": "d", "api_endpoint": "ftp://x"}),
            "`api_endpoint` is no address of a server: `ftp://x`",
        ),
        (
            json!({"method": "service-account-json", "project": "p", "dataset": "d", "keyfile_json": {"a": 1}}),
            "the key in `keyfile_json` has no `client_email`",
        ),
        (
            json!({"method": "oauth-secrets", "project": "p", "dataset": "d", "refresh_token": "x"}),
            "the target has no `client_id`, which goes with a `refresh_token`",
        ),
    ];
    for (settings, wanted) in cases {
        assert_eq!(message(&settings), wanted);
    }
}

#[test]
fn a_key_comes_as_a_mapping_or_in_base_64_and_is_never_shown() {
    // {"client_email": "a@b", "private_key": "secret\\nkey", "project_id": "p"}
    let encoded = "eyJjbGllbnRfZW1haWwiOiAiYUBiIiwgInByaXZhdGVfa2V5IjogInNlY3JldFxcbmtleSIsICJwcm9qZWN0X2lkIjogInAifQ==";
    let mapping = json!({"client_email": "a@b", "private_key": "secret\\nkey", "project_id": "p"});
    for key in [json!(encoded), mapping] {
        let config = read(&json!({"method": "service-account-json", "dataset": "d", "keyfile_json": key}))
            .expect("the target fits");
        assert_eq!(config.project, "p");
        assert_eq!(config.masks, ["secret\nkey"]);
        assert!(!Json::Object(config.public).to_string().contains("secret"));
    }
}
