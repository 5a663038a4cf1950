//! Ways to log in to BigQuery, and the way there: what this machine has, keys, impersonation, proxies. A front before
//! the stand-in of tests/lab plays Google's token servers.

use std::process::Command;

use serde_json::{Value as Json, json};

use crate::support::environment::{Environment, Output};
use crate::support::front::{Front, Reply, Request};
use crate::support::lab::Lab;
use crate::support::shop::{profile, succeeds};

/// A front that gives tokens, each named after how it was asked for; the stand-in takes all that begin with `lab-token`.
fn front() -> Front {
    let output = Lab::of("bigquery").output;
    let engine = output["api_endpoint"]
        .as_str()
        .unwrap()
        .rsplit(':')
        .next()
        .unwrap();
    Front::of(engine.parse().unwrap(), |request, _| {
        let give = |name: &str, token: &str| {
            let body = json!({name: token, "expires_in": 3600, "token_type": "Bearer",
                "expireTime": "2099-01-01T00:00:00Z"});
            Reply::Say(200, "Content-Type: application/json\r\n", body.to_string())
        };
        if request.is("POST", "/given") && request.body.contains("refresh_token=") {
            give("access_token", "lab-token-refreshed")
        } else if request.is("POST", "/given") && request.body.contains("assertion=") {
            give("access_token", "lab-token-key")
        } else if request.is("GET", "/service-accounts/default/token") {
            give("access_token", "lab-token-machine")
        } else if request.is("POST", ":generateAccessToken") {
            give("accessToken", "lab-token-other")
        } else {
            Reply::Pass
        }
    })
}

/// A project whose target logs in as these fields say, by way of a front.
fn shop(front: &Front, fields: &Json) -> Environment {
    let environment = Environment::empty();
    environment.write("dbt_project.yml", "name: shop\nprofile: shop\n");
    let mut output = json!({
        "type": "bigquery", "project": "lab", "dataset": "logins", "location": "US", "threads": 1,
        "api_endpoint": front.address(),
    });
    for (key, value) in fields.as_object().unwrap() {
        output[key] = value.clone();
    }
    profile(&environment, &output);
    environment
}

fn debug(shop: &Environment, variables: &[(&str, &str)]) -> Output {
    let mut command = shop.command();
    command.arg("debug").envs(variables.iter().copied());
    shop.output(command)
}

/// The tokens of calls to BigQuery's own interface, each once.
fn tokens(front: &Front) -> Vec<String> {
    let calls = front.requests().into_iter();
    let mut tokens: Vec<String> = calls
        .filter(|call| call.line.contains("/bigquery/v2/"))
        .map(|call| call.header("authorization").unwrap().to_owned())
        .collect();
    tokens.dedup();
    tokens
}

fn asked(front: &Front, path_end: &str) -> Vec<Request> {
    let requests = front.requests().into_iter();
    requests.filter(|r| r.is("", path_end)).collect()
}

#[test]
fn the_file_that_the_environment_names_comes_before_the_one_of_gcloud() {
    let front = front();
    let shop = shop(&front, &json!({"method": "oauth"}));
    let login = |refresh: &str| {
        json!({"type": "authorized_user", "client_id": "c", "client_secret": "s", "refresh_token": refresh,
            "token_uri": format!("{}/given", front.address())})
        .to_string()
    };
    shop.write("named.json", &login("of-the-variable"));
    shop.write("gcloud/application_default_credentials.json", &login("of-gcloud"));
    shop.write(
        "home/.config/gcloud/application_default_credentials.json",
        &login("of-home"),
    );
    let home = shop.path().join("home");
    let home = ("HOME", home.to_str().unwrap());
    // A relative path counts from the working directory.
    succeeds(&debug(
        &shop,
        &[("GOOGLE_APPLICATION_CREDENTIALS", "named.json"), home],
    ));
    succeeds(&debug(&shop, &[("CLOUDSDK_CONFIG", "gcloud"), home]));
    succeeds(&debug(&shop, &[home]));
    let bodies: Vec<String> = asked(&front, "/given").into_iter().map(|r| r.body).collect();
    for (body, refresh) in bodies.iter().zip(["of-the-variable", "of-gcloud", "of-home"]) {
        assert!(body.contains(&format!("refresh_token={refresh}&")), "{body}");
    }
    assert_eq!(bodies.len(), 3);
    assert_eq!(tokens(&front), ["Bearer lab-token-refreshed"]);
    let missing = debug(&shop, &[("GOOGLE_APPLICATION_CREDENTIALS", "nowhere.json")]);
    let said = format!("{}{}", missing.stdout, missing.stderr);
    assert!(
        said.contains("nowhere.json` could not be read")
            && said.contains("Correct GOOGLE_APPLICATION_CREDENTIALS"),
        "{said}"
    );
}

