//! Redshift, by its stand-in: PostgreSQL with Redshift's functions, behind a server that refuses what Redshift refuses.

use std::path::PathBuf;
use std::process::Command;

use serde_json::json;

use crate::identity::project;
use crate::support::environment::{Environment, ROOT};
use crate::support::lab::Lab;
use crate::support::shop::{artifact, profile, rows, succeeds};

/// A project named `shop` whose tables lie in a schema of their own, which is empty.
fn shop(schema: &str, lab: &Lab) -> Environment {
    let shop = Environment::empty();
    shop.write(
        "dbt_project.yml",
        "name: shop\nprofile: shop\nmodels: {shop: {+materialized: table, +persist_docs: {relation: true, columns: true}}}\n",
    );
    let mut output = lab.output.clone();
    output["schema"] = json!(schema);
    profile(&shop, &output);
    let drop = format!("drop schema if exists {schema} cascade");
    succeeds(&shop.nexus(&["show", "--inline", &drop, "--limit", "-1"]));
    shop
}

#[test]
fn what_redshift_refuses_is_refused_by_its_stand_in() {
    let shop = shop("t_redshift_refused", &Lab::of("redshift"));
    for (sql, reason) in [
        ("select string_agg('a', ',')", "use listagg"),
        ("select * from (values (1)) as t(a)", "`values` makes no table"),
        (
            "select sum(a) over (order by a) from (select 1 as a) as t",
            "needs a frame",
        ),
        (
            "select cast(a as varchar(5)) from (select true as a) as t",
            "cannot cast type boolean",
        ),
        ("select no_such_function(1)", "none of Redshift's"),
    ] {
        let output = shop.nexus(&["show", "--inline", sql]);
        let said = format!("{}{}", output.stdout, output.stderr);
        assert!(output.code != Some(0) && said.contains(reason), "{sql}: {said}");
    }
}

#[test]
fn values_and_functions_are_those_of_redshift() {
    let shop = project("auto", &[]);
    let mut output = Lab::of("redshift").output;
    output["schema"] = json!("t_redshift_values");
    let profiles = json!({"graphs": {"target": "lab", "outputs": {"lab": output}}});
    shop.write("profiles.yml", &profiles.to_string());
    let document =
        r#"{"a": {"b": {"c": {"d": {"e": {"f": "deep"}}}}}, "l": [{"n": "first"}, {"n": "second"}]}"#;
    shop.write(
        "models/documents.sql",
        &format!("select '{document}' as document, 'x' as name union all select null, 'y'"),
    );
    succeeds(&shop.nexus(&["build", "--select", "documents"]));
    let sql = "select max({{ nexus.nexus_json_text('document', 'a.b.c.d.e.f') }}) as deep, \
               max({{ nexus.nexus_json_text('document', 'l[1].n') }}) as second, \
               max({{ nexus.nexus_json_text('document', 'l.n') }}) as missing, \
               {{ dbt.listagg('name', \"', '\", 'order by name desc') }} as names, \
               max({{ dbt.datediff(\"cast('2024-01-31' as date)\", \"cast('2024-03-01' as date)\", 'month') }}) as months \
               from {{ ref('documents') }}";
    assert_eq!(
        rows(&shop, sql),
        json!([{"deep": "deep", "second": "second", "missing": null, "names": "y, x", "months": 2}])
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

/// Each kind of node is built three times: definitions, merges, inserts of seeds, snapshots, comments, grants, tests and
/// questions about the catalog pass the stand-in, which refuses what Redshift refuses.
#[test]
fn each_kind_of_node_is_built_again_and_again() {
    let lab = Lab::of("redshift");
    let shop = shop("t_redshift_built", &lab);
    shop.write(
        "seeds/raw.csv",
        "id,name,seen\n1,o'neil \\ co,2024-01-01 10:00:00\n2,null,2024-01-02 10:00:00\n",
    );
    shop.write(
        "models/a.sql",
        "{{ config(dist='id', sort=['id', 'seen'], backup=false) }} select id, name, seen from {{ ref('raw') }}",
    );
    shop.write(
        "models/v.sql",
        "{{ config(materialized='view', bind=false) }} select id from {{ ref('a') }}",
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
    succeeds(&shop.nexus(&["build"]));
    let first = "select name from {{ ref('by_merge') }} order by id";
    assert_eq!(
        rows(&shop, first),
        json!([{"name": "o'neil \\ co"}, {"name": null}])
    );
    shop.write(
        "seeds/raw.csv",
        "id,name,seen\n1,other,2024-02-01 10:00:00\n3,new,2024-01-03 10:00:00\n",
    );
    for _ in 0..2 {
        succeeds(&shop.nexus(&["build"]));
    }
    succeeds(&shop.nexus(&["docs", "generate"]));
    let catalog = &artifact(&shop, "catalog.json")["nodes"];
    assert_eq!(catalog["model.shop.a"]["metadata"]["comment"], "Those of 'a'");
    assert_eq!(
        catalog["model.shop.typed"]["columns"]["name"]["type"],
        "character varying(20)"
    );
    assert_eq!(catalog["model.shop.v"]["metadata"]["type"], "VIEW");
    let sql = "select (select count(*) from {{ ref('by_append') }}) as appended, \
               (select count(*) from {{ ref('by_delete_insert') }}) as replaced, \
               (select listagg(name, ',') within group (order by id) from {{ ref('by_merge') }}) as merged, \
               (select count(more) from {{ ref('by_merge') }}) as widened, \
               (select count(*) from {{ ref('by_time') }}) as versions, \
               (select count(*) from {{ ref('by_time') }} where dbt_valid_to is null) as current_versions, \
               (select count(*) from {{ ref('by_check') }}) as checked, (select count(*) from {{ ref('v') }}) as seen";
    assert_eq!(
        rows(&shop, sql),
        json!([{"appended": 6, "replaced": 3, "merged": "other,new", "widened": 2, "versions": 4, "current_versions": 2,
            "checked": 4, "seen": 2}])
    );
    let statements = lab.lines("statements.jsonl");
    for word in [
        "create table",
        "insert into",
        "merge into",
        "delete from",
        "alter table",
        "comment on",
        "create view",
        "backup no",
        "distkey (id)",
        "compound sortkey (id, seen)",
        "with no schema binding",
    ] {
        let here = |sql: &&String| sql.contains("t_redshift_built") && sql.contains(word);
        assert!(
            statements.iter().any(|sql| here(&sql)),
            "nothing was sent with `{word}`"
        );
    }
}
