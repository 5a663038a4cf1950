//! Databricks, through the binary, on the stand-in of tests/lab: the workspace's REST paths in front of Spark.

use serde_json::{Value as Json, json};

use crate::support::environment::Environment;
use crate::support::lab::Lab;
use crate::support::shop::{profile, response, rows, succeeds};

const PROJECT: &str = "name: shop\nversion: '1.0'\nconfig-version: 2\nprofile: shop\n";

/// A project whose target is a schema of its own on the stand-in, with changes to the profile's output.
fn shop(schema: &str, changes: &Json) -> (Environment, Lab) {
    let lab = Lab::of("databricks");
    let environment = Environment::empty();
    environment.write("dbt_project.yml", PROJECT);
    let mut output = lab.output.clone();
    // The engine may have served an earlier run of the same test.
    output["schema"] = json!(format!("{schema}_{}", std::process::id()));
    output["threads"] = json!(2);
    for (key, value) in changes.as_object().unwrap() {
        output[key] = value.clone();
    }
    profile(&environment, &output);
    (environment, lab)
}

/// The requests to a path that the stand-in got since the test began.
fn requests(lab: &Lab, path: &str) -> Vec<Json> {
    lab.lines("requests.jsonl")
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .filter(|request: &Json| request["path"].as_str().unwrap().contains(path))
        .collect()
}

#[test]
fn a_project_is_built_again_and_again() {
    let (shop, _lab) = shop("builds", &json!({}));
    let seed = "id,name,born,score,ok,seen\n1,\"Ann's \\ \"\"x\"\"\",2001-02-03,1.5,true,2024-01-01 10:00:00\n2,,2002-02-03,2,false,2024-01-02 10:00:00\n";
    shop.write("seeds/people.csv", seed);
    shop.write(
        "models/people_table.sql",
        "{{ config(materialized='table', tblproperties={'team': 'a'}) }} select * from {{ ref('people') }}",
    );
    shop.write(
        "models/people_view.sql",
        "select count(*) as n, max(seen) as seen from {{ ref('people_table') }}",
    );
    for (strategy, more) in [
        ("merge", "unique_key='id'"),
        ("delete+insert", "unique_key='id'"),
        ("append", ""),
        ("insert_overwrite", "partition_by='id'"),
        ("replace_where", "incremental_predicates=['id > 1']"),
    ] {
        let config = format!(
            "{{{{ config(materialized='incremental', incremental_strategy='{strategy}', {more}) }}}}"
        );
        let filter = if strategy == "replace_where" {
            " where id > 1"
        } else {
            ""
        };
        shop.write(
            &format!("models/by_{}.sql", strategy.replace('+', "_")),
            &format!("{config} select id, name, score from {{{{ ref('people_table') }}}}{filter}"),
        );
    }
    shop.write(
        "snapshots/history.yml",
        "snapshots:\n  - name: history\n    relation: ref('people_table')\n    config: {strategy: check, check_cols: [name, score], unique_key: id}\n",
    );
    shop.write(
        "models/properties.yml",
        "models:\n  - name: people_table\n    columns: [{name: id, data_tests: [unique, not_null]}]\n",
    );
    succeeds(&shop.nexus(&["build"]));
    assert_eq!(
        rows(
            &shop,
            "select name, ok, born, seen, score from {{ ref('people_table') }} order by id"
        ),
        json!([
            {"name": "Ann's \\ \"x\"", "ok": true, "born": "2001-02-03", "seen": "2024-01-01T10:00:00+00:00", "score": 1.5},
            {"name": null, "ok": false, "born": "2002-02-03", "seen": "2024-01-02T10:00:00+00:00", "score": 2.0},
        ])
    );
    shop.write(
        "seeds/people.csv",
        "id,name,born,score,ok,seen\n1,Anna,2001-02-03,1.5,true,2024-01-01 10:00:00\n2,,2002-02-03,2,false,2024-01-02 10:00:00\n3,Bob,2003-02-03,3,false,2024-01-03 10:00:00\n",
    );
    succeeds(&shop.nexus(&["build"]));
    let count = |table: &str| {
        let query = format!("select count(*) as n from {{{{ ref('{table}') }}}}");
        rows(&shop, &query)[0]["n"].clone()
    };
    let counts: Vec<Json> = [
        "by_merge",
        "by_delete_insert",
        "by_append",
        "by_insert_overwrite",
        "by_replace_where",
        "history",
    ]
    .map(count)
    .to_vec();
    // The old name of 1 stays in the snapshot, as a version that has ended.
    assert_eq!(json!(counts), json!([3, 3, 5, 3, 2, 4]));
    let found = rows(&shop, "select name from {{ ref('by_merge') }} where id = 1");
    assert_eq!(found, json!([{"name": "Anna"}]));
    let merged = response(&shop, "model.shop.by_merge");
    assert!(merged["query_id"].is_string(), "{merged}");
    let left = rows(
        &shop,
        "select count(*) as n from {{ target.catalog }}.information_schema.tables where table_schema = '{{ target.schema }}' and table_name like '%__dbt_tmp%'",
    );
    assert_eq!(left, json!([{"n": 0}]), "what is staged is dropped");
}

