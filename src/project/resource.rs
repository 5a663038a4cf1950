//! A file of a package, with what it is and where it stands.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::ProjectFile;
use crate::diagnostic::SourceFile;
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
    /// `.sql` under `test-paths`, not below `generic`.
    SingularTest,
    /// `.sql` under `analysis-paths`.
    Analysis,
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

/// Says what a path within a package is, and the path setting it stands under; none for files of no use.
pub(super) fn classify(path: &str, project: &ProjectFile) -> Option<(ResourceKind, String)> {
    let ending = path.rsplit_once('.').map(|(_, e)| e)?;
    let under = |paths: &[String]| paths.iter().find(|p| path.starts_with(&format!("{p}/"))).cloned();
    let sections: [(&[String], &str, ResourceKind); 6] = [
        (&project.macro_paths, "sql", ResourceKind::Macro),
        (&project.model_paths, "sql", ResourceKind::Model),
        (&project.snapshot_paths, "sql", ResourceKind::Snapshot),
        (&project.analysis_paths, "sql", ResourceKind::Analysis),
        (&project.test_paths, "sql", ResourceKind::SingularTest),
        (&project.seed_paths, "csv", ResourceKind::Seed),
    ];
    if matches!(ending, "sql" | "csv")
        && let Some(base) = under(&project.test_paths)
    {
        let rest = &path[base.len() + 1..];
        if rest.starts_with("fixtures/") {
            return Some((ResourceKind::Fixture, base));
        }
        if ending == "sql" && rest.starts_with("generic/") {
            return Some((ResourceKind::Macro, base));
        }
    }
    for (paths, wanted, kind) in sections {
        if ending == wanted
            && let Some(base) = under(paths)
        {
            return Some((kind, base));
        }
    }
    match ending {
        "yml" | "yaml" => {
            let all = [
                &project.model_paths,
                &project.seed_paths,
                &project.snapshot_paths,
                &project.analysis_paths,
                &project.macro_paths,
                &project.test_paths,
            ];
            all.into_iter()
                .find_map(|paths| under(paths))
                .map(|base| (ResourceKind::Properties, base))
        }
        "md" => under(&project.docs_paths).map(|base| (ResourceKind::Docs, base)),
        _ => None,
    }
}

/// Lists a package's files by kind and path, texts not yet read; `prefix` is the package's place in the project.
pub(super) fn list(dir: &Path, prefix: &str, project: &ProjectFile) -> Vec<ResourceFile> {
    let mut folders: Vec<&String> = [
        &project.model_paths,
        &project.seed_paths,
        &project.snapshot_paths,
        &project.analysis_paths,
        &project.macro_paths,
        &project.test_paths,
        &project.docs_paths,
    ]
    .into_iter()
    .flatten()
    .collect();
    folders.sort();
    folders.dedup();
    let ignored = Ignored::read(dir);
    let mut files = Vec::new();
    for folder in folders {
        // A folder that cannot be listed is as good as empty: dbt does not complain either.
        for absolute in fs::walk(&dir.join(folder)).unwrap_or_default() {
            let Ok(within) = absolute.strip_prefix(dir) else {
                continue;
            };
            let original = within.to_string_lossy().replace('\\', "/");
            let Some((kind, base)) = classify(&original, project) else {
                continue;
            };
            if base != *folder || ignored.matches(&original) {
                continue;
            }
            let shown = if prefix.is_empty() {
                original.clone()
            } else {
                format!("{prefix}/{original}")
            };
            files.push(ResourceFile {
                kind,
                search_path: base.as_str().into(),
                path: original[base.len() + 1..].into(),
                original_path: original.as_str().into(),
                absolute,
                file: SourceFile::new(shown, ""),
            });
        }
    }
    files.sort_by(|a, b| (a.kind, &a.original_path).cmp(&(b.kind, &b.original_path)));
    files.dedup_by(|a, b| a.kind == b.kind && a.original_path == b.original_path);
    files
}

/// The patterns of `.dbtignore`: one a line, `*` and `**`, a trailing slash for folders, `#` comments, `!` to take back.
struct Ignored(Vec<(regex::Regex, bool)>);

impl Ignored {
    fn read(dir: &Path) -> Self {
        let text = std::fs::read_to_string(dir.join(".dbtignore")).unwrap_or_default();
        let patterns = text
            .lines()
            .map(str::trim)
            .filter(|l| !l.is_empty() && !l.starts_with('#'));
        Self(patterns.filter_map(Self::pattern).collect())
    }

    fn pattern(line: &str) -> Option<(regex::Regex, bool)> {
        let (body, take_back) = line.strip_prefix('!').map_or((line, false), |rest| (rest, true));
        let anchored = body.trim_end_matches('/').contains('/');
        let escaped = regex::escape(body.trim_matches('/'));
        let glob = escaped
            .replace(r"\*\*/", "(.*/)?")
            .replace(r"\*\*", ".*")
            .replace(r"\*", "[^/]*")
            .replace(r"\?", "[^/]");
        let start = if anchored { "^" } else { "(^|/)" };
        regex::Regex::new(&format!("{start}{glob}(/|$)"))
            .ok()
            .map(|r| (r, take_back))
    }

    fn matches(&self, path: &str) -> bool {
        self.0
            .iter()
            .rev()
            .find(|(pattern, _)| pattern.is_match(path))
            .is_some_and(|(_, take_back)| !take_back)
    }
}
