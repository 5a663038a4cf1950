//! Loads a project with all its packages and files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::project_file::{self, ProjectFile};
use super::project_keys;
use super::rendering::Rendering;
use super::required_version;
use super::{
    LoadOptions, Package, PackageKind, Profile, Project, RenderYaml, builtin, declared, packages, profiles,
    resource, selectors,
};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Result, Severity, SourceFile};
use crate::fs;
use crate::invocation::Invocation;
use crate::yaml::{self, Document, Node};

/// Checks the settings of the chosen target, a mapping of `profiles.yml`: which databases there are is not known here.
pub type CheckTarget<'a> = &'a dyn Fn(&Document, &Node) -> Result<()>;

/// Reads the project, its packages and its target.
///
/// # Errors
/// All faults of `dbt_project.yml`, `profiles.yml`, packages and files together.
pub fn load(
    options: &LoadOptions,
    invocation: &Invocation,
    render: &dyn RenderYaml,
    check_target: CheckTarget<'_>,
) -> Result<Project, Diagnostics> {
    let mut found = Diagnostics::default();
    let root_dir = find_root(options, invocation)?;
    let document = read_document(&root_dir, "")?;
    let profile = if options.without_profile {
        None
    } else {
        let rendering = Rendering {
            render,
            vars: &options.vars,
            target: None,
        };
        let in_project = project_file::profile_name(&document, &rendering, &mut found);
        let named =
            in_project.is_some() || options.profile.is_some() || document.root.get("profile").is_none();
        if named && document.root.as_map().is_some() {
            profiles::load(options, in_project, &root_dir, invocation, render, &mut found)
        } else {
            None
        }
    };
    if let Some(profile) = &profile {
        found.take(check_target(&profile.document, &profile.output));
    }
    let target = profile.as_ref().map(Profile::target_json);
    let rendering = Rendering {
        render,
        vars: &options.vars,
        target: target.as_ref(),
    };
    let Some(project) = project_file::interpret(document, &rendering, &mut found) else {
        return Err(found);
    };
    required_version::check(&project, options.version_check, &mut found);
    let manifest = packages::read(&root_dir, "", &rendering, &mut found);
    let selectors = selectors::load(&root_dir, &rendering, &mut found);
    let mut loaded = vec![Package {
        name: Arc::from(project.name.as_str()),
        kind: PackageKind::Root,
        files: resource::read_files(&root_dir, &project, "", &mut found),
        root_dir: root_dir.clone(),
        project,
    }];
    if !options.without_profile {
        read_installed(&mut loaded, &manifest, &rendering, &mut found);
        for package in &loaded[1..] {
            required_version::check(&package.project, options.version_check, &mut found);
        }
        if uses_framework(&loaded, &options.vars) {
            loaded.extend(builtin::framework(&rendering, &mut found));
        }
        let mut adapter = profile.as_ref().and_then(Profile::adapter);
        while let Some(kind) = adapter {
            loaded.extend(builtin::internal(&format!("dbt_{kind}")));
            adapter = builtin::falls_back_to(kind);
        }
        loaded.extend(builtin::internal("dbt"));
    }
    let mut vars = options.vars.clone();
    if !options.without_profile {
        let is_used = loaded.iter().any(|package| &*package.name == "nexus");
        declared::add(&mut loaded[0], &mut vars, is_used, &mut found);
    }
    check_names(&loaded, &mut found);
    if found.has_errors() {
        return Err(found);
    }
    let target_path = options
        .target_path
        .clone()
        .or_else(|| loaded[0].project.target_path.as_ref().map(PathBuf::from))
        .unwrap_or_else(|| PathBuf::from("target"));
    Ok(Project {
        target_path: root_dir.join(target_path),
        root_dir,
        packages: loaded.into_iter().map(Arc::new).collect(),
        profile,
        vars,
        selectors,
        warnings: found.0,
    })
}

/// Finds the folder of `dbt_project.yml`: the one given, else the working folder or the nearest above it.
pub(super) fn find_root(options: &LoadOptions, invocation: &Invocation) -> Result<PathBuf> {
    let has_project = |dir: &Path| dir.join(project_keys::FILE_NAME).is_file();
    let missing = |dir: &Path| {
        Diagnostic::error(
            Code::NO_PROJECT,
            format!(
                "no `{}` was found in `{}`",
                project_keys::FILE_NAME,
                dir.display()
            ),
        )
    };
    if let Some(dir) = &options.project_dir {
        let dir = invocation.cwd.join(dir);
        return if has_project(&dir) {
            Ok(clean(&dir))
        } else {
            Err(missing(&dir).hint("Check the folder that `--project-dir` names."))
        };
    }
    match invocation.cwd.ancestors().find(|dir| has_project(dir)) {
        Some(dir) => Ok(dir.to_path_buf()),
        None => Err(missing(&invocation.cwd)
            .note("the folders above it have none either")
            .hint(
                "Go to your project's folder, name it with `--project-dir`, or make one with `nexus init`.",
            )),
    }
}

/// Takes `.` out of a path, so that messages and artifacts show it short.
fn clean(dir: &Path) -> PathBuf {
    std::fs::canonicalize(dir).unwrap_or_else(|_| dir.components().collect())
}

