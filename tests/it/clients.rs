//! The real programs that read dbt's artifacts or call dbt, on nexus: `tests/parity/clients.py` runs each and compares
//! what it makes of nexus with what it makes of dbt-core.
//!
//! They come from PyPI into the environment that `tests/parity/clients.sh` makes (`make test` runs it first).

use crate::support::oracle::{compare, prepared};

/// Runs a client on a project, or on its default; fails with what it printed where it differs.
fn same(client: &str, projects: &[&str]) {
    let python = prepared("clients.sh");
    let projects = projects.iter().flat_map(|project| ["--project", project]);
    let arguments: Vec<&str> = ["--python", &python, "--client", client]
        .into_iter()
        .chain(projects)
        .collect();
    compare("clients.py", &arguments);
}

#[test]
fn artifacts_of_all_projects_fit_the_schemas_that_dbt_publishes() {
    same("schemas", &[]);
}

#[test]
fn dbt_artifacts_parser_reads_all_four_artifacts() {
    same("parser", &["dag_and_tests", "freshness"]);
}

#[test]
fn dbt_bouncer_finds_the_same_as_on_the_artifacts_of_dbt() {
    same("bouncer", &["dag_and_tests"]);
}

#[test]
fn dagster_records_the_same_materializations_and_checks_as_with_dbt() {
    same("dagster", &["dag_and_tests"]);
}

#[test]
fn cosmos_loads_the_same_graph_as_with_dbt() {
    same("cosmos", &["dag_and_tests"]);
}

#[test]
fn a_build_that_fails_in_parts_is_logged_and_recorded_as_by_dbt() {
    same("log", &[]);
}
