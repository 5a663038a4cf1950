//! The files and folders that decide what a project is: while their stamps stay, so does the project.

use std::path::{Path, PathBuf};

use super::{LoadOptions, PackageKind, Project, declared, project_keys, resource};
use crate::diagnostic::Result;
use crate::fs;
use crate::invocation::Invocation;

/// Files that are read, where they exist, at the top of each package.
const OF_PACKAGE: [&str; 6] = [
    project_keys::FILE_NAME,
    "packages.yml",
    "dependencies.yml",
    "package-lock.yml",
    "selectors.yml",
    ".dbtignore",
];

/// Lists the files and folders that loading read or looked for, the missing ones too: one that appears changes the
/// project as well. Embedded files are not among them: they change with the binary.
///
/// Returns none where the project reads files that are known only to who reads them.
///
/// # Errors
/// `N0101` where a folder cannot be listed.
pub fn witnesses(
    project: &Project,
    options: &LoadOptions,
    invocation: &Invocation,
) -> Result<Option<Vec<PathBuf>>> {
    let root = &project.root_dir;
    if !declared::names(root).is_empty() {
        return Ok(None);
    }
    let mut found = vec![root.join(declared::FOLDER)];
    if options.project_dir.is_none() {
        let above = invocation.cwd.ancestors().take_while(|dir| *dir != root);
        found.extend(above.map(|dir| dir.join(project_keys::FILE_NAME)));
    }
    let named = options.profiles_dir.iter().cloned();
    let named = named.chain(invocation.env_var("DBT_PROFILES_DIR").map(PathBuf::from));
    let profiles = named.map(|dir| invocation.cwd.join(dir));
    let usual = [
        Some(invocation.cwd.clone()),
        invocation.home.as_ref().map(|home| home.join(".dbt")),
    ];
    let profiles = profiles.chain(usual.into_iter().flatten()).chain([root.clone()]);
    found.extend(profiles.map(|dir| dir.join("profiles.yml")));
    let install_path = root.join(&project.root().project.packages_install_path);
    found.push(install_path);
    for package in &project.packages {
        if !matches!(package.kind, PackageKind::Root | PackageKind::Installed) {
            continue;
        }
        of_package(&package.root_dir, &mut found);
        for folder in resource::folders(&package.project) {
            let folder = package.root_dir.join(folder);
            found.extend(fs::folders(&folder)?);
            found.push(folder);
        }
        found.extend(package.files.iter().map(|file| file.absolute.clone()));
    }
    found.sort_unstable();
    found.dedup();
    Ok(Some(found))
}

fn of_package(root: &Path, found: &mut Vec<PathBuf>) {
    found.extend(OF_PACKAGE.iter().map(|name| root.join(name)));
}
