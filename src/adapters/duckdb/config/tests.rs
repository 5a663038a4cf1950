use serde_json::{Value as Json, json};

use super::{Config, database_of_path};
use crate::adapters::tests::profile;

fn read(settings: &Json) -> Result<Config, String> {
    let document = profile(settings);
    Config::read(&document, &document.root).map_err(|e| e.message().to_owned())
}

#[test]
fn the_database_is_the_file_name_up_to_its_first_dot() {
    let cases = [
        (":memory:", "memory"),
        ("jaffle.duckdb", "jaffle"),
        ("a/b/my.db.duckdb", "my"),
        (".hidden.duckdb", "hidden"),
        ("s3://bucket/x.db?y=z", "x"),
        ("ducklake:meta.ducklake", "meta"),
        ("plain", "plain"),
    ];
    for (path, name) in cases {
        assert_eq!(database_of_path(path), name, "{path}");
    }
}

#[test]
fn an_empty_target_is_memory_and_main() {
    let config = read(&json!({"type": "duckdb"})).expect("nothing is required");
    assert_eq!(
        (
            config.path.as_str(),
            config.database.as_str(),
            config.schema.as_str()
        ),
        (":memory:", "memory", "main")
    );
    assert!(config.keep_open);
    let shown = Json::Object(config.public).to_string();
    // As `{{ tojson(target) }}` shows it under dbt-duckdb.
    assert_eq!(
        shown,
        r#"{"database":"memory","schema":"main","path":":memory:","config_options":null,"extensions":null,"settings":{},"external_root":".","use_credential_provider":null,"attach":null,"filesystems":null,"remote":null,"plugins":null,"disable_transactions":false}"#
    );
}

#[test]
fn a_database_that_the_path_does_not_make_is_refused() {
    let error = read(&json!({"path": "a.db", "database": "b"})).expect_err("the names differ");
    assert_eq!(
        error,
        "`database` is `b`, but the path `a.db` makes a database named `a`"
    );
    let attached = json!({"path": "a.db", "database": "b", "attach": [{"path": "c.db", "alias": "b"}]});
    assert_eq!(read(&attached).expect("the alias fits").database, "b");
}

#[test]
fn python_fields_are_refused_unless_empty() {
    let error = read(&json!({"plugins": [{"module": "excel"}]})).expect_err("plugins are Python");
    assert!(error.starts_with("`plugins` cannot be used"), "{error}");
    assert!(read(&json!({"plugins": [], "module_paths": null})).is_ok());
}

#[test]
fn attachments_become_statements() {
    let config = read(&json!({"attach": [
        {"path": "it's.db"},
        {"path": "p", "alias": "pg", "type": "postgres", "read_only": true},
        {"path": "md:x?user=1", "options": {"data_path": "s3://x", "override_data_path": true, "n": 3}},
    ]}))
    .expect("all are well formed");
    assert_eq!(
        config.attach,
        [
            "ATTACH IF NOT EXISTS 'it''s.db'",
            "ATTACH IF NOT EXISTS 'p' AS pg (TYPE postgres, READ_ONLY)",
            "ATTACH IF NOT EXISTS 'md:x' (DATA_PATH 's3://x', OVERRIDE_DATA_PATH, N 3)",
        ]
    );
}

#[test]
fn secrets_become_statements_and_their_values_are_masked() {
    let config = read(&json!({
        "settings": {"s3_secret_access_key": "hush-hush", "memory_limit": "1GB"},
        "attach": [{"path": "host=h password=pw123 user=u", "alias": "pg"}],
        "secrets": [{"type": "s3", "key_id": "AKIA1", "secret": "it's", "region": "eu", "scope": ["s3://a", "s3://b"]}],
    }))
    .expect("all are well formed");
    assert_eq!(
        config.secrets,
        [
            "CREATE OR REPLACE SECRET _dbt_secret_1 (type s3, key_id 'AKIA1', secret 'it''s', region 'eu', \
         scope 's3://a', scope 's3://b')"
        ]
    );
    assert!(config.masks.contains(&"AKIA1".to_owned()) && config.masks.contains(&"hush-hush".to_owned()));
    let shown = Json::Object(config.public).to_string();
    for hidden in ["hush-hush", "pw123", "AKIA1"] {
        assert!(!shown.contains(hidden), "{shown}");
    }
    assert!(shown.contains("1GB"));
}
