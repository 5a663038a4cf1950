//! Where the reader of standard output went away (`nexus ls | head -1`), a command ends as it would have.

use std::process::Stdio;

use crate::support::environment::Environment;

/// Runs a command whose standard output nobody reads; gives its exit code and standard error.
fn unread(project: &Environment, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = project.command();
    command
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    (
        output.status.code(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

#[test]
fn commands_end_quietly_where_nobody_reads_them() {
    let project = Environment::of_project("tests/projects/as_dbt");
    for arguments in [
        &["ls"][..],
        &["ls", "--output", "json"],
        &["debug"],
        &["debug", "--config-dir"],
        &["compile", "--inline", "select 1 as id"],
        &["show", "--inline", "select 1 as id"],
        &["seed"],
        &["parse", "--log-format", "json"],
        &["--version"],
        &["--help"],
        &["run", "--help"],
    ] {
        let (code, said) = unread(&project, arguments);
        assert_eq!(code, Some(0), "{arguments:?}\n{said}");
        assert!(!said.contains("panicked"), "{arguments:?}\n{said}");
    }
    let (code, said) = unread(&project, &["ls", "--select", "tag:none", "--no-such-flag"]);
    assert_eq!(code, Some(2), "{said}");
}
