//! `packages.yml` and `dependencies.yml`: which packages there are and how they come into `dbt_packages`.

use std::path::{Path, PathBuf};

use super::load::find_project;
use super::project_file::{self, Renderer, is_project};
use super::{LoadOptions, Package, ProjectFile, RenderYaml};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Result, SourceFile};
use crate::invocation::Invocation;
use crate::{fs, yaml};

/// What `nexus deps` did for one package.
#[derive(Debug, Clone)]
pub struct Installed {
    pub name: String,
    pub from: String,
}

/// A package that a project names.
struct Wanted {
    /// As written, for the lock file and messages.
    local: String,
    /// Absolute.
    dir: PathBuf,
}

/// Reads the packages that the project in a folder names. Kinds that cannot be fetched are faults.
fn wanted(dir: &Path, shown: &str, renderer: &Renderer<'_>, faults: &mut Diagnostics) -> Vec<Wanted> {
    let mut found = Vec::new();
    for name in ["packages.yml", "dependencies.yml"] {
        let path = dir.join(name);
        if !path.is_file() {
            continue;
        }
        let shown = if shown.is_empty() {
            name.to_owned()
        } else {
            format!("{shown}/{name}")
        };
        let read = fs::read(&path).and_then(|text| yaml::parse(&SourceFile::new(shown, text)));
        let Some(document) = faults.take(read) else {
            continue;
        };
        let rendered = renderer.tree(&document, &document.root);
        let Some(root) = faults.take(rendered) else {
            continue;
        };
        let Some(list) = root.get("packages").filter(|n| !n.is_null()) else {
            continue;
        };
        for entry in faults
            .take(document.expect_seq(list, "packages"))
            .unwrap_or_default()
        {
            match entry.get("local").and_then(yaml::Node::as_str) {
                Some(local) => found.push(Wanted {
                    local: local.to_owned(),
                    dir: dir.join(local),
                }),
                None => {
                    let kind = ["package", "git", "tarball", "private"]
                        .into_iter()
                        .find(|k| entry.get(k).is_some());
                    let what = kind.map_or_else(
                        || "an entry of packages must name a package with `local:`".to_owned(),
                        |kind| format!("packages of the kind `{kind}` are not supported by this version"),
                    );
                    faults.push(
                        document
                            .error(entry, Code::PACKAGE, what)
                            .hint("Put the package's folder beside the project and name it with `local:`."),
                    );
                }
            }
        }
    }
    found
}

/// Follows `local:` packages and theirs; each package once, by name, with its folder.
fn resolve(root: &Path, renderer: &Renderer<'_>, faults: &mut Diagnostics) -> Vec<(String, Wanted)> {
    let mut all: Vec<(String, Wanted)> = Vec::new();
    let mut pending = wanted(root, "", renderer, faults);
    while !pending.is_empty() {
        let mut next = Vec::new();
        for one in pending {
            if !is_project(&one.dir) {
                faults.push(
                    Diagnostic::error(
                        Code::PACKAGE,
                        format!("the package `{}` has no dbt_project.yml", one.local),
                    )
                    .note(format!("looked in {}", one.dir.display())),
                );
                continue;
            }
            let Some(file) = read_project(&one.dir, &one.local, renderer, faults) else {
                continue;
            };
            if all.iter().any(|(name, _)| *name == file.name) {
                continue;
            }
            next.extend(wanted(&one.dir, &one.local, renderer, faults));
            all.push((file.name, one));
        }
        pending = next;
    }
    all
}

fn read_project(
    dir: &Path,
    shown: &str,
    renderer: &Renderer<'_>,
    faults: &mut Diagnostics,
) -> Option<ProjectFile> {
    let text = faults.take(fs::read(&dir.join("dbt_project.yml")))?;
    let file = SourceFile::new(format!("{shown}/dbt_project.yml"), text);
    project_file::parse(&file, renderer, faults, &mut Vec::new())
}

/// Returns the installed packages with their project files, by name.
pub(super) fn installed(
    root: &Path,
    package: &Package,
    renderer: &Renderer<'_>,
    faults: &mut Diagnostics,
    warnings: &mut Vec<Diagnostic>,
) -> Vec<(PathBuf, ProjectFile)> {
    let _ = warnings;
    let folder = root.join(&package.project.packages_install_path);
    let asked = wanted(root, "", renderer, faults).len();
    let mut found = Vec::new();
    let mut entries: Vec<PathBuf> = std::fs::read_dir(&folder)
        .map(|dir| dir.filter_map(|e| e.ok().map(|e| e.path())).collect())
        .unwrap_or_default();
    entries.sort();
    for dir in entries.into_iter().filter(|d| is_project(d)) {
        let shown = dir.strip_prefix(root).unwrap_or(&dir).display().to_string();
        if let Some(file) = read_project(&dir, &shown, renderer, faults) {
            found.push((dir, file));
        }
    }
    if found.len() < asked {
        faults.push(
            Diagnostic::error(
                Code::PACKAGE,
                format!(
                    "{asked} packages are named in packages.yml, but {} are installed in {}",
                    found.len(),
                    package.project.packages_install_path
                ),
            )
            .hint("Run `nexus deps`."),
        );
    }
    found
}

/// Installs the packages that the project names. Local ones are linked (copied where links cannot be made).
///
/// # Errors
/// `N0108` for a package that is missing or of a kind that cannot be fetched.
pub fn install(
    options: &LoadOptions,
    invocation: &Invocation,
    render: &dyn RenderYaml,
) -> Result<Vec<Installed>, Diagnostics> {
    let root = find_project(options, invocation)?;
    let renderer = Renderer {
        render,
        vars: &options.vars,
        target: None,
    };
    let mut faults = Diagnostics::default();
    let project = read_project(&root, ".", &renderer, &mut faults);
    let packages = resolve(&root, &renderer, &mut faults);
    let Some(project) = project.filter(|_| !faults.has_errors()) else {
        return Err(faults);
    };
    let folder = root.join(&project.packages_install_path);
    let mut done = Vec::new();
    if !packages.is_empty() {
        fs::create_dir_all(&folder)?;
    }
    for (name, package) in packages {
        place(&package.dir, &folder.join(&name))?;
        done.push(Installed {
            name,
            from: package.local,
        });
    }
    Ok(done)
}

/// Puts a link to a package's folder, in place of what stood there.
fn place(from: &Path, to: &Path) -> Result<()> {
    let fault = |e: std::io::Error| {
        Diagnostic::error(
            Code::PACKAGE,
            format!("the package could not be placed at {}: {e}", to.display()),
        )
    };
    let from = from.canonicalize().map_err(fault)?;
    match to.symlink_metadata() {
        Ok(meta) if meta.file_type().is_symlink() => std::fs::remove_file(to).map_err(fault)?,
        Ok(_) => {
            fs::remove_dir_all(to)?;
        }
        Err(_) => {}
    }
    link(&from, to).map_err(fault)
}

#[cfg(unix)]
fn link(from: &Path, to: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(from, to)
}

#[cfg(not(unix))]
fn link(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let (path, target) = {
            let e = entry?;
            (e.path(), to.join(e.file_name()))
        };
        if path.is_dir() {
            link(&path, &target)?;
        } else {
            std::fs::copy(&path, &target)?;
        }
    }
    Ok(())
}
