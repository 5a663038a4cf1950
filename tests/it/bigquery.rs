//! BigQuery, through the binary, on the stand-in of tests/lab: its REST interface, with GoogleSQL itself behind it.

use std::process::Stdio;

use serde_json::{Value as Json, json};

use crate::support::environment::Environment;
use crate::support::lab::Lab;
use crate::support::shop::{artifact, profile, response, rows, succeeds};

const PROJECT: &str = "name: shop\nversion: '1.0'\nconfig-version: 2\nprofile: shop\n";
const PEOPLE: &str = "id,name,day,score,ok,seen\n1,\"Ann's \\ \"\"x\"\"\",2024-01-01,1.5,true,2024-01-01 10:00:00\n2,,2024-01-02,2,false,2024-01-02 10:00:00\n";

/// A project whose target is a dataset of its own on the stand-in.
fn shop(dataset: &str) -> (Environment, Lab) {
    let lab = Lab::of("bigquery");
    let environment = Environment::empty();
    environment.write("dbt_project.yml", PROJECT);
    environment.write("seeds/people.csv", PEOPLE);
    environment.write(
        "models/base.sql",
        "{{ config(materialized='table') }} select * from {{ ref('people') }}",
    );
    let mut output = lab.output.clone();
    // The engine may have served an earlier run of the same test.
    output["dataset"] = json!(format!("{dataset}_{}", std::process::id()));
    profile(&environment, &output);
    (environment, lab)
}

/// The jobs whose statement has a word, in the order in which the stand-in ran them.
fn jobs(lab: &Lab, word: &str) -> Vec<Json> {
    let lines = lab.lines("statements.jsonl").into_iter();
    lines
        .map(|line| serde_json::from_str::<Json>(&line).unwrap())
        .filter(|job| job["sql"].as_str().unwrap().contains(word))
        .collect()
}

#[test]
fn a_project_is_built_again_and_again() {
    let (shop, _lab) = shop("builds");
    shop.write(
        "models/seen.sql",
        "select count(*) as n, max(seen) as seen from {{ ref('base') }}",
    );
    shop.write(
        "models/merged.sql",
        "{{ config(materialized='incremental', unique_key='id') }} select id, name, score from {{ ref('base') }}",
    );
    shop.write(
        "snapshots/history.yml",
        "snapshots:\n  - name: history\n    relation: ref('base')\n    config: {strategy: check, check_cols: [name, score], unique_key: id}\n",
    );
    shop.write(
        "models/properties.yml",
        "models:\n  - name: base\n    columns: [{name: id, data_tests: [unique, not_null]}]\n",
    );
    succeeds(&shop.nexus(&["build"]));
    let built = response(&shop, "model.shop.base");
    assert_eq!(
        (&built["code"], &built["rows_affected"]),
        (&json!("CREATE TABLE"), &json!(2))
    );
    let message = built["_message"].as_str().unwrap();
    assert!(
        message.starts_with("CREATE TABLE (2.0 rows, ") && message.ends_with(" processed)"),
        "{message}"
    );
    for name in [
        "bytes_processed",
        "bytes_billed",
        "slot_ms",
        "job_id",
        "location",
        "project_id",
    ] {
        assert!(!built[name].is_null(), "{name} is missing: {built}");
    }
    shop.write(
        "seeds/people.csv",
        "id,name,day,score,ok,seen\n1,Anna,2024-01-01,1.5,true,2024-01-01 10:00:00\n2,,2024-01-02,2,false,2024-01-02 10:00:00\n3,Bob,2024-01-03,3,false,2024-01-03 10:00:00\n",
    );
    succeeds(&shop.nexus(&["build"]));
    assert_eq!(
        response(&shop, "model.shop.merged")["_message"]
            .as_str()
            .unwrap()
            .split(',')
            .next(),
        Some("MERGE (3.0 rows")
    );
    let count = |table: &str| {
        rows(
            &shop,
            &format!("select count(*) as n from {{{{ ref('{table}') }}}}"),
        )[0]["n"]
            .clone()
    };
    assert_eq!(count("merged"), json!(3));
    assert_eq!(
        count("history"),
        json!(4),
        "the old name of 1 stays, as a version that has ended"
    );
    assert_eq!(
        rows(
            &shop,
            "select name, ok, day, seen, score from {{ ref('base') }} order by id limit 2"
        ),
        json!([
            {"name": "Anna", "ok": true, "day": "2024-01-01", "seen": "2024-01-01T10:00:00", "score": 1.5},
            {"name": null, "ok": false, "day": "2024-01-02", "seen": "2024-01-02T10:00:00", "score": 2.0},
        ])
    );
}

