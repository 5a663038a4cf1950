//! Null and duplicate keys in the delta of an incremental model or a snapshot, through the binary: what is refused, what
//! allows it, and what is told in its place under the name `dbt`.

use serde_json::json;

use crate::support::environment::{Environment, Output};
use crate::support::lab::Lab;
use crate::support::shop::{profile, succeeds};

const NULLS: &str = "(1, 'new'), (null, 'x'), (null, 'y')";
const DUPLICATES: &str = "(1, 'a'), (1, 'b'), (2, 'c')";

/// A project whose model gives the row (1, 'old') first, and then this delta.
fn first_run(config: &str, delta: &str, models: &str) -> Environment {
    let environment = Environment::empty();
    environment
        .write(
            "dbt_project.yml",
            &format!("name: shop\nversion: '1.0'\nprofile: shop\nmodels: {{shop: {{{models}}}}}\n"),
        )
        .write(
            "profiles.yml",
            "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: shop.duckdb}\n",
        )
        .write(
            "models/orders.sql",
            &format!(
                "{{{{ config(materialized='incremental', unique_key='id'{config}) }}}}\n\
                 {{% if is_incremental() %}}\n\
                 select * from (values {delta}) as delta (id, status)\n\
                 {{% else %}}\n\
                 select 1 as id, 'old' as status\n\
                 {{% endif %}}\n"
            ),
        );
    assert_eq!(environment.nexus(&["run"]).code, Some(0));
    environment
}

/// Builds the model on its delta; returns what was said and how many rows there are then.
fn second_run(config: &str, delta: &str, code: i32) -> (String, u64) {
    let environment = first_run(config, delta, "");
    let output = environment.nexus(&["run"]);
    (told(output, code), count(&environment))
}

/// As [`second_run`], under the name `dbt`.
fn second_run_as_dbt(config: &str, delta: &str, code: i32) -> (String, u64) {
    let environment = first_run(config, delta, "");
    let mut command = environment.command_as_dbt();
    command.arg("run");
    (told(environment.output(command), code), count(&environment))
}

fn told(output: Output, code: i32) -> String {
    let said = output.stdout + &output.stderr;
    assert_eq!(output.code, Some(code), "{said}");
    said
}

fn count(environment: &Environment) -> u64 {
    let rows = crate::support::shop::rows(environment, "select count(*) as total from {{ ref('orders') }}");
    rows[0]["total"].as_u64().unwrap()
}

#[test]
fn null_keys_are_an_error_that_names_the_line_which_allows_them() {
    let (said, rows) = second_run("", NULLS, 1);
    assert!(said.contains("error[N0605]: 2 of the 3 rows"), "{said}");
    assert!(said.contains("--> models/orders.sql:1:"), "{said}");
    for line in ["`allow_null_keys: true`", "`+allow_null_keys: true`", "`meta`"] {
        assert!(said.contains(line), "{said}");
    }
    assert_eq!(rows, 1, "the old table is there as it was");
}

#[test]
fn null_keys_are_an_error_for_each_strategy_that_matches_by_keys() {
    for strategy in ["default", "delete+insert", "merge"] {
        let (said, rows) = second_run(&format!(", incremental_strategy='{strategy}'"), NULLS, 1);
        assert!(said.contains("2 of the 3 rows"), "{strategy}: {said}");
        assert_eq!(rows, 1, "{strategy}");
    }
    // Appending uses no key.
    let (_, rows) = second_run(", incremental_strategy='append'", NULLS, 0);
    assert_eq!(rows, 4);
}

#[test]
fn duplicate_keys_are_an_error_unless_whole_groups_are_to_be_replaced() {
    for strategy in ["", ", incremental_strategy='merge'"] {
        let (said, rows) = second_run(strategy, DUPLICATES, 1);
        assert!(said.contains("id = 1 in 2 rows"), "{said}");
        assert!(said.contains("`+allow_duplicate_keys: true`"), "{said}");
        assert_eq!(rows, 1);
    }
    let (said, rows) = second_run(", incremental_strategy='delete+insert'", DUPLICATES, 0);
    assert!(!said.contains("warning["), "{said}");
    assert_eq!(rows, 3);
    let forbidden = ", incremental_strategy='delete+insert', allow_duplicate_keys=false";
    let (said, _) = second_run(forbidden, DUPLICATES, 1);
    assert!(said.contains("id = 1 in 2 rows"), "{said}");
}

