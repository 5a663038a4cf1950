//! In which packages dbt looks for a name that is written without a package.

use std::sync::Arc;

/// The order of packages for refs, sources, functions and docs blocks.
///
/// dbt takes the root project first, so that a project can stand its own model in for a package's; with
/// `require_ref_searches_node_package_before_root` the package of what asks comes first.
#[derive(Debug, Clone, Default)]
pub struct NameSearch {
    pub root: Arc<str>,
    pub own_package_first: bool,
}

impl NameSearch {
    /// Returns the packages to look in, as seen from a package, before all others.
    pub fn packages<'a>(&'a self, from: &'a str) -> [&'a str; 2] {
        if self.own_package_first {
            [from, &self.root]
        } else {
            [&self.root, from]
        }
    }
}
