//! Redshift: what it shares with PostgreSQL runs there; what nexus writes for it alone is read for what Redshift refuses.

use std::path::PathBuf;
use std::process::Command;

use serde_json::json;

use crate::support::environment::{Environment, ROOT};
use crate::support::lab::Lab;
use crate::support::shop::{profile, rows, succeeds};
use crate::support::wire::Wire;

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
    not_refused(&["nexus", "demo/models"].map(|folder| demo.path().join("target/compiled").join(folder)));
}

/// Reads all SQL of folders for what Redshift refuses.
fn not_refused(folders: &[PathBuf]) {
    let checked = Command::new(format!("{ROOT}/tests/lab/redshift/check.sh"))
        .args(folders)
        .output()
        .unwrap();
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&checked.stdout),
        String::from_utf8_lossy(&checked.stderr)
    );
    assert!(checked.status.success(), "{said}");
}

/// Each kind of node is built three times, by way of a proxy that writes down what is sent: definitions, merges, inserts
/// of seeds, snapshots, comments, grants, tests and questions about the catalog.
#[test]
fn what_is_sent_to_build_and_to_change_has_nothing_that_redshift_refuses() {
    let shop = Environment::empty();
    shop.write(
        "dbt_project.yml",
        "name: shop\nprofile: shop\nmodels: {shop: {+materialized: table, +persist_docs: {relation: true, columns: true}}}\n",
    );
    let wire = Wire::start();
    let mut output = Lab::of("postgres").output;
    output["type"] = json!("redshift");
    output["schema"] = json!("t_redshift_sent");
    output["sslmode"] = json!("disable");
    output["port"] = json!(wire.port);
    profile(&shop, &output);
    // What Redshift has and its stand-in has not.
    let clock = "create or replace function public.getdate() returns timestamp language sql as 'select localtimestamp'";
    for sql in ["drop schema if exists t_redshift_sent cascade", clock] {
        succeeds(&shop.nexus(&["show", "--inline", sql, "--limit", "-1"]));
    }
    wire.clear();
    shop.write(
        "seeds/raw.csv",
        "id,name,seen\n1,o'neil,2024-01-01 10:00:00\n2,null,2024-01-02 10:00:00\n",
    );
    shop.write("models/a.sql", "select id, name, seen from {{ ref('raw') }}");
    shop.write(
        "models/v.sql",
        "{{ config(materialized='view') }} select id from {{ ref('a') }}",
    );
    shop.write(
        "models/typed.sql",
        "{{ config(contract={'enforced': true}) }} select id, cast(name as varchar(20)) as name from {{ ref('a') }}",
    );
    for strategy in ["append", "delete+insert", "merge"] {
        shop.write(
            &format!("models/by_{}.sql", strategy.replace('+', "_")),
            &format!(
                "{{{{ config(materialized='incremental', unique_key='id', incremental_strategy='{strategy}', \
                 on_schema_change='sync_all_columns') }}}} select id, name, seen\
                 {{% if is_incremental() %}}, 1 as more{{% endif %}} from {{{{ ref('a') }}}}"
            ),
        );
    }
    shop.write(
        "models/properties.yml",
        "models:\n  - name: a\n    description: Those of 'a'\n    columns: [{name: id, description: key, data_tests: [unique, not_null]}]\n  \
         - name: typed\n    columns: [{name: id, data_type: integer, constraints: [{type: not_null}]}, {name: name, data_type: varchar(20)}]\n",
    );
    shop.write(
        "snapshots/history.yml",
        "snapshots:\n  - name: by_time\n    relation: ref('a')\n    config: {strategy: timestamp, updated_at: seen, unique_key: id, \
         hard_deletes: invalidate}\n  - name: by_check\n    relation: ref('a')\n    config: {strategy: check, check_cols: [name], unique_key: id}\n",
    );
    for _ in 0..3 {
        succeeds(&shop.nexus(&["build"]));
        shop.write(
            "seeds/raw.csv",
            "id,name,seen\n1,other,2024-02-01 10:00:00\n3,new,2024-01-03 10:00:00\n",
        );
    }
    let statements = wire.statements();
    for word in [
        "create table",
        "insert into",
        "merge into",
        "delete from",
        "alter table",
        "comment on",
        "create view",
    ] {
        assert!(
            statements.iter().any(|sql| sql.contains(word)),
            "nothing was sent with `{word}`"
        );
    }
    for (number, sql) in statements.iter().enumerate() {
        shop.write(&format!("sent/{number:04}.sql"), sql);
    }
    not_refused(&[shop.path().join("sent")]);
}
