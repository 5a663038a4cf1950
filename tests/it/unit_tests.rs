//! Unit tests through the binary: what a failing one shows, what it holds back, and what is refused.

use crate::support::environment::Environment;

const PROJECT: &str = "name: shop\nprofile: shop\nconfig-version: 2\n";
const PROFILE: &str =
    "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: shop.duckdb, threads: 1}\n";

/// A project with a model `input`, a model `total` that reads it, and unit tests.
fn project(unit_tests: &str) -> Environment {
    let environment = Environment::empty();
    environment
        .write("dbt_project.yml", PROJECT)
        .write("profiles.yml", PROFILE)
        .write("models/input.sql", "select 1 as id, cast('x' as varchar) as s")
        .write(
            "models/total.sql",
            "select id, s from {{ ref('input') }} where id > 0",
        )
        .write("models/below.sql", "select * from {{ ref('total') }}")
        .write("models/unit_tests.yml", unit_tests);
    environment
}

fn results(environment: &Environment) -> Vec<(String, String, Option<String>)> {
    let text = std::fs::read_to_string(environment.path().join("target/run_results.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let results = json["results"].as_array().unwrap().iter();
    results
        .map(|r| {
            let text = |key: &str| r[key].as_str().map(str::to_owned);
            (
                text("unique_id").unwrap_or_default(),
                text("status").unwrap_or_default(),
                text("message"),
            )
        })
        .collect()
}

#[test]
fn a_failing_unit_test_shows_the_difference_and_skips_its_model() {
    let environment = project(
        "unit_tests:
  - name: failing
    model: total
    given:
      - input: ref('input')
        rows: [{id: 1, s: a}, {id: 2, s: b}, {id: 3, s: c}, {id: 4, s: null}, {id: 0, s: zero}]
    expect:
      rows: [{id: 1, s: a}, {id: 2, s: bb}, {id: 4, s: c}, {id: 5, s: e}]
",
    );
    let output = environment.nexus(&["build"]);
    assert_eq!(output.code, Some(1), "{}{}", output.stdout, output.stderr);
    let found = results(&environment);
    let status = |id: &str| found.iter().find(|r| r.0 == id).map(|r| r.1.as_str());
    assert_eq!(status("model.shop.input"), Some("success"));
    assert_eq!(status("unit_test.shop.total.failing"), Some("fail"));
    assert_eq!(status("model.shop.total"), Some("skipped"));
    assert_eq!(status("model.shop.below"), Some("skipped"));
    // dbt-core 1.11 writes this text, byte for byte.
    let message = found.iter().find(|r| r.1 == "fail").and_then(|r| r.2.clone());
    assert_eq!(
        message.as_deref(),
        Some(
            "\n\nactual differs from expected:\n\n@@ ,id,s\r\n   ,1 ,a\r\n→  ,2 ,bb→b\r\n+++,3 ,c\r\n→  ,4 ,c→NULL\r\n---,5 ,e\r\n\n"
        )
    );
}

#[test]
fn an_input_without_rows_is_named_with_what_to_add() {
    let environment = project(
        "unit_tests:
  - name: no_input
    model: total
    given: []
    expect: {rows: [{id: 1}]}
",
    );
    let output = environment.nexus(&["build"]);
    let shown = output.stdout + &output.stderr;
    assert_eq!(output.code, Some(1), "{shown}");
    assert!(
        shown.contains("unit test `no_input` gives no rows for `input`, which its model reads"),
        "{shown}"
    );
    assert!(
        shown.contains("Add `- input: ref('input')` with `rows:` under `given:`."),
        "{shown}"
    );
}

#[test]
fn an_unknown_column_is_named_beside_those_that_are_there() {
    let environment = project(
        "unit_tests:
  - name: bad_column
    model: total
    given: [{input: ref('input'), rows: [{id: 1, q: x}]}]
    expect: {rows: [{id: 1}]}
",
    );
    let output = environment.nexus(&["build"]);
    let shown = output.stdout + &output.stderr;
    assert_eq!(output.code, Some(1), "{shown}");
    assert!(
        shown.contains("Invalid column name: 'q' in unit test fixture for "),
        "{shown}"
    );
    assert!(shown.contains("['id', 's']"), "{shown}");
}

#[test]
fn unit_tests_that_are_not_well_formed_are_refused_with_their_place() {
    let unit_test = |lines: &str| format!("unit_tests:\n  - name: checks\n{lines}");
    let cases = [
        (
            unit_test("    model: totl\n    given: []\n    expect: {rows: []}\n"),
            "N0217",
            "tests a model named `totl`, which was not found",
        ),
        (
            unit_test(
                "    model: total\n    given: [{input: ref('input'), format: cvs, rows: ''}]\n    expect: {rows: []}\n",
            ),
            "N0103",
            "`format` of an entry of `given` of unit test `checks` must be one of `csv`, `dict`, `sql`",
        ),
        (
            unit_test(
                "    model: total\n    given: [{input: ref('input'), format: csv, rows: \"a\\n1,2\"}]\n    expect: {rows: []}\n",
            ),
            "N0217",
            "has more fields than the header",
        ),
        (
            unit_test(
                "    model: total\n    given: [{input: ref('input'), format: sql, fixture: nope}]\n    expect: {rows: []}\n",
            ),
            "N0217",
            "names a fixture `nope`, which was not found",
        ),
        (
            unit_test("    model: total\n    given: []\n"),
            "N0103",
            "a unit test needs `expect`",
        ),
    ];
    for (text, code, wanted) in cases {
        let output = project(&text).nexus(&["parse"]);
        let shown = output.stdout + &output.stderr;
        assert_eq!(output.code, Some(2), "{shown}");
        assert!(
            shown.contains(&format!("error[{code}]")) && shown.contains(wanted),
            "{wanted}\n{shown}"
        );
        assert!(shown.contains("models/unit_tests.yml:"), "{shown}");
    }
}
