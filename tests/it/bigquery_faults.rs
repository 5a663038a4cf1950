//! Faults between nexus and BigQuery: answers that ask to come later, lines that are cut, answers that are lost.

use serde_json::{Value as Json, json};

use crate::support::environment::Environment;
use crate::support::front::{Front, Reply, Request};
use crate::support::lab::Lab;
use crate::support::shop::{one_table, response, rows, succeeds};

/// A project with one table, by way of a front that decides what becomes of each request that begins a job with a word.
fn shop(
    dataset: &str,
    word: &'static str,
    decide: impl Fn(usize) -> Reply + Send + Sync + 'static,
) -> (Environment, Front) {
    let mut output = Lab::of("bigquery").output;
    let engine = output["api_endpoint"]
        .as_str()
        .unwrap()
        .rsplit(':')
        .next()
        .unwrap();
    let begins = move |request: &Request| request.is("POST", "/jobs") && request.body.contains(word);
    let front = Front::of(engine.parse().unwrap(), move |request, earlier| {
        if begins(request) {
            decide(earlier.iter().filter(|r| begins(r)).count())
        } else {
            Reply::Pass
        }
    });
    output["api_endpoint"] = json!(front.address());
    output["token_uri"] = json!(format!("{}/token", front.address()));
    output["dataset"] = json!(format!("{dataset}_{}", std::process::id()));
    output["threads"] = json!(1);
    output["job_retries"] = json!(0);
    (one_table(&output), front)
}

fn busy(status: u16) -> Reply {
    Reply::Say(
        status,
        "",
        json!({"error": {"code": status, "message": "busy"}}).to_string(),
    )
}

/// The ids of the jobs that were asked for with the word.
fn jobs(front: &Front, word: &str) -> Vec<String> {
    let requests = front.requests().into_iter();
    requests
        .filter(|r| r.is("POST", "/jobs") && r.body.contains(word))
        .map(|r| serde_json::from_str::<Json>(&r.body).unwrap()["jobReference"]["jobId"].to_string())
        .collect()
}

const WORD: &str = "word of mine";

#[test]
fn busy_answers_and_cut_lines_are_tried_again_and_counted() {
    let (shop, front) = shop("busy", WORD, |n| match n {
        0 => busy(429),
        1 => busy(503),
        2 => Reply::Cut,
        _ => Reply::Pass,
    });
    succeeds(&shop.nexus(&["run"]));
    assert_eq!(response(&shop, "model.shop.one")["retries"], json!(3));
    let jobs = jobs(&front, WORD);
    assert_eq!(jobs.len(), 4);
    assert!(
        jobs.iter().all(|id| *id == jobs[0]),
        "one job, under one id: {jobs:?}"
    );
}

#[test]
fn a_job_whose_beginning_got_no_answer_is_not_run_twice() {
    let (shop, front) = shop("lost", WORD, |n| if n == 0 { Reply::Lose } else { Reply::Pass });
    shop.write(
        "models/one.sql",
        "{{ config(materialized='incremental') }} select 'word of mine' as word, {{ var('n', 1) }} as n",
    );
    succeeds(&shop.nexus(&["run"]));
    let jobs = jobs(&front, WORD);
    assert_eq!((jobs.len(), &jobs[0]), (2, &jobs[1]));
    assert_eq!(
        rows(&shop, "select count(*) as n from {{ ref('one') }}"),
        json!([{"n": 1}])
    );
}

#[test]
fn a_server_that_stays_away_leaves_the_old_table_and_nothing_beside() {
    let (shop, _front) = shop("away", "2 as n", |_| busy(503));
    succeeds(&shop.nexus(&["run"]));
    let failed = shop.nexus(&["run", "--vars", "n: 2"]);
    assert_eq!(failed.code, Some(1), "{}{}", failed.stdout, failed.stderr);
    assert!(failed.stdout.contains("busy"), "{}", failed.stdout);
    assert_eq!(rows(&shop, "select n from {{ ref('one') }}"), json!([{"n": 1}]));
    let tables = "select table_name from {{ target.schema }}.INFORMATION_SCHEMA.TABLES";
    assert_eq!(rows(&shop, tables), json!([{"table_name": "one"}]));
}
