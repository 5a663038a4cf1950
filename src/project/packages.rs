//! `packages.yml` and `dependencies.yml`: which packages there are and how they come into `dbt_packages`.

use super::{LoadOptions, RenderYaml};
use crate::diagnostic::Diagnostics;
use crate::invocation::Invocation;

/// What `nexus deps` did for one package.
#[derive(Debug, Clone)]
pub struct Installed {
    pub name: String,
    pub from: String,
}

/// Installs the packages that the project names. Local ones are linked (copied where links cannot be made).
///
/// # Errors
/// `N0108` for a package that is missing or of a kind that cannot be fetched.
pub fn install(
    _options: &LoadOptions,
    _invocation: &Invocation,
    _render: &dyn RenderYaml,
) -> Result<Vec<Installed>, Diagnostics> {
    todo!()
}
