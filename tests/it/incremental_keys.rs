//! Null and duplicate keys in the delta of an incremental model or a snapshot, through the binary.

use serde_json::json;

use crate::support::environment::{Environment, Output};
use crate::support::lab::Lab;
use crate::support::shop::{profile, succeeds};

/// Builds a model whose first run gives the row (1, 'old'), and then runs it on this delta.
fn second_run(config: &str, delta: &str) -> (Environment, Output) {
    let environment = Environment::empty();
    environment
        .write("dbt_project.yml", "name: shop\nversion: '1.0'\nprofile: shop\n")
        .write(
            "profiles.yml",
            "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: shop.duckdb}\n",
        )
        .write(
            "models/orders.sql",
            &format!(
                "{{{{ config(materialized='incremental', {config}) }}}}\n\
                 {{% if is_incremental() %}}\n\
                 select * from (values {delta}) as delta (id, status)\n\
                 {{% else %}}\n\
                 select 1 as id, 'old' as status\n\
                 {{% endif %}}\n"
            ),
        );
    assert_eq!(environment.nexus(&["run"]).code, Some(0));
    let output = environment.nexus(&["run"]);
    (environment, output)
}

fn count(environment: &Environment) -> String {
    let query = "select 'rows: ' || count(*) as total from {{ ref('orders') }}";
    environment.nexus(&["show", "--inline", query]).stdout
}

#[test]
fn null_keys_are_a_warning_and_are_added_as_in_dbt() {
    let (environment, output) = second_run("unique_key='id'", "(1, 'new'), (null, 'x'), (null, 'y')");
    assert_eq!(output.code, Some(0), "{}", output.stdout);
    let said = output.stdout + &output.stderr;
    assert!(said.contains("2 of the 3 rows"), "{said}");
    assert!(count(&environment).contains("rows: 3"));
}

#[test]
fn null_keys_are_an_error_where_they_are_not_allowed() {
    let (environment, output) = second_run(
        "unique_key='id', allow_null_keys=false",
        "(1, 'new'), (null, 'x')",
    );
    assert_eq!(output.code, Some(1), "{}", output.stdout);
    assert!(output.stdout.contains("1 of the 2 rows"), "{}", output.stdout);
    assert!(count(&environment).contains("rows: 1"));
}

#[test]
fn null_keys_that_are_allowed_are_not_mentioned() {
    let (_environment, output) = second_run("unique_key=['id'], allow_null_keys=true", "(null, 'x')");
    assert_eq!(output.code, Some(0), "{}", output.stdout);
    let said = output.stdout + &output.stderr;
    assert!(!said.contains("warning["), "{said}");
}

#[test]
fn a_merge_that_chance_would_decide_is_an_error() {
    let merge = "unique_key='id', incremental_strategy='merge'";
    let (environment, output) = second_run(merge, "(1, 'new'), (1, 'newer'), (2, 'x')");
    assert_eq!(output.code, Some(1), "{}", output.stdout);
    assert!(output.stdout.contains("id = 1 in 2 rows"), "{}", output.stdout);
    assert!(count(&environment).contains("rows: 1"));
}

#[test]
fn a_merge_of_a_new_key_in_several_rows_is_a_warning() {
    let merge = "unique_key='id', incremental_strategy='merge'";
    let (environment, output) = second_run(merge, "(1, 'new'), (1, 'new'), (2, 'x'), (2, 'y')");
    assert_eq!(output.code, Some(0), "{}", output.stdout);
    let said = output.stdout + &output.stderr;
    assert!(said.contains("id = 2 in 2 rows"), "{said}");
    assert!(count(&environment).contains("rows: 3"));
}

#[test]
fn a_merge_that_chance_decides_runs_where_it_is_allowed() {
    let merge = "unique_key='id', incremental_strategy='merge', allow_duplicate_keys=true";
    let (environment, output) = second_run(merge, "(1, 'new'), (1, 'newer')");
    assert_eq!(output.code, Some(0), "{}", output.stdout);
    assert!(count(&environment).contains("rows: 1"));
}

#[test]
fn delete_and_insert_replaces_whole_groups_in_silence_unless_told_otherwise() {
    let delta = "(1, 'a'), (1, 'b')";
    let (environment, output) = second_run("unique_key='id'", delta);
    assert_eq!(output.code, Some(0), "{}", output.stdout);
    let said = output.stdout + &output.stderr;
    assert!(!said.contains("warning["), "{said}");
    assert!(count(&environment).contains("rows: 2"));

    let (_environment, output) = second_run("unique_key='id', allow_duplicate_keys=false", delta);
    assert_eq!(output.code, Some(1), "{}", output.stdout);
    assert!(output.stdout.contains("id = 1 in 2 rows"), "{}", output.stdout);
}

