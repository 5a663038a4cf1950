//! Compiling one model renders that model and the ephemeral models that it stands on, and nothing else.

use crate::support::environment::Environment;

/// Each model says that it was rendered.
fn project() -> Environment {
    let files = [
        ("dbt_project.yml", "name: few\nprofile: few\n"),
        (
            "profiles.yml",
            "few: {target: dev, outputs: {dev: {type: duckdb, path: ':memory:'}}}\n",
        ),
        ("models/table_above.sql", "{{ say() }}select 1 as id"),
        (
            "models/near.sql",
            "{{ config(materialized='ephemeral') }}{{ say() }}select * from {{ ref('far') }}",
        ),
        (
            "models/far.sql",
            "{{ config(materialized='ephemeral') }}{{ say() }}select * from {{ ref('table_above') }}",
        ),
        (
            "models/beside.sql",
            "{{ config(materialized='ephemeral') }}{{ say() }}select * from {{ ref('table_above') }}",
        ),
        ("models/wanted.sql", "{{ say() }}select * from {{ ref('near') }}"),
        ("models/below.sql", "{{ say() }}select * from {{ ref('wanted') }}"),
        (
            "macros/say.sql",
            "{% macro say() %}{% if execute %}{% do log('rendered ' ~ model.name, info=True) %}{% endif %}{% endmacro %}",
        ),
    ];
    let project = Environment::empty();
    for (path, text) in files {
        project.write(path, text);
    }
    project
}

#[test]
fn one_selected_model_is_rendered_with_its_ephemeral_parents_alone() {
    let project = project();
    let output = project.nexus(&["compile", "--select", "wanted", "--no-introspect"]);
    assert_eq!(output.code, Some(0), "{}{}", output.stdout, output.stderr);
    // Standard output has the SQL alone.
    let mut rendered: Vec<&str> = output
        .stderr
        .lines()
        .filter_map(|line| line.split_once("rendered ").map(|(_, name)| name))
        .collect();
    rendered.sort_unstable();
    assert_eq!(rendered, ["far", "near", "wanted"]);
}
