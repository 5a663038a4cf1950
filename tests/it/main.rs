//! The integration tests, one binary. `tidy` holds that every file here is named below.

mod as_dbt;
mod bad_input;
mod cli_ls;
mod clients;
mod constraints;
mod declared_source;
mod demo;
mod demo_views;
mod deps;
mod docs;
mod framework;
mod framework_configuration;
mod identity;
mod identity_commands;
mod identity_ledger;
mod incremental_keys;
mod interrupt;
mod materializations;
mod microbatch;
mod parity;
mod previous_run;
mod python_models;
mod scaffold;
mod support;
mod tidy;
mod unit_tests;