/// Projects on DuckDB and on PostgreSQL, the latter in a schema of its own.
fn on_both(schema: &str) -> [Environment; 2] {
    let mut on_server = Lab::of("postgres").output;
    on_server["schema"] = json!(schema);
    [
        json!({"type": "duckdb", "path": "shop.duckdb", "schema": schema}),
        on_server,
    ]
    .map(|output| {
        let environment = Environment::empty();
        environment.write("dbt_project.yml", "name: shop\nversion: '1.0'\nprofile: shop\n");
        profile(&environment, &output);
        let drop = format!("drop schema if exists {schema} cascade");
        succeeds(&environment.nexus(&["show", "--inline", &drop, "--limit", "-1"]));
        environment
    })
}

/// Builds a node whose first run gives (1, 'old'), then again on the delta; returns what the second run said.
fn again(environment: &Environment, delta: &str, code: i32) -> String {
    let command = ["build", "--vars", "{delta: \"(1, 'old')\"}", "--full-refresh"];
    succeeds(&environment.nexus(&command));
    let output = environment.nexus(&["build", "--vars", &format!("{{delta: \"{delta}\"}}")]);
    let said = output.stdout + &output.stderr;
    assert_eq!(output.code, Some(code), "{said}");
    said
}

const DELTA: &str =
    "select cast(id as integer) as id, status from (values {{ var('delta') }}) as delta (id, status)";

#[test]
fn each_strategy_tells_of_null_keys_and_refuses_them_where_they_are_not_allowed() {
    for environment in on_both("t_null_keys") {
        for strategy in ["append", "delete+insert", "merge"] {
            let model = |more: &str| {
                let config = format!(
                    "materialized='incremental', unique_key='id', incremental_strategy='{strategy}'{more}"
                );
                environment.write(
                    "models/orders.sql",
                    &format!("{{{{ config({config}) }}}} {DELTA}"),
                );
            };
            let delta = "(1, 'new'), (null, 'x')";
            model("");
            let said = again(&environment, delta, 0);
            // Appending uses no key, so that a null does no harm.
            assert_eq!(said.contains("1 of the 2 rows"), strategy != "append", "{said}");
            model(", allow_null_keys=false");
            assert!(again(&environment, delta, 1).contains("null in the unique key `id`"));
            model(", allow_duplicate_keys=false");
            let said = again(&environment, "(2, 'a'), (2, 'b')", 1);
            assert!(said.contains("id = 2 in 2 rows"), "{said}");
        }
    }
}

#[test]
fn a_merge_that_chance_would_decide_is_an_error_on_each_database() {
    for environment in on_both("t_torn_keys") {
        let config = "materialized='incremental', unique_key='id', incremental_strategy='merge'";
        environment.write(
            "models/orders.sql",
            &format!("{{{{ config({config}) }}}} {DELTA}"),
        );
        let said = again(&environment, "(1, 'new'), (1, 'newer')", 1);
        assert!(said.contains("chance would decide"), "{said}");
    }
}

#[test]
fn snapshots_tell_of_null_and_duplicate_keys_and_refuse_them_where_they_are_not_allowed() {
    for (schema, key, shown) in [
        ("t_snapshot_key", "'id'", "id = 2 in 2 rows"),
        ("t_snapshot_keys", "['id', 'kind']", "id = 2, kind = b in 2 rows"),
    ] {
        for environment in on_both(schema) {
            let snapshot = |more: &str| {
                let config = format!("unique_key={key}, strategy='check', check_cols=['status']{more}");
                let query = format!("select *, 'b' as kind from ({DELTA}) as rows_of_it");
                environment.write(
                    "snapshots/kept.sql",
                    &format!("{{% snapshot kept %}}{{{{ config({config}) }}}} {query}{{% endsnapshot %}}"),
                );
                // A snapshot is never built anew by a flag.
                let drop = format!("drop table if exists {schema}.kept");
                succeeds(&environment.nexus(&["show", "--inline", &drop, "--limit", "-1"]));
            };
            snapshot("");
            let said = again(&environment, "(1, 'new'), (null, 'x'), (2, 'a'), (2, 'b')", 0);
            assert!(said.contains("1 of the rows to bring into"), "{said}");
            assert!(said.contains(shown), "{said}");
            snapshot(", allow_null_keys=true, allow_duplicate_keys=true");
            let said = again(&environment, "(null, 'x'), (2, 'a'), (2, 'b')", 0);
            assert!(!said.contains("warning["), "{said}");
            snapshot(", allow_null_keys=false");
            let said = again(&environment, "(null, 'x')", 1);
            assert!(said.contains("get a new version by every run"), "{said}");
            snapshot(", allow_duplicate_keys=false");
            let said = again(&environment, "(2, 'a'), (2, 'b')", 1);
            assert!(said.contains("Each would be a current version"), "{said}");
        }
    }
}
