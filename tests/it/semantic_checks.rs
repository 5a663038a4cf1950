//! Semantic layers that are wrong in one place each: what nexus says of them, and that dbt refuses the same ones.
//!
//! The cases stand in `tests/parity/semantic_checks/cases.json`; `tests/parity/semantic_checks.py` asks dbt.

use std::fmt::Write as _;

use serde_json::Value as Json;

use crate::support::environment::{Environment, ROOT};
use crate::support::oracle::compare;

#[test]
fn what_dbt_refuses_or_warns_of_in_a_semantic_layer_nexus_does_too() {
    compare("semantic_checks.py", &[]);
}

/// Makes the changes of a case in the files of the project.
fn change(project: &Environment, files: &Json, changes: &Json) {
    for pair in changes.as_array().unwrap() {
        let (before, after) = (pair[0].as_str().unwrap(), pair[1].as_str().unwrap());
        let mut files = files.as_array().unwrap().iter().filter_map(Json::as_str);
        let (name, text) = files
            .find_map(|name| {
                let text = std::fs::read_to_string(project.path().join(name)).unwrap();
                text.contains(before).then_some((name, text))
            })
            .unwrap();
        project.write(name, &text.replacen(before, after, 1));
    }
}

/// Returns what is said of the semantic layer, without what is deprecated.
fn diagnostics(said: &str) -> String {
    let mut out = String::new();
    let mut within = false;
    for line in said.lines() {
        if line.starts_with("error[") || line.starts_with("warning[") {
            within = !line.starts_with("warning[N0214]");
        } else if !line.starts_with(' ') && !line.contains(" | ") {
            within = false;
        }
        if within {
            let _ = writeln!(out, "{}", line.trim_end());
        }
    }
    out
}

#[test]
fn each_fault_of_a_semantic_layer_is_shown_with_its_place_and_a_way_out() {
    let given = std::fs::read_to_string(format!("{ROOT}/tests/parity/semantic_checks/cases.json")).unwrap();
    let given: Json = serde_json::from_str(&given).unwrap();
    let mut all = String::new();
    for case in given["cases"].as_array().unwrap() {
        let project = Environment::of_project("tests/parity/projects/semantic_forms");
        change(&project, &given["files"], &case["change"]);
        let mut command = project.command();
        command
            .env("NEXUS_TEST_DB", ":memory:")
            .args(["parse", "--profiles-dir", "."]);
        let output = project.output(command);
        let said = diagnostics(&format!("{}{}", output.stdout, output.stderr));
        let status = output.code.unwrap_or_default();
        let _ = writeln!(
            all,
            "=== {} (exit {status})\n{said}",
            case["name"].as_str().unwrap()
        );
        if status != 0 {
            assert!(said.contains("-->") && said.contains("= help: "), "{said}");
        }
    }
    insta::assert_snapshot!("semantic_checks", all);
}
