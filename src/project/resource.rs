//! A file of a package, with what it is and where it stands; and how a package's files are found.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::ignore::Ignore;
use super::project_file::ProjectFile;
use crate::diagnostic::{Diagnostics, Result, SourceFile};
use crate::fs;

/// What a file holds, by the path setting under which it was found and its ending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ResourceKind {
    /// `.sql` under `macro-paths`, and generic tests (`tests/generic`).
    Macro,
    /// `.sql` under `model-paths`.
    Model,
    /// `.csv` under `seed-paths`. The text is not read: the file is hashed and loaded when it runs.
    Seed,
    /// `.sql` under `snapshot-paths`.
    Snapshot,
    /// `.sql` under `test-paths`, not below `generic` or `fixtures`.
    SingularTest,
    /// `.sql` under `analysis-paths`.
    Analysis,
    /// `.sql` under `function-paths`.
    Function,
    /// `.yml` or `.yaml` under any path setting.
    Properties,
    /// `.md` under `docs-paths` (by default every path setting).
    Docs,
    /// `.csv` or `.sql` under `tests/fixtures`.
    Fixture,
}

/// A file of a package.
#[derive(Debug, Clone)]
pub struct ResourceFile {
    pub kind: ResourceKind,
    /// The path setting it was found under, relative to the package: `models`.
    pub search_path: Arc<str>,
    /// Relative to the search path, forward slashes: `staging/orders.sql` (dbt's `path`).
    pub path: Arc<str>,
    /// Relative to the package: `models/staging/orders.sql` (dbt's `original_file_path`).
    pub original_path: Arc<str>,
    /// Absolute; for an embedded file the same as `original_path`.
    pub absolute: PathBuf,
    /// The text; empty for a seed. Its shown path is relative to the root project.
    pub file: Arc<SourceFile>,
}

/// A folder to search, with the kinds that its files can have.
struct Search {
    folder: String,
    kinds: Vec<(ResourceKind, &'static [&'static str])>,
}

/// A file that was found and is to be read.
struct Found {
    kind: ResourceKind,
    search_path: Arc<str>,
    path: String,
    original_path: String,
    absolute: PathBuf,
}

/// Lists which folders hold what, in a fixed order.
fn searches(project: &ProjectFile) -> Vec<Search> {
    let mut searches: Vec<Search> = Vec::new();
    let mut add = |folders: &[String], kind: ResourceKind, endings: &'static [&'static str]| {
        for folder in folders {
            let folder = folder.trim_end_matches('/');
            match searches.iter_mut().find(|s| s.folder == folder) {
                Some(search) => search.kinds.push((kind, endings)),
                None => searches.push(Search {
                    folder: folder.to_owned(),
                    kinds: vec![(kind, endings)],
                }),
            }
        }
    };
    let below =
        |name: &str| -> Vec<String> { project.test_paths.iter().map(|p| format!("{p}/{name}")).collect() };
    let sql: &[&str] = &["sql"];
    add(&project.macro_paths, ResourceKind::Macro, sql);
    add(&below("generic"), ResourceKind::Macro, sql);
    add(&project.model_paths, ResourceKind::Model, &["sql", "py"]);
    add(&project.seed_paths, ResourceKind::Seed, &["csv"]);
    add(&project.snapshot_paths, ResourceKind::Snapshot, sql);
    add(&project.test_paths, ResourceKind::SingularTest, sql);
    add(&project.analysis_paths, ResourceKind::Analysis, sql);
    add(&project.function_paths, ResourceKind::Function, sql);
    add(
        &project.all_source_paths(),
        ResourceKind::Properties,
        &["yml", "yaml"],
    );
    add(&project.docs_paths, ResourceKind::Docs, &["md"]);
    add(&below("fixtures"), ResourceKind::Fixture, &["csv", "sql"]);
    searches
}

/// Returns the folders of a package that are searched, relative to it.
pub(super) fn folders(project: &ProjectFile) -> Vec<String> {
    searches(project)
        .into_iter()
        .map(|search| search.folder)
        .collect()
}