#[test]
fn a_config_of_the_model_of_the_project_or_under_meta_allows_keys_in_silence() {
    let delta = "(null, 'x'), (2, 'a'), (2, 'b')";
    let allowed = "allow_null_keys=true, allow_duplicate_keys=true";
    let meta = "meta={'allow_null_keys': true, 'allow_duplicate_keys': true}";
    let project = "+allow_null_keys: true, +allow_duplicate_keys: true";
    for (config, models) in [
        (format!(", {allowed}"), ""),
        (format!(", {meta}"), ""),
        (String::new(), project),
    ] {
        let environment = first_run(&config, delta, models);
        let said = told(environment.nexus(&["run"]), 0);
        assert!(!said.contains("warning["), "{said}");
        assert_eq!(count(&environment), 4);
    }
    let (said, _) = second_run(", allow_null_keys='yes'", delta, 1);
    assert!(
        said.contains("`allow_null_keys` is true or false, not `yes`"),
        "{said}"
    );
}

#[test]
fn a_refused_delta_leaves_the_columns_of_the_table_alone() {
    let environment = first_run(", on_schema_change='append_new_columns'", NULLS, "");
    let model = "{{ config(materialized='incremental', unique_key='id', on_schema_change='append_new_columns') }}\n\
                 select null as id, 'x' as status, 1 as more\n";
    environment.write("models/orders.sql", model);
    told(environment.nexus(&["run"]), 1);
    let rows = crate::support::shop::rows(&environment, "select * from {{ ref('orders') }}");
    assert_eq!(rows, json!([{"id": 1, "status": "old"}]));
}

#[test]
fn under_the_name_dbt_rows_are_those_of_dbt_with_a_warning() {
    let (said, rows) = second_run_as_dbt("", NULLS, 0);
    assert!(said.contains("2 of the 3 rows"), "{said}");
    assert_eq!(rows, 3);
    let (said, rows) = second_run_as_dbt("", DUPLICATES, 0);
    assert!(!said.contains("same unique key"), "{said}");
    assert_eq!(rows, 3);
    let merge = ", incremental_strategy='merge'";
    let new_twice = "(1, 'new'), (1, 'new'), (2, 'x'), (2, 'y')";
    let (said, rows) = second_run_as_dbt(merge, new_twice, 0);
    assert!(said.contains("id = 2 in 2 rows"), "{said}");
    assert_eq!(rows, 3);
    for (config, shown) in [
        (", allow_null_keys=false", "2 of the 3 rows"),
        (", meta={'allow_null_keys': false}", "2 of the 3 rows"),
    ] {
        let (said, rows) = second_run_as_dbt(config, NULLS, 1);
        assert!(said.contains(shown), "{said}");
        assert_eq!(rows, 1);
    }
}

#[test]
fn a_merge_that_chance_would_decide_is_an_error_under_the_name_dbt_too() {
    let merge = ", incremental_strategy='merge'";
    let (said, rows) = second_run_as_dbt(merge, "(1, 'new'), (1, 'newer'), (2, 'x')", 1);
    assert!(said.contains("chance would decide"), "{said}");
    assert_eq!(rows, 1);
    let allowed = format!("{merge}, allow_duplicate_keys=true");
    let (_, rows) = second_run(&allowed, "(1, 'new'), (1, 'newer')", 0);
    assert_eq!(rows, 1);
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
    told(output, code)
}

const DELTA: &str =
    "select cast(id as integer) as id, status from (values {{ var('delta') }}) as delta (id, status)";

#[test]
fn each_strategy_refuses_null_and_duplicate_keys_on_each_database() {
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
            let (nulls, duplicates) = ("(1, 'new'), (null, 'x')", "(2, 'a'), (2, 'b')");
            model("");
            let said = again(&environment, nulls, i32::from(strategy != "append"));
            assert_eq!(said.contains("1 of the 2 rows"), strategy != "append", "{said}");
            let said = again(&environment, duplicates, i32::from(strategy == "merge"));
            assert_eq!(said.contains("id = 2 in 2 rows"), strategy == "merge", "{said}");
            model(", allow_null_keys=true, allow_duplicate_keys=true");
            again(&environment, &format!("(null, 'x'), {duplicates}"), 0);
            model(", allow_null_keys=false, allow_duplicate_keys=false");
            assert!(again(&environment, nulls, 1).contains("null in the unique key `id`"));
            assert!(again(&environment, duplicates, 1).contains("id = 2 in 2 rows"));
        }
    }
}

