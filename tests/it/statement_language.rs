//! The compiled demo, read by the parsers of other projects in the language of each database. No server is asked: what
//! a database would surely not take is found before there is one.

use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::support::environment::{Environment, ROOT};
use crate::support::unserved::targets;

#[test]
fn every_compiled_statement_of_the_demo_is_one_of_its_database() {
    let demo = Path::new(ROOT).join("examples/demo");
    let home = std::env::var("HOME").unwrap_or_default();
    let cache = std::env::var("NEXUS_CACHE").unwrap_or_else(|_| format!("{home}/.cache/nexus"));
    for output in targets() {
        let kind = output["type"].as_str().unwrap().to_owned();
        let out = Environment::empty();
        let profiles = json!({"demo": {"target": "lab", "outputs": {"lab": output}}});
        out.write("profiles.yml", &profiles.to_string());
        let target = out.path().join("target");
        let compiled = out.nexus(&[
            "compile",
            "--quiet",
            "--no-introspect",
            "--project-dir",
            demo.to_str().unwrap(),
            "--profiles-dir",
            ".",
            "--target-path",
            target.to_str().unwrap(),
            "--log-path",
            "logs",
        ]);
        assert_eq!(
            compiled.code,
            Some(0),
            "{kind}: {}{}",
            compiled.stdout,
            compiled.stderr
        );
        let read = Command::new(Path::new(&cache).join("lab/snowflake/bin/python"))
            .arg(Path::new(ROOT).join("tests/lab/statements.py"))
            .args(["--dialect", &kind, "--sqlparser"])
            .arg(target.join("compiled"))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&read.stdout);
        assert!(
            read.status.success(),
            "{said}{}",
            String::from_utf8_lossy(&read.stderr)
        );
        let count = said.split(' ').next().and_then(|count| count.parse::<u32>().ok());
        assert!(count.is_some_and(|count| count > 500), "{said}");
    }
}
