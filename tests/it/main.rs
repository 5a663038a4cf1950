//! The integration tests, one binary. `tidy` holds that every file here is named below.

mod bad_input;
mod cli_ls;
mod demo;
mod deps;
mod framework;
mod identity;
mod interrupt;
mod materializations;
mod microbatch;
mod parity;
mod support;
mod tidy;
