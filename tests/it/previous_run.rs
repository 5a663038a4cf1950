//! What an earlier run is good for: `state:` and `--defer` as in dbt-core, `retry`, `clone`.

use serde_json::Value as Json;

use crate::support::environment::Environment;
use crate::support::oracle::compare;

#[test]
fn selection_and_deferral_by_an_earlier_run_are_as_in_dbt() {
    compare("state.py", &[]);
}

/// A project of three models, of which the second fails unless a variable is set, and a profile with two targets.
fn shop() -> Environment {
    let environment = Environment::empty();
    environment
        .write("dbt_project.yml", "name: shop\nversion: '1.0.0'\nprofile: shop\n")
        .write(
            "profiles.yml",
            "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: shop.duckdb, schema: dev}\n    \
             prod: {type: duckdb, path: shop.duckdb, schema: prod}\n",
        )
        .write("models/first.sql", "{{ config(materialized='table') }} select 1 as id")
        .write(
            "models/second.sql",
            "select {{ '1' if var('works', false) else 'nothing_of_the_kind' }} as id from {{ ref('first') }}",
        )
        .write("models/third.sql", "select id from {{ ref('second') }}");
    environment
}

/// Returns name and status of each result of the last run, sorted.
fn results(environment: &Environment) -> Vec<String> {
    let text = std::fs::read_to_string(environment.path().join("target/run_results.json")).unwrap();
    let artifact: Json = serde_json::from_str(&text).unwrap();
    let mut rows: Vec<String> = artifact["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| {
            format!(
                "{} {}",
                r["unique_id"].as_str().unwrap(),
                r["status"].as_str().unwrap()
            )
        })
        .collect();
    rows.sort();
    rows
}

#[test]
fn retry_runs_what_failed_and_what_was_skipped_with_the_flags_of_then() {
    let shop = shop();
    assert_eq!(
        shop.nexus(&["run", "--target", "prod", "--select", "first+"])
            .code,
        Some(1)
    );
    let failed = [
        "model.shop.first success",
        "model.shop.second error",
        "model.shop.third skipped",
    ];
    assert_eq!(results(&shop), failed);
    assert_eq!(shop.nexus(&["retry"]).code, Some(1));
    assert_eq!(results(&shop), &failed[1..]);
    let again = shop.nexus(&["retry", "--vars", "{works: true}"]);
    assert_eq!(again.code, Some(0), "{}{}", again.stdout, again.stderr);
    assert_eq!(
        results(&shop),
        ["model.shop.second success", "model.shop.third success"]
    );
    let shown = shop.nexus(&[
        "show",
        "--inline",
        "select id from prod.third",
        "--output",
        "json",
    ]);
    assert!(shown.stdout.contains("\"id\": 1"), "{}", shown.stdout);
    // Nothing is left to do.
    assert_eq!(shop.nexus(&["retry"]).code, Some(0));
    assert_eq!(results(&shop), Vec::<String>::new());
}

#[test]
fn retry_without_an_earlier_run_says_so() {
    let output = shop().nexus(&["retry"]);
    assert_eq!(output.code, Some(2));
    assert!(
        output.stderr.contains("N0405") && output.stderr.contains("run_results.json"),
        "{}",
        output.stderr
    );
}

#[test]
fn clone_stands_the_other_environment_in_once() {
    let shop = shop();
    let built = shop.nexus(&[
        "run",
        "--target",
        "prod",
        "--vars",
        "{works: true}",
        "--target-path",
        "earlier",
    ]);
    assert_eq!(built.code, Some(0), "{}{}", built.stdout, built.stderr);
    let cloned = shop.nexus(&["clone", "--state", "earlier"]);
    assert_eq!(cloned.code, Some(0), "{}{}", cloned.stdout, cloned.stderr);
    assert_eq!(results(&shop).len(), 3);
    let query =
        "select view_definition as d from information_schema.views where table_schema = 'dev' order by 1";
    let shown = shop.nexus(&["show", "--inline", query, "--output", "json", "--limit", "-1"]);
    assert_eq!(shown.stdout.matches("shop.prod.").count(), 3, "{}", shown.stdout);
    // What is there already stays, unless all is to be made anew.
    let again = shop.nexus(&["clone", "--state", "earlier", "--select", "first"]);
    assert!(
        again.stderr.contains("already exists") || again.stdout.contains("already exists"),
        "{}{}",
        again.stdout,
        again.stderr
    );
    let anew = shop.nexus(&[
        "clone",
        "--state",
        "earlier",
        "--select",
        "first",
        "--full-refresh",
    ]);
    assert!(!anew.stdout.contains("already exists"), "{}", anew.stdout);
}

