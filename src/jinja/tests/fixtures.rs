//! Every file of tests/render/jinja: template and expected text, made with dbt's own Jinja.

use super::*;

/// A case of a fixture file.
struct Case<'a> {
    name: &'a str,
    template: &'a str,
    expected: &'a str,
}

/// Reads cases: `=== name`, the template, `--- `, the expected text.
fn cases(text: &str) -> Vec<Case<'_>> {
    let mut out = Vec::new();
    for part in text.strip_suffix('\n').unwrap_or(text).split("\n=== ").skip(1) {
        let (name, rest) = part.split_once('\n').unwrap_or((part, ""));
        let (template, expected) = rest.split_once("\n---\n").unwrap_or((rest, ""));
        out.push(Case {
            name,
            template,
            expected,
        });
    }
    out
}

#[test]
fn templates_render_as_dbts_jinja_renders_them() {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/render/jinja");
    let engine = engine(&[]);
    let mut failures = Vec::new();
    let mut count = 0;
    let mut files: Vec<_> = std::fs::read_dir(dir)
        .unwrap()
        .map(|f| f.unwrap().path())
        .collect();
    files.sort();
    for path in files.iter().filter(|p| p.extension().is_some_and(|e| e == "txt")) {
        let text = std::fs::read_to_string(path).unwrap();
        for case in cases(&text) {
            count += 1;
            let got = match render_with(&engine, case.template, &host()) {
                Ok(text) => text,
                Err(error) => format!("ERROR {}", error.message()),
            };
            let fits = if case.expected.starts_with("ERROR") {
                got.starts_with("ERROR")
            } else {
                got == case.expected
            };
            if !fits {
                failures.push(format!(
                    "{}\n  template {}\n  wanted   {}\n  got      {got}",
                    case.name, case.template, case.expected
                ));
            }
        }
    }
    assert!(count > 150, "only {count} cases were found");
    assert!(
        failures.is_empty(),
        "{} of {count} differ:\n{}",
        failures.len(),
        failures.join("\n")
    );
}
