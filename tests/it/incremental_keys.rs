//! Null and duplicate keys in the delta of an incremental model, through the binary.

use crate::support::environment::{Environment, Output};

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
