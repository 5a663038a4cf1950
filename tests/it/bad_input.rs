//! Bad input: every project of `tests/projects/bad` through the binary, with what a person sees as the snapshot.
//!
//! Each case's EXPECT.md names the command and says what the error must contain; the snapshots were read against it.

use crate::support::environment::{Environment, ROOT};

/// Returns the command that a case asks for: the first one in back quotes, without `nexus`. Where parsing may pass, as
/// it does in dbt, the case is compiled.
fn command(expectation: &str) -> Vec<String> {
    if expectation.contains("`nexus parse` or `compile`") {
        return vec!["compile".to_owned()];
    }
    let quoted = expectation.split('`').nth(1).unwrap_or_default();
    let words = quoted.strip_prefix("nexus ").unwrap_or("parse");
    words.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn each_fault_is_shown_with_its_place_and_a_way_out() {
    let folder = format!("{ROOT}/tests/projects/bad");
    let mut cases: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().join("EXPECT.md").is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    cases.sort();
    assert!(cases.len() >= 20, "{cases:?}");
    for case in cases {
        let expectation = std::fs::read_to_string(format!("{folder}/{case}/EXPECT.md")).unwrap();
        let project = Environment::of_project(&format!("tests/projects/bad/{case}"));
        let arguments = command(&expectation);
        let mut typed: Vec<&str> = arguments.iter().map(String::as_str).collect();
        if !matches!(typed[0], "parse" | "debug") {
            // One thread, so that the lines come in one order.
            typed.extend(["--threads", "1"]);
        }
        let output = project.nexus(&typed);
        assert_ne!(
            output.code,
            Some(0),
            "{case} was taken for good:\n{}",
            output.stdout
        );
        let shown = format!(
            "$ nexus {}\nexit code {}\n--- stdout\n{}--- stderr\n{}",
            arguments.join(" "),
            output.code.unwrap_or(-1),
            output.stdout,
            output.stderr
        );
        insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "snapshots/bad_input", omit_expression => true }, {
            insta::assert_snapshot!(case, shown);
        });
    }
}

#[test]
fn the_example_of_the_readme_is_what_is_shown() {
    let project = Environment::of_project("tests/projects/bad/missing_ref");
    let output = project.nexus(&["parse"]);
    assert_eq!(output.code, Some(2));
    for line in [
        "error[N0203]: model `stg_invoices` depends on a node named `raw_invoice`, which was not found",
        " --> models/stg_invoices.sql:4:9",
        "4 | from {{ ref('raw_invoice') }}",
        "  = help: Did you mean `raw_invoices`?",
    ] {
        assert!(
            output.stderr.lines().any(|l| l == line),
            "{line}\n{}",
            output.stderr
        );
    }
}
