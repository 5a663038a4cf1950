//! `profiles.yml`: found, rendered, one target chosen.

use std::path::{Path, PathBuf};

use crate::diagnostic::Result;
use crate::invocation::Invocation;
use crate::yaml::{Document, Node};

/// The chosen target of a profile.
#[derive(Debug, Clone)]
pub struct Profile {
    pub name: String,
    pub target_name: String,
    pub threads: usize,
    /// The file, for places in messages.
    pub document: Document,
    /// The target's mapping with its strings rendered.
    pub output: Node,
    /// The folder in which `profiles.yml` stands.
    pub dir: PathBuf,
}

/// Finds the folder of `profiles.yml`: `--profiles-dir`, `DBT_PROFILES_DIR`, the project's or working folder, `~/.dbt`.
pub fn find_profiles(
    _given: Option<&Path>,
    _project_dir: &Path,
    _invocation: &Invocation,
) -> Result<PathBuf> {
    todo!()
}