/// Reads `flags:` of the project file, without rendering, for what must be known before the project is loaded. A file that
/// is missing or broken has none here: it is reported when the project is loaded.
pub fn read_flags(options: &LoadOptions, invocation: &Invocation) -> Flags {
    let root = find_root(options, invocation);
    let document = root.as_ref().ok().and_then(|root| read_document(root, "").ok());
    let of = |document: Option<Document>, key: &str| {
        let found = document.and_then(|d| d.root.get(key).map(Node::to_json));
        found
            .and_then(|flags| flags.as_object().cloned())
            .unwrap_or_default()
    };
    let values = of(document, "flags");
    let folder = root.unwrap_or_else(|_| invocation.cwd.clone());
    let profiles = super::find_profiles(options.profiles_dir.as_deref(), &folder, invocation);
    let text = profiles
        .ok()
        .and_then(|dir| fs::read(&dir.join("profiles.yml")).ok());
    let document = text.and_then(|text| yaml::parse(&SourceFile::new("profiles.yml", text)).ok());
    let older = of(document, "config");
    let of_profiles = values.is_empty() && !older.is_empty();
    Flags {
        values: if of_profiles { older } else { values },
        of_profiles,
    }
}

/// Flags that a file has, by name in lower case.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    pub values: Map<String, Json>,
    /// They stand under `config:` of profiles.yml, which is deprecated.
    pub of_profiles: bool,
}

/// Returns the folder of log files: `log-path` of the project, else `logs`, in the project's folder.
pub fn log_folder(options: &LoadOptions, invocation: &Invocation) -> PathBuf {
    let root = find_root(options, invocation).unwrap_or_else(|_| invocation.cwd.clone());
    let document = read_document(&root, "").ok();
    let named = document
        .as_ref()
        .and_then(|d| d.root.get("log-path"))
        .and_then(yaml::Node::as_str)
        .filter(|path| !path.contains("{{"));
    root.join(named.unwrap_or("logs"))
}

/// Returns the folder of artifacts without loading the project, where it can be known so: as given, `target-path` of the
/// project where that is plain text, or `target`.
pub fn target_folder(options: &LoadOptions, invocation: &Invocation) -> Option<PathBuf> {
    let root = find_root(options, invocation).ok()?;
    if let Some(given) = &options.target_path {
        return Some(root.join(given));
    }
    let document = read_document(&root, "").ok()?;
    match document.root.get("target-path") {
        None => Some(root.join("target")),
        Some(node) => {
            let path = node.as_str().filter(|path| !path.contains('{'))?;
            Some(root.join(path))
        }
    }
}

pub(super) fn read_document(root: &Path, shown: &str) -> Result<yaml::Document> {
    let shown = format!("{shown}{}", project_keys::FILE_NAME);
    let text = fs::read_as(&root.join(project_keys::FILE_NAME), &shown)?;
    yaml::parse(&SourceFile::new(shown, text))
}

/// Reads the project file of a folder; `shown` comes before its name in messages.
pub(super) fn read_project_file(
    root: &Path,
    shown: &str,
    rendering: &Rendering<'_>,
    found: &mut Diagnostics,
) -> Option<ProjectFile> {
    let document = found.take(read_document(root, shown))?;
    project_file::interpret(document, rendering, found)
}

/// Reads the packages under the install path, in the order of their names.
fn read_installed(
    loaded: &mut Vec<Package>,
    manifest: &packages::Manifest,
    rendering: &Rendering<'_>,
    found: &mut Diagnostics,
) {
    let root = loaded[0].root_dir.clone();
    let install_path = loaded[0].project.packages_install_path.clone();
    let Some(folders) = found.take(packages::installed_folders(&root.join(&install_path))) else {
        return;
    };
    if let Some(missing) = packages::not_installed(manifest, folders.len(), &install_path) {
        found.extend(manifest.refused.iter().cloned());
        found.push(missing);
        return;
    }
    let mut installed = Vec::new();
    for folder in folders {
        let name = folder
            .file_name()
            .map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default();
        let shown = format!("{install_path}/{name}/");
        if !folder.join(project_keys::FILE_NAME).is_file() {
            found.push(
                Diagnostic::error(
                    Code::PACKAGE,
                    format!("`{install_path}/{name}` has no `{}`", project_keys::FILE_NAME),
                )
                .hint("Run `nexus deps` to install the packages afresh."),
            );
            continue;
        }
        let mut own = Diagnostics::default();
        if let Some(project) = read_project_file(&folder, &shown, rendering, &mut own) {
            installed.push(Package {
                name: Arc::from(project.name.as_str()),
                kind: PackageKind::Installed,
                files: resource::read_files(&folder, &project, &shown, &mut own),
                root_dir: folder,
                project,
            });
        }
        // What a package's author should know does not concern who uses it.
        found.extend(own.0.into_iter().filter(|d| d.severity() == Severity::Error));
    }
    installed.sort_by(|a, b| a.name.cmp(&b.name));
    loaded.extend(installed);
}

/// Says whether the built-in framework is switched on: `vars: nexus:` in the root project or on the command line, and no
/// package of its name.
fn uses_framework(loaded: &[Package], given: &Map<String, Json>) -> bool {
    [&loaded[0].project.vars, given]
        .iter()
        .any(|vars| vars.get("nexus").is_some_and(Json::is_object))
        && !loaded.iter().any(|p| &*p.name == "nexus")
}

fn check_names(loaded: &[Package], found: &mut Diagnostics) {
    for (i, package) in loaded.iter().enumerate() {
        let Some(first) = loaded[..i].iter().find(|p| p.name == package.name) else {
            continue;
        };
        let message = match (first.kind, package.kind) {
            (PackageKind::Root, _) => {
                format!("a package has the name of the project itself, `{}`", package.name)
            }
            _ => format!("two packages are named `{}`", package.name),
        };
        let place = if package.kind == PackageKind::Internal {
            first
        } else {
            package
        };
        let document = &place.project.document;
        let node = document.root.get("name").unwrap_or(&document.root);
        found.push(
            document
                .error(node, Code::PACKAGE, message)
                .hint("Rename one of them."),
        );
    }
}
