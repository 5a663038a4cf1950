//! The files that other tools read: `manifest.json`, `run_results.json`; and those of earlier runs, read back.

pub mod manifest_v12;
pub mod read;
pub mod run_results_v6;
