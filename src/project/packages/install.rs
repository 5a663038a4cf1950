//! `nexus deps`: resolves, writes the lock file, and puts packages in place, all or none.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use super::add::{self, Addition};
use super::hub::Hub;
use super::resolve::{Fetcher, Pin, Resolved, pin_all, resolve};
use super::spec::{self, Wanted};
use super::{installed_folders, lock, read};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Result, SourceFile};
use crate::fs;
use crate::invocation::Invocation;
use crate::project::rendering::Rendering;
use crate::project::{LoadOptions, RenderYaml, load, project_keys, published};
use crate::yaml;

/// The folder into which packages are fetched, beside the project; gone when the command ends.
const STAGING: &str = ".nexus-packages-";

/// What `nexus deps` is asked to do.
#[derive(Debug, Clone, Default)]
pub struct InstallOptions {
    /// Chooses versions anew, whatever the lock file says.
    pub upgrade: bool,
    /// Writes the lock file only.
    pub lock_only: bool,
    /// Writes nothing.
    pub dry_run: bool,
    /// Takes versions that ask for another version of dbt too.
    pub any_dbt_version: bool,
    pub add: Option<Addition>,
}

/// What `nexus deps` did for one package.
#[derive(Debug, Clone)]
pub struct Installed {
    pub name: String,
    pub from: String,
    /// A later version that there is.
    pub newer: Option<String>,
}

/// Installs the packages that the project names. Local ones are linked (copied where links cannot be made). `report` is
/// told each step; `warn` says whether a warning is an error.
///
/// # Errors
/// `N0108` for packages that are missing, do not fit together or cannot be fetched; nothing is changed then.
pub fn install(
    options: &LoadOptions,
    wish: &InstallOptions,
    invocation: &Invocation,
    render: &dyn RenderYaml,
    report: &mut dyn FnMut(String),
    warn: &dyn Fn(Diagnostic) -> Result<()>,
) -> Result<Vec<Installed>, Diagnostics> {
    let mut found = Diagnostics::default();
    let rendering = Rendering {
        render,
        vars: &options.vars,
        target: None,
    };
    let root = load::find_root(options, invocation)?;
    let _only_one = only_one(&root, report);
    let project = load::read_project_file(&root, "", &rendering, &mut found);
    let before = wish.add.as_ref().map(|_| FilesBefore::read(&root)).transpose()?;
    if let Some(addition) = &wish.add {
        for line in add::add(&root, addition)? {
            report(line);
        }
    }
    let mut asked = read(&root, "", &rendering, &mut found);
    if wish.add.is_some() {
        // dbt hashes what it has just written, of which it knows no form before rendering.
        for wanted in &mut asked.wanted {
            wanted.contract["unrendered"] = serde_json::json!({});
        }
    }
    found.extend(asked.refused.iter().cloned());
    let Some(project) = project.filter(|_| !found.has_errors()) else {
        before.iter().for_each(FilesBefore::restore);
        return Err(found);
    };
    // No profile is read, so that dbt does not know the database: it looks at the keys for any.
    for warning in published::of_project(&project.document, &[]).warnings {
        warn(warning)?;
    }
    if asked.wanted.is_empty() {
        return Ok(Vec::new());
    }
    let staging = Staging::new(&root)?;
    let mut fetcher = Fetcher {
        root: &root,
        staging: &staging.0,
        invocation,
        rendering: &rendering,
        hub: Hub::new(invocation, !wish.any_dbt_version),
        known: BTreeMap::new(),
        warnings: Vec::new(),
        fetched_count: 0,
    };
    let locked = if wish.upgrade {
        None
    } else {
        match read_lock(&root, &asked.wanted, &rendering) {
            Ok(locked) => locked,
            Err(fault) => {
                before.iter().for_each(FilesBefore::restore);
                return Err(fault.into());
            }
        }
    };
    let resolved = match locked {
        Some(locked) => pin_all(locked.into_iter(), &project.name, &mut fetcher, &mut found),
        None => {
            let resolved = resolve(&asked.wanted, &project.name, &mut fetcher, &mut found);
            for warning in fetcher.take_warnings() {
                found.take(warn(warning));
            }
            if !found.has_errors() && !wish.dry_run {
                let path = root.join(lock::FILE_NAME);
                let text = lock::write(&resolved, &asked.wanted, &invocation.secrets());
                if found.take(fs::write_atomic(&path, text.as_bytes())).is_some() {
                    report(format!("Wrote {}", lock::FILE_NAME));
                }
            }
            resolved
        }
    };
    for warning in fetcher.take_warnings() {
        found.take(warn(warning));
    }
    if !found.has_errors() && !wish.lock_only && !wish.dry_run {
        found.take(put_in_place(
            &root.join(&project.packages_install_path),
            &resolved,
            &fetcher,
        ));
    }
    if found.has_errors() {
        before.iter().for_each(FilesBefore::restore);
        return Err(found);
    }
    Ok(resolved.iter().map(installed).collect())
}

