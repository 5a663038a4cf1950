//! Redshift, by its stand-in: PostgreSQL with Redshift's functions, behind a server that refuses what Redshift refuses.

use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value as Json, json};

use crate::identity::project;
use crate::support::environment::{Environment, ROOT};
use crate::support::front::{Front, Reply};
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

/// AWS, as far as it gives passwords: a front that answers itself. The server has the user that it names.
fn aws(shop: &Environment, reply: &'static str, status: u16) -> Front {
    let role =
        "drop role if exists \"iam:ann\"; create role \"iam:ann\" superuser login password 'for a while'";
    shop.nexus(&[
        "show",
        "--inline",
        "drop owned by \"iam:ann\" cascade",
        "--limit",
        "-1",
    ]);
    succeeds(&shop.nexus(&["show", "--inline", role, "--limit", "-1"]));
    Front::of(1, move |_, _| Reply::Say(status, "", reply.to_owned()))
}

const XML: &str = "<GetClusterCredentialsResponse><GetClusterCredentialsResult><DbUser>iam:ann</DbUser>\
                   <DbPassword>for a while</DbPassword></GetClusterCredentialsResult></GetClusterCredentialsResponse>";
const JSON: &str = r#"{"dbUser": "iam:ann", "dbPassword": "for a while", "expiration": 1767323045}"#;

/// Logs in by AWS's answer to what these settings ask for; `wanted` is the body, `key` what the signature begins with.
fn logs_in(shop: &Environment, lab: &Lab, settings: &Json, reply: &'static str, wanted: &str, key: &str) {
    let mut output = lab.output.clone();
    profile(shop, &output);
    let front = aws(shop, reply, 200);
    output["schema"] = json!("t_redshift_iam");
    output.as_object_mut().unwrap().remove("password");
    output.as_object_mut().unwrap().remove("user");
    for (name, value) in settings.as_object().unwrap() {
        output[name] = value.clone();
    }
    profile(shop, &output);
    let mut command = shop.command();
    command
        .arg("run")
        .env("AWS_ENDPOINT_URL", front.address())
        .env("AWS_SHARED_CREDENTIALS_FILE", "keys")
        .env("AWS_ACCESS_KEY_ID", "AKIDOFENV")
        .env("AWS_SECRET_ACCESS_KEY", "s")
        .env("AWS_SESSION_TOKEN", "of a session");
    succeeds(&shop.output(command));
    let requests = front.requests();
    assert_eq!(requests.len(), 1, "the threads of a run get one password");
    assert_eq!(requests[0].body, wanted);
    let signature = requests[0].header("authorization").unwrap();
    let begins = format!("AWS4-HMAC-SHA256 Credential={key}");
    assert!(signature.starts_with(&begins), "{signature}");
    let session = requests[0].header("x-amz-security-token");
    assert_eq!(session.is_some(), key.starts_with("AKIDOFENV"));
    profile(shop, &lab.output);
    let who = rows(shop, "select who from t_redshift_iam.a");
    assert_eq!(who, json!([{"who": "iam:ann"}]));
}

#[test]
fn aws_gives_user_and_password_to_who_is_known_to_its_iam() {
    let lab = Lab::of("redshift");
    let shop = shop("t_redshift_iam", &lab);
    shop.write("models/a.sql", "select cast(current_user as varchar(100)) as who");
    shop.write(
        "keys",
        "[default]\naws_access_key_id = no\n[lab]\naws_access_key_id = AKIDOFFILE\naws_secret_access_key = s\n",
    );
    let user = json!({"method": "iam", "user": "ann", "cluster_id": "c-1", "region": "eu-west-1", "autocreate": true,
        "db_groups": ["sales", "ops team"], "access_key_id": "AKIDEXAMPLE", "secret_access_key": "the secret key"});
    let wanted = "Action=GetClusterCredentials&Version=2012-12-01&ClusterIdentifier=c-1&DbName=postgres&DbUser=ann&\
                  AutoCreate=true&DbGroups.DbGroup.1=sales&DbGroups.DbGroup.2=ops%20team";
    let key = "AKIDEXAMPLE/20260102/eu-west-1/redshift/";
    logs_in(&shop, &lab, &user, XML, wanted, key);
    let role =
        json!({"method": "iam_role", "cluster_id": "c-1", "region": "eu-west-1", "iam_profile": "lab"});
    let wanted =
        "Action=GetClusterCredentialsWithIAM&Version=2012-12-01&ClusterIdentifier=c-1&DbName=postgres";
    let key = "AKIDOFFILE/20260102/eu-west-1/redshift/";
    logs_in(&shop, &lab, &role, XML, wanted, key);
    let workgroup = json!({"method": "iam_role", "is_serverless": true, "serverless_work_group": "w", "region": "eu-west-1"});
    let wanted = r#"{"workgroupName":"w","dbName":"postgres"}"#;
    let key = "AKIDOFENV/20260102/eu-west-1/redshift-serverless/";
    logs_in(&shop, &lab, &workgroup, JSON, wanted, key);
}

