//! The project as files: `dbt_project.yml`, profiles, packages, and every resource file, read in parallel.
//!
//! This room reads and locates; it never renders a model and knows no database. YAML strings with Jinja in
//! `dbt_project.yml`, `profiles.yml` and `packages.yml` are rendered through [`RenderYaml`], which `jinja` implements.

mod builtin;
mod declared;
mod ignore;
mod load;
mod packages;
mod profiles;
mod project_file;
mod project_keys;
pub(crate) mod published;
mod rendering;
mod required_version;
mod resource;
mod selectors;
mod witnesses;

#[cfg(test)]
mod tests;

pub use builtin::{builtin_files, init_files};
pub use declared::{
    ENDING as DECLARED_ENDING, FOLDER as DECLARED_FOLDER, Generated, load as load_declared_source,
};
pub use load::{Flags, load, log_folder, read_flags, target_folder};
pub use packages::{Addition, AdditionSource, InstallOptions, Installed, install};
pub use profiles::{Profile, find_profiles};
pub use project_file::{Dispatch, ProjectFile};
pub use resource::{ResourceFile, ResourceKind};
pub use selectors::SelectorFile;
pub use witnesses::witnesses;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use crate::diagnostic::{Diagnostic, Result, SourceFile, Span};
use crate::yaml;

/// The version of dbt whose behaviour nexus has: what `dbt_version` is in templates, and what packages may require.
pub const DBT_VERSION: &str = crate::COMPATIBLE_VERSION;

/// Renders a string of a YAML file natively: `"{{ 1 + 1 }}"` is a number, as in dbt.
pub trait RenderYaml: Send + Sync {
    /// Renders `text`, which stands at `span`. `vars` are those of `--vars`, `target` the chosen target if known.
    fn render(
        &self,
        text: &str,
        span: Span,
        vars: &Map<String, Json>,
        target: Option<&Json>,
    ) -> Result<yaml::Value>;
}

/// What a command line says about where the project is and what to use of it.
#[derive(Debug, Clone, Default)]
pub struct LoadOptions {
    /// Where `dbt_project.yml` stands; none: the working directory or the nearest above it that has one.
    pub project_dir: Option<PathBuf>,
    pub profiles_dir: Option<PathBuf>,
    pub profile: Option<String>,
    pub target: Option<String>,
    pub target_path: Option<PathBuf>,
    pub threads: Option<usize>,
    pub vars: Map<String, Json>,
    /// The command needs no profile (`deps`, `clean`, `init`): packages are not looked for either.
    pub without_profile: bool,
    /// The version of dbt must be one that the project and its packages ask for.
    pub version_check: bool,
}

/// A loaded project: its own package, all others, and the chosen target.
#[derive(Debug)]
pub struct Project {
    pub root_dir: PathBuf,
    /// The root package first, then installed ones by name, then built-ins (`nexus`, `dbt_<adapter>`, `dbt`).
    pub packages: Vec<Arc<Package>>,
    pub profile: Option<Profile>,
    /// The variables of `--vars`.
    pub vars: Map<String, Json>,
    /// Absolute.
    pub target_path: PathBuf,
    pub selectors: Option<SelectorFile>,
    /// What was noticed on the way, such as unknown keys.
    pub warnings: Vec<Diagnostic>,
}

impl Project {
    /// Returns a project of which nothing is known but its name, its folders and the paths of the root's files.
    pub(crate) fn outline(name: &str, root_dir: PathBuf, target_path: PathBuf, files: Vec<String>) -> Self {
        let nothing = SourceFile::new("", "");
        let file = |path: String| ResourceFile {
            kind: ResourceKind::Properties,
            search_path: Arc::from(""),
            path: Arc::from(""),
            original_path: path.into(),
            absolute: PathBuf::new(),
            file: nothing.clone(),
        };
        let root = Package {
            name: Arc::from(name),
            kind: PackageKind::Root,
            root_dir: root_dir.clone(),
            project: ProjectFile::synthetic(name),
            files: files.into_iter().map(file).collect(),
        };
        Self {
            root_dir,
            packages: vec![Arc::new(root)],
            profile: None,
            vars: Map::new(),
            target_path,
            selectors: None,
            warnings: Vec::new(),
        }
    }

    /// Returns the root package.
    pub fn root(&self) -> &Arc<Package> {
        &self.packages[0]
    }

    /// Returns what the root project's `flags:` say of a change of behaviour.
    pub fn behaviour(&self, name: &str, default: bool) -> bool {
        let flags = &self.root().project.flags;
        flags.get(name).and_then(Json::as_bool).unwrap_or(default)
    }

    /// Sets `quoting` to no for each part of which the project says nothing.
    pub fn quote_no_names_by_default(&mut self) {
        let root = Arc::make_mut(&mut self.packages[0]);
        for part in ["database", "schema", "identifier"] {
            root.project.quoting.entry(part).or_insert(Json::Bool(false));
        }
    }

    /// Returns the `vars:` of each package that has any, the root included, for `manifest::Vars`.
    pub fn vars_by_package(&self) -> BTreeMap<Arc<str>, Map<String, Json>> {
        self.packages
            .iter()
            .filter(|p| !p.project.vars.is_empty())
            .map(|p| (p.name.clone(), p.project.vars.clone()))
            .collect()
    }

    pub fn package(&self, name: &str) -> Option<&Arc<Package>> {
        self.packages.iter().find(|p| &*p.name == name)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackageKind {
    Root,
    Installed,
    /// Embedded in the binary: `nexus`.
    BuiltIn,
    /// dbt's own macros and those of the adapter: internal in macro resolution.
    Internal,
}

/// A package: its project file and its resource files.
#[derive(Debug, Clone)]
pub struct Package {
    pub name: Arc<str>,
    pub kind: PackageKind,
    /// Absolute; for an embedded package a path that does not exist, used in messages only.
    pub root_dir: PathBuf,
    pub project: ProjectFile,
    /// In path order within each kind.
    pub files: Vec<ResourceFile>,
}
