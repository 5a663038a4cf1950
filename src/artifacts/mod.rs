//! The files that other tools read: `manifest.json`, `run_results.json`, `catalog.json`, `sources.json`, `semantic_manifest.json`; and those of earlier runs, read back.

pub mod catalog_v1;
pub mod manifest_v12;
mod object;
pub mod read;
pub mod run_results_v6;
pub mod semantic_manifest;
pub mod sources_v3;
