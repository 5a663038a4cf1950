//! The framework's fixture through the binary: its singular tests hold expectations that were worked out by hand.

use crate::support::environment::Environment;

#[test]
fn the_framework_builds_what_was_worked_out_by_hand() {
    let project = Environment::of_project("tests/projects/framework/in");
    let output = project.nexus(&["build", "--threads", "2"]);
    assert_eq!(output.code, Some(0), "{}\n{}", output.stdout, output.stderr);
    // The one warning is wanted: a trait that no configuration declares.
    assert!(
        output.stdout.contains("WARN=1 ERROR=0 SKIP=0"),
        "{}",
        output.stdout
    );
}

#[test]
fn an_unknown_key_of_the_framework_stops_compilation() {
    let project = Environment::of_project("examples/demo");
    let vars = "{nexus: {sorces: {}}}";
    let output = project.nexus(&["compile", "--vars", vars]);
    assert_eq!(output.code, Some(2), "{}\n{}", output.stdout, output.stderr);
    assert!(
        output.stderr.contains("unknown key `sorces` under `vars: nexus`"),
        "{}",
        output.stderr
    );
}
