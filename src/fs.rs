//! Files: reads that name the path in the error, writes that are whole or not at all, walks in a fixed order, stamps.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

use crate::diagnostic::{Code, Diagnostic, Result, SourceFile, Span};

pub(crate) fn fault(verb: &str, path: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error(
        Code::FILE,
        format!("could not {verb} `{}`: {error}", path.display()),
    )
}

/// Reads a file as UTF-8.
pub fn read(path: &Path) -> Result<String> {
    read_as(path, &path.display().to_string())
}

/// Reads a file as UTF-8; `shown` is its path in what is told of its text.
///
/// # Errors
/// `N0101`, at the first byte that is not UTF-8.
pub fn read_as(path: &Path, shown: &str) -> Result<String> {
    let bytes = std::fs::read(path).map_err(|e| fault("read", path, &e))?;
    String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        let byte = e.as_bytes().get(at).copied().unwrap_or_default();
        let file = SourceFile::new(shown, String::from_utf8_lossy(e.as_bytes()));
        let start = u32::try_from(at).unwrap_or(u32::MAX);
        let end = start.saturating_add(u32::try_from('\u{fffd}'.len_utf8()).unwrap_or(0));
        let fault = Diagnostic::error(
            Code::FILE,
            format!("`{shown}` is not UTF-8 text: the byte 0x{byte:02X} does not belong here"),
        );
        fault
            .at(Span::new(&file, start, end))
            .hint("Save the file in UTF-8.")
    })
}

/// Writes a file whole: beside it first, then renamed over it. Missing folders are made.
pub fn write_atomic(path: &Path, content: &[u8]) -> Result<()> {
    let beside = beside(path);
    let mut begun = std::fs::write(&beside, content);
    // Most folders are there, so they are made only where one is missing.
    if begun.is_err() {
        create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
        begun = std::fs::write(&beside, content);
    }
    let written = begun.and_then(|()| std::fs::rename(&beside, path));
    written.map_err(|e| {
        // The error of the write is the one to report; the leftover is removed as far as possible.
        let _ = std::fs::remove_file(&beside);
        fault("write", path, &e)
    })
}

/// Writes a file whole, as [`write_atomic`], unless it holds the same already: most files of a second run do.
pub fn write_if_other(path: &Path, content: &[u8]) -> Result<()> {
    match std::fs::read(path) {
        Ok(old) if old == content => Ok(()),
        _ => write_atomic(path, content),
    }
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

/// Writes over a stretch of a file that exists.
pub fn write_at(path: &Path, offset: u64, content: &[u8]) -> std::io::Result<()> {
    use std::io::{Seek, SeekFrom, Write};
    let mut file = std::fs::OpenOptions::new().write(true).open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    file.write_all(content)
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
    let (mut files, _) = tree(root)?;
    files.sort();
    Ok(files)
}

/// Lists a folder and all folders below it that a walk enters; a missing folder has none.
pub fn folders(root: &Path) -> Result<Vec<PathBuf>> {
    tree(root).map(|(_, folders)| folders)
}

/// Returns the files below a folder, and the folders, itself included.
fn tree(root: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>)> {
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    let mut pending = vec![root.to_path_buf()];
    while let Some(dir) = pending.pop() {
        let entries = match std::fs::read_dir(&dir) {
            Ok(entries) => entries,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound && dir == root => break,
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
                files.push(path);
            }
        }
        folders.push(dir);
    }
    Ok((files, folders))
}

/// What tells that a file or a folder is as it was: size, times of change in nanoseconds, and number on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    bytes: u64,
    modified: (i64, i64),
    changed: (i64, i64),
    inode: u64,
}

impl Stamp {
    /// Returns the stamp of what stands at a path, links followed; none where nothing does.
    pub fn of(path: &Path) -> Option<Self> {
        std::fs::metadata(path).ok().map(|data| Self::read(&data))
    }

    #[cfg(unix)]
    fn read(data: &std::fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self {
            bytes: data.len(),
            modified: (data.mtime(), data.mtime_nsec()),
            changed: (data.ctime(), data.ctime_nsec()),
            inode: data.ino(),
        }
    }

    #[cfg(not(unix))]
    fn read(data: &std::fs::Metadata) -> Self {
        let since = |time: std::time::SystemTime| time.duration_since(std::time::UNIX_EPOCH).ok();
        let time = data.modified().ok().and_then(since).unwrap_or_default();
        let parts = (
            i64::try_from(time.as_secs()).unwrap_or(i64::MAX),
            i64::from(time.subsec_nanos()),
        );
        Self {
            bytes: data.len(),
            modified: parts,
            changed: parts,
            inode: 0,
        }
    }

    /// Returns the present moment (seconds and nanoseconds since 1970) by the clock that stamps come from, which nothing
    /// seeds.
    pub fn now() -> (i64, i64) {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let since = since.unwrap_or_default();
        (
            i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
            i64::from(since.subsec_nanos()),
        )
    }

    /// Says whether it surely changed before a moment, whatever the file system's
    /// clock: some count in ticks of milliseconds, some in whole seconds.
    pub fn is_older_than(&self, moment: (i64, i64)) -> bool {
        [self.modified, self.changed].iter().all(|time| {
            let margin = if time.1 == 0 { 2_000_000_000 } else { 20_000_000 };
            let since = (moment.0 - time.0).saturating_mul(1_000_000_000) + (moment.1 - time.1);
            since > margin
        })
    }
}

/// Deletes a folder with all in it; says whether it was there.
pub fn remove_dir_all(path: &Path) -> Result<bool> {
    match std::fs::remove_dir_all(path) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(fault("delete", path, &e)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file that is written anew is another file under the same name.
    #[cfg(unix)]
    #[test]
    fn what_a_file_holds_already_is_not_written_again() {
        use std::os::unix::fs::MetadataExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b.sql");
        let write = |text: &str| {
            write_if_other(&path, text.as_bytes()).unwrap();
            (
                std::fs::read_to_string(&path).unwrap(),
                std::fs::metadata(&path).unwrap().ino(),
            )
        };
        let first = write("select 1");
        assert_eq!(write("select 1"), first);
        let second = write("select 2");
        assert!(second.0 == "select 2" && second.1 != first.1);
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }
}