#[test]
fn clone_without_a_state_says_what_it_needs() {
    let output = shop().nexus(&["clone"]);
    assert_eq!(output.code, Some(2));
    assert!(
        output.stderr.contains("N0405") && output.stderr.contains("--state"),
        "{}",
        output.stderr
    );
}

#[test]
fn a_state_of_a_later_format_is_refused() {
    let shop = shop();
    shop.write(
        "earlier/manifest.json",
        r#"{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v99.json"}}"#,
    );
    let output = shop.nexus(&["ls", "--select", "state:modified", "--state", "earlier"]);
    assert_eq!(output.code, Some(2));
    assert!(
        output.stderr.contains("N0114") && output.stderr.contains("version 99"),
        "{}",
        output.stderr
    );
}

#[test]
fn a_contract_of_a_version_that_breaks_stops_the_comparison() {
    let shop = shop();
    let properties = |columns: &str| {
        format!(
            "models:\n  - name: first\n    config: {{contract: {{enforced: true}}}}\n    columns: [{columns}]\n    \
             latest_version: 1\n    versions: [{{v: 1, defined_in: first}}]\n"
        )
    };
    shop.write("models/schema.yml", &properties("{name: id, data_type: integer}"));
    assert_eq!(shop.nexus(&["parse", "--target-path", "earlier"]).code, Some(0));
    let select = ["ls", "--select", "state:modified", "--state", "earlier"];
    let same = shop.nexus(&select);
    assert_eq!(
        (same.code, same.stdout.as_str()),
        (Some(0), ""),
        "{}",
        same.stderr
    );
    shop.write("models/schema.yml", &properties("{name: id, data_type: varchar}"));
    let broken = shop.nexus(&select);
    assert_eq!(broken.code, Some(2));
    assert!(
        broken.stderr.contains("N0406") && broken.stderr.contains("from integer to varchar"),
        "{}",
        broken.stderr
    );
}

/// Both batches but one were built: only that one is built again, into the rows that stand there.
#[test]
fn retry_builds_the_failed_batches_only() {
    let shop = Environment::empty();
    shop.write("dbt_project.yml", "name: shop\nversion: '1.0.0'\nprofile: shop\n")
        .write(
            "profiles.yml",
            "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: shop.duckdb}\n",
        )
        .write(
            "models/seen.sql",
            "{{ config(materialized='table', event_time='seen_at') }}\n\
             select unnest([timestamp '2024-02-27', '2024-02-28', '2024-02-29']) as seen_at",
        )
        .write(
            "models/daily.sql",
            "{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='seen_at', \
             begin='2024-02-27', batch_size='day') }}\n\
             select seen_at, '{{ var('round') }}' as built_in, \
             case when day(seen_at) = 28 and '{{ var('round') }}' = '1' then error('not yet') else 1 end as n \
             from {{ ref('seen') }}",
        );
    let first = shop.nexus(&[
        "run",
        "--vars",
        "{round: 1}",
        "--event-time-start",
        "2024-02-27",
        "--event-time-end",
        "2024-03-01",
    ]);
    assert_eq!(first.code, Some(1), "{}", first.stdout);
    let again = shop.nexus(&["retry", "--vars", "{round: 2}"]);
    assert_eq!(again.code, Some(0), "{}{}", again.stdout, again.stderr);
    assert_eq!(results(&shop), ["model.shop.daily success"]);
    let shown = shop.nexus(&[
        "show",
        "--inline",
        "select string_agg(day(seen_at) || '/' || built_in, ' ' order by seen_at) as days from daily",
        "--output",
        "json",
    ]);
    assert!(shown.stdout.contains("\"27/1 28/2 29/1\""), "{}", shown.stdout);
}
