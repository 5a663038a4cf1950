//! The packages embedded in the binary: the framework `nexus`, dbt's macros, and each adapter's.

use std::path::PathBuf;
use std::sync::Arc;

use super::project_file::{self, ProjectFile};
use super::project_keys;
use super::rendering::Rendering;
use super::{Package, PackageKind, resource};
use crate::diagnostic::{Diagnostics, SourceFile};
use crate::yaml;

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

#[cfg(not(debug_assertions))]
fn embedded() -> &'static [(&'static str, &'static str)] {
    EMBEDDED
}

/// Returns the embedded files. For those who write macros: a debug build reads the files of the checkout that
/// `NEXUS_DEV_CHECKOUT` names instead, so that a changed macro needs no build.
#[cfg(debug_assertions)]
fn embedded() -> &'static [(&'static str, &'static str)] {
    static FILES: std::sync::OnceLock<&'static [(&'static str, &'static str)]> = std::sync::OnceLock::new();
    FILES.get_or_init(|| match std::env::var_os("NEXUS_DEV_CHECKOUT") {
        Some(checkout) => checkout_files(std::path::Path::new(&checkout)).leak(),
        None => EMBEDDED,
    })
}

#[cfg(debug_assertions)]
fn checkout_files(checkout: &std::path::Path) -> Vec<(&'static str, &'static str)> {
    let mut pending = vec![checkout.join("macros"), checkout.join("templates")];
    let mut files: Vec<(&'static str, &'static str)> = Vec::new();
    while let Some(folder) = pending.pop() {
        for path in std::fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            .map(|e| e.path())
        {
            if path.is_dir() {
                pending.push(path);
            } else if let (Ok(name), Ok(text)) = (path.strip_prefix(checkout), std::fs::read_to_string(&path))
            {
                files.push((name.to_string_lossy().replace('\\', "/").leak(), text.leak()));
            }
        }
    }
    files.sort_unstable();
    files
}

/// Returns the embedded files of a built-in package as (path within the package, text), sorted by path.
///
/// `dbt` is `macros/dbt` without `adapters/`; `dbt_<adapter>` is `macros/dbt/adapters/<adapter>`; `nexus` is laid
/// out as `nexus eject` writes it. A package that does not exist has no files.
pub fn builtin_files(package: &str) -> Vec<(String, &'static str)> {
    let place = |from: &str, to: &str, path: &str| path.strip_prefix(from).map(|rest| format!("{to}{rest}"));
    let adapter = package
        .strip_prefix("dbt_")
        .map(|a| format!("macros/dbt/adapters/{a}/"));
    let mut files: Vec<(String, &'static str)> = embedded()
        .iter()
        .filter_map(|(path, text)| {
            let placed = match package {
                "dbt" if path.starts_with("macros/dbt/adapters/") => None,
                "dbt" => place("macros/dbt/", "macros/", path),
                "nexus" => place("macros/nexus/", "macros/", path)
                    .or_else(|| place("templates/framework/", "", path))
                    .or_else(|| place("templates/sources/", "models/sources/", path)),
                _ => adapter.as_deref().and_then(|from| place(from, "macros/", path)),
            };
            Some((placed?, *text))
        })
        .collect();
    files.sort();
    files
}

/// Returns the files of a new project as (path within it, text with the project's name filled in), sorted by path.
pub fn init_files(name: &str) -> Vec<(&'static str, String)> {
    embedded()
        .iter()
        .filter_map(|(path, text)| {
            let path = path.strip_prefix("templates/project/")?;
            Some((path, text.replace("__project__", name)))
        })
        .collect()
}

/// Loads dbt's macros or those of an adapter; none where there are no such files.
pub(super) fn internal(name: &str) -> Option<Package> {
    let files = builtin_files(name);
    if files.is_empty() {
        return None;
    }
    let mut project = ProjectFile::synthetic(name);
    project.version = Some("1.0.0".to_owned());
    Some(package(name, PackageKind::Internal, project, &files))
}

/// Returns the adapter whose macros serve where this one has none: the word in its `falls_back_to.txt`.
pub(super) fn falls_back_to(adapter: &str) -> Option<&'static str> {
    let wanted = format!("macros/dbt/adapters/{adapter}/falls_back_to.txt");
    let found = embedded().iter().find(|(path, _)| *path == wanted);
    found.map(|(_, text)| text.trim())
}

/// Loads the framework.
pub(super) fn framework(rendering: &Rendering<'_>, found: &mut Diagnostics) -> Option<Package> {
    let files = builtin_files("nexus");
    let (_, text) = files.iter().find(|(path, _)| path == project_keys::FILE_NAME)?;
    let file = SourceFile::new("nexus://dbt_project.yml", *text);
    let document = found.take(yaml::parse(&file))?;
    let project = project_file::interpret(document, rendering, found)?;
    Some(package("nexus", PackageKind::BuiltIn, project, &files))
}

fn package(name: &str, kind: PackageKind, project: ProjectFile, files: &[(String, &'static str)]) -> Package {
    let files = resource::embedded_files(files, &project, &format!("{name}://"));
    Package {
        name: Arc::from(name),
        kind,
        root_dir: PathBuf::from(format!("{name}://")),
        project,
        files,
    }
}
