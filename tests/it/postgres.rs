//! PostgreSQL, through the binary, on a server of its own (tests/lab/postgres.sh).

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use serde_json::{Value as Json, json};

use crate::support::environment::{Environment, ROOT};
use crate::support::lab::Lab;
use crate::support::shop::{profile, results, rows, succeeds};

const PROJECT: &str = "name: shop\nprofile: shop\nmodels: {shop: {+materialized: table}}\n";

/// A project whose target is a schema of its own on the server.
fn shop(schema: &str) -> Environment {
    let environment = Environment::empty();
    environment.write("dbt_project.yml", PROJECT);
    let mut output = Lab::of("postgres").output;
    output["schema"] = json!(schema);
    profile(&environment, &output);
    let dropped = environment.nexus(&[
        "show",
        "--inline",
        &format!("drop schema if exists {schema} cascade"),
        "--limit",
        "-1",
    ]);
    succeeds(&dropped);
    environment
}

#[test]
fn each_materialization_is_built_again_and_again() {
    let shop = shop("t_again");
    shop.write("seeds/raw.csv", "id,Name,amount,at,ok\n1,ann,1.5,2024-01-01 10:00:00,true\n2,\"b\"\"o,\tb\\\",22.25,,false\n3,null,,,\n");
    shop.write(
        "models/a.sql",
        "{{ config(unlogged=true, indexes=[{'columns': ['id'], 'unique': true}]) }} select * from {{ ref('raw') }}",
    );
    shop.write(
        "models/v.sql",
        "{{ config(materialized='view') }} select id, \"Name\" as name from {{ ref('a') }}",
    );
    shop.write(
        "models/w.sql",
        "{{ config(materialized='view') }} select count(*) as n from {{ ref('v') }}",
    );
    shop.write(
        "models/mv.sql",
        "{{ config(materialized='materialized_view', indexes=[{'columns': ['id']}]) }} select id from {{ ref('a') }}",
    );
    for strategy in ["append", "delete+insert", "merge"] {
        shop.write(
            &format!("models/by_{}.sql", strategy.replace('+', "_")),
            &format!(
                "{{{{ config(materialized='incremental', unique_key='id', incremental_strategy='{strategy}') }}}} \
                 select id, amount, {{{{ 2 if is_incremental() else 1 }}}} as run from {{{{ ref('a') }}}}"
            ),
        );
    }
    shop.write(
        "snapshots/s.yml",
        "snapshots: [{name: snap, relation: ref('a'), config: {unique_key: id, strategy: check, check_cols: [amount], \
         hard_deletes: invalidate}}]\n",
    );
    succeeds(&shop.nexus(&["build"]));
    shop.write(
        "seeds/raw.csv",
        "id,Name,amount,at,ok\n1,ann,1.5,2024-01-01 10:00:00,true\n2,bob,23,,false\n",
    );
    succeeds(&shop.nexus(&["build"]));
    assert_eq!(
        rows(
            &shop,
            "select n, (select count(*) from {{ ref('by_append') }} where run = 2) as appended, \
             (select string_agg(id || ':' || run, ' ' order by id) from {{ ref('by_delete_insert') }}) as replaced, \
             (select string_agg(id || ':' || run, ' ' order by id) from {{ ref('by_merge') }}) as merged, \
             (select string_agg(id || ':' || (dbt_valid_to is null), ' ' order by id, dbt_valid_from) from {{ ref('snap') }}) as kept \
             from {{ ref('w') }}"
        ),
        json!([{
            "n": 2, "appended": 2, "replaced": "1:2 2:2 3:1", "merged": "1:2 2:2 3:1",
            "kept": "1:true 2:false 2:true 3:false",
        }])
    );
    let left = "select string_agg(relname, ' ' order by relname) as names from pg_class \
                where relnamespace = 't_again'::regnamespace and relkind in ('r', 'v', 'm')";
    assert_eq!(
        rows(&shop, left),
        json!([{"names": "a by_append by_delete_insert by_merge mv raw snap v w"}])
    );
    let found = results(&shop);
    let response = |id: &str| {
        let result = found
            .iter()
            .find(|r| r["unique_id"] == format!("model.shop.{id}"))
            .unwrap();
        result["adapter_response"].clone()
    };
    assert_eq!(
        response("a"),
        json!({"_message": "SELECT 2", "code": "SELECT", "rows_affected": 2})
    );
    assert_eq!(
        response("v"),
        json!({"_message": "CREATE VIEW", "code": "CREATE VIEW", "rows_affected": -1})
    );
    assert_eq!(
        response("by_merge"),
        json!({"_message": "MERGE 2", "code": "MERGE", "rows_affected": 2})
    );
}

