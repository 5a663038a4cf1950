//! Whole numbers beyond 64 bits through the binary: in vars, in what `retry` reads back, in configuration.

use crate::support::environment::Environment;
use crate::support::shop::{artifact, rows, succeeds};

fn project(model: &str) -> Environment {
    let environment = Environment::empty();
    environment
        .write("dbt_project.yml", "name: shop\nversion: '1.0'\nprofile: shop\n")
        .write(
            "profiles.yml",
            "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: shop.duckdb}\n",
        )
        .write("models/a.sql", model);
    environment
}

#[test]
fn vars_of_an_earlier_call_come_back_as_they_were_typed() {
    let environment = project("select {{ var('many') }} as many from nowhere");
    let vars = "{many: 99999999999999999999}";
    assert_eq!(environment.nexus(&["run", "--vars", vars]).code, Some(1));
    let written = std::fs::read_to_string(environment.path().join("target/run_results.json")).unwrap();
    assert!(
        written.contains("\"vars\":{\"many\":99999999999999999999}"),
        "{written}"
    );
    assert!(artifact(&environment, "run_results.json")["args"]["vars"]["many"].is_number());

    environment.write("models/a.sql", "select '{{ var('many') + 1 }}' as many");
    succeeds(&environment.nexus(&["retry"]));
    let found = rows(&environment, "select many from {{ ref('a') }}");
    assert_eq!(found[0]["many"], "100000000000000000000");
}

#[test]
fn numbers_beyond_128_bits_and_of_configuration_are_refused_at_their_place() {
    let beyond = "340282366920938463463374607431768211456";
    let environment = project("select '{{ var('many') }}' as many");
    let output = environment.nexus(&["compile", "--vars", &format!("{{many: {beyond}}}")]);
    assert_eq!(output.code, Some(2));
    assert!(output.stderr.contains("--vars:1:8"), "{}", output.stderr);
    assert!(
        output.stderr.contains("does not fit into 128 bits"),
        "{}",
        output.stderr
    );

    let of_project = format!("name: shop\nversion: '1.0'\nprofile: shop\nvars:\n  many: [{beyond}]\n");
    environment.write("dbt_project.yml", &of_project);
    let output = environment.nexus(&["compile"]);
    assert_eq!(output.code, Some(2));
    assert!(
        output.stderr.contains("dbt_project.yml:5:10"),
        "{}",
        output.stderr
    );

    for call in ["fromjson('NUMBER')", "fromyaml('[NUMBER]')"] {
        let environment = project(&format!(
            "select '{{{{ {} }}}}' as many",
            call.replace("NUMBER", beyond)
        ));
        let output = environment.nexus(&["compile"]);
        assert_ne!(output.code, Some(0));
        let said = output.stdout + &output.stderr;
        assert!(said.contains("does not fit into 128 bits"), "{said}");
    }
    let environment = project("{{ config(meta={'many': [2 ** 64]}) }} select 1 as id");
    let output = environment.nexus(&["parse"]);
    assert_eq!(output.code, Some(2));
    assert!(output.stderr.contains("models/a.sql:1:4"), "{}", output.stderr);
    assert!(
        output
            .stderr
            .contains("18446744073709551616, which does not fit into 64 bits"),
        "{}",
        output.stderr
    );
}
