//! Models in Python: a refusal at the node, while the rest of the project is built.

use crate::support::environment::Environment;

#[test]
fn a_model_in_python_fails_alone_and_what_stands_on_it_is_skipped() {
    let environment = Environment::of_project("tests/parity/projects/python_models");
    environment.write(
        "models/sources.yml",
        "models: [{name: numbers, description: Numbers}]\n",
    );
    let output = environment.nexus(&["run", "--exclude", "asks_its_config"]);
    assert_eq!(output.code, Some(1), "{}", output.stdout);
    for expected in [
        "PASS=1 WARN=0 ERROR=1 SKIP=1",
        "error[N0503]: model `plain` is written in Python, which nexus does not run",
        "--> models/plain.py:1:1",
        "--exclude plain",
    ] {
        assert!(output.stdout.contains(expected), "{expected}\n{}", output.stdout);
    }
    assert_eq!(environment.nexus(&["compile"]).code, Some(0));
}

#[test]
fn a_reference_that_is_no_literal_is_refused_at_its_place() {
    let environment = Environment::of_project("tests/parity/projects/python_models");
    environment.write(
        "models/plain.py",
        "def model(dbt, session):\n    name = 'numbers'\n    return dbt.ref(name)\n",
    );
    let output = environment.nexus(&["parse"]);
    assert_eq!(output.code, Some(2), "{}", output.stdout);
    let said = output.stdout + &output.stderr;
    assert!(said.contains("an argument of `dbt.ref` is no literal"), "{said}");
    assert!(said.contains("models/plain.py:3:20"), "{said}");
}
