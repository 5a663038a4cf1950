//! Models in Python: what is refused while parsing, and how failures of the interpreter are told.

use crate::support::environment::{Environment, Output};
use crate::support::oracle::dbt;

/// Returns the Python of dbt's environment, which has the module of the database.
fn python() -> String {
    dbt()
        .strip_suffix("dbt")
        .map(|folder| format!("{folder}python"))
        .unwrap()
}

fn project(model: &str) -> Environment {
    let environment = Environment::of_project("tests/parity/projects/python_models");
    environment.write("models/plain.py", model);
    environment
}

/// Builds the model `plain` and what it needs with an interpreter.
fn build(environment: &Environment, python: &str, more: &[&str]) -> Output {
    let mut command = environment.command();
    command.env("NEXUS_PYTHON", python);
    command.args(["run", "--select", "+plain+"]).args(more);
    environment.output(command)
}

fn contains(output: &Output, expected: &[&str]) {
    let said = format!("{}{}", output.stdout, output.stderr);
    for text in expected {
        assert!(said.contains(text), "{text}\n{said}");
    }
}

#[test]
fn what_dbt_refuses_in_a_model_is_refused_at_its_place() {
    for (model, message, place) in [
        (
            "def model(dbt, session):\n    name = 'numbers'\n    return dbt.ref(name)\n",
            "an argument of `dbt.ref` is no literal",
            "3:20",
        ),
        (
            "import math\n",
            "the file defines no function `model(dbt, session)`",
            "1:1",
        ),
        (
            "def model(dbt, session):\n    return dbt.ref('numbers'), 1\n",
            "`model` must end by returning one data frame",
            "2:5",
        ),
        (
            "def model(session, dbt):\n    return 1\n",
            "`model` must take two arguments",
            "1:1",
        ),
        (
            "def model(dbt, session):\n    return f(dbt.ref('numbers')\n",
            "`(` is never closed",
            "2:13",
        ),
        (
            "def model(dbt, session):\n    return dbt.ref('{{ name }}')\n",
            "a model in Python has Jinja in it",
            "2:21",
        ),
    ] {
        let output = project(model).nexus(&["parse"]);
        assert_eq!(output.code, Some(2), "{}", output.stdout);
        contains(
            &output,
            &["error[N0219]", message, &format!("models/plain.py:{place}")],
        );
    }
}

#[test]
fn an_error_of_python_shows_the_line_of_the_model_and_skips_what_stands_on_it() {
    let model = "\n\ndef model(dbt, session):\n    print('so far', 1)\n    rows = dbt.ref('numbers')\n    \
                 helper(rows)\n    return rows\n\n\ndef helper(rows):\n    raise ValueError('seven is too many')\n";
    let environment = project(model);
    let output = build(&environment, &python(), &[]);
    assert_eq!(output.code, Some(1), "{}", output.stdout);
    contains(
        &output,
        &[
            "so far 1",
            "error[N0505]: the model failed in Python: ValueError: seven is too many",
            "models/plain.py:11:5",
            "PASS=1 WARN=0 ERROR=1 SKIP=1",
        ],
    );
}

#[test]
fn what_the_model_prints_and_a_frame_of_many_rows_come_through() {
    let model = "def model(dbt, session):\n    dbt.ref('numbers')\n    print('é', flush=True)\n    \
                 return session.sql('select range as id from range(100000)')\n";
    let environment = project(model);
    let output = build(&environment, &python(), &[]);
    assert_eq!(output.code, Some(0), "{}", output.stdout);
    contains(
        &output,
        &["é", "OK created python table model main.plain", "PASS=3"],
    );
    let shown = environment.nexus(&[
        "show",
        "--inline",
        "select count(*) as n, max(id) as high from main.plain",
    ]);
    contains(&shown, &["100000", "99999"]);
}

#[test]
fn a_process_that_ends_early_is_an_error_of_the_model() {
    let model = "import os\n\n\ndef model(dbt, session):\n    os._exit(3)\n    return dbt.ref('numbers')\n";
    let output = build(&project(model), &python(), &[]);
    assert_eq!(output.code, Some(1), "{}", output.stdout);
    contains(
        &output,
        &["error[N0505]: the Python of `plain` ended before the model did"],
    );
}

#[test]
fn an_interpreter_that_is_missing_or_lacks_the_module_is_named() {
    let model = "def model(dbt, session):\n    return dbt.ref('numbers')\n";
    let environment = project(model);
    let output = build(&environment, "/nowhere/python3", &[]);
    assert_eq!(output.code, Some(1), "{}", output.stdout);
    contains(
        &output,
        &[
            "error[N0503]",
            "`/nowhere/python3` could not be started",
            "NEXUS_PYTHON",
        ],
    );

    environment.write("python", "#!/bin/sh\nexec python3 -S -E \"$@\"\n");
    let program = environment.path().join("python");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let output = build(&environment, program.to_str().unwrap(), &[]);
    assert_eq!(output.code, Some(1), "{}", output.stdout);
    contains(
        &output,
        &[
            "error[N0503]",
            "lacks the module `duckdb`",
            "-m pip install duckdb",
        ],
    );
}

#[test]
fn a_materialization_without_python_refuses_the_model() {
    let model =
        "def model(dbt, session):\n    dbt.config(materialized='view')\n    return dbt.ref('numbers')\n";
    let output = build(&project(model), "python3", &[]);
    assert_eq!(output.code, Some(1), "{}", output.stdout);
    contains(
        &output,
        &["error[N0308]: the materialization `view` does not build models in python"],
    );
}