#[test]
fn what_aws_says_is_told_without_its_secrets_and_no_keys_are_no_way_in() {
    let lab = Lab::of("redshift");
    let shop = shop("t_redshift_no_iam", &lab);
    let reply = "<ErrorResponse><Error><Code>ClusterNotFound</Code><Message>none for the secret key</Message></Error></ErrorResponse>";
    let front = Front::of(1, move |_, _| Reply::Say(404, "", reply.to_owned()));
    shop.write("models/a.sql", "select 1 as a");
    let mut output = lab.output.clone();
    output["method"] = json!("iam");
    output["cluster_id"] = json!("c-1");
    output["region"] = json!("eu-west-1");
    let run = |output: &Json| {
        profile(&shop, output);
        let mut command = shop.command();
        command.arg("run").env("AWS_ENDPOINT_URL", front.address());
        let done = shop.output(command);
        assert!(done.code != Some(0));
        format!("{}{}", done.stdout, done.stderr)
    };
    let said = run(&output);
    assert!(
        said.contains("no keys of AWS were found") && said.contains("export-credentials"),
        "{said}"
    );
    output["access_key_id"] = json!("AKIDEXAMPLE");
    output["secret_access_key"] = json!("the secret key");
    let said = run(&output);
    assert!(
        said.contains("ClusterNotFound") && said.contains("none for *****"),
        "{said}"
    );
}

#[test]
fn ways_to_log_in_that_cannot_be_served_are_refused_at_their_place() {
    let shop = Environment::empty();
    shop.write("dbt_project.yml", "name: shop\nprofile: shop\n");
    for (settings, words) in [
        ("method: browser_identity_center", "no identity center"),
        ("method: oauth_token_identity_center", "no identity center"),
        ("method: imm", "which is not known"),
        ("method: iam", "no `cluster_id`"),
        (
            "method: iam, cluster_id: c, access_key_id: a",
            "without `secret_access_key`",
        ),
        ("method: iam_role, cluster_id: c", "no `region`"),
        (
            "method: iam, cluster_id: c, region: r, db_groups: 5",
            "must be a list of names",
        ),
        ("datasharing: true", "`datasharing` cannot be used"),
        ("tcp_keepalive_idle: often", "must be a whole number"),
    ] {
        let lines = settings.replace(", ", "\n      ");
        shop.write(
            "profiles.yml",
            &format!(
                "shop:\n  target: lab\n  outputs:\n    lab:\n      type: redshift\n      host: h\n      user: u\n      {lines}\n      \
                 password: p\n      dbname: d\n      schema: s\n"
            ),
        );
        let output = shop.nexus(&["parse"]);
        let said = format!("{}{}", output.stdout, output.stderr);
        assert!(
            said.contains("N0106") && said.contains(words) && said.contains("profiles.yml:"),
            "{settings}: {said}"
        );
    }
}

#[test]
fn sessions_have_the_profile_s_query_group_and_keepalives() {
    let lab = Lab::of("redshift");
    let shop = shop("t_redshift_group", &lab);
    let mut output = lab.output.clone();
    output["query_group"] = json!("o'clock");
    output["tcp_keepalive_idle"] = json!(60);
    output["tcp_keepalive_interval"] = json!(10);
    output["tcp_keepalive_count"] = json!(3);
    profile(&shop, &output);
    let found = rows(&shop, "select current_setting('query_group') as query_group");
    assert_eq!(found, json!([{"query_group": "o'clock"}]));
}

#[test]
fn what_stands_on_a_table_is_dropped_with_it_unless_the_profile_says_that_nothing_does() {
    let lab = Lab::of("redshift");
    let shop = shop("t_redshift_drop", &lab);
    let mut output = lab.output.clone();
    output["schema"] = json!("t_redshift_drop");
    shop.write("models/a.sql", "select 1 as a");
    let drops = |word: &str| {
        let statements = lab.lines("statements.jsonl");
        let here = |sql: &&String| sql.contains("t_redshift_drop") && sql.contains("drop table");
        statements
            .iter()
            .filter(here)
            .filter(|sql| sql.contains(word))
            .count()
    };
    for (sparing, cascading) in [(true, 0), (false, 1)] {
        output["drop_without_cascade"] = json!(sparing);
        profile(&shop, &output);
        succeeds(&shop.nexus(&["run"]));
        let before = drops("drop table");
        succeeds(&shop.nexus(&["run"]));
        assert!(drops("drop table") > before);
        assert_eq!(drops("cascade").min(1), cascading);
    }
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
