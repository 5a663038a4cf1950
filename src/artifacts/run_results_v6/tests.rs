use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use chrono::DateTime;
use serde_json::{Map, Value as Json, json};

use super::{RunResult, RunResults, Timing, to_json, write};
use crate::events::Status;
use crate::invocation::{Cancel, Invocation};

fn invocation() -> Invocation {
    let env = [
        ("NEXUS_NOW", "2026-01-02T03:04:05Z"),
        ("DBT_ENV_CUSTOM_ENV_TEAM", "data"),
        ("DBT_ENV_SECRET_TOKEN", "hush"),
    ];
    Invocation {
        args: Vec::new(),
        env: env
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .into_iter()
            .collect::<BTreeMap<_, _>>(),
        cwd: PathBuf::from("/project"),
        home: None,
        started_at: DateTime::from_timestamp(1_767_323_045, 0).unwrap(),
        id: "id-1".into(),
        cancel: Cancel::default(),
        asked: Default::default(),
    }
}

fn object(value: Json) -> Map<String, Json> {
    serde_json::from_value(value).unwrap()
}

fn run() -> RunResults {
    let at = |micros: i64| DateTime::from_timestamp_micros(1_767_323_045_000_000 + micros);
    let model = RunResult {
        status: Status::Success,
        timing: vec![Timing {
            name: "compile",
            started_at: at(0),
            completed_at: at(1500),
        }],
        thread_id: "Thread-1 (worker)".to_owned(),
        execution_time: 0.25,
        adapter_response: object(json!({"_message": "OK"})),
        message: Some("OK".to_owned()),
        failures: None,
        unique_id: "model.shop.orders".to_owned(),
        compiled: Some(true),
        compiled_code: Some("select 1".to_owned()),
        relation_name: Some("\"memory\".\"main\".\"orders\"".to_owned()),
        batch_results: None,
    };
    RunResults {
        results: vec![model],
        elapsed: Duration::from_millis(1500),
        args: object(json!({
            "invocation_command": "nexus run --vars '{DBT_ENV_SECRET_KEY: abc}'",
            "vars": {"DBT_ENV_SECRET_KEY": "abc", "list": ["hush now"]},
            "which": "run",
        })),
        dbt_version: "1.11.16",
    }
}

/// Keys and their order are those of a file that dbt-core 1.11 wrote.
#[test]
fn the_file_has_dbts_keys_in_dbts_order() {
    let text = String::from_utf8(to_json(&run(), &invocation()).unwrap()).unwrap();
    insta::assert_snapshot!(text, @r#"{"metadata":{"dbt_schema_version":"https://schemas.getdbt.com/dbt/run-results/v6.json","dbt_version":"1.11.16","generated_at":"2026-01-02T03:04:05Z","invocation_id":"id-1","invocation_started_at":"2026-01-02T03:04:05Z","env":{"TEAM":"data"}},"results":[{"status":"success","timing":[{"name":"compile","started_at":"2026-01-02T03:04:05Z","completed_at":"2026-01-02T03:04:05.001500Z"}],"thread_id":"Thread-1 (worker)","execution_time":0.25,"adapter_response":{"_message":"OK"},"message":"OK","failures":null,"unique_id":"model.shop.orders","compiled":true,"compiled_code":"select 1","relation_name":"\"memory\".\"main\".\"orders\"","batch_results":null}],"elapsed_time":1.5,"args":{"invocation_command":"nexus run --vars '{DBT_ENV_SECRET_KEY: *****}'","vars":{"DBT_ENV_SECRET_KEY":"*****","list":["***** now"]},"which":"run"}}"#);
}

#[test]
fn a_second_write_takes_the_place_of_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("target/run_results.json");
    write(&path, &run(), &invocation()).unwrap();
    write(&path, &RunResults::default(), &invocation()).unwrap();
    let found: Json = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(found["results"], json!([]));
    assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
}
