//! Warnings that templates raise: shown, silenced or errors, as `--warn-error` and its options say.

use crate::support::environment::{Environment, Output};

fn project() -> Environment {
    let environment = Environment::empty();
    environment
        .write(
            "dbt_project.yml",
            "name: warned\nversion: '1.0'\nprofile: warned\n",
        )
        .write(
            "profiles.yml",
            "warned: {target: dev, outputs: {dev: {type: duckdb, path: warned.duckdb}}}\n",
        )
        .write(
            "macros/warns.sql",
            "{% macro warns() %}{% do exceptions.warn('mind the gap') %}{% do print('went on') %}{% endmacro %}\n",
        )
        .write(
            "models/warned.sql",
            "{% if execute %}{% do exceptions.warn('of the model') %}{% endif %}select 1 as id\n",
        );
    environment
}

fn said(output: &Output) -> String {
    format!("{}{}", output.stdout, output.stderr)
}

#[test]
fn a_warning_of_a_macro_is_shown_and_the_macro_goes_on() {
    let output = project().nexus(&["run-operation", "warns"]);
    assert_eq!(output.code, Some(0), "{}", said(&output));
    assert!(said(&output).contains("mind the gap") && said(&output).contains("went on"));
}

#[test]
fn a_warning_is_an_error_under_warn_error_and_by_its_name() {
    for options in [
        vec!["--warn-error"],
        vec!["--warn-error-options", "{error: [JinjaLogWarning]}"],
    ] {
        let typed = [options.as_slice(), &["run-operation", "warns"]].concat();
        let output = project().nexus(&typed);
        assert_eq!(output.code, Some(1), "{options:?}\n{}", said(&output));
        assert!(
            said(&output).contains("error[N0304]: mind the gap"),
            "{}",
            said(&output)
        );
        assert!(said(&output).contains("macros/warns.sql:1:"), "{}", said(&output));
        assert!(!output.stdout.lines().any(|line| line == "went on"));
    }
    let output = project().nexus(&["--warn-error", "run"]);
    assert_eq!(output.code, Some(1), "{}", said(&output));
    assert!(
        said(&output).contains("models/warned.sql:1:"),
        "{}",
        said(&output)
    );
}

#[test]
fn a_warning_is_silenced_by_its_name() {
    let options = "{silence: [JinjaLogWarning]}";
    let output = project().nexus(&["--warn-error-options", options, "run-operation", "warns"]);
    assert_eq!(output.code, Some(0), "{}", said(&output));
    assert!(!said(&output).contains("mind the gap") && said(&output).contains("went on"));
}