/// Keeps two calls for one project apart: the second waits for the first.
fn only_one(root: &Path, report: &mut dyn FnMut(String)) -> Option<File> {
    // Where a folder cannot be opened or locked, calls are not kept apart.
    let folder = File::open(root).ok()?;
    if let Err(std::fs::TryLockError::WouldBlock) = folder.try_lock() {
        report("Waiting for another `nexus deps` of this project".to_owned());
        folder.lock().ok()?;
    }
    Some(folder)
}

/// The files that `--add-package` changes, to be put back if the package cannot be installed.
struct FilesBefore(Vec<(PathBuf, Option<String>)>);

impl FilesBefore {
    fn read(root: &Path) -> Result<Self> {
        let paths = [super::PACKAGES, super::DEPENDENCIES].map(|name| root.join(name));
        let read = |path: PathBuf| {
            let text = if path.is_file() {
                Some(fs::read(&path)?)
            } else {
                None
            };
            Ok((path, text))
        };
        paths.into_iter().map(read).collect::<Result<_>>().map(Self)
    }

    fn restore(&self) {
        for (path, text) in &self.0 {
            // The fault that led here is the one to report.
            let _ = match text {
                Some(text) => fs::write_atomic(path, text.as_bytes()),
                None => fs::remove(path),
            };
        }
    }
}

/// The folder for fetched packages.
struct Staging(PathBuf);

impl Staging {
    /// Removes what a killed call left and names a folder for this one.
    fn new(root: &Path) -> Result<Self> {
        let entries = std::fs::read_dir(root).map_err(|e| fs::fault("list", root, &e))?;
        for entry in entries.flatten() {
            if entry.file_name().to_string_lossy().starts_with(STAGING) {
                fs::remove(&entry.path())?;
            }
        }
        Ok(Self(root.join(format!("{STAGING}{}", std::process::id()))))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // The next call removes what stays.
        let _ = fs::remove(&self.0);
    }
}

/// Reads what the lock file pins; none where it was made of another list of packages.
///
/// # Errors
/// Where the file is not one that a lock file could be.
fn read_lock(root: &Path, asked: &[Wanted], rendering: &Rendering<'_>) -> Result<Option<Vec<Wanted>>> {
    let path = root.join(lock::FILE_NAME);
    if !path.is_file() {
        return Ok(None);
    }
    let remedy = "Delete the file, or choose versions anew: `nexus deps --upgrade`.";
    let file = SourceFile::new(lock::FILE_NAME, fs::read_as(&path, lock::FILE_NAME)?);
    let document = yaml::parse(&file).map_err(|fault| fault.hint(remedy))?;
    if document.root.is_null() {
        return Ok(None);
    }
    document
        .expect_map(&document.root, &format!("`{}`", lock::FILE_NAME))
        .map_err(|fault| fault.hint(remedy))?;
    Ok(pinned(&document, asked, rendering))
}

