//! Contracts whose columns differ, and tables that foreign keys join, through the binary.

use crate::support::environment::Environment;

/// A project on a database of its own with these models and their properties.
fn project(models: &[(&str, &str)], properties: &str) -> Environment {
    let environment = Environment::empty();
    environment
        .write(
            "dbt_project.yml",
            "name: shop\nversion: '1.0'\nprofile: shop\nmodels:\n  +materialized: table\n",
        )
        .write(
            "profiles.yml",
            "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: shop.duckdb, threads: 4}\n",
        )
        .write("models/properties.yml", properties);
    for (name, sql) in models {
        environment.write(&format!("models/{name}.sql"), sql);
    }
    environment
}

const KEYS: &str = "
models:
  - name: customers
    config: {contract: {enforced: true}}
    columns: [{name: id, data_type: int, constraints: [{type: primary_key}]}]
  - name: orders
    config: {contract: {enforced: true}}
    columns:
      - {name: customer_id, data_type: int, constraints: [{type: foreign_key, to: ref('customers')}]}
";

fn keyed() -> Environment {
    project(
        &[
            ("customers", "select 1 as id"),
            ("orders", "select {{ var('customer', 1) }} as customer_id"),
        ],
        KEYS,
    )
}

#[test]
fn a_contract_that_does_not_fit_is_shown_as_a_table() {
    let environment = project(
        &[("orders", "select 1 as id, 'x' as status, true as paid")],
        "
models:
  - name: orders
    config: {contract: {enforced: true}}
    columns:
      - {name: id, data_type: string}
      - {name: status, data_type: string}
      - {name: price, data_type: int}
",
    );
    let output = environment.nexus(&["build"]);
    assert_eq!(output.code, Some(1), "{}", output.stdout);
    let table = "\
| column_name | definition_type | contract_type | mismatch_reason       |
| ----------- | --------------- | ------------- | --------------------- |
| id          | INTEGER         | VARCHAR       | data type mismatch    |
| paid        | BOOLEAN         |               | missing in contract   |
| price       |                 | INTEGER       | missing in definition |
";
    let lines: Vec<&str> = output.stdout.lines().map(str::trim).collect();
    for line in table.lines() {
        assert!(lines.contains(&line), "{line}\n{}", output.stdout);
    }
}

#[test]
fn a_table_that_a_foreign_key_refers_to_is_rebuilt_with_those_that_refer() {
    let environment = keyed();
    for _ in 0..3 {
        let output = environment.nexus(&["build"]);
        assert_eq!(output.code, Some(0), "{}", output.stdout);
    }
    let keys = "select count(*) as keys from duckdb_constraints() where constraint_type = 'FOREIGN KEY'";
    let output = environment.nexus(&["show", "--inline", keys]);
    assert!(output.stdout.contains("|    1 |"), "{}", output.stdout);
}

#[test]
fn a_table_is_not_rebuilt_alone_while_a_foreign_key_refers_to_it() {
    let environment = keyed();
    assert_eq!(environment.nexus(&["build"]).code, Some(0));
    let output = environment.nexus(&["build", "--select", "customers"]);
    assert_eq!(output.code, Some(1));
    assert!(
        output
            .stdout
            .contains("orders (model orders is not selected in this run)"),
        "{}",
        output.stdout
    );
    let output = environment.nexus(&["show", "--inline", "select * from {{ ref('orders') }}"]);
    assert!(output.stdout.contains("customer_id"), "{}", output.stdout);
}

#[test]
fn a_failed_rebuild_keeps_the_rows_of_those_that_refer() {
    let environment = keyed();
    assert_eq!(environment.nexus(&["build"]).code, Some(0));
    let output = environment.nexus(&["build", "--vars", "{customer: 2}"]);
    assert_eq!(output.code, Some(1), "{}", output.stdout);
    let output = environment.nexus(&[
        "show",
        "--inline",
        "select 'kept ' || customer_id as row from {{ ref('orders') }}",
    ]);
    assert!(output.stdout.contains("kept 1"), "{}", output.stdout);
}