#[test]
fn a_machine_without_a_file_is_asked_itself() {
    let front = front();
    let shop = shop(&front, &json!({"method": "oauth"}));
    let host = format!("127.0.0.1:{}", front.port);
    succeeds(&debug(&shop, &[("GCE_METADATA_HOST", &host)]));
    let asked = asked(&front, "/service-accounts/default/token");
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].header("metadata-flavor"), Some("Google"));
    assert_eq!(tokens(&front), ["Bearer lab-token-machine"]);
    let refused = debug(&shop, &[("GCE_METADATA_HOST", "127.0.0.1:9")]);
    let said = format!("{}{}", refused.stdout, refused.stderr);
    assert!(
        said.contains("no credentials were found on this machine"),
        "{said}"
    );
}

#[test]
fn a_key_signs_for_a_token_and_an_account_is_stood_in_for() {
    let front = front();
    let at = shop(&front, &json!({"method": "oauth"}));
    let made = Command::new("openssl")
        .args([
            "genpkey",
            "-algorithm",
            "RSA",
            "-pkeyopt",
            "rsa_keygen_bits:2048",
            "-out",
            "key.pem",
        ])
        .current_dir(at.path())
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let private = std::fs::read_to_string(at.path().join("key.pem")).unwrap();
    let key = json!({"type": "service_account", "project_id": "lab", "private_key_id": "k", "private_key": private,
        "client_email": "robot@lab.example", "client_id": "1", "token_uri": format!("{}/given", front.address())});
    at.write("key.json", &key.to_string());
    let path = at.path().join("key.json");
    for fields in [
        json!({"method": "service-account", "keyfile": path}),
        json!({"method": "service-account-json", "keyfile_json": key}),
    ] {
        succeeds(&debug(&shop(&front, &fields), &[]));
    }
    assert_eq!(asked(&front, "/given").len(), 2);
    assert_eq!(tokens(&front), ["Bearer lab-token-key"]);
    let fields = json!({"method": "service-account", "keyfile": path,
        "impersonate_service_account": "other@lab.example", "scopes": ["https://scope.example/one"]});
    let output = debug(&shop(&front, &fields), &[]);
    succeeds(&output);
    let body = private.lines().nth(1).unwrap();
    assert!(!format!("{}{}", output.stdout, output.stderr).contains(body));
    let asked = asked(&front, "/other@lab.example:generateAccessToken");
    assert_eq!(asked[0].header("authorization"), Some("Bearer lab-token-key"));
    let scope = r#""scope":["https://scope.example/one"]"#;
    assert!(asked[0].body.contains(scope), "{}", asked[0].body);
    assert_eq!(tokens(&front), ["Bearer lab-token-key", "Bearer lab-token-other"]);
}

#[test]
fn calls_go_by_the_proxy_of_the_environment_unless_their_host_is_exempt() {
    let front = front();
    let shop = shop(
        &front,
        &json!({"method": "oauth-secrets", "token": "lab-token", "api_endpoint": "http://bigquery.nowhere.example",
            "job_retry_deadline_seconds": 1}),
    );
    succeeds(&debug(&shop, &[("http_proxy", &front.address())]));
    let by_proxy = |r: &Request| r.line.contains(" http://bigquery.nowhere.example/bigquery/v2/");
    let calls = front.requests();
    assert!(!calls.is_empty() && calls.iter().all(by_proxy), "{calls:?}");
    let exempt = [("http_proxy", &*front.address()), ("no_proxy", "nowhere.example")];
    assert_ne!(debug(&shop, &exempt).code, Some(0));
    assert_eq!(front.requests().len(), calls.len());
}
