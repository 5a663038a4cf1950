//! nexus under the name `dbt`: what it prints, its exit codes and its flags, against dbt-core (`tests/parity/as_dbt.py`).

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::support::environment::Environment;
use crate::support::oracle::compare;

#[test]
fn calls_print_and_end_as_those_of_dbt() {
    compare("as_dbt.py", &["--check", "transcripts"]);
}

#[test]
fn warnings_have_the_names_and_numbers_of_dbt() {
    compare("as_dbt.py", &["--check", "warnings"]);
}

#[test]
fn every_flag_of_dbt_is_taken() {
    compare("as_dbt.py", &["--check", "flags"]);
}

/// Runs the binary under the name `dbt`.
fn dbt(project: &Environment, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    project
        .command_as_dbt()
        .envs(variables.iter().copied())
        .args(arguments)
        .output()
        .unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn log(folder: impl AsRef<Path>) -> String {
    std::fs::read_to_string(PathBuf::from(folder.as_ref()).join("dbt.log")).unwrap()
}

#[test]
fn the_log_file_has_the_level_the_form_and_the_folder_that_flags_give() {
    let project = Environment::of_project("tests/projects/as_dbt");
    dbt(&project, &["seed"], &[]);
    let usual = log(project.path().join("logs"));
    assert!(
        usual.contains(
            "============================== 03:04:05.000000 | 00000000-0000-4000-8000-000000000000"
        ),
        "{usual}"
    );
    assert!(
        usual.contains("03:04:05.000000 [info ] [MainThread]: Running with dbt=1.11."),
        "{usual}"
    );
    let flags = [
        "seed",
        "--log-path",
        "elsewhere",
        "--log-format-file",
        "json",
        "--log-level-file",
        "info",
    ];
    dbt(&project, &flags, &[]);
    for line in log(project.path().join("elsewhere")).lines() {
        let event: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_ne!(event["info"]["level"], "debug");
    }
    dbt(
        &project,
        &["seed"],
        &[("DBT_LOG_PATH", "by_variable"), ("DBT_LOG_LEVEL_FILE", "error")],
    );
    assert_eq!(log(project.path().join("by_variable")), "");
    dbt(
        &project,
        &["--log-level-file", "none", "--log-path", "never", "seed"],
        &[],
    );
    assert!(!project.path().join("never").exists());
}

#[test]
fn nexus_itself_writes_a_log_file_only_where_it_is_asked_for() {
    let project = Environment::of_project("tests/projects/as_dbt");
    project.nexus(&["seed"]);
    assert!(!project.path().join("logs").exists());
    project.nexus(&["seed", "--log-path", "logs"]);
    assert!(log(project.path().join("logs")).contains("1 of 1 OK loaded seed file main.raw_orders"));
}

#[test]
fn flags_come_from_the_command_line_then_the_environment_then_the_project() {
    let project = Environment::of_project("tests/projects/as_dbt");
    project.write(
        "dbt_project.yml",
        "name: shop\nprofile: shop\nflags: {printer_width: 100, write_json: false, fail_fast: true}\n",
    );
    let width = |arguments: &[&str], variables: &[(&str, &str)]| {
        let shown = stdout(&dbt(&project, arguments, variables));
        let line = shown.lines().find(|l| l.ends_with("[RUN]")).unwrap().to_owned();
        line.len() - "03:04:05  ".len() - " [RUN]".len()
    };
    assert_eq!(width(&["seed"], &[]), 100);
    assert!(!project.path().join("target/manifest.json").exists());
    assert_eq!(width(&["seed"], &[("DBT_PRINTER_WIDTH", "60")]), 60);
    assert_eq!(width(&["seed"], &[("DBT_ENGINE_PRINTER_WIDTH", "65")]), 65);
    let typed = ["seed", "--printer-width", "70"];
    assert_eq!(width(&typed, &[("DBT_PRINTER_WIDTH", "60")]), 70);
    assert!(!project.path().join("target/manifest.json").exists());
    width(&["seed", "--write-json"], &[]);
    assert!(project.path().join("target/manifest.json").exists());
}

#[test]
fn rows_of_seeds_are_shown_as_by_dbt() {
    let project = Environment::empty();
    project
        .write("dbt_project.yml", "name: shop\nversion: '1.0'\nprofile: shop\n")
        .write(
            "profiles.yml",
            "shop: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb}}}\n",
        )
        // One row: dbt shows rows in an order of chance.
        .write(
            "seeds/one.csv",
            "id,amount,day,a_name_of_more_than_twenty_letters,is_new,c6,c7\n1,2.50,2024-01-02,a text of more than twenty letters,true,,x\n",
        );
    let shown = |text: String| -> Vec<String> {
        let lines = text.lines().skip_while(|line| !line.contains("Random sample"));
        let lines = lines.take_while(|line| !line.contains("Completed"));
        // Without the clock before a line.
        let is_timed = |line: &str| line.as_bytes().get(2) == Some(&b':');
        let untimed = |line: &'_ str| {
            line.get(if is_timed(line) { 8 } else { 0 }..)
                .unwrap_or("")
                .trim_end()
                .to_owned()
        };
        lines.map(untimed).collect()
    };
    let arguments = ["--no-use-colors", "seed", "--show"];
    let ours = shown(stdout(&dbt(&project, &arguments, &[])));
    let theirs = Command::new(crate::support::oracle::dbt())
        .current_dir(project.path())
        .env("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
        .args(arguments)
        .args(["--profiles-dir", "."])
        .output()
        .unwrap();
    let theirs = shown(stdout(&theirs));
    assert!(theirs.len() > 4, "{theirs:?}");
    assert_eq!(ours, theirs);
}

#[test]
fn the_version_is_told_in_the_form_of_dbt() {
    let shown = stdout(&dbt(&Environment::empty(), &["--version"], &[]));
    assert!(shown.starts_with("Core:\n  - installed: 1.11."), "{shown}");
    assert!(shown.contains("\n  - duckdb: 1.11."), "{shown}");
}

#[test]
fn a_copy_under_the_name_is_enough() {
    let project = Environment::empty();
    std::fs::create_dir(project.path().join("bin")).unwrap();
    std::fs::hard_link(env!("CARGO_BIN_EXE_nexus"), project.path().join("bin/dbt"))
        .or_else(|_| std::fs::copy(env!("CARGO_BIN_EXE_nexus"), project.path().join("bin/dbt")).map(drop))
        .unwrap();
    let output = Command::new(project.path().join("bin/dbt"))
        .arg("--version")
        .output()
        .unwrap();
    assert!(stdout(&output).starts_with("Core:"), "{}", stdout(&output));
}