#[test]
fn values_of_every_type_come_back() {
    let (shop, _lab) = shop("values");
    assert_eq!(
        rows(
            &shop,
            "select 1 as i, 1.5 as f, numeric '-12.345' as n, bignumeric '1.00000000000000000001' as b, true as t, \
             'é' as s, b'ab' as y, timestamp '2024-01-01 12:00:00.000001+02' as ts, datetime '2024-01-01 01:02:03' as dt, \
             [1, 2] as a, struct(1 as x, ['u'] as y) as st, json '{\"k\": 1}' as j, \
             cast(null as int64) as z"
        ),
        json!([{
            "i": 1, "f": 1.5, "n": -12.345, "b": "1.00000000000000000001", "t": true, "s": "é", "y": "YWI=",
            "ts": "2024-01-01T10:00:00.000001+00:00", "dt": "2024-01-01T01:02:03", "a": "[1,2]",
            "st": "{\"x\":1,\"y\":[\"u\"]}", "j": "{\"k\":1}", "z": null
        }])
    );
}

#[test]
fn partitions_are_overwritten_where_the_delta_has_rows() {
    let (shop, lab) = shop("overwrite");
    let model = |name: &str, more: &str, body: &str| {
        let partition = "{'field': 'day', 'data_type': 'date'COPY}".replace(
            "COPY",
            if more.contains("COPY") {
                ", 'copy_partitions': true"
            } else {
                ""
            },
        );
        let more = more.replace("COPY", "");
        shop.write(
            &format!("models/{name}.sql"),
            &format!(
                "{{{{ config(materialized='incremental', incremental_strategy='insert_overwrite', \
                 partition_by={partition}{more}) }}}}\nselect id, day, score from {{{{ ref('base') }}}}\n\
                 {{% if is_incremental() %}} {body} {{% endif %}}"
            ),
        );
    };
    let newer = "where id = 2 union all select 9, date '2024-01-02', 9.0";
    model("found", "", newer);
    model("copied", "COPY", newer);
    model("listed", ", partitions=[\"date '2024-01-01'\"]", "where false");
    model("since", ", cluster_by=['id']", "where day >= _dbt_max_partition");
    succeeds(&shop.nexus(&["build"]));
    succeeds(&shop.nexus(&["build"]));
    let ids = |name: &str| {
        let rows = rows(
            &shop,
            &format!("select id from {{{{ ref('{name}') }}}} order by id"),
        );
        rows.as_array()
            .unwrap()
            .iter()
            .map(|row| row["id"].as_i64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids("found"), [1, 2, 9]);
    assert_eq!(ids("copied"), [1, 2, 9]);
    assert_eq!(
        ids("listed"),
        [2],
        "a partition that is listed goes, though the delta has no rows for it"
    );
    assert_eq!(ids("since"), [1, 2]);
    assert!(!jobs(&lab, "declare _dbt_max_partition date").is_empty());
    // The layout changes only by a new table.
    shop.write(
        "models/since.sql",
        "{{ config(materialized='table', partition_by={'field': 'day', 'data_type': 'date', 'granularity': 'month'}) }}\n\
         select id, day from {{ ref('base') }}",
    );
    succeeds(&shop.nexus(&["run", "--select", "since"]));
}

#[test]
fn configuration_reaches_the_definition_and_the_job() {
    let (shop, lab) = shop("configured");
    shop.write(
        "models/configured.sql",
        "{{ config(materialized='table', cluster_by='id', labels={'team': 'a'}, hours_to_expiration=5, \
         kms_key_name='k', persist_docs={'relation': true, 'columns': true}, \
         partition_by={'field': 'id', 'data_type': 'int64', 'range': {'start': 0, 'end': 100, 'interval': 10}}, \
         require_partition_filter=true, grants={'roles/bigquery.dataViewer': ['user:ann@example.com']}) }}\n\
         select id, struct(name as called) as who from {{ ref('base') }}",
    );
    shop.write(
        "models/properties.yml",
        "models:\n  - name: configured\n    description: |\n      With \"quotes\"\n    columns:\n      - {name: id, description: key}\n      - {name: who.called, description: the name}\n",
    );
    succeeds(&shop.nexus(&["build"]));
    // The engine is shared: other projects keep tables for other stretches of time.
    let job = jobs(&lab, "INTERVAL 5 hour").pop().unwrap();
    let sql = job["sql"].as_str().unwrap();
    for part in [
        "generate_array(0, 100, 10)",
        "cluster by id",
        "INTERVAL 5 hour",
        "labels=[('team', 'a')]",
        "kms_key_name='k'",
        "require_partition_filter=True",
        "description=\"\"\"With \\\"quotes\\\"",
    ] {
        assert!(sql.contains(part), "{part} is not in {sql}");
    }
    assert_eq!(job["priority"], "INTERACTIVE");
    assert_eq!(
        job["labels"]["dbt_invocation_id"],
        "00000000-0000-4000-8000-000000000000"
    );
    assert_eq!(jobs(&lab, "grant `roles/bigquery.dataViewer`").len(), 1);
    succeeds(&shop.nexus(&["docs", "generate"]));
    let node = &artifact(&shop, "catalog.json")["nodes"]["model.shop.configured"];
    assert_eq!(node["columns"]["who.called"]["comment"], "the name");
    assert_eq!(node["columns"]["who"]["type"], "STRUCT<called STRING>");
    assert_eq!(
        node["metadata"]["comment"].as_str().map(str::trim),
        Some("With \"quotes\"")
    );
    assert_eq!(node["stats"]["num_rows"]["value"], 2);
    assert_eq!(node["stats"]["partitioning_type"]["value"], "id");
}

#[test]
fn nothing_is_called_without_need_and_secrets_stay_hidden() {
    let (shop, _lab) = shop("offline");
    // Nobody answers here.
    let output = json!({
        "type": "bigquery", "method": "oauth-secrets", "project": "p", "dataset": "d", "threads": 1,
        "refresh_token": "very-secret-token", "client_id": "c", "client_secret": "very-secret-client",
        "token_uri": "http://127.0.0.1:9/token", "api_endpoint": "http://127.0.0.1:9",
        "job_retry_deadline_seconds": 1,
    });
    profile(&shop, &output);
    succeeds(&shop.nexus(&["parse"]));
    succeeds(&shop.nexus(&["ls"]));
    succeeds(&shop.nexus(&["compile"]));
    let compiled = std::fs::read_to_string(shop.path().join("target/compiled/shop/models/base.sql")).unwrap();
    assert_eq!(compiled.trim(), "select * from `p`.`d`.`people`");
    let debug = shop.nexus(&["debug"]);
    assert_ne!(debug.code, Some(0));
    let said = format!("{}{}", debug.stdout, debug.stderr);
    assert!(said.contains("N0502"), "{said}");
    assert!(!said.contains("very-secret"), "{said}");
}

#[test]
fn a_wrong_column_is_shown_at_its_place_and_a_refused_login_as_such() {
    let (shop, lab) = shop("errors");
    succeeds(&shop.nexus(&["build"]));
    shop.write("models/wrong.sql", "select id,\n  nobody\nfrom {{ ref('base') }}");
    let failed = shop.nexus(&["run", "--select", "wrong"]);
    assert_eq!(failed.code, Some(1));
    assert!(
        failed.stdout.contains("Unrecognized name: nobody"),
        "{}",
        failed.stdout
    );
    assert!(failed.stdout.contains("|   nobody\n"), "{}", failed.stdout);
    let mut output = lab.output.clone();
    output["refresh_token"] = json!("lab-revoked");
    profile(&shop, &output);
    let refused = shop.nexus(&["debug"]);
    assert_ne!(refused.code, Some(0));
    let said = format!("{}{}", refused.stdout, refused.stderr);
    assert!(said.contains("Token has been expired or revoked"), "{said}");
}

#[test]
fn an_interrupt_ends_the_job() {
    let (shop, lab) = shop("interrupt");
    shop.write(
        "models/slow.sql",
        "{{ config(materialized='table') }} select count(*) as n from unnest(generate_array(1, 3000)) as a, \
         unnest(generate_array(1, 3000)) as b, unnest(generate_array(1, 1000)) as c where mod(a * b * c, 7) = 8",
    );
    let child = shop
        .command()
        .args(["run", "--select", "slow"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while jobs(&lab, "mod(a * b * c, 7) = 8").is_empty() {
        std::thread::yield_now();
    }
    let killed = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    let output = child.wait_with_output().unwrap();
    assert_ne!(output.status.code(), Some(0));
    // The engine answers again: the job does not go on.
    assert_eq!(rows(&shop, "select 1 as one"), json!([{"one": 1}]));
}
