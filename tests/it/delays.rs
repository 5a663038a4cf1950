//! Answers that come too late: a front takes a request to the engine, and keeps the answer back until nexus waits no longer.

use std::collections::HashSet;

use serde_json::{Value as Json, json};

use crate::support::environment::Environment;
use crate::support::front::{Front, Reply, Request};
use crate::support::lab::Lab;
use crate::support::shop::{one_table, response, rows, succeeds};

/// A project of one table with a number, by way of a front that decides what becomes of each request. `decide` gets the
/// request, and how many like it (same method and path) came before.
fn shop(
    name: &str,
    settings: &Json,
    decide: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static,
) -> (Environment, Front) {
    let mut output = Lab::of(name).output;
    let address = output["api_endpoint"].as_str().or(output["host"].as_str());
    let port = output["port"].as_u64().map(|port| port.to_string());
    let port = port.unwrap_or_else(|| address.unwrap().rsplit(':').next().unwrap().to_owned());
    let front = Front::of(port.parse().unwrap(), move |request, earlier| {
        let path = |request: &Request| request.line.split('?').next().map(str::to_owned);
        let like = earlier.iter().filter(|r| path(r) == path(request) && wanted(r));
        decide(request, like.count())
    });
    match name {
        "bigquery" => {
            output["api_endpoint"] = json!(front.address());
            output["token_uri"] = json!(format!("{}/token", front.address()));
            output["dataset"] = json!(format!("late_{}_{}", front.port, std::process::id()));
        }
        "snowflake" => {
            output["port"] = json!(front.port);
            output["database"] = json!(format!("late_{}_{}", front.port, std::process::id()));
        }
        _ => {
            output["host"] = json!(front.address());
            output["schema"] = json!(format!("late_{}_{}", front.port, std::process::id()));
        }
    }
    output["threads"] = json!(1);
    for (key, value) in settings.as_object().unwrap() {
        output[key] = value.clone();
    }
    (one_table(&output), front)
}

/// Whether a request is about the table.
fn wanted(request: &Request) -> bool {
    request.line.starts_with("GET") || request.body.contains("word of mine")
}

/// How often the front was asked to run what builds the table, and under how many ids.
fn asked(front: &Front, id: impl Fn(&Request) -> String) -> (usize, usize) {
    let requests = front.requests();
    let own: Vec<&Request> = requests
        .iter()
        .filter(|r| r.line.starts_with("POST") && r.body.contains("word of mine"))
        .collect();
    (own.len(), own.iter().map(|r| id(r)).collect::<HashSet<_>>().len())
}

#[test]
fn a_job_of_bigquery_whose_beginning_is_told_too_late_runs_once() {
    let settings = json!({"job_creation_timeout_seconds": 10, "job_retries": 0});
    let (shop, front) = shop("bigquery", &settings, |request, n| {
        if request.is("POST", "/jobs") && wanted(request) && n == 0 {
            Reply::Hold
        } else {
            Reply::Pass
        }
    });
    shop.write(
        "models/one.sql",
        "{{ config(materialized='incremental') }} select 'word of mine' as word, 1 as n",
    );
    succeeds(&shop.nexus(&["run"]));
    assert_eq!(response(&shop, "model.shop.one")["retries"], json!(1));
    let id =
        |r: &Request| serde_json::from_str::<Json>(&r.body).unwrap()["jobReference"]["jobId"].to_string();
    assert_eq!(asked(&front, id), (2, 1), "one job, asked for twice");
    assert_eq!(
        rows(&shop, "select count(*) as n from {{ ref('one') }}"),
        json!([{"n": 1}])
    );
}

#[test]
fn a_statement_of_databricks_whose_state_is_told_too_late_is_asked_after_again() {
    let settings = json!({"connect_retries": 2, "connection_parameters": {"_socket_timeout": 10}});
    let (shop, front) = shop("databricks", &settings, |request, n| {
        if request.is("POST", "/statements") && request.body.contains("word of mine") {
            // So that the state must be asked for.
            Reply::Amend("\"wait_timeout\":\"5s\"", "\"wait_timeout\":\"0s\"")
        } else if request.line.starts_with("GET") && n == 0 {
            Reply::Hold
        } else {
            Reply::Pass
        }
    });
    succeeds(&shop.nexus(&["run"]));
    assert_eq!(response(&shop, "model.shop.one")["retries"], json!(1));
    assert_eq!(
        asked(&front, |r| r.body.clone()).0,
        1,
        "the statement is sent once"
    );
    assert_eq!(rows(&shop, "select n from {{ ref('one') }}"), json!([{"n": 1}]));
}

/// Databricks takes no id of ours, so that a statement whose answer is lost may have run: it is not sent again.
#[test]
fn a_statement_of_databricks_that_may_have_run_is_not_sent_again() {
    let (shop, front) = shop("databricks", &json!({}), |request, _| {
        if request.is("POST", "/statements") && request.body.contains("2 as n") {
            Reply::Hold
        } else {
            Reply::Pass
        }
    });
    succeeds(&shop.nexus(&["run"]));
    let before = asked(&front, |r| r.body.clone()).0;
    let profiles = std::fs::read_to_string(shop.path().join("profiles.yml")).unwrap();
    let mut profiles: Json = serde_json::from_str(&profiles).unwrap();
    let output = &mut profiles["shop"]["outputs"]["lab"];
    output["connect_retries"] = json!(2);
    output["connection_parameters"] = json!({"_socket_timeout": 10});
    shop.write("profiles.yml", &profiles.to_string());
    let failed = shop.nexus(&["run", "--vars", "n: 2"]);
    assert_eq!(failed.code, Some(1), "{}{}", failed.stdout, failed.stderr);
    assert!(
        failed.stdout.contains("could not be reached"),
        "{}",
        failed.stdout
    );
    assert_eq!(asked(&front, |r| r.body.clone()).0, before + 1);
    // One statement replaces the table: it is the old one or the new one.
    let left = rows(&shop, "select n from {{ ref('one') }}");
    assert!(left == json!([{"n": 1}]) || left == json!([{"n": 2}]), "{left}");
    let tables = rows(&shop, "show tables in {{ target.schema }}");
    assert_eq!(tables.as_array().unwrap().len(), 1, "{tables}");
}

#[test]
fn a_statement_of_snowflake_whose_answer_is_lost_is_asked_for_under_its_id() {
    let (shop, front) = shop("snowflake", &json!({}), |request, n| {
        if request.body.contains("word of mine") && n == 0 {
            Reply::Lose
        } else {
            Reply::Pass
        }
    });
    succeeds(&shop.nexus(&["run"]));
    assert_eq!(response(&shop, "model.shop.one")["retries"], json!(1));
    let id = |r: &Request| {
        let (_, rest) = r.line.split_once("requestId=").unwrap();
        rest[..36].to_owned()
    };
    assert_eq!(asked(&front, id), (2, 1), "one statement, asked for twice");
    assert!(
        front.requests().iter().any(|r| r.line.contains("retryCount=1")),
        "the server is told"
    );
}