fn pinned(document: &yaml::Document, asked: &[Wanted], rendering: &Rendering<'_>) -> Option<Vec<Wanted>> {
    if document.root.get(lock::HASH)?.as_str()? != lock::hash(asked) {
        return None;
    }
    let mut found = Diagnostics::default();
    let mut wanted = Vec::new();
    for entry in document.root.get("packages")?.as_seq()? {
        let rendered = rendering.node(document, entry, &|_| true, &mut found);
        let span = Some(entry.span(&document.file));
        wanted.push(spec::parse(&rendered.to_json(), &entry.to_json(), span).ok()?);
    }
    (!found.has_errors()).then_some(wanted)
}

fn installed(package: &Resolved) -> Installed {
    let (from, newer) = match &package.pin {
        Pin::Local { path } => (path.clone(), None),
        Pin::Git {
            url,
            revision,
            subdirectory,
            ..
        } => {
            let commit = package.fetched.commit.as_ref().or(revision.as_ref());
            let below = subdirectory
                .as_ref()
                .map(|s| format!(", folder {s}"))
                .unwrap_or_default();
            (
                format!("{url} at {}{below}", commit.map_or("HEAD", String::as_str)),
                None,
            )
        }
        Pin::Tarball { url, .. } => (url.clone(), None),
        Pin::Hub {
            package,
            version,
            latest,
        } => (
            format!("{package} {version}"),
            Some(latest.clone()).filter(|latest| latest != version),
        ),
    };
    Installed {
        name: package.fetched.name.clone(),
        from,
        newer,
    }
}

fn put_in_place(install_path: &Path, resolved: &[Resolved], fetcher: &Fetcher<'_>) -> Result<()> {
    // All is fetched before anything is changed.
    let mut folders = Vec::new();
    for (number, package) in resolved.iter().enumerate() {
        folders.push(fetcher.files(package, number)?);
    }
    fs::create_dir_all(install_path)?;
    // Only what `deps` itself may have put there is removed: links, and copies of packages. A package may stand in
    // the install path itself, and the path may be a folder with other things in it.
    let sources: Vec<PathBuf> = folders.iter().map(|folder| real(folder)).collect();
    let is_kept = |path: &Path| {
        path.is_dir()
            && !path.is_symlink()
            && (sources.iter().any(|source| source.starts_with(real(path)))
                || !path.join(project_keys::FILE_NAME).is_file())
    };
    // What an earlier call installed and nothing names any more goes away; dbt empties the folder.
    for old in installed_folders(install_path)? {
        if !is_kept(&old) {
            fs::remove(&old)?;
        }
    }
    for (package, folder) in resolved.iter().zip(&folders) {
        let place = install_path.join(&package.fetched.name);
        if real(folder).parent() == Some(&real(install_path)) {
            continue;
        }
        if is_kept(&place) {
            let message = format!(
                "the package cannot be put into `{}`, where other files stand",
                place.display()
            );
            return Err(package
                .wanted
                .fail(message)
                .hint("Give `packages-install-path` a folder of its own."));
        }
        fs::remove(&place)?;
        match &package.pin {
            Pin::Local { .. } => fs::link_or_copy(folder, &place)?,
            _ => move_folder(folder, &place)?,
        }
    }
    Ok(())
}

/// Moves a folder, also to another disk.
fn move_folder(from: &Path, to: &Path) -> Result<()> {
    match std::fs::rename(from, to) {
        Ok(()) => Ok(()),
        Err(e) if e.kind() == std::io::ErrorKind::CrossesDevices => {
            let beside = to.with_file_name(format!("__{}", std::process::id()));
            fs::copy_all(from, &beside)?;
            std::fs::rename(&beside, to).map_err(|e| fs::fault("write", to, &e))
        }
        Err(e) => Err(Diagnostic::error(
            Code::FILE,
            format!("could not move a package to `{}`: {e}", to.display()),
        )),
    }
}

/// Returns a path without links in it, as far as it exists.
fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
}
