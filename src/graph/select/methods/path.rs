//! `path`: files and folders of the root project, with `*` within a part and `**` over folders.
//!
//! dbt looks for the pattern on disk below the root project and compares what it finds with the paths of nodes of all
//! packages. The project's own list of files stands for the disk here.

use crate::diagnostic::Result;
use crate::graph::bits::Bits;
use crate::graph::select::error;
use crate::graph::select::expr::Criterion;
use crate::graph::select::glob::Glob;
use crate::graph::select::index::Index;

enum Part {
    Glob(Glob),
    /// `**`: any number of folders, none included.
    Folders,
}

/// Finds all whose file, a folder above it, or describing YAML file fits the pattern.
pub(super) fn search(index: &Index<'_>, criterion: &Criterion) -> Result<Bits> {
    let pattern = criterion.value.as_str();
    if pattern.starts_with('/') {
        return Err(error::path_pattern(criterion, "is absolute"));
    }
    if pattern.is_empty() {
        return Err(error::path_pattern(criterion, "is empty"));
    }
    let words: Vec<&str> = pattern
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    if words.iter().any(|part| part.contains("**") && *part != "**") {
        return Err(error::path_pattern(
            criterion,
            "has `**` beside other characters of a part",
        ));
    }
    let paths = index.paths();
    let mut found = index.none();
    let mut take = |path: &str| {
        for at in paths.members(path) {
            found.insert(*at);
        }
    };
    if words.is_empty() {
        take(".");
        return Ok(found);
    }
    if !pattern.contains(['*', '?', '[']) {
        let path = words.join("/");
        if paths.files.contains(path.as_str()) || paths.folders.contains(path.as_str()) {
            take(&path);
        }
        return Ok(found);
    }
    let parts: Vec<Part> = words
        .into_iter()
        .map(|part| {
            if part == "**" {
                Part::Folders
            } else {
                Part::Glob(Glob::new(part))
            }
        })
        .collect();
    let ends_in_folders = matches!(parts.last(), Some(Part::Folders));
    for folder in &paths.folders {
        if fits(&parts, folder) {
            take(folder);
        }
    }
    if !ends_in_folders {
        for file in &paths.files {
            if fits(&parts, file) {
                take(file);
            }
        }
    }
    Ok(found)
}

/// Matches part by part, with one point of return at the last `**`.
fn fits(parts: &[Part], path: &str) -> bool {
    let names: Vec<&str> = path.split('/').filter(|name| *name != ".").collect();
    let (mut part, mut name) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    loop {
        match (parts.get(part), names.get(name)) {
            (None, None) => return true,
            (Some(Part::Folders), _) => {
                back = Some((part, name));
                part += 1;
            }
            (Some(Part::Glob(glob)), Some(found)) if glob.fits(found) => {
                part += 1;
                name += 1;
            }
            _ => match &mut back {
                Some((folders, from)) if *from < names.len() => {
                    *from += 1;
                    part = *folders + 1;
                    name = *from;
                }
                _ => return false,
            },
        }
    }
}
