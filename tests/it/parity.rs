//! Parity with dbt-core: compiled SQL, node by node and byte by byte, on the projects of `tests/parity` and the demo.
//!
//! dbt-core answers from the environment that `tests/parity/oracle.sh` makes (`make test` runs it first); its
//! answers are cached by content. The comparison itself is `tests/parity/compare.py`.

use crate::support::oracle::compare;

/// Runs the comparison for a project and the checks given, and fails with what it printed. The keys of the artifacts are
/// always compared.
fn equal(project: &str, checks: &[&str]) {
    let checks = checks
        .iter()
        .chain(["keys"].iter())
        .flat_map(|check| ["--check", check]);
    let arguments: Vec<&str> = ["--project", project].into_iter().chain(checks).collect();
    compare("compare.py", &arguments);
}

#[test]
fn contracts_and_tables_that_foreign_keys_join_are_built_as_in_dbt() {
    equal(
        "foreign_keys",
        &["nodes", "compiled", "manifest", "rows", "results"],
    );
}

#[test]
fn models_in_python_are_compiled_and_built_as_in_dbt() {
    equal(
        "python_models",
        &["nodes", "compiled", "manifest", "ls", "rows", "results"],
    );
}

#[test]
fn tables_of_agate_and_seeds_that_are_read_as_such_are_those_of_dbt() {
    equal(
        "agate_tables",
        &["nodes", "compiled", "manifest", "rows", "results"],
    );
}

#[test]
fn arguments_named_arguments_and_properties_of_analyses_are_those_of_dbt() {
    equal(
        "older_arguments",
        &["nodes", "compiled", "manifest", "rows", "results"],
    );
}

#[test]
fn jinja_features_compile_as_in_dbt() {
    equal("jinja_features", &["nodes", "compiled", "manifest"]);
}

#[test]
fn templates_in_the_style_of_public_packages_compile_as_in_dbt() {
    equal("package_style", &["nodes", "compiled", "manifest", "results"]);
}

#[test]
fn the_context_is_that_of_dbt_in_models_and_hooks() {
    equal("context_names", &["nodes", "compiled", "rows"]);
}

#[test]
fn extraction_finds_what_dbt_finds() {
    equal("extraction", &["nodes", "compiled", "manifest"]);
}

#[test]
fn configs_and_tests_compile_as_in_dbt() {
    equal("dag_and_tests", &["nodes", "compiled", "manifest"]);
}

#[test]
fn materializations_compile_and_build_the_same_rows_as_dbt() {
    equal("materializations", &["nodes", "compiled", "manifest", "rows"]);
}

#[test]
fn batches_of_time_are_built_as_in_dbt() {
    equal(
        "microbatch",
        &["nodes", "compiled", "manifest", "rows", "results", "messages"],
    );
}

#[test]
fn the_demo_compiles_and_builds_the_same_rows_as_dbt_on_the_ejected_package() {
    equal("demo", &["nodes", "compiled", "manifest", "rows"]);
}

#[test]
fn the_demo_of_declared_sources_has_the_rows_that_dbt_makes_of_the_ejected_ones() {
    equal("demo_declared", &["rows"]);
}

#[test]
fn the_framework_s_fixture_compiles_and_builds_the_same_rows_as_dbt_on_the_ejected_package() {
    equal("framework", &["nodes", "compiled", "rows"]);
}

#[test]
fn sources_are_as_fresh_as_in_dbt() {
    equal("freshness", &["nodes", "compiled", "manifest", "sources"]);
}

#[test]
fn unit_tests_compile_and_run_as_in_dbt() {
    equal(
        "unit_tests",
        &[
            "nodes", "compiled", "manifest", "ls", "rows", "results", "messages",
        ],
    );
}

#[test]
fn snapshots_keep_the_same_versions_as_in_dbt() {
    equal(
        "snapshots",
        &["nodes", "compiled", "manifest", "rows", "results", "messages"],
    );
}

#[test]
fn functions_of_the_database_are_as_in_dbt() {
    equal(
        "functions",
        &[
            "nodes", "compiled", "manifest", "ls", "rows", "results", "messages",
        ],
    );
}

#[test]
fn groups_access_and_exposures_are_as_in_dbt() {
    equal(
        "access",
        &[
            "nodes", "compiled", "manifest", "ls", "rows", "results", "messages",
        ],
    );
}

#[test]
fn the_semantic_layer_is_as_in_dbt() {
    equal(
        "semantic",
        &[
            "nodes", "compiled", "manifest", "semantic", "ls", "rows", "results", "messages",
        ],
    );
}

#[test]
fn forms_of_the_semantic_layer_that_dbt_casts_or_fills_are_as_in_dbt() {
    equal("semantic_forms", &["nodes", "manifest", "semantic", "results"]);
}

#[test]
fn the_semantic_layer_over_packages_is_as_in_dbt() {
    equal(
        "semantic_layer",
        &[
            "nodes", "compiled", "manifest", "semantic", "ls", "rows", "results", "messages",
        ],
    );
}

#[test]
fn names_are_looked_for_in_the_packages_that_dbt_looks_in() {
    equal(
        "name_search",
        &["nodes", "compiled", "manifest", "rows", "results"],
    );
}

#[test]
fn what_stands_behind_failures_is_skipped_as_in_dbt() {
    equal("failing_builds", &["nodes", "rows", "results", "messages"]);
}

#[test]
fn a_failed_start_skips_all_nodes_where_the_project_says_so() {
    equal("failing_start", &["nodes", "rows", "results", "messages"]);
}

#[test]
fn each_macro_that_dbt_brings_is_there_by_its_name_or_left_out_with_a_reason() {
    compare("macro_names.py", &[]);
}

#[test]
fn what_a_model_raises_by_each_member_of_exceptions_ends_it_as_in_dbt() {
    equal("raised", &["nodes", "results"]);
}

#[test]
fn adapter_methods_and_macros_that_projects_call_themselves_do_what_they_do_in_dbt() {
    equal(
        "every_call",
        &["nodes", "compiled", "manifest", "rows", "results", "messages"],
    );
}

#[test]
fn what_public_projects_showed_is_as_in_dbt() {
    equal(
        "public_shapes",
        &["nodes", "compiled", "manifest", "rows", "results"],
    );
}

#[test]
fn catalogs_are_as_in_dbt() {
    equal(
        "documentation",
        &["nodes", "compiled", "manifest", "rows", "catalog"],
    );
    for project in ["dag_and_tests", "materializations", "snapshots"] {
        equal(project, &["catalog"]);
    }
}
