//! Bad input, case by case: the projects of `tests/bad_input`, how calls on them end, and what a person sees.

use crate::support::environment::{Environment, ROOT};

/// A case of a topic.
#[derive(Default)]
struct Case {
    name: String,
    arguments: Vec<String>,
    dbt: i32,
    /// The exit code where it is another than dbt's, on purpose.
    nexus: Option<i32>,
    files: Vec<(String, Vec<u8>)>,
}

fn read(topic: &str) -> Vec<Case> {
    let text = std::fs::read_to_string(format!("{ROOT}/tests/bad_input/{topic}.txt")).unwrap();
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("== ") {
            cases.push(Case {
                name: name.to_owned(),
                ..Case::default()
            });
            continue;
        }
        if cases.is_empty() {
            cases.push(Case::default());
        }
        let case = cases.last_mut().unwrap();
        if let Some(path) = line.strip_prefix("--- ") {
            case.files.push((path.to_owned(), Vec::new()));
        } else if let Some((_, content)) = case.files.last_mut() {
            content.extend(bytes(line));
            content.push(b'\n');
        } else if let Some(call) = line.strip_prefix("$ ") {
            case.arguments = words(call);
        } else if let Some(code) = line.strip_prefix("dbt ") {
            case.dbt = code.parse().unwrap();
        } else if let Some((code, _reason)) = line.strip_prefix("nexus ").and_then(|l| l.split_once(": ")) {
            case.nexus = Some(code.parse().unwrap());
        } else {
            assert!(line.is_empty(), "{topic}.txt: {line}");
        }
    }
    // The blank line between two cases is no part of a file.
    for (_, content) in cases.iter_mut().flat_map(|case| &mut case.files) {
        while content.ends_with(b"\n\n") {
            content.pop();
        }
    }
    cases
}

/// Splits a call at blanks, but for those in single quotes.
fn words(call: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in call.chars() {
        match c {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            c => words.last_mut().unwrap().push(c),
        }
    }
    words
}

/// Returns a line with `\xNN` as the byte NN.
fn bytes(line: &str) -> Vec<u8> {
    let mut parts = line.split("\\x");
    let mut all = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        all.push(u8::from_str_radix(&part[..2], 16).unwrap());
        all.extend(&part.as_bytes()[2..]);
    }
    all
}

/// Runs a topic's cases, and compares what is shown with the snapshot.
fn check(topic: &str) {
    let base = read("base").remove(0).files;
    let mut shown = String::new();
    let mut wrong = Vec::new();
    for case in read(topic) {
        let project = Environment::empty();
        for (path, content) in base.iter().chain(&case.files) {
            let path = project.path().join(path);
            if content == b"(absent)\n" {
                std::fs::remove_file(path).unwrap();
                continue;
            }
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        let arguments: Vec<&str> = case.arguments.iter().map(String::as_str).collect();
        let output = project.nexus(&arguments);
        let code = output.code.unwrap_or(-1);
        if code != case.nexus.unwrap_or(case.dbt) {
            wrong.push(format!(
                "{}: exit code {code}, dbt {}\n{}",
                case.name, case.dbt, output.stderr
            ));
        }
        for error in errors_without_place(&output.stderr) {
            wrong.push(format!("{}: no place is shown: {error}", case.name));
        }
        let call = case.arguments.join(" ");
        shown.push_str(&format!(
            "== {}\n$ nexus {call}\nexit code {code}\n{}\n",
            case.name,
            said(&output.stderr)
        ));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "snapshots/bad_input", omit_expression => true }, {
        insta::assert_snapshot!(format!("cases_{topic}"), shown);
    });
}

/// Returns what is said of faults: diagnostics alone.
fn said(stderr: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    let mut inside = false;
    for line in stderr.lines() {
        let begins = line.starts_with("error") || line.starts_with("warning");
        inside = begins
            || (inside
                && (line.is_empty() || line.starts_with([' ', '1', '2', '3', '4', '5', '6', '7', '8', '9'])));
        if inside && !line.is_empty() {
            lines.push(line);
        }
    }
    let mut text = lines.join("\n");
    text.push('\n');
    text
}

/// Codes of faults that stand in no file: no project, an artifact or package that is not there, the command line.
const WITHOUT_PLACE: [&str; 4] = ["N0104", "N0106", "N0108", "N07"];

/// Returns the errors that should show a place and do not.
fn errors_without_place(stderr: &str) -> Vec<&str> {
    let lines: Vec<&str> = stderr.lines().collect();
    let is_placeless = |i: usize| {
        let Some(code) = lines[i].strip_prefix("error[") else {
            return false;
        };
        let has_place = lines
            .get(i + 1)
            .is_some_and(|next| next.trim_start().starts_with("--> "));
        !has_place && !WITHOUT_PLACE.iter().any(|exempt| code.starts_with(exempt))
    };
    (0..lines.len())
        .filter(|i| is_placeless(*i))
        .map(|i| lines[i])
        .collect()
}

macro_rules! topics {
    ($($topic:ident)*) => { $(#[test] fn $topic() { check(stringify!($topic)); })* };
}

topics! {
    selectors data_tests properties properties_of_others configuration templates files project_file packages profiles
}