#[test]
fn seeds_keep_quotes_tabs_and_nulls() {
    let shop = shop("t_seeds");
    shop.write(
        "seeds/raw.csv",
        "id,Name\n1,\"b\"\"o,\tb\\\"\n2,null\n3,\n4,\"two\nlines\"\n",
    );
    succeeds(&shop.nexus(&["seed"]));
    assert_eq!(
        rows(
            &shop,
            "select id, \"Name\" as name from {{ ref('raw') }} order by id"
        ),
        json!([
            {"id": 1, "name": "b\"o,\tb\\"}, {"id": 2, "name": null}, {"id": 3, "name": null},
            {"id": 4, "name": "two\nlines"},
        ])
    );
}

#[test]
fn values_come_in_their_types() {
    let shop = shop("t_types");
    let sql = "select 1::int2 as a, 2::int8 as b, 1.50::numeric(10,2) as c, 1.5::float4 as d, true as e, 'x'::varchar as f, \
               date '2024-02-29' as g, timestamp '2024-02-29 01:02:03.5' as h, \
               timestamptz '2024-02-29 01:02:03+02' as i, '{\"k\": [1]}'::jsonb as j, null::int as k, \
               array[1,2] as l, 'infinity'::date as m, time '01:02:03' as n";
    assert_eq!(
        rows(&shop, sql),
        json!([{
            "a": 1, "b": 2, "c": 1.5, "d": 1.5, "e": true, "f": "x", "g": "2024-02-29", "h": "2024-02-29T01:02:03.500",
            "i": "2024-02-28T23:02:03+00:00", "j": "{\"k\": [1]}", "k": null, "l": "{1,2}", "m": "infinity",
            "n": "[TIME]",
        }])
    );
}

#[test]
fn an_error_names_the_line_of_the_model() {
    let shop = shop("t_error");
    shop.write(
        "models/bad.sql",
        "select 'é' as a,\n  amout\nfrom (select 1 as amount) as t",
    );
    let output = shop.nexus(&["run"]);
    assert_eq!(output.code, Some(1), "{}", output.stdout);
    for text in [
        "column \"amout\" does not exist",
        "executed SQL:5:3",
        "HINT:  Perhaps you meant",
    ] {
        assert!(output.stdout.contains(text), "{text}: {}", output.stdout);
    }
    let message = results(&shop)[0]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("column \"amout\" does not exist"), "{message}");
}

#[test]
fn a_failed_model_leaves_the_old_table() {
    let shop = shop("t_atomic");
    shop.write("models/a.sql", "select 1 as id");
    succeeds(&shop.nexus(&["run"]));
    shop.write(
        "models/a.sql",
        "{{ config(post_hook='select 1 / 0') }} select 2 as id",
    );
    assert_eq!(shop.nexus(&["run"]).code, Some(1));
    assert_eq!(rows(&shop, "select id from {{ ref('a') }}"), json!([{"id": 1}]));
}

#[test]
fn an_interrupt_reaches_the_server() {
    let shop = shop("t_interrupt");
    shop.write("models/slow.sql", "select pg_sleep(3600)::text as slept");
    let mut child = shop.command().arg("run").stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    assert!(lines.any(|line| line.contains("START sql table model t_interrupt.slow")));
    let running = "select count(*) as n from pg_stat_activity where query like '%pg_sleep(3600)%' \
                   and query not like '%pg_stat_activity%' and state = 'active'";
    let arrived = (0..200).any(|_| rows(&shop, running) == json!([{"n": 1}]));
    assert!(arrived, "the statement did not reach the server");
    let sent = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
    let rest: Vec<String> = lines.collect();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest:#?}");
    assert_eq!(rows(&shop, running), json!([{"n": 0}]));
    let cluster = std::fs::read_to_string(Lab::of("postgres").file("cluster")).unwrap();
    let log = std::fs::read_to_string(format!("{}/log", cluster.trim())).unwrap();
    assert!(log.contains("canceling statement due to user request"), "{log}");
}

