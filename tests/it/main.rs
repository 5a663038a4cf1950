//! The integration tests, one binary. `tidy` holds that every file here is named below.

mod cli_ls;
mod materializations;
mod support;
mod tidy;
