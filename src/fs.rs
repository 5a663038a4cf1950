//! Files: reads that name the path in the error, writes that are whole or not at all, walks in a fixed order.

use std::path::{Path, PathBuf};

use crate::diagnostic::{Code, Diagnostic, Result};

fn fault(verb: &str, path: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error(
        Code::FILE,
        format!("could not {verb} `{}`: {error}", path.display()),
    )
}

/// Reads a file as UTF-8.
pub fn read(path: &Path) -> Result<String> {
    let bytes = std::fs::read(path).map_err(|e| fault("read", path, &e))?;
    String::from_utf8(bytes).map_err(|e| {
        Diagnostic::error(
            Code::FILE,
            format!("`{}` is not UTF-8 text: {}", path.display(), e.utf8_error()),
        )
        .hint("Save the file in UTF-8.")
    })
}

/// Writes a file whole: beside it first, then renamed over it. Missing folders are made.
pub fn write_atomic(path: &Path, content: &[u8]) -> Result<()> {
    let parent = path.parent().unwrap_or(Path::new("."));
    create_dir_all(parent)?;
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.tmp", std::process::id()));
    let beside = PathBuf::from(beside);
    let written = std::fs::write(&beside, content).and_then(|()| std::fs::rename(&beside, path));
    written.map_err(|e| {
        // The error of the write is the one to report; the leftover is removed as far as possible.
        let _ = std::fs::remove_file(&beside);
        fault("write", path, &e)
    })
}

/// Makes a folder and all above it.
pub fn create_dir_all(path: &Path) -> Result<()> {
    std::fs::create_dir_all(path).map_err(|e| fault("make the folder", path, &e))
}

/// Lists all files below a folder, sorted by path; hidden entries are left out, a missing folder is empty.
pub fn walk(root: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut pending = vec![root.to_path_buf()];
    while let Some(dir) = pending.pop() {
        let entries = match std::fs::read_dir(&dir) {
            Ok(entries) => entries,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound && dir == root => return Ok(found),
            Err(e) => return Err(fault("list", &dir, &e)),
        };
        for entry in entries {
            let entry = entry.map_err(|e| fault("list", &dir, &e))?;
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let path = entry.path();
            let kind = entry.file_type().map_err(|e| fault("list", &path, &e))?;
            // A link is followed as dbt does; what it names decides.
            let is_dir = if kind.is_symlink() {
                path.is_dir()
            } else {
                kind.is_dir()
            };
            if is_dir {
                pending.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Deletes a folder with all in it; says whether it was there.
pub fn remove_dir_all(path: &Path) -> Result<bool> {
    match std::fs::remove_dir_all(path) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(fault("delete", path, &e)),
    }
}
