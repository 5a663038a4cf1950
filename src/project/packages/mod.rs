//! `packages.yml` and `dependencies.yml`: which packages there are and how they come into `dbt_packages`.
//!
//! `spec` reads an entry, `resolve` follows packages of packages through `hub`, `git` and `download` until each has
//! one version, `lock` writes them down, and `install` puts them in place.

mod add;
mod download;
mod git;
mod hub;
mod install;
mod lock;
mod resolve;
mod spec;
mod unpack;
mod version;
mod yaml_text;

pub use add::{Addition, AdditionSource};
pub use install::{InstallOptions, Installed, install};
pub(super) use version::{Asked, asks_for};

use std::path::{Path, PathBuf};

use super::rendering::Rendering;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Result, SourceFile};
use crate::fs;
use crate::yaml::{self, Document};

use spec::Wanted;

const PACKAGES: &str = "packages.yml";
const DEPENDENCIES: &str = "dependencies.yml";

/// What `packages.yml` or `dependencies.yml` says.
#[derive(Debug, Default)]
pub(super) struct Manifest {
    /// The file that names the packages.
    pub file_name: &'static str,
    pub wanted: Vec<Wanted>,
    /// How many entries there are, those of other kinds included.
    pub count: usize,
    /// What is wrong with the other entries.
    pub refused: Vec<Diagnostic>,
}

/// Reads which packages a project asks for. `shown` comes before file names in messages.
pub(super) fn read(root: &Path, shown: &str, rendering: &Rendering<'_>, found: &mut Diagnostics) -> Manifest {
    let packages = read_document(root, shown, PACKAGES, found);
    let dependencies = read_document(root, shown, DEPENDENCIES, found);
    let named = |d: &Option<Document>| d.as_ref().and_then(|d| d.root.get("packages")).is_some();
    if let (true, true, Some(document)) = (named(&packages), named(&dependencies), &packages) {
        found.push(
            document
                .error(
                    &document.root,
                    Code::PACKAGE,
                    format!("`packages` stands both in `{PACKAGES}` and in `{DEPENDENCIES}`"),
                )
                .hint("Keep one of the two files."),
        );
    }
    let (file_name, document) = if named(&dependencies) {
        (DEPENDENCIES, dependencies)
    } else {
        (PACKAGES, packages)
    };
    let mut manifest = Manifest {
        file_name,
        ..Manifest::default()
    };
    let Some(document) = document else { return manifest };
    if document.root.is_null() {
        return manifest;
    }
    if let Err(error) = document.expect_map(&document.root, &format!("`{file_name}`")) {
        found.push(error);
        return manifest;
    }
    for (key, _) in document.root.as_map().into_iter().flat_map(yaml::Mapping::iter) {
        if !matches!(key, "packages" | "projects" | "sha1_hash") {
            let warning = format!("`{key}` is not a key of `{file_name}`");
            found.push(
                Diagnostic::warning(Code::PACKAGE, warning)
                    .at(document.root.span(&document.file))
                    .did_you_mean(key, ["packages", "projects"]),
            );
        }
    }
    let Some(list) = document.root.get("packages") else {
        if file_name == PACKAGES {
            let fault = document.error(
                &document.root,
                Code::PACKAGE,
                format!("`{file_name}` has no `packages`"),
            );
            found.push(fault.hint("Write `packages:` and below it one entry for each package."));
        }
        return manifest;
    };
    let Some(entries) = found.take(document.expect_seq(list, "`packages`")) else {
        return manifest;
    };
    manifest.count = entries.len();
    for entry in entries {
        // Of the root project dbt renders `packages.yml` only, of packages both files.
        let rendered = if file_name == PACKAGES || !shown.is_empty() {
            rendering.node(&document, entry, &|_| true, found)
        } else {
            entry.clone()
        };
        let span = Some(entry.span(&document.file));
        match spec::parse(&rendered.to_json(), &entry.to_json(), span) {
            Ok(wanted) => manifest.wanted.push(wanted),
            Err(error) => manifest.refused.push(error),
        }
    }
    manifest
}

fn read_document(root: &Path, shown: &str, name: &str, found: &mut Diagnostics) -> Option<Document> {
    let path = root.join(name);
    if !path.is_file() {
        return None;
    }
    let shown = format!("{shown}{name}");
    let text = found.take(fs::read_as(&path, &shown))?;
    let document = found.take(yaml::parse(&SourceFile::new(shown, text)))?;
    found.extend(document.warnings.iter().cloned());
    Some(document)
}

/// Lists the folders of installed packages, sorted.
pub(super) fn installed_folders(install_path: &Path) -> Result<Vec<PathBuf>> {
    let entries = match std::fs::read_dir(install_path) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(fs::fault("list", install_path, &e)),
    };
    let mut folders = Vec::new();
    for entry in entries {
        let path = entry.map_err(|e| fs::fault("list", install_path, &e))?.path();
        let hidden = path
            .file_name()
            .is_none_or(|n| n.to_string_lossy().starts_with('.') || n.to_string_lossy().starts_with("__"));
        if !hidden && path.is_dir() {
            folders.push(path);
        }
    }
    folders.sort();
    Ok(folders)
}

/// Says what is missing where fewer packages are installed than named.
pub(super) fn not_installed(manifest: &Manifest, installed: usize, install_path: &str) -> Option<Diagnostic> {
    if manifest.count <= installed {
        return None;
    }
    let number = |n: usize| {
        if n == 1 {
            "1 package".to_owned()
        } else {
            format!("{n} packages")
        }
    };
    let span = manifest.wanted.first().and_then(|w| w.span.clone());
    Some(
        Diagnostic::error(
            Code::PACKAGE,
            format!(
                "`{}` names {}, but {} in `{install_path}`",
                manifest.file_name,
                number(manifest.count),
                match installed {
                    0 => "none is installed".to_owned(),
                    1 => "only 1 is installed".to_owned(),
                    n => format!("only {n} are installed"),
                }
            ),
        )
        .at(span.or_else(|| manifest.refused.first().and_then(|d| d.span().cloned())))
        .hint("Run `nexus deps`."),
    )
}
