//! Loads a project with all its packages and files.

use super::{LoadOptions, Project, RenderYaml};
use crate::diagnostic::Diagnostics;
use crate::invocation::Invocation;

/// Reads the project, its packages and its target.
///
/// # Errors
/// All faults of `dbt_project.yml`, `profiles.yml`, packages and files together.
pub fn load(
    _options: &LoadOptions,
    _invocation: &Invocation,
    _render: &dyn RenderYaml,
) -> Result<Project, Diagnostics> {
    todo!()
}
