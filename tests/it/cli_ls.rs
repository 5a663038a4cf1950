//! `nexus ls` against what `dbt ls` of dbt-core 1.11 prints for the same project and arguments.

use crate::support::environment::{Environment, ROOT};

struct Case {
    arguments: String,
    /// None where dbt refuses.
    ids: Option<Vec<String>>,
}

fn cases() -> Vec<Case> {
    let path = format!("{ROOT}/tests/projects/selection/expectations.txt");
    let text = std::fs::read_to_string(path).unwrap();
    let mut cases: Vec<Case> = Vec::new();
    for line in text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        if let Some(arguments) = line.strip_prefix("$ ") {
            cases.push(Case {
                arguments: arguments.to_owned(),
                ids: Some(Vec::new()),
            });
            continue;
        }
        let case = cases.last_mut().unwrap();
        if line == "! refused" {
            case.ids = None;
        } else if let Some(ids) = &mut case.ids {
            ids.push(line.to_owned());
        }
    }
    cases
}

/// Splits as a shell does where the only quotes are single ones.
fn split(arguments: &str) -> Vec<&str> {
    let pieces = arguments.split('\'').enumerate();
    pieces
        .flat_map(|(at, text)| {
            if at % 2 == 1 {
                vec![text]
            } else {
                text.split_whitespace().collect()
            }
        })
        .collect()
}

#[test]
fn ls_lists_what_dbt_ls_lists() {
    let environment = Environment::of_project("tests/projects/selection/project");
    let mut different = Vec::new();
    for case in cases() {
        let mut arguments = vec!["--quiet", "ls", "--output", "json", "--output-keys", "unique_id"];
        arguments.extend(split(&case.arguments));
        let output = environment.nexus(&arguments);
        let found: Option<Vec<String>> = (output.code == Some(0)).then(|| {
            output
                .stdout
                .lines()
                .filter_map(|line| {
                    let row: serde_json::Value = serde_json::from_str(line).ok()?;
                    row["unique_id"].as_str().map(str::to_owned)
                })
                .collect()
        });
        if found != case.ids {
            different.push(format!(
                "{}\n  dbt   {:?}\n  nexus {found:?}\n{}",
                case.arguments, case.ids, output.stderr
            ));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
}

#[test]
fn a_kind_of_node_that_does_not_exist_is_refused() {
    let environment = Environment::of_project("tests/projects/selection/project");
    for flag in ["--resource-type", "--exclude-resource-type"] {
        let output = environment.nexus(&["ls", flag, "modle"]);
        assert_eq!(output.code, Some(2), "{}", output.stderr);
        assert!(output.stderr.contains("'modle'"), "{}", output.stderr);
        assert!(output.stderr.contains("'model'"), "{}", output.stderr);
    }
}
