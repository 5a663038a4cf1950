//! The files that other tools read: `manifest.json`, `run_results.json`.

pub mod manifest_v12;
pub mod run_results_v6;
