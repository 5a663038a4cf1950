//! Models built in batches of time, where something fails: what is kept, what is told, what is refused.

use serde_json::Value as Json;

use crate::support::environment::Environment;

const DAYS: [&str; 4] = [
    "--event-time-start",
    "2024-02-27",
    "--event-time-end",
    "2024-03-02",
];

/// A project with one row a day and the given model.
fn project(config: &str, page: &str) -> Environment {
    let project = Environment::empty();
    project.write("dbt_project.yml", "name: b\nprofile: b\n");
    project.write(
        "profiles.yml",
        "b: {target: d, outputs: {d: {type: duckdb, path: b.duckdb, threads: 2}}}\n",
    );
    project.write(
        "models/visits.sql",
        "{{ config(event_time='seen_at') }}
         select i as id, timestamp '2024-02-27 12:00' + to_days(i::int) as seen_at from range(4) t(i)",
    );
    project.write(
        "models/daily.sql",
        &format!(
            "{{{{ config(materialized='incremental', incremental_strategy='microbatch'{config}) }}}}
             select id, seen_at, {page} as page from {{{{ ref('visits') }}}}"
        ),
    );
    project
}

const WHOLE: &str = ", event_time='seen_at', begin='2024-02-27', batch_size='day'";

fn result_of(project: &Environment, id: &str) -> Json {
    let text = std::fs::read_to_string(project.path().join("target/run_results.json")).unwrap();
    let document: Json = serde_json::from_str(&text).unwrap();
    let results = document["results"].as_array().unwrap();
    results.iter().find(|r| r["unique_id"] == id).unwrap().clone()
}

#[test]
fn a_failing_batch_leaves_the_others_and_holds_back_what_stands_behind() {
    let project = project(WHOLE, "case when id = 2 then error('no leap days') else 'x' end");
    project.write("models/behind.sql", "select * from {{ ref('daily') }}");
    let run = project.nexus(&[&["run"][..], &DAYS].concat());
    assert_eq!(run.code, Some(1), "{}", run.stdout);
    assert!(
        run.stdout
            .contains("PARTIALLY created sql microbatch model main.daily"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("SKIP relation main.behind"), "{}", run.stdout);
    assert!(run.stdout.contains("no leap days"), "{}", run.stdout);
    let result = result_of(&project, "model.b.daily");
    assert_eq!(result["status"], "partial success");
    assert_eq!(result["message"], "PARTIAL SUCCESS (3/4)");
    let failed = serde_json::json!([["2024-02-29T00:00:00+00:00", "2024-03-01T00:00:00+00:00"]]);
    assert_eq!(result["batch_results"]["failed"], failed);
    let shown = project.nexus(&[
        "show",
        "--inline",
        "select count(*) as n from daily",
        "--output",
        "json",
    ]);
    assert!(shown.stdout.contains("\"n\": 3"), "{}", shown.stdout);
}

#[test]
fn where_the_first_batch_fails_the_others_are_not_begun() {
    let project = project(WHOLE, "error('always')::text");
    let run = project.nexus(&[&["run"][..], &DAYS].concat());
    assert_eq!(run.code, Some(1));
    let lines = run.stdout.matches("SKIP batch").count();
    assert_eq!(lines, 3, "{}", run.stdout);
    assert_eq!(result_of(&project, "model.b.daily")["message"], "ERROR");
}

#[test]
fn batches_run_side_by_side_build_the_same_rows() {
    let project = project(&format!("{WHOLE}, concurrent_batches=true"), "'x'");
    let hours = [
        "--event-time-start",
        "2024-02-20",
        "--event-time-end",
        "2024-03-08",
    ];
    for _ in 0..2 {
        let run = project.nexus(&[&["run", "--threads", "4"][..], &hours].concat());
        assert_eq!(run.code, Some(0), "{}", run.stdout);
    }
    let sql = "select count(*) || '/' || count(distinct id) as n from daily";
    let shown = project.nexus(&["show", "--inline", sql, "--output", "json"]);
    assert!(shown.stdout.contains("\"n\": \"4/4\""), "{}", shown.stdout);
}

#[test]
fn all_that_is_missing_in_the_configuration_is_said_at_once() {
    let project = project(", batch_size='week', lookback='two'", "'x'");
    let run = project.nexus(&["parse"]);
    assert_eq!(run.code, Some(2));
    for what in [
        "has no `event_time`",
        "has no `begin`",
        "has a `batch_size` that is none: \"week\"",
        "has a `lookback`",
    ] {
        assert!(run.stderr.contains(what), "{what}: {}", run.stderr);
    }
}

#[test]
fn times_on_the_command_line_are_checked() {
    let project = project(WHOLE, "'x'");
    let half = project.nexus(&["run", "--event-time-start", "2024-02-27"]);
    assert_eq!(half.code, Some(2));
    assert!(
        half.stderr.contains("without --event-time-end"),
        "{}",
        half.stderr
    );
    let wrong = project.nexus(&[
        "run",
        "--event-time-start",
        "2024-02-27",
        "--event-time-end",
        "soon",
    ]);
    assert!(
        wrong
            .stderr
            .contains("`soon` given with --event-time-end is no time"),
        "{}",
        wrong.stderr
    );
    let swapped = project.nexus(&[
        "run",
        "--event-time-start",
        "2024-02-27",
        "--event-time-end",
        "2024-02-27",
    ]);
    assert_eq!(swapped.code, Some(2), "{}", swapped.stderr);
}

#[test]
fn a_projects_own_macro_for_the_strategy_is_called_once_without_batches() {
    let project = project("", "'x'");
    project.write(
        "macros/own.sql",
        "{% macro get_incremental_microbatch_sql(arg_dict) %}{{ return(get_incremental_append_sql(arg_dict)) }}{% endmacro %}",
    );
    for _ in 0..2 {
        let run = project.nexus(&["run"]);
        assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    }
    let shown = project.nexus(&[
        "show",
        "--inline",
        "select count(*) as n from daily",
        "--output",
        "json",
    ]);
    assert!(shown.stdout.contains("\"n\": 8"), "{}", shown.stdout);
}
