//! `dbt_project.yml`.

use serde_json::{Map, Value as Json};

use crate::yaml::{Document, Node};

/// An entry under `dispatch:`.
#[derive(Debug, Clone)]
pub struct Dispatch {
    pub macro_namespace: String,
    pub search_order: Vec<String>,
}

/// `dbt_project.yml`, its strings rendered where dbt renders them.
#[derive(Debug, Clone)]
pub struct ProjectFile {
    pub document: Document,
    pub name: String,
    pub version: Option<String>,
    pub profile: Option<String>,
    pub model_paths: Vec<String>,
    pub seed_paths: Vec<String>,
    pub snapshot_paths: Vec<String>,
    pub test_paths: Vec<String>,
    pub analysis_paths: Vec<String>,
    pub macro_paths: Vec<String>,
    pub docs_paths: Vec<String>,
    pub asset_paths: Vec<String>,
    pub packages_install_path: String,
    pub clean_targets: Vec<String>,
    /// `vars:` as written: global ones and dictionaries by package name.
    pub vars: Map<String, Json>,
    /// The configuration trees by section (`models`, `seeds`, `snapshots`, `tests`, `data_tests`, `sources`, …),
    /// rendered; hooks in them stay unrendered. Places stay those of the file.
    pub sections: Vec<(String, Node)>,
    /// Unrendered twins of `sections`, for `unrendered_config`.
    pub unrendered_sections: Vec<(String, Node)>,
    pub on_run_start: Vec<Node>,
    pub on_run_end: Vec<Node>,
    pub dispatch: Vec<Dispatch>,
    /// `query-comment` as written: none where absent (dbt's default comment), null or empty switches it off.
    pub query_comment: Option<Json>,
    /// `quoting`: database, schema, identifier.
    pub quoting: Map<String, Json>,
    /// `flags:` of the root project.
    pub flags: Map<String, Json>,
    pub require_dbt_version: Option<Json>,
    pub restrict_access: bool,
}

impl ProjectFile {
    /// Returns a rendered configuration tree.
    pub fn section(&self, name: &str) -> Option<&Node> {
        self.sections
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, node)| node)
    }
}
