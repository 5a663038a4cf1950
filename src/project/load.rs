//! Loads a project with all its packages and files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::builtin::builtin_files;
use super::project_file::{self, Renderer, is_project};
use super::resource::{classify, list};
use super::{
    LoadOptions, Package, PackageKind, Project, ProjectFile, RenderYaml, ResourceFile, ResourceKind,
    SelectorFile, packages, profiles,
};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Result, SourceFile, Span};
use crate::invocation::Invocation;
use crate::{fs, yaml};

/// Reads the project, its packages and its target.
///
/// # Errors
/// All faults of `dbt_project.yml`, `profiles.yml`, packages and files together.
pub fn load(
    options: &LoadOptions,
    invocation: &Invocation,
    render: &dyn RenderYaml,
) -> Result<Project, Diagnostics> {
    let root_dir = find_project(options, invocation)?;
    let mut faults = Diagnostics::default();
    let mut warnings = Vec::new();
    let file = SourceFile::new("dbt_project.yml", fs::read(&root_dir.join("dbt_project.yml"))?);
    let renderer = Renderer {
        render,
        vars: &options.vars,
        target: None,
    };
    // The target may be named in the project's own trees, so the profile comes first: its name is read unrendered.
    let profile = if options.without_profile {
        None
    } else {
        let wanted = wanted_profile(options, &file, &renderer)?;
        let asked = wanted.as_ref().map(|(name, span)| (name.as_str(), span.clone()));
        faults.take(profiles::choose(options, asked, &root_dir, invocation, render))
    };
    let target = profile.as_ref().map(target_json);
    let renderer = Renderer {
        target: target.as_ref(),
        ..renderer
    };
    let Some(project) = project_file::parse(&file, &renderer, &mut faults, &mut warnings) else {
        return Err(faults);
    };
    let adapter = profile
        .as_ref()
        .and_then(|p| p.output.get("type"))
        .map(yaml::Node::key_text);
    let target_path = options
        .target_path
        .clone()
        .or_else(|| project.target_path.clone().map(PathBuf::from));
    let target_path = match options.target_path {
        Some(_) => invocation.cwd.join(target_path.unwrap_or_default()),
        None => root_dir.join(target_path.unwrap_or_else(|| "target".into())),
    };
    let mut found = vec![read_package(&root_dir, &root_dir, project, PackageKind::Root)];
    if !options.without_profile {
        let installed = packages::installed(&root_dir, &found[0], &renderer, &mut faults, &mut warnings);
        found.extend(
            installed
                .into_iter()
                .map(|(dir, file)| read_package(&root_dir, &dir, file, PackageKind::Installed)),
        );
        let wants = |p: &Package| {
            p.project
                .vars
                .get("nexus")
                .is_some_and(serde_json::Value::is_object)
        };
        if wants(&found[0]) && !found.iter().any(|p| &*p.name == "nexus") {
            found.extend(faults.take(embedded("nexus", PackageKind::BuiltIn, &renderer)));
        }
        if let Some(adapter) = adapter {
            found.extend(faults.take(embedded(
                &format!("dbt_{adapter}"),
                PackageKind::Internal,
                &renderer,
            )));
        }
        found.extend(faults.take(embedded("dbt", PackageKind::Internal, &renderer)));
    }
    let mut complete = Vec::new();
    for mut package in found {
        let files = std::mem::take(&mut package.files);
        package.files = read_files(files, &mut faults);
        complete.push(Arc::new(package));
    }
    if faults.has_errors() {
        return Err(faults);
    }
    let selectors = match root_dir.join("selectors.yml") {
        path if path.is_file() => {
            let document = yaml::parse(&SourceFile::new("selectors.yml", fs::read(&path)?))?;
            Some(SelectorFile { document })
        }
        _ => None,
    };
    Ok(Project {
        root_dir,
        packages: complete,
        profile,
        vars: options.vars.clone(),
        target_path,
        selectors,
        warnings,
    })
}

/// Finds the folder of `dbt_project.yml`: as given, else the working folder or the nearest above it.
pub(super) fn find_project(options: &LoadOptions, invocation: &Invocation) -> Result<PathBuf> {
    let missing = |what: String| {
        Diagnostic::error(Code::NO_PROJECT, what)
            .hint("Go to the project's folder, name it with --project-dir, or start one with `nexus init`.")
    };
    match &options.project_dir {
        Some(dir) => {
            let dir = invocation.cwd.join(dir);
            if is_project(&dir) {
                Ok(dir)
            } else {
                Err(missing(format!(
                    "no dbt_project.yml was found in {}",
                    dir.display()
                )))
            }
        }
        None => invocation
            .cwd
            .ancestors()
            .find(|dir| is_project(dir))
            .map(Path::to_path_buf)
            .ok_or_else(|| {
                missing(format!(
                    "no dbt_project.yml was found in {} or above it",
                    invocation.cwd.display()
                ))
            }),
    }
}

