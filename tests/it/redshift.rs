//! Redshift: what it shares with PostgreSQL runs there; what nexus writes for it alone is read for what Redshift refuses.

use std::process::Command;

use serde_json::json;

use crate::support::environment::{Environment, ROOT};
use crate::support::lab::Lab;
use crate::support::shop::{profile, rows, succeeds};

#[test]
fn shared_sql_runs_on_the_server_that_redshift_comes_from() {
    let shop = Environment::empty();
    shop.write(
        "dbt_project.yml",
        "name: shop\nprofile: shop\nmodels: {shop: {+materialized: table}}\n",
    );
    let mut output = Lab::of("postgres").output;
    output["type"] = json!("redshift");
    output["schema"] = json!("t_redshift");
    output["sslmode"] = json!("disable");
    profile(&shop, &output);
    succeeds(&shop.nexus(&[
        "show",
        "--inline",
        "drop schema if exists t_redshift cascade",
        "--limit",
        "-1",
    ]));
    shop.write("seeds/raw.csv", "id,name\n1,o'neil\n2,null\n");
    shop.write("models/a.sql", "select * from {{ ref('raw') }}");
    shop.write(
        "models/v.sql",
        "{{ config(materialized='view') }} select id from {{ ref('a') }}",
    );
    for strategy in ["append", "delete+insert"] {
        shop.write(
            &format!("models/by_{}.sql", strategy.replace('+', "_")),
            &format!(
                "{{{{ config(materialized='incremental', unique_key='id', incremental_strategy='{strategy}', \
                 on_schema_change='append_new_columns') }}}} select id, name from {{{{ ref('a') }}}}"
            ),
        );
    }
    succeeds(&shop.nexus(&["build"]));
    succeeds(&shop.nexus(&["build"]));
    let sql = "select (select count(*) from {{ ref('by_append') }}) as appended, \
               (select count(*) from {{ ref('by_delete_insert') }}) as replaced, \
               (select count(*) from {{ ref('v') }}) as seen, (select name from {{ ref('a') }} where id = 1) as name";
    assert_eq!(
        rows(&shop, sql),
        json!([{"appended": 4, "replaced": 2, "seen": 2, "name": "o'neil"}])
    );
}

#[test]
fn ways_to_log_in_that_need_aws_are_refused_at_their_place() {
    let shop = Environment::empty();
    shop.write("dbt_project.yml", "name: shop\nprofile: shop\n");
    shop.write(
        "profiles.yml",
        "shop:\n  target: lab\n  outputs:\n    lab:\n      type: redshift\n      host: h\n      user: u\n      method: iam\n      \
         dbname: d\n      schema: s\n",
    );
    let output = shop.nexus(&["parse"]);
    let said = format!("{}{}", output.stdout, output.stderr);
    assert!(
        said.contains("N0106") && said.contains("profiles.yml:8:"),
        "{said}"
    );
    assert!(
        said.contains("by password only") && said.contains("method: database"),
        "{said}"
    );
}

/// The demo is compiled for Redshift, without a cluster, and every statement is read by sqlglot and a list of refusals.
#[test]
fn the_demo_s_statements_have_nothing_that_redshift_refuses() {
    let demo = Environment::of_project("examples/demo");
    demo.write(
        "profiles.yml",
        "demo: {target: lab, outputs: {lab: {type: redshift, host: 192.0.2.1, user: u, password: p, dbname: d, schema: s}}}\n",
    );
    succeeds(&demo.nexus(&["compile", "--no-introspect"]));
    let checked = Command::new(format!("{ROOT}/tests/lab/redshift/check.sh"))
        .args(["nexus", "demo/models"].map(|folder| demo.path().join("target/compiled").join(folder)))
        .output()
        .unwrap();
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&checked.stdout),
        String::from_utf8_lossy(&checked.stderr)
    );
    assert!(checked.status.success(), "{said}");
}