#[test]
fn clauses_constraints_comments_and_grants_are_sent_and_the_catalog_has_them() {
    let (shop, lab) = shop("clauses", &json!({}));
    shop.write(
        "models/t.sql",
        "{{ config(materialized='table', liquid_clustered_by=['id'], grants={'select': ['bob']}, databricks_tags={'a': 'b'}) }}\nselect cast(1 as bigint) as id, timestamp'2024-01-01 10:00:00' as at",
    );
    shop.write(
        "models/mv.sql",
        "{{ config(materialized='materialized_view', schedule={'every': '4 hours'}) }} select count(*) as n from {{ ref('t') }}",
    );
    shop.write(
        "models/mb.sql",
        "{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='at', batch_size='day', begin='2024-01-01') }} select * from {{ ref('t') }}",
    );
    shop.write("models/v.sql", "select * from {{ ref('t') }}");
    shop.write(
        "models/p.yml",
        "models:\n  - name: t\n    description: \"it's a table\"\n    config: {event_time: at, contract: {enforced: true}, persist_docs: {relation: true, columns: true}}\n    constraints: [{type: primary_key, columns: [id]}]\n    columns:\n      - {name: id, data_type: bigint, description: \"the 'id'\", constraints: [{type: not_null}, {type: check, expression: \"id > 0\"}]}\n      - {name: at, data_type: timestamp}\n  - name: v\n    description: a view\n    config: {persist_docs: {relation: true, columns: true}}\n    columns: [{name: id, description: key}]\n",
    );
    for _ in 0..2 {
        succeeds(&shop.nexus(&[
            "build",
            "--event-time-start",
            "2024-01-01",
            "--event-time-end",
            "2024-01-03",
        ]));
    }
    let count = rows(&shop, "select count(*) as n from {{ ref('mb') }}");
    assert_eq!(count, json!([{"n": 1}]), "a batch replaces its stretch of time");
    let schema = format!("clauses_{}", std::process::id());
    let sent: Vec<String> = requests(&lab, "/sql/statements")
        .iter()
        .filter_map(|request| request["body"]["statement"].as_str().map(str::to_owned))
        .filter(|sql| sql.contains(&schema))
        .collect();
    for text in [
        "cluster by (id)",
        "comment 'it\\'s a table'",
        "alter column `id` set not null",
        "check (id > 0)",
        "primary key (`id`)",
        "grant select on",
        "set tags ('a' = 'b')",
        "schedule every 4 hours",
        "refresh materialized view",
        "replace where cast(at as timestamp) >= '2024-01-01",
        "optimize `nexus_lab`",
    ] {
        assert!(sent.iter().any(|sql| sql.contains(text)), "{text}: {sent:#?}");
    }
    succeeds(&shop.nexus(&["docs", "generate"]));
    let text = std::fs::read_to_string(shop.path().join("target/catalog.json")).unwrap();
    let nodes = &serde_json::from_str::<Json>(&text).unwrap()["nodes"];
    let (table, view) = (&nodes["model.shop.t"], &nodes["model.shop.v"]);
    assert_eq!(table["metadata"]["comment"], "it's a table");
    assert_eq!(table["columns"]["id"]["comment"], "the 'id'");
    assert_eq!(table["columns"]["id"]["type"], "bigint");
    assert_eq!(view["metadata"]["comment"], "a view");
    assert_eq!(view["columns"]["id"]["comment"], "key");
}

#[test]
fn a_service_principal_signs_in_and_busy_answers_are_tried_again() {
    let changes = json!({"token": null, "auth_type": "oauth", "client_id": "lab-client", "client_secret": "lab-secret",
        "query_tags": "{\"team\": \"sales\"}"});
    let (shop, lab) = shop("signs_in", &changes);
    shop.write(
        "models/busy.sql",
        "{{ config(materialized='table') }} select 1 as a",
    );
    // The stand-in refuses the next two statements that name this schema's table.
    let fault = json!({"path": "/sql/statements", "statement": format!("signs_in_{}`.`busy", std::process::id()),
        "status": 503, "times": 2});
    let host = lab.output["host"].as_str().unwrap();
    ureq::post(format!("{host}/lab/faults"))
        .send(fault.to_string().as_bytes())
        .unwrap();
    succeeds(&shop.nexus(&["run"]));
    assert_eq!(response(&shop, "model.shop.busy")["retries"], json!(2));
    let tagged = requests(&lab, "/sql/statements")
        .into_iter()
        .any(|request| request["body"]["query_tags"] == json!([{"key": "team", "value": "sales"}]));
    assert!(tagged, "tags go with statements");
    assert!(!requests(&lab, "/oidc/v1/token").is_empty());
}

