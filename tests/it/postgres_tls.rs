//! Encryption and certificates, on a PostgreSQL of tests/lab that has a certificate for the name localhost alone.

use serde_json::{Value as Json, json};

use crate::support::environment::Environment;
use crate::support::lab::Lab;
use crate::support::shop::{profile, rows, succeeds};

/// A project whose target has these fields; names of files are those of the lab.
fn shop(lab: &Lab, fields: &Json) -> Environment {
    let environment = Environment::empty();
    environment.write("dbt_project.yml", "name: shop\nprofile: shop\n");
    let mut output = lab.output.clone();
    output["retries"] = json!(0);
    for (key, value) in fields.as_object().unwrap() {
        output[key] = match (key.as_str(), value.as_str()) {
            ("sslrootcert" | "sslcert" | "sslkey", Some(name)) => json!(lab.file(name)),
            _ => value.clone(),
        };
    }
    profile(&environment, &output);
    environment
}

/// Whether the session is encrypted, and the subject of the client's certificate.
fn session(lab: &Lab, fields: &Json) -> Json {
    let sql = "select ssl, client_dn from pg_stat_ssl where pid = pg_backend_pid()";
    rows(&shop(lab, fields), sql)[0].clone()
}

/// What is said where it does not connect.
fn refused(lab: &Lab, fields: &Json) -> String {
    let output = shop(lab, fields).nexus(&["debug"]);
    let said = format!("{}{}", output.stdout, output.stderr);
    assert_ne!(output.code, Some(0), "{said}");
    said
}

#[test]
fn each_mode_encrypts_and_checks_what_it_says() {
    let lab = Lab::of("postgres-tls");
    let encrypted = |fields: Json| session(&lab, &fields)["ssl"].clone();
    assert_eq!(encrypted(json!({"sslmode": "disable"})), json!(false));
    assert_eq!(encrypted(json!({"sslmode": "allow"})), json!(false));
    assert_eq!(encrypted(json!({"sslmode": "prefer"})), json!(true));
    assert_eq!(encrypted(json!({"sslmode": "require"})), json!(true));
    // The certificate is for localhost; the lab's host is 127.0.0.1.
    assert_eq!(
        encrypted(json!({"sslmode": "verify-ca", "sslrootcert": "ca.pem"})),
        json!(true)
    );
    assert_eq!(
        encrypted(json!({"sslmode": "verify-full", "sslrootcert": "ca.pem", "host": "localhost"})),
        json!(true)
    );
    // The server lets this user in with encryption only, so `allow` comes again.
    assert_eq!(
        encrypted(json!({"sslmode": "allow", "user": "guarded"})),
        json!(true)
    );
    let said = refused(&lab, &json!({"sslmode": "disable", "user": "guarded"}));
    assert!(
        said.contains("pg_hba.conf rejects connection") && said.contains("no encryption"),
        "{said}"
    );
}

#[test]
fn a_server_that_is_not_who_it_should_be_is_refused_with_the_reason() {
    let lab = Lab::of("postgres-tls");
    for mode in ["verify-ca", "verify-full", "require"] {
        let said = refused(
            &lab,
            &json!({"sslmode": mode, "sslrootcert": "other.pem", "host": "localhost"}),
        );
        assert!(
            said.contains("no root that is trusted signed the server's certificate"),
            "{mode}: {said}"
        );
        assert!(
            said.contains("`sslrootcert` names the file of the roots to trust"),
            "{said}"
        );
    }
    // Browsers do not trust the lab's authority either.
    let said = refused(&lab, &json!({"sslmode": "verify-full", "host": "localhost"}));
    assert!(said.contains("no root that is trusted"), "{said}");
    let said = refused(&lab, &json!({"sslmode": "verify-full", "sslrootcert": "ca.pem"}));
    assert!(
        said.contains("the server's certificate is not for `127.0.0.1`"),
        "{said}"
    );
    assert!(!said.contains("\"nexus\""), "{said}");
}

#[test]
fn a_client_shows_its_certificate() {
    let lab = Lab::of("postgres-tls");
    let client = json!({"sslmode": "verify-full", "sslrootcert": "ca.pem", "host": "localhost", "user": "certified",
        "password": "unused", "sslcert": "client.pem", "sslkey": "client.key"});
    assert_eq!(
        session(&lab, &client),
        json!({"ssl": true, "client_dn": "/CN=certified"})
    );
    let mut without = client.clone();
    without["sslcert"] = Json::Null;
    without["sslkey"] = Json::Null;
    let said = refused(&lab, &without);
    assert!(said.contains("requires a valid client certificate"), "{said}");
    let mut strange = client.clone();
    strange["sslkey"] = json!("server.key");
    let said = refused(&lab, &strange);
    assert!(
        said.contains("`sslcert` and `sslkey` cannot be used together"),
        "{said}"
    );
}

#[test]
fn a_server_that_does_not_encrypt_is_refused_where_that_is_asked_for() {
    let lab = Lab::of("postgres");
    let said = refused(&lab, &json!({"sslmode": "require"}));
    assert!(
        said.contains("the server does not encrypt, but `sslmode` asks for it"),
        "{said}"
    );
    assert_eq!(session(&lab, &json!({"sslmode": "prefer"}))["ssl"], json!(false));
}

#[test]
fn the_log_says_once_what_is_not_checked() {
    let lab = Lab::of("postgres-tls");
    let log = |fields: Json| {
        let shop = shop(&lab, &fields);
        for name in ["a", "b", "c"] {
            shop.write(&format!("models/{name}.sql"), "select 1 as id");
        }
        succeeds(&shop.nexus(&["run", "--log-path", "logs", "--threads", "3"]));
        std::fs::read_to_string(shop.path().join("logs/dbt.log")).unwrap()
    };
    for (mode, words) in [
        ("disable", "are not encrypted:"),
        (
            "prefer",
            "are encrypted only where the server can, and who answers is not checked:",
        ),
        ("require", "are encrypted, but who answers is not checked:"),
    ] {
        let said = log(json!({"sslmode": mode, "schema": "t_tls_log"}));
        let times = said
            .matches(&format!("connections to `127.0.0.1` {words}"))
            .count();
        assert_eq!(times, 1, "{said}");
    }
    let full = json!({"sslmode": "verify-full", "sslrootcert": "ca.pem", "host": "localhost", "schema": "t_tls_log"});
    assert!(!log(full).contains("connections to"));
}