impl Search {
    /// Names the kinds of a file by its ending and, for tests, its folder.
    fn kinds_of<'a>(&'a self, path: &'a str) -> impl Iterator<Item = ResourceKind> + 'a {
        let ending = path.rsplit_once('.').map_or("", |(_, e)| e);
        self.kinds
            .iter()
            .filter(move |(kind, endings)| {
                endings.iter().any(|e| e.eq_ignore_ascii_case(ending))
                    && !(*kind == ResourceKind::SingularTest
                        && (path.starts_with("generic/") || path.starts_with("fixtures/")))
            })
            .map(|(kind, _)| *kind)
    }
}

/// Finds and reads all files of a package. `shown` comes before the paths in messages: `dbt_packages/x/` or nothing.
pub(super) fn read_files(
    root: &Path,
    project: &ProjectFile,
    shown: &str,
    found: &mut Diagnostics,
) -> Vec<ResourceFile> {
    let ignore = found.take(read_ignore(root, shown)).unwrap_or_default();
    let mut files: Vec<Found> = Vec::new();
    for search in searches(project) {
        let folder = root.join(&search.folder);
        let Some(paths) = found.take(fs::walk(&folder)) else {
            continue;
        };
        let search_path: Arc<str> = search.folder.as_str().into();
        for absolute in paths {
            let Ok(relative) = absolute.strip_prefix(&folder) else {
                continue;
            };
            let path = slashes(relative);
            let original_path = if search.folder.is_empty() || search.folder == "." {
                path.clone()
            } else {
                format!("{}/{path}", search.folder)
            };
            if ignore.ignores(&original_path) {
                continue;
            }
            for kind in search.kinds_of(&path) {
                files.push(Found {
                    kind,
                    search_path: search_path.clone(),
                    path: path.clone(),
                    original_path: original_path.clone(),
                    absolute: absolute.clone(),
                });
            }
        }
    }
    files.sort_by(|a, b| (a.kind, &a.original_path).cmp(&(b.kind, &b.original_path)));
    // A folder within another of the same setting finds its files twice; dbt keeps one.
    files.dedup_by(|a, b| a.kind == b.kind && a.original_path == b.original_path);
    let read: Vec<Result<ResourceFile>> = files.into_par_iter().map(|file| file.read(shown)).collect();
    read.into_iter().filter_map(|file| found.take(file)).collect()
}

fn read_ignore(root: &Path, shown: &str) -> Result<Ignore> {
    let path = root.join(".dbtignore");
    if !path.is_file() {
        return Ok(Ignore::default());
    }
    let shown = format!("{shown}.dbtignore");
    let text = fs::read_as(&path, &shown)?;
    Ignore::parse(&SourceFile::new(shown, text))
}

/// Returns a relative path with forward slashes.
fn slashes(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|p| p.to_string_lossy()).collect();
    parts.join("/")
}

impl Found {
    fn read(self, shown: &str) -> Result<ResourceFile> {
        let shown = if shown.is_empty() {
            self.original_path.clone()
        } else {
            format!("{shown}{}", self.original_path)
        };
        let text = match self.kind {
            ResourceKind::Seed => String::new(),
            _ => fs::read_as(&self.absolute, &shown)?,
        };
        Ok(ResourceFile {
            kind: self.kind,
            search_path: self.search_path,
            path: self.path.into(),
            original_path: self.original_path.into(),
            absolute: self.absolute,
            file: SourceFile::new(shown, text),
        })
    }
}

/// Makes the files of an embedded package; `scheme` comes before the paths in messages: `nexus://`.
pub(super) fn embedded_files(
    files: &[(String, &'static str)],
    project: &ProjectFile,
    scheme: &str,
) -> Vec<ResourceFile> {
    let mut made = Vec::new();
    for search in searches(project) {
        let search_path: Arc<str> = search.folder.as_str().into();
        for (original_path, text) in files {
            let Some(path) = original_path
                .strip_prefix(&search.folder)
                .and_then(|p| p.strip_prefix('/'))
            else {
                continue;
            };
            for kind in search.kinds_of(path) {
                made.push(ResourceFile {
                    kind,
                    search_path: search_path.clone(),
                    path: path.into(),
                    original_path: original_path.as_str().into(),
                    absolute: PathBuf::from(original_path),
                    file: SourceFile::new(format!("{scheme}{original_path}"), *text),
                });
            }
        }
    }
    made.sort_by(|a, b| (a.kind, &a.original_path).cmp(&(b.kind, &b.original_path)));
    made.dedup_by(|a, b| a.kind == b.kind && a.original_path == b.original_path);
    made
}