#[test]
fn batches_that_are_merged_by_keys_refuse_them_too() {
    let [_, environment] = on_both("t_batch_keys");
    let config = "materialized='incremental', unique_key='id', incremental_strategy='microbatch', event_time='seen', \
                  begin='2024-01-01', batch_size='year', lookback=3";
    let model = format!(
        "{{{{ config({config}) }}}} select cast(id as integer) as id, cast('2024-06-01' as timestamp) as seen \
         from (values {{{{ var('delta') }}}}) as delta (id, status)"
    );
    environment.write("models/orders.sql", &model);
    let said = again(&environment, "(null, 'x')", 1);
    assert!(said.contains("1 of the 1 rows"), "{said}");
}

#[test]
fn snapshots_refuse_null_and_duplicate_keys_unless_they_are_allowed() {
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
            let both = "(1, 'new'), (null, 'x'), (2, 'a'), (2, 'b')";
            snapshot("");
            let said = again(&environment, both, 1);
            assert!(said.contains("1 of the rows to bring into"), "{said}");
            assert!(said.contains("get a new version by every run"), "{said}");
            let said = again(&environment, "(2, 'a'), (2, 'b')", 1);
            assert!(said.contains(shown), "{said}");
            assert!(said.contains("Each would be a current version"), "{said}");
            snapshot(", allow_null_keys=true, allow_duplicate_keys=true");
            let said = again(&environment, both, 0);
            assert!(!said.contains("warning["), "{said}");
            snapshot(", meta={'allow_duplicate_keys': true}");
            told(
                environment.nexus(&["build", "--vars", "{delta: \"(null, 'x')\"}"]),
                0,
            );

            let mut command = environment.command_as_dbt();
            command.args(["build", "--vars", &format!("{{delta: \"{both}\"}}")]);
            let said = told(environment.output(command), 0);
            assert!(said.contains("1 of the rows to bring into"), "{said}");
        }
    }
}

/// Fails where an engine of tests/lab takes keys that DuckDB refuses, or a refused delta changes the table or the next run.
fn refused_by(engine: &str, place: &str) {
    let mut output = Lab::of(engine).output;
    output[place] = json!(format!("keys_{}", std::process::id()));
    let environment = Environment::empty();
    environment.write("dbt_project.yml", "name: shop\nversion: '1.0'\nprofile: shop\n");
    environment.write(
        "models/orders.sql",
        "{{ config(materialized='incremental', unique_key='id', incremental_strategy='merge') }}\n\
         {% for id, status in var('delta') %}\n\
         {{ 'union all' if not loop.first }}\n\
         select cast({{ id }} as {{ dbt.type_int() }}) as id, '{{ status }}' as status\n\
         {% endfor %}\n",
    );
    profile(&environment, &output);
    let run = |delta: &str, code: i32| {
        let output = environment.nexus(&["run", "--vars", &format!("{{delta: {delta}}}")]);
        told(output, code)
    };
    run("[[1, old]]", 0);
    let said = run("[[1, new], ['null', x]]", 1);
    assert!(said.contains("error[N0605]: 1 of the 2 rows"), "{engine}: {said}");
    let said = run("[[2, a], [2, b], [3, c]]", 1);
    assert!(said.contains("id = 2 in 2 rows"), "{engine}: {said}");
    let stored = || {
        let rows = crate::support::shop::rows(
            &environment,
            "select concat(cast(id as {{ dbt.type_string() }}), status) as row_of_it from {{ ref('orders') }} order by 1",
        );
        let rows = rows.as_array().unwrap().clone();
        let texts = rows.iter().map(|row| {
            row.as_object()
                .unwrap()
                .values()
                .next()
                .unwrap()
                .as_str()
                .unwrap()
                .to_owned()
        });
        texts.collect::<Vec<_>>()
    };
    assert_eq!(stored(), ["1old"], "{engine}");
    run("[[1, new], [2, b]]", 0);
    assert_eq!(stored(), ["1new", "2b"], "{engine}");
}

#[test]
fn bigquery_is_not_given_keys_that_are_refused() {
    refused_by("bigquery", "dataset");
}

#[test]
fn databricks_is_not_given_keys_that_are_refused() {
    refused_by("databricks", "schema");
}

#[test]
fn redshift_is_not_given_keys_that_are_refused() {
    refused_by("redshift", "schema");
}

#[test]
fn snowflake_is_not_given_keys_that_are_refused() {
    refused_by("snowflake", "schema");
}
