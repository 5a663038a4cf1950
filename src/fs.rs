//! Files: reads that name the path in the error, writes that are whole or not at all, walks in a fixed order.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::diagnostic::{Code, Diagnostic, Result};

pub(crate) fn fault(verb: &str, path: &Path, error: &std::io::Error) -> Diagnostic {
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
    let beside = beside(path);
    let written = std::fs::write(&beside, content).and_then(|()| std::fs::rename(&beside, path));
    written.map_err(|e| {
        // The error of the write is the one to report; the leftover is removed as far as possible.
        let _ = std::fs::remove_file(&beside);
        fault("write", path, &e)
    })
}

/// Writes a file whole through a buffer: beside it first, then renamed over it. Missing folders are made.
pub fn write_streaming(
    path: &Path,
    fill: impl FnOnce(&mut std::io::BufWriter<std::fs::File>) -> std::io::Result<()>,
) -> Result<()> {
    use std::io::Write;
    create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
    let beside = beside(path);
    let written = std::fs::File::create(&beside)
        .map(|file| std::io::BufWriter::with_capacity(1 << 18, file))
        .and_then(|mut out| fill(&mut out).and_then(|()| out.flush()))
        .and_then(|()| std::fs::rename(&beside, path));
    written.map_err(|e| {
        // The error of the write is the one to report; the leftover is removed as far as possible.
        let _ = std::fs::remove_file(&beside);
        fault("write", path, &e)
    })
}

/// Numbers the files that are being written.
static WRITES: AtomicU64 = AtomicU64::new(0);

/// Returns the name under which a file is written before it takes its place.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    // Two threads may write the same file: snapshots that stand in one file share the place of what was run.
    let number = WRITES.fetch_add(1, Ordering::Relaxed);
    name.push(format!(".{}-{number}.tmp", std::process::id()));
    PathBuf::from(name)
}

/// Makes a folder and all above it.
pub fn create_dir_all(path: &Path) -> Result<()> {
    std::fs::create_dir_all(path).map_err(|e| fault("make the folder", path, &e))
}

/// Removes a file, a link or a folder with all that is in it; what is missing is fine. Links are not followed.
pub fn remove(path: &Path) -> Result<()> {
    let removed = match std::fs::symlink_metadata(path) {
        Ok(data) if data.is_dir() => std::fs::remove_dir_all(path),
        Ok(_) => std::fs::remove_file(path),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(e) => Err(e),
    };
    removed.map_err(|e| fault("remove", path, &e))
}

/// Makes `to` a link to the folder `from`, or a copy of it where links cannot be made.
pub fn link_or_copy(from: &Path, to: &Path) -> Result<()> {
    #[cfg(unix)]
    if std::os::unix::fs::symlink(from, to).is_ok() {
        return Ok(());
    }
    #[cfg(windows)]
    if std::os::windows::fs::symlink_dir(from, to).is_ok() {
        return Ok(());
    }
    copy_all(from, to)
}

/// Copies a folder with all files in it but hidden folders.
pub fn copy_all(from: &Path, to: &Path) -> Result<()> {
    for file in walk(from)? {
        let Ok(relative) = file.strip_prefix(from) else {
            continue;
        };
        let target = to.join(relative);
        create_dir_all(target.parent().unwrap_or(to))?;
        std::fs::copy(&file, &target).map_err(|e| fault("copy", &file, &e))?;
    }
    Ok(())
}

/// Lists all files below a folder, sorted by path; a missing folder is empty.
///
/// Links to files are listed, links to folders are not entered (as dbt), so a walk always ends. Hidden folders are
/// left out.
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
            let path = entry.path();
            let kind = entry.file_type().map_err(|e| fault("list", &path, &e))?;
            let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            let is_dir = kind.is_dir();
            if (is_dir && hidden) || (kind.is_symlink() && path.is_dir()) {
                continue;
            }
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