#[test]
fn many_rows_come_by_links_or_in_the_answer() {
    for (cloud, disposition) in [(true, "EXTERNAL_LINKS"), (false, "INLINE")] {
        let changes = json!({"connection_parameters": {"use_cloud_fetch": cloud}});
        let (shop, lab) = shop("many", &changes);
        let found = rows(
            &shop,
            "select id, cast(id as decimal(10,2)) as d, timestamp'2024-01-02 03:04:05.678' as t, cast(null as string) as s from range(2500)",
        );
        let found = found.as_array().unwrap();
        assert_eq!(found.len(), 2500);
        assert_eq!(found[2499]["id"], json!(2499), "the third chunk is there");
        assert_eq!(found[7]["t"], json!("2024-01-02T03:04:05.678+00:00"));
        let asked = requests(&lab, "/sql/statements");
        assert!(
            asked.iter().any(|r| r["body"]["disposition"] == disposition),
            "{disposition}"
        );
    }
}

#[test]
fn projects_compile_without_a_warehouse() {
    let (shop, _lab) = shop(
        "offline",
        &json!({"host": "nowhere.invalid", "connect_retries": 0}),
    );
    shop.write("models/a.sql", "select {{ dbt.dateadd('day', 1, 'x') }} as a");
    shop.write("models/b.sql", "select * from {{ ref('a') }}");
    for command in ["parse", "ls", "compile"] {
        succeeds(&shop.nexus(&[command]));
    }
    let text = std::fs::read_to_string(shop.path().join("target/compiled/shop/models/b.sql")).unwrap();
    assert!(text.contains("from `nexus_lab`.`offline_"), "{text}");
    let run = shop.nexus(&["run"]);
    assert_eq!(run.code, Some(2), "{}", run.stdout);
    assert!(run.stderr.contains("N0502"), "{}", run.stderr);
    assert!(run.stderr.contains("https://nowhere.invalid"), "{}", run.stderr);
}

#[test]
fn faults_of_statements_show_their_line() {
    let (shop, _lab) = shop("faults", &json!({}));
    shop.write("models/broken.sql", "select\n  1 as a,\n  nope as b");
    let run = shop.nexus(&["run"]);
    assert_eq!(run.code, Some(1));
    let said = format!("{}{}", run.stdout, run.stderr);
    assert!(said.contains("UNRESOLVED_COLUMN"), "{said}");
    assert!(said.contains("nope as b"), "the line is shown: {said}");
}

#[test]
fn wrong_settings_are_told_at_their_place() {
    let cases = [
        (json!({"token": null}), "this target has no `token`"),
        (
            json!({"token": null, "auth_type": "oauth"}),
            "signs in with a browser",
        ),
        (json!({"auth_type": "azure-cli"}), "`auth_type` is `azure-cli`"),
        (
            json!({"http_path": "sql/protocolv1/o/1/0-1-x"}),
            "that of a cluster",
        ),
        (json!({"http_path": "/x"}), "names no SQL warehouse"),
        (json!({"host": "http://example.com"}), "travel unprotected"),
        (json!({"schema": "a.b"}), "has no dot"),
        (json!({"database": "other"}), "both name the catalog"),
        (
            json!({"compute": {"big": {"http_path": "/x"}}}),
            "`compute` cannot be used",
        ),
        (
            json!({"session_properties": {"ansi_mode": true}}),
            "`session_properties` cannot be used",
        ),
        (
            json!({"connection_parameters": {"catalog": "x"}}),
            "has a field of its own",
        ),
    ];
    for (changes, said) in cases {
        let (shop, _lab) = shop("wrong", &changes);
        let parse = shop.nexus(&["parse"]);
        assert_eq!(parse.code, Some(2), "{changes}");
        assert!(
            parse.stderr.contains("N0106") && parse.stderr.contains(said),
            "{changes}: {}",
            parse.stderr
        );
        assert!(parse.stderr.contains("profiles.yml:1:"), "{}", parse.stderr);
        assert!(
            !parse.stderr.contains("lab-token"),
            "the token is not shown: {}",
            parse.stderr
        );
    }
}
