//! dbt-core and the programs that compare nexus with it, in the environments that `make test` makes.

use std::process::{Command, Output};

use super::environment::ROOT;

/// Prepares an environment by a script of `tests/parity` and returns the path that it prints.
pub fn prepared(script: &str) -> String {
    let output = Command::new("bash")
        .arg(format!("{ROOT}/tests/parity/{script}"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", printed(&output));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Returns the path of dbt.
pub fn dbt() -> String {
    prepared("oracle.sh")
}

/// Runs a comparison of `tests/parity`, and fails with what it printed where nexus differs from dbt.
pub fn compare(script: &str, arguments: &[&str]) {
    let output = Command::new("python3")
        .arg(format!("{ROOT}/tests/parity/{script}"))
        .args(["--nexus", env!("CARGO_BIN_EXE_nexus"), "--dbt", &dbt()])
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", printed(&output));
}

fn printed(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{}\n{}", text(&output.stdout), text(&output.stderr))
}
