//! Snowflake, through the binary, on the stand-in of tests/lab: its wire protocol, with the SQL run by DuckDB.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value as Json, json};

use crate::identity;
use crate::support::environment::{Environment, ROOT};
use crate::support::lab::Lab;
use crate::support::shop::{profile, results, rows, succeeds};

const PROJECT: &str = "name: shop\nversion: '1.0'\nconfig-version: 2\nprofile: shop\n";

/// A project whose target is a database of its own on the stand-in.
fn shop(database: &str) -> (Environment, Lab) {
    let lab = Lab::of("snowflake");
    let environment = Environment::empty();
    environment.write("dbt_project.yml", PROJECT);
    let mut output = lab.output.clone();
    // The engine may have served an earlier run of the same test.
    output["database"] = json!(format!("{database}_{}", std::process::id()));
    output["threads"] = json!(2);
    profile(&environment, &output);
    (environment, lab)
}

/// The statements that name a word, in the order in which the stand-in got them.
fn statements(lab: &Lab, word: &str) -> Vec<String> {
    let all = lab.lines("statements.jsonl").into_iter();
    all.map(|line| serde_json::from_str::<Json>(&line).unwrap())
        .filter_map(|line| line["sql"].as_str().map(str::to_owned))
        .filter(|sql| sql.contains(word))
        .collect()
}

