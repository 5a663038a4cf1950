//! A warm `ls` shows what a cold one shows, whatever changed since, and reads the project only where something did.

use std::os::unix::fs::MetadataExt;

use crate::support::environment::Environment;

const PROJECT: &[(&str, &str)] = &[
    (
        "dbt_project.yml",
        "name: shop\nprofile: shop\nmodels:\n  +tags: ['{{ env_var(\"TEAM\", \"none\") }}']\n",
    ),
    (
        "profiles.yml",
        "shop: {target: dev, outputs: {dev: {type: duckdb, path: dev.duckdb}, prod: {type: duckdb, path: prod.duckdb}}}\n",
    ),
    ("models/orders.sql", "select 1 as id"),
    ("models/deep/er/sums.sql", "select * from {{ ref('orders') }}"),
    (
        "models/schema.yml",
        "models:\n  - name: orders\n    columns: [{name: id, data_tests: [unique]}]\n",
    ),
    (
        "models/exposed.yml",
        "exposures:\n  - {name: board, type: dashboard, owner: {name: A}, depends_on: [ref('sums')]}\n",
    ),
    ("seeds/raw.csv", "a\n1\n"),
    ("macros/helper.sql", "{% macro kind() %}table{% endmacro %}"),
    (
        "models/by_macro.sql",
        "{{ config(materialized=kind()) }} select {{ var('x', 1) }} as x",
    ),
];