fn wanted_profile(
    options: &LoadOptions,
    file: &Arc<SourceFile>,
    renderer: &Renderer<'_>,
) -> Result<Option<(String, Option<Span>)>> {
    if let Some(name) = &options.profile {
        return Ok(Some((name.clone(), None)));
    }
    let document = yaml::parse(file)?;
    match document.root.get("profile") {
        Some(node) if !node.is_null() => Ok(Some((
            renderer.tree(&document, node)?.key_text(),
            Some(node.span(file)),
        ))),
        _ => Ok(None),
    }
}

/// Returns what `target` is while YAML is rendered: the output's plain values without secrets.
fn target_json(profile: &super::Profile) -> serde_json::Value {
    let mut target = serde_json::Map::new();
    target.insert("name".into(), profile.target_name.as_str().into());
    target.insert("target_name".into(), profile.target_name.as_str().into());
    target.insert("profile_name".into(), profile.name.as_str().into());
    target.insert("threads".into(), profile.threads.into());
    for key in ["type", "schema", "database", "dbname", "path"] {
        if let Some(node) = profile.output.get(key) {
            target.insert(key.into(), node.to_json());
        }
    }
    serde_json::Value::Object(target)
}

/// Lists a package's files; their texts are read later, all in parallel.
fn read_package(root_dir: &Path, dir: &Path, project: ProjectFile, kind: PackageKind) -> Package {
    let prefix = dir
        .strip_prefix(root_dir)
        .map_or_else(|_| dir.display().to_string(), |p| p.display().to_string());
    let files = list(dir, &prefix, &project);
    Package {
        name: Arc::from(project.name.as_str()),
        kind,
        root_dir: dir.to_path_buf(),
        project,
        files,
    }
}

fn read_files(files: Vec<ResourceFile>, faults: &mut Diagnostics) -> Vec<ResourceFile> {
    let read: Vec<Result<ResourceFile>> = files
        .into_par_iter()
        .map(|mut file| {
            if file.kind != ResourceKind::Seed && file.file.text().is_empty() && file.absolute.is_absolute() {
                let text = fs::read(&file.absolute)?;
                file.file = SourceFile::new(file.file.path().clone(), text);
            }
            Ok(file)
        })
        .collect();
    read.into_iter().filter_map(|file| faults.take(file)).collect()
}

/// Makes a package of the files in the binary.
fn embedded(name: &str, kind: PackageKind, renderer: &Renderer<'_>) -> Result<Package> {
    let files = builtin_files(name);
    let mut faults = Diagnostics::default();
    let mut warnings = Vec::new();
    let project = match files.iter().find(|(path, _)| path == "dbt_project.yml") {
        Some((_, text)) => {
            let file = SourceFile::new(format!("{name}://dbt_project.yml"), *text);
            let parsed = project_file::parse(&file, renderer, &mut faults, &mut warnings);
            parsed.ok_or_else(|| {
                faults
                    .0
                    .pop()
                    .unwrap_or_else(|| Diagnostic::error(Code::INTERNAL, "a built-in package does not parse"))
            })?
        }
        None => ProjectFile::synthetic(name),
    };
    let mut resources: Vec<ResourceFile> = files
        .into_iter()
        .filter_map(|(path, text)| {
            let (kind, search_path) = classify(&path, &project)?;
            let rest = path.strip_prefix(&format!("{search_path}/"))?.to_owned();
            Some(ResourceFile {
                kind,
                search_path: search_path.as_str().into(),
                path: rest.into(),
                original_path: path.as_str().into(),
                absolute: PathBuf::from(&path),
                file: SourceFile::new(format!("{name}://{path}"), text),
            })
        })
        .collect();
    resources.sort_by(|a, b| (a.kind, &a.original_path).cmp(&(b.kind, &b.original_path)));
    Ok(Package {
        name: Arc::from(name),
        kind,
        root_dir: PathBuf::from(format!("{name}://")),
        project,
        files: resources,
    })
}
