//! `nexus`: a dbt-style SQL compiler and runner.
//!
//! ```text
//! files ─project::load─▶ Project ─manifest::parse─▶ Manifest ─graph::link─▶ Graph ─graph::select─▶ Selection
//!                                      (jinja, execute=false)                                      │
//!   ┌──────────────────────────────────────────────────────────────────────────────────────────────┘
//!   └─compile::node─▶ CompiledNode ─run::execute─▶ NodeResult… ─artifacts::write─▶ target/*.json
//!        (jinja, execute=true)             │ events ─▶ report (text, json)
//!                                          └ adapters (Arrow batches)
//! ```
//!
//! | room | what it is for | user files it reads or writes |
//! |---|---|---|
//! | [`diagnostic`] | what went wrong, where, why, what to try | |
//! | [`invocation`] | the one door to arguments, environment, clock, threads, cancellation | environment |
//! | [`events`] | what a run tells the world, as data | |
//! | [`fs`] | reading with the path in the error, writing whole files or none | all |
//! | [`yaml`] | YAML values that know their line and column | |
//! | [`sql`] | SQL dialect facts that every database states | |
//! | [`adapters`] | databases: connect, execute, describe | the database |
//! | [`project`] | projects, profiles, packages, resource files | `dbt_project.yml profiles.yml packages.yml *.sql *.yml *.csv *.md` |
//! | [`jinja`] | the dbt language on minijinja | |
//! | [`manifest`] | nodes, sources, macros, tests: the parsed project | |
//! | [`graph`] | the DAG, its order, and selection | `selectors.yml` |
//! | [`compile`] | a node's SQL with everything resolved | `target/compiled` |
//! | [`run`] | the scheduler and what each kind of node does | `target/run` |
//! | [`artifacts`] | the files that other tools read | `target/manifest.json target/run_results.json target/catalog.json` |
//! | [`docs`] | the page that shows artifacts to people | `target/index.html` |
//! | [`report`] | what a person or a log reader sees | the terminal |
//! | [`cli`] | commands, flags, exit codes | |
//!
//! Who may import whom is held by `tests/it/tidy.rs`.

pub mod adapters;
pub mod artifacts;
pub mod cli;
pub mod compile;
pub mod diagnostic;
pub mod docs;
pub mod events;
pub mod fs;
pub mod graph;
pub mod invocation;
pub mod jinja;
pub mod manifest;
pub mod project;
pub mod report;
pub mod run;
pub mod sql;
pub mod yaml;

/// The version of dbt that nexus stands in for.
pub const COMPATIBLE_VERSION: &str = "1.11.16";
/// The version of dbt's adapters that nexus stands in for.
pub const COMPATIBLE_ADAPTER_VERSION: &str = "1.11.1";
