//! `packages.yml` and `dependencies.yml`: which packages there are and how they come into `dbt_packages`.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use super::project_file::ProjectFile;
use super::project_keys;
use super::rendering::Rendering;
use super::{LoadOptions, RenderYaml, load, lock};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Result, SourceFile};
use crate::fs;
use crate::invocation::Invocation;
use crate::yaml::{self, Document, Node};

const PACKAGES: &str = "packages.yml";
const DEPENDENCIES: &str = "dependencies.yml";
/// How many packages may need packages in turn.
const DEPTH_MAX: usize = 64;

/// What `nexus deps` did for one package.
#[derive(Debug, Clone)]
pub struct Installed {
    pub name: String,
    pub from: String,
}

/// A package that a project asks for.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    /// The path of a `local:` package, rendered.
    pub local: String,
    /// As written.
    pub unrendered: String,
    pub document: Document,
    pub node: Node,
}

/// What `packages.yml` or `dependencies.yml` says.
#[derive(Debug, Default)]
pub(super) struct Manifest {
    /// The file that names the packages.
    pub file_name: &'static str,
    pub wanted: Vec<Wanted>,
    /// How many entries there are, those of other kinds included.
    pub count: usize,
    /// Entries of kinds that cannot be installed, with what is wrong.
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
    let Some(list) = document.root.get("packages").filter(|n| !n.is_null()) else {
        return manifest;
    };
    let Some(entries) = found.take(document.expect_seq(list, "`packages`")) else {
        return manifest;
    };
    manifest.count = entries.len();
    for entry in entries {
        match wanted(&document, entry, file_name, rendering, found) {
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
    let text = found.take(fs::read(&path))?;
    let document = found.take(yaml::parse(&SourceFile::new(format!("{shown}{name}"), text)))?;
    found.extend(document.warnings.iter().cloned());
    Some(document)
}

fn wanted(
    document: &Document,
    entry: &Node,
    file_name: &str,
    rendering: &Rendering<'_>,
    found: &mut Diagnostics,
) -> Result<Wanted> {
    let fail = |message: String| document.error(entry, Code::PACKAGE, message);
    let map = document.expect_map(entry, "an entry of `packages`")?;
    if let Some(local) = map.get("local") {
        // dbt renders packages.yml only.
        let rendered = match file_name {
            PACKAGES => rendering.node(document, local, &|_| true, found),
            _ => local.clone(),
        };
        let path = document.expect_str(&rendered, "`local`")?.to_owned();
        if path.is_empty() {
            return Err(fail("`local` is empty".to_owned()).hint("Name the folder of the package."));
        }
        return Ok(Wanted {
            unrendered: local.as_str().unwrap_or(&path).to_owned(),
            local: path,
            document: document.clone(),
            node: entry.clone(),
        });
    }
    for kind in ["package", "git", "tarball", "private"] {
        if let Some(what) = map.get(kind) {
            return Err(Diagnostic::error(
                Code::NOT_YET,
                format!(
                    "`{kind}: {}`: packages of this kind are not supported yet",
                    what.key_text()
                ),
            )
            .at(entry.span(&document.file))
            .hint("Put a copy of the package into a folder and name it with `local:`."));
        }
    }
    let keys: Vec<String> = map.iter().map(|(k, _)| format!("`{k}`")).collect();
    Err(fail(format!(
        "an entry of `packages` has no `local`, only {}",
        keys.join(", ")
    ))
    .hint("Write `- local: ../path/of/package`."))
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

/// Installs the packages that the project names. Local ones are linked (copied where links cannot be made).
///
/// # Errors
/// `N0108` for a package that is missing, `N0702` for one of a kind that cannot be fetched.
pub fn install(
    options: &LoadOptions,
    invocation: &Invocation,
    render: &dyn RenderYaml,
) -> Result<Vec<Installed>, Diagnostics> {
    let mut found = Diagnostics::default();
    let rendering = Rendering {
        render,
        vars: &options.vars,
        target: None,
    };
    let root = load::find_root(options, invocation)?;
    let project = load::read_project_file(&root, "", &rendering, &mut found);
    let resolved = match &project {
        Some(project) => resolve(&root, project, &rendering, &mut found),
        None => Vec::new(),
    };
    let Some(project) = project.filter(|_| !found.has_errors()) else {
        return Err(found);
    };
    let install_path = root.join(&project.packages_install_path);
    let mut installed = Vec::new();
    let result = put_in_place(&root, &install_path, &resolved, &mut installed);
    found.take(result);
    if found.has_errors() {
        Err(found)
    } else {
        Ok(installed)
    }
}

/// A package with its folder and name known.
struct Resolved {
    name: String,
    wanted: Wanted,
    folder: PathBuf,
    /// The root project names it itself.
    direct: bool,
}

/// Follows the packages of packages, breadth first as dbt does.
fn resolve(
    root: &Path,
    project: &ProjectFile,
    rendering: &Rendering<'_>,
    found: &mut Diagnostics,
) -> Vec<Resolved> {
    let mut resolved: Vec<Resolved> = Vec::new();
    let mut names: BTreeMap<String, PathBuf> = BTreeMap::new();
    let mut pending = vec![(root.to_path_buf(), String::new())];
    for depth in 0..DEPTH_MAX {
        let mut next = Vec::new();
        for (folder, shown) in std::mem::take(&mut pending) {
            let manifest = read(&folder, &shown, rendering, found);
            found.extend(manifest.refused);
            for wanted in manifest.wanted {
                // dbt resolves all local paths, of packages of packages too, from the root project.
                let place = normal(&root.join(&wanted.local));
                if resolved.iter().any(|r| r.folder == place) {
                    continue;
                }
                let shown = format!("{}/", wanted.local.trim_end_matches('/'));
                let Some(package) = read_package(&place, &shown, &wanted, rendering, found) else {
                    continue;
                };
                let name = package.name;
                if name == project.name {
                    found.push(
                        wanted.fail(format!("the package `{name}` has the name of the project itself")),
                    );
                } else if let Some(other) = names.get(&name) {
                    let message = format!("two packages are named `{name}`");
                    found.push(
                        wanted
                            .fail(message)
                            .note(format!("the other is `{}`", other.display())),
                    );
                }
                names.insert(name.clone(), place.clone());
                next.push((place.clone(), shown));
                resolved.push(Resolved {
                    name,
                    wanted,
                    folder: place,
                    direct: depth == 0,
                });
            }
        }
        if next.is_empty() {
            break;
        }
        pending = next;
    }
    resolved
}

impl Wanted {
    fn fail(&self, message: String) -> Diagnostic {
        self.document.error(&self.node, Code::PACKAGE, message)
    }
}

fn read_package(
    folder: &Path,
    shown: &str,
    wanted: &Wanted,
    rendering: &Rendering<'_>,
    found: &mut Diagnostics,
) -> Option<ProjectFile> {
    if !folder.join(project_keys::FILE_NAME).is_file() {
        let message = format!(
            "the package `{}` has no `{}`",
            wanted.local,
            project_keys::FILE_NAME
        );
        found.push(
            wanted
                .fail(message)
                .note(format!("looked in `{}`", folder.display()))
                .hint("Check the path: it is taken from the folder of the root project."),
        );
        return None;
    }
    load::read_project_file(folder, shown, rendering, found)
}

/// Takes `.` and `..` out of a path without asking the disk.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if out.file_name().is_some() => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

fn put_in_place(
    root: &Path,
    install_path: &Path,
    resolved: &[Resolved],
    installed: &mut Vec<Installed>,
) -> Result<()> {
    if resolved.is_empty() {
        return Ok(());
    }
    let entries: Vec<lock::Entry<'_>> = resolved
        .iter()
        .map(|r| lock::Entry {
            local: &r.wanted.local,
            unrendered: &r.wanted.unrendered,
            name: &r.name,
            direct: r.direct,
        })
        .collect();
    fs::create_dir_all(install_path)?;
    // Only what `deps` itself may have put there is removed: links, and copies of packages. A package may stand in
    // the install path itself, and the path may be a folder with other things in it.
    let sources: Vec<PathBuf> = resolved.iter().map(|r| real(&r.folder)).collect();
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
    for package in resolved {
        let place = install_path.join(&package.name);
        let in_place = real(&package.folder).parent() == Some(&real(install_path));
        if !in_place && !is_kept(&place) {
            fs::remove(&place)?;
            fs::link_or_copy(&package.folder, &place)?;
        } else if !in_place {
            let message = format!(
                "the package cannot be put into `{}`, where other files stand",
                place.display()
            );
            return Err(package
                .wanted
                .fail(message)
                .hint("Give `packages-install-path` a folder of its own."));
        }
        installed.push(Installed {
            name: package.name.clone(),
            from: package.wanted.local.clone(),
        });
    }
    fs::write_atomic(&root.join(lock::FILE_NAME), lock::write(&entries).as_bytes())
}

/// Returns a path without links in it, as far as it exists.
fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
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
    let span = manifest.wanted.first().map(|w| w.node.span(&w.document.file));
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
