//! The files that other tools read: `manifest.json`, `run_results.json`.