#[test]
fn a_project_is_built_again_and_again() {
    let (shop, _lab) = shop("builds");
    shop.write(
        "seeds/people.csv",
        "id,name,born,score,ok,seen\n1,\"Ann's \\ \"\"x\"\"\",2001-02-03,1.5,true,2024-01-01 10:00:00\n2,,2002-02-03,2,false,2024-01-02 10:00:00\n",
    );
    shop.write(
        "models/people_table.sql",
        "{{ config(materialized='table') }} select * from {{ ref('people') }}",
    );
    shop.write(
        "models/people_view.sql",
        "select count(*) as n, max(seen) as seen from {{ ref('people_table') }}",
    );
    for (strategy, key) in [
        ("merge", "'id'"),
        ("delete+insert", "'id'"),
        ("append", "none"),
        ("insert_overwrite", "none"),
    ] {
        let name = format!("models/by_{}.sql", strategy.replace('+', "_"));
        let config = format!(
            "{{{{ config(materialized='incremental', incremental_strategy='{strategy}', unique_key={key}) }}}}"
        );
        shop.write(
            &name,
            &format!("{config} select id, name, score from {{{{ ref('people_table') }}}}"),
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
    shop.write(
        "seeds/people.csv",
        "id,name,born,score,ok,seen\n1,Anna,2001-02-03,1.5,true,2024-01-01 10:00:00\n2,,2002-02-03,2,false,2024-01-02 10:00:00\n3,Bob,2003-02-03,3,false,2024-01-03 10:00:00\n",
    );
    succeeds(&shop.nexus(&["build"]));
    let count = |table: &str| {
        rows(
            &shop,
            &format!("select count(*) as n from {{{{ ref('{table}') }}}}"),
        )[0]["N"]
            .clone()
    };
    assert_eq!(count("by_merge"), json!(3));
    assert_eq!(count("by_delete_insert"), json!(3));
    assert_eq!(count("by_append"), json!(5));
    assert_eq!(count("by_insert_overwrite"), json!(3));
    assert_eq!(
        count("history"),
        json!(4),
        "the old name of 1 stays, as a version that has ended"
    );
    assert_eq!(
        rows(
            &shop,
            "select name, ok, born, seen, score from {{ ref('people_table') }} order by id limit 2"
        ),
        json!([
            {"NAME": "Anna", "OK": true, "BORN": "2001-02-03", "SEEN": "2024-01-01T10:00:00", "SCORE": 1.5},
            {"NAME": null, "OK": false, "BORN": "2002-02-03", "SEEN": "2024-01-02T10:00:00", "SCORE": 2.0},
        ])
    );
    let merged = results(&shop)
        .into_iter()
        .find(|result| result["unique_id"] == "model.shop.by_merge")
        .unwrap();
    let answer = &merged["adapter_response"];
    assert_eq!(
        (&answer["code"], &answer["rows_affected"]),
        (&json!("SUCCESS"), &json!(3)),
        "{answer}"
    );
    assert_eq!(answer["_message"], "SUCCESS 3");
    assert!(answer["query_id"].is_string());
}

#[test]
fn configurations_become_the_words_that_the_database_has_for_them() {
    let (shop, lab) = shop("words");
    let models = [
        (
            "clustered",
            "materialized='table', cluster_by=['id', 'name'], automatic_clustering=true, transient=false, copy_grants=true",
        ),
        (
            "secured",
            "materialized='view', secure=true, persist_docs={'relation': true, 'columns': true}",
        ),
        (
            "granted",
            "materialized='table', grants={'select': ['reader', 'writer']}, row_access_policy='p on (id)', table_tag=\"t = 'x'\"",
        ),
        ("bound", "materialized='table', contract={'enforced': true}"),
        (
            "fresh",
            "materialized='dynamic_table', target_lag='1 hour', snowflake_warehouse='refresh_wh', refresh_mode='full'",
        ),
    ];
    for (name, config) in models {
        shop.write(
            &format!("models/{name}.sql"),
            &format!("{{{{ config({config}) }}}} select 1 as id, 'a' as name"),
        );
    }
    shop.write(
        "models/properties.yml",
        "models:\n  - name: secured\n    description: costs $5\n    columns: [{name: id, description: it's a number}]\n  - name: bound\n    \
         constraints: [{type: primary_key, columns: [id]}, {type: check, expression: id > 0}]\n    columns:\n      \
         - {name: id, data_type: integer, constraints: [{type: not_null}]}\n      - {name: name, data_type: varchar}\n",
    );
    let ran = shop.nexus(&["run", "--threads", "1"]);
    let database = format!("words_{}", std::process::id());
    let sent: Vec<String> = statements(&lab, &database)
        .into_iter()
        .map(|sql| sql.split("\n/*").next().unwrap().replace(&database, "db"))
        .map(|sql| sql.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    let wanted = [
        "create or replace table db.demo.clustered copy grants as ( select * from ( select 1 as id, 'a' as name ) order by (id, name) )",
        "alter table db.demo.clustered cluster by (id, name)",
        "alter table db.demo.clustered resume recluster",
        "create or replace secure view db.demo.secured ( \"ID\" comment $$it's a number$$, \"NAME\" comment $$$$ ) as ( select 1 as id, 'a' as name )",
        "comment on view db.demo.secured is $$costs [$]5$$",
        "create or replace transient table db.demo.granted with row access policy p on (id) with tag (t = 'x') as ( select 1 as id, 'a' as name )",
        "grant select on db.demo.granted to reader",
        "grant select on db.demo.granted to writer",
        "create or replace transient table db.demo.bound ( id integer not null, name varchar, primary key (id) ) as ( select id, name from ( select 1 as id, 'a' as name ) as model_subq )",
        "create dynamic table db.demo.fresh target_lag = '1 hour' warehouse = refresh_wh refresh_mode = FULL initialize = ON_CREATE as ( select 1 as id, 'a' as name )",
    ];
    for sql in wanted {
        assert!(
            sent.iter().any(|s| s == sql),
            "{sql}\nis not in {sent:#?}\n{}",
            ran.stdout
        );
    }
    succeeds(&ran);
    assert!(
        ran.stdout
            .contains("constraints of the type `check` are not there"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_model_has_its_own_tag_and_warehouse_and_a_failure_puts_the_sessions_back() {
    let (shop, lab) = shop("sessions");
    shop.write(
        "models/tagged.sql",
        "{{ config(materialized='table', query_tag=\"it's mine\", snowflake_warehouse='big_wh') }} select 1 as sessions_fine",
    );
    shop.write(
        "models/tagged_badly.sql",
        "{{ config(materialized='table', query_tag='gone', snowflake_warehouse='other_wh') }} select sessions_missing",
    );
    let output = shop.nexus(&["run", "--threads", "1"]);
    assert_eq!(output.code, Some(1), "{}", output.stdout);
    let database = format!("sessions_{}", std::process::id());
    let comment = "\"profile_name\": \"shop\"";
    let all: Vec<String> = statements(&lab, "")
        .into_iter()
        .filter(|sql| {
            ["query_tag", "use warehouse", "sessions_"]
                .iter()
                .any(|word| sql.contains(word))
        })
        .map(|sql| {
            sql.split("\n/*")
                .next()
                .unwrap()
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    let sent = |sql: &str| {
        all.iter()
            .position(|s| s == sql)
            .unwrap_or_else(|| panic!("{sql} is not in {all:#?}"))
    };
    assert!(sent("use warehouse big_wh") < sent("alter session set query_tag = 'it''s mine'"));
    assert!(
        sent("alter session set query_tag = 'it''s mine'")
            < sent(&format!(
                "create or replace transient table {database}.demo.tagged as ( select 1 as sessions_fine )"
            ))
    );
    sent("alter session unset query_tag");
    assert!(
        sent("alter session set query_tag = 'gone'")
            < all.iter().rposition(|s| s == "use warehouse lab_wh").unwrap()
    );
    assert!(
        statements(&lab, "sessions_fine")
            .iter()
            .any(|sql| sql.contains(comment)),
        "the query comment stands behind the statement"
    );
}

#[test]
fn parsing_and_listing_connect_to_nobody_and_running_says_who_did_not_answer() {
    let shop = Environment::empty();
    shop.write("dbt_project.yml", PROJECT);
    shop.write("models/one.sql", "select 1 as a");
    profile(
        &shop,
        &json!({
            "type": "snowflake", "account": "lab", "user": "tester", "password": "very secret word",
            "protocol": "http", "host": "127.0.0.1", "port": 9, "database": "lab", "schema": "main", "connect_retries": 0,
        }),
    );
    succeeds(&shop.nexus(&["parse"]));
    let listed = shop.nexus(&["ls"]);
    assert!(listed.stdout.contains("shop.one"), "{}", listed.stdout);
    succeeds(&shop.nexus(&["compile"]));
    assert_eq!(
        std::fs::read_to_string(shop.path().join("target/compiled/shop/models/one.sql")).unwrap(),
        "select 1 as a"
    );
    let ran = shop.nexus(&["run"]);
    let said = format!("{}{}", ran.stdout, ran.stderr);
    assert_ne!(ran.code, Some(0));
    assert!(
        said.contains("error[N0504]") || said.contains("error[N05"),
        "{said}"
    );
    assert!(
        said.contains("the server `127.0.0.1` could not be asked"),
        "{said}"
    );
    let debugged = shop.nexus(&["debug"]);
    assert!(!format!("{said}{}{}", debugged.stdout, debugged.stderr).contains("very secret"));
}

#[test]
fn a_profile_that_does_not_fit_is_shown_at_its_place() {
    let cases = [
        ("    user: u\n    password: p\n", "has no `account`"),
        ("    account: a\n    password: p\n", "has no `user`"),
        ("    account: a\n    user: u\n", "has no `password`"),
        (
            "    account: a\n    user: u\n    authenticator: externalbrowser\n",
            "`externalbrowser` cannot be used: it opens a browser",
        ),
        (
            "    account: a\n    user: u\n    password: p\n    insecure_mode: true\n",
            "certificates are always verified",
        ),
        (
            "    account: a\n    user: u\n    password: p\n    port: 70000\n",
            "`port` must be a whole number",
        ),
        (
            "    account: https://a.snowflakecomputing.com\n    user: u\n    password: p\n",
            "is no name of an account",
        ),
        (
            "    account: a\n    user: u\n    private_key: not a key\n",
            "the private key cannot be used",
        ),
        (
            "    account: a\n    user: u\n    authenticator: oauth\n",
            "has no `token`",
        ),
    ];
    for (fields, message) in cases {
        let shop = Environment::empty();
        shop.write("dbt_project.yml", PROJECT);
        let head = "shop:\n  target: lab\n  outputs:\n   lab:\n    type: snowflake\n    database: d\n    schema: s\n";
        shop.write("profiles.yml", &format!("{head}{fields}"));
        let parsed = shop.nexus(&["parse"]);
        let said = format!("{}{}", parsed.stdout, parsed.stderr);
        assert_eq!(parsed.code, Some(2), "{said}");
        assert!(
            said.contains("error[N0106]") && said.contains(message),
            "{message}: {said}"
        );
        assert!(said.contains("profiles.yml:"), "{said}");
    }
}

#[test]
fn keys_of_all_kinds_are_read_and_a_wrong_passphrase_is_told() {
    let (shop, lab) = shop("keys");
    let make = "import sys\n\
        from cryptography.hazmat.primitives import serialization as s\n\
        from cryptography.hazmat.primitives.asymmetric import rsa\n\
        key = rsa.generate_private_key(65537, 2048)\n\
        save = lambda name, encoding, encryption: open(name, 'wb').write(\n\
            key.private_bytes(encoding, s.PrivateFormat.PKCS8, encryption))\n\
        save('plain.p8', s.Encoding.PEM, s.NoEncryption())\n\
        save('locked.p8', s.Encoding.PEM, s.BestAvailableEncryption(b'open sesame'))\n\
        save('plain.der', s.Encoding.DER, s.NoEncryption())\n";
    let cache = std::env::var("NEXUS_CACHE")
        .unwrap_or_else(|_| format!("{}/.cache/nexus", std::env::var("HOME").unwrap()));
    let python = Path::new(&cache).join("lab/snowflake/bin/python");
    let made = Command::new(python)
        .arg("-c")
        .arg(make)
        .current_dir(shop.path())
        .status()
        .unwrap();
    assert!(made.success());
    let with = |fields: Json| {
        let mut output = lab.output.clone();
        output["database"] = json!("keys");
        output.as_object_mut().unwrap().remove("password");
        for (name, value) in fields.as_object().unwrap() {
            output[name] = value.clone();
        }
        profile(&shop, &output);
        shop.nexus(&["debug"])
    };
    succeeds(&with(json!({"private_key_path": "plain.p8"})));
    succeeds(&with(
        json!({"private_key_path": "locked.p8", "private_key_passphrase": "open sesame"}),
    ));
    let pem = std::fs::read_to_string(shop.path().join("plain.p8")).unwrap();
    succeeds(&with(
        json!({"private_key": pem.replace('\n', "\\n"), "authenticator": "snowflake_jwt"}),
    ));
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    succeeds(&with(json!({"private_key": body})));
    let wrong = with(json!({"private_key_path": "locked.p8", "private_key_passphrase": "shut sesame"}));
    let said = format!("{}{}", wrong.stdout, wrong.stderr);
    assert!(
        said.contains("the passphrase does not fit") && !said.contains("shut sesame"),
        "{said}"
    );
    let without = with(json!({"private_key_path": "locked.p8"}));
    assert!(format!("{}{}", without.stdout, without.stderr).contains("there is no `private_key_passphrase`"));
}

#[test]
fn a_busy_server_is_asked_again_and_the_retries_are_counted() {
    let (shop, lab) = shop("retries");
    shop.write(
        "models/one.sql",
        "{{ config(materialized='table', pre_hook=\"select 'retries hook'\") }} select 1 as a",
    );
    // Each of the first three statements that come in is refused; whoever else asks at the same time asks again too.
    std::fs::write(lab.file("unavailable"), "3").unwrap();
    succeeds(&shop.nexus(&["run"]));
    let built = format!("retries_{}.demo.one", std::process::id());
    assert_eq!(statements(&lab, &built).len(), 1, "a statement is run once");
    assert_eq!(std::fs::read_to_string(lab.file("unavailable")).unwrap(), "0");
}

#[test]
fn an_interrupt_aborts_the_statement_at_the_server() {
    let (shop, lab) = shop("interrupts");
    shop.write(
        "models/slow.sql",
        "{{ config(materialized='table') }} with recursive interrupts as (select 1 as n union all select n + 1 from interrupts where n < 100000000) select max(n) as n from interrupts",
    );
    let aborted = || {
        lab.lines("statements.jsonl")
            .iter()
            .filter(|line| line.contains("aborted"))
            .count()
    };
    let mut child = shop
        .command()
        .args(["run"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    assert!(lines.any(|line| line.contains("START sql table model demo.slow")));
    let interrupted = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(interrupted.success());
    let rest: Vec<String> = lines.collect();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest:#?}");
    // The interrupt may come before the statement has left; then there is nothing to abort.
    let left = !statements(&lab, ".demo.slow").is_empty();
    assert!(!left || aborted() > 0);
}

#[test]
fn batches_unit_tests_freshness_clones_and_the_catalog_work_as_on_other_databases() {
    let (shop, lab) = shop("others");
    shop.write(
        "seeds/visits.csv",
        "id,seen\n1,2024-01-01 10:00:00\n2,2024-01-02 10:00:00\n3,2024-01-02 11:00:00\n",
    );
    shop.write(
        "seeds/properties.yml",
        "seeds: [{name: visits, config: {event_time: seen}}]\n",
    );
    shop.write(
        "models/daily.sql",
        "{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='seen', begin='2024-01-01', batch_size='day') }} select * from {{ ref('visits') }}",
    );
    shop.write(
        "models/plain.sql",
        "{{ config(materialized='table') }} select id, 'it''s' as name from {{ ref('visits') }}",
    );
    shop.write(
        "models/properties.yml",
        "sources:\n  - name: raw\n    schema: demo\n    loaded_at_field: seen\n    tables:\n      - {name: visits, freshness: {warn_after: {count: 1, period: day}}}\n\
         unit_tests:\n  - name: names\n    model: plain\n    given: [{input: ref('visits'), rows: [{id: 7}]}]\n    \
         expect: {rows: [{id: 7, name: \"it's\"}]}\n",
    );
    let days = [
        "--event-time-start",
        "2024-01-01",
        "--event-time-end",
        "2024-01-03",
    ];
    for _ in 0..2 {
        succeeds(&shop.nexus(&[&["build"], &days[..]].concat()));
    }
    assert_eq!(
        rows(&shop, "select count(*) as n from {{ ref('daily') }}")[0]["N"],
        json!(3)
    );
    let fresh = shop.nexus(&["source", "freshness"]);
    assert!(fresh.stdout.contains("WARN"), "{}", fresh.stdout);

    succeeds(&shop.nexus(&["docs", "generate"]));
    let text = std::fs::read_to_string(shop.path().join("target/catalog.json")).unwrap();
    let catalog: Json = serde_json::from_str(&text).unwrap();
    let columns = catalog["nodes"]["model.shop.plain"]["columns"]
        .as_object()
        .unwrap();
    assert_eq!(columns.keys().collect::<Vec<_>>(), ["ID", "NAME"]);

    std::fs::rename(shop.path().join("target"), shop.path().join("earlier")).unwrap();
    let mut output = lab.output.clone();
    output["database"] = json!(format!("others_{}", std::process::id()));
    output["schema"] = json!("copies");
    profile(&shop, &output);
    succeeds(&shop.nexus(&["clone", "--state", "earlier", "--select", "plain"]));
    assert_eq!(
        rows(&shop, "select count(*) as n from {{ ref('plain') }}")[0]["N"],
        json!(3)
    );
    assert!(
        !statements(&lab, "copies.plain\n    clone others_").is_empty(),
        "the table is cloned, not built"
    );
}

#[test]
fn identities_are_resolved_by_every_strategy() {
    let sightings = identity::sightings();
    let wanted = identity::expected(&sightings);
    let lab = Lab::of("snowflake");
    for strategy in ["auto", "recursive_cte"] {
        let graphs = identity::project(strategy, &sightings);
        let mut output = lab.output.clone();
        output["database"] = json!(format!("graphs_{strategy}_{}", std::process::id()));
        output["threads"] = json!(2);
        let profiles = json!({"graphs": {"target": "lab", "outputs": {"lab": output}}});
        graphs.write("profiles.yml", &profiles.to_string());
        assert_eq!(identity::resolved_in(&graphs, strategy).0, wanted, "{strategy}");
    }
}

#[test]
fn the_lab_script_knows_its_commands() {
    let script = Path::new(ROOT).join("tests/lab/snowflake.sh");
    let unknown = Command::new(script).arg("dance").output().unwrap();
    assert!(!unknown.status.success());
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("use setup, start DIR or stop DIR"));
}