/// A change, and what is called after it.
type Change = (&'static str, fn(&Environment), &'static [&'static str]);

fn project() -> Environment {
    let environment = Environment::empty();
    for (path, text) in PROJECT {
        environment.write(path, text);
    }
    environment
}

fn list(environment: &Environment, more: &[&str]) -> String {
    let mut arguments = vec!["ls", "--output", "json"];
    arguments.extend(more);
    let output = environment.nexus(&arguments);
    format!("{:?}\n{}", output.code, output.stdout)
}

fn cold(environment: &Environment, more: &[&str]) -> String {
    let mut arguments = vec!["--no-partial-parse", "--no-write-json"];
    arguments.extend(more);
    list(environment, &arguments)
}

/// Which file holds what was kept; another one after a call that read the project anew. Only to be compared from call to call:
/// numbers are given again.
fn kept(environment: &Environment) -> Option<u64> {
    let path = environment.path().join("target/partial_parse.nexus");
    std::fs::metadata(path).ok().map(|data| data.ino())
}

/// Lists until the outcome is kept: files that are only just written are not trusted.
fn warm_up(environment: &Environment, more: &[&str]) -> u64 {
    for _ in 0..100 {
        let before = kept(environment);
        list(environment, more);
        if before.is_some() && kept(environment) == before {
            return before.unwrap_or_default();
        }
    }
    panic!("the project was read again each time");
}

#[test]
fn a_warm_listing_is_the_cold_one_whatever_is_selected() {
    let environment = project();
    warm_up(&environment, &[]);
    for more in [
        &["--select", "+sums"][..],
        &["--select", "tag:none", "--exclude", "orders"],
        &["--select", "path:models/deep"],
        &["--select", "config.materialized:table"],
        &["--select", "test_name:unique"],
        &["--resource-type", "test"],
        &["--output", "path"],
        &["--output", "selector"],
        &["--output-keys", "name config.materialized depends_on"],
        &["--output-keys", "raw_code", "--select", "orders"],
        &["--select", "nobody"],
    ] {
        assert_eq!(list(&environment, more), cold(&environment, more), "{more:?}");
    }
}

#[test]
fn any_change_is_seen() {
    let changes: &[Change] = &[
        (
            "a model is changed",
            |e| {
                e.write("models/orders.sql", "{{ config(tags='new') }} select 2");
            },
            &[],
        ),
        (
            "a model is added in a folder",
            |e| {
                e.write("models/deep/er/more.sql", "select 3");
            },
            &[],
        ),
        (
            "a model is removed",
            |e| std::fs::remove_file(e.path().join("models/deep/er/more.sql")).unwrap(),
            &[],
        ),
        (
            "properties are changed",
            |e| {
                e.write(
                    "models/schema.yml",
                    "models: [{name: orders, config: {tags: [t]}}]\n",
                );
            },
            &[],
        ),
        (
            "a macro is changed",
            |e| {
                e.write("macros/helper.sql", "{% macro kind() %}ephemeral{% endmacro %}");
            },
            &[],
        ),
        (
            "a seed is added",
            |e| {
                e.write("seeds/new.csv", "a\n1\n");
            },
            &[],
        ),
        (
            "a folder that was missing appears",
            |e| {
                e.write("snapshots/s.yml", "snapshots: [{name: s, relation: ref('orders'), config: {unique_key: id, strategy: check, check_cols: all}}]\n");
            },
            &[],
        ),
        (
            "the project file is changed",
            |e| {
                e.write(
                    "dbt_project.yml",
                    "name: shop\nprofile: shop\nmodels: {+schema: other}\n",
                );
            },
            &[],
        ),
        (
            "another target is the usual one",
            |e| {
                e.write(
                    "profiles.yml",
                    "shop: {target: prod, outputs: {prod: {type: duckdb, path: p.duckdb, schema: there}}}\n",
                );
            },
            &[],
        ),
        (
            "files are ignored",
            |e| {
                e.write(".dbtignore", "by_macro.sql\n");
            },
            &[],
        ),
        (
            "files are no longer ignored",
            |e| std::fs::remove_file(e.path().join(".dbtignore")).unwrap(),
            &[],
        ),
        (
            "a package is put in place",
            |e| {
                e.write("dbt_packages/extra/dbt_project.yml", "name: extra\n");
                e.write("dbt_packages/extra/models/of_extra.sql", "select 1");
            },
            &[],
        ),
        (
            "a package's model is changed",
            |e| {
                e.write(
                    "dbt_packages/extra/models/of_extra.sql",
                    "{{ config(tags='p') }} select 1",
                );
            },
            &[],
        ),
        (
            "selectors appear",
            |e| {
                e.write(
                    "selectors.yml",
                    "selectors: [{name: one, default: true, definition: orders}]\n",
                );
            },
            &[],
        ),
        ("variables are given", |_| (), &["--vars", "{x: 2}"]),
        (
            "a file is replaced by one of the same size and time",
            |e| {
                let path = e.path().join("seeds/new.csv");
                let time = std::fs::metadata(&path).unwrap().modified().unwrap();
                std::fs::rename(
                    e.path().join("models/by_macro.sql"),
                    e.path().join("models/by_macro2.sql"),
                )
                .unwrap();
                let file = std::fs::File::options().write(true).open(&path).unwrap();
                file.set_modified(time).unwrap();
            },
            &[],
        ),
    ];
    let environment = project();
    for (what, change, more) in changes {
        list(&environment, &[]);
        change(&environment);
        // Twice: read anew, and as kept then.
        for _ in 0..2 {
            assert_eq!(list(&environment, more), cold(&environment, more), "{what}");
        }
    }
}

#[test]
fn what_is_kept_is_not_used_where_the_surroundings_differ() {
    let environment = project();
    warm_up(&environment, &[]);
    let with_team = |arguments: &[&str]| {
        let output = environment
            .command()
            .args(arguments)
            .env("TEAM", "blue")
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(with_team(&["ls", "--output", "json"]).contains("\"blue\""));
    let second = warm_up(&environment, &[]);
    // A template that looks at the flags is read each time.
    environment.write("models/orders.sql", "{{ config(tags=flags.WHICH) }} select 1");
    for _ in 0..3 {
        assert!(list(&environment, &[]).contains("\"list\""));
    }
    assert_eq!(kept(&environment), Some(second));
}

#[test]
fn the_manifest_gets_the_id_of_a_warm_call() {
    let environment = project();
    let first = warm_up(&environment, &[]);
    let manifest = || {
        let text = std::fs::read_to_string(environment.path().join("target/manifest.json")).unwrap();
        serde_json::from_str::<serde_json::Value>(&text).unwrap()
    };
    let before = manifest();
    let output = environment
        .command()
        .arg("ls")
        .env("NEXUS_INVOCATION_ID", "11111111-0000-4000-8000-000000000000")
        .output()
        .unwrap();
    assert!(output.status.success());
    let after = manifest();
    assert_eq!(kept(&environment), Some(first));
    assert_ne!(
        before["metadata"]["invocation_id"],
        after["metadata"]["invocation_id"]
    );
    assert_eq!(before["nodes"], after["nodes"]);
    // A manifest that somebody else wrote is written anew.
    std::fs::write(environment.path().join("target/manifest.json"), "{}").unwrap();
    list(&environment, &[]);
    assert_eq!(manifest()["nodes"], after["nodes"]);
}

#[test]
fn a_broken_file_is_passed_over() {
    let environment = project();
    warm_up(&environment, &[]);
    let path = environment.path().join("target/partial_parse.nexus");
    let whole = std::fs::read(&path).unwrap();
    for length in [0, 4, 8, 100, 264, 272, 300, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&path, &whole[..length]).unwrap();
        assert_eq!(list(&environment, &[]), cold(&environment, &[]), "{length} bytes");
    }
}
