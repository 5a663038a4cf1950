//! Every field that dbt's adapters declare for a target of profiles.yml: what it does here, or that it is refused.
//!
//! `DECLARED` lists the names by adapter; each must stand in a case. What is sent is read from the requests that a front
//! gets, what a session has from the session itself.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use crate::support::environment::{Environment, ROOT};
use crate::support::front::{Front, Reply, Request};
use crate::support::lab::Lab;
use crate::support::shop::{profile, rows};
use crate::support::wire::Wire;

/// The fields of dbt-postgres 1.11, dbt-redshift 1.11, dbt-snowflake 1.12, dbt-bigquery 1.12 and dbt-databricks 1.12.
const DECLARED: [(&str, &str); 5] = [
    (
        "postgres",
        "host port user password database schema connect_timeout role search_path keepalives_idle sslmode sslcert sslkey \
         sslrootcert application_name autocommit retries",
    ),
    (
        "redshift",
        "host port user password database schema method cluster_id iam_profile autocreate db_groups ra3_node datasharing \
         connect_timeout role sslmode retries retry_all region autocommit access_key_id secret_access_key idc_region \
         issuer_url idp_listen_port idc_client_display_name idp_response_timeout token_endpoint is_serverless \
         serverless_work_group serverless_acct_id tcp_keepalive tcp_keepalive_idle tcp_keepalive_interval \
         tcp_keepalive_count query_group allow_concurrent_drops drop_without_cascade",
    ),
    (
        "snowflake",
        "account user database schema warehouse role password authenticator private_key private_key_path \
         private_key_passphrase token oauth_client_id oauth_client_secret query_tag client_session_keep_alive host port \
         proxy_host proxy_port protocol connect_retries connect_timeout retry_on_database_errors retry_all insecure_mode \
         reuse_connections s3_stage_vpce_dns_name workload_identity_provider workload_identity_entra_resource \
         platform_detection_timeout_seconds",
    ),
    (
        "bigquery",
        "method database schema execution_project quota_project location api_endpoint priority maximum_bytes_billed \
         reservation impersonate_service_account job_retry_deadline_seconds job_retries job_creation_timeout_seconds \
         job_execution_timeout_seconds job_link_info_level_log keyfile keyfile_json token refresh_token client_id \
         client_secret token_uri workload_pool_provider_path service_account_impersonation_url token_endpoint \
         compute_region dataproc_cluster_name gcs_bucket submission_method dataproc_batch scopes",
    ),
    (
        "databricks",
        "database schema host http_path token client_id client_secret azure_client_id azure_client_secret \
         oauth_redirect_url oauth_scopes session_properties connection_parameters auth_type oidc_token_filepath compute \
         query_tags connect_retries connect_timeout retry_all connect_max_idle",
    ),
];

