//! Tables of agate: what they print and write, beside dbt, and what nexus refuses of them.

use std::process::Command;

use crate::support::environment::Environment;
use crate::support::oracle::dbt;

/// Runs the macro `printed` and returns what it printed and the files that it wrote.
fn printed(project: &Environment, mut command: Command) -> Vec<String> {
    command
        .current_dir(project.path())
        .env("NEXUS_TEST_DB", ":memory:");
    command.args(["--quiet", "run-operation", "printed", "--profiles-dir", "."]);
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{}\n{}",
        text(&output.stdout),
        text(&output.stderr)
    );
    let mut found = vec![text(&output.stdout).trim_end().to_owned()];
    for name in ["sales.csv", "sales.json", "sales.jsonl", "small.json"] {
        found.push(std::fs::read_to_string(project.path().join("target/shown").join(name)).unwrap());
    }
    found
}

#[test]
fn tables_bars_bins_and_html_are_printed_and_written_as_by_dbt() {
    let of_dbt = Environment::of_project("tests/parity/projects/agate_tables");
    let of_nexus = Environment::of_project("tests/parity/projects/agate_tables");
    let expected = printed(&of_dbt, Command::new(dbt()));
    let found = printed(&of_nexus, of_nexus.command());
    for (expected, found) in expected.iter().zip(&found) {
        assert_eq!(expected, found);
    }
}

fn refused(macro_body: &str) -> String {
    let project = Environment::of_project("tests/parity/projects/agate_tables");
    project.write(
        "macros/asked.sql",
        &format!("{{% macro asked() %}}{{% set t = sales() %}}{macro_body}{{% endmacro %}}\n"),
    );
    let mut command = project.command();
    command.env("NEXUS_TEST_DB", ":memory:");
    command.args(["run-operation", "asked"]);
    let output = project.output(command);
    assert_eq!(output.code, Some(1), "{}", output.stderr);
    format!("{}{}", output.stdout, output.stderr)
}

#[test]
fn methods_that_need_objects_of_agate_are_refused_by_name() {
    for (call, message) in [
        (
            "t.aggregate([])",
            "`aggregate` of an agate.Table takes objects of agate, which dbt gives no template",
        ),
        ("t.compute([])", "`compute` of an agate.Table takes objects"),
        ("t.bar_chart()", "`bar_chart` of an agate.Table draws a picture"),
        ("t.from_csv('x.csv')", "`from_csv` of an agate.Table reads files"),
        (
            "t.group_by('region').having([], none)",
            "`having` of an agate.TableSet takes objects",
        ),
    ] {
        let said = refused(&format!("{{% do {call} %}}"));
        assert!(said.contains("error[N0702]"), "{call}\n{said}");
        assert!(said.contains(message), "{call}\n{said}");
        assert!(said.contains("--> macros/asked.sql:1:"), "{call}\n{said}");
    }
}

#[test]
fn names_of_rows_that_are_whole_numbers_are_refused_as_by_dbt() {
    let said = refused("{% do run_query('select 1 as a').pivot('a') %}");
    assert!(said.contains("names of rows cannot be whole numbers"), "{said}");
}

#[test]
fn a_seeds_file_is_not_read_for_another_kind_of_node() {
    let said = refused("{% do load_agate_table() %}");
    assert!(
        said.contains("`load_agate_table` reads the file of a seed, but this is a"),
        "{said}"
    );
    assert!(
        said.contains("Call it in the materialization `seed`, or query the seed by `run_query`"),
        "{said}"
    );
}
