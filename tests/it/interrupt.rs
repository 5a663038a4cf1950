//! Ctrl-C: the running statement stops, what was not finished did not happen, and the next run works.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::support::environment::Environment;

/// A project with a model that would run for hours, one that is quick, and one behind the slow one.
fn project() -> Environment {
    let project = Environment::empty();
    project.write(
        "dbt_project.yml",
        "name: k\nprofile: k\nmodels: {k: {+materialized: table}}\n",
    );
    project.write(
        "profiles.yml",
        "k: {target: d, outputs: {d: {type: duckdb, path: k.duckdb, threads: 1}}}\n",
    );
    project.write("models/fast.sql", "select 1 as id");
    project.write(
        "models/slow.sql",
        "select count(*) as n from range(3000000) a(x), range(3000000) b(y) where (a.x * b.y) % 7 = 3",
    );
    project.write("models/behind.sql", "select * from {{ ref('slow') }}");
    project
}

#[test]
fn an_interrupt_stops_the_statement_and_leaves_nothing_half_made() {
    let project = project();
    let mut child = project
        .command()
        .args(["run"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    // The statement is on its way when its line is there; an interrupt before it begins must do the same.
    assert!(lines.any(|line| line.contains("START sql table model main.slow")));
    let sent = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
    let rest: Vec<String> = lines.collect();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest:#?}");
    assert!(
        rest.iter().any(|line| line.contains("SKIP relation main.behind")),
        "{rest:#?}"
    );

    let sql =
        "select string_agg(table_name, ',' order by table_name) as names from information_schema.tables";
    let shown = project.nexus(&["show", "--output", "json", "--inline", sql]);
    assert_eq!(shown.code, Some(0), "{}", shown.stderr);
    assert!(shown.stdout.contains("\"names\": \"fast\""), "{}", shown.stdout);
    let again = project.nexus(&["run", "--select", "fast"]);
    assert_eq!(again.code, Some(0), "{}\n{}", again.stdout, again.stderr);
}