#[test]
fn a_project_is_parsed_and_listed_without_a_server() {
    let environment = Environment::empty();
    environment.write("dbt_project.yml", PROJECT);
    environment.write("models/a.sql", "select 1 as id");
    environment.write("models/b.sql", "select * from {{ ref('a') }}");
    profile(
        &environment,
        &json!({"type": "postgres", "host": "192.0.2.1", "port": 1, "user": "u", "pass": "geheim", "dbname": "d", "schema": "s"}),
    );
    succeeds(&environment.nexus(&["parse"]));
    succeeds(&environment.nexus(&["ls"]));
    let text = std::fs::read_to_string(environment.path().join("target/manifest.json")).unwrap();
    assert!(
        text.contains(r#""relation_name": "\"d\".\"s\".\"a\"""#)
            || text.contains(r#""relation_name":"\"d\".\"s\".\"a\"""#)
    );
    assert!(!text.contains("geheim"));
}

#[test]
fn what_is_wrong_in_the_profile_is_named_at_its_place() {
    let environment = Environment::empty();
    environment.write("dbt_project.yml", PROJECT);
    let fields =
        "type: postgres, host: localhost, port: 5432, user: u, password: geheim, dbname: d, schema: s";
    for (fields, text) in [
        (fields.replace(", user: u", ""), "this target has no `user`"),
        (
            fields.replace("5432", "high"),
            "`port` must be a whole number from 0 to 65535",
        ),
        (
            format!("{fields}, sslmode: verify"),
            "`sslmode` is `verify`, which is not known",
        ),
        (
            format!("{fields}, sslcert: a.pem"),
            "`sslcert` is set without its counterpart",
        ),
        (format!("{fields}, database: e"), "are the same setting"),
    ] {
        environment.write(
            "profiles.yml",
            &format!("shop:\n  target: lab\n  outputs:\n    lab: {{{fields}}}\n"),
        );
        let output = environment.nexus(&["parse"]);
        let said = format!("{}{}", output.stdout, output.stderr);
        assert!(
            output.code != Some(0) && said.contains(text) && said.contains("N0106"),
            "{text}: {said}"
        );
        assert!(said.contains("profiles.yml:4:"), "{said}");
    }
}

#[test]
fn a_wrong_password_is_told_without_showing_it() {
    let shop = shop("t_password");
    let mut output = Lab::of("postgres").output;
    output["password"] = json!("geheim");
    profile(&shop, &output);
    let output = shop.nexus(&["debug"]);
    let said = format!("{}{}", output.stdout, output.stderr);
    assert_eq!(output.code, Some(1), "{said}");
    assert!(
        said.contains("password authentication failed for user \"nexus\""),
        "{said}"
    );
    assert!(!said.contains("geheim"), "{said}");
}

/// dbt-postgres builds the same project on the same kind of server; see tests/parity/postgres/compare.py.
#[test]
fn builds_are_those_of_dbt_on_the_same_server() {
    let output = Command::new("python3")
        .arg(format!("{ROOT}/tests/parity/postgres/compare.py"))
        .args(["--nexus", env!("CARGO_BIN_EXE_nexus")])
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{}\n{}",
        text(&output.stdout),
        text(&output.stderr)
    );
}

/// A chain of two thousand links in mixed order, and a hub with three hundred spokes.
#[test]
fn long_chains_and_wide_hubs_are_one_person_each_by_every_strategy() {
    let mut rows =
        "entity_identifier_id,event_id,edge_id,entity_type,identifier_type,identifier_value,role,source,\
                    occurred_at,_ingested_at\n"
            .to_owned();
    let mut add = |edge: String, name: &str, value: String| {
        let n = rows.lines().count();
        rows.push_str(&format!(
            "i{n},e{n},{edge},person,{name},{value},,graph,2024-01-01 00:00:00,2024-01-02 00:00:00\n"
        ));
    };
    for n in 0..2000 {
        let link = n * 7 % 2000;
        add(format!("link {link}"), "account", format!("c{link:04}"));
        add(format!("link {link}"), "account", format!("c{:04}", link + 1));
    }
    for n in 0..300 {
        add(format!("hub {n}"), "device", "hub".to_owned());
        add(format!("hub {n}"), "device", format!("s{n}"));
    }
    let graph = shop("t_graph");
    graph.write("seeds/graph_entity_identifiers.csv", &rows);
    graph.write(
        "seeds/seeds.yml",
        "seeds: [{name: graph_entity_identifiers, config: {column_types: {edge_id: varchar, role: varchar}}}]\n",
    );
    let mut found = Vec::new();
    for strategy in ["contraction", "recursive_cte"] {
        graph.write(
            "dbt_project.yml",
            &format!(
                "name: shop\nprofile: shop\nvars:\n  nexus:\n    identity: {{strategy: {strategy}}}\n    sources:\n      \
                 graph: {{enabled: true, models: [entity_identifiers]}}\n"
            ),
        );
        succeeds(&graph.nexus(&[
            "build",
            "--select",
            "+nexus_resolved_identifiers",
            "--indirect-selection",
            "cautious",
        ]));
        found.push(rows_of_graph(&graph));
    }
    assert_eq!(found[0], found[1]);
    let sizes: Vec<&Json> = found[0].as_array().unwrap().iter().map(|row| &row["n"]).collect();
    assert_eq!(sizes, [&json!(2001), &json!(301)]);
}

fn rows_of_graph(graph: &Environment) -> Json {
    rows(
        graph,
        "select entity_id, count(*) as n from {{ ref('nexus_resolved_identifiers') }} group by 1 order by 2 desc",
    )
}
