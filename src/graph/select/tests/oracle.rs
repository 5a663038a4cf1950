//! Every expression of `expectations.txt` against the ids that dbt-core selects.

use super::fixture::{Fixture, ROOT, options, sorted};

/// Returns the cases of the file: arguments, and the ids or none where dbt refuses.
fn cases() -> Vec<(String, Option<Vec<String>>)> {
    let text = std::fs::read_to_string(format!("{ROOT}/expectations.txt")).unwrap();
    let mut cases: Vec<(String, Option<Vec<String>>)> = Vec::new();
    for line in text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        match (line.strip_prefix("$ "), cases.last_mut()) {
            (Some(arguments), _) => cases.push((arguments.to_owned(), Some(Vec::new()))),
            (None, Some((_, expected))) if line == "! refused" => *expected = None,
            (None, Some((_, Some(expected)))) => expected.push(line.to_owned()),
            (None, _) => panic!("a line stands before all arguments: {line}"),
        }
    }
    cases
}

fn differences(fixture: &Fixture, is_asked: impl Fn(&str) -> bool) -> (usize, Vec<String>) {
    let mut count = 0;
    let mut different = Vec::new();
    for (arguments, expected) in cases().into_iter().filter(|(arguments, _)| is_asked(arguments)) {
        count += 1;
        let found = fixture
            .try_select(&options(&arguments))
            .ok()
            .map(|found| sorted(&found));
        if found != expected {
            different.push(format!("{arguments}\n  dbt   {expected:?}\n  nexus {found:?}"));
        }
    }
    (count, different)
}

#[test]
fn expressions_select_what_dbt_selects() {
    let (count, different) = differences(&Fixture::new(None), |a| !a.contains("--selector"));
    assert!(different.is_empty(), "{}", different.join("\n"));
    assert!(count > 200, "only {count} cases were read");
}

#[test]
fn named_selectors_select_what_dbt_selects() {
    let text = std::fs::read_to_string(format!("{ROOT}/project/selectors.yml")).unwrap();
    let (count, different) = differences(&Fixture::new(Some(&text)), |a| a.contains("--selector"));
    assert!(different.is_empty(), "{}", different.join("\n"));
    assert!(count > 15, "only {count} cases were read");
}