/// What shows that a field is not just read past.
enum Told {
    /// The target is refused; a snapshot holds what is said.
    Refused,
    /// One of the requests that a run sends has this text.
    Sent(&'static str),
    /// So many requests are sent to a path with this end.
    Tried(usize, &'static str),
    /// A query has this answer in the session.
    Answers(&'static str, Json),
    /// Nothing here needs it; templates see it in `target`.
    Shown,
    /// Nothing here needs it, and `target` does not have it, as in dbt.
    Past,
    /// The driver gets it; no test waits for what it limits.
    Set,
    /// Another test has it: module and name.
    By(&'static str),
}
use Told::{Answers, By, Past, Refused, Sent, Set, Shown, Tried};

/// Fields (names, with blanks between), the settings that show them, and what does.
type Case = (&'static str, Json, Told);

fn every_field_stands_in_a_case(kind: &str, cases: &[Case]) {
    let (_, declared) = DECLARED.iter().find(|(name, _)| *name == kind).unwrap();
    let declared: BTreeSet<&str> = declared.split(' ').collect();
    let shown: BTreeSet<&str> = cases.iter().flat_map(|(names, ..)| names.split(' ')).collect();
    assert_eq!(shown, declared, "{kind}");
    for (names, settings, told) in cases {
        match told {
            By(test) => {
                let (module, name) = test.split_once("::").unwrap();
                let source = std::fs::read_to_string(format!("{ROOT}/tests/it/{module}.rs")).unwrap();
                assert!(
                    source.contains(&format!("fn {name}(")),
                    "{kind}: there is no {test}"
                );
            }
            _ => assert!(
                names
                    .split(' ')
                    .all(|name| settings.get(name).is_some() || name == "database" || name == "schema"),
                "{kind}: {names} are not set by {settings}"
            ),
        }
    }
}

/// A project with one table on this target, with changes to it.
fn project(base: &Json, settings: &Json) -> Environment {
    let shop = Environment::empty();
    shop.write(
        "dbt_project.yml",
        "name: shop\nprofile: shop\nmodels: {shop: {+materialized: table}}\n",
    );
    shop.write(
        "models/one.sql",
        "select 1 as id -- {{ tojson(target.get(var('field', 'type'))) }}",
    );
    let mut output = base.clone();
    for (name, value) in settings.as_object().unwrap() {
        output[name] = value.clone();
    }
    profile(&shop, &output);
    shop
}

/// Refused with code and place; returns the message and what to do.
fn refusal(names: &str, shop: &Environment) -> String {
    let parsed = shop.nexus(&["parse"]);
    assert_eq!(parsed.code, Some(2), "{names}: {}", parsed.stdout);
    let said = parsed.stderr;
    assert!(
        said.contains("error[N0106]") && said.contains("profiles.yml:1:"),
        "{names}: {said}"
    );
    let lines = said.lines().map(str::trim);
    let told = lines
        .filter(|line| line.starts_with("error[") || line.starts_with("= help") || line.starts_with("help"));
    format!(
        "{names}\n{}\n",
        told.map(|line| format!("  {line}"))
            .collect::<Vec<_>>()
            .join("\n")
    )
}

fn shown(names: &str, settings: &Json, shop: &Environment, is_in_target: bool) {
    for name in names.split(' ') {
        let compiled = shop.nexus(&[
            "compile",
            "--no-introspect",
            "--vars",
            &format!("{{field: {name}}}"),
        ]);
        assert_eq!(
            compiled.code,
            Some(0),
            "{name}: {}{}",
            compiled.stdout,
            compiled.stderr
        );
        let path = shop.path().join("target/compiled/shop/models/one.sql");
        let text = std::fs::read_to_string(path).unwrap();
        let value = text.split("-- ").nth(1).unwrap().trim();
        let value: Json = serde_json::from_str(value).unwrap();
        let wanted = if is_in_target {
            &settings[name]
        } else {
            &Json::Null
        };
        assert_eq!(&value, wanted, "{name}");
    }
}

/// Goes through the cases of a database whose server speaks HTTP. `reply` answers in its place.
fn by_requests(
    kind: &str,
    cases: &[Case],
    base: impl Fn(&Front) -> Json,
    reply: impl Fn(&Request) -> Reply + Send + Sync + Clone + 'static,
) -> String {
    every_field_stands_in_a_case(kind, cases);
    let mut refusals = String::new();
    for (names, settings, told) in cases {
        let reply = reply.clone();
        let front = Front::of(1, move |request, _| reply(request));
        // Where the front is what a setting names, the case says `FRONT` and `PORT`.
        let text = settings.to_string().replace("\"PORT\"", &front.port.to_string());
        let text = text.replace(":PORT", &format!(":{}", front.port));
        let settings: Json = serde_json::from_str(&text.replace("FRONT", &front.address())).unwrap();
        let shop = project(&base(&front), &settings);
        match told {
            Refused => refusals.push_str(&refusal(names, &shop)),
            Shown | Past => shown(names, &settings, &shop, matches!(told, Shown)),
            Sent(text) => {
                shop.nexus(&["run"]);
                let sent = |r: &Request| format!("{}\n{}\n{}", r.line, r.headers.join("\n"), r.body);
                let requests: Vec<String> = front.requests().iter().map(sent).collect();
                assert!(
                    requests.iter().any(|r| r.contains(text)),
                    "{names}: no {text} in {requests:#?}"
                );
                // Without the settings nothing of the kind is sent.
                if !base(&front).to_string().contains(text) {
                    let before = front.requests().len();
                    profile(&shop, &base(&front));
                    shop.nexus(&["run"]);
                    let other: Vec<String> = front.requests()[before..].iter().map(sent).collect();
                    assert!(
                        !other.iter().any(|r| r.contains(text)),
                        "{names}: {text} by itself"
                    );
                }
            }
            Tried(times, path) => {
                shop.nexus(&["run"]);
                let tried = front.requests().iter().filter(|r| r.is("POST", path)).count();
                assert_eq!(tried, *times, "{names}");
            }
            Answers(..) => unreachable!("a front has no session"),
            Set | By(_) => {}
        }
    }
    refusals
}

/// Goes through the cases of a database that is asked in its session.
fn by_sessions(kind: &str, cases: &[Case], base: &Json) -> String {
    every_field_stands_in_a_case(kind, cases);
    let mut refusals = String::new();
    for (names, settings, told) in cases {
        let shop = project(base, settings);
        match told {
            Refused => refusals.push_str(&refusal(names, &shop)),
            Shown | Past => shown(names, settings, &shop, matches!(told, Shown)),
            Answers(sql, answer) => assert_eq!(&rows(&shop, sql)[0]["answer"], answer, "{names}"),
            Sent(_) | Tried(..) => unreachable!("nothing is in front of the server"),
            Set | By(_) => {}
        }
    }
    refusals
}

/// Whether the session's own end of its line is tested within a minute of silence: the kernel's list of lines has a timer
/// for it (kind 2, in hundredths of a second), once the server has told that it got the query (kind 1 until then).
const KEPT_ALIVE: &str = r"select case when found[1] = '02' and ('x' || found[2])::bit(32)::integer <= 6000 then 1 else 0 end as answer
from generate_series(1, 1000) as n, lateral (select pg_sleep(0.01 + 0 * n)) as pause,
lateral regexp_matches(repeat(' ', n) || pg_read_file('/proc/net/tcp'), ': [0-9A-F]{8}:'
  || lpad(upper(to_hex(inet_client_port())), 4, '0') || ' [0-9A-F]{8}:[0-9A-F]{4} 01 [0-9A-F:]{17} ([0-9]{2}):([0-9A-F]{8})') as found
where found[1] <> '01' limit 1";

#[test]
fn fields_of_postgres() {
    let base = Lab::of("postgres").output;
    let usual = "postgres::each_materialization_is_built_again_and_again";
    let cases: Vec<Case> = vec![
        ("host port user database schema", json!({}), By(usual)),
        (
            "password",
            json!({}),
            By("postgres::a_wrong_password_is_told_without_showing_it"),
        ),
        (
            "connect_timeout",
            json!({}),
            By("postgres_faults::a_server_that_says_nothing_is_given_up_after_the_profile_s_time"),
        ),
        (
            "role",
            json!({"role": "pg_monitor"}),
            Answers("select current_user as answer", json!("pg_monitor")),
        ),
        (
            "search_path",
            json!({"search_path": "pg_catalog, information_schema"}),
            Answers(
                "select current_setting('search_path') as answer",
                json!("pg_catalog, information_schema"),
            ),
        ),
        (
            "keepalives_idle",
            json!({"keepalives_idle": 60}),
            Answers(KEPT_ALIVE, json!(1)),
        ),
        (
            "keepalives_idle",
            json!({"keepalives_idle": 0}),
            Answers(KEPT_ALIVE, json!(0)),
        ),
        (
            "sslmode",
            json!({}),
            By("postgres_tls::each_mode_encrypts_and_checks_what_it_says"),
        ),
        (
            "sslrootcert",
            json!({}),
            By("postgres_tls::a_server_that_is_not_who_it_should_be_is_refused_with_the_reason"),
        ),
        (
            "sslcert sslkey",
            json!({}),
            By("postgres_tls::a_client_shows_its_certificate"),
        ),
        (
            "application_name",
            json!({"application_name": "nightly"}),
            Answers(
                "select current_setting('application_name') as answer",
                json!("nightly"),
            ),
        ),
        ("autocommit", json!({"autocommit": true}), Shown),
        (
            "retries",
            json!({}),
            By("postgres_faults::a_connection_that_is_cut_is_tried_again"),
        ),
    ];
    by_sessions("postgres", &cases, &base);
}

#[test]
fn fields_of_redshift() {
    let mut base = Lab::of("postgres").output;
    base["type"] = json!("redshift");
    base["sslmode"] = json!("disable");
    let iam = "redshift::aws_gives_user_and_password_to_who_is_known_to_its_iam";
    let wire = "profile_fields::redshift_is_tried_again_as_often_as_its_profile_says";
    let center = |name: &str, value: Json| json!({"method": "browser_identity_center", name: value});
    let cases: Vec<Case> = vec![
        (
            "host port user password database schema",
            json!({}),
            By("redshift::each_kind_of_node_is_built_again_and_again"),
        ),
        (
            "method cluster_id iam_profile autocreate db_groups region access_key_id secret_access_key is_serverless \
             serverless_work_group",
            json!({}),
            By(iam),
        ),
        ("ra3_node", json!({"ra3_node": true}), Shown),
        ("datasharing", json!({"datasharing": true}), Refused),
        (
            "connect_timeout",
            json!({}),
            By("postgres_faults::a_server_that_says_nothing_is_given_up_after_the_profile_s_time"),
        ),
        (
            "role",
            json!({"role": "pg_monitor"}),
            Answers("select current_user as answer", json!("pg_monitor")),
        ),
        (
            "sslmode",
            json!({}),
            By("profile_fields::redshift_s_modes_check_the_chain_of_certificates"),
        ),
        ("retries retry_all", json!({}), By(wire)),
        (
            "autocommit serverless_acct_id allow_concurrent_drops",
            json!({"autocommit": false, "serverless_acct_id": "1", "allow_concurrent_drops": true}),
            Shown,
        ),
        (
            "method idc_region",
            center("idc_region", json!("eu-west-1")),
            Refused,
        ),
        (
            "method issuer_url",
            center("issuer_url", json!("https://issuer.example")),
            Refused,
        ),
        (
            "method idp_listen_port",
            center("idp_listen_port", json!(7890)),
            Refused,
        ),
        (
            "method idc_client_display_name",
            center("idc_client_display_name", json!("n")),
            Refused,
        ),
        (
            "method idp_response_timeout",
            center("idp_response_timeout", json!(60)),
            Refused,
        ),
        (
            "method token_endpoint",
            json!({"method": "oauth_token_identity_center", "token_endpoint": {"type": "okta"}}),
            Refused,
        ),
        (
            "tcp_keepalive tcp_keepalive_idle tcp_keepalive_interval tcp_keepalive_count",
            json!({"tcp_keepalive": true, "tcp_keepalive_idle": 60, "tcp_keepalive_interval": 5, "tcp_keepalive_count": 3}),
            Answers(KEPT_ALIVE, json!(1)),
        ),
        (
            "tcp_keepalive tcp_keepalive_idle",
            json!({"tcp_keepalive": false, "tcp_keepalive_idle": 60}),
            Answers(KEPT_ALIVE, json!(0)),
        ),
        (
            "query_group",
            json!({}),
            By("redshift::sessions_have_the_profile_s_query_group_and_keepalives"),
        ),
        (
            "drop_without_cascade",
            json!({}),
            By(
                "redshift::what_stands_on_a_table_is_dropped_with_it_unless_the_profile_says_that_nothing_does",
            ),
        ),
    ];
    let refusals = by_sessions("redshift", &cases, &base);
    insta::assert_snapshot!("refused_fields_of_redshift", refusals);
}

#[test]
fn redshift_is_tried_again_as_often_as_its_profile_says() {
    let wire = Wire::start();
    let mut base = Lab::of("postgres").output;
    for (name, value) in [
        ("type", json!("redshift")),
        ("sslmode", json!("disable")),
        ("port", json!(wire.port)),
        ("password", json!("wrong")),
    ] {
        base[name] = value;
    }
    for (settings, tried) in [
        (json!({"retries": 2, "retry_all": true}), 3),
        (json!({"retries": 2, "retry_all": false}), 1),
    ] {
        wire.clear();
        let output = project(&base, &settings).nexus(&["show", "--inline", "select 1 as a"]);
        assert!(output.code != Some(0), "{}", output.stdout);
        assert_eq!(
            wire.connections(),
            tried,
            "{settings}: {}{}",
            output.stdout,
            output.stderr
        );
    }
}

#[test]
fn redshift_s_modes_check_the_chain_of_certificates() {
    let lab = Lab::of("postgres-tls");
    let mut base = lab.output.clone();
    base["type"] = json!("redshift");
    base["retries"] = json!(0);
    let certificate = |name: &str| lab.file(name).display().to_string();
    let sql = "select ssl as answer from pg_stat_ssl where pid = pg_backend_pid()";
    for (mode, root, is_taken) in [
        ("disable", "other.pem", true),
        ("prefer", "ca.pem", true),
        ("allow", "ca.pem", true),
        ("require", "ca.pem", true),
        ("verify-full", "ca.pem", true),
        ("prefer", "other.pem", false),
        ("require", "other.pem", false),
        ("verify-ca", "other.pem", false),
    ] {
        let settings = json!({"sslmode": mode, "sslrootcert": certificate(root), "host": "localhost"});
        let shop = project(&base, &settings);
        if is_taken {
            assert_eq!(rows(&shop, sql)[0]["answer"], json!(mode != "disable"), "{mode}");
        } else {
            let output = shop.nexus(&["show", "--inline", sql]);
            assert!(output.code != Some(0), "{mode}: {}", output.stdout);
        }
    }
}

#[test]
fn fields_of_snowflake() {
    let keys = "snowflake::keys_of_all_kinds_are_read_and_a_wrong_passphrase_is_told";
    let login = "/session/v1/login-request";
    let refresh = |name: &str, value: &str| {
        let mut settings = json!({"authenticator": "oauth", "token": "of a while", "oauth_client_id": "me",
            "oauth_client_secret": "whisper"});
        settings[name] = json!(value);
        settings
    };
    let cases: Vec<Case> = vec![
        (
            "account",
            json!({"account": "other_one.eu"}),
            Sent("\"ACCOUNT_NAME\":\"OTHER-ONE\""),
        ),
        ("user", json!({"user": "bea"}), Sent("\"LOGIN_NAME\":\"bea\"")),
        (
            "password",
            json!({"password": "other word"}),
            Sent("\"PASSWORD\":\"other word\""),
        ),
        (
            "database",
            json!({"database": "other_db"}),
            Sent("databaseName=other_db"),
        ),
        (
            "schema",
            json!({"schema": "other_schema"}),
            Sent("schemaName=other_schema"),
        ),
        ("warehouse", json!({"warehouse": "big"}), Sent("warehouse=big")),
        ("role", json!({"role": "loader"}), Sent("roleName=loader")),
        (
            "authenticator token",
            json!({"authenticator": "oauth", "token": "of a while"}),
            Sent("\"AUTHENTICATOR\":\"OAUTH\""),
        ),
        (
            "authenticator token",
            json!({"authenticator": "programmatic_access_token", "token": "of mine"}),
            Sent("\"TOKEN\":\"of mine\""),
        ),
        (
            "oauth_client_id oauth_client_secret",
            refresh("token", "of a while"),
            Sent("refresh_token=of+a+while"),
        ),
        // `me:whisper` in base 64.
        (
            "oauth_client_id oauth_client_secret",
            refresh("token", "x"),
            Sent("Basic bWU6d2hpc3Blcg=="),
        ),
        (
            "private_key private_key_path private_key_passphrase",
            json!({}),
            By(keys),
        ),
        (
            "query_tag",
            json!({"query_tag": "nightly"}),
            Sent("\"QUERY_TAG\":\"nightly\""),
        ),
        (
            "client_session_keep_alive",
            json!({"client_session_keep_alive": true}),
            Sent("\"CLIENT_SESSION_KEEP_ALIVE\":true"),
        ),
        (
            "host port protocol",
            json!({"host": "localhost", "port": "PORT", "protocol": "http"}),
            Sent("ost: localhost:"),
        ),
        (
            "proxy_host proxy_port",
            json!({"proxy_host": "127.0.0.1", "proxy_port": "PORT", "host": "snow.example", "port": 80}),
            Sent("POST http://snow.example"),
        ),
        (
            "connect_retries connect_timeout retry_all",
            json!({"connect_retries": 2, "connect_timeout": 0, "retry_all": true}),
            Tried(3, login),
        ),
        (
            "connect_retries connect_timeout retry_on_database_errors",
            json!({"connect_retries": 1, "connect_timeout": 0, "retry_on_database_errors": true}),
            Tried(2, login),
        ),
        ("connect_retries", json!({"connect_retries": 2}), Tried(1, login)),
        ("insecure_mode", json!({"insecure_mode": true}), Refused),
        (
            "authenticator",
            json!({"authenticator": "externalbrowser"}),
            Refused,
        ),
        (
            "authenticator",
            json!({"authenticator": "oauth_authorization_code"}),
            Refused,
        ),
        (
            "authenticator",
            json!({"authenticator": "oauth_client_credentials"}),
            Refused,
        ),
        (
            "authenticator",
            json!({"authenticator": "username_password_mfa"}),
            Refused,
        ),
        (
            "authenticator",
            json!({"authenticator": "https://sso.example"}),
            Refused,
        ),
        (
            "authenticator workload_identity_provider",
            json!({"authenticator": "workload_identity", "workload_identity_provider": "aws"}),
            Refused,
        ),
        (
            "reuse_connections s3_stage_vpce_dns_name workload_identity_provider workload_identity_entra_resource \
             platform_detection_timeout_seconds",
            json!({"reuse_connections": false, "s3_stage_vpce_dns_name": "vpce.example",
                "workload_identity_provider": "aws", "workload_identity_entra_resource": "r",
                "platform_detection_timeout_seconds": 2.5}),
            Shown,
        ),
    ];
    let base = |front: &Front| {
        json!({"type": "snowflake", "account": "one.eu", "user": "ann", "password": "open up", "database": "db",
            "schema": "s", "host": "127.0.0.1", "port": front.port, "protocol": "http", "connect_retries": 0})
    };
    let refusals = by_requests("snowflake", &cases, base, |_| {
        let body = json!({"success": false, "code": "390100", "message": "not you", "error": "not you"});
        Reply::Say(200, "Content-Type: application/json\r\n", body.to_string())
    });
    insta::assert_snapshot!("refused_fields_of_snowflake", refusals);
}

#[test]
fn fields_of_bigquery() {
    let refresh = json!({"token": null, "refresh_token": "of a while", "client_id": "me", "client_secret": "whisper",
        "token_uri": "FRONT/given"});
    let federation = |name: &str, value: Json| json!({"method": "external-oauth-wif", name: value});
    let keys = "bigquery_logins::a_key_signs_for_a_token_and_an_account_is_stood_in_for";
    let cases: Vec<Case> = vec![
        (
            "method",
            json!({}),
            By("bigquery_logins::the_file_that_the_environment_names_comes_before_the_one_of_gcloud"),
        ),
        (
            "database",
            json!({"project": "other-project"}),
            Sent("/projects/other-project/datasets"),
        ),
        (
            "schema",
            json!({"dataset": "other_dataset"}),
            Sent("other_dataset"),
        ),
        (
            "execution_project",
            json!({"execution_project": "payer"}),
            Sent("/bigquery/v2/projects/payer/jobs"),
        ),
        (
            "quota_project",
            json!({"quota_project": "counted"}),
            Sent("x-goog-user-project: counted"),
        ),
        ("location", json!({"location": "EU"}), Sent("\"location\":\"EU\"")),
        (
            "api_endpoint",
            json!({"api_endpoint": "http://localhost:PORT"}),
            Sent("ost: localhost:"),
        ),
        (
            "priority",
            json!({"priority": "batch"}),
            Sent("\"priority\":\"BATCH\""),
        ),
        (
            "maximum_bytes_billed",
            json!({"maximum_bytes_billed": 1000}),
            Sent("\"maximumBytesBilled\":\"1000\""),
        ),
        (
            "reservation",
            json!({"reservation": "projects/p/r"}),
            Sent("\"reservation\":\"projects/p/r\""),
        ),
        (
            "impersonate_service_account keyfile keyfile_json scopes",
            json!({}),
            By(keys),
        ),
        (
            "job_retry_deadline_seconds",
            json!({}),
            By("profile_fields::calls_of_bigquery_are_given_up_at_the_profile_s_time"),
        ),
        ("job_retries", json!({"job_retries": 2}), Tried(3, "/jobs")),
        (
            "job_creation_timeout_seconds",
            json!({}),
            By("delays::a_job_of_bigquery_whose_beginning_is_told_too_late_runs_once"),
        ),
        (
            "job_execution_timeout_seconds",
            json!({"job_execution_timeout_seconds": 90}),
            Sent("\"jobTimeoutMs\":\"90000\""),
        ),
        (
            "job_link_info_level_log",
            json!({"job_link_info_level_log": true}),
            Shown,
        ),
        ("token", json!({"token": "another"}), Sent("earer another")),
        (
            "refresh_token client_id client_secret token_uri",
            refresh.clone(),
            Sent("refresh_token=of+a+while"),
        ),
        (
            "refresh_token client_id client_secret token_uri",
            refresh,
            Sent("client_secret=whisper"),
        ),
        (
            "method workload_pool_provider_path",
            federation("workload_pool_provider_path", json!("//iam.example/pool")),
            Refused,
        ),
        (
            "method service_account_impersonation_url",
            federation("service_account_impersonation_url", json!("https://iam.example")),
            Refused,
        ),
        (
            "method token_endpoint",
            federation("token_endpoint", json!({"type": "entra"})),
            Refused,
        ),
        (
            "compute_region dataproc_cluster_name gcs_bucket submission_method dataproc_batch",
            json!({"compute_region": "r", "dataproc_cluster_name": "c", "gcs_bucket": "b", "submission_method": "cluster",
                "dataproc_batch": {"pyspark_batch": {}}}),
            Shown,
        ),
    ];
    let base = |front: &Front| {
        json!({"type": "bigquery", "method": "oauth-secrets", "token": "given", "project": "p", "dataset": "d",
            "api_endpoint": front.address(), "job_retries": 0})
    };
    let refusals = by_requests("bigquery", &cases, base, |request| {
        let json = "Content-Type: application/json\r\n";
        let job = json!({"jobReference": {"projectId": "p", "jobId": "j"}, "jobComplete": true,
            "status": {"state": "DONE", "errorResult": {"reason": "backendError", "message": "no"}}});
        if request.is("POST", "/given") {
            Reply::Say(400, json, "{}".to_owned())
        } else if request.line.contains("/jobs") || request.line.contains("/queries") {
            Reply::Say(200, json, job.to_string())
        } else {
            Reply::Say(200, json, "{}".to_owned())
        }
    });
    insta::assert_snapshot!("refused_fields_of_bigquery", refusals);
}

#[test]
fn fields_of_databricks() {
    let statements = "/api/2.0/sql/statements";
    let principal =
        json!({"token": null, "auth_type": "oauth", "client_id": "me", "client_secret": "whisper"});
    let parameters = |name: &str, value: Json| json!({"connection_parameters": {name: value}});
    let cases: Vec<Case> = vec![
        (
            "database",
            json!({"catalog": "other_catalog"}),
            Sent("\"catalog\":\"other_catalog\""),
        ),
        (
            "schema",
            json!({}),
            By("databricks::a_project_is_built_again_and_again"),
        ),
        (
            "host",
            json!({"host": "http://localhost:PORT"}),
            Sent("ost: localhost:"),
        ),
        (
            "http_path",
            json!({"http_path": "/sql/1.0/warehouses/big"}),
            Sent("\"warehouse_id\":\"big\""),
        ),
        ("token", json!({"token": "another"}), Sent("earer another")),
        // `me:whisper` in base 64.
        (
            "client_id client_secret auth_type",
            principal,
            Sent("Basic bWU6d2hpc3Blcg=="),
        ),
        ("azure_client_id", json!({"azure_client_id": "a"}), Refused),
        (
            "azure_client_secret",
            json!({"azure_client_secret": "a"}),
            Refused,
        ),
        (
            "oauth_redirect_url",
            json!({"oauth_redirect_url": "http://localhost"}),
            Refused,
        ),
        (
            "oidc_token_filepath",
            json!({"oidc_token_filepath": "/token"}),
            Refused,
        ),
        (
            "auth_type",
            json!({"auth_type": "env-oidc", "token": null}),
            Refused,
        ),
        ("auth_type", json!({"auth_type": "oauth", "token": null}), Refused),
        (
            "compute",
            json!({"compute": {"big": {"http_path": "/sql/1.0/warehouses/b"}}}),
            Refused,
        ),
        (
            "session_properties",
            json!({"session_properties": {"ansi_mode": true}}),
            Refused,
        ),
        (
            "session_properties",
            json!({"session_properties": {"databricks.catalog": "by_property"}}),
            Sent("\"catalog\":\"by_property\""),
        ),
        (
            "connection_parameters",
            parameters("http_headers", json!({"x-team": "sales"})),
            Sent("x-team: sales"),
        ),
        (
            "connection_parameters",
            parameters("use_cloud_fetch", json!(false)),
            By("databricks::many_rows_come_by_links_or_in_the_answer"),
        ),
        (
            "connection_parameters",
            parameters("access_token", json!("x")),
            Refused,
        ),
        (
            "query_tags",
            json!({"query_tags": "{\"team\": \"sales\"}"}),
            Sent("{\"key\":\"team\",\"value\":\"sales\"}"),
        ),
        (
            "retry_all connection_parameters",
            json!({"retry_all": true, "connection_parameters": {"_retry_stop_after_attempts_count": 3, "_retry_delay_max": 0}}),
            Tried(3, statements),
        ),
        (
            "retry_all connection_parameters",
            json!({"retry_all": false, "connection_parameters": {"_retry_stop_after_attempts_count": 3}}),
            Tried(1, statements),
        ),
        (
            "connect_retries",
            json!({}),
            By("profile_fields::databricks_is_asked_again_where_a_line_breaks"),
        ),
        ("connect_timeout", json!({"connect_timeout": 5}), Set),
        (
            "oauth_scopes connect_max_idle",
            json!({"oauth_scopes": ["sql"], "connect_max_idle": 60}),
            Past,
        ),
    ];
    let base = |front: &Front| {
        json!({"type": "databricks", "host": front.address(), "schema": "s", "http_path": "/sql/1.0/warehouses/w",
            "token": "given", "connect_retries": 0})
    };
    let refusals = by_requests("databricks", &cases, base, |_| {
        let error = json!({"error_code": "INTERNAL_ERROR", "message": "no"});
        Reply::Say(500, "Content-Type: application/json\r\n", error.to_string())
    });
    insta::assert_snapshot!("refused_fields_of_databricks", refusals);
}

#[test]
fn calls_of_bigquery_are_given_up_at_the_profile_s_time() {
    let front = Front::of(1, |_, _| Reply::Say(503, "", String::new()));
    let base = json!({"type": "bigquery", "method": "oauth-secrets", "token": "given", "project": "p", "dataset": "d",
        "api_endpoint": front.address(), "job_retries": 0, "job_retry_deadline_seconds": 1});
    let output = project(&base, &json!({})).nexus(&["show", "--inline", "select 1 as a"]);
    assert!(output.code != Some(0), "{}", output.stdout);
    // Without the field there are five, and by the pauses between them no fifth within a second.
    assert!(
        (1..=4).contains(&front.requests().len()),
        "{:#?}",
        front.requests()
    );
}

#[test]
fn databricks_is_asked_again_where_a_line_breaks() {
    let front = Front::of(1, |request, _| {
        if request.is("GET", "/statements/one") {
            Reply::Cut
        } else {
            let state = json!({"statement_id": "one", "status": {"state": "RUNNING"}});
            Reply::Say(200, "Content-Type: application/json\r\n", state.to_string())
        }
    });
    let base = json!({"type": "databricks", "host": front.address(), "schema": "s", "token": "given",
        "http_path": "/sql/1.0/warehouses/w", "connect_retries": 2, "connection_parameters": {"_retry_delay_max": 0}});
    let output = project(&base, &json!({})).nexus(&["show", "--inline", "select 1 as a"]);
    assert!(output.code != Some(0), "{}", output.stdout);
    let asked = front.requests();
    let asked_after = asked.iter().filter(|r| r.is("GET", "/statements/one")).count();
    assert_eq!(asked_after, 3, "{asked:#?}");
    let told_to_end = asked
        .iter()
        .filter(|r| r.is("POST", "/statements/one/cancel"))
        .count();
    assert_eq!(told_to_end, 1, "{asked:#?}");
}
