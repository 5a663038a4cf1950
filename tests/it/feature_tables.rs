//! The tables of features in docs: each test that they name is there, and each name of the language is used in a test
//! that is named beside it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use regex::Regex;

use crate::support::environment::ROOT;

/// Projects of the comparison with dbt that stand elsewhere.
const PROJECTS_ELSEWHERE: [&str; 3] = ["demo", "framework", "demo_declared"];

/// Checks of the comparison, which stand beside its projects.
const CHECKS: [&str; 1] = ["catalog"];

/// Returns the rows below each header that ends in `shown by`, as cells.
fn rows(page: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(format!("{ROOT}/docs/{page}")).unwrap();
    let mut found = Vec::new();
    let mut within = false;
    for line in text.lines() {
        if !line.starts_with('|') {
            within = false;
            continue;
        }
        let cells: Vec<String> = line
            .trim_matches('|')
            .split(" | ")
            .map(|cell| cell.trim().to_owned())
            .collect();
        if cells.last().is_some_and(|last| last == "shown by") {
            within = true;
        } else if within && !line.starts_with("|---") {
            found.push(cells);
        }
    }
    found
}

/// Returns what stands between backquotes.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

fn project(name: &str) -> PathBuf {
    Path::new(ROOT).join("tests/parity/projects").join(name)
}

/// Says what is wrong with the name of a test; none where it is there.
fn missing(test: &str) -> Option<String> {
    let word = test.split_whitespace().next().unwrap_or_default();
    let is_there = if word.contains('/') {
        Path::new(ROOT).join(word).exists()
    } else if let Some((module, function)) = word.split_once("::") {
        let file = Path::new(ROOT).join(format!("tests/it/{module}.rs"));
        std::fs::read_to_string(file).is_ok_and(|text| text.contains(&format!("fn {function}()")))
    } else {
        let is_of_the_adapter_suite = word.starts_with("test_") || word.starts_with("Test");
        is_of_the_adapter_suite
            || matches!(word, "make" | "cargo")
            || CHECKS.contains(&word)
            || PROJECTS_ELSEWHERE.contains(&word)
            || word.ends_with(".toml")
            || Path::new(ROOT).join(format!("tests/it/{word}.rs")).exists()
            || Path::new(ROOT)
                .join(format!("tests/bad_input/{word}.txt"))
                .exists()
            || project(word).exists()
    };
    (!is_there).then(|| format!("`{test}` is no test"))
}

#[test]
fn each_test_that_a_table_of_features_names_is_there() {
    let mut wrong = Vec::new();
    for page in ["compatibility.md", "language.md"] {
        let rows = rows(page);
        assert!(rows.len() > 20, "{page}: {} rows", rows.len());
        for row in rows {
            let tests = row.last().unwrap();
            wrong.extend(
                quoted(tests)
                    .filter_map(missing)
                    .map(|what| format!("{page}: {}: {what}", row[0])),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Reads a file, or all files of a folder, as one text.
fn text_of(path: &Path) -> String {
    if !path.is_dir() {
        return std::fs::read_to_string(path).unwrap_or_default();
    }
    let mut entries: Vec<PathBuf> = std::fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    entries
        .iter()
        .map(|entry| text_of(entry))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Says whether a text has a name as a word of its own.
fn has_word(text: &str, name: &str) -> bool {
    let edge = |at: Option<char>| {
        if at.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            r"\b"
        } else {
            ""
        }
    };
    let (first, last) = (edge(name.chars().next()), edge(name.chars().last()));
    Regex::new(&format!("{first}{}{last}", regex::escape(name)))
        .unwrap()
        .is_match(text)
}

/// Says whether a text uses a name, and does not just say it in a sentence: calls it, reads it from a thing or something
/// from it, or has it as a key, a value, an item, a filter, a tag, an option or the value of one.
fn is_used(text: &str, name: &str) -> bool {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
    if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') || !name.chars().all(is_plain) {
        return has_word(text, name);
    }
    let name = regex::escape(name);
    let forms = [
        format!(r"\b{name}\s*[(:=.]"),
        format!(r"[.:=/+]\s*{name}\b"),
        format!(r#"["']{name}["']"#),
        format!(r"[\[{{,(]\s*{name}\s*[,\]}})]"),
        format!(r"(?m)^\s*- {name}\b"),
        format!(r"\|\s*{name}\b"),
        format!(r"\{{[{{%]-?\s*{name}\b"),
        format!(r"--{name}\b|--[a-z-]+ {name}\b"),
    ];
    Regex::new(&forms.join("|")).unwrap().is_match(text)
}

#[test]
fn a_name_is_used_where_it_is_more_than_a_word_of_a_sentence() {
    for used in [
        "{{ type('a') }}",
        "- type: x",
        "a.type",
        "{% type %}",
        "x | type",
        "[a, type]",
        "--type x",
    ] {
        assert!(is_used(used, "type"), "{used}");
    }
    for said in ["-- what type it has", "the types: one", "prototype(a)"] {
        assert!(!is_used(said, "type"), "{said}");
    }
}

#[test]
fn each_name_of_the_language_occurs_in_a_test_that_stands_beside_it() {
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    let mut absent = Vec::new();
    for row in rows("language.md") {
        let [what, names, tests] = row.as_slice() else {
            panic!("a row of docs/language.md has {} cells", row.len());
        };
        let tests: Vec<&str> = quoted(tests).collect();
        assert!(!tests.is_empty(), "{what} has no test");
        for test in &tests {
            let path = if test.contains('/') {
                Path::new(ROOT).join(test)
            } else {
                project(test)
            };
            texts.entry((*test).to_owned()).or_insert_with(|| text_of(&path));
        }
        for name in quoted(names) {
            if !tests.iter().any(|test| is_used(&texts[*test], name)) {
                absent.push(format!(
                    "{what}: `{name}` is used in none of {}",
                    tests.join(", ")
                ));
            }
        }
    }
    assert!(absent.is_empty(), "{}", absent.join("\n"));
}
